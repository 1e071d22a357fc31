"""Where everything in the network diagram is: plain geometry, computed once per size and shape.

The painter, the mouse and the keyboard share one frozen `DiagramGeometry`, so that what is seen is what is hit. An
edge runs horizontally out of one unit and into the next: at the fraction s of the way across, its y is
``y0 + (y1 - y0)(3t² - 2t³)`` with the same t(s) for all edges of a gap, which makes drawing and hit tests array code.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from nnviz.core.layout import Array
from nnviz.drawing.diagram_header import ARRANGEMENTS, PLAIN_ARRANGEMENTS, Header, HeaderControl, arrange_header
from nnviz.drawing.diagram_shape import Crossings, DiagramShape, Gap, LayerColumn
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.layer_window import LayerGap, LayerWindow, fitting_window
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import UnitId

ROW_SPACING = 1.26
"""Distance between the units of the fullest layer, in unit sizes."""
WIDE_SPACING = 1.95
"""The same for layers that have room to spare."""
SMALLEST_UNIT = 22.0
"""Below this a layer is elided instead of shrunk further, in pixels at 1080p."""
ELIDED_UNIT = 32.0
"""Size that elided layers get back."""
PICTURE_UNIT = 52.0
"""Size that units get, where there is room, whose weights are shown as a picture."""
NOTED_LINES = 1.7
"""Height of an output, in lines of text, from which on its name has a second line below it."""
STRIP_LINES = 5.0
"""Height set aside below elided layers for pictures of their whole weight matrices, in lines of text."""
STRIP_FROM = 18.0
"""Lines of text that have to be there for units before such pictures get room."""


class DiagramGeometry(Struct, frozen=True, dict=True):
    """Everything the painter and the mouse need; see `layout_diagram`.

    Attributes
    ----------
    window : LayerWindow
        Which layers have a column; there may be too many.
    pitch : float
        Distance between neighbouring columns.
    layer_gaps : tuple of (LayerGap, QRectF)
        Where "…" stands for layers without room.
    activations : tuple of (HeaderControl, QRectF)
        Headers that say an activation and open the choice of another one; empty where nothing can be edited.
    strips : tuple of (int, QRectF)
        Where the whole weight matrix into a layer (1 … L) is shown as a picture: in front of or behind elided layers.
    """

    width: float
    height: float
    scale: float
    unit_size: float
    font_size: float
    small_font_size: float
    shape: DiagramShape
    window: LayerWindow
    pitch: float
    columns: tuple[LayerColumn, ...]
    layer_gaps: tuple[tuple[LayerGap, QRectF], ...]
    gaps: tuple[Gap, ...]
    controls: tuple[tuple[HeaderControl, QRectF], ...]
    activations: tuple[tuple[HeaderControl, QRectF], ...]
    strips: tuple[tuple[int, QRectF], ...]
    input_labels: tuple[QRectF, ...]
    output_labels: tuple[QRectF, ...]

    @cached_property
    def bias_places(self) -> tuple[Array, Array]:
        """Where the biases of the units are that are shown, layer by layer: in the lower left corners of boxes."""
        rects = [rect for column in self.columns[1:] for rect in column.rects]
        return (
            np.array([rect.left() + 0.05 * rect.width() for rect in rects]),
            np.array([rect.bottom() - 0.05 * rect.height() for rect in rects]),
        )

    @cached_property
    def crossings(self) -> Crossings:
        """All edges between units that are shown, gap by gap."""
        return Crossings.of(self.gaps)

    def unit_rect(self, unit: UnitId) -> QRectF | None:
        """Return the box of a unit, or None where it is elided or does not exist."""
        layer, index = unit
        column = self.column(layer)
        return column.rects[column.units.index(index)] if column is not None and index in column.units else None

    def column(self, layer: int) -> LayerColumn | None:
        """Return the column of a layer, or None where it has no room or does not exist."""
        return next((column for column in self.columns if column.layer == layer), None)

    def unit_at(self, point: QPointF) -> UnitId | None:
        """Return the unit whose box contains `point`."""
        for column in self.columns:
            if abs(point.x() - column.x) <= self.unit_size:
                for unit, rect in zip(column.units, column.rects, strict=True):
                    if rect.contains(point):
                        return column.layer, unit
        return None

    def control_at(self, point: QPointF) -> HeaderControl | None:
        """Return the control whose hit area contains `point`."""
        gaps = ((HeaderControl("show_layers", gap.first), rect) for gap, rect in self.layer_gaps)
        places = (*self.controls, *self.activations, *gaps)
        return next((control for control, rect in places if rect.contains(point)), None)

    def strip_at(self, point: QPointF) -> tuple[int, QRectF] | None:
        """Return the layer and the box of the picture of weights that contains `point`."""
        return next(((layer, rect) for layer, rect in self.strips if rect.contains(point)), None)

    def neighbour(self, unit: UnitId | None, key: Qt.Key) -> UnitId:
        """Return the unit that an arrow key leads to, in a layer that has a column; without a unit the first input."""
        if unit is None:
            return 0, self.columns[0].units[0]
        layer, index = unit
        column, rect = self.column(layer), self.unit_rect(unit)
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            if column is None:
                return unit
            if rect is None:
                return layer, min(column.units, key=lambda shown: abs(shown - index))
            row = column.units.index(index) + (1 if key == Qt.Key.Key_Down else -1)
            return layer, column.units[min(max(row, 0), len(column.units) - 1)]
        target = self.column(layer + (1 if key == Qt.Key.Key_Right else -1))
        if target is None:
            return unit
        # A column that is not on show has its units where all have them: around the middle.
        y = rect.center().y() if rect is not None else target.rects[len(target.rects) // 2].center().y()
        nearest = min(range(len(target.rects)), key=lambda k: abs(target.rects[k].center().y() - y))
        return target.layer, target.units[nearest]


def layout_diagram(
    width: float, height: float, shape: DiagramShape, theme: Theme, first_hidden: int = 1
) -> DiagramGeometry:
    """Lay a network out in `width` × `height` pixels, as large as fits.

    Parameters
    ----------
    width, height : float
        Device-independent pixels.
    shape : DiagramShape
    theme : Theme
        Gives the font sizes; beyond 1080p type and boxes grow with the room.
    first_hidden : int
        Hidden layer (1 …) to begin with where not all have room.
    """
    scale = min(max(min(width / 1000.0, height / 860.0), 0.6), 2.4)
    # A theme for a wall may have grown with the screen already.
    growth = max(1.0, scale**0.75 / theme.enlarged)
    font_size, small = theme.font_size * growth, theme.small_font_size * growth
    text = QFontMetricsF(ui_font(font_size))
    quiet = QFontMetricsF(ui_font(small))
    line = text.height()

    # In large type a fifth of a narrow diagram is less than a word.
    has_notes = (height - 6.5 * line) / shape.sizes[-1] >= NOTED_LINES * line
    left, right = _margins(shape, text, quiet if has_notes else None, max(0.2 * width, min(6.0 * line, 0.28 * width)))
    window = fitting_window(len(shape.sizes) - 2, (width - left - right) / line, first_hidden)
    plan = _arranged(shape, window.slots, (left, right), (width, height), scale, text)
    unit, span = plan.unit, plan.span
    # Units that are small because the network is deep stand apart, so that names have room and edges can be told apart.
    apart = [min((span[1] - span[0]) / n, max(unit * WIDE_SPACING, 2.4 * line)) for n in plan.rows]
    columns = tuple(
        _column(place, layer, x, shape.sizes[layer], plan.rows[layer], unit, apart[layer], span, plan.header)
        for place, (layer, x) in enumerate(plan.places)
    )
    inputs, outputs = columns[0], columns[-1]
    neighbours = [(before, after) for before, after in pairwise(columns) if after.layer == before.layer + 1]
    return DiagramGeometry(
        width=width,
        height=height,
        scale=scale,
        unit_size=unit,
        font_size=font_size,
        small_font_size=small,
        shape=shape,
        window=window,
        pitch=plan.pitch,
        columns=columns,
        layer_gaps=tuple((gap, _gap_rect(x, plan.pitch, span, line)) for gap, x in plan.layer_gaps),
        gaps=tuple(_gap(before, after, unit) for before, after in neighbours),
        controls=plan.header.controls,
        activations=plan.header.activations if shape.editable else (),
        strips=_strips(neighbours, unit, span[1], height, line) if span[1] < height - 2.0 * line else (),
        input_labels=tuple(_between(0.0, rect.left() - 0.6 * line, left, rect, apart[0]) for rect in inputs.rects),
        output_labels=tuple(
            _between(rect.right() + 0.6 * line, width, right, rect, apart[-1]) for rect in outputs.rects
        ),
    )


class _Arranged(Struct, frozen=True):
    """A header, and what it leaves: centres of columns and gaps, the size of a unit, rows per layer, top and bottom."""

    header: Header
    places: list[tuple[int, float]]
    layer_gaps: list[tuple[LayerGap, float]]
    pitch: float
    unit: float
    rows: list[int]
    span: tuple[float, float]


def _arranged(
    shape: DiagramShape,
    slots: tuple[int | LayerGap, ...],
    margins: tuple[float, float],
    size: tuple[float, float],
    scale: float,
    text: QFontMetricsF,
) -> _Arranged:
    """Return the first arrangement of the headers in which everything has room."""
    (left, right), (width, height), line = margins, size, text.height()
    arrangements = ARRANGEMENTS if shape.editable else PLAIN_ARRANGEMENTS
    for arrangement in arrangements:
        top = (arrangement.height + 0.4) * line
        free = width - left - right, height - top - 0.8 * line
        space, rows, unit = _fit_units(shape, len(slots), free, height, scale, line)
        room = max(width - left - right - unit, 1.0)
        pitch = min(room / max(len(slots) - 1, 1), max(340.0 * scale, 4.6 * unit))
        start = left + unit / 2 + (room - pitch * (len(slots) - 1)) / 2
        xs = [(slot, start + pitch * k) for k, slot in enumerate(slots)]
        places = [(slot, x) for slot, x in xs if not isinstance(slot, LayerGap)]
        last = arrangement is arrangements[-1]
        header = arrange_header(
            arrangement, places, pitch, shape.sizes, shape.activations, width, text, last_resort=last
        )
        if header is not None:
            break
    assert header is not None
    gaps = [(slot, x) for slot, x in xs if isinstance(slot, LayerGap)]
    return _Arranged(header, places, gaps, pitch, unit, rows, (top, top + space))


def _gap_rect(x: float, pitch: float, span: tuple[float, float], line: float) -> QRectF:
    """Return the box of a "…" for layers: between its neighbours, in the middle of the height."""
    width, height = pitch - 4.0, min(5.4 * line, span[1] - span[0])
    return QRectF(x - width / 2, (span[0] + span[1] - height) / 2, width, height)


def _margins(shape: DiagramShape, text: QFontMetricsF, quiet: QFontMetricsF | None, most: float) -> tuple[float, float]:
    """Return the room for the names beside the inputs and the outputs, each at most `most` and a line.

    Outputs that stand too close for a second line (`quiet` is None) need no room for one.
    """
    left = [text.horizontalAdvance(name) for name in shape.input_names]
    right = [text.horizontalAdvance(name) for name in shape.output_names]
    if quiet is not None:
        right += [quiet.horizontalAdvance(note) for note in shape.output_notes]
    line = text.height()
    return min(max(left, default=0.0), most) + line, min(max(right, default=0.0), most) + line


def _between(x0: float, x1: float, most: float, beside: QRectF, slot: float) -> QRectF:
    """Return the room for a name beside a unit: from `x0` to `x1`, but no wider than `most`, and as high as `slot`."""
    free, height = min(x1 - x0, most), max(beside.height(), slot - 2.0)
    return QRectF(x0 if x0 > 0.0 else x1 - free, beside.center().y() - height / 2, free, height)


def _strips(
    neighbours: list[tuple[LayerColumn, LayerColumn]], unit: float, bottom: float, height: float, line: float
) -> tuple[tuple[int, QRectF], ...]:
    """Return the boxes of the pictures of whole weight matrices, below the gaps next to elided layers."""
    strips = []
    for before, after in neighbours:
        if before.ellipsis is None and after.ellipsis is None:
            continue
        x0, x1 = before.x + 0.5 * unit + 0.3 * line, after.x - 0.5 * unit - 0.3 * line
        y = bottom + 1.6 * line
        if x1 - x0 >= 24.0:
            strips.append((after.layer, QRectF(round(x0), round(y), round(x1 - x0), round(height - 0.6 * line - y))))
    return tuple(strips)


def _fit_units(
    shape: DiagramShape, n_columns: int, free: tuple[float, float], full_height: float, scale: float, line: float
) -> tuple[float, list[int], float]:
    """Return the height left for units, how many rows each layer gets ("…" counts as one), and the size of a unit."""
    (width, space), sizes = free, shape.sizes
    largest = min(max(0.078 * full_height, 40.0), 320.0)
    by_width = 0.5 * width / max(n_columns - 0.5, 1.0)
    capacity = max(int(space / (SMALLEST_UNIT * max(scale, 0.8) * ROW_SPACING)), 3)
    if max(sizes) > capacity and space > STRIP_FROM * line:
        space -= STRIP_LINES * line
        capacity = max(int(space / (SMALLEST_UNIT * max(scale, 0.8) * ROW_SPACING)), 3)
    elided_capacity = max(int(space / (ELIDED_UNIT * max(scale, 0.8) * ROW_SPACING)), 3)
    rows = [n if n <= capacity else elided_capacity for n in sizes]
    if shape.image_shape is not None:
        # Rather few pictures than many that nobody can make out; but the outputs, which have names, stay all there.
        fewer = max(int(space / (PICTURE_UNIT * max(scale, 0.8) * ROW_SPACING)), 3, rows[-1])
        rows = [min(n, fewer) for n in rows]
    unit = min(largest, by_width, space / (max(rows) * ROW_SPACING))
    # Whole pixels keep the borders of the boxes crisp.
    return space, rows, float(max(int(unit), 8))


def _column(
    place: int,
    layer: int,
    x: float,
    n_units: int,
    n_rows: int,
    unit: float,
    slot: float,
    span: tuple[float, float],
    header: Header,
) -> LayerColumn:
    top, bottom = span
    first = (top + bottom) / 2 - slot * (n_rows - 1) / 2
    boxes = [QRectF(round(x - unit / 2), round(first + slot * row - unit / 2), unit, unit) for row in range(n_rows)]
    ellipsis = None
    if n_rows < n_units:
        ellipsis = boxes.pop(n_rows - 2)
        units = (*range(n_rows - 2), n_units - 1)
    else:
        units = tuple(range(n_units))
    return LayerColumn(
        layer=layer,
        x=x,
        title=header.titles[place],
        subtitle=header.kinds[place],
        count=header.counts[place],
        title_rect=header.title_rects[place],
        subtitle_rect=header.kind_rects[place],
        count_rect=header.count_rects[place],
        n_units=n_units,
        units=units,
        rects=tuple(boxes),
        ellipsis=ellipsis,
        n_hidden=n_units - len(units),
    )


def _gap(before: LayerColumn, after: LayerColumn, unit: float) -> Gap:
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
