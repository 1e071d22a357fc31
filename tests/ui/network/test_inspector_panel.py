import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.diagram_names import diagram_shape
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import DARK, LIGHT, PROJECTOR, Theme
from nnviz.ui.network import inspector_panel
from nnviz.ui.network.edge_ends import pictures_beside
from nnviz.ui.network.inspector_panel import STRONGEST, InspectorPanel
from nnviz.ui.network.inspector_text import formula_letters, unit_formula
from nnviz.ui.network.list_places import ListCaption, Needed, shares, stands_below
from nnviz.ui.network.number_bar import EASY_BAR, NumberRow
from nnviz.ui.network.number_list import NumberList
from nnviz.ui.widgets.elided_label import ElidedLabel
from tests.ui.network.diagram_stage import Notes, a_state, stage


def _panel(qtbot: QtBot, name: str = "moons", hidden: tuple[int, ...] = (4, 3)) -> tuple[InspectorPanel, Notes]:
    prepared, frame = stage(name, hidden)
    notes = Notes(frame)
    panel = InspectorPanel(a_state(), notes.as_controller, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(900, 250)
    panel.show_prepared(prepared)
    panel.show()
    return panel, notes


def test_a_unit_shows_its_weights_strongest_first_and_its_bias(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.show_part((2, 1))
    frame = notes.frame
    assert frame is not None
    bias, *rows = panel.incoming.rows
    assert bias.key == frame.layout.bias_index(2, 1)
    weights = np.abs(frame.parameters[[row.key for row in rows]])
    assert sorted(row.key for row in rows) == [frame.layout.weight_index(2, 1, k) for k in range(4)]
    assert (np.diff(weights) <= 0).all()
    assert [row.key for row in panel.outgoing.rows] == [frame.layout.weight_index(3, 0, 1)]
    assert panel.title == "Unit 2 of hidden 2 · tanh"
    assert panel.formula.startswith("z = ")


def test_a_network_without_biases_shows_none(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    assert notes.frame is not None
    notes.frame = replace(notes.frame, has_biases=False)
    panel.show_part((2, 1))
    assert [notes.frame.layout.is_weight[row.key] for row in panel.incoming.rows] == [True] * 4
    assert panel.formula.count("·h1·") == 3
    assert panel.formula.split(",   ")[0].endswith(" + …")


def test_a_formula_takes_no_letter_that_is_a_name(qtbot: QtBot) -> None:
    _, notes = _panel(qtbot)
    frame, prepared = notes.frame, stage()[0]
    assert frame is not None
    shape = diagram_shape(frame, prepared)
    assert formula_letters(shape) == ("z", "a")
    shape = replace(shape, input_names=("Z", "s"), output_names=("a",))
    z, a = formula_letters(shape)
    assert unit_formula(frame, shape, (1, 0)).startswith(f"{z} = ")
    assert {z, a}.isdisjoint({"z", "s", "a"})
    assert f"{a} = tanh({z})" in unit_formula(frame, shape, (1, 0))


def test_names_give_way_after_bars_and_where_the_other_list_is_short(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot, "concrete")
    assert notes.frame is not None
    notes.frame = replace(notes.frame, gradient=np.zeros_like(notes.frame.parameters))
    panel.resize(720, 250)
    panel.show_part((1, 1))
    QApplication.processEvents()
    metrics = QFontMetricsF(ui_font(LIGHT.font_size))
    for row, entry in enumerate(panel.incoming.rows):
        label, bar, *_ = panel.incoming.parts(row)
        assert label.width() - 8.0 >= metrics.horizontalAdvance(entry.label), entry.label
        assert bar.width() >= 32.0
    assert panel.incoming.width() > panel.outgoing.width()


@pytest.mark.parametrize(("unit", "n_incoming", "n_outgoing"), [((0, 1), 0, 4), ((3, 0), 4, 0)])
def test_inputs_and_outputs_open_too(qtbot: QtBot, unit: tuple[int, int], n_incoming: int, n_outgoing: int) -> None:
    panel, _ = _panel(qtbot)
    panel.show_part(unit)
    assert (len(panel.incoming.rows), len(panel.outgoing.rows)) == (n_incoming, n_outgoing)
    assert not panel.grab().toImage().isNull()


def test_an_output_in_standardised_units_says_how_the_answer_comes_of_it(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot, "auto_mpg")
    panel.show_part((3, 0))
    targets = stage("auto_mpg")[0].targets
    said = panel.formula.split(",   ")[-1]
    assert said == f"mpg = {targets.scale[0]:.4f}·a + {targets.offset[0]:.4f} (a is standardised)"
    panel.show_part((2, 0))
    assert "standardised" not in panel.formula


def test_gradients_are_asked_for_only_while_a_unit_is_open(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.show_part((1, 0))
    assert notes.needs["inspector"] == {"gradient": True, "probe": None}
    panel.set_example((0.5, -1.0))
    assert notes.needs["inspector"] == {"gradient": True, "probe": (0.5, -1.0)}
    panel.show_part(None)
    assert notes.needs["inspector"] == {"gradient": False, "probe": None}


def test_an_edit_goes_to_the_controller(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.show_part((2, 1))
    row = panel.incoming.rows[1]
    panel.incoming.edit_row(1, "1/3")
    qtbot.keyClick(panel.incoming.editor, Qt.Key.Key_Return)
    (values, text, merge_key), *_ = notes.edits
    assert values == {row.key: pytest.approx(1 / 3)}
    assert (text, merge_key) == ("change weight", "")


def test_bad_input_is_explained_in_the_card(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.show_part((2, 1))
    panel.incoming.edit_row(0, "abc")
    qtbot.keyClick(panel.incoming.editor, Qt.Key.Key_Return)
    assert "abc" in panel.message
    assert notes.edits == []
    # In a whole line of its own, so that it can be read; a double click chooses all of the number.
    shown = [label for label in panel.findChildren(ElidedLabel) if label.text() == panel.message]
    assert [(label.isHidden(), label.width() > 0.9 * panel.width() - 40) for label in shown] == [(False, True)]
    panel.incoming.editor.setText("-1.25")
    qtbot.mouseDClick(panel.incoming.editor, Qt.MouseButton.LeftButton)
    assert panel.incoming.editor.selectedText() == "-1.25"
    qtbot.keyClick(panel.incoming.editor, Qt.Key.Key_Escape)
    assert panel.message == ""


def test_values_follow_frames_and_rows_keep_their_places_for_a_while(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.show_part((2, 1))
    keys = [row.key for row in panel.incoming.rows]
    frame = notes.frame
    assert frame is not None
    parameters = frame.parameters.copy()
    parameters[keys] = np.arange(len(keys), dtype=float)
    panel.show_frame(replace(frame, parameters=parameters))
    assert [row.key for row in panel.incoming.rows] == keys
    assert panel.incoming.values == tuple(np.arange(len(keys), dtype=float))


def test_of_many_weights_the_strongest_are_listed_until_all_are_wanted(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot, "digits8x8", (20,))
    panel.show_part((1, 3))
    assert len(panel.incoming.rows) == STRONGEST + 1
    panel.all_button.click()
    assert len(panel.incoming.rows) == 64 + 1
    panel.show_part((1, 4))
    assert len(panel.incoming.rows) == STRONGEST + 1


def test_escape_and_the_button_close(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    panel.show_part((1, 1))
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(panel, Qt.Key.Key_Escape)
    with qtbot.waitSignal(panel.closed):
        panel.close_button.click()


def test_a_unit_that_is_gone_is_not_read(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    panel.show_part((1, 3))
    panel.show_frame(stage(hidden=(2, 3))[1])
    panel.set_theme(DARK)
    assert not panel.grab().toImage().isNull()


def test_an_edge_shows_its_one_weight_between_its_two_ends(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    panel.show_part(EdgeId(2, 1, 3))
    frame = notes.frame
    assert frame is not None
    (row,) = panel.incoming.rows
    assert row.key == frame.layout.weight_index(2, 1, 3)
    assert panel.incoming.values == (frame.parameters[row.key],)
    assert row.low <= frame.parameters[row.key] <= row.high
    assert panel.title == "Weight h1·4 → h2·2"
    assert "gradient" in panel.formula
    for button, unit in ((panel.source_button, (1, 3)), (panel.target_button, (2, 1))):
        assert button.isVisible()
        with qtbot.waitSignal(panel.unit_wanted) as signal:
            button.click()
        assert signal.args == [unit]
    panel.incoming.edit_row(0, "-0.5")
    qtbot.keyClick(panel.incoming.editor, Qt.Key.Key_Return)
    assert notes.edits[-1][0] == {row.key: -0.5}
    # Where the card is narrow, the pictures go before the bar and the name do, and come back.
    panel.set_theme(PROJECTOR)
    for _ in range(2):
        # Narrower than at first it can be once they have gone.
        panel.resize(400, 300)
        QApplication.processEvents()
    assert not panel.unit_map.isVisible()
    assert panel.source_button.isVisible()
    assert panel.incoming.width() > panel.width() - 80
    panel.set_theme(LIGHT)
    panel.resize(900, 250)
    assert panel.unit_map.isVisible()
    panel.show_part((2, 1))
    assert not panel.source_button.isVisible()
    assert panel.outgoing.isVisible()


def test_the_formula_says_which_way_a_weight_wants_to_go(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    frame = notes.frame
    assert frame is not None
    for slope, word in ((0.5, "a smaller weight"), (-0.5, "a larger weight"), (0.0, "does not depend")):
        panel.show_part(EdgeId(1, 0, 0))
        panel.show_frame(replace(frame, gradient=np.full_like(frame.parameters, slope)))
        assert word in panel.formula


def test_larger_type_gets_a_higher_card(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    before = panel.sizeHint().height()
    panel.set_theme(replace(LIGHT, font_size=15.0))
    assert panel.sizeHint().height() > 1.3 * before


def test_a_narrow_card_leaves_its_room_to_bars_and_gradients(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    panel.show_part((2, 1))
    assert panel.unit_map.isVisible()
    panel.resize(512, panel.height())
    qtbot.waitUntil(lambda: not panel.unit_map.isVisible())
    qtbot.waitUntil(lambda: panel.incoming.parts(0)[3].width() > 0.0)
    assert panel.incoming.parts(0)[1].width() >= 30.0
    panel.show_part(EdgeId(2, 1, 3))
    for width, has_picture in ((512, False), (560, True)):
        panel.resize(width, panel.height())
        QApplication.processEvents()
        assert panel.unit_map.isVisible() == has_picture
        assert panel.incoming.parts(0)[3].width() > 0.0


def test_a_caption_speaks_of_gradients_only_above_a_list_that_has_room_for_them(qtbot: QtBot) -> None:
    panel, notes = _panel(qtbot)
    assert notes.frame is not None
    bare = notes.frame
    notes.frame = replace(bare, gradient=np.zeros_like(bare.parameters))
    panel.show_part((1, 1))
    caption = next(label for label in panel.findChildren(ListCaption) if "incoming" in label.text())
    seen = set()
    for width in (900, 430, 290, 250):
        panel.resize(width, 300)
        QApplication.processEvents()
        has_room = panel.incoming.parts(0)[3].width() > 0.0
        assert ("∂" in caption.shown_text()) == has_room == panel.incoming.shows_notes
        seen.add(has_room)
    assert seen == {True, False}
    panel.resize(900, 300)
    QApplication.processEvents()
    assert "∂" in caption.shown_text()
    panel.show_frame(replace(bare, gradient=None))
    assert "∂" not in caption.shown_text()


def test_names_stand_above_bars_in_a_list_that_is_too_narrow_for_both(qtbot: QtBot) -> None:
    numbers = NumberList(LIGHT)
    qtbot.addWidget(numbers)
    rows = [NumberRow(name, key, -1.0, 1.0) for key, name in enumerate(("sepal_length_cm", "bias"))]
    numbers.set_rows(rows, [0.25, -0.5], ["∂ 0.1", "∂ 0.2"])
    numbers.show()
    for width, is_stacked in ((420, False), (150, True), (420, False)):
        numbers.resize(width, 200)
        assert numbers.is_stacked == is_stacked
        label, bar, number, _ = numbers.parts(0)
        assert label.width() >= QFontMetricsF(ui_font(LIGHT.font_size)).horizontalAdvance("sepal_length_cm")
        assert (label.bottom() <= bar.top()) == is_stacked
        assert number.right() <= width
        assert numbers.rows_height() == numbers.minimumHeight() > numbers.cell(1).bottom() - 1.0
        assert numbers.row_at(numbers.parts(1)[1].center()) == 1


@pytest.mark.parametrize(
    ("free", "buttons", "expected"),
    [
        (400.0, (90.0, 90.0), (2, False)),
        (300.0, (90.0, 90.0), (2, True)),
        (220.0, (80.0, 80.0), (1, True)),
        (100.0, (90.0, 90.0), (0, True)),
        # Names of inputs may be wider than any picture.
        (400.0, (260.0, 90.0), (2, True)),
        (300.0, (260.0, 90.0), (0, True)),
    ],
)
def test_pictures_beside_a_bar_count_the_names_over_them(
    free: float, buttons: tuple[float, float], expected: tuple[int, bool]
) -> None:
    assert pictures_beside(free, buttons) == expected


def test_long_names_of_inputs_have_the_room_that_short_ones_leave(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("proportion of the population aged over sixty-five", "height of the tallest building within the district")
    monkeypatch.setattr(inspector_panel, "unit_name", lambda _, unit: f"h{unit[1]}" if unit[0] else names[unit[1]])
    panel, _ = _panel(qtbot)
    panel.resize(780, 250)
    panel.show_part((1, 0))
    QApplication.processEvents()
    width = QFontMetricsF(ui_font(LIGHT.font_size)).horizontalAdvance
    for numbers in (panel.incoming, panel.outgoing):
        assert all(width(row.label) + 8.0 <= numbers.parts(place)[0].width() for place, row in enumerate(numbers.rows))
    assert {row.label for row in panel.incoming.rows} >= set(names)


def test_z_and_a_of_the_example_are_written_with_the_digits_that_are_chosen(qtbot: QtBot) -> None:
    prepared, frame = stage(probed=True)
    notes = Notes(frame)
    panel = InspectorPanel(a_state(), notes.as_controller, LIGHT)
    qtbot.addWidget(panel)
    panel.show_prepared(prepared)
    panel.show_part((2, 1))
    assert frame.probe is not None
    z, a = float(frame.probe.pre_activations[1][1]), float(frame.probe.activations[2][1])
    assert a == pytest.approx(np.tanh(z))
    for digits in (2, 6):
        panel.set_digits(digits)
        assert panel.example == f"for the example   z = {z:.{digits}f},   a = {a:.{digits}f}".replace("-", "−")
    panel.show_part((0, 1))
    assert panel.example == ""
    panel.show_part(EdgeId(2, 1, 3))
    assert panel.example == ""


@pytest.mark.parametrize("width", [1200, 620, 430])
@pytest.mark.parametrize("theme", [LIGHT, PROJECTOR], ids=lambda theme: theme.name)
def test_names_are_whole_and_bars_long_enough_to_be_dragged(qtbot: QtBot, width: int, theme: Theme) -> None:
    panel, notes = _panel(qtbot, "concrete")
    assert notes.frame is not None
    notes.frame = replace(notes.frame, gradient=np.zeros_like(notes.frame.parameters))
    panel.set_theme(theme)
    panel.resize(width, 300)
    panel.show_part((1, 1))
    QApplication.processEvents()
    metrics = QFontMetricsF(ui_font(theme.font_size))
    for numbers in (panel.incoming, panel.outgoing):
        room = numbers.width() - metrics.horizontalAdvance("−0.0e−0") - 24.0 - EASY_BAR
        widest = max(metrics.horizontalAdvance(entry.label) for entry in numbers.rows)
        for row, entry in enumerate(numbers.rows):
            label, bar, *_ = numbers.parts(row)
            # Only where the whole width of the card is not enough for both may a name be cut, or a bar be short.
            if widest <= room:
                assert label.width() - 8.0 >= metrics.horizontalAdvance(entry.label), entry.label
                assert bar.width() >= EASY_BAR - 12.0
            assert bar.width() >= 32.0
    # Half of the card is never empty while the other half is cut.
    if panel.lists.is_below:
        assert panel.incoming.width() == panel.outgoing.width() > 0.8 * panel.lists.width()


def test_where_lists_stand() -> None:
    short, long = Needed(200.0, 140.0, 60.0), Needed(400.0, 320.0, 180.0)
    assert not stands_below((long, short), 700.0, 100.0, 24.0)
    assert stands_below((long, short), 500.0, 300.0, 24.0), "all is seen below each other"
    assert not stands_below((long, short), 500.0, 200.0, 24.0), "notes give way where it would not be"
    assert stands_below((long, short), 420.0, 200.0, 24.0), "but names and bars do not"
    assert not stands_below((long,), 100.0, 100.0, 24.0)
    assert shares((320.0, 140.0), 500.0) == [320, 140]
    assert sum(shares((320.0, 140.0), 300.0)) == 300
