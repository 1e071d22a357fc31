"""What each tool of the paint mode does on the way of the mouse from press to release."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor

from nnviz.core.numbers import filled
from nnviz.data.brushes import Brush, Point, dropped, first_drop, inside, nearest, rounded, shaken, touched
from nnviz.drawing.theme import Theme
from nnviz.experiment.painting import Canvas, drawn_keys
from nnviz.ui.painting.paint_layer import PaintCursor, PaintLayer
from nnviz.ui.painting.paint_strokes import Strokes

Tool = Literal["brush", "point", "eraser", "select", "jitter"]

#: How near to a point the pointer has to be to catch it, in pixels.
REACH = 9.0
#: Pixels of a vertical drag from the lowest value to the highest.
VALUE_TRAVEL = 160.0
#: Steps of the wheel from the lowest value to the highest.
WHEEL_STEPS = 20
#: Largest way of a point on the map, in widths of the map: what is painted stays near what is seen.
FAR = 1e6


class ToolSettings(Struct):
    """What the tool bar sets.

    Attributes
    ----------
    tool : Tool
    code : int
        Number of the class that is painted.
    value : float
        Value that is painted.
    size : int
        Radius of the brush in pixels.
    density : int
        Points that the brush drops while it moves by its own radius.
    """

    tool: Tool = "brush"
    code: int = 0
    value: float = 0.0
    size: int = 26
    density: int = 4


class PaintTools(QObject):
    """Turns presses, moves and the wheel into strokes.

    Signals
    -------
    value_read : object
        A value that is being set, to be read out beside the pointer; None: no more.
    value_set : float
        The wheel has changed the value that is painted.
    """

    value_read = Signal(object)
    value_set = Signal(float)

    def __init__(
        self,
        strokes: Strokes,
        layer: PaintLayer,
        cursor: PaintCursor,
        plane: Callable[[], tuple[Point, Point]],
        parent: QObject,
    ) -> None:
        """`plane` returns width and height of a pixel, and of the whole map, in units of the data."""
        super().__init__(parent)
        self.settings = ToolSettings()
        self.selected: NDArray[np.bool_] | None = None
        self.levels = (-1.0, 1.0)
        self._strokes, self._layer, self._cursor, self._plane = strokes, layer, cursor, plane
        self._theme: Theme | None = None
        self._pressed: Point | None = None
        self._last: Point = (0.0, 0.0)
        self._count = 0
        self._owed = 0.0
        self._caught: int | None = None
        self._start_value = 0.0
        self._start_places: NDArray[np.float64] = np.empty((0, 2))
        self._is_banding = False

    @cached_property
    def _rng(self) -> np.random.Generator:
        """Where chance comes from, until a stroke brings its own: NumPy loads its generators when one is wanted."""
        return np.random.default_rng(0)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours of the cursor."""
        self._theme = theme
        self._cursor.set_theme(theme)

    @property
    def is_pressed(self) -> bool:
        """Whether a stroke is being made."""
        return self._pressed is not None

    # -- the way of the mouse -----------------------------------------------------------------------------------

    def press(self, place: Point, *, adding: bool = False) -> None:
        """Begin; `adding` keeps what is selected already."""
        canvas = self._strokes.canvas
        if canvas is None:
            return
        self._rng = self._strokes.begin()
        self._pressed = self._last = place
        self._count, self._owed, self._caught = 0, 0.0, None
        tool = self.settings.tool
        if tool != "select":
            self.select(None)
        match tool:
            case "brush":
                self._add(canvas, first_drop(self._brush, place, self._rng))
            case "point":
                self._press_point(canvas, place)
            case "select":
                self._press_select(canvas, place, adding=adding)
            case _:
                self._go_over(canvas, place, place)
        self.hover(place)

    def move(self, place: Point) -> None:
        """Go on to a place."""
        canvas = self._strokes.canvas
        if self._pressed is None or canvas is None:
            self.hover(place)
            return
        match self.settings.tool:
            case "brush":
                new, self._owed = dropped(self._brush, self._last, place, self._rng, self._owed)
                if len(new):
                    self._add(canvas, new)
            case "point":
                self._drag_point(canvas, place)
            case "select":
                self._drag_selection(canvas, place)
            case _:
                self._go_over(canvas, self._last, place)
        self._last = place
        self.hover(place)

    def release(self) -> None:
        """End the stroke."""
        if self._pressed is None:
            return
        canvas = self._strokes.canvas
        if self._is_banding and canvas is not None:
            found = inside(canvas.places, self._pressed, self._last)
            self.select(found if self.selected is None else found | self.selected)
        self._pressed, self._is_banding = None, False
        self._strokes.end()
        self.value_read.emit(None)
        self.hover(self._last)

    def cancel(self) -> None:
        """Let go: the points have changed under the hand."""
        self._pressed, self._is_banding, self._caught, self.selected = None, False, None, None
        self.value_read.emit(None)

    def hover(self, place: Point) -> None:
        """Show the cursor of the tool at a place."""
        tool, fill = self.settings.tool, QColor(0, 0, 0, 0)
        if self._is_banding and self._pressed is not None and self._theme is not None:
            self._cursor.show_band(self._pressed, place, self._theme.colour("positive", 40))
        elif tool in ("brush", "eraser", "jitter"):
            if tool == "brush":
                fill = self.paint_colour()
                fill.setAlpha(70)
            self._cursor.show_circle(place, self._brush.radius, fill)
        elif tool == "point":
            px, py = self._plane()[0]
            fill = self.paint_colour()
            self._cursor.show_circle(place, (5.0 * px, 5.0 * py), fill)
        else:
            self._cursor.clear()

    def wheel(self, place: Point, steps: float) -> bool:
        """Change the value of the point at a place, or the one that is painted; return whether there are values."""
        canvas = self._strokes.canvas
        if canvas is None or canvas.kind != "values" or self.is_pressed:
            return False
        low, high = self.levels
        change = steps * (high - low) / WHEEL_STEPS
        caught = nearest(canvas.places, place, self._reach)
        if caught is None:
            self.settings.value = self._rounded_value(self.settings.value + change)
            self.value_set.emit(self.settings.value)
            self.value_read.emit(self.settings.value)
            self.hover(place)
            return True
        value = self._rounded_value(float(canvas.tags[caught]) + change)
        point = np.arange(len(canvas)) == caught
        self._strokes.change(
            canvas.tagged(point, value), self.tr("change value of 1 point"), f"value of point {caught}"
        )
        self._show_area(canvas.places[point])
        self.value_read.emit(value)
        return True

    def paint_colour(self) -> QColor:
        """Return the colour of what is painted."""
        canvas = self._strokes.canvas
        if canvas is None or self._theme is None:
            return QColor(0, 0, 0, 0)
        if canvas.kind == "classes":
            return self._theme.class_colour(self.settings.code)
        return self._layer.colour_of(self.settings.value) if canvas.kind == "values" else self._theme.colour("quiet")

    # -- selecting ----------------------------------------------------------------------------------------------

    def select(self, points: NDArray[np.bool_] | None) -> None:
        """Select the points of a mask, and no others."""
        points = points if points is not None and points.any() else None
        if points is None and self.selected is None:
            return
        self.selected = points
        if self._strokes.canvas is not None:
            self._layer.show_canvas(self._strokes.canvas, self._strokes.parts(), points)

    def select_all(self) -> None:
        """Select every point."""
        if self._strokes.canvas is not None:
            self.select(np.ones(len(self._strokes.canvas), dtype=bool))

    def remove_selected(self) -> bool:
        """Remove what is selected, as one undo step; return whether there was anything."""
        canvas, points = self._strokes.canvas, self.selected
        if canvas is None or points is None or self.is_pressed:
            return False
        self.selected = None
        self._strokes.change(canvas.without(points), self._words("erase", int(points.sum())))
        assert self._strokes.canvas is not None
        self._layer.show_canvas(self._strokes.canvas, self._strokes.parts())
        return True

    def _press_select(self, canvas: Canvas, place: Point, *, adding: bool) -> None:
        caught = nearest(canvas.places, place, self._reach)
        if caught is None:
            if not adding:
                self.select(None)
            self._is_banding = True
            return
        if self.selected is None or not self.selected[caught]:
            chosen = np.arange(len(canvas)) == caught
            self.select(chosen if not adding or self.selected is None else chosen | self.selected)
        assert self.selected is not None
        self._start_places = canvas.places[self.selected]

    def _drag_selection(self, canvas: Canvas, place: Point) -> None:
        if self._is_banding or self.selected is None or self._pressed is None:
            return
        shift = np.array(place) - np.array(self._pressed)
        moved = self._tidy(self._start_places + shift)
        before = canvas.places[self.selected]
        words = self._words("move", len(moved))
        self._strokes.show(canvas.placed(self.selected, moved), words)
        self._show_area(np.concatenate([before, moved]))

    # -- points -------------------------------------------------------------------------------------------------

    def _press_point(self, canvas: Canvas, place: Point) -> None:
        if canvas.kind != "classes":
            self._caught = nearest(canvas.places, place, self._reach)
        if self._caught is None:
            self._add(canvas, np.array([place]))
            canvas = self._strokes.canvas or canvas
            self._caught = len(canvas) - 1 if canvas.kind != "classes" else None
        if self._caught is not None:
            self._start_value = float(canvas.tags[self._caught])
            self._start_places = canvas.places[[self._caught]]
            self.value_read.emit(self._start_value if canvas.kind == "values" else float(self._start_places[0, 1]))

    def _drag_point(self, canvas: Canvas, place: Point) -> None:
        """Move a point of a curve; on a plane set its value by how far up or down the mouse has gone."""
        if self._caught is None or self._pressed is None:
            return
        point = np.arange(len(canvas)) == self._caught
        words = self._words("paint", self._count) if self._count else self._words("move", 1)
        if canvas.kind == "curve":
            moved = self._tidy(self._start_places + (np.array(place) - np.array(self._pressed)))
            self._strokes.show(canvas.placed(point, moved), words)
            self._show_area(np.concatenate([canvas.places[point], moved]))
            self.value_read.emit(float(moved[0, 1]))
            return
        low, high = self.levels
        (_, py), _ = self._plane()
        value = self._start_value + (place[1] - self._pressed[1]) / py / VALUE_TRAVEL * (high - low)
        value = self._rounded_value(value)
        words = words if self._count else self.tr("change value of 1 point")
        self._strokes.show(canvas.tagged(point, value), words)
        self._show_area(canvas.places[point])
        self.value_read.emit(value)

    # -- brushes ------------------------------------------------------------------------------------------------

    def _add(self, canvas: Canvas, places: NDArray[np.float64]) -> None:
        tag = {"classes": self.settings.code, "values": self.settings.value, "curve": 0.0}[canvas.kind]
        painted = canvas.added(self._tidy(places), tag, drawn_keys(len(places), self._rng))
        self._count += len(places)
        self._strokes.show(painted, self._words("paint", self._count))
        self._layer.append(painted, self._strokes.parts())

    def _go_over(self, canvas: Canvas, start: Point, end: Point) -> None:
        """Erase or shake what the brush touches."""
        points = touched(canvas.places, self._brush, start, end)
        if not points.any():
            return
        before = canvas.places[points]
        if self.settings.tool == "eraser":
            self._count += int(points.sum())
            self._strokes.show(canvas.without(points), self._words("erase", self._count))
            self._show_area(before)
            return
        after = self._tidy(shaken(before, self._brush, self._rng))
        self._count = max(self._count, len(before))
        self._strokes.show(canvas.placed(points, after), self._words("jitter", self._count))
        self._show_area(np.concatenate([before, after]))

    # -- little helpers -----------------------------------------------------------------------------------------

    def _show_area(self, places: NDArray[np.float64]) -> None:
        canvas = self._strokes.canvas
        if canvas is None or not len(places):
            return
        low, high = places.min(axis=0), places.max(axis=0)
        area = QRectF(low[0], low[1], high[0] - low[0], high[1] - low[1])
        self._layer.redraw(canvas, self._strokes.parts(), self.selected, area)

    def _words(self, what: Literal["paint", "erase", "move", "jitter"], count: int) -> str:
        one, many = {
            "paint": (self.tr("paint 1 point"), self.tr("paint {0} points")),
            "erase": (self.tr("erase 1 point"), self.tr("erase {0} points")),
            "move": (self.tr("move 1 point"), self.tr("move {0} points")),
            "jitter": (self.tr("jitter 1 point"), self.tr("jitter {0} points")),
        }[what]
        return one if count == 1 else filled(many, count)

    @property
    def _brush(self) -> Brush:
        px, py = self._plane()[0]
        return Brush((self.settings.size * px, self.settings.size * py), self.settings.density)

    @property
    def _reach(self) -> Point:
        px, py = self._plane()[0]
        return REACH * px, REACH * py

    def _tidy(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return places with the decimals that can be seen, within reach of the map."""
        _, (width, height) = self._plane()
        columns = [rounded(places[:, 0], width), rounded(places[:, 1], height)]
        return np.clip(np.column_stack(columns), -FAR * max(width, height), FAR * max(width, height))

    def _rounded_value(self, value: float) -> float:
        low, high = self.levels
        return float(rounded(np.array([value]), high - low)[0])


def wheel_steps(delta: int) -> float:
    """Return the notches of a wheel's turn."""
    return delta / 120.0


def is_adding(modifiers: Qt.KeyboardModifier) -> bool:
    """Whether a press adds to what is selected."""
    return bool(modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
