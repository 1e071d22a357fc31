import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from nnviz.drawing.diagram_edges import EdgeId
from nnviz.drawing.diagram_header import HeaderControl
from nnviz.drawing.diagram_names import (
    activation_name,
    card_lines,
    control_help,
    diagram_shape,
    edge_title,
    told_apart,
    unit_name,
    unit_title,
)
from nnviz.drawing.fonts import ui_font

from .conftest import MakeFrame


def test_names_come_from_the_data(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame("iris", (4,))
    shape = diagram_shape(frame, prepared)
    assert shape.output_names == prepared.class_names
    assert len(shape.input_names) == 4
    assert shape.n_classes == 3


def test_one_output_for_two_classes_is_named_after_the_second(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame()
    first, second = prepared.class_names
    said = {}
    for name in ("sigmoid", "tanh", "linear"):
        shape = diagram_shape(replace(frame, activations=(*frame.activations[:-1], name)), prepared)
        said[name] = (*shape.output_names, *shape.output_notes)
    assert said == {
        "sigmoid": (f"P({second})", f"1 − P: {first}"),
        "tanh": (f"1: {second}", f"−1: {first}"),
        "linear": (f"1: {second}", f"0: {first}"),
    }


def test_without_data_names_are_made_up(make_frame: MakeFrame) -> None:
    _, frame = make_frame()
    shape = diagram_shape(frame, None)
    assert (shape.input_names, shape.output_names) == (("x₁", "x₂"), ("y₁",))


def test_units_and_edges_have_short_and_long_names(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame()
    shape = diagram_shape(frame, prepared)
    assert unit_name(shape, (2, 1)) == "h2·2"
    assert unit_title(shape, (1, 3)) == "Unit 4 of hidden 1 · tanh"
    assert unit_title(shape, (0, 0)) == "Input x₁"
    assert edge_title(shape, EdgeId(1, 2, 0)) == "x₁ → h1·3"
    assert activation_name("relu") == "ReLU"
    assert activation_name("tanh") == "tanh"


def test_cards_tell_the_weight_the_bias_and_the_tried_input(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame(probed=True)
    shape = diagram_shape(frame, prepared)
    assert len(card_lines(frame, shape, (1, 0))) == 3
    assert len(card_lines(replace(frame, has_biases=False), shape, (1, 0))) == 2
    assert card_lines(frame, shape, EdgeId(1, 0, 0))[1].startswith("weight")
    assert card_lines(frame, shape, HeaderControl("add_unit", 1)) == ()
    assert "2" in control_help(HeaderControl("remove_layer", 2))


@pytest.mark.usefixtures("qapp")
def test_names_that_are_shortened_stay_different() -> None:
    metrics = QFontMetricsF(ui_font(14.0))
    names = ("sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm")
    room = [QRectF(0, 0, metrics.horizontalAdvance("sepal_wi…") + 2.0, 20.0)] * len(names)
    assert len({metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room[0].width()) for name in names}) < 4
    shown = told_apart(names, room, metrics)
    assert len(set(shown)) == 4
    assert all(metrics.horizontalAdvance(name) <= room[0].width() for name in shown)
    # Where the middle is enough, both ends stay: a unit of measure says as much as a name.
    assert told_apart(("length of the sepal in cm", "id"), room[:2], metrics)[0].endswith("cm")
