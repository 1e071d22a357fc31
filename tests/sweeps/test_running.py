"""Threads, processes and executors of others give the same results; failures are sentences, and nothing hangs."""

import os
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import nnviz
from nnviz.core.errors import ExperimentError, NnvizError, SettingError
from nnviz.sweeps import crews, running
from nnviz.sweeps.plan import make_plan
from nnviz.sweeps.sweep import run_plan
from nnviz.sweeps.task import train_task
from nnviz.terminal import ignore_interrupts

BASE = nnviz.Experiment(
    data={"name": "xor", "parameters": {"n_samples": 40}},
    network={"hidden": [3]},
    training={"engine": "numpy", "epochs": 4, "dropout": 0.1},
)
GRID = {"learning_rate": [0.02, 0.1], "optimizer": ["sgd", "adam"]}


def plan(**more):
    return make_plan(BASE, GRID, **{"seeds": 2, **more})


@pytest.fixture(scope="module")
def alone():
    return [train_task(plan().task(number)) for number in range(8)]


def assert_same(result, outcomes):
    assert [run.number for run in result.runs] == list(range(8))
    for run, outcome in zip(result.runs, outcomes, strict=True):
        np.testing.assert_array_equal(run.parameters, outcome.parameters)
        np.testing.assert_equal(dict(run.figures), dict(outcome.figures))


@pytest.mark.parametrize("jobs", [1, 3])
def test_threads_give_the_same_as_one_run_after_the_other(jobs, alone):
    with crews.threads(jobs) as crew:
        assert_same(run_plan(plan(), crew), alone)


def test_processes_give_the_same(alone):
    with crews.processes(2, ignore_interrupts) as crew:
        assert_same(run_plan(plan(), crew), alone)


def test_the_compiled_engine_gives_the_same_in_any_number_of_threads():
    compiled = make_plan(BASE, {**GRID, "engine": ["compiled"]}, seeds=2)
    results = []
    for jobs in (1, 3):
        with crews.threads(jobs) as crew:
            results.append(run_plan(compiled, crew))
    assert results[0].runs[0].engine == "compiled"
    assert compiled.engines == {"compiled"}
    assert_same(results[1], [run.outcome for run in results[0].runs])


def test_executors_of_others_are_taken_and_left_open(alone):
    with ThreadPoolExecutor(2) as pool:
        assert_same(nnviz.sweep(BASE, GRID, seeds=2, executor=pool), alone)
        assert pool.submit(int, "3").result() == 3

    class Eager(Executor):
        def submit(self, function, /, *arguments):
            future = Future()
            future.set_result(function(*arguments))
            return future

    assert_same(nnviz.sweep(BASE, GRID, seeds=2, executor=Eager()), alone)
    with pytest.raises(SettingError, match=r"executor must be an executor of concurrent\.futures"):
        nnviz.sweep(BASE, GRID, executor="threads")


def test_without_an_executor_there_is_a_thread_for_each_core(alone, capsys):
    assert_same(nnviz.sweep(BASE, GRID, seeds=2, progress=True), alone)
    assert "32/32" in capsys.readouterr().err


def test_an_interruption_keeps_what_is_finished_and_stops_the_rest():
    kept = []
    endless = make_plan(BASE, {"epochs": [3, 10**7]})
    with crews.threads(2) as crew:
        running.carry_out(endless, range(2), crew, kept.append, is_interrupted=lambda: bool(kept))
    assert [outcome.number for outcome in kept] == [0]


def test_who_leaves_early_need_not_wait_for_every_run():
    endless = make_plan(BASE, {}, epochs=10**7, seeds=9)

    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), crews.threads(2) as crew:
        running.carry_out(endless, range(9), crew, list, each_turn=interrupt)


def test_progress_knows_the_epochs_of_runs_that_are_being_trained():
    seen = []
    long = make_plan(BASE, {}, epochs=10**7)
    with crews.threads(1) as crew:
        running.carry_out(
            long, [0], crew, list, each_turn=lambda: seen.append(crew.epochs_begun()), is_interrupted=lambda: any(seen)
        )
    assert 0 < max(seen) < 10**7


def crew_of(answer):
    """Return a crew whose every run ends in `answer`."""

    def submit(task):
        future = Future()
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer(train_task(task)))
        return future

    return crews.Crew(submit, lambda: 2)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (nnviz.DataError("The rows are gone."), nnviz.DataError, r"=0\.02, .*, seed 0: The rows are gone\."),
        (ModuleNotFoundError("No module named 'nnviz'"), ExperimentError, "cannot import nnviz"),
        (RuntimeError("worker died\nat line 3"), ExperimentError, r"was lost \(worker died\); sweep again"),
        (MemoryError(), ExperimentError, r"was lost \(MemoryError\)"),
    ],
    ids=str,
)
def test_a_run_that_fails_is_a_sentence(answer, kind, words):
    with pytest.raises(kind, match=words):
        running.carry_out(plan(), range(8), crew_of(answer), list)


def test_another_version_is_refused():
    from dataclasses import replace

    crew = crew_of(lambda outcome: replace(outcome, version="0.0"))
    with pytest.raises(ExperimentError, match=r"has nnviz 0\.0, but this is"):
        running.carry_out(plan(), range(8), crew, list)


def test_a_process_that_dies_ends_in_a_sentence():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        crew = crews.Crew(lambda task: pool.submit(os._exit, 3), lambda: 1)
        with pytest.raises(NnvizError, match="was lost"):
            running.carry_out(plan(), range(8), crew, list)


def test_the_number_of_cores_is_what_the_process_may_use():
    assert 1 <= crews.n_cores() <= (os.cpu_count() or 1)
