"""Where each run of a sweep hangs on the wall: by the two settings that differ, or sorted by loss. No Qt."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnviz.core.errors import ExperimentError
from nnviz.core.numbers import loss_text
from nnviz.core.translation import counted, translated
from nnviz.experiment.frame import Frame, Needs, PlaneRequest
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.prepare import Prepared
from nnviz.sweeps.folder import load_sweep
from nnviz.sweeps.grid import value_text
from nnviz.sweeps.plan import Plan
from nnviz.sweeps.records import SweepRun, score_text
from nnviz.sweeps.result import SweepResult
from nnviz.sweeps.task import Outcome

#: Maps along one side of a wall with axes, and on a sorted wall.
MOST_ALONG, MOST_SORTED = 24, 150
#: Runs of a wall in a window: more nobody looks at, and trained there they would crowd out the one in front.
MOST_IN_WINDOW = 225
#: Samples along each side of a map.
RESOLUTION = 120


@dataclass(frozen=True)
class Tile:
    """One map on the wall.

    Attributes
    ----------
    row, column : int
    run : SweepRun
    lines : tuple of str
        What is written below it.
    """

    row: int
    column: int
    run: SweepRun
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Wall:
    """All maps of a sweep in rows and columns.

    Attributes
    ----------
    title, note : str
    tiles : tuple of Tile
    n_rows, n_columns : int
    rows, columns : tuple of str
        Labels; empty where the maps are sorted.
    row_name, column_name : str
        What differs from row to row and from column to column.
    """

    title: str
    note: str
    tiles: tuple[Tile, ...]
    n_rows: int
    n_columns: int
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    row_name: str = ""
    column_name: str = ""


@dataclass(frozen=True)
class _Side:
    """What differs between runs: a setting, the seed or the fold."""

    name: str
    values: tuple[Hashable, ...]

    def of(self, run: SweepRun) -> Hashable:
        """Return what a run has of it."""
        if self.name == "seed":
            return run.seed
        return run.fold if self.name == "fold" else value_text(run.settings[self.name])


def shown_sweep(folder: str | Path) -> tuple[Plan, dict[int, Outcome]]:
    """Return the plan and the finished runs of a sweep, to be hung as a wall in a window.

    Raises
    ------
    ExperimentError, DataError
        Where it is damaged, what it learnt from is not there any more, it has more runs than a wall has room for, or
        none of them is finished.
    """
    plan, outcomes = load_sweep(folder)
    if len(plan) > MOST_IN_WINDOW:
        words = "{0} holds a sweep of {1} runs, more than the {2} of a wall; look at its wall.png and runs.csv."
        raise ExperimentError(words, folder, len(plan), MOST_IN_WINDOW)
    if not outcomes:
        words = "{0} holds a sweep of which no run is finished; let it go on with the command that began it."
        raise ExperimentError(words, folder)
    return plan, outcomes


@dataclass(frozen=True)
class Labels:
    """What differs along one side of a wall.

    Attributes
    ----------
    key : str
        Of a setting, "seed" or "fold".
    texts : tuple of str
    """

    key: str
    texts: tuple[str, ...]


def sides_of(plan: Plan) -> tuple[Labels, Labels] | None:
    """Return what differs from row to row and from column to column, where just two things differ, and not too often.

    The runs of a plan hang row by row then, in the order of their numbers.
    """
    sides = [Labels(axis.key, tuple(map(value_text, axis.values))) for axis in plan.axes]
    sides.append(Labels("seed", tuple(map(str, plan.seeds or ("",)))))
    sides.append(Labels("fold", tuple(str(fold + 1) for fold in range(plan.folds or 1))))
    sides = [side for side in sides if len(side.texts) > 1]
    if len(sides) != 2 or any(len(side.texts) > MOST_ALONG for side in sides):
        return None
    return sides[0], sides[1]


def wall_of(result: SweepResult) -> Wall:
    """Return the wall of the runs that are finished."""
    settings = [_Side(axis.key, tuple(map(value_text, axis.values))) for axis in result.axes]
    others = [
        side
        for side in (
            _Side("seed", tuple(dict.fromkeys(run.seed for run in result.runs))),
            _Side("fold", tuple(dict.fromkeys(run.fold for run in result.runs))),
        )
        if len(side.values) > 1
    ]
    for sides in ([*settings, *others], settings):
        if len(sides) == 2 and all(len(side.values) <= MOST_ALONG for side in sides):
            return _laid_out(result, sides[0], sides[1])
    return _sorted(result, [*settings, *others])


def frame_of(run: SweepRun) -> tuple[Frame, Prepared]:
    """Return the map of a run as it was left, and the data that it has learnt."""
    prepared = run.prepared()
    network = prepared.network()
    network.parameters = run.parameters
    view = prepared.experiment.view
    plane = PlaneRequest(
        x_range=view.x_range, y_range=view.y_range, axes=view.axes, max_resolution=RESOLUTION, hold=view.held
    )
    return FrameBuilder(prepared).build(
        prepared.trainer(network).moment(), Needs(planes={"": plane}), status="paused"
    ), prepared


def _laid_out(result: SweepResult, down: _Side, across: _Side) -> Wall:
    cells: dict[tuple[Hashable, Hashable], list[SweepRun]] = {}
    for run in result.runs:
        cells.setdefault((down.of(run), across.of(run)), []).append(run)
    tiles = []
    for row, low in enumerate(down.values):
        for column, high in enumerate(across.values):
            runs = sorted(cells.get((low, high), ()), key=_by_loss)
            if runs:
                run = runs[(len(runs) - 1) // 2]
                tiles.append(Tile(row, column, run, (_score(run), _loss(run))))
    most = max(map(len, cells.values()), default=1)
    return Wall(
        title=_title(result),
        note=translated("of the {0} runs of each place, that with the median loss", most) if most > 1 else "",
        tiles=tuple(tiles),
        n_rows=len(down.values),
        n_columns=len(across.values),
        rows=tuple(map(str, down.values)),
        columns=tuple(map(str, across.values)),
        row_name=_last(down.name),
        column_name=_last(across.name),
    )


def _sorted(result: SweepResult, sides: Sequence[_Side]) -> Wall:
    runs = sorted(result.runs, key=_by_loss)
    shown = runs[:MOST_SORTED]
    n_columns = max(min(math.ceil(math.sqrt(1.6 * len(shown))), len(shown)), 1)
    tiles = []
    for place, run in enumerate(shown):
        words = [f"{_last(side.name)} {side.of(run)}" for side in sides]
        row, column = divmod(place, n_columns)
        tiles.append(Tile(row, column, run, (f"{_score(run)} · {_loss(run)}", *words)))
    note = translated("sorted by loss")
    if len(runs) > len(shown):
        note = translated("sorted by loss, the {0} best of {1}", len(shown), len(runs))
    return Wall(_title(result), note, tuple(tiles), -(-len(shown) // n_columns), n_columns)


def _title(result: SweepResult) -> str:
    title = result.runs[0].experiment.title if result.runs else ""
    return translated("{0}: {1}", title, counted(len(result.runs), "1 run", "{0} runs"))


def _by_loss(run: SweepRun) -> float:
    return math.inf if math.isnan(run.loss) else run.loss


def _score(run: SweepRun) -> str:
    return translated("diverged") if run.diverged else score_text(run.score, run.score_name)


def _loss(run: SweepRun) -> str:
    return translated("loss {0}", loss_text(run.loss))


def _last(name: str) -> str:
    return name.rpartition(".")[2]
