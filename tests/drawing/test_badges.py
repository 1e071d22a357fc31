"""Badges: each finding where it belongs, side by side where they share a place, and seen."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from nnviz.core.diagnose import Finding, Fix
from nnviz.drawing.badges import SIGNS, badge_at, badge_places, badges_of, kind_title, paint_badges
from nnviz.drawing.diagram_layout import layout_diagram
from nnviz.drawing.diagram_shape import DiagramShape
from nnviz.drawing.theme import THEMES


def finding(kind, layer=None, units=()):
    return Finding(kind, layer, units, 1.0, 0.5, "It is so.", "somebody", Fix("mend", "new_weights"))


@pytest.fixture
def geometry(qapp):
    shape = DiagramShape(
        sizes=(2, 5, 40, 1), activations=("tanh",) * 3, input_names=("a", "b"), output_names=("y",), output_notes=(),
        n_classes=0, editable=True, image_shape=None,
    )  # fmt: skip
    return layout_diagram(900, 600, shape, THEMES["light"])


def test_every_finding_has_its_place(geometry):
    badges = badges_of(
        [
            finding("silent", 1, (0, 3)),
            finding("identical", 1, (3,)),
            finding("vanishing", 1),
            finding("silent", 2, (20, 21, 22)),
            finding("rising"),
            finding("plateau"),
            finding("never_predicted", units=(1,)),
            finding("input_scales", units=(1,)),
        ],
        3,
    )
    places = badge_places(geometry, badges)
    at = {(badge.number, badge.unit): box for badge, box in places}
    # Of three units that have no room, their layer has one badge.
    assert len(places) == len(badges) - 2
    assert at[0, 3].intersects(geometry.unit_rect((1, 3)))
    assert not at[0, 3].intersects(at[1, 3])
    assert at[2, None].top() > max(rect.bottom() for rect in geometry.column(1).rects)
    assert at[4, None].bottom() < geometry.height
    assert not at[4, None].intersects(at[5, None])
    assert abs(at[6, 1].center().x() - geometry.column(3).x) < geometry.unit_size
    assert at[7, 1].intersects(geometry.unit_rect((0, 1)))
    boxes = [box for _, box in places]
    assert not any(one.intersects(other) for n, one in enumerate(boxes) for other in boxes[:n])
    assert badge_at(geometry, badges, at[1, 3].center()).number == 1
    assert badge_at(geometry, badges, QPointF(0.0, 0.0)) is None


@pytest.mark.parametrize("name", THEMES)
def test_they_stand_out_in_every_theme(geometry, name):
    theme = THEMES[name]
    badges = badges_of([finding("silent", 1, (0,))], 3)
    picture = QImage(900, 600, QImage.Format.Format_RGB32)
    picture.fill(theme.colour("canvas"))
    painter = QPainter(picture)
    paint_badges(painter, geometry, badges, theme)
    painter.end()
    ((_, box),) = badge_places(geometry, badges)
    seen = {picture.pixelColor(x, round(box.center().y())).name() for x in range(int(box.left()), int(box.right()))}
    assert theme.warning in seen
    assert len(seen) > 2, "the sign is seen on it"


def test_every_kind_has_a_sign_and_a_name(qapp):
    assert len({kind_title(kind) for kind in SIGNS}) == len(SIGNS)
