"""The set-up panel: shows the experiment, edits it, and never edits by showing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Slot
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QSlider, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from nnviz.core.losses import LOSSES
from nnviz.data import DATASETS
from nnviz.drawing.theme import DARK, LIGHT
from nnviz.experiment.document import Experiment
from nnviz.experiment.effects import Effect, effect_of
from nnviz.experiment.prepare import prepare
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, RowsSource, TrainingSpec
from nnviz.session import commands
from nnviz.session.state import ExperimentState
from nnviz.ui.form.focus_chain import focus_chain
from nnviz.ui.form.form import FieldRow
from nnviz.ui.setup.rate_plot import shown_epochs
from nnviz.ui.setup.setup_panel import SetupPanel


class QuietController(QObject):
    """Counts what it is asked for; the panel needs no run."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    @Slot()
    def regenerate_data(self) -> None:
        self.asked.append("regenerate")

    @Slot()
    def new_weights(self) -> None:
        self.asked.append("new weights")


class Bench:
    """A panel, its state and controller; prepares the data anew after every edit, as the worker does."""

    def __init__(self, qtbot: QtBot, experiment: Experiment) -> None:
        self.state = ExperimentState(experiment)
        self.controller = QuietController()
        self.panel = SetupPanel(self.state, self.controller, LIGHT)  # type: ignore[arg-type]
        qtbot.addWidget(self.panel)
        self.prepare()

    def prepare(self) -> None:
        self.panel.show_prepared(prepare(self.state.experiment))

    @property
    def experiment(self) -> Experiment:
        return self.state.experiment

    def row(self, label: str) -> FieldRow:
        rows = [row for section in self.panel.sections for row in section.rows if row.label.text() == label]
        return rows[0]

    def edit(self, label: str, value: object) -> Experiment:
        """Do what the row's control does when the user picks `value`."""
        self.row(label).control.edited.emit(value, "")
        self.prepare()
        return self.experiment


def drag(qtbot: QtBot, slider: QSlider, shares: tuple[float, ...]) -> None:
    """Drag the handle of a slider from one share of its width to the next."""
    first, *others = (QPoint(int(share * slider.width()), slider.height() // 2) for share in shares)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=first)
    for point in others:
        qtbot.mouseMove(slider, point)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=others[-1])


SPIRAL = Experiment(data=DataSpec(name="spiral", parameters={"n_samples": 90, "arms": 3}))


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot, SPIRAL)


EXPERIMENTS = (
    SPIRAL,
    Experiment(data=DataSpec(name="sine")),
    Experiment(data=DataSpec(name="source_e")),
    Experiment(data=DataSpec(name="breast_cancer_wisconsin")),
    Experiment(
        data=DataSpec(name=None, rows=RowsSource(feature_names=("a",), features=((0,), (1,)), targets=((0,), (1,))))
    ),
    Experiment(network=NetworkSpec(hidden=())),
    Experiment(network=NetworkSpec(hidden=tuple(LayerSpec(units=n + 1) for n in range(20)))),
    Experiment(
        training=TrainingSpec(optimizer="adamw", patience=5, target_loss=0.1, stop_at_epochs=True, clip_norm=1.0)
    ),
)


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_showing_never_edits(qtbot: QtBot, experiment: Experiment) -> None:
    bench = Bench(qtbot, SPIRAL)
    bench.state.replace(experiment)
    bench.prepare()
    assert bench.experiment == experiment
    assert bench.state.undo_stack.count() == 0


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_control_has_a_name_an_explanation_and_a_buddy(qtbot: QtBot, experiment: Experiment) -> None:
    bench = Bench(qtbot, experiment)
    for section in bench.panel.sections:
        for row in section.rows:
            label = row.label.text()
            assert label
            assert row.label.buddy() is row.control.focus_widget() or row is bench.panel.data_section.chip_row
            assert len(row.label.toolTip()) > 20, label
            assert row.control.focus_widget().accessibleName(), label
    for widget in focus_chain(bench.panel.scroll_area.widget()):
        assert widget.accessibleName() or getattr(widget, "text", str)(), widget
        assert widget.toolTip() or widget.parentWidget().toolTip(), widget


@pytest.mark.parametrize("size", [(300, 900), (280, 620), (258, 400)])
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_nothing_is_cut_off_at_the_right(qtbot: QtBot, experiment: Experiment, size: tuple[int, int]) -> None:
    bench = Bench(qtbot, experiment)
    bench.panel.show()
    for _ in range(2):
        # As a dock does: the least width is known only once the hints are laid out.
        bench.panel.resize(max(size[0], bench.panel.minimumSizeHint().width()), size[1])
        QApplication.processEvents()
    viewport = bench.panel.scroll_area.viewport()
    for widget in bench.panel.findChildren(QWidget):
        if widget.isVisibleTo(viewport) and viewport.isAncestorOf(widget):
            right = widget.mapTo(viewport, widget.rect().topRight()).x()
            assert right < viewport.width(), widget
    for label in bench.panel.findChildren(QLabel):
        if label.isVisible() and label.text() and not label.wordWrap() and label is not None:
            assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()), label.text()
    assert not bench.panel.scroll_area.horizontalScrollBar().isVisible()


def test_the_tab_order_is_the_visual_order(qtbot: QtBot) -> None:
    bench = Bench(qtbot, SPIRAL)
    bench.edit("hidden layers", 4)
    bench.panel.resize(300, 900)
    bench.panel.show()
    QApplication.processEvents()
    chain = [widget for widget in focus_chain(bench.panel.scroll_area.widget()) if widget.isVisible()]
    tops = [widget.mapTo(bench.panel, widget.rect().center()).y() for widget in chain]
    assert all(later > earlier - 8 for earlier, later in pairwise(tops))
    widget, order = chain[0], [chain[0]]
    while (widget := widget.nextInFocusChain()) is not chain[0]:
        if widget in chain:
            order.append(widget)
    assert order == chain


EDITS = {
    "data set": ("moons", lambda e: e.data.name),
    "samples": (120, lambda e: e.data.parameters["n_samples"]),
    "noise": (0.3, lambda e: e.data.parameters["noise"]),
    "arms": (4, lambda e: e.data.parameters["arms"]),
    "inputs": (("x1", "x1^2"), lambda e: e.data.inputs),
    "standardise": (True, lambda e: e.data.standardise),
    "hidden layers": (3, lambda e: len(e.network.hidden)),
    "first weights": ("zeros", lambda e: e.network.init),
    "scale": (2.0, lambda e: e.network.init_scale),
    "biases": (False, lambda e: e.network.bias),
    "output": ("tanh", lambda e: e.network.output_activation),
    "loss": ("cross_entropy", lambda e: e.training.loss),
    "class weights": ("balanced", lambda e: e.training.class_weights),
    "optimiser": ("rmsprop", lambda e: e.training.optimizer),
    "learning rate": (0.5, lambda e: e.training.learning_rate),
    "batch size": (None, lambda e: e.training.batch_size),
    "schedule": ("cosine", lambda e: e.training.schedule.name),
    "L1 penalty": (0.1, lambda e: e.training.l1),
    "L2 penalty": (0.1, lambda e: e.training.l2),
    "dropout": (0.2, lambda e: e.training.dropout),
    "stop": ("patience", lambda e: "patience" if e.training.patience else "no"),
    "shuffle": (False, lambda e: e.training.shuffle),
    "clipping": (1.0, lambda e: e.training.clip_norm),
    "engine": ("numpy", lambda e: e.training.engine),
}


@pytest.mark.parametrize("label", list(EDITS))
def test_a_control_edits_its_own_part_and_undo_brings_it_back(bench: Bench, label: str) -> None:
    value, read = EDITS[label]
    before = bench.experiment
    shown = bench.row(label).control.value
    assert read(bench.edit(label, value)) == value
    assert bench.state.undo_stack.undoText()
    assert bench.row(label).control.value == value
    bench.state.undo_stack.undo()
    bench.prepare()
    assert bench.experiment == before
    assert bench.row(label).control.value == shown
    assert bench.state.undo_stack.count() == 1


@pytest.mark.parametrize("label", list(EDITS))
def test_the_mark_tells_what_starts_over(bench: Bench, label: str) -> None:
    row, before = bench.row(label), bench.experiment
    marked = row.restarts
    after = bench.edit(label, EDITS[label][0])
    assert marked == (effect_of(before, after) is Effect.RESTART)


def test_test_share_in_percent(bench: Bench) -> None:
    assert bench.row("test share").control.field.text() == "30 %"
    assert bench.edit("test share", 50).data.test_fraction == 0.5
    assert bench.edit("test share", 0).data.test_fraction == 0
    assert bench.row("test share").control.field.text() == "none"


def test_a_truth_table_has_no_test_rows(qtbot: QtBot) -> None:
    bench = Bench(qtbot, Experiment(data=DataSpec(name="source_e")))
    row = bench.row("test share")
    assert not row.isEnabled()
    assert row.control.field.text() == "none"


def test_a_drag_is_one_undo_step(bench: Bench) -> None:
    control = bench.row("learning rate").control
    for value in (0.02, 0.03, 0.04):
        control.edited.emit(value, "gesture of this drag")
    assert bench.experiment.training.learning_rate == 0.04
    assert bench.state.undo_stack.count() == 1
    control.edited.emit(0.05, "gesture of the next drag")
    assert bench.state.undo_stack.count() == 2


@pytest.mark.parametrize("label", ["learning rate", "batch size", "noise", "dropout", "test share"])
def test_a_slider_that_rests_on_its_way_is_still_one_undo_step(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    monkeypatch.setattr(commands, "MERGE_WITHIN_S", -1.0)
    before, slider = bench.experiment, bench.row(label).control.slider
    slider.resize(300, 24)
    for n_steps in (1, 2):
        drag(qtbot, slider, (0.3, 0.5, 0.7) if n_steps == 1 else (0.6, 0.4, 0.2))
        assert bench.state.undo_stack.count() == n_steps
    bench.state.undo_stack.undo()
    bench.state.undo_stack.undo()
    assert bench.experiment == before


def test_turns_of_the_wheel_that_lie_apart_are_steps_of_their_own(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slider = bench.row("learning rate").control.slider
    # Before it is shown its size is left to chance, and half of it may be where it stood: no step.
    slider.resize(300, 24)
    drag(qtbot, slider, (0.3, 0.7))
    assert bench.state.undo_stack.count() == 1
    for n_steps, rest in ((2, 100.0), (2, 100.0), (3, -1.0)):
        monkeypatch.setattr(commands, "MERGE_WITHIN_S", rest)
        slider.setValue(slider.value() + 1)
        assert bench.state.undo_stack.count() == n_steps


@pytest.mark.parametrize("part", ["slider", "field"])
def test_nudges_by_keys_are_one_undo_step_until_they_rest(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    control = bench.row("noise").control
    nudged, more = (control.slider, Qt.Key.Key_Right) if part == "slider" else (control.field, Qt.Key.Key_Up)
    for n_steps, rest in ((1, 100.0), (1, 100.0), (2, -1.0), (3, -1.0)):
        monkeypatch.setattr(commands, "MERGE_WITHIN_S", rest)
        before = bench.experiment
        qtbot.keyClick(nudged, more)
        assert bench.experiment != before
        assert bench.state.undo_stack.count() == n_steps


def test_nudges_of_two_sliders_are_two_undo_steps(bench: Bench, qtbot: QtBot) -> None:
    for n_steps, label in enumerate(("noise", "learning rate", "noise"), start=1):
        qtbot.keyClick(bench.row(label).control.slider, Qt.Key.Key_Right)
        assert bench.state.undo_stack.count() == n_steps


def test_counts_classes_and_parameters_are_said(bench: Bench) -> None:
    assert bench.panel.data_section.summary.text() == "90 points · 3 classes"
    assert bench.panel.network_section.summary.text() == "123 parameters"
    bench.edit("data set", "sine")
    assert bench.panel.data_section.summary.text() == "90 points · regression" or "regression" in (
        bench.panel.data_section.summary.text()
    )


def test_rows_that_were_left_out_are_said(bench: Bench) -> None:
    bench.edit("data set", "breast_cancer_wisconsin")
    assert "16 of 699 rows" in bench.panel.data_section.notes.text()
    assert bench.panel.data_section.list_row.isVisibleTo(bench.panel)
    assert bench.panel.data_section.check_list.box.closed_text() == "9 of 9 inputs"
    assert not bench.panel.data_section.seed_row.isVisibleTo(bench.panel)
    # Many notes do not push the settings out of sight: the first ones at once, the others by a click.
    notes = bench.panel.data_section.notes
    assert not notes.more.isVisibleTo(bench.panel)
    told = [f"Column '{letter}': " + 12 * "what was made " + "of it." for letter in "abcd"]
    notes.show_notes(told)
    assert (notes.text(), notes.more.text()) == (told[0], "3 more notes")
    notes.more.click()
    assert (notes.text(), notes.more.text()) == ("\n".join(told), "fewer notes")
    notes.show_notes(told[1:3])
    assert (notes.text(), notes.more.text()) == (told[1], "1 more note")
    notes.show_notes(())
    assert not notes.isVisibleTo(bench.panel)


def test_own_rows_are_named(qtbot: QtBot) -> None:
    bench = Bench(qtbot, EXPERIMENTS[4])
    assert bench.panel.data_section.choice.box.closed_text() == "rows of this file"


def test_losses_that_do_not_fit_are_disabled_and_say_why(bench: Bench) -> None:
    items = {item.name: item for item in bench.panel.training_section.loss.items}
    assert items["auto"].label == "Automatic: Cross-entropy"
    assert {name for name in LOSSES if items[name].enabled} == {"cross_entropy"}
    assert "does not go with the output" in items["huber"].tooltip
    bench.edit("output", "tanh")
    items = {item.name: item for item in bench.panel.training_section.loss.items}
    assert not items["cross_entropy"].enabled
    assert items["huber"].enabled


def test_a_step_cannot_be_chosen(bench: Bench) -> None:
    layer = bench.panel.network_section.layers[0].control
    step = next(item for item in layer.activation.items if item.name == "step")
    assert not step.enabled
    assert "slope" in step.tooltip


def test_layers_have_their_own_rows(bench: Bench) -> None:
    bench.edit("hidden layers", 20)
    section = bench.panel.network_section
    assert len(section.layers) == 20
    assert section.all_row.isVisibleTo(bench.panel)
    bench.edit("hidden 20", {"units": 3})
    bench.edit("hidden 7", {"activation": "relu"})
    assert bench.experiment.network.hidden[19].units == 3
    assert bench.experiment.network.hidden[6].activation == "relu"
    assert section.all_row.control.value == (None, None)
    bench.edit("all", {"activation": "sigmoid"})
    assert {layer.activation for layer in bench.experiment.network.hidden} == {"sigmoid"}
    bench.edit("hidden layers", 0)
    assert not section.layers


def test_as_many_layers_as_the_engine_takes_have_rows_page_by_page(bench: Bench, qtbot: QtBot) -> None:
    section = bench.panel.network_section
    bench.edit("hidden layers", 200)
    assert len(bench.experiment.network.hidden) == 200
    assert len(section.layers) == 20
    assert "1 to 20 of 200" in section.pager.label.text()
    for _ in range(9):
        section.pager.forth.click()
    assert not section.pager.forth.isEnabled()
    bench.edit("hidden 200", {"units": 3})
    assert bench.experiment.network.hidden[199].units == 3
    bench.edit("hidden layers", 30)
    assert [row.label.text() for row in section.layers] == [f"hidden {k}" for k in range(21, 31)]
    section.pager.back.click()
    assert section.layers[0].label.text() == "hidden 1"
    bench.edit("hidden layers", 4)
    assert not section.pager.isVisibleTo(bench.panel)
    assert len(section.layers) == 4


def test_parameters_of_optimiser_and_schedule_come_and_go(bench: Bench) -> None:
    training = bench.panel.training_section
    bench.edit("optimiser", "momentum")
    assert bench.edit("momentum", 0.5).training.optimizer_parameters == {"momentum": 0.5}
    bench.edit("optimiser", "adam")
    assert "β₁ 0.9" in training.optimizer_fold.button.text()
    bench.edit("optimiser", "sgd")
    assert not training.optimizer_fold.isVisibleTo(bench.panel)
    bench.edit("schedule", "cosine")
    assert bench.edit("period", 50.0).training.schedule.parameters == {"period": 50}


def test_buttons_ask_the_controller(bench: Bench, qtbot: QtBot) -> None:
    qtbot.mouseClick(bench.panel.data_section.seed.button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(bench.panel.network_section.seed.button, Qt.MouseButton.LeftButton)
    assert bench.controller.asked == ["regenerate", "new weights"]


def test_reshuffling_is_the_next_split(bench: Bench, qtbot: QtBot) -> None:
    bench.edit("data set", "iris")
    qtbot.mouseClick(bench.panel.data_section.split_seed.button, Qt.MouseButton.LeftButton)
    assert bench.experiment.data.split_seed == 1


def test_what_the_schema_refuses_is_said_at_the_control(bench: Bench) -> None:
    row = bench.row("dropout")
    row.control.edited.emit(1.5, "")
    assert row.error is not None
    assert row.error.text()
    assert bench.experiment == SPIRAL
    bench.edit("dropout", 0.5)
    assert row.error.isHidden()


def test_what_makes_no_sense_is_said_at_the_control(bench: Bench) -> None:
    bench.edit("first weights", "zeros")
    hint = bench.row("first weights").hint
    assert hint is not None
    assert "Equal weights" in hint.text()
    bench.edit("first weights", "auto")
    assert hint.isHidden()


def test_pictures_choose_a_data_set_and_follow_the_noise(bench: Bench, qtbot: QtBot) -> None:
    gallery = bench.panel.data_section.gallery
    bench.panel.resize(300, 900)
    bench.panel.show()
    qtbot.waitUntil(lambda: all(tile.is_current for tile in gallery.tiles), timeout=5000)
    assert {tile.name for tile in gallery.tiles} == {name for name, entry in DATASETS.items() if entry.is_generated}
    assert [tile.name for tile in gallery.tiles if tile.isChecked()] == ["spiral"]
    moons = next(tile for tile in gallery.tiles if tile.name == "moons")
    before = moons.grab().toImage()
    bench.edit("noise", 2.0)
    qtbot.waitUntil(lambda: all(tile.is_current for tile in gallery.tiles), timeout=5000)
    assert moons.grab().toImage() != before
    qtbot.mouseClick(moons, Qt.MouseButton.LeftButton)
    assert bench.experiment.data.name == "moons"
    assert bench.experiment.data.parameters["noise"] == 2.0
    bench.panel.set_theme(DARK)
    qtbot.waitUntil(lambda: all(tile.is_current for tile in gallery.tiles), timeout=5000)
    assert moons.grab().toImage().pixelColor(6, 2).lightnessF() < 0.5
    bench.edit("data set", "iris")
    assert not any(tile.isChecked() for tile in gallery.tiles)


def test_rows_that_come_and_go_leave_nothing_behind_that_crashes(qtbot: QtBot) -> None:
    bench = Bench(qtbot, SPIRAL)
    bench.panel.show()
    for name in ("circles", "random_labels", "multi_gaussian") * 10:
        bench.edit("data set", name)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
    labels = [row.label.text() for row in bench.panel.data_section.rows]
    assert len(labels) == len(bench.panel.data_section.findChildren(FieldRow))


def test_a_schedule_is_drawn_and_a_constant_rate_is_not(bench: Bench) -> None:
    plot = bench.panel.training_section.rate_plot
    assert not plot.isVisibleTo(bench.panel)
    bench.edit("schedule", "one_cycle")
    assert plot.isVisibleTo(bench.panel)
    bench.panel.resize(300, 1200)
    bench.panel.show()
    picture = plot.grab().toImage()
    bench.edit("period", 50.0)
    assert shown_epochs(bench.experiment) == 75.0
    bench.edit("highest rate", 3.0)
    assert plot.grab().toImage() != picture
    bench.edit("stop", "epochs")
    assert shown_epochs(bench.experiment) == bench.experiment.training.epochs
    bench.panel.set_theme(DARK)
    assert plot.grab().toImage() != picture


def test_the_losses_of_the_list_have_their_formulas(bench: Bench) -> None:
    items = bench.panel.training_section.loss.items
    assert all(item.detail == LOSSES[item.name].formula for item in items if item.name in LOSSES)
    box = bench.panel.training_section.loss.box
    index = box.model().index(1, 0)
    plain = box.model().index(0, 0)
    delegate, option = box.itemDelegate(), QStyleOptionViewItem()
    option.initFrom(box)
    assert delegate.sizeHint(option, index).height() > 1.5 * delegate.sizeHint(option, plain).height()
    picture = QPixmap(240, 40)
    painter = QPainter(picture)
    option.rect = picture.rect()
    option.widget = box
    delegate.paint(painter, option, index)
    painter.end()


def test_the_learning_rate_stays_in_reach_wherever_the_panel_is_scrolled(qtbot: QtBot) -> None:
    bench = Bench(qtbot, Experiment(data=DataSpec(name="spiral", parameters={"n_samples": 60})))
    panel, section = bench.panel, bench.panel.training_section
    panel.resize(280, 200)
    panel.show()
    bar, foot, pinned = panel.scroll_area.verticalScrollBar(), panel.foot, section.pinned_rate_row
    assert pinned is not None
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    for theme in (LIGHT, DARK):
        panel.set_theme(theme)
        bar.setValue(0)
        assert foot.isVisible()
        # In the column of the controls above it, once both are laid out.
        controls = pinned.control, section.rate_row.control
        qtbot.waitUntil(lambda controls=controls: len({each.mapTo(panel, QPoint(0, 0)).x() for each in controls}) == 1)
        qtbot.waitUntil(lambda controls=controls: len({each.width() for each in controls}) == 1)
    pinned.control.edited.emit(0.3, "")
    assert bench.experiment.training.learning_rate == 0.3
    assert section.rate_row.control.value == pinned.control.value == 0.3
    QApplication.processEvents()  # A hint may have come.
    # Where the row itself is seen it does not stand there twice, be it at the foot or higher up.
    y = section.rate_row.mapTo(panel.scroll_area.widget(), QPoint(0, 0)).y()
    lowest = y + section.rate_row.height() - panel.height()
    for value, shown in ((lowest - 1, True), (lowest, False), (y, False), (y + 1, True), (y, False), (0, True)):
        bar.setValue(value)
        assert bar.value() == value
        assert foot.isVisible() is shown
    # Who hides the row hides both.
    (part,) = (part for part in panel.hideable_parts() if part.name == "training.learning_rate")
    for widget in part.widgets:
        widget.set_hidden_by_teacher(True)
    assert not foot.isVisible()
    for widget in part.widgets:
        widget.set_hidden_by_teacher(False)
    qtbot.waitUntil(foot.isVisible)
    section.hide()
    qtbot.waitUntil(foot.isHidden)
