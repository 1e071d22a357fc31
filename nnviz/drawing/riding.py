"""The numbers of worked arithmetic on the network diagram: small labels on wires and at units, the present one lit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from nnviz.core.numbers import number_text
from nnviz.drawing.colormap import mix
from nnviz.drawing.diagram_edges import EdgeId, EdgeSet, paint_marked_edge
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme

if TYPE_CHECKING:
    from nnviz.core.explain.page import Note


#: How far along its wire a number rides: nearer to the source, where wires into one unit lie apart.
_ALONG = 0.34
#: Between what a weight is and what it will be; `nnviz.core.explain.page` writes it.
_BECOMES = " → "


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
    for label in placed_labels(geometry, notes):
        _paint_label(painter, label, geometry, theme)
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


class Label(Struct, frozen=True):
    """A number as it is written on a diagram, and where."""

    note: Note
    text: str
    box: QRectF


def placed_labels(geometry: DiagramGeometry, notes: Sequence[Note]) -> list[Label]:
    """Return what is written of `notes`: the present ones as they are, others as far as there is room.

    Others have fewer digits where more would cover names or units, of a wire also those at its ends, if that helps;
    what even so would cover names, units of other layers or a label before it, is left out.
    """
    labels: list[Label] = []
    for note in (*(note for note in notes if note.is_current), *(note for note in notes if not note.is_current)):
        place = note_place(geometry, note)
        if place is None:
            continue
        metrics = QFontMetricsF(_font(geometry, note))
        written = [(text, _label_box(geometry, metrics, note, text, place)) for text in _texts(note)]
        free = [(text, box) for text, box in written if note.is_current or not _covers_more(geometry, note, box)]
        # Best first: what leaves both ends of its wire to be seen, else what covers least of them.
        free.sort(key=lambda one: one[1].width() if _covers_an_end(geometry, note, one[1]) else 0.0)
        for text, box in free[:1]:
            if note.is_current or not any(box.intersects(other.box) for other in labels):
                labels.append(Label(note, text, box))
    return labels


def _font(geometry: DiagramGeometry, note: Note) -> QFont:
    return ui_font(geometry.font_size if note.is_current else geometry.small_font_size, bold=note.is_current)


def _texts(note: Note) -> Iterator[str]:
    """Yield what a number may be written as, best first: with fewer digits unless it is the present one."""
    yield note.text
    if not note.is_current:
        with contextlib.suppress(ValueError):
            # One number, or what a weight was and will be.
            values = [float(part.replace("−", "-")) for part in note.text.split(_BECOMES)]
            for digits in (3, 2):
                texts = [number_text(value, digits) for value in values]
                # Not with so few that nothing would seem to change.
                if len(set(texts)) == len(texts):
                    yield _BECOMES.join(texts)


def _ends(geometry: DiagramGeometry, note: Note) -> tuple[float, float] | None:
    """Return from where to where a wire is seen between its two units; None where `note` is not about a wire."""
    unit = geometry.unit_rect((note.layer, note.unit))
    source = None if note.source is None else geometry.unit_rect((note.layer - 1, note.source))
    return None if unit is None or source is None else (source.right(), unit.left())


def _covers_an_end(geometry: DiagramGeometry, note: Note, box: QRectF) -> bool:
    ends = _ends(geometry, note)
    return ends is not None and (box.left() < ends[0] or box.right() > ends[1])


def _label_box(geometry: DiagramGeometry, metrics: QFontMetricsF, note: Note, text: str, place: QPointF) -> QRectF:
    """Return where `text` stands: about `place`, but beside the names of inputs and outputs, within the diagram."""
    box = QRectF(0.0, 0.0, metrics.horizontalAdvance(text) + 0.9 * metrics.height(), 1.25 * metrics.height())
    box.moveCenter(place)
    ends = _ends(geometry, note)
    if ends is not None and box.width() <= ends[1] - ends[0]:
        box.moveLeft(min(max(box.left(), ends[0]), ends[1] - box.width()))
    left = max((name.right() for name in geometry.input_labels), default=0.0) + 2.0
    right = min((name.left() for name in geometry.output_labels), default=geometry.width) - 2.0
    if box.width() <= right - left:
        box.moveLeft(min(max(box.left(), left), right - box.width()))
    box.moveLeft(min(max(box.left(), 2.0), max(geometry.width - box.width() - 2.0, 2.0)))
    box.moveTop(min(max(box.top(), 2.0), max(geometry.height - box.height() - 2.0, 2.0)))
    return box


def _covers_more(geometry: DiagramGeometry, note: Note, box: QRectF) -> bool:
    """Return whether a label reaches over names, or from its unit to one of another layer."""
    if any(box.intersects(name) for name in (*geometry.input_labels, *geometry.output_labels)):
        return True
    column = geometry.column(note.layer)
    if column is None:
        return False
    half, last = 0.5 * geometry.unit_size, len(geometry.shape.sizes) - 1
    if note.source is not None:
        # From the unit that its wire comes from to the one that it leads to.
        return box.left() < column.x - geometry.pitch - half or box.right() > column.x + half
    free = geometry.pitch - half
    return (note.layer > 0 and box.left() < column.x - free) or (note.layer < last and box.right() > column.x + free)


def _paint_label(painter: QPainter, label: Label, geometry: DiagramGeometry, theme: Theme) -> None:
    box, is_current = label.box, label.note.is_current
    accent = theme.positive if is_current else theme.quiet
    painter.setPen(QPen(mix(theme.panel, accent, 1.0 if is_current else 0.45), 1.8 if is_current else 1.0))
    painter.setBrush(theme.colour("panel"))
    painter.drawRoundedRect(box, 0.5 * box.height(), 0.5 * box.height())
    painter.setFont(_font(geometry, label.note))
    painter.setPen(theme.colour("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label.text)
