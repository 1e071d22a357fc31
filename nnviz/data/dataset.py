"""The data set: arrays that cannot change, with the names that make them readable.

Everything that a network learns from passes through `Dataset`, so that its checks (shapes, finite numbers, coding of
the targets) are made once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields, replace
from functools import cached_property
from typing import Any, Literal, Protocol, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.arguments import instance, numbers, text, texts
from nnviz.core.arrays import read_only
from nnviz.core.bounds import SEED
from nnviz.core.description import Described, Description
from nnviz.core.errors import DataError, SettingError
from nnviz.core.layout import Array
from nnviz.core.numbers import count_text
from nnviz.data.checked import checked_fields, class_positions, one_hot, owned, row_positions
from nnviz.data.labels import parts_of
from nnviz.data.recipe import Recipe
from nnviz.data.split import check_fractions, divided

Task = Literal["classification", "regression"]
Colours = Literal["", "pixels", "planes"]
COLOURS = ("red", "green", "blue")
"""Of a coloured pixel, in this order."""
Index = NDArray[np.int64]


class OutputSide(Protocol):
    """What `Dataset.targets` wants to know of a network; `nnviz.Network` has it."""

    @property
    def layer_sizes(self) -> Sequence[int]:
        """Units per layer, inputs first."""

    @property
    def activations(self) -> Sequence[str]:
        """Names of the activations, one per layer with weights."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Dataset(Described):
    """Rows to learn from. Its arrays are float64, C-contiguous and read-only.

    Make one with `Dataset.of`, or with `Dataset.of_classes` or `Dataset.of_values`.

    Attributes
    ----------
    X : ndarray (n_samples, n_features)
        Raw features.
    y : ndarray (n_samples, n_outputs)
        Two classes: 0 or 1 in one column. More: one-hot. Regression: the value(s).
    labels : ndarray of str (n_samples,) or None
        Class name of each row; None for regression.
    class_names : tuple of str
        In the order of the outputs; empty for regression.
    feature_names, target_names : tuple of str
        Names of the columns of X; name of the class column, or names of the columns of y.
    task : "classification" or "regression"
    name, title : str
        Spelling in files, and what a person reads.
    notes : tuple of str
        Sentences that a user should know, such as how many incomplete rows were left out.
    citation, licence, doi : str
        Where the rows come from and on which terms; empty for what is generated.
    image_shape : (height, width) or None
        Where a row of X is a picture in grey, row by row from the top.
    row_weights : ndarray (n_samples,) or None
        How much each row counts in the loss; None: all the same.
    colour_shape : (height, width) or None
        Where it is a picture in colour.
    colours : "pixels", "planes" or ""
        Of pictures in colour: whether the three values of a pixel stand together, or one plane follows the other.
    recipe : Recipe or None
        How a table's columns became the features, for new rows of the same kind.

    Raises
    ------
    DataError
        Where shapes do not fit or a number is not finite or beyond 1e30.

    Examples
    --------
    >>> import nnviz
    >>> data = nnviz.Dataset.of_classes([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], ["low", "high"], ["height"])
    >>> data.y.ravel().tolist(), data.labels.tolist()
    ([0.0, 0.0, 1.0, 1.0], ['low', 'low', 'high', 'high'])
    >>> train, test = data.split(test_fraction=0.5, seed=0)
    >>> train.class_counts, test.class_counts
    ((1, 1), (1, 1))
    >>> data.targets(nnviz.Network([1, 1], output_activation="tanh")).ravel().tolist()
    [-1.0, -1.0, 1.0, 1.0]
    """

    X: Array
    y: Array
    labels: NDArray[np.str_] | None
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    task: Task
    name: str = "data"
    title: str = ""
    notes: tuple[str, ...] = ()
    citation: str = ""
    licence: str = ""
    doi: str = ""
    image_shape: tuple[int, int] | None = None
    colour_shape: tuple[int, int] | None = None
    colours: Colours = ""
    row_weights: Array | None = None
    recipe: Recipe | None = None

    def __post_init__(self) -> None:
        if self.recipe is not None:
            instance(self.recipe, Recipe, "recipe")
        for name, value in checked_fields(self).items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(
        cls,
        X: Any,
        y: Any,
        *,
        task: Task | None = None,
        feature_names: Sequence[str] | None = None,
        target_names: str | Sequence[str] | None = None,
        class_names: Sequence[str] | None = None,
        **more: Any,
    ) -> Dataset:
        """Make a data set of features and targets as you have them.

        Parameters
        ----------
        X : list, array or DataFrame ``(n_samples, n_features)``
            Numbers; the names of a table's columns are kept.
        y : list, array, Series or DataFrame ``(n_samples,)`` or ``(n_samples, n_outputs)``
            Labels (text or numbers) or values.
        task : "classification" or "regression", optional
            None: text and truth values make classes; so do at most ten different small whole numbers that repeat (or
            0 and 1, −1 and 1); all other numbers are values.
        feature_names, target_names : sequence of str, optional
            None: those of the table, else x1, x2, … and y.
        class_names : sequence of str, optional
            All in the order of the outputs, or what the numbers 0, 1, … in `y` stand for. None: the labels, sorted.
        **more
            name, title, notes, citation, licence, doi, image_shape, colour_shape, colours.

        Raises
        ------
        DataError
            Where there are fewer than two classes, values are missing or the parts do not fit.
        """
        return cls(**parts_of(X, y, task, feature_names, target_names, class_names), **_known(more))

    @classmethod
    def of_classes(
        cls,
        X: ArrayLike,
        classes: ArrayLike,
        class_names: Sequence[str],
        feature_names: Sequence[str],
        target_name: str = "class",
        **more: Any,
    ) -> Dataset:
        """Make a data set of classes.

        Parameters
        ----------
        X : array_like (n_samples, n_features)
        classes : array_like of int (n_samples,)
            Position of each row's class in `class_names`.
        class_names, feature_names : sequence of str
            At least two different class names.
        target_name : str
            What the classes are called together, such as "species".
        **more
            name, title, notes, citation, licence, doi, image_shape, colour_shape, colours, row_weights.

        Raises
        ------
        DataError
            Where there are fewer than two classes, or the arrays do not fit.
        """
        names = texts(class_names, "class_names")
        if len(names) < 2 or len(set(names)) < len(names):
            raise DataError("Classification needs at least two different classes, not {0}.", list(names))
        index = class_positions(classes, len(names))
        return cls(
            X=numbers(X, "X"),
            y=one_hot(index, len(names)),
            labels=np.array(names, dtype=np.str_)[index],
            class_names=names,
            feature_names=texts(feature_names, "feature_names"),
            target_names=(text(target_name, "target_name"),),
            task="classification",
            **_known(more),
        )

    @classmethod
    def of_values(
        cls, X: ArrayLike, y: ArrayLike, feature_names: Sequence[str], target_names: Sequence[str], **more: Any
    ) -> Dataset:
        """Make a data set of values to predict (regression).

        Parameters
        ----------
        X : array_like (n_samples, n_features)
        y : array_like (n_samples,) or (n_samples, n_outputs)
        feature_names, target_names : sequence of str
        **more
            name, title, notes, citation, licence, doi, image_shape, colour_shape, colours, row_weights.

        Raises
        ------
        DataError
            Where the arrays do not fit.
        """
        values, names = numbers(y, "y"), texts(target_names, "target_names")
        values = values.reshape(-1, 1) if values.ndim == 1 else values
        if values.ndim != 2 or values.shape[1] != len(names):
            raise DataError("The {0} target names do not fit targets of shape {1}.", len(names), values.shape)
        return cls(
            X=numbers(X, "X"),
            y=values,
            labels=None,
            class_names=(),
            feature_names=texts(feature_names, "feature_names"),
            target_names=names,
            task="regression",
            **_known(more),
        )

    def __len__(self) -> int:
        return self.n_samples

    def description(self) -> Description:
        """Return what is shown of it in a terminal and a notebook."""
        aim = f"{len(self.class_names)} classes" if self.task == "classification" else "regression"
        line = f"Dataset {self.name!r}: {self.n_samples} samples, {self.n_features} features, {aim}"
        counts = self.class_counts if self.task == "classification" else ()
        classes = (f"{name}: {count_text(n)}" for name, n in zip(self.class_names, counts, strict=False))
        facts = (
            ("Samples", count_text(self.n_samples)),
            ("Features", f"{count_text(self.n_features)}: {', '.join(self.feature_names[:12])}"),
            ("Target", ", ".join(self.target_names)),
            *((("Classes", ", ".join(classes)),) if counts else ()),
            *(("Note", note) for note in self.notes),
        )
        return Description(line, self.title, facts)

    @property
    def picture_shape(self) -> tuple[int, int] | None:
        """Height and width of the pictures that rows are, in grey or in colour; None where they are none."""
        return self.image_shape if self.image_shape is not None else self.colour_shape

    def picture(self, features: Array) -> Array | None:
        """Return features as a picture ``(height, width)`` or ``(height, width, 3)``; None where they are none."""
        if self.picture_shape is None:
            return None
        features = numbers(features, "features").reshape(-1)
        if len(features) != self.n_features:
            raise DataError("A picture here is of {0} features, not of {1}.", self.n_features, len(features))
        if self.colour_shape is None:
            return features.reshape(self.picture_shape)
        height, width = self.colour_shape
        if self.colours == "planes":
            return np.moveaxis(features.reshape(3, height, width), 0, 2)
        return features.reshape(height, width, 3)

    @property
    def n_samples(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def n_features(self) -> int:
        """Number of raw features."""
        return len(self.feature_names)

    @property
    def n_outputs(self) -> int:
        """Number of columns of `y`."""
        return int(self.y.shape[1])

    @cached_property
    def class_index(self) -> Index:
        """Position of each row's class in `class_names`, int64 ``(n_samples,)``; `SettingError` for regression."""
        if self.task != "classification":
            raise SettingError("{0} has values, not classes.", self.title)
        return owned(self.y[:, 0].astype(np.int64) if self.n_outputs == 1 else self.y.argmax(axis=1))

    @property
    def class_counts(self) -> tuple[int, ...]:
        """Rows of each class, in the order of `class_names`; `SettingError` for regression."""
        return tuple(int(count) for count in np.bincount(self.class_index, minlength=len(self.class_names)))

    def take(self, rows: ArrayLike) -> Dataset:
        """Return a data set of some rows (positions or a mask), in that order."""
        chosen = row_positions(rows, self.n_samples)
        X, y = read_only(self.X[chosen]), read_only(self.y[chosen])  # Nobody else has them: one copy will do.
        few, weights = (each if each is None else read_only(each[chosen]) for each in (self.labels, self.row_weights))
        return replace(self, X=X, y=y, labels=few, row_weights=weights)

    @overload
    def split(
        self, test_fraction: float = 0.3, validation_fraction: Literal[0] = 0, seed: int = 0
    ) -> tuple[Dataset, Dataset]: ...

    @overload
    def split(
        self, test_fraction: float = 0.3, validation_fraction: float = 0, seed: int = 0
    ) -> tuple[Dataset, ...]: ...

    def split(self, test_fraction: float = 0.3, validation_fraction: float = 0, seed: int = 0) -> tuple[Dataset, ...]:
        """Divide the rows into training and test rows, or into training, validation and test rows.

        Classes are divided alike (stratified): each has its share in every part, to within one row, and keeps at least
        one training row. The parts come in a random order, so that training without shuffling does not meet one class
        after the other. The test rows are the same whatever the share of validation rows.

        Parameters
        ----------
        test_fraction : float
            0 (no test rows) or 0.1 … 0.9.
        validation_fraction : float
            0 … 0.4; together with the test fraction at most 0.9. With both 0 everything is for training, in its own
            order.
        seed : int
            The same seed gives the same split.

        Returns
        -------
        train, test : Dataset
            Where the validation fraction is 0. `test` may have no rows.
        train, validation, test : Dataset
            Where it is not.

        Raises
        ------
        SettingError
            Where a fraction is out of its range.
        """
        train, validation, test = self.parts(test_fraction, validation_fraction, seed)
        return (train, validation, test) if validation_fraction else (train, test)

    def parts(self, test_fraction: float, validation_fraction: float, seed: int) -> tuple[Dataset, Dataset, Dataset]:
        """Return training, validation and test rows, as `split`, where each may have none but the first."""
        shares, seed = check_fractions(test_fraction, validation_fraction), int(SEED.check(seed))
        classes = self.class_index if self.task == "classification" else None
        train, validation, test = divided(self.n_samples, classes, *shares, seed)
        learnt = self.take(train) if any(shares) else self
        return learnt, self.take(validation), self.take(test)

    def targets(self, net: OutputSide) -> Array:
        """Return the targets as the output layer of `net` should produce them.

        Values of a regression stay as they are. Classes are coded as the output wants them, −1/+1 for tanh and 0/1 for
        two classes make two columns where the network has two outputs.

        Returns
        -------
        ndarray (n_samples, n_outputs)
            A new, writable array.

        Raises
        ------
        SettingError
            Where the network's outputs do not fit.
        """
        if not (hasattr(net, "layer_sizes") and hasattr(net, "activations")):
            raise SettingError("targets needs a nnviz.Network, not {0!r}.", net)
        n_outputs = int(net.layer_sizes[-1])
        coded = self.y
        if self.task == "classification" and (len(self.class_names), n_outputs) == (2, 2):
            coded = np.hstack([1.0 - self.y, self.y])
        if coded.shape[1] != n_outputs:
            raise SettingError("{0} needs {1} outputs, but the network has {2}.", self.title, self.n_outputs, n_outputs)
        if self.task == "regression":
            return coded.copy()
        low, high = ACTIVATIONS[net.activations[-1]].class_targets
        return np.asarray(low + (high - low) * coded)


def _known(more: dict[str, Any]) -> dict[str, Any]:
    """Return further fields, or raise `SettingError` where one is none of them."""
    known = [field.name for field in fields(Dataset) if field.default is not MISSING]
    for name in more:
        if name not in known:
            raise SettingError("A data set has no {0!r}; it has {1}.", name, ", ".join(known))
    return more
