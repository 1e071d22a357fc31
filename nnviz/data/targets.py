"""From the targets of a regression to what a network learns, and back: each target brought to mean 0 and SD 1, or none.

A house price of 300 000 is out of reach of weights that start near 1: gradients in the data's units either explode or,
with a rate that keeps them from it, never arrive. What is fitted here is fitted on the training rows only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from msgspec import Struct

from nnviz.core.errors import SettingError
from nnviz.core.layout import Array
from nnviz.data.dataset import Dataset

#: A target whose mean is farther from 0 than this, or whose standard deviation lies outside these bounds, is hard to
#: learn as it is.
FAR_MEAN = 3.0
USUAL_DEVIATION = (1.0 / 3.0, 3.0)


class TargetMap(Struct, frozen=True, eq=False):
    """A fitted map between the units of the data and those that the network learns; make one with `fit`.

    Attributes
    ----------
    offset, scale : ndarray (n_outputs,)
        Each target is learnt as ``(value − offset) / scale``: mean and standard deviation over the training rows, or 0
        and 1 where nothing is scaled. A constant target has scale 1.
    is_scaled : bool
        Whether what the network learns differs from the data.
    """

    offset: Array
    scale: Array
    is_scaled: bool = False

    @classmethod
    def plain(cls, n_outputs: int) -> TargetMap:
        """Return the map that changes nothing."""
        return cls(_read_only(np.zeros(n_outputs)), _read_only(np.ones(n_outputs)))

    @classmethod
    def fit(cls, train: Dataset) -> TargetMap:
        """Return the map that brings each target of the training rows to mean 0 and standard deviation 1."""
        y = train.y
        offset, deviation = y.mean(axis=0), y.std(axis=0)
        # A constant column has a deviation of rounding errors at most, by which nobody wants to divide.
        deviation[deviation <= 1e-12 * np.maximum(np.abs(offset), np.abs(y).max(axis=0))] = 1.0
        return cls(_read_only(offset), _read_only(deviation), is_scaled=True)

    def transform(self, y: Array) -> Array:
        """Return what the network learns for targets ``(n_samples, n_outputs)`` in the units of the data."""
        return (y - self.offset) / self.scale if self.is_scaled else y

    def restore(self, outputs: Array) -> Array:
        """Return outputs ``(…, n_outputs)`` in the units of the data."""
        return outputs * self.scale + self.offset if self.is_scaled else outputs

    def to_dict(self) -> dict[str, Any]:
        """Return the map as plain lists, for model files (JSON)."""
        return {"offset": self.offset.tolist(), "scale": self.scale.tolist(), "is_scaled": self.is_scaled}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any], n_outputs: int) -> TargetMap:
        """Return the map that `to_dict` described.

        Raises
        ------
        SettingError
            Where the numbers are none that a fit gives.
        """
        offset, scale = (np.asarray(stored[name], dtype=np.float64) for name in ("offset", "scale"))
        fits = offset.shape == scale.shape == (n_outputs,)
        if not (fits and np.isfinite(offset).all() and np.isfinite(scale).all() and (scale > 0.0).all()):
            raise SettingError("A stored map of targets must hold one offset and one positive scale for each output.")
        return cls(_read_only(offset), _read_only(scale), bool(stored["is_scaled"]))


def are_hard_to_learn(train: Dataset) -> bool:
    """Return whether a target of a regression is so far from 0, so wide or so narrow that it had better be scaled."""
    if train.task != "regression" or not train.n_samples:
        return False
    means, deviations = np.abs(train.y.mean(axis=0)), train.y.std(axis=0)
    low, high = USUAL_DEVIATION
    return bool(((means > FAR_MEAN) | (deviations < low) | (deviations > high)).any())


def _read_only(array: Array) -> Array:
    array.flags.writeable = False
    return array
