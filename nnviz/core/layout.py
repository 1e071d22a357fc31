"""Where each weight and bias lives in the flat parameter vector.

One vector makes snapshots, undo, optimiser state, time travel and comparison array copies.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Layout(Struct, frozen=True, dict=True):
    """Shape of a network and the order of its parameters: W1 (row by row), b1, W2, b2, …

    Attributes
    ----------
    sizes : tuple of int
        Units per layer, inputs first. At least two entries: ``(2, 1)`` is a network without hidden layer.
    """

    sizes: tuple[int, ...]

    @cached_property
    def n_layers(self) -> int:
        """Layers with weights: hidden layers + 1."""
        return len(self.sizes) - 1

    @cached_property
    def weight_slices(self) -> tuple[slice, ...]:
        """Where the weights of each layer are, ``[0]`` the first hidden layer's."""
        return tuple(weights for weights, _ in self._slices)

    @cached_property
    def bias_slices(self) -> tuple[slice, ...]:
        """Where the biases of each layer are."""
        return tuple(biases for _, biases in self._slices)

    @cached_property
    def n_parameters(self) -> int:
        """Length of the flat vector, biases included."""
        return int(self._slices[-1][1].stop)

    @cached_property
    def _slices(self) -> tuple[tuple[slice, slice], ...]:
        slices, start = [], 0
        for n_in, n_out in zip(self.sizes[:-1], self.sizes[1:], strict=True):
            split = start + n_in * n_out
            slices.append((slice(start, split), slice(split, split + n_out)))
            start = split + n_out
        return tuple(slices)

    def weights(self, parameters: Array) -> list[Array]:
        """Views ``(n_out, n_in)`` of the weights in `parameters`, one per layer."""
        return [
            parameters[where].reshape(n_out, n_in)
            for where, n_in, n_out in zip(self.weight_slices, self.sizes[:-1], self.sizes[1:], strict=True)
        ]

    def biases(self, parameters: Array) -> list[Array]:
        """Views ``(n_out,)`` of the biases in `parameters`, one per layer."""
        return [parameters[where] for where in self.bias_slices]

    def weight_index(self, layer: int, unit: int, source: int) -> int:
        """Position in the flat vector of the weight into `unit` of `layer` (1 … L) from `source` of layer − 1."""
        return int(self.weight_slices[layer - 1].start) + unit * self.sizes[layer - 1] + source

    def weight_at(self, index: int) -> tuple[int, int, int] | None:
        """Layer, unit and source of the weight at a position in the flat vector; None where a bias is there."""
        for layer, (where, n_in) in enumerate(zip(self.weight_slices, self.sizes, strict=False), start=1):
            if where.start <= index < where.stop:
                return layer, *divmod(index - int(where.start), n_in)
        return None

    def bias_index(self, layer: int, unit: int) -> int:
        """Position in the flat vector of the bias of `unit` in `layer` (1 … L)."""
        return int(self.bias_slices[layer - 1].start) + unit

    @cached_property
    def is_weight(self) -> NDArray[np.bool_]:
        """Mask ``(n_parameters,)``: true for weights, which penalties act on; false for biases."""
        mask = np.ones(self.n_parameters, dtype=bool)
        for where in self.bias_slices:
            mask[where] = False
        return mask
