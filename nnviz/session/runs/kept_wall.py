"""A wall in a file: its plan, and how far its runs have come."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, field

from nnviz.core.arguments import flag
from nnviz.core.storage import Arrays
from nnviz.core.translation import counted
from nnviz.experiment.beside import described, judged
from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.kept_experiments import completed, differing_parts
from nnviz.session.beside import Asked
from nnviz.session.runs.found_wall import FoundWall
from nnviz.session.runs.kept_runs import ask_runs, asked_runs, goal_of, grouped, number_of, read_runs, written_within
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.runs.runs_keeper import WALL_GROUP
from nnviz.session.runs.wall import Wall
from nnviz.sweeps.plan import Plan, untried_plan
from nnviz.sweeps.task import Outcome
from nnviz.sweeps.wall import MOST_IN_WINDOW


class KeptWall(Struct, frozen=True, eq=False):
    """A wall as it is in a file.

    Attributes
    ----------
    plan : Plan
    goal : int
    threshold : float
    runs : dict of int to Document
        Those that have been trained and for which there was room.
    outcomes : dict of int to Outcome, or None
        Of the wall of a sweep, whose runs are finished; None of one that trains.
    """

    plan: Plan
    goal: int
    threshold: float
    runs: dict[int, Document] = field(default_factory=dict)
    outcomes: dict[int, Outcome] | None = None

    def __len__(self) -> int:
        return len(self.plan)


def ask_wall(wall: Wall, lab: Laboratory, present: Experiment, n_bytes: int, path: Path | None) -> Asked:
    """Ask the runs of a wall for themselves; the best of them come first, where there is no room for all."""
    content = {
        **wall.plan.content(),
        "experiment": differing_parts(wall.plan.experiment, present, path),
        "goal": wall.goal,
        "threshold": wall.threshold,
        "is_found": isinstance(wall, FoundWall),
    }
    if isinstance(wall, FoundWall):
        return _asked_found(wall, content, n_bytes)
    return asked_runs(ask_runs(lab, [tile.run_id for tile in wall.tiles]), content, wall.order, n_bytes)


def _asked_found(wall: FoundWall, content: Mapping[str, Any], n_bytes: int) -> Asked:
    """Return the wall of a sweep, which is finished: nobody has to be asked."""
    outcomes = wall.outcomes_found
    order = [number for number in wall.order if number in outcomes]

    def written(_answers: list[Any]) -> tuple[Arrays, str]:
        arrays, n_left = written_within(n_bytes, ((number, outcomes[number].to_arrays()) for number in order))
        one = "{0} run of the sweep had no room in the file; allow more in Run → Memory for the past…."
        many = "{0} runs of the sweep had no room in the file; allow more in Run → Memory for the past…."
        return described(content, arrays), counted(n_left, one, many) if n_left else ""

    return Asked(tuple[Future[Any], ...](), written)


def read_wall(document: Document) -> KeptWall | None:
    """Return the wall that was saved with a document; None where there was none.

    Raises
    ------
    ExperimentError
        In one sentence, where it is damaged.
    """
    return judged(document.beside, WALL_GROUP, lambda description, arrays: _read(description, arrays, document))


def _read(description: Mapping[str, Any], arrays: Mapping[str, np.ndarray], document: Document) -> KeptWall:
    seeds, folds, epochs = (description[name] for name in ("seeds", "folds", "epochs"))
    plan = untried_plan(
        completed(description["experiment"], document.experiment, document.path),
        {axis["key"]: axis["values"] for axis in description["grid"]},
        seeds=seeds,
        folds=folds,
        epochs=epochs,
        seed_data=description["seed_data"],
    )
    if not 0 < len(plan) <= MOST_IN_WINDOW:
        raise ValueError
    goal, threshold = goal_of(description["goal"]), number_of(description["threshold"])
    # None of them is tried out, but each has to be one.
    experiments = [plan.experiment_of(point) for point in plan.points]
    # Files of before know no wall of a sweep.
    if not flag(description.get("is_found", False), "is_found"):
        return KeptWall(plan, goal, threshold, read_runs(arrays, experiments))
    outcomes = {number: Outcome.from_arrays(own) for number, own in grouped(arrays).items()}
    if any(number != outcome.number or number >= len(plan) for number, outcome in outcomes.items()):
        raise ValueError
    return KeptWall(plan, goal, threshold, outcomes=outcomes)
