"""Painting: from points on a plane to the rows of an experiment and back, and the edits of the classes.

A `Canvas` is what a brush works on: places, what each point is worth, and which side of the split it is on. All three
kinds of data that can be painted (classes on a plane, values on a plane, values over one feature) look alike to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import PurePath
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES
from nnviz.data import DATASETS, Dataset
from nnviz.experiment.automatic import AUTO, resolve
from nnviz.experiment.document import Experiment
from nnviz.experiment.figures import PARTS
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.rows import Keys, Labels, Matrix, keys_for, parts_of
from nnviz.experiment.schema import DataSpec, PaintedSpec, RowsSource
from nnviz.experiment.sources import DEFAULT_TEST_FRACTION

MAX_CLASSES = 10
#: Classes of a canvas that is begun with nothing.
FIRST_CLASSES = ("class A", "class B")

Kind = Literal["classes", "values", "curve"]


class Canvas(Struct, frozen=True, eq=False, dict=True):
    """Points on a plane.

    Attributes
    ----------
    kind : "classes", "values" or "curve"
        Classes or values over two features; values over one, where the value is the second coordinate.
    places : ndarray ``(n, 2)``
    tags : ndarray ``(n,)``
        Number of the class, or the value; of a curve, nothing.
    keys : ndarray of uint16 ``(n,)``
        By which points are for training, validation or testing (`nnviz.experiment.rows`).
    weights : ndarray ``(n,)`` or None
        How much each point counts in the loss, where it came with the data; painted ones weigh 1.
    """

    kind: Kind
    places: Array
    tags: Array
    keys: NDArray[np.uint16]
    weights: Array | None = None

    def __len__(self) -> int:
        return len(self.places)

    def added(self, places: Array, tag: float, keys: NDArray[np.uint16]) -> Canvas:
        """Return the canvas with more points, all of one class or value, at its end."""
        tags = np.full(len(places), float(tag))
        return replace(
            self,
            places=np.concatenate([self.places, places]),
            tags=np.concatenate([self.tags, tags]),
            keys=np.concatenate([self.keys, keys]),
            weights=None if self.weights is None else np.concatenate([self.weights, np.ones(len(places))]),
        )

    def without(self, points: NDArray[np.bool_]) -> Canvas:
        """Return the canvas without the points of a mask."""
        kept = ~points
        weights = None if self.weights is None else self.weights[kept]
        return replace(self, places=self.places[kept], tags=self.tags[kept], keys=self.keys[kept], weights=weights)

    def placed(self, points: NDArray[np.bool_], places: Array) -> Canvas:
        """Return the canvas with the points of a mask at other places."""
        moved = self.places.copy()
        moved[points] = places
        return replace(self, places=moved)

    def tagged(self, points: NDArray[np.bool_], tag: float) -> Canvas:
        """Return the canvas with another class or value for the points of a mask."""
        tags = self.tags.copy()
        tags[points] = tag
        return replace(self, tags=tags)

    @cached_property
    def codes(self) -> NDArray[np.int32]:
        """Number of each point's class."""
        return self.tags.astype(np.int32)


def why_not(dataset: Dataset) -> tuple[str, int]:
    """Return why `dataset` cannot be painted on, as "features", "targets" or "classes", and how many it has.

    An empty text: it can be.
    """
    if dataset.n_features > 2:
        return "features", dataset.n_features
    if dataset.task == "regression" and dataset.n_outputs > 1:
        return "targets", dataset.n_outputs
    if dataset.task == "classification" and dataset.n_features == 1:
        return "line", 1
    if len(dataset.class_names) > MAX_CLASSES:
        return "classes", len(dataset.class_names)
    return "", 0


def kind_of_rows(rows: RowsSource) -> Kind:
    """Return which kind of canvas painted rows make."""
    if rows.labels is not None:
        return "classes"
    return "curve" if len(rows.feature_names) == 1 else "values"


def canvas_of(rows: RowsSource) -> Canvas:
    """Return the points of painted rows."""
    n, kind = len(rows.features), kind_of_rows(rows)
    keys = rows.split_keys.array if rows.split_keys is not None else np.zeros(n, dtype=np.uint16)
    if not n:
        return Canvas(kind, np.empty((0, 2)), np.empty(0), np.empty(0, dtype=np.uint16))
    X = rows.features.array
    weights = None if rows.row_weights is None else rows.row_weights.array[:, 0]
    if kind == "classes":
        assert rows.labels is not None
        return Canvas(kind, X, rows.labels.among(_classes(rows)).array.astype(np.float64), keys, weights)
    assert rows.targets is not None
    y = rows.targets.array[:, 0]
    return Canvas(kind, np.column_stack([X[:, 0], y]) if kind == "curve" else X, y, keys, weights)


def rows_of(canvas: Canvas, like: RowsSource) -> RowsSource:
    """Return painted rows with the points of `canvas` and the names of `like`."""
    features = Matrix(canvas.places[:, :1] if canvas.kind == "curve" else canvas.places)
    weights = None if canvas.weights is None or not len(canvas) else Matrix(canvas.weights.reshape(-1, 1))
    changes: dict[str, object] = {"features": features, "split_keys": Keys(canvas.keys), "row_weights": weights}
    if canvas.kind == "classes":
        changes["labels"] = Labels.coded(_classes(like), canvas.codes)
    else:
        values = canvas.places[:, 1] if canvas.kind == "curve" else canvas.tags
        changes["targets"] = Matrix(values.reshape(-1, 1))
    return like.model_copy(update=changes)


def _classes(rows: RowsSource) -> tuple[str, ...]:
    return rows.class_names if rows.class_names is not None else rows.labels.names if rows.labels is not None else ()


def taken_over(prepared: Prepared) -> RowsSource:
    """Return the rows of prepared data to be painted on: every point with its class or value, in its part.

    Painted rows are returned as they are.
    """
    data = prepared.experiment.data
    if data.rows is not None and data.rows.painted is not None:
        return data.rows
    parts, dataset = [prepared.part(name) for name in PARTS], prepared.dataset
    fraction = data.test_fraction
    default = fraction if fraction is not None else default_test_fraction(data, dataset.n_samples)
    X, y = np.concatenate([part.X for part in parts]), np.concatenate([part.y for part in parts])
    numbers = np.repeat(np.arange(len(parts), dtype=np.int8), [part.n_samples for part in parts])
    shares = default, data.validation_fraction
    keys = keys_for(numbers, *shares, data.split_seed, np.random.default_rng(data.split_seed))
    classification = dataset.task == "classification"
    painted = PaintedSpec(
        origin=dataset.title,
        kind=data_kind(data),
        standardise=prepared.inputs.standardise,
        standardise_targets=prepared.targets.is_scaled,
        test_fraction=default,
    )
    codes = np.concatenate([part.class_index for part in parts]) if classification else None
    given = [part.row_weights for part in parts if part.row_weights is not None]
    weights = Matrix(np.concatenate(given).reshape(-1, 1)) if len(given) == len(parts) else None
    return RowsSource(
        feature_names=dataset.feature_names,
        features=Matrix(X),
        target_name=dataset.target_names[0],
        labels=None if codes is None else Labels.coded(dataset.class_names, codes),
        targets=Matrix(y) if codes is None else None,
        class_names=dataset.class_names if classification else None,
        split_keys=Keys(keys),
        row_weights=weights,
        painted=painted,
    )


def default_test_fraction(data: DataSpec, n_rows: int) -> float:
    """Return the share of test rows where the experiment leaves it to the data."""
    if data.name is not None and data.name in DATASETS:
        return DATASETS[data.name].test_fraction_default
    if data.rows is not None and data.rows.painted is not None:
        return data.rows.painted.test_fraction
    return DEFAULT_TEST_FRACTION if n_rows >= 20 else 0.0


def emptied(rows: RowsSource | None) -> RowsSource:
    """Return a canvas without a point: with the names of `rows` where there are any that can be painted."""
    if rows is None:
        return RowsSource(
            feature_names=("x1", "x2"),
            features=Matrix(()),
            target_name="class",
            labels=Labels(()),
            class_names=FIRST_CLASSES,
            split_keys=Keys(np.empty(0, dtype=np.uint16)),
            painted=PaintedSpec(),
        )
    nothing = Canvas(kind_of_rows(rows), np.empty((0, 2)), np.empty(0), np.empty(0, dtype=np.uint16))
    return rows_of(nothing, rows)


def data_kind(data: DataSpec) -> str:
    """Return which inputs and classes `data` have, as far as the document tells: equal texts, equal network."""
    if data.rows is not None:
        rows = data.rows
        outputs = _classes(rows) if rows.labels is not None else (rows.target_name,)
        return f"rows {list(rows.feature_names)} {len(outputs)} {'classes' if rows.labels is not None else 'values'}"
    if data.table is not None:
        table = data.table
        name = PurePath(table.path).name if table.path is not None else f"pasted {hash(table.text)}"
        return f"table {name} {table.model_dump_json(exclude={'path', 'text'})}"
    if data.name is None or data.name not in DATASETS:
        return str(data.name)
    entry = DATASETS[data.name]
    values = {**entry.defaults, **data.parameters}
    return " ".join([str(data.name), *(f"{key}={values[key]:g}" for key in sorted(entry.class_parameters))])


def same_kind(old: DataSpec, new: DataSpec) -> bool:
    """Whether a run goes on from the rows of `old` to those of `new`: one is painted, inputs and classes are equal."""
    if not any(data.rows is not None and data.rows.painted is not None for data in (old, new)):
        return False
    kinds = [(data, data_kind(data)) for data in (old, new)]
    if kinds[0][1] == kinds[1][1]:
        return True
    for (data, _), (_, other) in (kinds, kinds[::-1]):
        rows = data.rows
        if rows is not None and rows.painted is not None and rows.painted.kind == other:
            return True
    return False


def only_points_differ(old: Experiment, new: Experiment) -> bool:
    """Whether two experiments are on painted data of the same names and settings, whatever their points."""
    ours, theirs = old.data.rows, new.data.rows
    if ours is None or theirs is None or ours.painted is None or old.network != new.network:
        return False
    names = ("feature_names", "target_name", "class_names", "painted")
    return (
        old.training == new.training
        and all(getattr(ours, name) == getattr(theirs, name) for name in names)
        and old.data.model_copy(update={"rows": theirs}) == new.data
    )


def with_rows(experiment: Experiment, rows: RowsSource) -> Experiment:
    """Return `experiment` on painted rows; network, training and what was chosen of the data stay."""
    data = experiment.data
    if data.rows is not None:
        edited = data.model_copy(update={"rows": rows})
    else:
        edited = data.edited(name=None, table=None, parameters={}, follow=False, rows=rows)
    return experiment.model_copy(update={"data": edited})


def with_nothing(experiment: Experiment, rows: RowsSource | None) -> Experiment:
    """Return a new document on an empty canvas: of the present kind (`rows`), or of two classes over two features.

    Network, training and what a teacher hides stay; title, notes, explicit weights and what was looked at do not.
    """
    data = experiment.data.edited(name=None, table=None, parameters={}, follow=False, rows=emptied(rows))
    network = experiment.network.edited(explicit=None)
    training = experiment.training
    if rows is None:
        data = data.edited(inputs=None, standardise=None, standardise_targets=None, test_fraction=None)
        network, training = network.edited(output_activation=AUTO), training.edited(loss=AUTO)
    nothing = Experiment()
    view = experiment.view.edited(
        axes=(0, 1), x_range=None, y_range=None, hold=nothing.view.hold, through=None, held_values=(), shown_class=None
    )
    edited: Experiment = experiment.edited(
        title=nothing.title, notes=nothing.notes, data=data, network=network, training=training, view=view
    )
    return edited


# -- classes ----------------------------------------------------------------------------------------------------


def next_class_name(names: Sequence[str]) -> str:
    """Return a name for one more class that is like the others and not taken."""
    stem = "class " if not names or names[0].startswith("class ") else ""
    letters = (f"{stem}{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return next(name for name in letters if name not in names)


def with_class(experiment: Experiment, rows: RowsSource) -> Experiment:
    """Return `experiment` with one more class, which has no points yet; `SettingError` beyond ten."""
    names = _classes(rows)
    if len(names) >= MAX_CLASSES:
        raise SettingError("{0} classes are the most that can be told apart by colour and shape.", MAX_CLASSES)
    return _with_classes(experiment, rows, (*names, next_class_name(names)), rows.labels)


def without_class(experiment: Experiment, rows: RowsSource, index: int) -> Experiment:
    """Return `experiment` without a class and its points; `SettingError` where only two are left."""
    names = _classes(rows)
    if len(names) <= 2:
        raise SettingError("A classification needs two classes at least.")
    canvas = canvas_of(rows)
    left = canvas.without(canvas.codes == index)
    kept = (*names[:index], *names[index + 1 :])
    labels = Labels.coded(kept, left.codes - (left.codes > index))
    fewer = rows_of(left, rows).model_copy(update={"labels": rows.labels})
    return _with_classes(experiment, fewer, kept, labels, gone=index)


def with_class_name(experiment: Experiment, rows: RowsSource, index: int, name: str) -> Experiment:
    """Return `experiment` with another name for a class; `SettingError` where it is empty or taken."""
    names, name = _classes(rows), name.strip()
    if not name:
        raise SettingError("A class needs a name.")
    if name in names[:index] + names[index + 1 :]:
        raise SettingError("Another class is called {0!r} already.", name[:40])
    renamed = (*names[:index], name, *names[index + 1 :])
    labels = None if rows.labels is None else Labels.coded(renamed, rows.labels.among(names).array)
    changes = {"class_names": renamed, "labels": labels}
    return with_rows(experiment, rows.model_copy(update=changes))


def _with_classes(
    experiment: Experiment, rows: RowsSource, names: tuple[str, ...], labels: Labels | None, gone: int | None = None
) -> Experiment:
    """Return `experiment` with other classes, hence other outputs: what no longer fits them becomes automatic.

    `gone` is the class that is left out; without it there is a new one at the end.
    """
    assert labels is not None
    assert rows.painted is not None
    codes = labels.array if len(labels.names) == len(names) else labels.among(_classes(rows)).array
    changed = rows.model_copy(
        update={
            "class_names": names,
            "labels": Labels.coded(names, codes),
            "painted": rows.painted.edited(kind=""),
        }
    )
    edited = with_rows(experiment, changed)
    network = experiment.network.edited(explicit=None)
    training = experiment.training
    weights = training.class_weights
    if isinstance(weights, tuple):
        others = (*weights, 1.0) if gone is None else (*weights[:gone], *weights[gone + 1 :])
        training = training.edited(class_weights=others)
    if network.output_activation == AUTO:
        output = resolve(experiment, "classification", len(names)).output_activation
        loss = LOSSES.get(training.loss)
        if loss is not None and output not in loss.pairs_with:
            training = training.edited(loss=AUTO)
    else:
        assert network.output_activation in ACTIVATIONS
    return edited.model_copy(update={"network": network, "training": training})


def drawn_keys(n: int, rng: np.random.Generator) -> NDArray[np.uint16]:
    """Return keys for new points: each is for testing with the probability of the test share."""
    return rng.integers(0, 2**16, n).astype(np.uint16)


def parts_on(canvas: Canvas, experiment: Experiment, rows: RowsSource) -> NDArray[np.int8]:
    """Return what the experiment uses each point of `canvas` for: a place in `PARTS`."""
    data = experiment.data
    default = rows.painted.test_fraction if rows.painted is not None else 0.0
    fraction = default if data.test_fraction is None else data.test_fraction
    return parts_of(canvas.keys, fraction, data.validation_fraction, data.split_seed)
