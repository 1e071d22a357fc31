from collections import Counter
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from nnviz.drawing.diagram_header import HeaderControl
from nnviz.drawing.diagram_layout import DiagramGeometry, layout_diagram
from nnviz.drawing.diagram_shape import DiagramShape
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import LIGHT, PROJECTOR, Theme

#: What the diagram gets of a window of 1280×720 with and without a card below, of 1920×1080 and of 3840×2160.
SMALL = (560, 560)
SIZES = [SMALL, (560, 330), (1000, 880), (2100, 1750)]
NETWORKS = [
    (2, 1),
    (2, 8, 8, 3),
    (2, 8, 8, 8, 8, 8, 8, 1),
    (4, 8, 8, 8, 8, 8, 8, 10),
    (784, 128, 10),
    (2, *[6] * 20, 1),
    (2, *[3, 4, 5, 6] * 9, 3),
    (2, *[4] * 200, 10),
    (64, 512, 512, 10),
]
LARGE_TYPE = replace(LIGHT, name="large", font_size=1.5 * LIGHT.font_size, small_font_size=1.5 * LIGHT.small_font_size)
THEMES = [LIGHT, LARGE_TYPE, PROJECTOR]


def _shape(sizes: tuple[int, ...], editable: bool = True) -> DiagramShape:
    kinds = (*["leaky ReLU"] * (len(sizes) - 2), "softmax")
    inputs = tuple(f"input {k}" for k in range(sizes[0]))
    return DiagramShape(sizes, kinds, inputs, tuple(f"class {k}" for k in range(sizes[-1])), editable=editable)


def _laid_out(
    sizes: tuple[int, ...], width: float = 1000, height: float = 880, theme: Theme = LIGHT, editable: bool = True
) -> DiagramGeometry:
    return layout_diagram(width, height, _shape(sizes, editable), theme)


def _text_box(rect: QRectF, text: str, metrics: QFontMetricsF) -> QRectF:
    """Where a centred text leaves ink, a little less high than its line."""
    width, height = metrics.horizontalAdvance(text), 0.8 * metrics.height()
    return QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height)


def _everything(geometry: DiagramGeometry) -> dict[str, QRectF]:
    """All that is painted and must not touch, by name."""
    metrics = QFontMetricsF(ui_font(geometry.font_size))
    boxes: dict[str, QRectF] = {}
    for column in geometry.columns:
        for unit, rect in zip(column.units, column.rects, strict=True):
            boxes[f"unit {column.layer}, {unit}"] = rect
        if column.ellipsis is not None:
            boxes[f"ellipsis {column.layer}"] = column.ellipsis
        for name, rect in (
            ("title", column.title_rect),
            ("subtitle", column.subtitle_rect),
            ("count", column.count_rect),
        ):
            if getattr(column, name):
                boxes[f"{name} {column.layer}"] = _text_box(rect, getattr(column, name), metrics)
    boxes |= {f"{control}": rect for control, rect in geometry.controls}
    boxes |= {f"{gap}": rect for gap, rect in geometry.layer_gaps}
    boxes |= {f"strip {layer}": rect for layer, rect in geometry.strips}
    for side, labels in (("left", geometry.input_labels), ("right", geometry.output_labels)):
        boxes |= {f"label {side} {k}": rect for k, rect in enumerate(labels)}
    return boxes


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("sizes", NETWORKS, ids=lambda sizes: "-".join(map(str, sizes))[:24])
def test_nothing_overlaps_and_all_is_inside(sizes: tuple[int, ...], size: tuple[int, int], theme: Theme) -> None:
    for editable in (True, False):
        boxes = _everything(_laid_out(sizes, *size, theme, editable))
        outer = QRectF(0, 0, *size)
        assert [name for name, box in boxes.items() if not outer.contains(box)] == []
        pairs = combinations(boxes.items(), 2)
        assert [(a, b) for (a, first), (b, second) in pairs if first.intersects(second)] == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("n_hidden", range(7))
@pytest.mark.parametrize("units", [1, 8, 512])
def test_up_to_six_hidden_layers_keep_every_control_in_a_small_window(units: int, n_hidden: int, theme: Theme) -> None:
    geometry = _laid_out((2, *[units] * n_hidden, 3), *SMALL, theme)
    kinds = Counter(control.kind for control, _ in geometry.controls)
    assert kinds == Counter(add_unit=n_hidden, remove_unit=n_hidden, remove_layer=n_hidden, insert_layer=n_hidden + 1)
    assert all(column.title for column in geometry.columns)
    assert all(column.count for column in geometry.columns[1:-1])


@pytest.mark.usefixtures("qapp")
def test_elided_layers_show_their_whole_matrix_below(qapp: object) -> None:
    assert [layer for layer, _ in _laid_out((784, 128, 10)).strips] == [1, 2]
    assert [layer for layer, _ in _laid_out((2, 8, 128, 8, 1)).strips] == [2, 3]
    assert _laid_out((2, 8, 8, 1)).strips == ()
    geometry = _laid_out((784, 128, 10))
    layer, rect = geometry.strips[0]
    assert geometry.strip_at(rect.center()) == (layer, rect)
    assert geometry.strip_at(QPointF(1, 1)) is None


@pytest.mark.usefixtures("qapp")
def test_boxes_are_as_large_as_at_the_back_of_a_room() -> None:
    assert _laid_out((2, 8, 8, 3)).unit_size >= 60
    assert _laid_out((2, 8, 8, 3), 2000, 1760).unit_size >= 115


@pytest.mark.usefixtures("qapp")
def test_wide_layers_are_elided_and_say_how_many_are_missing() -> None:
    column = _laid_out((784, 128, 10)).columns[0]
    assert column.ellipsis is not None
    assert len(column.units) + column.n_hidden == 784
    assert column.units[-1] == 783
    assert not any(column.ellipsis.intersects(rect) for rect in column.rects)


@pytest.mark.usefixtures("qapp")
def test_units_and_controls_are_found_where_they_are_painted() -> None:
    geometry = _laid_out((2, 4, 1))
    for column in geometry.columns:
        for unit, rect in zip(column.units, column.rects, strict=True):
            assert geometry.unit_at(rect.center()) == (column.layer, unit)
            assert geometry.unit_rect((column.layer, unit)) == rect
    for control, rect in geometry.controls:
        assert geometry.control_at(rect.center()) == control
    assert geometry.unit_at(QPointF(-5, -5)) is None
    assert geometry.unit_rect((1, 99)) is None
    kinds = {control.kind for control, _ in geometry.controls}
    assert kinds == {"add_unit", "remove_unit", "insert_layer", "remove_layer"}
    assert HeaderControl("insert_layer", 1) in [control for control, _ in geometry.controls]


@pytest.mark.usefixtures("qapp")
def test_a_figure_has_no_controls() -> None:
    assert layout_diagram(800, 600, _shape((2, 3, 1), editable=False), LIGHT).controls == ()


@pytest.mark.usefixtures("qapp")
def test_arrow_keys_visit_neighbours() -> None:
    geometry = _laid_out((2, 4, 1))
    assert geometry.neighbour(None, Qt.Key.Key_Right) == (0, 0)
    assert geometry.neighbour((1, 0), Qt.Key.Key_Down) == (1, 1)
    assert geometry.neighbour((1, 3), Qt.Key.Key_Down) == (1, 3)
    assert geometry.neighbour((1, 2), Qt.Key.Key_Right) == (2, 0)
    assert geometry.neighbour((0, 0), Qt.Key.Key_Left) == (0, 0)


@pytest.mark.usefixtures("qapp")
@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 512), min_size=2, max_size=22), st.integers(320, 3840), st.integers(240, 2160))
def test_any_network_fits_any_window(sizes: list[int], width: int, height: int) -> None:
    geometry = _laid_out(tuple(sizes), width, height)
    assert [column.layer for column in geometry.columns] == [s for s in geometry.window.slots if isinstance(s, int)]
    assert [gap.layer for gap in geometry.gaps] == [
        after.layer for before, after in pairwise(geometry.columns) if after.layer == before.layer + 1
    ]
    assert geometry.gaps
    assert all(gap.x1 > gap.x0 for gap in geometry.gaps)
    assert all(gap.y0.shape == gap.sources.shape and gap.y1.shape == gap.targets.shape for gap in geometry.gaps)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("n_hidden", [20, 35, 200])
def test_deep_networks_keep_names_and_numbers(n_hidden: int, theme: Theme) -> None:
    geometry = _laid_out((2, *[4] * n_hidden, 3), 560, 560, theme)
    line = QFontMetricsF(ui_font(geometry.font_size)).height()
    assert min(rect.height() for rect in (*geometry.input_labels, *geometry.output_labels)) >= line
    assert all(column.title for column in geometry.columns)
    (gap, rect) = geometry.layer_gaps[0]
    assert gap.n_layers + len(geometry.columns) == n_hidden + 2
    assert geometry.control_at(rect.center()) == HeaderControl("show_layers", gap.first)


@pytest.mark.usefixtures("qapp")
def test_a_layer_without_a_column_has_no_units_to_be_hit() -> None:
    geometry = layout_diagram(560, 560, _shape((2, *[4] * 200, 1)), LIGHT, first_hidden=100)
    assert geometry.unit_rect((1, 0)) is None
    rect = geometry.unit_rect((100, 3))
    assert rect is not None
    assert geometry.unit_at(rect.center()) == (100, 3)
    assert geometry.neighbour((100, 3), Qt.Key.Key_Right) == (101, 3)
    # The way to a layer that is not on show is the view's; here nothing moves.
    assert geometry.neighbour((100, 3), Qt.Key.Key_Left) == (100, 3)


@pytest.mark.usefixtures("qapp")
def test_large_type_leaves_room_for_names_and_the_last_activation() -> None:
    notes = ("50 points", "50 points")
    shape = DiagramShape(
        sizes=(2, 8, 8, 2),
        activations=("tanh", "tanh", "softmax"),
        input_names=("sepal_length_cm", "sepal_width_cm"),
        output_names=("setosa", "versicolor"),
        output_notes=notes,
    )
    geometry = layout_diagram(434, 560, shape, PROJECTOR)
    quiet = QFontMetricsF(ui_font(geometry.small_font_size))
    assert geometry.columns[-1].subtitle == "softmax"
    assert geometry.columns[-1].subtitle_rect.right() <= geometry.width
    assert all(quiet.horizontalAdvance(note) <= geometry.output_labels[0].width() for note in notes)
    assert geometry.input_labels[0].width() > 110.0
    # Where the outputs stand too close for a second line, the columns have its room.
    many = replace(shape, sizes=(2, 8, 8, 10), output_names=tuple("0123456789"), output_notes=("178 points",) * 10)
    dense = layout_diagram(434, 500, many, PROJECTOR)
    assert dense.output_labels[0].width() < quiet.horizontalAdvance("178 points")
    assert dense.output_labels[0].width() >= quiet.horizontalAdvance("0")
