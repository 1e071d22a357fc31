"""The courses of a window as a table: what each is set to, where that differs, and what came out of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from nnviz.core.csv_files import write_csv
from nnviz.core.numbers import count_text, exact_text, loss_text
from nnviz.core.storage import PathLike
from nnviz.core.translation import translated
from nnviz.experiment.document import Experiment
from nnviz.experiment.figures import Curves
from nnviz.session.run_tree import Course, RunTree
from nnviz.session.runs.laboratory import Laboratory

#: Figures of a run, by the columns of its curves; the last entry of each is taken.
RESULTS = ("train_loss", "validation_loss", "test_loss", "train_score", "validation_score", "test_score")
#: A value that takes more is said in a word: painted rows, a pasted table, weights one by one.
_LONGEST = 60


class RunRow(Struct, frozen=True, dict=True):
    """One course in the table.

    Attributes
    ----------
    course : Course
    wanted : Experiment
        What it is set to.
    epochs, updates : int
    seconds : float
    results : dict of str to float
        By `RESULTS`; NaN where there is none.
    """

    course: Course
    wanted: Experiment
    epochs: int
    updates: int
    seconds: float
    results: Mapping[str, float]

    @cached_property
    def settings(self) -> dict[str, str]:
        """Everything that it is set to, by path as in ``nnviz sweep --set``."""
        return settings_of(self.wanted)


def settings_of(experiment: Experiment) -> dict[str, str]:
    """Return everything that a run depends on, by path, written as it is typed."""
    content = experiment.model_dump(mode="json", include={"data", "network", "training"})
    found = dict(_flattened(content))
    found["network.hidden"] = ", ".join(f"{layer.units} {layer.activation}" for layer in experiment.network.hidden)
    return found


def _flattened(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    from nnviz.sweeps.grid import value_text

    for name, part in value.items():
        here = f"{path}.{name}" if path else name
        if isinstance(part, Mapping) and part and here not in ("data.rows", "data.table", "network.explicit"):
            yield from _flattened(part, here)
        else:
            text = value_text(part)
            yield here, text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def differences(base: Experiment, other: Experiment) -> dict[str, tuple[str, str]]:
    """Return the settings in which two experiments differ, with both values; longer ones than a cell count, too."""
    before, after = settings_of(base), settings_of(other)
    names = [*before, *(name for name in after if name not in before)]
    return {name: (before.get(name, ""), after.get(name, "")) for name in names if before.get(name) != after.get(name)}


def setting_label(path: str) -> str:
    """Return what a setting is called for people; one without a name of its own by its path."""
    labels: dict[str, Callable[[], str]] = {
        "training.learning_rate": lambda: translated("learning rate"),
        "training.optimizer": lambda: translated("optimiser"),
        "training.batch_size": lambda: translated("batch size"),
        "training.l1": lambda: translated("L1"),
        "training.l2": lambda: translated("L2"),
        "training.dropout": lambda: translated("dropout"),
        "training.loss": lambda: translated("loss"),
        "training.schedule.name": lambda: translated("schedule"),
        "network.hidden": lambda: translated("hidden layers"),
        "network.seed": lambda: translated("seed of the weights"),
        "training.seed": lambda: translated("seed of the order"),
        "data.name": lambda: translated("data set"),
        "data.seed": lambda: translated("seed of the data"),
        "data.split_seed": lambda: translated("seed of the split"),
    }
    return labels[path]() if path in labels else path.partition(".")[2].replace("_", " ").replace(".", " ")


def difference_text(course: Course, wanted: Experiment) -> str:
    """Return in a few words what sets a course apart from its parent."""
    if course.base is None:
        return ""
    changed = differences(course.base, wanted)
    words = [translated("{0} {1}", setting_label(path), values[1]) for path, values in changed.items()]
    if course.is_weighed:
        words.append(translated("a weight was set"))
    return ", ".join(words) or translated("nothing changed")


def rows_of(tree: RunTree, lab: Laboratory) -> list[RunRow]:
    """Return all courses, each after its parent."""
    rows = []
    for course in tree.courses:
        run = lab.find(course.run_id)
        if run is not None:
            curves = tree.curves_of(course.number)
            rows.append(_row(course, run.wanted, curves))
    return rows


def _row(course: Course, wanted: Experiment, curves: Curves | None) -> RunRow:
    def last(column: str) -> float:
        values: Sequence[float] = getattr(curves, column) if curves is not None else []
        return float(values[-1]) if len(values) else math.nan

    def whole(value: float) -> int:
        return round(value) if math.isfinite(value) else 0

    results = {name: last(name) for name in RESULTS}
    seconds = last("elapsed_s")
    return RunRow(course, wanted, whole(last("epoch")), whole(last("updates")), seconds, results)


def differing(rows: list[RunRow]) -> list[str]:
    """Return the settings that are not the same in all rows, in the order of the experiment."""
    names = list(dict.fromkeys(name for row in rows for name in row.settings))
    return [name for name in names if len({row.settings.get(name, "") for row in rows}) > 1]


def result_text(name: str, value: float) -> str:
    """Return a figure as it is shown."""
    if not math.isfinite(value):
        return "–"
    return loss_text(value) if name.endswith("_loss") else exact_text(round(value, 4))


def epochs_text(row: RunRow) -> str:
    """Return how far a course has come."""
    return count_text(row.epochs)


def write_run_table(rows: list[RunRow], path: PathLike) -> None:
    """Write one row a run with all of its settings and figures as CSV, atomically.

    Raises
    ------
    ExperimentError
        Where it cannot be written.
    """
    names = list(dict.fromkeys(name for row in rows for name in row.settings))
    header = ["run", "name", "parent", "from_epoch", "starred", *names, "epochs", "updates", "seconds", *RESULTS]
    table: list[list[object]] = [list(header)]
    for row in rows:
        course = row.course
        origin = [course.parent or "", course.epoch if course.parent else ""]
        figures = ["" if math.isnan(value) else repr(value) for value in (row.seconds, *row.results.values())]
        settings = [row.settings.get(name, "") for name in names]
        place = [course.number, course.name, *origin, int(course.is_starred)]
        table.append([*place, *settings, row.epochs, row.updates, *figures])
    write_csv(path, table)
