"""What worked arithmetic is about: a network at one moment, a few examples, and the update that they would make."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from nnviz.core.activations import Activation
from nnviz.core.engine import Hyper
from nnviz.core.explain.passes import Passes, gradient_of, passes
from nnviz.core.explain.rounding import Rounding
from nnviz.core.layout import Array, Layout
from nnviz.core.losses import Loss
from nnviz.core.optimizers import OPTIMIZERS, Optimizer


class Subject(Struct, frozen=True):
    """The network and how it learns, all of it copies.

    Attributes
    ----------
    layout : Layout
    activations : tuple of Activation
        Of layers 1 … L.
    loss : Loss
    bias : bool
        Whether biases are trained.
    parameters : ndarray ``(n_parameters,)``
    hyper : Hyper
        Optimiser, penalties and clipping.
    rate : float
        The learning rate of this update, schedule included.
    slots : ndarray ``(n_slots, n_parameters)``
        The optimiser's memory, before the update.
    t : int
        Which update it is, counted from 1.
    held : ndarray of int
        Places of the parameters that masks hold: they have no gradient, and stay as they are.
    """

    layout: Layout
    activations: tuple[Activation, ...]
    loss: Loss
    bias: bool
    parameters: Array
    hyper: Hyper
    rate: float
    slots: Array
    t: int
    held: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def optimizer(self) -> Optimizer:
        """Its entry in the table."""
        return OPTIMIZERS.by_code(self.hyper.optimizer)


class Arithmetic(Struct, frozen=True):
    """All numbers of the passes and of the update.

    Attributes
    ----------
    subject : Subject
    rounding : Rounding
    passed : Passes
    gradient : ndarray ``(n_parameters,)``
        Of the loss, without penalties.
    penalised : ndarray
        The same with penalties.
    norm : float
        Euclidean norm of `penalised`, which clipping looks at.
    used : ndarray
        What the optimiser gets: penalised and clipped.
    after : ndarray
        The parameters after the update.
    slots : ndarray ``(n_slots, n_parameters)``
        The optimiser's memory, after the update.
    """

    subject: Subject
    rounding: Rounding
    passed: Passes
    gradient: Array
    penalised: Array
    norm: float
    used: Array
    after: Array
    slots: Array

    @property
    def n_rows(self) -> int:
        """Examples."""
        return len(self.passed.inputs)

    @property
    def is_single(self) -> bool:
        """Whether the loss is that of one example, as it is."""
        return self.n_rows == 1 and bool(self.passed.shares[0] == 1.0)

    @property
    def is_clipped(self) -> bool:
        """Whether the gradient was too long."""
        return bool(self.subject.hyper.clip_norm and self.norm > self.subject.hyper.clip_norm)

    @property
    def is_penalised(self) -> bool:
        """Whether penalties are on."""
        return bool(self.subject.hyper.l1 or self.subject.hyper.l2)

    @property
    def total_loss(self) -> float:
        """The loss of the examples together, without penalty."""
        passed = self.passed
        return float(self.rounding.in_full(np.asarray((passed.shares * passed.losses).sum())))


def work_out(
    subject: Subject,
    X: Array,
    Y: Array,
    rounding: Rounding,
    *,
    dropped: Sequence[Array] = (),
    shares: Array | None = None,
) -> Arithmetic:
    """Compute passes and update over ``X (n_samples, n_inputs)``, as the NumPy engine does."""
    layout, hyper = subject.layout, subject.hyper
    with np.errstate(all="ignore"):
        passed = passes(
            layout,
            subject.activations,
            subject.loss,
            subject.parameters,
            X,
            Y,
            rounding,
            dropped=dropped,
            shares=shares,
        )
        gradient = gradient_of(layout, passed, rounding, bias=subject.bias)
        gradient[subject.held] = 0.0
        penalised = gradient
        if hyper.l1 or hyper.l2:
            pulled = hyper.l1 * np.sign(subject.parameters) + hyper.l2 * subject.parameters
            pulled[subject.held] = 0.0
            penalised = rounding.used_on(gradient + layout.is_weight * pulled)
        norm = math.sqrt(float(penalised @ penalised))
        used = penalised
        if hyper.clip_norm and norm > hyper.clip_norm:
            used = rounding.used_on(penalised * (hyper.clip_norm / norm))
        after, slots = subject.parameters.copy(), subject.slots.copy()
        subject.optimizer.step(after, used.copy(), slots, subject.rate, subject.t, hyper.optimizer_parameters)
        after[subject.held], slots[:, subject.held] = subject.parameters[subject.held], subject.slots[:, subject.held]
    return Arithmetic(subject, rounding, passed, gradient, penalised, norm, used, rounding.in_full(after), slots)
