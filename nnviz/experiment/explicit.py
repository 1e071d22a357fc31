"""First weights that an experiment gives number by number, put into its network."""

from __future__ import annotations

from nnviz.core.errors import SettingError
from nnviz.core.network import Network
from nnviz.experiment.schema import WeightsSpec


def set_explicit(network: Network, explicit: WeightsSpec, bias: bool) -> None:
    """Copy explicit weights into `network`, layer by layer, or raise `SettingError` where they do not fit."""
    n_layers = len(network.weights)
    biases = explicit.biases or tuple((0.0,) * len(b) for b in network.biases)
    if (len(explicit.weights), len(biases)) != (n_layers, n_layers):
        raise SettingError(
            "The network has {0} layers with weights, but explicit weights are given for {1} and biases for {2}.",
            n_layers,
            len(explicit.weights),
            len(biases),
        )
    for number, (W, b) in enumerate(zip(network.weights, network.biases, strict=True), start=1):
        rows, values = explicit.weights[number - 1], biases[number - 1]
        if len(rows) != W.shape[0] or any(len(row) != W.shape[1] for row in rows) or len(values) != len(b):
            raise SettingError(
                "The explicit weights of layer {0} must be {1} rows (units) of {2} numbers (inputs), with {3} biases.",
                number,
                W.shape[0],
                W.shape[1],
                len(b),
            )
        if not bias and any(values):
            raise SettingError("The network has no biases, but layer {0} is given some; set bias to true.", number)
        W[:] = rows
        if bias:
            b[:] = values
