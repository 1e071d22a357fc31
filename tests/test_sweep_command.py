"""`nnviz sweep` as a user gives it: what it writes, interrupted and killed, and what it refuses."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nnviz
from nnviz import cli, sweep_command
from nnviz.core.numbers import percent_text

ROOT = Path(cli.__file__).parents[1]
FAST = ["--set", "training.engine=numpy", "--jobs", "1"]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def no_pictures(monkeypatch):
    monkeypatch.setattr("nnviz.qt_libraries.library_problem", lambda **_: "Qt is left out here.")


def sentence(capsys) -> str:
    text = capsys.readouterr().err.splitlines()[-1]
    assert text.startswith("nnviz: ")
    assert text.endswith((".", "?"))
    return text


def test_it_writes_a_table_a_history_for_each_run_and_a_wall(qapp, capsys):
    arguments = ["--set", "learning_rate=0.01,0.1", "--set", "network.hidden=2,[3,2]", "--seeds", "2", "--epochs", "2"]
    assert cli.main(["sweep", "xor", *arguments, *FAST, "--out", "out"]) == 0
    told = capsys.readouterr()
    assert "8 runs (training.learning_rate 2 × network.hidden 2 × seeds 2) in out" in told.out
    assert "Best: run" in told.out
    assert "16/16" in told.err
    names = {"runs", "histories", "runs.csv", "settings.csv", "sweep.json", "wall.png"}
    assert {path.name for path in Path("out").iterdir()} == names
    assert Path("out/wall.png").read_bytes().startswith(b"\x89PNG")
    with Path("out/runs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["seed"] for row in rows] == ["0", "1"] * 4
    assert {row["network.hidden"] for row in rows} == {"2", "[3, 2]"}
    # The very run that `nnviz train` makes of the same settings.
    base = nnviz.Experiment(data={"name": "xor"}, network={"hidden": [3, 2], "seed": 1})
    trainer = base.edited(training={"engine": "numpy", "learning_rate": 0.1, "seed": 1}).trainer()
    assert float(rows[7]["train_loss"]) == trainer.run(2).train_loss[-1]


def test_cross_validation_tells_mean_and_deviation(capsys, no_pictures):
    assert cli.main(["sweep", "iris", "--folds", "3", "--epochs", "2", "--out", "out", *FAST]) == 0
    told = capsys.readouterr().out
    assert "3 runs (folds 3)" in told
    (found,) = nnviz.SweepResult.load("out").settings
    assert f"as it is: {percent_text(found.score)} ± {percent_text(found.score_sd)}, loss" in told
    assert "Qt is left out here." in told


def start(*arguments: str) -> subprocess.Popen[str]:
    # A shell that runs the tests in the background has its children ignore Ctrl-C.
    listening = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from nnviz.__main__ import main; "
        "raise SystemExit(main())"
    )
    return subprocess.Popen(
        [sys.executable, "-c", listening, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def wait_for_runs(process: subprocess.Popen[str], n: int) -> None:
    seen = ""
    while not any(int(count) >= n for count in re.findall(r"runs=(\d+)/", seen)):
        letter = process.stderr.read(1)
        assert letter, seen
        seen += letter


def test_interrupted_and_killed_it_goes_on(capsys, no_pictures):
    arguments = ["sweep", "xor", "--seeds", "5", "--epochs", "80", *FAST]
    first = start(*arguments)
    wait_for_runs(first, 1)
    first.send_signal(signal.SIGINT)
    told, errors = first.communicate(timeout=60)
    assert first.returncode == 130
    assert "of 5 runs are finished; the same command goes on from there" in told
    assert "Traceback" not in errors
    n_first = len(list(Path("nnviz-sweep/runs").iterdir()))
    assert 1 <= n_first < 5
    assert len(Path("nnviz-sweep/runs.csv").read_text().splitlines()) == n_first + 1
    second = start(*arguments)
    wait_for_runs(second, n_first + 1)
    second.kill()
    second.communicate(timeout=60)
    before = {path: path.stat().st_mtime_ns for path in Path("nnviz-sweep/runs").glob("0*.npz")}
    assert n_first < len(before) <= 5
    assert cli.main(arguments) == 0
    assert f"{len(before)} of them are finished already." in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in before} == before
    base = nnviz.Experiment(data={"name": "xor"}, training={"engine": "numpy"})
    runs = nnviz.SweepResult.load("nnviz-sweep").runs
    assert [run.seed for run in runs] == [0, 1, 2, 3, 4]
    for expected in nnviz.sweep(base, seeds=[0, 4], epochs=80).runs:
        np.testing.assert_array_equal(runs[expected.seed].parameters, expected.parameters)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "FILE_OR_LESSON"),
        (["source-x"], "did you mean"),
        (["xor", "--set", "learning_rate"], "key=value"),
        (["xor", "--set", "learning_rate=0.1,-1"], "at least 0"),
        (["xor", "--set", "learning_rate=0.1,0.1"], "0.1 twice"),
        (["xor", "--set", "learning_rat=0.1"], "learning_rat"),
        (["xor", "--set", "network.hidden=4,four"], "hidden"),
        (["xor", "--set", "learning_rate=1", "--set", "learning_rate=2"], "given twice"),
        (["xor", "--seeds", "0"], "--seeds: must be a whole number from 1"),
        (["xor", "--seeds", "many"], "--seeds"),
        (["xor", "--seed-data"], "needs seeds"),
        (["xor", "--folds", "1"], "--folds: must be a whole number from 2"),
        (["and", "--folds", "5"], "at most 4 folds"),
        (["xor", "--epochs", "0"], "at least 1"),
        (["xor", "--jobs", "0"], "--jobs"),
        (["xor", "--jobs", "2", "--cluster", "tcp://127.0.0.1:9"], "--jobs is for runs on this computer"),
        (["xor", "--out", ""], "must not be empty"),
        (["xor", "--out", "file"], "cannot be made"),
        (["xor", "--out", "other"], "other holds another sweep"),
    ],
    ids=str,
)
def test_mistakes_end_in_one_sentence_and_status_2(arguments, words, capsys, no_pictures):
    Path("file").write_text("")
    if "other" in arguments:
        cli.main(["sweep", "moons", "--epochs", "1", "--out", "other", *FAST])
    capsys.readouterr()
    assert cli.main(["sweep", *arguments]) == 2
    assert words in sentence(capsys)


def test_the_folder_of_a_sweep_is_shown_in_a_window_or_refused_in_a_sentence(capsys, no_pictures, monkeypatch):
    cli.main(["sweep", "xor", "--epochs", "1", "--out", "out", *FAST])
    capsys.readouterr()
    monkeypatch.setattr("nnviz.qt_libraries.screen_problem", lambda: "There is no screen.")
    assert cli.main(["out"]) == 2
    assert "There is no screen. out holds a sweep, which is shown in a window" in sentence(capsys)
    with monkeypatch.context() as patched:
        patched.setattr("nnviz.sweeps.wall.MOST_IN_WINDOW", 0)
        assert cli.main(["out"]) == 2
        assert "out holds a sweep of 1 runs, more than the 0 of a wall" in sentence(capsys)
    for path in Path("out/runs").iterdir():
        path.unlink()
    assert cli.main(["out"]) == 2
    assert "out holds a sweep of which no run is finished" in sentence(capsys)
    Path("empty").mkdir()
    assert cli.main(["empty"]) == 2
    assert "is neither an experiment nor a table, but a folder" in sentence(capsys)


@pytest.mark.parametrize(
    ("engines", "jobs", "address", "kind"),
    [
        (["compiled"], None, None, "threads"),
        (["numpy"], 1, None, "threads"),
        (["numpy"], 4, None, "processes"),
        (["numpy", "compiled"], 4, None, "processes"),
        (["compiled"], 3, "local", "cluster"),
        (["compiled"], None, "tcp://x:1", "cluster"),
    ],
)
def test_the_engine_decides_who_trains(engines, jobs, address, kind, monkeypatch):
    from nnviz.sweeps import crews
    from nnviz.sweeps.plan import make_plan

    called, compiled = [], []
    for name in ("threads", "processes", "cluster"):
        monkeypatch.setattr(crews, name, lambda *given, name=name: called.append((name, *given)))
    monkeypatch.setattr("nnviz.core.compiling.compile_kernels", lambda: compiled.append(True))
    plan = make_plan(nnviz.Experiment(data={"name": "xor"}), {"training.engine": engines}, seeds=5)
    sweep_command._crew(plan, jobs, address)
    assert called[0][0] == kind
    assert jobs is None or jobs in called[0]
    assert bool(compiled) == ("compiled" in engines and address in (None, "local"))
