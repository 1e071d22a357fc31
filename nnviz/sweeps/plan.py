"""Which runs a sweep has: combinations of settings × seeds × folds, each known by its number alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from nnviz.core.arguments import flag, instance, items
from nnviz.core.bounds import EPOCHS, SEED
from nnviz.core.errors import NnvizError, SettingError
from nnviz.data.split import Fold, check_folds
from nnviz.experiment.document import Experiment
from nnviz.experiment.prepare import prepare
from nnviz.experiment.schema import DataSpec
from nnviz.experiment.sources import Source, load_source
from nnviz.sweeps.grid import Axis, Combination, applied, axes_of, combinations, value_text
from nnviz.sweeps.task import Task, source_of

MOST_RUNS = 100_000
Seeds = int | Sequence[int] | None


@dataclass(frozen=True)
class Point:
    """What sets a run apart from the others of its sweep.

    Attributes
    ----------
    number : int
        From 0 on, in the order of the grid; the last axis changes fastest, after it the seeds, then the folds.
    combination : tuple of (key, value)
        The settings; of axes with one alternative as well.
    seed : int or None
        Of weights and order; None: as the experiment has them.
    fold : Fold or None
    """

    number: int
    combination: Combination
    seed: int | None
    fold: Fold | None

    @property
    def words(self) -> str:
        """The point in a few words, for sentences."""
        parts = [f"{key}={value_text(value)}" for key, value in self.combination]
        parts += [] if self.seed is None else [f"seed {self.seed}"]
        parts += [] if self.fold is None else [f"fold {self.fold.number + 1} of {self.fold.count}"]
        return ", ".join(parts)


@dataclass(frozen=True)
class Plan:
    """A checked sweep.

    Attributes
    ----------
    experiment : Experiment
    axes : tuple of Axis
    seeds : tuple of int or None
    folds : int or None
    epochs : int or None
        Of every run; None: as its experiment says.
    seed_data : bool
        Whether a seed is that of the data and their split as well.
    sources : dict of str to Source
        The tables, read once, by what names them: all runs learn the same rows, wherever they are trained.
    engines : frozenset of str
        Those that will train.
    """

    experiment: Experiment
    axes: tuple[Axis, ...]
    seeds: tuple[int, ...] | None
    folds: int | None
    epochs: int | None
    seed_data: bool
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False, compare=False)
    engines: frozenset[str] = field(default_factory=frozenset, compare=False)

    def __len__(self) -> int:
        n = len(self.seeds or (None,)) * (self.folds or 1)
        for axis in self.axes:
            n *= len(axis.values)
        return n

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """All runs, by number."""
        return tuple(Point(number, *parts) for number, parts in enumerate(self._parts()))

    def _parts(self) -> Iterator[tuple[Combination, int | None, Fold | None]]:
        folds = [None] if self.folds is None else [Fold(number, self.folds) for number in range(self.folds)]
        for combination in combinations(self.axes):
            for seed in self.seeds or (None,):
                for fold in folds:
                    yield combination, seed, fold

    @cached_property
    def _experiments(self) -> dict[str, Experiment]:
        """By combination, what its runs have in common."""
        return {_key(combination): applied(self.experiment, combination) for combination in combinations(self.axes)}

    def experiment_of(self, point: Point) -> Experiment:
        """Return the experiment of a run; its fold alone is not in it."""
        experiment = self._experiments[_key(point.combination)]
        if point.seed is None:
            return experiment
        seed = point.seed
        edited: Experiment = experiment.edited(
            network=experiment.network.edited(seed=seed),
            training=experiment.training.edited(seed=seed),
            data=experiment.data.edited(seed=seed, split_seed=seed) if self.seed_data else experiment.data,
        )
        return edited

    def epochs_of(self, number: int) -> int:
        """Return how long a run is."""
        return self.epochs or self._experiments[_key(self.points[number].combination)].training.epochs

    def task(self, number: int) -> Task:
        """Return what trains a run, wherever it is carried out."""
        point = self.points[number]
        experiment = self.experiment_of(point)
        return Task(
            number=number,
            experiment=experiment,
            epochs=self.epochs_of(number),
            fold=point.fold,
            source=self.sources.get(table_key(experiment.data)),
        )

    def content(self) -> dict[str, Any]:
        """Return all that the results depend on, as JSON values."""
        return {
            "experiment": self.experiment.model_dump(mode="json"),
            "grid": [{"key": axis.key, "values": list(axis.values)} for axis in self.axes],
            "seeds": None if self.seeds is None else list(self.seeds),
            "folds": self.folds,
            "epochs": self.epochs,
            "seed_data": self.seed_data,
        }

    @cached_property
    def fingerprint(self) -> dict[str, str]:
        """By its part, a hash of all that the results depend on: of a table its rows, not its place."""
        content = self.content()
        experiment = content.pop("experiment")
        if experiment["data"]["table"] is not None:
            experiment["data"]["table"] |= {"path": None, "partner": None}
        parts = {"data": experiment["data"], "network": experiment["network"], "training": experiment["training"]}
        hashes = {name: _hash(json.dumps(part, sort_keys=True).encode()) for name, part in {**parts, **content}.items()}
        rows = [_hash_of_rows(source) for _, source in sorted(self.sources.items())]
        return {**hashes, "rows": _hash("".join(sorted(rows)).encode())}


def make_plan(
    experiment: Experiment,
    grid: Mapping[str, Sequence[Any]] | None,
    *,
    seeds: Seeds = None,
    folds: int | None = None,
    epochs: int | None = None,
    seed_data: bool = False,
) -> Plan:
    """Return a sweep of which every combination of settings has been tried out, untrained.

    Raises
    ------
    DataError, SettingError, ExperimentError
        In one sentence, where a part is none, or a combination cannot be trained.
    """
    plan = untried_plan(experiment, grid, seeds=seeds, folds=folds, epochs=epochs, seed_data=seed_data)
    return replace(plan, **_tried(plan))


def untried_plan(
    experiment: Experiment,
    grid: Mapping[str, Sequence[Any]] | None,
    *,
    seeds: Seeds = None,
    folds: int | None = None,
    epochs: int | None = None,
    seed_data: bool = False,
) -> Plan:
    """Return what `make_plan` does, but no combination is tried out: where one cannot be trained, its runs say so.

    Raises
    ------
    SettingError, ExperimentError
        In one sentence, where a part is none.
    """
    base = instance(experiment, Experiment, "experiment")
    axes = axes_of(base, {} if grid is None else grid)
    chosen = _checked_seeds(seeds)
    if flag(seed_data, "seed_data") and chosen is None:
        raise SettingError("seed_data needs seeds, such as seeds=20: it says that they are those of the data as well.")
    length = None if epochs is None else int(EPOCHS.check(epochs))
    n_folds = None if folds is None else check_folds(folds, 10**9)
    plan = Plan(base, axes, chosen, n_folds, length, bool(seed_data))
    if len(plan) > MOST_RUNS:
        raise SettingError("That would be {0} runs; there can be at most {1}.", len(plan), MOST_RUNS)
    return plan


def _checked_seeds(seeds: Seeds) -> tuple[int, ...] | None:
    if seeds is None:
        return None
    if isinstance(seeds, bool) or not hasattr(seeds, "__iter__"):
        n = SEED.check(seeds)
        if not 1 <= n <= MOST_RUNS:
            raise SettingError("seeds must be how many, from 1 to {0}, or a list of them, not {1!r}.", MOST_RUNS, seeds)
        return tuple(range(int(n)))
    chosen = tuple(int(SEED.check(seed)) for seed in items(seeds, "seeds"))
    if not chosen or len(set(chosen)) < len(chosen):
        raise SettingError("seeds must be different numbers, at least one, not {0!r}.", seeds)
    return chosen


def _tried(plan: Plan) -> dict[str, Any]:
    """Try out the first run of every combination; return the tables that they learn from, and the engines."""
    sources: dict[str, Source] = {}
    engines: set[str] = set()
    each = len(plan.seeds or (None,)) * (plan.folds or 1)
    for point in plan.points[::each]:
        experiment = plan.experiment_of(point)
        try:
            key = table_key(experiment.data)
            if key and key not in sources:
                sources[key] = load_source(experiment.data)
            source = source_of(experiment.data, sources.get(key))
            engines.add(prepare(experiment, source=source, fold=point.fold).trainer().engine_name)
        except NnvizError as error:
            if not point.combination:
                raise
            raise type(error)("{0}: {1}", point.words, error) from error
    return {"sources": sources, "engines": frozenset(engines)}


def table_key(data: DataSpec) -> str:
    """Return what names the rows of a table; empty for other data."""
    return "" if data.table is None else data.table.model_dump_json()


def _key(combination: Combination) -> str:
    return json.dumps(combination)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hash_of_rows(source: Source) -> str:
    dataset = source.dataset
    arrays = (dataset.X, dataset.y, dataset.row_weights)
    parts = [b"" if array is None else array.tobytes() for array in arrays]
    words = json.dumps([dataset.feature_names, dataset.class_names, dataset.target_names]).encode()
    return _hash(b"|".join([words, *parts]))
