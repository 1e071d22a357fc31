"""`nnviz sweep`: many runs in the terminal, with a progress bar, kept as they come, and a picture of them all."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from nnviz.cli_arguments import between, path_argument, positive
from nnviz.core.errors import ExperimentError, SettingError
from nnviz.terminal import Interruption, ignore_interrupts

if TYPE_CHECKING:
    from nnviz.sweeps.crews import Crew
    from nnviz.sweeps.folder import SweepFolder
    from nnviz.sweeps.plan import Plan
    from nnviz.sweeps.result import SweepResult
    from nnviz.sweeps.task import Outcome

DEFAULT_FOLDER = Path("nnviz-sweep")
#: Rows of the table at the end.
MOST_SHOWN = 20


def add_sweep(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "experiment",
        metavar="FILE_OR_LESSON",
        help="a lesson's or data set's name, a .nnviz or .toml experiment, or a table (CSV, Excel, ARFF, NumPy …)",
    )
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE,VALUE,…",
        help="alternatives of a setting, such as training.learning_rate=0.01,0.1 or network.hidden=4,8,[16,8]; "
        "several are combined",
    )
    parser.add_argument(
        "--seeds",
        type=between(1, 100_000),
        metavar="N",
        help="seeds of weights and order, from 0 on; default: as the experiment has them",
    )
    parser.add_argument(
        "--seed-data", action="store_true", help="let the seeds be those of the data and their split as well"
    )
    parser.add_argument(
        "--folds", type=between(2, 1000), metavar="K", help="cross-validation: test every row in one of so many folds"
    )
    parser.add_argument(
        "--epochs", type=positive, metavar="N", help="length of each run; default: as the experiment says"
    )
    parser.add_argument(
        "--jobs", type=between(1, 1024), metavar="N", help="runs at once; default: as many as there are cores"
    )
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="of a Dask scheduler that trains the runs; local: start one here"
    )
    parser.add_argument(
        "--out",
        type=path_argument,
        default=DEFAULT_FOLDER,
        metavar="DIR",
        help="folder; where it holds a part of this sweep, it goes on; default: %(default)s",
    )


def run_sweep(options: argparse.Namespace) -> int:
    """Train an experiment with all combinations of some settings, with several seeds or folds. Writes runs.csv,
    settings.csv, a history for each run and, where Qt can draw, wall.png; the same command goes on where it ended.
    """
    from nnviz.experiment import load_document
    from nnviz.sweeps.folder import SweepFolder
    from nnviz.sweeps.grid import parsed_grid
    from nnviz.sweeps.plan import make_plan
    from nnviz.sweeps.sweep import run_plan

    if options.cluster is not None and options.cluster != "local" and options.jobs is not None:
        raise SettingError("--jobs is for runs on this computer; a cluster has as many at once as it has threads.")
    document = load_document(options.experiment)
    plan = make_plan(
        document.experiment,
        parsed_grid(options.settings),
        seeds=options.seeds,
        folds=options.folds,
        epochs=options.epochs,
        seed_data=options.seed_data,
    )
    place = SweepFolder(options.out, plan)
    _say_beginning(plan, place, carried=document.checkpoint is not None and bool(document.checkpoint.history.marks))
    with Interruption(lambda: True) as interruption:
        with _crew(plan, options.jobs, options.cluster) as crew:
            result = run_plan(plan, crew, place, is_interrupted=lambda: bool(interruption), is_shown=True)
        _say_end(result, place)
    return interruption.status


def _crew(plan: Plan, jobs: int | None, address: str | None) -> AbstractContextManager[Crew]:
    from nnviz.core.compiling import compile_kernels
    from nnviz.sweeps.crews import cluster, n_cores, processes, threads

    n = jobs or min(n_cores(), len(plan))
    if address in (None, "local") and "compiled" in plan.engines:
        # Here, once, and not in each of the processes.
        compile_kernels()
    if address is not None:
        return cluster(address, n, ignore_interrupts)
    if n == 1 or plan.engines <= {"compiled"}:
        return threads(n)
    return processes(n, ignore_interrupts)


def _say_beginning(plan: Plan, place: SweepFolder, *, carried: bool) -> None:
    parts = [f"{axis.key} {len(axis.values)}" for axis in plan.axes if len(axis.values) > 1]
    parts += [f"seeds {len(plan.seeds)}"] if plan.seeds is not None else []
    parts += [f"folds {plan.folds}"] if plan.folds is not None else []
    n_there = place.n_finished()
    product = f" ({' × '.join(parts)})" if parts else ""
    print(f"{plan.experiment.title}: {len(plan)} runs{product} in {place.path}", flush=True)
    if n_there:
        print(f"{n_there} of them are finished already.", flush=True)
    if carried:
        print("What the file has learnt from another network is left out: every run begins from its seeds.", flush=True)


def _say_end(result: SweepResult, place: SweepFolder) -> None:
    n, planned = len(result.runs), result.n_planned
    if n < planned:
        print(f"It was interrupted: {n} of {planned} runs are finished; the same command goes on from there.")
    if not n:
        return
    print(result.settings_text(MOST_SHOWN))
    best = result.best()
    print(f"Best: run {best.number}{f' ({best.point.words})' if best.point.words else ''}, by {best.judged} rows.")
    diverged = sum(run.diverged for run in result.runs)
    if diverged:
        print(f"{diverged} of {n} runs diverged; their figures are those of the last epoch before.")
    left_out = _write_wall(result, place)
    names = ["runs.csv", "settings.csv", "histories", *([] if left_out else ["wall.png"])]
    print(f"Wrote {', '.join(str(place.path / name) for name in names)}.")
    if left_out:
        print(left_out)


def _write_wall(result: SweepResult, place: SweepFolder) -> str:
    """Write the picture; return why there is none, one sentence, or nothing."""
    import os

    from nnviz.qt_libraries import library_problem

    problem = library_problem(platform="offscreen")
    if problem is not None:
        return f"The picture wall.png was left out: {problem}"
    # WORKAROUND: where no screen answers, Qt aborts.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from functools import partial

    from nnviz.drawing.wall import WallPicture, WallTile
    from nnviz.export.wall import write_wall
    from nnviz.sweeps.wall import frame_of, wall_of

    wall = wall_of(result)
    tiles = [WallTile(tile.row, tile.column, tile.lines, partial(frame_of, tile.run)) for tile in wall.tiles]
    picture = WallPicture(
        title=wall.title,
        note=wall.note,
        tiles=tiles,
        n_rows=wall.n_rows,
        n_columns=wall.n_columns,
        rows=wall.rows,
        columns=wall.columns,
        row_name=wall.row_name,
        column_name=wall.column_name,
    )
    write_wall(picture, place.path / "wall.png")
    return ""


def open_sweep(file: str | None) -> int | None:
    """Open the window on the sweep in a folder and return the exit status; None where `file` is something else.

    Raises
    ------
    ExperimentError, DataError
        What `found_sweep` raises, and where no window can be opened.
    """
    found = found_sweep(file)
    if found is None:
        return None
    from nnviz.qt_libraries import library_problem, screen_problem

    problem = screen_problem() or library_problem()
    if problem is not None:
        words = "{0} {1} holds a sweep, which is shown in a window; look at its wall.png and runs.csv."
        raise ExperimentError(words, problem, file)
    from nnviz.app import main

    return main(sys.argv[:1], found[0].experiment, sweep=found)


def found_sweep(file: str | None) -> tuple[Plan, dict[int, Outcome]] | None:
    """Return the sweep in a folder, finished or interrupted; None where `file` is something else.

    It looks at the folder alone: whatever else `file` may be, others judge.

    Raises
    ------
    ExperimentError, DataError
        Where it is damaged, what it learnt from is not there any more, or it has more runs than the window shows.
    """
    if file is None or not Path(file).is_dir():
        return None
    from nnviz.sweeps.folder import is_sweep

    if not is_sweep(file):
        return None
    from nnviz.sweeps.wall import shown_sweep

    return shown_sweep(file)
