"""The figures of a wall as a CSV table: one row a run."""

from __future__ import annotations

import math

from nnviz.core.csv_files import write_csv
from nnviz.core.storage import PathLike
from nnviz.session.runs.wall import Wall
from nnviz.sweeps.grid import value_text


def wall_table(wall: Wall) -> list[list[object]]:
    """Return a header and one row a run: what sets it apart, and where it stands; empty cells for no figure."""
    keys = [axis.key for axis in wall.plan.axes]
    score = "accuracy" if wall.task == "classification" else "r2"
    rows: list[list[object]] = [["run", *keys, "seed", "fold", "judged_by", "epoch", "loss", score, "outcome"]]
    for tile in wall.tiles:
        point, standing = tile.point, tile.standing
        settings = [
            value if isinstance(value, int | float) and not isinstance(value, bool) else value_text(value)
            for _, value in point.combination
        ]
        seed = "" if point.seed is None else point.seed
        fold = "" if point.fold is None else point.fold.number
        figures = ["" if math.isnan(value) else repr(value) for value in (standing.loss, standing.score)]
        rows.append(
            [tile.number, *settings, seed, fold, tile.part, standing.epoch, *figures, standing.verdict(wall.threshold)]
        )
    return rows


def write_wall_table(wall: Wall, path: PathLike) -> None:
    """Write `wall_table`, atomically.

    Raises
    ------
    ExperimentError
        Where it cannot be written.
    """
    write_csv(path, wall_table(wall))
