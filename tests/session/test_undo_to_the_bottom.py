"""Whatever is done to several courses, and however few runs are kept: all undone, the document is as it began."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from nnviz.experiment.schema import LayerSpec
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState


class Hand:
    """Does what people do to a session, as chance wants it."""

    def __init__(self, seed: int, controller: Controller, state: ExperimentState, qtbot: QtBot) -> None:
        self.rng = random.Random(seed)
        self.controller, self.state, self.qtbot = controller, state, qtbot
        self.deeds: tuple[Callable[[], object], ...] = (
            *(self.decay, self.units, self.rename, self.train, self.train, self.branch, self.show, self.show),
            *(self.remove, self.undo, state.undo_stack.redo, controller.reset, controller.new_weights),
        )

    def do(self) -> None:
        self.rng.choice(self.deeds)()

    def decay(self) -> None:
        training = self.state.experiment.training.edited(l2=self.rng.choice((0.0, 0.1, 0.2)))
        # Edits that follow each other closely are one step.
        self.state.edit(self.state.experiment.edited(training=training), "decay", self.rng.choice(("", "series 1")))

    def units(self) -> None:
        network = self.state.experiment.network.edited(hidden=(LayerSpec(units=self.rng.randint(1, 3)),))
        self.state.edit(self.state.experiment.edited(network=network), "units")

    def rename(self) -> None:
        self.state.edit(self.state.experiment.edited(title=self.rng.choice("abc")), "rename")

    def train(self) -> None:
        self.controller.step_epoch()
        self.controller.wait_idle()

    def branch(self) -> None:
        self.controller.wait_idle()
        self.controller.continue_from(self.rng.randint(0, self.controller.frame.epoch), plays=False)
        self.qtbot.waitUntil(lambda: not self.controller.branching.is_waiting, timeout=20_000)
        self.controller.wait_idle()

    def show(self) -> None:
        if courses := self.controller.tree.courses:
            self.controller.show_course(self.rng.choice(courses).number)
            self.controller.wait_idle()

    def remove(self) -> None:
        if courses := self.controller.tree.courses:
            self.controller.remove_course(self.rng.choice(courses).number)

    def undo(self) -> None:
        for _ in range(self.rng.randint(1, 3)):
            self.state.undo_stack.undo()


@pytest.mark.parametrize("seed", [3, 36, 57, 88])
def test_all_undone_the_document_is_as_it_began(
    controller: Controller, state: ExperimentState, qtbot: QtBot, seed: int
) -> None:
    controller.parked._max_runs = 1
    hand, begin = Hand(seed, controller, state, qtbot), state.experiment
    for _ in range(30):
        hand.do()
        # Who comes back to the run finds this document.
        assert controller.lab.run(controller.run_id).wanted == state.experiment
    while state.undo_stack.canUndo():
        state.undo_stack.undo()
    assert state.experiment == begin
