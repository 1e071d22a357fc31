"""One budget of memory for the pasts of all runs."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Needs
from nnviz.session.freed_memory import LET_GO
from nnviz.session.run import PAST_BYTES, Run
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.runs.memory import BUDGET_BYTES, MemoryBudget, shares
from nnviz.session.speeds import SPEEDS

MB = 2**20


def make(experiment: Experiment) -> Run:
    return Run(experiment, Needs(planes={}, unit_maps=False, points=False), SPEEDS["full"])


@pytest.mark.parametrize(
    ("live", "resting", "wanted"),
    [
        ((), (), {}),
        ((1,), (), {1: 256}),
        ((1, 2), (), {1: 128, 2: 128}),
        ((1,), (2,), {1: 192, 2: 64}),
        ((1, 2), (3, 4, 5, 6), {1: 96, 2: 96, 3: 16, 4: 16, 5: 16, 6: 16}),
        ((), (3, 4), {3: 128, 4: 128}),
    ],
)
def test_live_runs_share_what_those_that_wait_leave(
    live: tuple[int, ...], resting: tuple[int, ...], wanted: dict[int, int]
) -> None:
    assert shares(256 * MB, live, resting) == {run_id: share * MB for run_id, share in wanted.items()}


def test_shares_never_come_to_more_than_the_budget(experiment: Experiment) -> None:
    budget, runs = MemoryBudget(), [make(experiment) for _ in range(30)]
    for n in range(1, 31):
        told = budget.share_out(runs[:n], set())
        assert sum(run.past_bytes for run in runs[:n]) <= BUDGET_BYTES
        assert runs[0].id in told or n > 1
    assert budget.share_out(runs, set()) == []
    runs[0].touched = True
    budget.share_out(runs, {run.id for run in runs[:10]})
    # Of those that wait only one has anything to remember.
    assert runs[0].past_bytes == BUDGET_BYTES // 4


def test_a_trainer_of_a_script_has_64_mib(experiment: Experiment) -> None:
    run = make(experiment)
    assert run.past_bytes == PAST_BYTES == 64 * MB


def test_runs_keep_to_a_budget_that_gets_smaller_while_they_train(
    qapp: object, experiment: Experiment, qtbot: QtBot
) -> None:
    lab = Laboratory()
    ids = [lab.add(make(experiment)).run_id for _ in range(3)]
    lab.train(ids, 400)
    qtbot.waitUntil(lambda: not any(lab.observer(run_id).is_training for run_id in ids), timeout=30_000)
    before = lab.memory_used()
    assert set(before) == set(ids)
    assert min(before.values()) > 2**15
    lab.set_memory(3 * 2**15)
    for run_id in ids:
        lab.ask(run_id, lambda run: run.trainer.epoch).result(20.0)
    assert all(used < min(before.values()) and used < 2**15 + 2**14 for used in lab.memory_used().values())
    lab.remove(ids[0])
    assert lab.run(ids[1]).past_bytes == 3 * 2**15 // 2
    lab.shutdown()


def test_a_run_that_only_waits_keeps_neither_spare_room_nor_what_pictures_are_made_of(
    experiment: Experiment, qtbot: QtBot
) -> None:
    lab, run = Laboratory(), Run(experiment, Needs(), SPEEDS["full"])
    observer = lab.add(run)
    lab.bring_to_front(run.id)
    lab.train([run.id], 400)
    qtbot.waitUntil(lambda: not observer.is_training and observer.frame is not None, timeout=30_000)
    trainer, builder = run.trainer, run.builder
    assert trainer is not None
    before, record = trainer.history.spare_nbytes, trainer.history.last_record.tolist()
    LET_GO.clear()
    lab.rest(run.id)
    lab.ask(run.id, lambda run: None).result(20.0)
    assert before > 0
    assert trainer.history.spare_nbytes == 0
    assert run.builder is not builder
    assert LET_GO.is_set()
    # It is as it was once it is looked at again.
    observer.frame = None
    lab.bring_to_front(run.id)
    lab.watch(run.id)
    qtbot.waitUntil(lambda: observer.frame is not None, timeout=20_000)
    lab.train([run.id], 1)
    qtbot.waitUntil(lambda: trainer.epoch == 401, timeout=20_000)
    assert trainer.history.column("train_loss")[400] == record[0]
    lab.shutdown()
