"""Badges on the network diagram: small signs at what is amiss with a unit, a layer or the whole run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from nnviz.core.diagnose import Finding
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme

#: One sign for each kind: what is amiss is said without colour.
SIGNS = {
    "silent": "0",
    "saturated": "⊣",
    "vanishing": "↓",
    "exploding": "↑",
    "large_steps": "»",
    "small_steps": "·",
    "identical": "=",
    "never_predicted": "∅",
    "input_scales": "↕",
    "target_scales": "↕",
    "rising": "↗",
    "plateau": "→",
}


def kind_title(kind: str) -> str:
    """Return what a kind of finding is called."""
    tr = QCoreApplication.translate
    titles = {
        "silent": tr("health", "Silent units"),
        "saturated": tr("health", "Saturated units"),
        "vanishing": tr("health", "Vanishing gradient"),
        "exploding": tr("health", "Exploding gradient"),
        "large_steps": tr("health", "Steps too long"),
        "small_steps": tr("health", "Steps too short"),
        "identical": tr("health", "Identical units"),
        "never_predicted": tr("health", "A class never predicted"),
        "input_scales": tr("health", "Inputs on other scales"),
        "target_scales": tr("health", "Targets on another scale"),
        "rising": tr("health", "A loss that rises"),
        "plateau": tr("health", "A loss that stands still"),
    }
    return titles[kind]


class Badge(Struct, frozen=True):
    """A sign at one place of the diagram.

    Attributes
    ----------
    sign : str
    layer : int or None
        0: inputs … L; None: it is about the run, and stands at the end of the diagram.
    unit : int or None
        From 0; None: it is about the whole layer, and stands below it.
    text : str
        What is amiss, a sentence or two.
    number : int
        Of the finding in its list.
    """

    sign: str
    layer: int | None
    unit: int | None
    text: str
    number: int


def badges_of(findings: Sequence[Finding], n_layers: int) -> tuple[Badge, ...]:
    """Return where the findings of a network of `n_layers` layers of weights are shown."""
    found = []
    for number, finding in enumerate(findings):
        sign, text = SIGNS[finding.kind], f"{kind_title(finding.kind)}. {finding.sentence}"
        layer = {"never_predicted": n_layers, "input_scales": 0, "target_scales": n_layers}.get(
            finding.kind, finding.layer
        )
        found += [Badge(sign, layer, unit, text, number) for unit in finding.units or (None,)]
    return tuple(found)


def badge_places(geometry: DiagramGeometry, badges: Sequence[Badge]) -> list[tuple[Badge, QRectF]]:
    """Return the boxes of the badges; of units that are not shown, their layer has one in their place.

    Those that share a place stand side by side.
    """
    side = _side(geometry)
    taken: Counter[tuple[int | None, int | None]] = Counter()
    places: list[tuple[Badge, QRectF]] = []
    elided: set[tuple[int | None, int]] = set()
    for badge in badges:
        unit = badge.unit
        box = geometry.unit_rect((badge.layer, unit)) if badge.layer is not None and unit is not None else None
        if unit is not None and box is None:
            if (badge.layer, badge.number) in elided:
                continue
            elided.add((badge.layer, badge.number))
            unit = None
        corner = _corner(geometry, badge.layer, box, side)
        if corner is None:
            continue
        shift = 1.1 * side * taken[badge.layer, unit]
        taken[badge.layer, unit] += 1
        # At a unit they grow inwards, below a layer to the right, at the end of the diagram upwards.
        if box is not None:
            corner.setX(corner.x() - shift)
        elif badge.layer is not None:
            corner.setX(corner.x() + shift)
        else:
            corner.setY(corner.y() - shift)
        places.append((badge, QRectF(corner.x(), corner.y(), side, side)))
    return places


def badge_at(geometry: DiagramGeometry, badges: Sequence[Badge], point: QPointF) -> Badge | None:
    """Return the badge at a point of the diagram."""
    found = (badge for badge, box in reversed(badge_places(geometry, badges)) if box.contains(point))
    return next(found, None)


def paint_badges(painter: QPainter, geometry: DiagramGeometry, badges: Sequence[Badge], theme: Theme) -> None:
    """Paint badges over a diagram."""
    side = _side(geometry)
    font = ui_font(0.62 * geometry.small_font_size * side / QFontMetricsF(ui_font(geometry.small_font_size)).height())
    font.setPointSizeF(max(font.pointSizeF() * 1.25, 6.0))
    font.setBold(True)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    for badge, box in badge_places(geometry, badges):
        painter.setPen(QPen(theme.colour("canvas"), 1.5))
        painter.setBrush(theme.colour("warning"))
        painter.drawRoundedRect(box, 0.3 * side, 0.3 * side)
        painter.setPen(theme.colour("on_accent"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, badge.sign)
    painter.restore()


def _side(geometry: DiagramGeometry) -> float:
    line = QFontMetricsF(ui_font(geometry.small_font_size)).height()
    return min(max(0.4 * geometry.unit_size, 0.95 * line), 1.2 * line)


def _corner(geometry: DiagramGeometry, layer: int | None, box: QRectF | None, side: float) -> QPointF | None:
    """Return the upper left corner of the first badge of a place."""
    if box is not None:
        return QPointF(box.right() - 0.7 * side, box.top() - 0.3 * side)
    if layer is None:
        return QPointF(geometry.width - 1.4 * side, geometry.height - 1.4 * side)
    column = geometry.column(layer)
    if column is None:
        return None
    below = max(rect.bottom() for rect in column.rects) + 0.25 * side
    return QPointF(column.x - 0.5 * side, min(below, geometry.height - 1.1 * side))
