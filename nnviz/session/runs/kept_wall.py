"""A wall in a file: its plan, and how far its runs have come."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from nnviz.core.records import dataclass
from nnviz.core.storage import Arrays
from nnviz.core.translation import translated
from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.kept_experiments import completed, differing_parts
from nnviz.session.beside import Asked
from nnviz.session.runs.kept_runs import (
    ask_runs,
    described,
    goal_of,
    judged,
    left_out,
    number_of,
    read_runs,
    written_runs,
)
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.runs.wall import Wall
from nnviz.sweeps.plan import Plan, untried_plan
from nnviz.sweeps.wall import MOST_IN_WINDOW

GROUP: Final = "wall"
_DAMAGED: Final = "The wall that was saved with this run is damaged and was left out; the run itself is whole."


@dataclass(frozen=True, eq=False)
class KeptWall:
    """A wall as it is in a file.

    Attributes
    ----------
    plan : Plan
    goal : int
    threshold : float
    runs : dict of int to Document
        Those that have been trained and for which there was room.
    """

    plan: Plan
    goal: int
    threshold: float
    runs: dict[int, Document]


def ask_wall(wall: Wall, lab: Laboratory, present: Experiment, n_bytes: int, path: Path | None) -> Asked:
    """Ask the runs of a wall for themselves; the best of them come first, where there is no room for all."""
    order = wall.order
    description = described(
        {
            **wall.plan.content(),
            "experiment": differing_parts(wall.plan.experiment, present, path),
            "goal": wall.goal,
            "threshold": wall.threshold,
        }
    )

    def written(documents: list[Any]) -> tuple[Arrays, str]:
        arrays, n_left = written_runs(documents, order, n_bytes)
        return {"description": description, **arrays}, left_out(n_left)

    return Asked(ask_runs(lab, [tile.run_id for tile in wall.tiles]), written)


def read_wall(document: Document) -> KeptWall | None:
    """Return the wall that was saved with a document; None where there was none.

    Raises
    ------
    ExperimentError
        In one sentence, where it is damaged.
    """
    arrays = document.beside.get(GROUP)
    if arrays is None:
        return None

    def read(description: Mapping[str, Any]) -> KeptWall:
        return _read(description, arrays, document)

    kept: KeptWall = judged(arrays, "wall", read, translated(_DAMAGED))
    return kept


def _read(description: Mapping[str, Any], arrays: Mapping[str, np.ndarray], document: Document) -> KeptWall:
    seeds, folds, epochs = (description[name] for name in ("seeds", "folds", "epochs"))
    plan = untried_plan(
        completed(description["experiment"], document.experiment, document.path),
        {axis["key"]: axis["values"] for axis in description["grid"]},
        seeds=seeds,
        folds=folds,
        epochs=epochs,
    )
    if not 0 < len(plan) <= MOST_IN_WINDOW:
        raise ValueError
    runs = read_runs(arrays, [plan.experiment_of(point) for point in plan.points])
    return KeptWall(plan, goal_of(description["goal"]), number_of(description["threshold"]), runs)
