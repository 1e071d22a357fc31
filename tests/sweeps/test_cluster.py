"""A real cluster of processes, one of which is killed in the middle of a run: nothing is lost or counted twice."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest
from distributed import Client

import nnviz
from nnviz.core.errors import SettingError
from nnviz.sweeps import crews, running
from nnviz.sweeps.plan import make_plan
from nnviz.sweeps.sweep import run_plan
from nnviz.terminal import ignore_interrupts

BASE = nnviz.Experiment(
    data={"name": "xor", "parameters": {"n_samples": 60}},
    network={"hidden": [3]},
    # As long as it takes to be caught in the middle.
    training={"engine": "numpy", "epochs": 150, "dropout": 0.2},
)
GRID = {"learning_rate": [0.02, 0.1, 0.3]}


def test_a_worker_is_killed_and_the_results_are_those_of_one_thread(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("a,b,kind\n" + "".join(f"{n % 5},{n % 7},{'xy'[n % 2]}\n" for n in range(30)))
    plan = make_plan(BASE.edited(data=nnviz.Experiment.load(table).data), GRID, seeds=2)
    # The workers are given the rows: no worker of a cluster has the file.
    table.unlink()
    with crews.threads(1) as crew:
        alone = run_plan(plan, crew)
    kept: list[int] = []
    outcomes = {}
    with crews.cluster("local", 2, ignore_interrupts) as crew:
        (client,) = Client._instances
        pids = client.run(os.getpid)
        killed: list[str] = []

        def keep(outcome):
            kept.append(outcome.number)
            outcomes[outcome.number] = outcome

        def kill_a_busy_one():
            busy = [worker for worker, tasks in client.processing().items() if tasks and worker in pids]
            if kept and busy and not killed:
                killed.append(busy[0])
                os.kill(pids[busy[0]], signal.SIGKILL)

        # Ctrl-C in a terminal reaches every process; this one alone is to decide what becomes of the others.
        for pid in pids.values():
            os.kill(pid, signal.SIGINT)
        running.carry_out(plan, range(len(plan)), crew, keep, each_turn=kill_a_busy_one)
        assert len(killed) == 1
        assert crew.n_at_once() >= 1
    assert sorted(kept) == list(range(6))
    for run in alone.runs:
        np.testing.assert_array_equal(outcomes[run.number].parameters, run.parameters)
        np.testing.assert_equal(dict(outcomes[run.number].figures), dict(run.figures))


def test_where_no_scheduler_answers_it_is_said(monkeypatch):
    monkeypatch.setattr(crews, "_PATIENCE_S", 0.5)
    for address in ("tcp://127.0.0.1:9", "nowhere://x", "not an address"):
        with pytest.raises(SettingError, match="No Dask scheduler answers at") as caught, crews.cluster(address, 1):
            pass
        assert "\n" not in str(caught.value)
