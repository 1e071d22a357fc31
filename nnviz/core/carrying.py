"""Carrying what one network has learnt into another with other layers, units or activations.

Weights that still fit stay; what is new begins so that the answers change as little as can be.
"""

from __future__ import annotations

import numpy as np

from nnviz.core.activations import ACTIVATIONS, Activation
from nnviz.core.arguments import instance
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array
from nnviz.core.network import Network

#: How far a unit that is to pass on what it is given may be off, where its activation allows that.
CLOSE_ENOUGH = 0.02
#: Sums of a layer's units lie in this range, about.
_USUAL_SUMS = np.linspace(-3.0, 3.0, 61)
#: How strongly such a unit is driven, strongest first: a weak drive needs large weights behind it, which learn badly.
_DRIVES = (1.0, 0.5, 0.25, 0.125)
#: Around which sums it works.
_REST_SUMS = (0.0, 1.0, -1.0, 2.0)
#: A layer's weights ``(n_out, n_in)`` and biases ``(n_out,)``.
_Part = tuple[Array, Array]


def carry(source: Network, target: Network) -> None:
    """Write into `target` what `source` has learnt, as far as it fits.

    Layers are paired from the first on; a layer more or less is one between the pairs. In a layer with more units the
    last are new: they keep the weights that `target` has drawn for them, and nothing leads out of them yet, so that no
    answer changes. A new layer passes on what it is given, as well as its activation and its size allow. Of a layer
    that goes, what it did to the sums behind it stays, without its bend. One output for two classes and two outputs
    that are compared turn into each other.

    Parameters
    ----------
    source : Network
        Stays as it is.
    target : Network
        Its weights and biases are overwritten.

    Raises
    ------
    SettingError
        Where the networks have different inputs, or the source has numbers that are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> import nnviz
    >>> from nnviz.core.carrying import carry
    >>> source = nnviz.Network([2, 3, 1], seed=0)
    >>> target = nnviz.Network([2, 5, 1], seed=1)
    >>> carry(source, target)
    >>> X = np.array([[0.5, -1.0], [2.0, 0.0]])
    >>> bool(np.allclose(source.predict(X), target.predict(X)))
    True
    """
    instance(source, Network, "source")
    instance(target, Network, "target")
    if source.layer_sizes[0] != target.layer_sizes[0]:
        raise SettingError(
            "What was learnt of {0} inputs cannot be carried into a network of {1}.",
            source.layer_sizes[0],
            target.layer_sizes[0],
        )
    if not np.isfinite(source.parameters).all():
        raise SettingError("What was learnt holds numbers that are not finite; it cannot be carried over.")
    parts = [(W.copy(), b.copy()) for W, b in zip(source.weights, source.biases, strict=True)]
    names = list(source.activations)
    _match_layers(parts, names, target)
    _match_outputs(parts, source.activations[-1], target)
    for number, (W, b) in enumerate(zip(target.weights, target.biases, strict=True)):
        fresh = W.copy(), b.copy()
        n_out, n_in = (min(pair) for pair in zip(W.shape, parts[number][0].shape, strict=True))
        # What leads out of new units says nothing yet; what leads into them is drawn.
        W[:n_out, :] = 0.0
        W[:n_out, :n_in] = parts[number][0][:n_out, :n_in]
        W[n_out:, :] = fresh[0][n_out:, :]
        if target.bias:
            b[:n_out] = parts[number][1][:n_out]


def _match_layers(parts: list[_Part], names: list[str], target: Network) -> None:
    """Insert or take out hidden layers in `parts`, until there are as many as in `target`."""
    wanted = list(zip(target.layer_sizes[1:-1], target.activations[:-1], strict=True))
    present = [(len(b), name) for (_, b), name in zip(parts[:-1], names[:-1], strict=True)]
    same = 0
    while same < min(len(wanted), len(present)) and wanted[same] == present[same]:
        same += 1
    for _ in range(len(present) - len(wanted)):
        _take_out(parts, same)
        del names[same]
    for place in range(same, same + len(wanted) - len(present)):
        size, name = wanted[place]
        before = ACTIVATIONS[names[place - 1]] if place else ACTIVATIONS["linear"]
        _insert(parts, place, size, before, ACTIVATIONS[name], has_biases=target.bias)
        names.insert(place, name)


def _take_out(parts: list[_Part], place: int) -> None:
    """Let the layer behind `place` get the sums of the one there, as if that were linear."""
    (W, b), (W_next, b_next) = parts[place], parts[place + 1]
    parts[place : place + 2] = [(W_next @ W, b_next + W_next @ b)]


def _insert(
    parts: list[_Part], place: int, size: int, before: Activation, inserted: Activation, *, has_biases: bool
) -> None:
    """Put a layer of `size` units into `place` that passes on what it is given.

    Where it has fewer units than it is given numbers, it passes on those combinations of them that the next layer
    makes most of (its leading singular vectors, C. Eckart and G. Young, Psychometrika 1, 1936).
    """
    W_next, b_next = parts[place]
    n_in = W_next.shape[1]
    if size >= n_in:
        passed, read = np.eye(n_in), W_next
    else:
        left, strengths, right = np.linalg.svd(W_next, full_matrices=False)
        passed, read = right[:size], left[:, :size] * strengths[:size]
    rest, drive = _working_point(before, inserted, has_biases=has_biases)
    slope, level = _slope_and_level(inserted, rest)
    W, b = drive * passed, np.full(len(passed), rest)
    W_read = read / (drive * slope)
    parts[place : place + 1] = [(W, b), (W_read, b_next - W_read.sum(axis=1) * level)]


def _working_point(before: Activation, inserted: Activation, *, has_biases: bool) -> tuple[float, float]:
    """Return around which sum, and how strongly driven, a unit passes on best what units of `before` answer."""
    given = before.function(_USUAL_SUMS)
    best = (np.inf, 0.0, _DRIVES[0])
    for drive in _DRIVES:
        for rest in _REST_SUMS if has_biases else (0.0,):
            slope, level = _slope_and_level(inserted, rest)
            passed = (inserted.function(rest + drive * given) - level) / (drive * slope)
            error = float(np.abs(passed - given).max())
            if error <= CLOSE_ENOUGH:
                return rest, drive
            best = min(best, (error, rest, drive))
    return best[1], best[2]


def _slope_and_level(activation: Activation, rest: float) -> tuple[float, float]:
    """Return derivative and value at a sum; 1 for a slope of (nearly) none, by which nothing can be divided."""
    Z = np.array([rest])
    A = activation.function(Z)
    slope = float(activation.derivative(Z, A)[0])
    return (slope if abs(slope) > 0.05 else 1.0), float(A[0])


def _match_outputs(parts: list[_Part], name: str, target: Network) -> None:
    """Turn the one output of two classes into two that are compared, or those into the one."""
    W, b = parts[-1]
    compared = not ACTIVATIONS[name].elementwise, not ACTIVATIONS[target.activations[-1]].elementwise
    if compared == (False, True) and len(b) == 1 and target.layer_sizes[-1] == 2:
        # The softmax of (−z/2, z/2) is (1 − sigmoid(z), sigmoid(z)).
        parts[-1] = np.vstack([-W, W]) / 2.0, np.concatenate([-b, b]) / 2.0
    elif compared == (True, False) and len(b) == 2 and target.layer_sizes[-1] == 1:
        parts[-1] = W[1:] - W[:1], b[1:] - b[:1]
