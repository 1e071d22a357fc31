"""The network: layer sizes, activations and one flat vector of parameters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Self, Unpack

import numpy as np
from numpy.typing import ArrayLike

from nnviz.core.activations import ACTIVATIONS, Activation
from nnviz.core.arguments import as_rows, fill, flag, items, real
from nnviz.core.bounds import INIT_SCALE, MOST_PARAMETERS, SEED
from nnviz.core.description import Described, Description, sizes_text
from nnviz.core.errors import DataError, ExperimentError, SettingError
from nnviz.core.initializers import INITIALIZERS, draw_parameters
from nnviz.core.layout import Array, Layout
from nnviz.core.losses import LOSSES, check_compatible, check_targets, default_loss, loss_value
from nnviz.core.masking import Maskable
from nnviz.core.masks import Masks, check_free
from nnviz.core.numbers import count_text, loss_text
from nnviz.core.parameter_views import ParameterViews
from nnviz.core.propagation import Forward, backward, forward, silence
from nnviz.core.storage import (
    Arrays,
    PathLike,
    check_format,
    damaged,
    json_array,
    json_content,
    load_arrays,
    save_arrays,
)
from nnviz.core.translation import translated
from nnviz.core.weighting import LossWeights, Weighting, check_class_weights

_WHAT = "saved network"


class Network(Maskable, Described):
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
        All weights and biases; `weights` and `biases` are views into it. Finite numbers that are assigned to any of
        the three are copied in.
    activations : tuple of str
        One name per layer with weights.
    masks : Masks
        What is frozen, pinned, cut or muted.
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
    >>> net.weights[1] = [[1.0, 2.0, 3.0]]  # copied in, too
    >>> net
    <Network 2-3-1: tanh, sigmoid; 13 parameters>
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
        self.bias = flag(bias, "bias")
        self.init = INITIALIZERS[init].name
        self.init_scale = INIT_SCALE.check(init_scale)
        self.seed = int(SEED.check(seed))
        self.metadata: dict[str, Any] = {}
        self._masks = Masks(self.layout)
        self._parameters = draw_parameters(self.layout, self.activations, self.init, self.init_scale, self.seed)

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Units per layer, inputs first."""
        return self.layout.sizes

    @property
    def parameters(self) -> Array:
        """All weights and biases, ``(n_parameters,)``, writable."""
        return self._parameters

    @parameters.setter
    def parameters(self, values: ArrayLike) -> None:
        vector = self._parameters.copy()
        fill(vector, values, "parameters")
        if not self.bias and vector[~self.layout.is_weight].any():
            raise SettingError("This network has no biases; make one with bias=True.")
        self._parameters[:] = vector

    @property
    def weights(self) -> ParameterViews:
        """Writable views ``(n_out, n_in)``, one per layer; ``[0]`` leads from the inputs to layer 1."""
        return ParameterViews("weights", self.layout.weights(self._parameters))

    @weights.setter
    def weights(self, values: Sequence[ArrayLike]) -> None:
        self.weights[:] = values

    @property
    def biases(self) -> ParameterViews:
        """Views ``(n_out,)``, one per layer; writable where the network has biases."""
        return ParameterViews("biases", self.layout.biases(self._parameters), writable=self.bias)

    @biases.setter
    def biases(self, values: Sequence[ArrayLike]) -> None:
        self.biases[:] = values

    def drop_unused_biases(self) -> Array:
        """Return the parameters, after setting biases of a network without them to zero, and what masks fix."""
        if not self.bias:
            self._parameters[~self.layout.is_weight] = 0.0
        self._masks.write(self._parameters)
        return self._parameters

    @property
    def activation_entries(self) -> tuple[Activation, ...]:
        """Table entries of `activations`."""
        return tuple(ACTIVATIONS[name] for name in self.activations)

    def description(self) -> Description:
        """Return what is shown of it in a terminal and a notebook."""
        sizes, n_parameters = sizes_text(self.layer_sizes), count_text(self.layout.n_parameters)
        names = ", ".join(self.activations if len(set(self.activations)) > 2 else dict.fromkeys(self.activations))
        bias = "" if self.bias else translated(", no biases")
        extremes = f"{loss_text(self._parameters.min())} … {loss_text(self._parameters.max())}"
        return Description(
            f"Network {sizes}: {names}{bias}; {n_parameters} parameters",
            f"Network {sizes}",
            (
                ("Activations", ", ".join(self.activations)),
                ("Parameters", f"{n_parameters}{bias}"),
                ("Values", extremes),
                ("Initial weights", f"{self.init}, seed {self.seed}"),
            ),
        )

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
        with np.errstate(all="ignore"):
            return loss_value(LOSSES[name], targets, passed.Z[-1], passed.A[-1], row_weights)

    def gradients(
        self, X: ArrayLike, Y: ArrayLike, loss: str | None = None, **weights: Unpack[LossWeights]
    ) -> tuple[list[Array], list[Array]]:
        """Return ``(dW, db)``, the exact gradients of the loss, one array per layer, shaped as the parameters.

        Those of what is held by masks are zero.

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
        """Return the exact gradient of the loss in the order of `parameters`, ``(n_parameters,)``; see `gradients`."""
        check_trainable(self.activations)
        name, targets, row_weights = self._checked_loss(X, Y, loss, **weights)
        entries, passed, entry = self.activation_entries, self._forward(X), LOSSES[name]
        with np.errstate(all="ignore"):
            gradient = backward(
                self.layout, entries, entry, self._parameters, passed, targets, bias=self.bias, weights=row_weights
            )
        gradient[self._masks.held] = 0.0
        return gradient

    def copy(self) -> Self:
        """Return an independent network with the same parameters."""
        return self.from_arrays(self.to_arrays())

    def to_arrays(self) -> Arrays:
        """Return all there is to the network as arrays, for an archive."""
        masks = {"masks": self._masks.written()} if self._masks else {}
        description = {
            "format": 1,
            "layer_sizes": self.layer_sizes,
            "activations": self.activations,
            "bias": self.bias,
            "init": self.init,
            "init_scale": self.init_scale,
            "seed": self.seed,
            "metadata": self.metadata,
            **masks,
        }
        return {"network": json_array(description), "parameters": self.parameters.copy()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the network of `to_arrays`, or raise `ExperimentError`."""
        description = json_content(arrays, "network", _WHAT)
        try:
            check_format(description, _WHAT)
            names, sizes = tuple(description["activations"]), description["layer_sizes"]
            # Before memory is taken for them.
            n_parameters = sum((below + 1) * above for below, above in pairwise(sizes))
            _checked_vector(arrays["parameters"], n_parameters)
            network = cls(sizes, names[:-1], names[-1], description["bias"], "zeros")
            network.init = INITIALIZERS[description["init"]].name
            network.init_scale = INIT_SCALE.check(description["init_scale"])
            network.seed = int(SEED.check(description["seed"]))
            network.metadata = dict(description["metadata"])
            network.parameters[:] = _checked_vector(arrays["parameters"], network.layout.n_parameters)
            network.masks = Masks.read(network.layout, description.get("masks", ()))
            network.drop_unused_biases()
        except ExperimentError:
            raise
        except Exception as error:
            # What is no network may fail in any way.
            raise damaged(_WHAT, error) from error
        return network

    def save(self, path: PathLike) -> None:
        """Write the network to an ``.npz`` file (NumPy arrays and JSON, no pickle)."""
        save_arrays(path, self.to_arrays())

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read a network that `save` wrote, or raise `ExperimentError`."""
        return cls.from_arrays(load_arrays(path, _WHAT))

    def _forward(self, X: ArrayLike) -> Forward:
        inputs, parameters = self._checked_inputs(X), self.drop_unused_biases()
        with np.errstate(all="ignore"):
            return silence(forward(self.layout, self.activation_entries, parameters, inputs), self._masks)

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
        if not n_samples:
            raise DataError("There are no examples to take the loss of; give at least one.")
        check_targets(name, targets)
        weighting = Weighting(name, check_class_weights(weights.get("class_weights")), targets)
        return name, targets, weighting.of(targets, weights.get("row_weights"))


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


def check_size(layer_sizes: Sequence[int]) -> None:
    """Raise `SettingError` where a network would have more parameters than fit into memory."""
    n_parameters = Layout(tuple(layer_sizes)).n_parameters
    if n_parameters > MOST_PARAMETERS:
        raise SettingError(
            "The network would have {0} weights and biases, more than the {1} that fit into "
            "memory with all that training needs; choose fewer or smaller layers.",
            n_parameters,
            MOST_PARAMETERS,
        )


def _checked_sizes(layer_sizes: Sequence[int]) -> tuple[int, ...]:
    if isinstance(layer_sizes, str) or not isinstance(layer_sizes, Iterable):
        raise SettingError("Layer sizes must be whole numbers, such as [2, 4, 1], not {0!r}.", layer_sizes)
    given = items(layer_sizes, "layer_sizes")
    numbers = [number for number in map(real, given) if number is not None]
    if len(numbers) < len(given):
        raise SettingError("Layer sizes must be whole numbers, not {0!r}.", layer_sizes)
    if len(given) < 2:
        raise SettingError("A network needs at least an input and an output layer, such as [2, 1].")
    if any(not math.isfinite(number) or number != int(number) or number < 1 for number in numbers):
        raise SettingError("Every layer needs a whole number of units, at least 1, not {0!r}.", list(given))
    sizes = tuple(int(number) for number in numbers)
    check_size(sizes)
    return sizes


def _checked_activations(hidden: str | Sequence[str], output: str, n_hidden: int) -> tuple[str, ...]:
    names = (hidden,) * n_hidden if isinstance(hidden, str) else items(hidden, "activation")
    if len(names) != n_hidden:
        raise SettingError(
            "There are {0} hidden layers but {1} activations; give one name or one each.", n_hidden, len(names)
        )
    for name in names if n_hidden or not isinstance(hidden, str) else (hidden,):
        if not ACTIVATIONS[name].hidden:
            raise SettingError("The activation {0} belongs on the output layer only.", name)
    return (*names, ACTIVATIONS[output].name)


def _checked_vector(vector: np.ndarray, n_parameters: int) -> Array:
    is_vector = isinstance(vector, np.ndarray) and vector.dtype == np.float64 and vector.shape == (n_parameters,)
    if not (is_vector and np.isfinite(vector).all()):
        raise ExperimentError("A {0} of this size needs {1} finite parameters.", _WHAT, n_parameters)
    return vector


def check_parameter(network: Network, index: int, value: float) -> tuple[int, float]:
    """Return the place of a parameter in the flat vector and what to set it to, or raise `SettingError`."""
    layout = network.layout
    place, number = real(index), real(value)
    if place is None or place not in range(layout.n_parameters):
        raise SettingError("There is no parameter {0!r}; the network has {1}.", index, layout.n_parameters)
    if number is None or not math.isfinite(number):
        raise SettingError("A weight must be a finite number, not {0!r}.", value)
    if not network.bias and not layout.is_weight[int(place)]:
        raise SettingError("This network has no biases; switch them on first.")
    check_free(network.masks, int(place))
    return int(place), float(number)
