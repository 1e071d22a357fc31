"""Where everything in the network diagram is: plain geometry, computed once per size and shape.

The painter, the mouse and the keyboard share one frozen `DiagramGeometry`, so that what is seen is what is hit. An
edge runs horizontally out of one unit and into the next: at the fraction s of the way across, its y is
``y0 + (y1 - y0)(3t² - 2t³)`` with the same t(s) for all edges of a gap, which makes drawing and hit tests array code.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from nnviz.core.layout import Array
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import UnitId

ControlKind = Literal["add_unit", "remove_unit", "insert_layer", "remove_layer"]

ROW_SPACING = 1.26
"""Distance between the units of the fullest layer, in unit sizes."""
WIDE_SPACING = 1.95
"""The same for layers that have room to spare."""
SMALLEST_UNIT = 22.0
"""Below this a layer is elided instead of shrunk further, in pixels at 1080p."""
ELIDED_UNIT = 32.0
"""Size that elided layers get back."""


@dataclass(frozen=True)
class DiagramShape:
    """What there is to lay out.

    Attributes
    ----------
    sizes : tuple of int
        Units per layer, inputs first.
    activations : tuple of str
        Labels as the headers show them, one per layer with weights.
    input_names, output_names : tuple of str
    output_notes : tuple of str
        A quiet second line per output ("101 points"), or empty.
    n_classes : int
        Classes that the outputs stand for; 0 for regression.
    editable : bool
        Whether the headers get − n + and the gaps +.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    output_notes: tuple[str, ...] = ()
    n_classes: int = 0
    editable: bool = True


@dataclass(frozen=True)
class Control:
    """A place in the diagram that changes the network when clicked.

    Attributes
    ----------
    kind : ControlKind
    index : int
        Hidden layer (1 …) for units and removal; for insertion the position among the hidden layers (0 …).
    """

    kind: ControlKind
    index: int


@dataclass(frozen=True)
class Column:
    """One layer: its header and the units that have room.

    Attributes
    ----------
    title, subtitle : str
        "hidden 1 · tanh" and "", or split in two where columns are narrow.
    units : tuple of int
        Indices of the units shown, top to bottom.
    rects : tuple of QRectF
        Their boxes.
    ellipsis : QRectF or None
        Where "…" stands for `n_hidden` units without room.
    count_rect : QRectF
        Where the header says how many units there are.
    """

    layer: int
    x: float
    title: str
    subtitle: str
    title_rect: QRectF
    subtitle_rect: QRectF
    count_rect: QRectF
    n_units: int
    units: tuple[int, ...]
    rects: tuple[QRectF, ...]
    ellipsis: QRectF | None
    n_hidden: int


@dataclass(frozen=True)
class Gap:
    """The space in front of a layer, which its incoming edges cross.

    Attributes
    ----------
    layer : int
        Layer that the edges run into (1 … L).
    x0, x1 : float
        Where every edge starts and ends.
    sources, targets : ndarray of int
        Units shown on both sides.
    y0, y1 : ndarray
        Their heights.
    """

    layer: int
    x0: float
    x1: float
    sources: np.ndarray
    targets: np.ndarray
    y0: Array
    y1: Array


@dataclass(frozen=True)
class DiagramGeometry:
    """Everything the painter and the mouse need; see `layout_diagram`."""

    width: float
    height: float
    scale: float
    unit_size: float
    font_size: float
    small_font_size: float
    shape: DiagramShape
    columns: tuple[Column, ...]
    gaps: tuple[Gap, ...]
    controls: tuple[tuple[Control, QRectF], ...]
    input_labels: tuple[QRectF, ...]
    output_labels: tuple[QRectF, ...]

    def unit_rect(self, unit: UnitId) -> QRectF | None:
        """Return the box of a unit, or None where it is elided or does not exist."""
        layer, index = unit
        if not 0 <= layer < len(self.columns):
            return None
        column = self.columns[layer]
        return column.rects[column.units.index(index)] if index in column.units else None

    def unit_at(self, point: QPointF) -> UnitId | None:
        """Return the unit whose box contains `point`."""
        for column in self.columns:
            if abs(point.x() - column.x) <= self.unit_size:
                for unit, rect in zip(column.units, column.rects, strict=True):
                    if rect.contains(point):
                        return column.layer, unit
        return None

    def control_at(self, point: QPointF) -> Control | None:
        """Return the control whose hit area contains `point`."""
        return next((control for control, rect in self.controls if rect.contains(point)), None)

    def neighbour(self, unit: UnitId | None, key: Qt.Key) -> UnitId:
        """Return the unit that an arrow key leads to; without a unit the first input."""
        if unit is None or self.unit_rect(unit) is None:
            return 0, self.columns[0].units[0]
        layer, index = unit
        column = self.columns[layer]
        row = column.units.index(index)
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            row = min(max(row + (1 if key == Qt.Key.Key_Down else -1), 0), len(column.units) - 1)
            return layer, column.units[row]
        layer = min(max(layer + (1 if key == Qt.Key.Key_Right else -1), 0), len(self.columns) - 1)
        y = column.rects[row].center().y()
        target = self.columns[layer]
        nearest = min(range(len(target.rects)), key=lambda k: abs(target.rects[k].center().y() - y))
        return layer, target.units[nearest]


def diagram_font(points: float, *, bold: bool = False) -> QFont:
    """Return the application's font at a size in points."""
    font = QFont()
    font.setPointSizeF(points)
    font.setBold(bold)
    return font


def layout_diagram(width: float, height: float, shape: DiagramShape, theme: Theme) -> DiagramGeometry:
    """Lay a network out in `width` × `height` pixels, as large as fits.

    Parameters
    ----------
    width, height : float
        Device-independent pixels.
    shape : DiagramShape
    theme : Theme
        Gives the font sizes; beyond 1080p type and boxes grow with the room.
    """
    scale = min(max(min(width / 1000.0, height / 860.0), 0.6), 2.4)
    font_size = theme.font_size * max(1.0, scale**0.75)
    small = theme.small_font_size * max(1.0, scale**0.75)
    text = QFontMetricsF(diagram_font(font_size))
    quiet = QFontMetricsF(diagram_font(small))
    line = text.height()
    n_columns = len(shape.sizes)

    side = 0.2 * width
    left = min(max((text.horizontalAdvance(name) for name in shape.input_names), default=0.0), side) + line
    widths = [text.horizontalAdvance(name) for name in shape.output_names]
    widths += [quiet.horizontalAdvance(note) for note in shape.output_notes]
    right = min(max(widths, default=0.0), side) + line

    header = line * (3.6 if shape.editable else 2.4)
    top, bottom = header + 0.4 * line, height - 0.8 * line
    rows, unit = _fit_units(shape.sizes, bottom - top, height, width - left - right, scale)

    room = max(width - left - right - unit, 1.0)
    pitch = room / max(n_columns - 1, 1)
    limit = max(340.0 * scale, 4.6 * unit)
    pitch = min(pitch, limit)
    start = left + unit / 2 + (room - pitch * (n_columns - 1)) / 2
    xs = [start + pitch * k for k in range(n_columns)]

    titles = _titles(shape, min(pitch, 2 * min(xs[0], width - xs[-1]) if n_columns < 3 else pitch) - 0.3 * line, text)
    columns = tuple(
        _column(
            layer, xs[layer], shape.sizes[layer], rows[layer], unit, (top, bottom), titles[layer], pitch, line,
            max(text.horizontalAdvance(part) for part in titles[layer]), width,
        )
        for layer in range(n_columns)
    )  # fmt: skip
    inputs, outputs = columns[0], columns[-1]
    return DiagramGeometry(
        width=width,
        height=height,
        scale=scale,
        unit_size=unit,
        font_size=font_size,
        small_font_size=small,
        shape=shape,
        columns=columns,
        gaps=tuple(_gap(before, after, unit) for before, after in pairwise(columns)),
        controls=_controls(columns, pitch, line, text) if shape.editable else (),
        input_labels=tuple(
            QRectF(rect.left() - left, rect.top(), left - 0.6 * line, rect.height()) for rect in inputs.rects
        ),
        output_labels=tuple(
            QRectF(rect.right() + 0.6 * line, rect.top(), right - 0.6 * line, rect.height()) for rect in outputs.rects
        ),
    )


def _fit_units(
    sizes: tuple[int, ...], height: float, full_height: float, width: float, scale: float
) -> tuple[list[int], float]:
    """Return how many rows each layer gets ("…" counts as one) and the size of a unit."""
    largest = min(max(0.078 * full_height, 40.0), 150.0)
    by_width = 0.5 * width / max(len(sizes) - 0.5, 1.0)
    capacity = max(int(height / (SMALLEST_UNIT * max(scale, 0.8) * ROW_SPACING)), 3)
    elided_capacity = max(int(height / (ELIDED_UNIT * max(scale, 0.8) * ROW_SPACING)), 3)
    rows = [n if n <= capacity else elided_capacity for n in sizes]
    unit = min(largest, by_width, height / (max(rows) * ROW_SPACING))
    # Whole pixels keep the borders of the boxes crisp.
    return rows, float(max(int(unit), 8))


def _titles(shape: DiagramShape, room: float, text: QFontMetricsF) -> list[tuple[str, str]]:
    """Return title and subtitle per column: in one line where all fit, else in two, else shortened."""
    n_hidden = len(shape.sizes) - 2
    long = ["inputs", *(f"hidden {k + 1}" for k in range(n_hidden)), "output"]
    short = ["in", *(f"h{k + 1}" for k in range(n_hidden)), "out"]
    kinds = ["", *shape.activations]
    joined = [f"{name} · {kind}" if kind else name for name, kind in zip(long, kinds, strict=True)]
    # Room for the × behind the title, on both sides because the title is centred.
    spare = (2.7 if shape.editable else 0.2) * text.height()
    fits = max(text.horizontalAdvance(title) for title in joined) + spare <= room
    if fits:
        return [(title, "") for title in joined]
    names = long if max(text.horizontalAdvance(name) for name in long) + 1.3 * text.height() <= room else short
    elided = [text.elidedText(kind, Qt.TextElideMode.ElideRight, room) if room > 28 else "" for kind in kinds]
    return list(zip(names, elided, strict=True))


def _column(
    layer: int,
    x: float,
    n_units: int,
    n_rows: int,
    unit: float,
    span: tuple[float, float],
    title: tuple[str, str],
    pitch: float,
    line: float,
    title_width: float,
    full_width: float,
) -> Column:
    top, bottom = span
    room = pitch if title[1] else max(pitch, title_width)
    # The outermost titles stay inside, even where their column is close to the border.
    middle = min(max(x, title_width / 2 + 4.0), full_width - title_width / 2 - 4.0)
    slot = min((bottom - top) / n_rows, unit * WIDE_SPACING)
    first = (top + bottom) / 2 - slot * (n_rows - 1) / 2
    boxes = [QRectF(round(x - unit / 2), round(first + slot * row - unit / 2), unit, unit) for row in range(n_rows)]
    ellipsis = None
    if n_rows < n_units:
        ellipsis = boxes.pop(n_rows - 2)
        units = (*range(n_rows - 2), n_units - 1)
    else:
        units = tuple(range(n_units))
    return Column(
        layer=layer,
        x=x,
        title=title[0],
        subtitle=title[1],
        title_rect=QRectF(middle - room / 2, 0.25 * line, room, line),
        subtitle_rect=QRectF(middle - pitch / 2, 1.2 * line, pitch, line),
        count_rect=QRectF(x - pitch / 2, (2.3 if title[1] else 1.55) * line, pitch, 1.25 * line),
        n_units=n_units,
        units=units,
        rects=tuple(boxes),
        ellipsis=ellipsis,
        n_hidden=n_units - len(units),
    )


def _gap(before: Column, after: Column, unit: float) -> Gap:
    return Gap(
        layer=after.layer,
        # Edges begin and end a little inside the boxes, whose painting hides their blunt ends.
        x0=before.x + unit / 2 - 1.5,
        x1=after.x - unit / 2 + 1.5,
        sources=np.array(before.units),
        targets=np.array(after.units),
        y0=np.array([rect.center().y() for rect in before.rects]),
        y1=np.array([rect.center().y() for rect in after.rects]),
    )


def _controls(
    columns: tuple[Column, ...], pitch: float, line: float, text: QFontMetricsF
) -> tuple[tuple[Control, QRectF], ...]:
    controls: list[tuple[Control, QRectF]] = []
    size = min(1.25 * line, pitch / 3.2)
    for column in columns[1:-1]:
        middle = column.count_rect.center()
        if pitch >= 2.6 * line:
            digits = text.horizontalAdvance(str(column.n_units))
            offset = min(max(1.45 * line, (digits + size) / 2 + 0.1 * line), pitch / 2 - size / 2 - 1.0)
            for kind, side in (("remove_unit", -1), ("add_unit", 1)):
                rect = QRectF(middle.x() + side * offset - size / 2, middle.y() - size / 2, size, size)
                controls.append((Control(kind, column.layer), rect))  # type: ignore[arg-type]
        half = text.horizontalAdvance(column.title) / 2
        if half + 0.2 * line + size <= pitch / 2:
            rect = QRectF(column.x + half + 0.1 * line, column.title_rect.center().y() - size / 2, size, size)
            controls.append((Control("remove_layer", column.layer), rect))
    reach = max((abs(rect.center().x() - columns[control.index].x) for control, rect in controls), default=0.0)
    y = max(column.count_rect.center().y() for column in columns)
    for position, (before, after) in enumerate(pairwise(columns)):
        if pitch >= 2.0 * (reach + size) + 0.2 * line:
            middle = QPointF((before.x + after.x) / 2, y)
            rect = QRectF(middle.x() - size / 2, middle.y() - size / 2, size, size)
            controls.append((Control("insert_layer", position), rect))
    return tuple(controls)
