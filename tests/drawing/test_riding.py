"""Numbers of worked arithmetic over the diagram: on their wires, the present one lit, nothing where there are none."""

from PySide6.QtGui import QColor

from nnviz.core.explain.page import Note
from nnviz.drawing.diagram import EdgeId, choose_edges, layout_diagram
from nnviz.drawing.diagram_names import diagram_shape
from nnviz.drawing.riding import note_place, paint_lit_layer, paint_riding, placed_labels
from nnviz.drawing.theme import DARK, LIGHT, PROJECTOR_LIGHT

from .conftest import MakeFrame


def near(colour, name, tolerance=40):
    wanted = QColor(name)
    return sum(abs(a - b) for a, b in zip(colour.getRgb()[:3], wanted.getRgb()[:3], strict=True)) < tolerance


def test_numbers_stand_on_their_wires_and_units(make_frame: MakeFrame, painted):
    prepared, frame = make_frame()
    for theme in (LIGHT, DARK, PROJECTOR_LIGHT):
        geometry = layout_diagram(640, 480, diagram_shape(frame, prepared), theme)
        edges = choose_edges(geometry, frame, None)
        notes = (Note(1, 2, 0, "0.41·1.2 = 0.49", True), Note(1, 0, None, "0.33", False))

        def draw(painter, _rect, geometry=geometry, edges=edges, theme=theme, notes=notes):
            paint_riding(painter, geometry, edges, notes, theme)

        image = painted(draw, theme)
        for note in notes:
            place = note_place(geometry, note)
            assert place is not None
            column = [image.pixelColor(int(place.x()), int(place.y()) + dy) for dy in range(-14, 15)]
            assert any(near(colour, theme.panel) for colour in column)
        # The unit of the present number has a ring.
        box = geometry.unit_rect((1, 2))
        ring = [image.pixelColor(int(box.left()) + dx, int(box.center().y())) for dx in range(-3, 4)]
        assert any(near(colour, theme.positive) for colour in ring)


def test_nothing_is_painted_for_nothing_or_for_what_is_not_shown(make_frame: MakeFrame, painted):
    prepared, frame = make_frame()
    geometry = layout_diagram(640, 480, diagram_shape(frame, prepared), LIGHT)
    edges = choose_edges(geometry, frame, None)
    blank = painted(lambda painter, rect: None, LIGHT)
    for notes in ((), (Note(1, 99, 0, "1", True),), (Note(9, 0, None, "1", False),)):
        assert painted(lambda p, _r, n=notes: paint_riding(p, geometry, edges, n, LIGHT), LIGHT) == blank
    lit = painted(lambda p, _r: paint_riding(p, geometry, edges, (), LIGHT, EdgeId(1, 0, 0)), LIGHT)
    assert lit != blank


def test_numbers_cover_no_other_number(make_frame: MakeFrame, painted):
    prepared, frame = make_frame()
    geometry = layout_diagram(640, 480, diagram_shape(frame, prepared), LIGHT)
    edges = choose_edges(geometry, frame, None)
    first = Note(1, 0, None, "0.123456", True)
    hidden = Note(1, 0, None, "9.9", False)

    def picture(*notes):
        return painted(lambda p, _r: paint_riding(p, geometry, edges, notes, LIGHT), LIGHT)

    assert picture(first, hidden) == picture(first)
    assert picture(hidden) != picture()


def test_a_layer_that_is_read_about_is_framed_with_what_leads_into_it(make_frame: MakeFrame, painted):
    prepared, frame = make_frame()
    for theme in (LIGHT, DARK, PROJECTOR_LIGHT):
        geometry = layout_diagram(640, 480, diagram_shape(frame, prepared), theme)
        blank = painted(lambda painter, rect: None, theme)
        image = painted(lambda painter, rect, g=geometry, t=theme: paint_lit_layer(painter, g, 2, t), theme)
        column, other = geometry.column(2), geometry.column(1)
        assert column is not None
        assert other is not None
        inside, beside = column.rects[0].center().toPoint(), other.rects[0].center().toPoint()
        assert image.pixelColor(inside) != blank.pixelColor(inside)
        assert image.pixelColor(beside) == blank.pixelColor(beside)
        nothing = painted(lambda painter, rect, g=geometry, t=theme: paint_lit_layer(painter, g, 99, t), theme)
        assert nothing == blank


def test_numbers_lose_digits_before_they_cover_names_or_units_of_other_layers(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame()
    shape = diagram_shape(frame, prepared)
    present = Note(1, 1, None, "a = −0.46218", True)
    notes = (Note(1, 0, None, "−0.61504", False), Note(0, 0, None, "1", False), present)
    wire = Note(2, 1, 2, "0.025595", False)
    written = []
    for width in (900, 300, 150):
        geometry = layout_diagram(width, 480, shape, PROJECTOR_LIGHT)
        labels = placed_labels(geometry, notes)
        assert (labels[0].note, labels[0].text) == (present, present.text)
        for label in labels[1:]:
            assert not any(label.box.intersects(name) for name in (*geometry.input_labels, *geometry.output_labels))
            if label.note.source is None:
                beside = [column for column in geometry.columns if column.layer != label.note.layer]
                assert not any(label.box.intersects(rect) for column in beside for rect in column.rects)
        written.append({label.text for label in (*labels[1:], *placed_labels(geometry, (wire,)))})
    assert written[0] == {"−0.61504", "0.025595", "1"}
    assert written[1] & {"0.026", "0.03"}
    assert written[1] | written[2] <= {"−0.615", "−0.62", "0.026", "0.03"}


def test_what_a_weight_becomes_leaves_both_ends_of_its_wire_to_be_seen_if_fewer_digits_do(
    make_frame: MakeFrame,
) -> None:
    prepared, frame = make_frame()
    shape = diagram_shape(frame, prepared)
    wire = Note(2, 1, 2, "0.39337 → 0.39925", False)
    still = Note(2, 1, 2, "0.35645 → 0.35644", False)
    texts = []
    for width in (900, 660, 600):
        geometry = layout_diagram(width, 480, shape, LIGHT)
        (label,) = placed_labels(geometry, (wire,))
        source, unit = geometry.unit_rect((1, 2)), geometry.unit_rect((2, 1))
        assert source is not None
        assert unit is not None
        assert source.right() <= label.box.left()
        assert label.box.right() <= unit.left()
        texts.append(label.text)
        # A change is not rounded away.
        for kept in placed_labels(geometry, (still,)):
            before, after = kept.text.split(" → ")
            assert before != after
    assert texts[0] == wire.text
    assert texts[-1] in {"0.393 → 0.399", "0.39 → 0.40"}
