"""Files whose settings name what there is not: one sentence, and the window goes on and lets them be changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from nnviz.core.errors import ExperimentError
from nnviz.core.losses import LOSSES
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.experiment import edits
from nnviz.experiment.document import Experiment
from nnviz.experiment.short_text import from_short_text
from nnviz.lessons.files import is_lesson
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import show_another, small_experiment

STRANGE = "\u202e<b>&%1{0}</b>"


def renamed(experiment: Experiment, *path: str) -> Experiment:
    """Return `experiment` with a strange name at a place."""
    content: Any = experiment.model_dump(mode="json")
    place = content
    for key in path[:-1]:
        place = place[int(key) if isinstance(place, list) else key]
    place[path[-1]] = STRANGE
    return Experiment.model_validate(content)


def test_names_that_there_are_not_are_said_and_can_be_changed(window: MainWindow) -> None:
    said: list[str] = []
    window.controller.message.connect(lambda _severity, sentence: said.append(sentence))
    sound, state = small_experiment(), window.state
    for place in (
        ("data", "name"),
        ("network", "hidden", "0", "activation"),
        ("network", "output_activation"),
        ("network", "init"),
        ("training", "loss"),
        ("training", "optimizer"),
        ("training", "schedule", "name"),
    ):
        show_another(window)
        facts = edits.Facts.of(window.controller.prepared)
        said.clear()
        strange = renamed(sound, *place)
        state.replace(strange)
        window.controller.wait_idle()
        assert [sentence for sentence in said if "There is no" in sentence], (place, said)
        assert all("<b>" not in sentence for sentence in said)
        # Whatever is chosen beside it: the panel shows it, and what depends on the name copes.
        for edited in (
            edits.with_output(strange, "linear", facts),
            edits.with_training(strange, optimizer=next(iter(OPTIMIZERS))),
            edits.with_training(strange, loss=next(iter(LOSSES))),
            edits.with_data(strange, name="moons", parameters={}),
            sound,
        ):
            state.edit(edited, "change a setting")
            window.controller.wait_idle()
        window.grab()
        assert window.controller.prepared is not None


def test_a_drop_of_what_is_not_there_any_more_does_nothing_and_a_strange_name_is_said(
    window: MainWindow, tmp_path: Path
) -> None:
    said: list[str] = []
    window.controller.message.connect(lambda _severity, sentence: said.append(sentence))
    before = window.state.experiment
    urls = [QUrl.fromLocalFile(str(tmp_path / "sweep")), QUrl("file:///%00.toml"), QUrl.fromLocalFile("/" + "x" * 5000)]
    for url, n_said in zip((*urls, QUrl()), (0, 1, 1, 1), strict=True):
        mime = QMimeData()
        mime.setUrls([url])
        button, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, button, modifiers))
        assert len(said) == n_said
    assert window.state.experiment == before


def test_a_name_that_no_file_can_have_is_no_lesson() -> None:
    assert not any(map(is_lesson, ("", "\0.toml", "x" * 5000 + ".toml", "\ud800.toml")))


@pytest.mark.parametrize("version", ["9" * 5000, "9" * 9, "\u0661"])
def test_a_line_of_a_version_that_there_is_not_is_one_sentence(version: str) -> None:
    with pytest.raises(ExperimentError, match=r"no experiment in this text|by a newer nnviz"):
        from_short_text(f"nnviz:{version}{{data=moons}}")
