"""A race in a file: who takes part, how far each has come, and where it has been."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct

from nnviz.core.arguments import text
from nnviz.core.layout import Array
from nnviz.core.storage import Arrays
from nnviz.experiment.beside import judged
from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.kept_experiments import completed, differing_parts
from nnviz.session.beside import Asked
from nnviz.session.runs.kept_runs import ask_runs, asked_runs, goal_of, number_of, read_runs
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.runs.race import Race
from nnviz.session.runs.runs_keeper import RACE_GROUP
from nnviz.sweeps.race import MOST_POINTS, Entrant, Trail, checked_entrants

#: Points of a trail that are kept however little room there is, and the bytes of a point's epoch and loss.
_FEWEST_POINTS: Final = 2
_BESIDE_POINT: Final = 16


class KeptRace(Struct, frozen=True, eq=False):
    """A race as it is in a file.

    Attributes
    ----------
    experiment : Experiment
    entrants : tuple of Entrant
    goal : int
    start : ndarray ``(n_parameters,)`` or None
    runs : dict of int to Document
        Those that have been trained.
    trails : dict of int to Trail
    """

    experiment: Experiment
    entrants: tuple[Entrant, ...]
    goal: int
    start: Array | None
    runs: dict[int, Document]
    trails: dict[int, Trail]

    def __len__(self) -> int:
        return len(self.entrants)


def ask_race(race: Race, lab: Laboratory, present: Experiment, n_bytes: int, path: Path | None) -> Asked:
    """Ask the runs of a race for themselves; trails are thinned where there is no room for them."""
    content = {
        "experiment": differing_parts(race.experiment, present, path),
        "entrants": [[each.entrant.optimizer, each.entrant.rate] for each in race.racers],
        "goal": race.goal,
    }
    trails = [(np.array(each.trail.epochs), [*each.trail.points], np.array(each.trail.losses)) for each in race.racers]
    start: Arrays = {} if race.start is None else {"start": race.start}

    def more(runs: Arrays, n_left: int) -> Arrays:
        arrays = start.copy()
        room = (n_left - sum(array.nbytes for array in start.values())) // max(len(trails), 1)
        for number, (epochs, points, losses) in enumerate(trails):
            # Of a run that begins anew, so does the trail.
            if f"{number}.checkpoint" in runs and points:
                kept = _spread(len(points), max(room // (points[0].nbytes + _BESIDE_POINT), _FEWEST_POINTS))
                arrays[f"trail{number}.epochs"] = epochs[kept]
                arrays[f"trail{number}.points"] = np.array([points[at] for at in kept])
                arrays[f"trail{number}.losses"] = losses[kept]
        return arrays

    return asked_runs(ask_runs(lab, [each.run_id for each in race.racers]), content, range(len(trails)), n_bytes, more)


def _spread(n: int, n_keep: int) -> list[int]:
    """Return the places of at most so many of `n` points, the first and the last among them."""
    places = np.linspace(0, n - 1, min(n, n_keep))
    return sorted({round(place) for place in places.tolist()})


def read_race(document: Document) -> KeptRace | None:
    """Return the race that was saved with a document; None where there was none.

    Raises
    ------
    ExperimentError
        In one sentence, where it is damaged.
    """
    return judged(document.beside, RACE_GROUP, lambda description, arrays: _read(description, arrays, document))


def _read(description: Mapping[str, Any], arrays: Mapping[str, np.ndarray], document: Document) -> KeptRace:
    experiment = completed(description["experiment"], document.experiment, document.path)
    given = [Entrant(text(optimizer, "optimizer"), number_of(rate)) for optimizer, rate in description["entrants"]]
    entrants = checked_entrants(given)
    if len(entrants) != len(given):
        raise ValueError
    runs = read_runs(arrays, [entrant.experiment(experiment) for entrant in entrants])
    sizes = {run.parameters.size for run in runs.values() if run.parameters is not None}
    start = arrays.get("start")
    if start is not None:
        sizes.add(_points(start, 1).size)
    if len(sizes) > 1:
        raise ValueError
    n = next(iter(sizes), 0)
    trails = {number: _trail(arrays, number, n) for number in runs}
    return KeptRace(experiment, entrants, goal_of(description["goal"]), start, runs, trails)


def _trail(arrays: Mapping[str, np.ndarray], number: int, n_parameters: int) -> Trail:
    epochs, points, losses = (arrays[f"trail{number}.{name}"] for name in ("epochs", "points", "losses"))
    _points(points, 2)
    is_sound = (
        epochs.dtype == np.int64
        and epochs.ndim == 1
        and 0 < len(epochs) <= MOST_POINTS + 2
        and bool((np.diff(epochs) > 0).all())
        and epochs[0] >= 0
        and losses.dtype == np.float64
        and losses.shape == epochs.shape
        and points.shape == (len(epochs), n_parameters)
    )
    if not is_sound:
        raise ValueError
    return Trail(epochs.tolist(), [point.copy() for point in points], losses.tolist())


def _points(array: np.ndarray, n_dimensions: int) -> np.ndarray:
    if array.dtype != np.float64 or array.ndim != n_dimensions or not np.isfinite(array).all():
        raise ValueError
    return array
