"""The numbers of worked arithmetic on the network diagram: small labels on wires and at units, the present one lit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from nnviz.core.explain.page import Note
from nnviz.drawing.colormap import mix
from nnviz.drawing.diagram_edges import EdgeId, EdgeSet, paint_marked_edge
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme

#: How far along its wire a number rides: nearer to the source, where wires into one unit lie apart.
_ALONG = 0.34


def paint_riding(
    painter: QPainter,
    geometry: DiagramGeometry,
    edges: EdgeSet,
    notes: Sequence[Note],
    theme: Theme,
    lit: EdgeId | None = None,
) -> None:
    """Paint the numbers of `notes` over a diagram, and mark the wires of the present one and of `lit`.

    Numbers of units that have no place, in a layer too wide or too deep to be shown, are left out.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    current = [note for note in notes if note.is_current]
    wires = [EdgeId(note.layer, note.unit, note.source) for note in current if note.source is not None]
    for edge in dict.fromkeys([*wires, *([lit] if lit is not None else [])]):
        paint_marked_edge(painter, geometry, edges, edge, theme)
    for note in current:
        box = geometry.unit_rect((note.layer, note.unit))
        if box is not None:
            painter.setPen(QPen(theme.colour("positive"), max(2.0, 0.045 * geometry.unit_size)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 0.12 * geometry.unit_size, 0.12 * geometry.unit_size)
    taken: list[QRectF] = []
    for note in [*current, *(note for note in notes if not note.is_current)]:
        place = note_place(geometry, note)
        if place is not None:
            _paint_label(painter, geometry, theme, note, place, taken)
    painter.restore()


def paint_lit_layer(painter: QPainter, geometry: DiagramGeometry, layer: int, theme: Theme) -> None:
    """Frame the units of a layer and the edges that lead into it, washed in the accent's colour."""
    column = geometry.column(layer)
    if column is None or not column.rects:
        return
    box = column.rects[0]
    for rect in column.rects[1:]:
        box = box.united(rect)
    gap = next((gap for gap in geometry.gaps if gap.layer == layer), None)
    if gap is not None:
        top, bottom = min(gap.y0.min(), box.top()), max(gap.y0.max(), box.bottom())
        box = box.united(QRectF(gap.x0, top, box.left() - gap.x0, bottom - top))
    rim = 0.16 * geometry.unit_size
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("positive"), max(2.0, 0.05 * geometry.unit_size)))
    painter.setBrush(theme.colour("positive", 40))
    painter.drawRoundedRect(box.adjusted(0.0, -rim, rim, rim), rim, rim)
    painter.restore()


def note_place(geometry: DiagramGeometry, note: Note) -> QPointF | None:
    """Return the middle of a number's label, or None where its unit or wire is not shown."""
    unit = geometry.unit_rect((note.layer, note.unit))
    if unit is None:
        return None
    if note.source is None:
        return QPointF(unit.center().x(), unit.bottom())
    source = geometry.unit_rect((note.layer - 1, note.source))
    if source is None:
        return None
    t = _ALONG
    start, end = QPointF(source.right(), source.center().y()), QPointF(unit.left(), unit.center().y())
    x = start.x() + (end.x() - start.x()) * (1.5 * t * (1.0 - t) + t**3)
    return QPointF(x, start.y() + (end.y() - start.y()) * (3.0 * t**2 - 2.0 * t**3))


def _paint_label(
    painter: QPainter, geometry: DiagramGeometry, theme: Theme, note: Note, place: QPointF, taken: list[QRectF]
) -> None:
    font = ui_font(geometry.font_size if note.is_current else geometry.small_font_size, bold=note.is_current)
    metrics = QFontMetricsF(font)
    box = QRectF(0.0, 0.0, metrics.horizontalAdvance(note.text) + 0.9 * metrics.height(), 1.25 * metrics.height())
    box.moveCenter(place)
    box.moveLeft(min(max(box.left(), 2.0), max(geometry.width - box.width() - 2.0, 2.0)))
    box.moveTop(min(max(box.top(), 2.0), max(geometry.height - box.height() - 2.0, 2.0)))
    # The present number stands in front; of the others those that it, or one before them, would cover are left out.
    if not note.is_current and any(box.intersects(other) for other in taken):
        return
    taken.append(box)
    accent = theme.positive if note.is_current else theme.quiet
    painter.setPen(QPen(mix(theme.panel, accent, 1.0 if note.is_current else 0.45), 1.8 if note.is_current else 1.0))
    painter.setBrush(theme.colour("panel"))
    painter.drawRoundedRect(box, 0.5 * box.height(), 0.5 * box.height())
    painter.setFont(font)
    painter.setPen(theme.colour("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, note.text)
