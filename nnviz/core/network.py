"""The network: layer sizes, activations and one flat vector of parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Self, Unpack

import numpy as np
from numpy.typing import ArrayLike

from nnviz.core.activations import ACTIVATIONS, Activation
from nnviz.core.bounds import INIT_SCALE, SEED
from nnviz.core.errors import DataError, ExperimentError, SettingError
from nnviz.core.initializers import INITIALIZERS, draw_parameters
from nnviz.core.layout import Array, Layout
from nnviz.core.losses import LOSSES, check_compatible, check_targets, default_loss, loss_value
from nnviz.core.propagation import Forward, backward, forward
from nnviz.core.storage import Arrays, PathLike, json_array, json_content, load_arrays, save_arrays
from nnviz.core.weighting import LossWeights, Weighting, check_class_weights

_WHAT = "saved network"


class Network:
    """A fully connected feed-forward network.

    Parameters
    ----------
    layer_sizes : sequence of int
        Units per layer, inputs first: ``[2, 4, 2, 1]``. ``[2, 1]`` has no hidden layer.
    activation : str or sequence of str
        Of the hidden layers: one name for all, or one per hidden layer.
    output_activation : str
    bias : bool
        Without, the biases are zeros and stay so.
    init : str
        Name in `nnviz.core.initializers.INITIALIZERS`.
    init_scale : float
        Multiplies what the initialiser draws: σ of "normal", the value of "constant".
    seed : int
        Of the initial weights.

    Attributes
    ----------
    layout : Layout
        Where each weight and bias lives in `parameters`.
    parameters : ndarray ``(n_parameters,)``
        All weights and biases; `weights` and `biases` are views into it.
    activations : tuple of str
        One name per layer with weights.
    metadata : dict
        JSON values that travel with the network when it is saved, such as the names of its inputs.

    Raises
    ------
    SettingError
        Where a name is unknown or a size makes no sense.

    Examples
    --------
    >>> import nnviz
    >>> net = nnviz.Network([2, 3, 1], activation="tanh", output_activation="sigmoid", seed=0)
    >>> [W.shape for W in net.weights]
    [(3, 2), (1, 3)]
    >>> net.predict([[0.5, -1.0], [2.0, 0.0]]).shape
    (2, 1)
    >>> net.weights[1][:] = 0.0  # views: the network itself changes
    >>> net.predict([[0.5, -1.0]])
    array([[0.5]])
    """

    def __init__(
        self,
        layer_sizes: Sequence[int],
        activation: str | Sequence[str] = "tanh",
        output_activation: str = "sigmoid",
        bias: bool = True,
        init: str = "auto",
        init_scale: float = 1.0,
        seed: int = 0,
    ) -> None:
        self.layout = Layout(_checked_sizes(layer_sizes))
        self.activations = _checked_activations(activation, output_activation, self.layout.n_layers - 1)
        _check_single_output(self.layout.sizes[-1], self.activations[-1])
        self.bias = bool(bias)
        self.init = INITIALIZERS[init].name
        self.init_scale = INIT_SCALE.check(init_scale)
        self.seed = int(SEED.check(seed))
        self.metadata: dict[str, Any] = {}
        self.parameters = draw_parameters(self.layout, self.activations, self.init, self.init_scale, self.seed)

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Units per layer, inputs first."""
        return self.layout.sizes

    @property
    def weights(self) -> list[Array]:
        """Writable views ``(n_out, n_in)``, one per layer; ``[0]`` leads from the inputs to layer 1."""
        return self.layout.weights(self.parameters)

    @property
    def biases(self) -> list[Array]:
        """Writable views ``(n_out,)``, one per layer."""
        return self.layout.biases(self.parameters)

    @property
    def activation_entries(self) -> tuple[Activation, ...]:
        """Table entries of `activations`."""
        return tuple(ACTIVATIONS[name] for name in self.activations)

    def forward(self, X: ArrayLike) -> list[Array]:
        """Return the activations ``[A0, A1, … AL]`` of all layers, each ``(n_samples, n_units)``."""
        return self._forward(X).A

    def pre_activations(self, X: ArrayLike) -> list[Array]:
        """Return the weighted sums ``[Z1, … ZL]``, each ``(n_samples, n_units)``."""
        return self._forward(X).Z

    def predict(self, X: ArrayLike) -> Array:
        """Return the outputs ``(n_samples, n_outputs)``."""
        return self._forward(X).A[-1]

    def loss(self, X: ArrayLike, Y: ArrayLike, loss: str | None = None, **weights: Unpack[LossWeights]) -> float:
        """Return the loss on ``X (n_samples, n_inputs)``, ``Y (n_samples, n_outputs)``, without penalty.

        Parameters
        ----------
        loss : str, optional
            Name in `nnviz.core.losses.LOSSES`; None takes the one that fits the output activation.
        **weights
            class_weights=None, row_weights=None, as of `nnviz.Trainer`: the loss is ``Σ wᵢℓᵢ / Σ wᵢ``. "balanced" goes
            by the classes of these rows.
        """
        name, targets, row_weights = self._checked_loss(X, Y, loss, **weights)
        passed = self._forward(X)
        return loss_value(LOSSES[name], targets, passed.Z[-1], passed.A[-1], row_weights)

    def gradients(
        self, X: ArrayLike, Y: ArrayLike, loss: str | None = None, **weights: Unpack[LossWeights]
    ) -> tuple[list[Array], list[Array]]:
        """Return ``(dW, db)``, the exact gradients of the loss, one array per layer, shaped as the parameters.

        Parameters are those of `loss`.

        Raises
        ------
        SettingError
            Where a layer has an activation that gradients do not pass (step).
        """
        gradient = self.flat_gradient(X, Y, loss, **weights)
        return self.layout.weights(gradient), self.layout.biases(gradient)

    def flat_gradient(
        self, X: ArrayLike, Y: ArrayLike, loss: str | None = None, **weights: Unpack[LossWeights]
    ) -> Array:
        """Return the exact gradient of the loss in the order of `parameters`, ``(n_parameters,)``."""
        check_trainable(self.activations)
        name, targets, row_weights = self._checked_loss(X, Y, loss, **weights)
        return backward(
            self.layout,
            self.activation_entries,
            LOSSES[name],
            self.parameters,
            self._forward(X),
            targets,
            bias=self.bias,
            weights=row_weights,
        )

    def copy(self) -> Self:
        """Return an independent network with the same parameters."""
        return self.from_arrays(self.to_arrays())

    def to_arrays(self) -> Arrays:
        """Return all there is to the network as arrays, for an archive."""
        description = {
            "format": 1,
            "layer_sizes": self.layer_sizes,
            "activations": self.activations,
            "bias": self.bias,
            "init": self.init,
            "init_scale": self.init_scale,
            "seed": self.seed,
            "metadata": self.metadata,
        }
        return {"network": json_array(description), "parameters": self.parameters.copy()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the network of `to_arrays`, or raise `ExperimentError`."""
        description = json_content(arrays, "network", _WHAT)
        try:
            names = description["activations"]
            network = cls(
                description["layer_sizes"],
                names[:-1],
                names[-1],
                description["bias"],
                "zeros",
            )
            network.init = INITIALIZERS[description["init"]].name
            network.init_scale = float(description["init_scale"])
            network.seed = int(description["seed"])
            network.metadata = dict(description["metadata"])
            network.parameters[:] = _checked_vector(arrays["parameters"], network.layout.n_parameters)
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise ExperimentError("This is no {0} that nnviz understands: {1}", _WHAT, error) from error
        return network

    def save(self, path: PathLike) -> None:
        """Write the network to an ``.npz`` file (NumPy arrays and JSON, no pickle)."""
        save_arrays(path, self.to_arrays())

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read a network that `save` wrote, or raise `ExperimentError`."""
        return cls.from_arrays(load_arrays(path, _WHAT))

    def _forward(self, X: ArrayLike) -> Forward:
        with np.errstate(over="ignore", invalid="ignore"):
            return forward(self.layout, self.activation_entries, self.parameters, self._checked_inputs(X))

    def _checked_inputs(self, X: ArrayLike) -> Array:
        return as_rows(X, self.layer_sizes[0], "inputs")

    def _checked_loss(
        self, X: ArrayLike, Y: ArrayLike, loss: str | None, **weights: Unpack[LossWeights]
    ) -> tuple[str, Array, Array | None]:
        name = default_loss(self.activations[-1]) if loss is None else loss
        check_compatible(self.activations[-1], name)
        targets = as_rows(Y, self.layer_sizes[-1], "outputs")
        n_samples = len(self._checked_inputs(X))
        if len(targets) != n_samples:
            raise DataError(
                "There are {0} examples but {1} targets; their numbers must agree.", n_samples, len(targets)
            )
        check_targets(name, targets)
        weighting = Weighting(name, check_class_weights(weights.get("class_weights")), targets)
        return name, targets, weighting.of(targets, weights.get("row_weights"))


def as_rows(values: ArrayLike, n_columns: int, role: str) -> Array:
    """Return `values` as C-contiguous float64 ``(n_samples, n_columns)``.

    A flat array is one column where `n_columns` is 1, else one row.

    Raises
    ------
    DataError
        Where the values are no numbers or do not fit; `role` ("inputs", "outputs") is named.
    """
    try:
        array = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError("The network's {0} must be numbers in rows of equal length.", role) from None
    if array.ndim == 1:
        array = array.reshape(-1, 1) if n_columns == 1 else array.reshape(1, -1)
    if array.ndim != 2 or array.shape[1] != n_columns:
        shape = " × ".join(map(str, array.shape))
        raise DataError("The network has {0} {1}, but an array of {2} was given.", n_columns, role, shape)
    return array


def _check_single_output(n_outputs: int, activation: str) -> None:
    entry = ACTIVATIONS[activation]
    if n_outputs == 1 and not entry.elementwise:
        raise SettingError(
            "{0} shares 1 among the outputs, so that a single one always answers 1; choose sigmoid, or two outputs.",
            entry.label,
        )


def check_trainable(activations: Sequence[str]) -> None:
    """Raise `SettingError` where gradients do not pass one of the activations."""
    for layer, name in enumerate(activations, start=1):
        if not ACTIVATIONS[name].trainable:
            raise SettingError(
                "Layer {0} cannot be trained through {1}, whose slope is zero everywhere; choose "
                "sigmoid or tanh, its smooth relatives.",
                layer,
                name,
            )


def _checked_sizes(layer_sizes: Sequence[int]) -> tuple[int, ...]:
    try:
        sizes = tuple(int(size) for size in layer_sizes)
        whole = all(size == given for size, given in zip(sizes, layer_sizes, strict=True))
    except (TypeError, ValueError):
        raise SettingError("Layer sizes must be whole numbers, not {0!r}.", layer_sizes) from None
    if len(sizes) < 2:
        raise SettingError("A network needs at least an input and an output layer, such as [2, 1].")
    if not whole or min(sizes) < 1:
        raise SettingError("Every layer needs a whole number of units, at least 1, not {0}.", list(layer_sizes))
    return sizes


def _checked_activations(hidden: str | Sequence[str], output: str, n_hidden: int) -> tuple[str, ...]:
    names = (hidden,) * n_hidden if isinstance(hidden, str) else tuple(hidden)
    if len(names) != n_hidden:
        raise SettingError(
            "There are {0} hidden layers but {1} activations; give one name or one each.", n_hidden, len(names)
        )
    for name in names if n_hidden or not isinstance(hidden, str) else (hidden,):
        if not ACTIVATIONS[name].hidden:
            raise SettingError("The activation {0} belongs on the output layer only.", name)
    return (*names, ACTIVATIONS[output].name)


def _checked_vector(vector: np.ndarray, n_parameters: int) -> Array:
    if vector.shape != (n_parameters,) or not np.all(np.isfinite(vector)):
        raise ExperimentError("it needs {0} finite parameters.", n_parameters)
    return vector.astype(np.float64)


def check_parameter(network: Network, index: int, value: float) -> None:
    """Raise `SettingError` where a parameter, by its place in the flat vector, cannot be set to `value`."""
    layout = network.layout
    if not 0 <= index < layout.n_parameters:
        raise SettingError("There is no parameter {0}; the network has {1}.", index, layout.n_parameters)
    if not math.isfinite(value):
        raise SettingError("A weight must be a finite number, not {0}.", value)
    if not network.bias and not layout.is_weight[index]:
        raise SettingError("This network has no biases; switch them on first.")
