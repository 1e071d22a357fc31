"""From raw features to the inputs of a network: chosen features, derived inputs and standardising.

What is fitted here (means and spreads) is fitted on the training rows only, so that the test rows stay unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike

from nnviz.core.arrays import read_only
from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array
from nnviz.data.dataset import Dataset


class DerivedInput(Choice, Struct, frozen=True, kw_only=True):
    """An input computed of the two features of a plane.

    Attributes
    ----------
    function : callable
        ``(x1, x2) → values``, arrays of one length.
    """

    function: Callable[[Array, Array], Array]


DERIVED: ChoiceTable[DerivedInput] = ChoiceTable(
    "derived input",
    (
        DerivedInput(
            name="x1^2",
            label="x₁²",
            formula="x₁²",
            help="The square of the first feature: far left and far right become alike, so that one unit can bound x₁.",
            function=lambda x1, x2: x1 * x1,  # noqa: ARG005 - one signature for all
        ),
        DerivedInput(
            name="x2^2",
            label="x₂²",
            formula="x₂²",
            help="The square of the second feature: top and bottom become alike; with x₁² it makes circles easy.",
            function=lambda x1, x2: x2 * x2,  # noqa: ARG005
        ),
        DerivedInput(
            name="x1*x2",
            label="x₁x₂",
            formula="x₁ · x₂",
            help="The product of both features: positive where their signs agree, so that it solves XOR by itself.",
            function=lambda x1, x2: x1 * x2,
        ),
        DerivedInput(
            name="sin(x1)",
            label="sin x₁",
            formula="sin x₁",
            help="The sine of the first feature: a wave from left to right, for patterns that repeat.",
            function=lambda x1, x2: np.sin(x1),  # noqa: ARG005
        ),
        DerivedInput(
            name="sin(x2)",
            label="sin x₂",
            formula="sin x₂",
            help="The sine of the second feature: a wave from bottom to top, for patterns that repeat.",
            function=lambda x1, x2: np.sin(x2),  # noqa: ARG005
        ),
    ),
)

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def input_label(name: str) -> str:
    """Return an input's name as people write it: ``x1`` as x₁, ``x1^2`` as x₁², others as they are."""
    if name in DERIVED:
        return DERIVED[name].label
    return name[0] + name[1:].translate(_SUBSCRIPTS) if re.fullmatch(r"[a-z]\d+", name) else name


def available_inputs(dataset: Dataset) -> tuple[str, ...]:
    """Return the names of all inputs that `dataset` offers: raw features, then derived inputs (two features only)."""
    derived = [name for name in DERIVED if name not in dataset.feature_names] if dataset.n_features == 2 else []
    return (*dataset.feature_names, *derived)


class InputMap(Struct, frozen=True, eq=False, dict=True):
    """A fitted map from raw features to the inputs of a network; make one with `fit`.

    Attributes
    ----------
    names : tuple of str
        Of the network's inputs: raw features and entries of `DERIVED`.
    feature_names : tuple of str
        Of the raw features that `transform` takes.
    feature_means : ndarray (n_features,)
        Means of the raw features over the training rows.
    standardise : bool
    offset, scale : ndarray (n_inputs,)
        Each input becomes ``(value − offset) / scale``: mean and standard deviation over the training rows, or 0 and 1
        where nothing is standardised. A constant input has scale 1.
    """

    names: tuple[str, ...]
    feature_names: tuple[str, ...]
    feature_means: Array
    standardise: bool
    offset: Array
    scale: Array

    @classmethod
    def fit(cls, train: Dataset, inputs: Sequence[str] | None = None, standardise: bool = False) -> InputMap:
        """Fit a map on the training rows.

        Parameters
        ----------
        train : Dataset
            The training rows, at least one.
        inputs : sequence of str, optional
            Names of raw features and derived inputs, in the order of the network's inputs; None: all raw features.
        standardise : bool
            Whether each input is brought to mean 0 and standard deviation 1.

        Raises
        ------
        SettingError
            Where an input is unknown, named twice, or derived though there are not two features; or none is left.
        """
        names = train.feature_names if inputs is None else tuple(inputs)
        _check_inputs(names, train)
        n_inputs = len(names)
        X = train.X
        means = X.mean(axis=0) if train.n_samples else np.zeros(train.n_features)
        plain = cls(
            names,
            train.feature_names,
            read_only(means),
            False,
            read_only(np.zeros(n_inputs)),
            read_only(np.ones(n_inputs)),
        )
        if not standardise or not train.n_samples:
            return plain
        values = X if names == train.feature_names else plain.transform(X)
        offset = values.mean(axis=0)
        deviation = values.std(axis=0)
        # A constant column has a deviation of rounding errors at most, by which nobody wants to divide.
        constant = deviation <= 1e-12 * np.maximum(np.abs(offset), np.abs(values).max(axis=0))
        deviation[constant] = 1.0
        return cls(names, train.feature_names, plain.feature_means, True, read_only(offset), read_only(deviation))

    @property
    def n_inputs(self) -> int:
        """Inputs of the network."""
        return len(self.names)

    @property
    def n_features(self) -> int:
        """Raw features that `transform` takes."""
        return len(self.feature_names)

    @property
    def labels(self) -> tuple[str, ...]:
        """The inputs as people write them: x₁, x₁², sin x₂, or the feature's name."""
        return tuple(input_label(name) for name in self.names)

    @cached_property
    def _columns(self) -> tuple[int, ...] | None:
        """Raw feature of each input, None where one of them is derived."""
        position = {name: column for column, name in enumerate(self.feature_names)}
        return tuple(position[name] for name in self.names) if position.keys() >= set(self.names) else None

    def transform(self, X: ArrayLike) -> Array:
        """Return what the network receives for raw features.

        Parameters
        ----------
        X : array_like (n_samples, n_features)

        Returns
        -------
        ndarray (n_samples, n_inputs)
            New, C-contiguous float64.

        Raises
        ------
        SettingError
            Where X has another number of features.
        """
        raw = np.asarray(X, dtype=np.float64)
        if raw.ndim != 2 or raw.shape[1] != self.n_features:
            raise SettingError(
                "{0} features are needed ({1}{2}), not an array of shape {3}.",
                self.n_features,
                ", ".join(self.feature_names[:5]),
                ", …" if self.n_features > 5 else "",
                raw.shape,
            )
        if self.names == self.feature_names:
            values = np.array(raw, order="C")
        elif self._columns is None:
            values = np.column_stack([self._input(name, raw) for name in self.names])
        else:
            values = np.array(raw[:, self._columns], dtype=np.float64, order="C")
        if self.standardise:
            values -= self.offset
            values /= self.scale
        return np.ascontiguousarray(values)

    def to_dict(self) -> dict[str, Any]:
        """Return the map as plain lists, for model files (JSON)."""
        return {
            "names": list(self.names),
            "feature_names": list(self.feature_names),
            "feature_means": self.feature_means.tolist(),
            "standardise": self.standardise,
            "offset": self.offset.tolist(),
            "scale": self.scale.tolist(),
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> InputMap:
        """Return the map that `to_dict` has described; `SettingError` where the description is damaged."""
        try:
            vectors = [np.array(stored[key], dtype=np.float64) for key in ("feature_means", "offset", "scale")]
            names, features = tuple(stored["names"]), tuple(stored["feature_names"])
            fits = [vector.shape for vector in vectors] == [(len(features),), (len(names),), (len(names),)]
            known = set(names) <= set(features) | (set(DERIVED) if len(features) == 2 else set())
            sound = (
                fits and known and len(names) > 0 and all(np.isfinite(v).all() for v in vectors) and vectors[2].all()
            )
        except (KeyError, TypeError, ValueError):
            sound = False
        if not sound:
            raise SettingError("The description of the network's inputs is damaged; save the model again.")
        means, offset, scale = (read_only(vector) for vector in vectors)
        return cls(names, features, means, bool(stored.get("standardise", False)), offset, scale)

    def _input(self, name: str, raw: Array) -> Array:
        if name in self.feature_names:
            return raw[:, self.feature_names.index(name)]
        return DERIVED[name].function(raw[:, 0], raw[:, 1])


def _check_inputs(names: tuple[str, ...], train: Dataset) -> None:
    if not names:
        raise SettingError("A network needs at least one input; choose one.")
    offered = available_inputs(train)
    for name in names:
        if name in DERIVED and name not in offered:
            raise SettingError(
                "The derived input {0} needs data with exactly two features; {1} has {2}.",
                input_label(name),
                train.title,
                train.n_features,
            )
        if name not in offered:
            raise SettingError("{0} has no input {1!r}; choose from: {2}.", train.title, name, ", ".join(offered))
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise SettingError("The input {0!r} is chosen twice; name each input once.", sorted(twice)[0])
