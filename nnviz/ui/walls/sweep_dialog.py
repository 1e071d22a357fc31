"""Asks for two settings with their alternatives, and how long each combination is to be trained."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from nnviz.core.errors import NnvizError, SettingError
from nnviz.core.numbers import count_text
from nnviz.experiment import Experiment
from nnviz.sweeps.grid import axes_of, parsed_grid, value_text
from nnviz.sweeps.wall import MOST_IN_WINDOW
from nnviz.ui.walls.runs_dialog import RunsDialog
from nnviz.ui.widgets.calm import CalmComboBox

SEED = "seed"


def offered_settings(experiment: Experiment) -> list[tuple[str, str, str]]:
    """Return key, label and proposed alternatives of each setting that can be compared."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("SweepDialog", text)

    offered = [
        ("training.learning_rate", tr("learning rate"), "0.003, 0.01, 0.03, 0.1, 0.3"),
        ("network.activation", tr("activation of the hidden layers"), "tanh, relu, sigmoid"),
        ("network.width", tr("width: units of each hidden layer"), "2, 4, 8, 16"),
        ("network.depth", tr("depth: hidden layers"), "1, 2, 3"),
        ("training.optimizer", tr("optimiser"), "sgd, momentum, adam"),
        ("training.batch_size", tr("batch size"), "1, 10, 50"),
        ("training.l2", tr("L2 penalty"), "0, 0.001, 0.01, 0.1"),
        ("training.l1", tr("L1 penalty"), "0, 0.001, 0.01"),
        ("training.dropout", tr("dropout"), "0, 0.2, 0.5"),
        ("network.init", tr("first weights"), "auto, zeros, normal"),
        ("network.init_scale", tr("scale of the first weights"), "0.1, 1, 3"),
        (SEED, tr("seed of weights and order"), "0, 1, 2, 3, 4"),
    ]
    for name, value in experiment.data.parameters.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            values = dict.fromkeys((0.5 * value, value, 2 * value) if value else (0, 0.1, 0.2))
            numbers = ", ".join(value_text(int(each) if each == int(each) else each) for each in values)
            offered.append((f"data.parameters.{name}", tr("data: {0}").format(name), numbers))
    content = experiment.model_dump(mode="json")
    known = ("network.activation", "network.width", "network.depth", SEED)
    return [each for each in offered if each[0] in known or _has(content, each[0])]


def _has(content: dict[str, Any], key: str) -> bool:
    for name in key.split("."):
        if not isinstance(content, dict) or name not in content:
            return False
        content = content[name]
    return True


class SweepDialog(RunsDialog):
    """Two settings, one down and one across; `grid`, `seeds` and `epochs` say which runs are to begin."""

    def __init__(self, parent: QWidget) -> None:
        title = QCoreApplication.translate("SweepDialog", "Compare two settings")
        intro = QCoreApplication.translate(
            "SweepDialog",
            "Every value of the first setting is tried with every value of the second, by a run of its own.",
        )
        super().__init__(title, intro, parent)
        self._experiment: Experiment | None = None
        self.grid: dict[str, list[Any]] = {}
        self.seeds: tuple[int, ...] | None = None
        self.settings = (CalmComboBox(self), CalmComboBox(self))
        self.values = (QLineEdit(self), QLineEdit(self))
        labels = (self.tr("&Down"), self.tr("&Across"))
        names = (self.tr("Values of the setting that goes down"), self.tr("Values of the setting that goes across"))
        for box, line, label, name in zip(self.settings, self.values, labels, names, strict=True):
            box.setToolTip(self.tr("Which setting differs along this side of the wall"))
            box.setMinimumContentsLength(28)
            line.setToolTip(self.tr("The values that are tried, separated by commas"))
            line.setAccessibleName(name)
            self._form.addRow(label, box)
            self._form.addRow("", line)
            line.textChanged.connect(self._on_edited)
        self.settings[0].activated.connect(self._on_first_chosen)
        self.settings[1].activated.connect(self._on_second_chosen)
        self._add_epochs(self.tr("How long each run is trained: once through all rows is an epoch"))
        self.message = QLabel(self)
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out(self.message, least_width=460)

    def ask(self, experiment: Experiment, epochs: int) -> None:
        """Open with the settings that `experiment` has."""
        self._experiment = experiment
        for place, box in enumerate(self.settings):
            before = box.currentData() if box.count() else None
            box.clear()
            for key, label, _ in offered_settings(experiment):
                box.addItem(label, key)
            known = box.findData(before) if before is not None else -1
            box.setCurrentIndex(known if known >= 0 else place)
            self._propose(place)
        self.epochs.setValue(epochs)
        self.settings[0].setFocus()
        self.open()

    @Slot()
    def _on_first_chosen(self) -> None:
        self._propose(0)

    @Slot()
    def _on_second_chosen(self) -> None:
        self._propose(1)

    def _propose(self, place: int) -> None:
        assert self._experiment is not None
        key = self.settings[place].currentData()
        for offered, _, values in offered_settings(self._experiment):
            if offered == key:
                self.values[place].setText(values)

    @Slot()
    def _on_edited(self) -> None:
        if self._experiment is None:
            return
        try:
            self._read(self._experiment)
        except NnvizError as error:
            self._say(str(error), is_error=True)
        else:
            n = len(self.seeds or (None,))
            for values in self.grid.values():
                n *= len(values)
            self._say(self.tr("{0} runs").format(count_text(n)), is_error=False)

    def _say(self, text: str, *, is_error: bool) -> None:
        self.message.setText(text)
        self.message.setProperty("role", "error" if is_error else "quiet")
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        self.run_button.setEnabled(not is_error)

    def _read(self, experiment: Experiment) -> None:
        """Take over what stands in the fields, or raise `SettingError`."""
        keys = [str(box.currentData()) for box in self.settings]
        if keys[0] == keys[1]:
            raise SettingError("Choose two different settings.")
        pairs = zip(keys, self.values, strict=True)
        read = parsed_grid(f"{key}={line.text().strip().strip(',')}" for key, line in pairs)
        seeds = read.pop(SEED, None)
        if seeds is not None and not all(isinstance(seed, int) and seed >= 0 for seed in seeds):
            raise SettingError("Seeds are whole numbers from 0 on, such as 0, 1, 2.")
        axes_of(experiment, read)
        n = len(seeds or (None,))
        for values in read.values():
            n *= len(values)
        if n > MOST_IN_WINDOW:
            raise SettingError("That would be {0} runs; a wall has room for {1}.", n, MOST_IN_WINDOW)
        self.grid, self.seeds = read, None if seeds is None else tuple(dict.fromkeys(seeds))
