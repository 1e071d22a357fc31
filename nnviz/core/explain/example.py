"""`nnviz.worked_example`: a network's arithmetic for one example, or a mini-batch, to be read, copied and checked."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike

from nnviz.core.arguments import as_rows, instance, numbers, whole
from nnviz.core.arrays import read_only
from nnviz.core.description import sizes_text
from nnviz.core.engine import Hyper
from nnviz.core.errors import DataError
from nnviz.core.explain import sheet
from nnviz.core.explain.arithmetic import Arithmetic, Subject, work_out
from nnviz.core.explain.equations import Equations
from nnviz.core.explain.expression import Equation
from nnviz.core.explain.rounding import EXACT_FIGURES, Rounding
from nnviz.core.explain.steps import Steps
from nnviz.core.explain.tables import Cache, SoftmaxSlopes, caches, softmax_slopes
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES, check_compatible, check_targets, default_loss
from nnviz.core.network import Network
from nnviz.core.numbers import loss_text
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.settings import Settings
from nnviz.core.translation import counted, translated


class UpdateSettings(TypedDict, total=False):
    """What `nnviz.worked_example` may be told of the update, as `nnviz.Trainer` is."""

    momentum: float
    alpha: float
    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float
    l1: float
    l2: float
    clip_norm: float | None


class WorkedExample:
    """A network's arithmetic for one example, or for a mini-batch: forward, loss, backward, update.

    `nnviz.worked_example` and `nnviz.Trainer.worked_example` make one. All lists have an entry for each layer, ``[0]``
    layer 1. For one example, activations and the like are ``(n_units,)``; for a mini-batch ``(n_samples, n_units)``.

    Attributes
    ----------
    x, y : ndarray ``(n_inputs,)``, ``(n_outputs,)``
        Inputs and targets.
    z, a : list of ndarray ``(n_units,)``
        Pre-activations and activations; ``a[-1]`` is the prediction.
    delta : list of ndarray ``(n_units,)``
        ``∂ℓ/∂z`` of each example's own loss.
    weight_gradients, bias_gradients : list of ndarray ``(n_out, n_in)``, ``(n_out,)``
        Of the loss, without penalties.
    updated_weights, updated_biases : list of ndarray ``(n_out, n_in)``, ``(n_out,)``
        After the update.
    arithmetic : Arithmetic
        Everything, in rows of examples.

    Examples
    --------
    >>> import nnviz
    >>> net = nnviz.Network([3, 3, 1], "sigmoid", "sigmoid", bias=False)
    >>> net.weights = [[[0.9, 0.8, 0.1], [0.3, 0.5, 0.6], [0.2, 0.4, 0.7]], [[0.3, 0.5, 0.9]]]
    >>> worked = nnviz.worked_example(net, [1, 0, 1], [0], loss="half_squared_error", learning_rate=0.5, digits=2)
    >>> worked.z[1], worked.a[1], worked.loss
    (array([1.213]), array([0.77]), 0.29645)
    >>> worked.updated_weights[1]
    array([[0.25, 0.45, 0.85]])
    >>> print(worked.to_text())
    Forward: layer 1, Sigmoid
      z⁽¹⁾₁ = w⁽¹⁾₁₁·x₁ + w⁽¹⁾₁₂·x₂ + w⁽¹⁾₁₃·x₃ = 0.9·1 + 0.8·0 + 0.1·1 = 1
      a⁽¹⁾₁ = σ(z⁽¹⁾₁) = σ(1) ≈ 0.73
    ...
    """

    def __init__(self, arithmetic: Arithmetic, *, is_batch: bool) -> None:
        self.arithmetic = arithmetic
        self._is_batch = is_batch
        layout = arithmetic.subject.layout
        gradients, after = arithmetic.gradient.copy(), arithmetic.after.copy()
        passed = arithmetic.passed
        self.x, self.y = self._rows(passed.inputs), self._rows(passed.targets)
        self.z: list[Array] = [self._rows(Z) for Z in passed.Z]
        self.a: list[Array] = [self._rows(A) for A in passed.A]
        self.delta: list[Array] = [self._rows(delta) for delta in passed.deltas]
        self.weight_gradients: list[Array] = layout.weights(gradients)
        self.bias_gradients: list[Array] = layout.biases(gradients)
        self.updated_weights: list[Array] = layout.weights(after)
        self.updated_biases: list[Array] = layout.biases(after)
        for array in (*self.weight_gradients, *self.bias_gradients, *self.updated_weights, *self.updated_biases):
            read_only(array)

    @property
    def loss(self) -> float:
        """The loss, of a mini-batch that of all examples together, without penalty."""
        return self.arithmetic.total_loss

    @property
    def losses(self) -> Array:
        """The loss of each example ``(n_samples,)``."""
        return self.arithmetic.passed.losses

    @property
    def learning_rate(self) -> float:
        """Of this update, schedule included."""
        return self.arithmetic.subject.rate

    @property
    def caches(self) -> tuple[Cache, ...]:
        """What each layer keeps for the way back."""
        return caches(self.arithmetic)

    @cached_property
    def steps(self) -> Steps:
        """All steps in order, for whoever walks through them."""
        return Steps(self.equations())

    def equations(self, most: int = 8) -> Equations:
        """Return how each number came about; `most` terms of a sum are written out."""
        return Equations(self.arithmetic, whole(most, "most", 1))

    def chain(self, layer: int, unit: int, source: int, row: int = 0) -> tuple[Equation, ...]:
        """Return the factors of a weight's gradient, named; layers from 1, units, sources and examples from 0."""
        sizes = self.arithmetic.subject.layout.sizes
        place = _place(layer, "layer", 1, len(sizes))
        return self.equations().chain(
            place,
            _place(unit, "unit", 0, sizes[place]),
            _place(source, "source", 0, sizes[place - 1]),
            _place(row, "row", 0, self.arithmetic.n_rows),
        )

    def softmax_slopes(self, row: int = 0) -> SoftmaxSlopes:
        """Return the Jacobian of a softmax output, and why its slope with cross-entropy is ``ŷ − y``."""
        passed, place = self.arithmetic.passed, _place(row, "row", 0, self.arithmetic.n_rows)
        if self.arithmetic.subject.activations[-1].elementwise:
            raise DataError("The outputs of this network do not share 1 among them; there is no softmax.")
        return softmax_slopes(passed.A[-1][place], passed.targets[place])

    def example_weight_gradients(self, row: int = 0) -> list[Array]:
        """Return the gradients of one example's own loss along the weights, ``(n_out, n_in)`` for each layer."""
        passed, place = self.arithmetic.passed, _place(row, "row", 0, self.arithmetic.n_rows)
        return [
            self.arithmetic.rounding.used_on(np.outer(delta[place], passed.before(layer)[place]))
            for layer, delta in enumerate(passed.deltas)
        ]

    def to_text(self, figures: int = EXACT_FIGURES, most: int = 8) -> str:
        """Return all of it as lines of text.

        Parameters
        ----------
        figures : int
            Figures of each number, where nothing is rounded.
        most : int
            Terms of a sum that are written out at the most; the others are told together.
        """
        return sheet.as_text(self._written(figures, most))

    def to_latex(self, figures: int = EXACT_FIGURES, most: int = 8) -> str:
        """Return all of it for LaTeX with amsmath; parameters as of `to_text`."""
        return sheet.as_latex(self._written(figures, most))

    def to_python(self, most: int = 8) -> str:
        """Return all of it as a script of assignments, which computes the same numbers."""
        return sheet.as_python(self.equations(most))

    def __repr__(self) -> str:
        sizes, digits = sizes_text(self.arithmetic.subject.layout.sizes), self.arithmetic.rounding.digits
        exactly = translated("exact") if digits is None else translated("rounded to {0} digits", digits)
        one = "Worked example of a network {1}: loss {2}, {3}"
        many = "Worked example of a network {1}: {0} examples, loss {2}, {3}"
        return f"<{counted(self.arithmetic.n_rows, one, many, sizes, loss_text(self.loss), exactly)}>"

    def _repr_html_(self) -> str:
        return sheet.as_html(self._written(6, 8))

    def _rows(self, values: Array) -> Array:
        return read_only((values if self._is_batch else values[0]).copy())

    def _written(self, figures: int, most: int) -> Equations:
        rounding = Rounding(self.arithmetic.rounding.digits, min(whole(figures, "figures", 1), 17))
        return Equations(self.arithmetic, whole(most, "most", 1), rounding)


def worked_example(
    net: Network,
    x: ArrayLike,
    y: ArrayLike,
    loss: str | None = None,
    learning_rate: float = 0.1,
    optimizer: str | None = None,
    digits: int | None = None,
    **settings: Unpack[UpdateSettings],
) -> WorkedExample:
    """Work out by hand what a network does with an example, and how it would learn from it.

    Parameters
    ----------
    net : Network
        It is left as it is.
    x, y : array_like ``(n_features,)``, ``(n_outputs,)``
        One example; ``(n_samples, n_features)`` and ``(n_samples, n_outputs)`` are a mini-batch, which learns from the
        mean of its examples (or as the loss has it).
    loss : str, optional
        Name in `nnviz.core.losses.LOSSES`; None takes the one that fits the output activation.
    learning_rate : float
    optimizer : str, optional
        Name in `nnviz.core.optimizers.OPTIMIZERS`, with an empty memory; None: plain gradient descent.
    digits : int, optional
        2 … 6: everything is rounded to so many digits behind the point before it is used on, as on paper; sums of
        products are written in full. None: nothing is rounded.
    **settings
        As of `nnviz.Trainer`: the optimiser's own parameters, l1=0.0, l2=0.0, clip_norm=None.

    Returns
    -------
    WorkedExample

    Raises
    ------
    SettingError, DataError
        Where names, numbers or arrays do not fit.

    Examples
    --------
    >>> import nnviz
    >>> net = nnviz.Network([2, 3, 1], seed=0)
    >>> worked = nnviz.worked_example(net, [0.5, -1.0], [1.0], optimizer="adam", learning_rate=0.01)
    >>> [z.shape for z in worked.z], [gradient.shape for gradient in worked.weight_gradients]
    ([(3,), (1,)], [(3, 2), (1, 3)])
    >>> worked
    <Worked example of a network 2-3-1: loss 0.5212, exact>
    """
    network = instance(net, Network, "net")
    rounding = Rounding(digits)
    name = LOSSES[default_loss(network.activations[-1]) if loss is None else loss].name
    check_compatible(network.activations[-1], name)
    X, Y, is_batch = _checked_pair(network, x, y)
    check_targets(name, Y)
    chosen: dict[str, Any] = {"optimizer": "sgd" if optimizer is None else optimizer, "learning_rate": learning_rate}
    hyper = Settings().changed(**chosen, **settings).hyper(len(X))
    return WorkedExample(work_out(_beginning(network, name, hyper), X, Y, rounding), is_batch=is_batch)


def checked_example(network: Network, loss: str, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return one example as ``(n_inputs,)`` and ``(n_outputs,)``, or raise `DataError` where it fits badly."""
    X, Y, is_batch = _checked_pair(network, x, y)
    if is_batch:
        raise DataError("One example was asked for, but rows of several were given; take one of them.")
    check_targets(loss, Y)
    return X[0], Y[0]


def _beginning(network: Network, loss: str, hyper: Hyper) -> Subject:
    """Return a network that is about to make its first update."""
    parameters = network.drop_unused_biases().copy()
    return Subject(
        layout=network.layout,
        activations=network.activation_entries,
        loss=LOSSES[loss],
        bias=network.bias,
        parameters=parameters,
        hyper=hyper,
        rate=hyper.learning_rate,
        slots=OPTIMIZERS.by_code(hyper.optimizer).memory(len(parameters)),
        t=1,
        held=network.masks.held,
    )


def _checked_pair(network: Network, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array, bool]:
    """Return inputs and targets in rows, and whether they are a mini-batch."""
    X, is_batch = _examples(x, network.layer_sizes[0], "inputs")
    Y, _ = _examples(y, network.layer_sizes[-1], "outputs", flat_is_batch=is_batch)
    if len(X) != len(Y):
        raise DataError("There are {0} examples but {1} targets; their numbers must agree.", len(X), len(Y))
    if not len(X):
        raise DataError("There are no examples to work out; give at least one.")
    if not (np.isfinite(X).all() and np.isfinite(Y).all()):
        raise DataError("An example to be worked out must consist of finite numbers.")
    return X, Y, is_batch


def _examples(values: ArrayLike, n_columns: int, role: str, *, flat_is_batch: bool = False) -> tuple[Array, bool]:
    """Return rows, and whether they are a mini-batch: one flat array is one example."""
    array = numbers(values, translated("Inputs") if role == "inputs" else translated("Targets"))
    if array.ndim == 1 and not flat_is_batch:
        array = array.reshape(1, -1)
        return as_rows(array, n_columns, role).copy(), False
    return as_rows(array, n_columns, role).copy(), array.ndim == 2


def _place(value: int, name: str, least: int, end: int) -> int:
    number = whole(value, name, least)
    if number >= end:
        raise DataError("{0} must lie between {1} and {2}, not {3}.", name, least, end - 1, number)
    return number
