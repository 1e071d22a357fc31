"""The network diagram: one pure function from a frame to a picture.

`layout_diagram` says where things are, `paint_diagram` paints them; the window's widget, the exported picture and the
tests use the same two functions.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from nnviz.drawing.colormap import mix
from nnviz.drawing.diagram_edges import EdgeId, EdgeSet, choose_edges, paint_edges, paint_flow, paint_marked_edge
from nnviz.drawing.diagram_header import HeaderControl
from nnviz.drawing.diagram_layout import NOTED_LINES, DiagramGeometry, layout_diagram
from nnviz.drawing.diagram_masks import paint_masks
from nnviz.drawing.diagram_names import told_apart
from nnviz.drawing.diagram_shape import DiagramShape, LayerColumn
from nnviz.drawing.diagram_strips import edge_in_strip, paint_strips
from nnviz.drawing.diagram_units import paint_bias_dots, paint_probe, paint_units, stamp_units
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.pixel_picture import PixelPicture
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId

__all__ = [
    "DiagramGeometry",
    "DiagramShape",
    "DiagramState",
    "EdgeId",
    "EdgeSet",
    "HeaderControl",
    "choose_edges",
    "edge_in_strip",
    "has_part",
    "layout_diagram",
    "paint_card",
    "paint_diagram",
    "paint_flow",
]

Part = UnitId | EdgeId | HeaderControl
_CENTRE = Qt.AlignmentFlag.AlignCenter
#: Rows may be lower than a line of type: what hangs below it, as underscores do, is not cut off.
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip


def has_part(sizes: Sequence[int], part: object) -> bool:
    """Return whether a network with layers of these sizes, the inputs first, has a unit or an edge."""
    if isinstance(part, EdgeId):
        return has_part(sizes, (part.layer, part.unit)) and has_part(sizes, (part.layer - 1, part.source))
    return isinstance(part, tuple) and part[0] < len(sizes) and part[1] < sizes[part[0]]


class DiagramState(Struct, frozen=True):
    """What the user points at.

    Attributes
    ----------
    selected : (layer, unit), EdgeId or None
        Opened in the inspector: everything that does not touch it steps back.
    hovered : (layer, unit), EdgeId, HeaderControl or None
        Under the mouse.
    focus : (layer, unit) or None
        Where the keyboard is.
    digits : int
        Decimals of what units make of the example.
    """

    selected: UnitId | EdgeId | None = None
    hovered: Part | None = None
    focus: UnitId | None = None
    digits: int = 2

    @property
    def lit(self) -> UnitId | EdgeId | None:
        """What stands out: the unit under the mouse, else the selection.

        An edge under the mouse is only marked: the picture would flicker if all others faded at every edge crossed.
        """
        return self.hovered if isinstance(self.hovered, tuple) else self.selected


def paint_diagram(
    painter: QPainter,
    geometry: DiagramGeometry,
    frame: Frame,
    theme: Theme,
    state: DiagramState | None = None,
    *,
    moving: bool | None = None,
    picture: PixelPicture | None = None,
) -> EdgeSet:
    """Paint everything but the moving dots, on a background that the caller has filled with ``theme.canvas``.

    `moving` says that the next frame follows at once, so that curves may be cut coarsely; None: while training.
    `picture` is what `painter` paints on, where its raster is ready: compiled code draws most of it then, background
    included.

    Returns
    -------
    EdgeSet
        The edges that were drawn, for hit tests and `paint_flow`.
    """
    state = state or DiagramState()
    edges = choose_edges(geometry, frame, state.lit)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if picture is not None:
        # Nothing of it is ever under an edge or a unit.
        control = state.hovered if isinstance(state.hovered, HeaderControl) else None
        picture.begin(theme, (geometry, control), lambda: _paint_still(painter, geometry, theme, state))
        picture.draw_edges(geometry, edges, theme)
    else:
        _paint_still(painter, geometry, theme, state)
        paint_edges(painter, geometry, edges, theme, moving=frame.is_moving if moving is None else moving)
    for part in (state.selected, state.hovered):
        if isinstance(part, EdgeId):
            paint_marked_edge(painter, geometry, edges, part, theme)
    for column in geometry.columns:
        faded = [_is_faded((column.layer, unit), state) for unit in column.units]
        if picture is None or not stamp_units(picture, geometry, column, frame, theme, faded):
            paint_units(painter, geometry, column, frame, theme, faded)
    if geometry.strips:
        paint_strips(painter, geometry, frame, theme, (state.selected, state.hovered))
    _paint_rings(painter, geometry, theme, state)
    # Rings of small units would go through them.
    for column in geometry.columns:
        paint_probe(painter, geometry, column, frame, theme, state.digits)
    if frame.has_biases:
        paint_bias_dots(painter, geometry, frame, theme, picture)
    paint_masks(painter, geometry, frame, theme)
    painter.restore()
    return edges


def _paint_still(painter: QPainter, geometry: DiagramGeometry, theme: Theme, state: DiagramState) -> None:
    """Paint what a new frame does not change."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for column in geometry.columns:
        _paint_ellipsis(painter, geometry, column, theme)
    _paint_layer_gaps(painter, geometry, theme, state)
    _paint_headers(painter, geometry, theme, state)
    _paint_controls(painter, geometry, theme, state)
    _paint_names(painter, geometry, theme)


def _is_faded(unit: UnitId, state: DiagramState) -> bool:
    """Whether a unit steps back: it is beside the selected one, not connected with it."""
    chosen = state.selected
    if chosen is None or unit == state.hovered:
        return False
    if isinstance(chosen, EdgeId):
        return unit not in ((chosen.layer, chosen.unit), (chosen.layer - 1, chosen.source))
    return unit[0] == chosen[0] and unit != chosen


def _paint_ellipsis(painter: QPainter, geometry: DiagramGeometry, column: LayerColumn, theme: Theme) -> None:
    if column.ellipsis is None:
        return
    font = ui_font(geometry.small_font_size)
    metrics = QFontMetricsF(font)
    room = geometry.pitch - geometry.unit_size
    texts = (QCoreApplication.translate("diagram", "… {0} more").format(column.n_hidden), f"… {column.n_hidden}", "…")
    text = next((each for each in texts if metrics.horizontalAdvance(each) <= room), texts[-1])
    painter.setPen(theme.colour("quiet"))
    painter.setFont(font)
    painter.drawText(column.ellipsis.adjusted(-room / 2, 0.0, room / 2, 0.0), _CENTRE, text)


def _paint_layer_gaps(painter: QPainter, geometry: DiagramGeometry, theme: Theme, state: DiagramState) -> None:
    """Where layers have no room: "…", how many they are, and that they can be had by a click."""
    font = ui_font(geometry.small_font_size)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    for gap, rect in geometry.layer_gaps:
        hovered = state.hovered == HeaderControl("show_layers", gap.first)
        painter.setPen(QPen(theme.colour("positive" if hovered else "line"), 1.0))
        painter.setBrush(theme.colour("positive") if hovered else theme.colour("field"))
        painter.drawRoundedRect(rect, 6.0, 6.0)
        text = QCoreApplication.translate("diagram", "…\n{0}\nmore\nlayers").format(gap.n_layers)
        if max(map(metrics.horizontalAdvance, text.split("\n"))) > rect.width():
            text = f"…\n{gap.n_layers}"
        painter.setPen(theme.colour("on_accent" if hovered else "quiet"))
        painter.drawText(rect, _CENTRE, text)


def _paint_headers(painter: QPainter, geometry: DiagramGeometry, theme: Theme, state: DiagramState) -> None:
    painter.setPen(theme.colour("quiet"))
    painter.setFont(ui_font(geometry.font_size))
    for column in geometry.columns:
        painter.drawText(column.title_rect, _CENTRE, column.title)
        if column.subtitle:
            painter.drawText(column.subtitle_rect, _CENTRE, column.subtitle)
    for control, rect in geometry.activations:
        # What can be chosen is underlined with dots; a line of its own colour under the mouse.
        hovered = state.hovered == control
        style = Qt.PenStyle.SolidLine if hovered else Qt.PenStyle.DotLine
        painter.setPen(QPen(theme.colour("positive" if hovered else "quiet"), 1.6 if hovered else 1.0, style))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
    painter.setPen(theme.colour("text"))
    for column in geometry.columns[1:-1]:
        painter.drawText(column.count_rect, _CENTRE, column.count)


def _paint_controls(painter: QPainter, geometry: DiagramGeometry, theme: Theme, state: DiagramState) -> None:
    """− and + beside the number of units, × behind a layer's title, ⊕ between columns."""
    glyphs: dict[tuple[str, float], list[QLineF]] = {}
    for control, rect in geometry.controls:
        hovered = state.hovered == control
        quiet = control.kind in ("insert_layer", "remove_layer")
        centre, arm = rect.center(), 0.21 * rect.width() * (0.85 if quiet else 1.0)
        if hovered or control.kind == "insert_layer":
            painter.setPen(QPen(theme.colour("positive" if hovered else "line"), 1.0))
            painter.setBrush(theme.colour("positive") if hovered else theme.colour("field"))
            painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), rect.width() / 2.6, rect.width() / 2.6)
        role = "on_accent" if hovered else "quiet" if quiet else "text"
        glyphs.setdefault((role, max(1.4, 0.07 * rect.width())), []).extend(_glyph(control, centre, arm))
    for (role, width), lines in glyphs.items():
        painter.setPen(QPen(theme.colour(role), width))
        painter.drawLines(lines)


def _glyph(control: HeaderControl, centre: QPointF, arm: float) -> list[QLineF]:
    x, y = centre.x(), centre.y()
    if control.kind == "remove_layer":
        arm *= 0.9
        return [QLineF(x - arm, y - arm, x + arm, y + arm), QLineF(x - arm, y + arm, x + arm, y - arm)]
    lines = [QLineF(x - arm, y, x + arm, y)]
    if control.kind != "remove_unit":
        lines.append(QLineF(x, y - arm, x, y + arm))
    return lines


def _paint_names(painter: QPainter, geometry: DiagramGeometry, theme: Theme) -> None:
    """Input names left of the inputs, output names (and their quiet second line) right of the outputs."""
    text, quiet = ui_font(geometry.font_size), ui_font(geometry.small_font_size)
    metrics, small = QFontMetricsF(text), QFontMetricsF(quiet)
    shape = geometry.shape
    painter.setFont(text)
    painter.setPen(theme.colour("text"))
    shown = [shape.input_names[unit] for unit in geometry.columns[0].units]
    for name, rect in zip(told_apart(shown, geometry.input_labels, metrics), geometry.input_labels, strict=True):
        painter.drawText(rect, _RIGHT, name)
    shown = [shape.output_names[unit] for unit in geometry.columns[-1].units]
    names = told_apart(shown, geometry.output_labels, metrics, Qt.TextElideMode.ElideRight)
    for unit, name, rect in zip(geometry.columns[-1].units, names, geometry.output_labels, strict=True):
        note = shape.output_notes[unit] if shape.output_notes else ""
        two_lines = bool(note) and rect.height() >= NOTED_LINES * metrics.height()
        # Half a number of points says less than none; what one output says of two classes stays, shortened.
        two_lines &= len(names) == 1 or small.horizontalAdvance(note) <= rect.width()
        shift = 0.45 * metrics.height() if two_lines else 0.0
        painter.setFont(text)
        painter.setPen(theme.colour("text"))
        painter.drawText(rect.translated(0.0, -shift), _LEFT, name)
        if two_lines:
            painter.setFont(quiet)
            painter.setPen(theme.colour("quiet"))
            note = small.elidedText(note, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect.translated(0.0, shift), _LEFT, note)


def _paint_rings(painter: QPainter, geometry: DiagramGeometry, theme: Theme, state: DiagramState) -> None:
    """Rings around what is hovered (thin), selected (thick) and focused by the keyboard (dashed, outside)."""
    unit = geometry.unit_size
    rings = (
        (state.hovered, QPen(theme.colour("positive"), max(1.6, 0.03 * unit)), 0.0),
        (state.selected, QPen(theme.colour("positive"), max(2.6, 0.055 * unit)), 0.0),
        (state.focus, QPen(theme.colour("text"), max(1.4, 0.022 * unit), Qt.PenStyle.DashLine), 0.07 * unit + 2.0),
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for part, pen, distance in rings:
        rect = geometry.unit_rect(part) if isinstance(part, tuple) else None
        if rect is not None:
            painter.setPen(pen)
            box = rect.adjusted(-distance, -distance, distance, distance)
            painter.drawRoundedRect(box, 0.12 * unit + distance, 0.12 * unit + distance)


def paint_card(
    painter: QPainter,
    near: QPointF,
    lines: tuple[str, ...],
    geometry: DiagramGeometry,
    theme: Theme,
    room: QSizeF | None = None,
) -> None:
    """Paint a small card beside the cursor: the first line bold; no lines, no card.

    It stays inside `room`, the size of what is on show; None: of the whole diagram.
    """
    if not lines:
        return
    bold, plain = ui_font(geometry.font_size, bold=True), ui_font(geometry.font_size)
    fonts = [bold] + [plain] * (len(lines) - 1)
    heights = [QFontMetricsF(font).height() for font in fonts]
    widths = [QFontMetricsF(font).horizontalAdvance(line) for font, line in zip(fonts, lines, strict=True)]
    margin = 0.55 * heights[0]
    card = QRectF(0.0, 0.0, max(widths) + 2 * margin, sum(heights) + 1.4 * margin)
    room = room or QSizeF(geometry.width, geometry.height)
    card.moveTo(near.x() + heights[0], near.y() + heights[0])
    if card.right() > room.width() - 4:
        card.moveRight(near.x() - 0.6 * heights[0])
    if card.bottom() > room.height() - 4:
        card.moveBottom(near.y() - 0.6 * heights[0])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(mix(theme.panel, theme.quiet, 0.6), 1.0))
    painter.setBrush(theme.colour("panel"))
    painter.drawRoundedRect(card, 6.0, 6.0)
    y = card.top() + 0.7 * margin
    for line, font, height in zip(lines, fonts, heights, strict=True):
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        painter.drawText(QRectF(card.left() + margin, y, card.width(), height), _LEFT, line)
        y += height
    painter.restore()
