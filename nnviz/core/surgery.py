"""Operations on single units and layers of a network, most of which change no answer of it.

Some rewrite weights in place (swap, negate, draw anew); others need a network of another shape, into which they write
what the one before has learnt (clone, add, remove).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import numpy as np
from msgspec import Struct

from nnviz.core.initializers import draw_parameters
from nnviz.core.layout import Array
from nnviz.core.masks import Mask
from nnviz.core.network import Network

OperationKind: TypeAlias = Literal["clone", "add", "remove", "insert_layer", "remove_layer"]

#: Activations for which ``f(−z) = c − f(z)``, and that c: a unit that is negated and read with the other sign, c times
#: the weight being added behind it, answers as before.
MIRRORED: Final = {"tanh": 0.0, "linear": 0.0, "sine": 0.0, "sigmoid": 1.0}


def swap_units(network: Network, layer: int, first: int, second: int) -> None:
    """Let two units of a hidden layer change places, with all that leads into them and out of them."""
    pair, swapped = [first, second], [second, first]
    into, biases, out = network.weights[layer - 1], network.biases[layer - 1], network.weights[layer]
    into[pair], out[:, pair] = into[swapped], out[:, swapped]
    if network.bias:
        biases[pair] = biases[swapped]


def negate_unit(network: Network, layer: int, unit: int) -> None:
    """Turn the signs of all that leads into a hidden unit and out of it.

    With an odd activation, and with sigmoid where there are biases, no answer changes.
    """
    shift = MIRRORED.get(network.activations[layer - 1], 0.0)
    out = network.weights[layer]
    if network.bias:
        network.biases[layer - 1][unit] *= -1.0
        network.biases[layer][:] += shift * out[:, unit]
    network.weights[layer - 1][unit] *= -1.0
    out[:, unit] *= -1.0


def draw_unit(network: Network, layer: int, unit: int) -> None:
    """Draw anew what leads into a unit and out of it, as the network's initialiser does: each time something else."""
    weights = network.weights
    seed = zlib.crc32(np.ascontiguousarray(weights[layer - 1][unit]).tobytes()) % (2**31)
    drawn = draw_parameters(network.layout, network.activations, network.init, network.init_scale, seed)
    fresh = network.layout.weights(drawn)
    weights[layer - 1][unit] = fresh[layer - 1][unit]
    if network.bias:
        network.biases[layer - 1][unit] = network.layout.biases(drawn)[layer - 1][unit]
    if layer < network.layout.n_layers:
        weights[layer][:, unit] = fresh[layer][:, unit]


class Operation(Struct, frozen=True):
    """A change of a network's shape.

    Attributes
    ----------
    kind : str
        "clone": a second unit beside the first, each with half of what led out of it. "add": a unit that nobody hears
        yet. "remove": a unit less. "insert_layer": a linear layer that passes on what it is given. "remove_layer": what
        a layer did to the sums behind it stays, without its bend.
    layer : int
        Of the units, 1 … L − 1; where the new layer is to be, or which is to go.
    unit : int
        Which one is cloned or removed.
    """

    kind: OperationKind
    layer: int
    unit: int = 0

    def places(self, n_units: int) -> list[int | None]:
        """Return, for each unit of the changed layer, which one of before it is; None: a new one."""
        before: list[int | None] = list(range(n_units))
        if self.kind == "clone":
            return [*before[: self.unit + 1], None, *before[self.unit + 1 :]]
        if self.kind == "remove":
            return [*before[: self.unit], *before[self.unit + 1 :]]
        return [*before, None] if self.kind == "add" else before

    def carry(self, source: Network, target: Network) -> None:
        """Write into `target`, which has the new shape, what `source` has learnt; neither has masks."""
        parts = [(np.array(W), np.array(b)) for W, b in zip(source.weights, source.biases, strict=True)]
        at = self.layer - 1
        if self.kind == "insert_layer":
            n_units = source.layer_sizes[at]
            parts.insert(at, (np.eye(n_units), np.zeros(n_units)))
        elif self.kind == "remove_layer":
            (W, b), (behind, b_behind) = parts[at], parts[at + 1]
            parts[at : at + 2] = [(behind @ W, b_behind + behind @ b)]
        else:
            fresh = target.weights[at], target.biases[at]
            places = self.places(source.layer_sizes[self.layer])
            parts[at : at + 2] = _with_units(parts[at : at + 2], fresh, places, self.unit, self.kind == "clone")
        for number, (W, b) in enumerate(parts):
            target.weights[number][:] = W
            if target.bias:
                target.biases[number][:] = b

    def moved(self, masks: Sequence[Mask], n_units: int) -> tuple[Mask, ...]:
        """Return masks of the network before as those of the one after; `n_units` its layer had before."""
        found = []
        for mask in masks:
            layer, unit, source = mask.layer, mask.unit, mask.source
            if self.kind == "insert_layer":
                layer += layer >= self.layer
            elif self.kind == "remove_layer":
                if layer == self.layer or (layer == self.layer + 1 and source is not None):
                    continue
                layer -= layer > self.layer
            else:
                places = self.places(n_units)
                if layer == self.layer and unit is not None:
                    unit = places.index(unit) if unit in places else -1
                if layer == self.layer + 1 and source is not None:
                    source = places.index(source) if source in places else -1
                if -1 in (unit, source):
                    continue
            found.append(Mask(mask.kind, layer, unit, source, mask.value))
        return tuple(found)


def _with_units(
    parts: list[tuple[Array, Array]],
    fresh: tuple[Array, Array],
    places: list[int | None],
    unit: int,
    is_clone: bool,
) -> list[tuple[Array, Array]]:
    """Return a layer and the one behind it with units from `places`; new ones are clones, or drawn and unheard."""
    (W, b), (out, b_out) = parts
    W_new, b_new, out_new = np.array(fresh[0]), np.array(fresh[1]), np.zeros((len(out), len(places)))
    for place, before in enumerate(places):
        if before is not None:
            W_new[place], b_new[place], out_new[:, place] = W[before], b[before], out[:, before]
        elif is_clone:
            W_new[place], b_new[place] = W[unit], b[unit]
            out_new[:, place] = out_new[:, place - 1] = out[:, unit] / 2.0
    return [(W_new, b_new), (out_new, b_out)]
