"""The result of a sweep: its runs, the best of them, and a table with one row a run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from nnviz.core.arguments import whole
from nnviz.core.csv_files import write_csv
from nnviz.core.description import Described, Description
from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.errors import ExperimentError
from nnviz.core.numbers import loss_text, percent_text
from nnviz.core.storage import PathLike
from nnviz.core.translation import counted, translated
from nnviz.sweeps.grid import Axis, value_text
from nnviz.sweeps.plan import Plan
from nnviz.sweeps.records import SettingFigures, SweepRun, figures_of, score_text
from nnviz.sweeps.task import Outcome

#: Rows of the table in a notebook.
_MOST_SHOWN = 12


class SweepResult(Described):
    """What has become of a sweep; `nnviz.sweep` returns one, `load` reads the folder of another.

    Attributes
    ----------
    runs : tuple of SweepRun
        Those that are finished, by number. Frozen: settings, seed, fold, experiment, figures, loss, score, history,
        parameters, engine, epochs, stop_reason, diverged, and ``network()``.
    n_planned : int
        Runs that the sweep has; more than `runs` where it was interrupted.

    Examples
    --------
    >>> import nnviz
    >>> experiment = nnviz.Experiment(data={"name": "xor_blobs"}, network={"hidden": [2]})
    >>> result = nnviz.sweep(experiment, {"training.learning_rate": [0.01, 0.1]}, seeds=2, epochs=20)
    >>> best = result.best()
    >>> best.settings["training.learning_rate"] in (0.01, 0.1), best.seed in (0, 1)
    (True, True)
    >>> result.to_csv("runs.csv")
    """

    def __init__(self, plan: Plan, outcomes: Mapping[int, Outcome]) -> None:
        self._plan = plan
        self.runs = tuple(SweepRun(plan.points[n], plan.task(n), outcomes[n]) for n in sorted(outcomes))
        self.n_planned = len(plan)

    @classmethod
    def load(cls, folder: PathLike) -> SweepResult:
        """Read the finished runs of a folder that `nnviz sweep` or `nnviz.sweep` has written.

        Raises
        ------
        ExperimentError, DataError
            Where it holds no sweep, or its table is not there any more.
        """
        from nnviz.sweeps.folder import load_sweep

        return cls(*load_sweep(folder))

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[SweepRun]:
        return iter(self.runs)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The settings that differ, with their alternatives."""
        return tuple(axis for axis in self._plan.axes if len(axis.values) > 1)

    @cached_property
    def settings(self) -> tuple[SettingFigures, ...]:
        """Mean and standard deviation of loss and score over the seeds and folds of each combination of settings."""
        groups: dict[str, list[SweepRun]] = {}
        for run in self.runs:
            groups.setdefault(repr(run.point.combination), []).append(run)
        return tuple(map(figures_of, groups.values()))

    def best_settings(self) -> SettingFigures:
        """Return the combination with the best mean score; of equal ones, that with the lower mean loss.

        Raises
        ------
        ExperimentError
            Where no run is finished.
        """
        if not self.settings:
            raise ExperimentError("No run of this sweep is finished; let it go on.")
        return min(self.settings, key=lambda found: _rank(found.score, found.loss))

    def best(self) -> SweepRun:
        """Return the best run of `best_settings`, by score and then by loss.

        One lucky seed of a poor setting does not win. Where the rows that decide are test rows (see
        `SweepRun.judged`), their figures are no honest estimate for new data any more: a validation share is.
        """
        numbers = set(self.best_settings().numbers)
        return min((run for run in self.runs if run.number in numbers), key=lambda run: _rank(run.score, run.loss))

    def table(self) -> list[list[object]]:
        """Return a header and one row a run: what differs, how it ended, and all figures; empty cells for no figure."""
        names = [name for name in _figure_names(self.runs) if any(not math.isnan(_figure(run, name)) for run in self)]
        keys = [axis.key for axis in self._plan.axes]
        fixed = ("engine", "epochs", "best_epoch", "stop_reason", "diverged", "elapsed_s")
        rows: list[list[object]] = [["run", *keys, "seed", "fold", "judged_by", *names, *fixed]]
        for run in self.runs:
            settings = [_cell(value) for _, value in run.point.combination]
            differing = [*settings, _known(run.seed), _known(run.fold), run.judged]
            ended = [run.engine, run.epochs, run.outcome.best_epoch, run.stop_reason]
            ended += [str(run.diverged).lower(), repr(run.outcome.elapsed_s)]
            rows.append([run.number, *differing, *(_number(_figure(run, name)) for name in names), *ended])
        return rows

    def to_csv(self, path: PathLike) -> None:
        """Write `table` as CSV, atomically.

        Raises
        ------
        ExperimentError
            Where it cannot be written.
        """
        write_csv(path, self.table())

    def settings_table(self) -> list[list[object]]:
        """Return a header and one row for each combination of settings: mean and standard deviation over its runs."""
        keys = [axis.key for axis in self._plan.axes]
        header = ["runs", "loss_mean", "loss_sd", "score", "score_mean", "score_sd", "diverged"]
        rows: list[list[object]] = [[*keys, *header]]
        for found in self.settings:
            figures = [_number(found.loss), _number(found.loss_sd), found.score_name]
            figures += [_number(found.score), _number(found.score_sd)]
            settings = [_cell(value) for _, value in found.combination]
            rows.append([*settings, len(found.numbers), *figures, found.n_diverged])
        return rows

    def settings_text(self, most: int) -> str:
        """Return the best combinations of settings as a text table, the best one first."""
        most = whole(most, "most", 1)
        ranked = sorted(self.settings, key=lambda found: _rank(found.score, found.loss))
        rows = [f"{_settings_words(found, self.axes)}: {_figures_words(found)}" for found in ranked[:most]]
        if len(ranked) > most:
            rows.append(translated("… and {0} more in settings.csv", len(ranked) - most))
        return "\n".join(rows)

    def description(self) -> Description:
        """Return what is shown of it in a terminal and a notebook."""
        title = counted(len(self.runs), "Sweep of 1 run", "Sweep of {0} runs")
        if len(self.runs) < self.n_planned:
            title = translated("Sweep of {0} runs, {1} of them finished", self.n_planned, len(self.runs))
        axes = ", ".join(f"{axis.key} ({', '.join(map(value_text, axis.values))})" for axis in self.axes)
        if not self.runs:
            return Description(title, title)
        ranked = sorted(self.settings, key=lambda found: _rank(found.score, found.loss))
        facts = [(_settings_words(found, self.axes), _figures_words(found)) for found in ranked[:_MOST_SHOWN]]
        if len(ranked) > _MOST_SHOWN:
            facts.append(("…", translated("{0} more", len(ranked) - _MOST_SHOWN)))
        line = f"{title}{f': {axes}' if axes else ''}; best {facts[0][0]}: {facts[0][1]}"
        return Description(line, title, facts, self.best().history.description().curves)


def _settings_words(found: SettingFigures, axes: Iterable[Axis]) -> str:
    settings = found.settings
    words = ", ".join(f"{axis.name} {value_text(settings[axis.key])}" for axis in axes)
    return words or translated("as it is")


def _figures_words(found: SettingFigures) -> str:
    """Return "97.5 % ± 1.2 %, loss 0.08, 20 runs"."""
    score = score_text(found.score, found.score_name)
    n = len(found.numbers)
    if n > 1 and not math.isnan(found.score_sd):
        spread = percent_text(found.score_sd) if found.score_name == "accuracy" else loss_text(found.score_sd)
        score = f"{score} ± {spread}"
    words = translated("{0}, loss {1}", score, loss_text(found.loss))
    return words if n == 1 else f"{words}, {counted(n, '1 run', '{0} runs')}"


def _rank(score: float, loss: float) -> tuple[float, float]:
    """Return what is smaller the better a score is, and of equal ones the lower the loss; what is none comes last."""
    # Means of the same scores may differ in their last digit.
    return math.inf if math.isnan(score) else -round(score, 12), math.inf if math.isnan(loss) else loss


def _figure_names(runs: Iterable[SweepRun]) -> list[str]:
    """Return the columns of all runs' figures, in the order of a history's."""
    found = {name for run in runs for name in run.outcome.figures}
    order = [name.replace("score", score) for name in RECORD_COLUMNS for score in ("accuracy", "r2")]
    return [name for name in dict.fromkeys(order) if name in found]


def _figure(run: SweepRun, name: str) -> float:
    return run.outcome.figures.get(name, math.nan)


def _cell(value: Any) -> object:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else value_text(value)


def _known(value: int | None) -> object:
    return "" if value is None else value


def _number(value: float) -> str:
    return "" if math.isnan(value) else repr(value)
