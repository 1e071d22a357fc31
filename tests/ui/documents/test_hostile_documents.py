"""Files whose settings name what there is not: one sentence, and the window goes on and lets them be changed."""

from __future__ import annotations

from typing import Any

from nnviz.core.losses import LOSSES
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.experiment import edits
from nnviz.experiment.document import Experiment
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
