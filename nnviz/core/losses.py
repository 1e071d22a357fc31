"""The losses: what training makes small.

Every loss sums over the outputs and averages over the examples; only `sum_squared_error` is a plain sum. The two
cross-entropies are computed from the logits (the pre-activations of the output layer), without clipping, and lose no
digit where the network is all but certain, whichever class it is certain of.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from nnviz.core.activations import ACTIVATIONS, sigmoid
from nnviz.core.choices import Coded, CodedTable
from nnviz.core.errors import DataError, SettingError
from nnviz.core.layout import Array, Layout
from nnviz.core.metrics import Task

#: As PyTorch's HuberLoss.
HUBER_DELTA = 1.0


class Loss(Coded, Struct, frozen=True, kw_only=True):
    """A loss.

    Attributes
    ----------
    terms : callable
        ``(Y, A) -> terms``, what each output of each example adds to the loss, as defined, of targets and predictions
        ``(n_samples, n_outputs)``; same shape.
    gradient : callable
        ``(Y, A) -> dL/dA``, same shape.
    mean : bool
        Whether the loss is the mean over examples (else their sum).
    outputs : tuple of str or None
        Output activations that it goes with; None: all elementwise ones.
    for_classes : bool
        Whether it compares classes, and so means nothing for numbers.
    one_hot : bool
        Whether the targets of each row must add up to 1.
    squared : bool
        Whether it grows with the square of the error.
    logit_terms : callable or None
        ``(Y, Z) -> terms``: the same from the pre-activations of the output layer, where that is the safe way.
    logit_slopes : callable or None
        ``(Y, Z, A) -> dL/dZ`` of each example, ``Ŷ − Y``, where there are `logit_terms`.
    """

    terms: Callable[[Array, Array], Array]
    gradient: Callable[[Array, Array], Array]
    outputs: tuple[str, ...] | None = None
    mean: bool = True
    for_classes: bool = False
    one_hot: bool = False
    squared: bool = False
    logit_terms: Callable[[Array, Array], Array] | None = None
    logit_slopes: Callable[[Array, Array, Array], Array] | None = None

    @property
    def pairs_with(self) -> tuple[str, ...]:
        """Names of the output activations that it goes with."""
        if self.outputs is not None:
            return self.outputs
        return tuple(entry.name for entry in ACTIVATIONS.values() if entry.elementwise)

    @property
    def usual_task(self) -> Task:
        """The task that it is used for unless another is named."""
        return "classification" if self.for_classes else "regression"

    def function(self, Y: Array, A: Array) -> float:
        """Return the loss, as defined, of targets and predictions ``(n_samples, n_outputs)``."""
        return self.total(self.terms(Y, A))

    def total(self, terms: Array) -> float:
        """Sum over outputs, mean over examples (or sum)."""
        return float(terms.sum()) / (len(terms) if self.mean else 1)


def _x_log_y(x: Array, y: Array) -> Array:
    """Return x·ln y, where 0·ln 0 = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x == 0.0, 0.0, x * np.log(y))


def _binary_terms(Y: Array, A: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return -(_x_log_y(Y, A) + np.where(Y == 1.0, 0.0, (1.0 - Y) * np.log1p(-A)))


def _binary_gradient(Y: Array, A: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (A - Y) / (A * (1.0 - A))
        return np.where(Y == 1.0, -1.0 / A, np.where(Y == 0.0, 1.0 / (1.0 - A), between)) / len(Y)


def _cross_entropy_gradient(Y: Array, A: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(Y == 0.0, 0.0, -Y / A) / len(Y))


def _binary_from_logits(Y: Array, Z: Array) -> Array:
    return np.asarray(np.maximum(Z, 0.0) - Z * Y + np.log1p(np.exp(-np.abs(Z))))


def _binary_slopes(Y: Array, Z: Array, A: Array) -> Array:
    # Near 1, Ŷ has no digits left for what it lacks to 1, which is all that pulls on targets of 1.
    return np.where(Z > 0.0, (1.0 - Y) - sigmoid(-Z), A - Y)


def _cross_entropy_from_logits(Y: Array, Z: Array) -> Array:
    shifted, others = _shifted(Z)
    return np.asarray(Y * (np.log1p(others) - shifted))


def _cross_entropy_slopes(Y: Array, Z: Array, A: Array) -> Array:
    _, others = _shifted(Z)
    return np.where(A > 0.5, (1.0 - Y) - others / (1.0 + others), A - Y)


def _shifted(Z: Array) -> tuple[Array, Array]:
    """Return Z less the largest entry of each row, and the sum of the exponentials of all but that one ``(n, 1)``."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    np.put_along_axis(powers, Z.argmax(axis=1, keepdims=True), 0.0, axis=1)
    return shifted, powers.sum(axis=1, keepdims=True)


def _huber(Y: Array, A: Array) -> Array:
    error = np.abs(A - Y)
    return np.where(error <= HUBER_DELTA, 0.5 * error * error, HUBER_DELTA * (error - 0.5 * HUBER_DELTA))


LOSSES: CodedTable[Loss] = CodedTable(
    "loss",
    (
        Loss(
            name="binary_cross_entropy",
            label="Binary cross-entropy",
            help="The surprise at the right answers of yes/no questions: confident mistakes cost most.",
            formula="L = −1/n Σ [y·ln ŷ + (1 − y)·ln(1 − ŷ)]",
            code=0,
            terms=_binary_terms,
            gradient=_binary_gradient,
            outputs=("sigmoid",),
            for_classes=True,
            logit_terms=_binary_from_logits,
            logit_slopes=_binary_slopes,
        ),
        Loss(
            name="cross_entropy",
            label="Cross-entropy",
            help="The surprise at the right class: minus the logarithm of the probability that it was given.",
            formula="L = −1/n Σ y·ln ŷ",
            code=1,
            terms=lambda Y, A: -_x_log_y(Y, A),
            gradient=_cross_entropy_gradient,
            outputs=("softmax",),
            for_classes=True,
            one_hot=True,
            logit_terms=_cross_entropy_from_logits,
            logit_slopes=_cross_entropy_slopes,
        ),
        Loss(
            name="mean_squared_error",
            label="Mean squared error",
            help="The average squared distance between prediction and target; the usual loss of regression.",
            formula="L = 1/n Σ (ŷ − y)²",
            code=2,
            terms=lambda Y, A: (A - Y) ** 2,
            gradient=lambda Y, A: 2.0 * (A - Y) / len(Y),
            squared=True,
        ),
        Loss(
            name="half_squared_error",
            label="Half squared error",
            help="Half the squared error, so that its slope is simply prediction minus target.",
            formula="L = 1/n Σ ½(ŷ − y)²",
            code=3,
            terms=lambda Y, A: 0.5 * (A - Y) ** 2,
            gradient=lambda Y, A: (A - Y) / len(Y),
            squared=True,
        ),
        Loss(
            name="sum_squared_error",
            label="Sum of squared errors",
            help="All squared errors added up, not averaged: its gradient grows with the number of examples.",
            formula="L = Σ (y − ŷ)²",
            code=4,
            terms=lambda Y, A: (A - Y) ** 2,
            gradient=lambda Y, A: 2.0 * (A - Y),
            mean=False,
            squared=True,
        ),
        Loss(
            name="mean_absolute_error",
            label="Mean absolute error",
            help="The average distance to the target; outliers count no more than they are far.",
            formula="L = 1/n Σ |ŷ − y|",
            code=5,
            terms=lambda Y, A: np.abs(A - Y),
            gradient=lambda Y, A: np.sign(A - Y) / len(Y),
        ),
        Loss(
            name="huber",
            label="Huber",
            help="Squared for errors up to 1, absolute beyond: smooth near the target and calm about outliers.",
            formula="L = 1/n Σ (½e² if |e| ≤ 1, else |e| − ½), e = ŷ − y",
            code=6,
            terms=_huber,
            gradient=lambda Y, A: np.clip(A - Y, -HUBER_DELTA, HUBER_DELTA) / len(Y),
        ),
    ),
)


def default_loss(output_activation: str) -> str:
    """Return the loss that fits an output activation: its cross-entropy, else the mean squared error."""
    return LOSSES[ACTIVATIONS[output_activation].usual_loss].name


def check_compatible(output_activation: str, loss: str) -> None:
    """Raise `SettingError` where that loss cannot stand behind that output activation."""
    activation, entry = ACTIVATIONS[output_activation], LOSSES[loss]
    if activation.name in entry.pairs_with:
        return
    if not activation.elementwise:
        raise SettingError(
            "A {0} output goes with the {1} loss only, not with {2}.", activation.name, activation.usual_loss, loss
        )
    raise SettingError(
        "The loss {0} needs a {1} output, not {2}; choose that output or the loss {3}.",
        loss,
        entry.pairs_with[0],
        output_activation,
        default_loss(output_activation),
    )


def check_targets(loss: str, Y: Array) -> None:
    """Raise `DataError` where a cross-entropy is asked of targets that are no probabilities."""
    entry = LOSSES[loss]
    if entry.logit_terms is None:
        return
    if not np.all((Y >= 0.0) & (Y <= 1.0)):
        raise DataError(
            "The loss {0} needs targets between 0 and 1, but they span {1:g} … {2:g}.", loss, Y.min(), Y.max()
        )
    if entry.one_hot and not np.allclose(Y.sum(axis=1), 1.0, rtol=0.0, atol=1e-9):
        raise DataError("The loss {0} needs one-hot targets: each row must add up to 1.", loss)


def loss_value(loss: Loss, Y: Array, Z: Array, A: Array, weights: Array | None = None) -> float:
    """Return the loss of outputs `A` with pre-activations `Z` ``(n_samples, n_outputs)``.

    `weights` ``(n_samples,)`` say how much each example counts; None: all the same.
    """
    if weights is None:
        return loss.total(_terms(loss, Y, Z, A))
    return float((row_shares(loss, weights) * row_losses(loss, Y, Z, A)).sum())


def row_shares(loss: Loss, weights: Array) -> Array:
    """Return what the loss of each example is multiplied by: ``wᵢ / Σ w``; ``wᵢ`` where the loss is a sum.

    Examples that all weigh nothing have no part in the loss.
    """
    whole = float(weights.sum())
    return weights / whole if loss.mean and whole > 0.0 else weights


def batch_shares(loss: Loss, weights: Array) -> Array:
    """Return what the loss of each example of a mini-batch is multiplied by: ``wᵢ / m`` of its m rows; ``wᵢ`` where
    the loss is a sum.

    `weights` ``(m,)`` are those of training rows, 1 on the average of all of them: so the mean over the batches is
    the loss of all, and a rare class counts as much as it weighs even where most batches have none of its rows.
    """
    return weights / len(weights) if loss.mean else weights


def row_losses(loss: Loss, Y: Array, Z: Array, A: Array) -> Array:
    """Return the loss of each example ``(n_samples,)``, summed over the outputs and not weighted.

    The loss is their mean (or sum).
    """
    return np.asarray(_terms(loss, Y, Z, A).sum(axis=1))


def _terms(loss: Loss, Y: Array, Z: Array, A: Array) -> Array:
    return loss.terms(Y, A) if loss.logit_terms is None else loss.logit_terms(Y, Z)


def penalty(layout: Layout, parameters: Array, l1: float, l2: float) -> float:
    """Return ``l1·Σ|w| + l2/2·Σw²`` over the weights: what is reported beside the loss."""
    if not (l1 or l2):
        return 0.0
    weights = parameters[layout.is_weight]
    with np.errstate(all="ignore"):
        return l1 * float(np.abs(weights).sum()) + 0.5 * l2 * float(weights @ weights)
