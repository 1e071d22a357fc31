from __future__ import annotations

from collections.abc import Iterator

import pytest

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Needs
from nnviz.session.parked_runs import ParkedRuns
from nnviz.session.run import Run
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.speeds import SPEEDS

EXPERIMENT = Experiment()


@pytest.fixture
def lab(qapp: object) -> Iterator[Laboratory]:
    lab = Laboratory()
    yield lab
    lab.shutdown()


def add(lab: Laboratory, *, touched: bool = True) -> Run:
    made = Run(EXPERIMENT, Needs(), SPEEDS["full"])
    made.touched = touched
    lab.add(made)
    return made


def test_a_run_that_is_taken_back_is_the_very_same(lab: Laboratory) -> None:
    parked, run = ParkedRuns(lab), add(lab)
    parked.park(run.id)
    assert len(parked) == 1
    assert parked.take(run.id) is run
    assert len(parked) == 0
    assert parked.take(12345678) is None


def test_a_run_that_is_nothing_of_its_own_keeps_its_name_but_no_memory(lab: Laboratory) -> None:
    parked, run = ParkedRuns(lab, max_runs=0), add(lab, touched=False)
    run.prepare()
    parked.park(run.id)
    assert (len(parked), run.trainer, run.prepared) == (0, None, None)
    assert parked.take(run.id) is run


def test_the_oldest_go_first(lab: Laboratory) -> None:
    parked, runs = ParkedRuns(lab, max_runs=2), [add(lab) for _ in range(3)]
    for run in runs:
        parked.park(run.id)
    assert runs[0].id not in lab
    assert parked.take(runs[2].id) is runs[2]


def test_memory_is_bounded_but_the_last_run_stays(lab: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "nbytes", property(lambda self: 100))
    parked = ParkedRuns(lab, budget_bytes=250)
    for _ in range(4):
        parked.park(add(lab).id)
    assert len(parked) == len(lab) == 2
    tight = ParkedRuns(lab, budget_bytes=10)
    tight.park(add(lab).id)
    assert len(tight) == 1


def test_runs_that_no_command_names_go(lab: Laboratory) -> None:
    parked, runs = ParkedRuns(lab), [add(lab) for _ in range(3)]
    for run in runs:
        parked.park(run.id)
    parked.keep_only({runs[1].id})
    assert list(lab) == [runs[1].id]
    parked.clear()
    assert list(lab) == []
