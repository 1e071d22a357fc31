from __future__ import annotations

import pytest

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Needs
from nnviz.session.commands import Change
from nnviz.session.parked_runs import ParkedRuns
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS

EXPERIMENT = Experiment()


def run(*, touched: bool = True) -> Run:
    made = Run(EXPERIMENT, Needs(), SPEEDS["full"])
    made.touched = touched
    return made


def change(kind: str, token: int = 1) -> Change:
    return Change(EXPERIMENT, EXPERIMENT, kind, token)


def test_undo_and_redo_swap_the_runs_of_a_command() -> None:
    parked, old, new = ParkedRuns(), run(), run()
    assert parked.exchange(change("edit"), old) is None
    assert parked.exchange(change("undo"), new) is old
    assert parked.exchange(change("redo"), old) is new
    assert len(parked) == 1


def test_a_run_without_training_is_not_kept() -> None:
    parked = ParkedRuns()
    parked.exchange(change("edit"), run(touched=False))
    assert len(parked) == 0


def test_the_oldest_go_first() -> None:
    parked, runs = ParkedRuns(max_runs=2), [run() for _ in range(3)]
    for token, parking in enumerate(runs):
        parked.park((token, "before"), parking)
    assert parked.take((0, "before")) is None
    assert parked.take((2, "before")) is runs[2]


def test_memory_is_bounded_but_the_last_run_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "nbytes", property(lambda self: 100))
    parked = ParkedRuns(budget_bytes=250)
    for token in range(4):
        parked.park((token, "before"), run())
    assert len(parked) == 2
    tight = ParkedRuns(budget_bytes=10)
    tight.park((1, "before"), run())
    assert len(tight) == 1


def test_runs_of_commands_that_are_gone_go() -> None:
    parked = ParkedRuns()
    for token in range(3):
        parked.park((token, "before"), run())
    parked.keep_only({1})
    assert parked.take((1, "before")) is not None
    assert len(parked) == 0
