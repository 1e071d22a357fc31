"""The paint mode of the decision boundary: the mouse on the map paints the data instead of moving the map."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from nnviz.core.numbers import filled, number_text
from nnviz.data.brushes import Point
from nnviz.drawing.plane import target_levels
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.grids import EMPTY_RANGE
from nnviz.experiment.painting import why_not, with_nothing
from nnviz.session.commands import Change
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.painting.paint_bar import TOOL_KEYS, PaintBar
from nnviz.ui.painting.paint_classes import PaintClasses
from nnviz.ui.painting.paint_layer import PaintCursor, PaintLayer
from nnviz.ui.painting.paint_strokes import Strokes
from nnviz.ui.painting.paint_tools import PaintTools, is_adding, wheel_steps
from nnviz.ui.plots.plot import Plot
from nnviz.ui.widgets.readout_card import ReadoutCard, ReadoutLine

#: During a stroke the network and the curves are drawn this often; the map under the brush is drawn at every frame.
OTHERS_EVERY_S = 0.5
_KEYS = {key: name for name, key in TOOL_KEYS.items()}


class PaintMode(QObject):
    """Switches painting on and off, and hands the mouse to the tools.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    plot : Plot
        Whose map is painted on.
    theme : Theme
    parent : QWidget

    Attributes
    ----------
    bar : PaintBar
    tools : PaintTools
    strokes : Strokes
    is_active : bool

    Signals
    -------
    toggled : bool
        The mode has begun or ended.
    emptied : ()
        An empty canvas has been begun: what the map shows is gone.
    stroke_began : ()
        The hand needs the GUI thread for itself.
    stroke_ended : ()
        All views may show what has become of the data.
    """

    toggled = Signal(bool)
    emptied = Signal()
    stroke_began = Signal()
    stroke_ended = Signal()

    def __init__(
        self, state: ExperimentState, controller: Controller, plot: Plot, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._state, self._controller, self._plot = state, controller, plot
        self.is_active = False
        self._box = plot.plotItem.getViewBox()
        self.layer, self.cursor = PaintLayer(self._box, theme), PaintCursor()
        self.strokes = Strokes(state, self)
        self.tools = PaintTools(self.strokes, self.layer, self.cursor, self._plane, self)
        self.bar = PaintBar(self.tools.settings, theme, parent)
        self.card = ReadoutCard(plot)
        for item in (self.layer, self.cursor):
            item.hide()
            self._box.addItem(item, ignoreBounds=True)
        self.strokes.reloaded.connect(self._on_reloaded)
        self.tools.value_read.connect(self._on_value_read)
        self.tools.value_set.connect(self.bar.show_settings)
        self.bar.changed.connect(self._on_settings_changed)
        self.classes = PaintClasses(state, controller, self.strokes, self.bar, self.tools.settings)
        state.applied.connect(self._on_applied)
        state.document_changed.connect(self._on_document_changed)
        state.data_changed.connect(self._on_data_changed)
        state.view_changed.connect(self._show_parts)
        self._begun: Change | None = None
        self._can_paint = False
        #: By the token of the step that begins a canvas: whether there was painting before.
        self._was_active: dict[int, bool] = {}
        self._pointer: QPointF | None = None
        self._others_drew_s = 0.0
        self.set_theme(theme)

    # -- the mode -----------------------------------------------------------------------------------------------

    @property
    def draws_points(self) -> bool:
        """Whether the points on the map are those of the brush, so that nobody else draws them."""
        return self.is_active and self.strokes.canvas is not None

    @property
    def is_plane(self) -> bool:
        """Whether two features span the map, not one and its value."""
        return self.strokes.canvas is not None and self.strokes.canvas.kind != "curve"

    @property
    def is_thinned(self) -> bool:
        """Whether fewer points are drawn than there are."""
        return self.draws_points and self.layer.is_thinned

    @Slot(bool)
    def set_active(self, active: bool) -> None:
        """Begin or end painting."""
        if active == self.is_active:
            return
        self.is_active = active
        if active:
            self._plot.viewport().installEventFilter(self)
            self._plot.installEventFilter(self)
            self.strokes.load(self._controller.prepared)
            self._show_canvas()
        else:
            self._plot.viewport().removeEventFilter(self)
            self._plot.removeEventFilter(self)
            if self.tools.is_pressed:
                self.end_stroke()
            self.strokes.forget()
            self.tools.selected = None
            self.card.hide()
            self._plot.viewport().unsetCursor()
        for item in (self.layer, self.cursor):
            item.setVisible(active and self.strokes.canvas is not None)
        # Never both at once, the least height of the map and the bar: docks would grow for it, and stay as tall.
        if active:
            self._plot.give_way(True)
        self.bar.setVisible(active)
        if not active:
            self._plot.give_way(False)
        self.toggled.emit(active)
        if active and self.strokes.canvas is not None:
            # Its keys are those of the tools from now on.
            self._plot.setFocus()

    def leave(self) -> bool:
        """End painting; return whether that was the mode."""
        was_active = self.is_active
        self.set_active(False)
        return was_active

    def lets_others_draw(self) -> bool:
        """Whether views other than the map should draw this frame: during a stroke the hand comes first."""
        now = time.monotonic()
        if self.tools.is_pressed and now - self._others_drew_s < OTHERS_EVERY_S:
            return False
        self._others_drew_s = now
        return True

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.layer.set_theme(theme)
        self.tools.set_theme(theme)
        self.bar.set_theme(theme)
        self.card.set_theme(theme)

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over the range of values, and the points where they are not the brush's own yet."""
        if prepared.task == "regression":
            low, high = target_levels(prepared.train)
            self.tools.levels = (low, high)
            self.layer.set_levels(low, high)
            self.bar.set_value_step((high - low) / 20)
        could, self._can_paint = self._can_paint, not why_not(prepared.dataset)[0]
        if self.is_active and could and not self._can_paint:
            # Tools that came along with other data, on which they do nothing, would only take room from the map.
            self.leave()
        if self.is_active and not self.strokes.is_drawing:
            self.strokes.load(prepared)

    def why_not(self) -> str:
        """Return the sentence that says why the present data cannot be painted on; empty: they can."""
        rows, prepared = self._state.experiment.data.rows, self._controller.prepared
        if rows is not None and rows.painted is not None:
            return ""
        if prepared is None or prepared.experiment.data != self._state.experiment.data:
            return self.tr("The data are still being prepared.")
        reason, count = why_not(prepared.dataset)
        sentences = {
            "": "",
            "features": self.tr(
                "Painting needs data with two features, or one for a regression; these have {0}. "
                "File → New empty canvas begins with points of your own."
            ),
            "targets": self.tr("Painting sets one value per point, but these data have {0} targets."),
            "line": self.tr("Classes are painted on a plane, but these data have a single feature."),
            "classes": self.tr("Painting tells ten classes apart by colour and shape; these data have {0}."),
        }
        return filled(sentences[reason], count)

    @Slot()
    def start_empty(self) -> None:
        """Begin an empty document in the paint mode, as an undo step that brings the present one and its run back."""
        self.strokes.load(self._controller.prepared)
        self.strokes.end()
        known = self.strokes.rows
        self._state.begin(with_nothing(self._state.experiment, known), self.tr("start with an empty canvas"))

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        """Note that a canvas is begun, or gone again; what follows waits until everybody has the document."""
        self._begun = change if change.begins else None

    @Slot()
    def _on_document_changed(self) -> None:
        """Paint on a canvas that is begun, and not on what comes back behind it, unless that was painted on before."""
        change, self._begun = self._begun, None
        if change is None:
            return
        if change.kind == "undo":
            self.set_active(self._was_active.pop(change.token, self.is_active))
            return
        rows = change.new.data.rows
        if rows is None or rows.painted is None or len(rows.features):
            # A lesson begins documents too.
            return
        self._was_active[change.token] = self.is_active
        self.set_active(True)
        self._box.setRange(xRange=EMPTY_RANGE, yRange=EMPTY_RANGE, padding=0, disableAutoRange=True)
        self.emptied.emit()

    # -- showing ------------------------------------------------------------------------------------------------

    def _show_canvas(self) -> None:
        self.layer.show_canvas(self.strokes.canvas, self.strokes.parts(), self.tools.selected)
        self.bar.show_rows(self.strokes.rows, self.why_not() if self.strokes.rows is None else "")
        self._on_settings_changed()
        self._show_parts()

    @Slot()
    def _show_parts(self) -> None:
        view = self._state.experiment.view
        self.layer.set_parts(*view.shown_parts)

    @Slot()
    def _on_reloaded(self) -> None:
        if self.tools.is_pressed:
            self.tools.cancel()
            self.stroke_ended.emit()
        self.tools.cancel()
        self._show_canvas()
        for item in (self.layer, self.cursor):
            item.setVisible(self.is_active and self.strokes.canvas is not None)

    @Slot()
    def _on_data_changed(self) -> None:
        if self.is_active:
            self.strokes.document_changed(self._controller.prepared)

    @Slot()
    def _on_settings_changed(self) -> None:
        shape = Qt.CursorShape.ArrowCursor if self.tools.settings.tool == "select" else Qt.CursorShape.CrossCursor
        if self.draws_points:
            self._plot.viewport().setCursor(shape)
        if self._pointer is not None and self.draws_points:
            self.tools.hover(self._place(self._pointer))
        if self.tools.settings.tool == "select":
            self.cursor.clear()

    @Slot(object)
    def _on_value_read(self, value: float | None) -> None:
        if value is None or self._pointer is None or self.strokes.rows is None:
            self.card.hide()
            return
        line = ReadoutLine(self.strokes.rows.target_name[:40], number_text(value))
        self.card.show_lines((line,), self._pointer.toPoint())

    # -- the mouse ----------------------------------------------------------------------------------------------

    def _plane(self) -> tuple[Point, Point]:
        """Return width and height of a pixel, and of the map, in units of the data."""
        (x0, x1), (y0, y1) = self._box.viewRange()
        px, py = self._box.viewPixelSize()
        return (float(px), float(py)), (float(x1 - x0), float(y1 - y0))

    def _place(self, position: QPointF) -> Point:
        """Return the plot coordinates of a position on the viewport, on the nearest edge where it is outside."""
        mapped = self._box.mapSceneToView(self._plot.mapToScene(position.toPoint()))
        (x0, x1), (y0, y1) = self._box.viewRange()
        return min(max(float(mapped.x()), x0), x1), min(max(float(mapped.y()), y0), y1)

    def _is_inside(self, position: QPointF) -> bool:
        return bool(self._box.sceneBoundingRect().contains(self._plot.mapToScene(position.toPoint())))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the left button, the moves, the wheel over values and the keys of the tools."""
        if not self.draws_points:
            return False
        match event.type():
            case QEvent.Type.MouseButtonPress | QEvent.Type.MouseButtonDblClick:
                return self._on_press(event) if isinstance(event, QMouseEvent) else False
            case QEvent.Type.MouseMove:
                return self._on_move(event) if isinstance(event, QMouseEvent) else False
            case QEvent.Type.MouseButtonRelease:
                return self._on_release(event) if isinstance(event, QMouseEvent) else False
            case QEvent.Type.Wheel:
                return self._on_wheel(event) if isinstance(event, QWheelEvent) else False
            case QEvent.Type.Leave:
                self._pointer = None
                self.cursor.clear()
                self.card.hide()
            case QEvent.Type.ShortcutOverride:
                # Otherwise Ctrl+A and Delete could belong to somebody else.
                if isinstance(event, QKeyEvent) and self._is_own_key(event):
                    event.accept()
                    return True
            case QEvent.Type.KeyPress:
                return self._on_key(event) if isinstance(event, QKeyEvent) else False
        return False

    def _on_press(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton or not self._is_inside(event.position()):
            return False
        self._plot.setFocus()
        self._pointer = event.position()
        self.stroke_began.emit()
        self.tools.press(self._place(event.position()), adding=is_adding(event.modifiers()))
        return True

    def _on_move(self, event: QMouseEvent) -> bool:
        if event.buttons() & ~Qt.MouseButton.LeftButton:
            return False
        if self.tools.is_pressed and not event.buttons():
            # Let go over a dialog that came meanwhile.
            self.end_stroke()
        self._pointer = event.position()
        if self.tools.is_pressed or self._is_inside(event.position()):
            self.tools.move(self._place(event.position()))
        else:
            self.cursor.clear()
        return True

    def _on_release(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton or not self.tools.is_pressed:
            return False
        self.end_stroke()
        return True

    def end_stroke(self) -> None:
        """End the stroke that is being made, wherever the mouse is."""
        self.tools.release()
        self.stroke_ended.emit()

    def _on_wheel(self, event: QWheelEvent) -> bool:
        self._pointer = event.position()
        delta = event.angleDelta().y()
        return bool(delta) and self.tools.wheel(self._place(event.position()), wheel_steps(delta))

    def _is_own_key(self, event: QKeyEvent) -> bool:
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            return bool(key == Qt.Key.Key_A)
        own = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight)
        return plain and (key in own or event.text().upper() in _KEYS)

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            return self.leave()
        if not self._is_own_key(event):
            return False
        match event.key():
            case Qt.Key.Key_A:
                self.bar.choose("select")
                self.tools.select_all()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                return self.tools.remove_selected()
            case Qt.Key.Key_BracketLeft:
                self.bar.grow(1 / 1.25)
            case Qt.Key.Key_BracketRight:
                self.bar.grow(1.25)
            case _:
                self.bar.choose(_KEYS[event.text().upper()])
        return True
