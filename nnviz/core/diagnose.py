"""The health of a run: what is amiss, how that was measured, by which threshold, and what would mend it.

Every finding names the source of its threshold and proposes one change; nothing is ever changed by itself. The
measures are in `nnviz.core.health_measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from msgspec import Struct

from nnviz.core.arrays import read_only
from nnviz.core.bounds import LEARNING_RATE
from nnviz.core.engine import Hyper, Problem, RunState
from nnviz.core.health_measures import (
    HEALTHY_RATIO,
    IDENTICAL,
    PLATEAU_EPOCHS,
    RISING_EPOCHS,
    SCALES_APART,
    STILL,
    Measures,
    identical_units,
    measure,
    rising_share,
    scale_ratio,
    standing_still,
)
from nnviz.core.history.history import History
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES
from nnviz.core.translation import translated

Kind = Literal[
    "silent", "saturated", "vanishing", "exploding", "large_steps", "small_steps", "identical", "never_predicted",
    "input_scales", "target_scales", "rising", "plateau",
]  # fmt: skip
Remedy = Literal[
    "reinitialise", "new_weights", "setting", "activation", "standardise_inputs", "standardise_targets",
    "class_weights",
]  # fmt: skip

#: Share of the examples on which a unit is saturated.
SATURATED_SHARE = 0.9
#: Kinds that are told where something is too small.
_TOLD_BELOW = ("vanishing", "small_steps", "identical", "plateau")
#: Size of ``∂ℓ/∂z`` in the first layer over that in the last, where it has vanished and where it has exploded: four
#: sigmoid layers leave less than 0.002, three at least that, and two 0.009.
VANISHED, EXPLODED = 2.5e-3, 1e3
#: A root mean square of a layer's gradient that no learning rate suits.
EXPLODED_SIZE = 1e2
#: Update over weight, beyond which steps are too long, and below which nothing is learnt.
LONG_STEPS, SHORT_STEPS = 1e-1, 1e-6
#: Share of the epochs in which the loss rises.
RISING_SHARE = 1.0 / 3.0


class Fix(Struct, frozen=True):
    """One change that would mend it.

    Attributes
    ----------
    label : str
        What a button says.
    remedy : str
        "reinitialise" (the units), "new_weights" (of all layers), "setting" (`name` becomes `value`), "activation" (of
        all hidden layers, `value`), "standardise_inputs", "standardise_targets" or "class_weights".
    name : str
        Of a setting of `nnviz.Trainer`.
    value : float or str or None
    """

    label: str
    remedy: Remedy
    name: str = ""
    value: float | str | None = None


class Finding(Struct, frozen=True):
    """Something that is amiss.

    Attributes
    ----------
    kind : str
        "silent", "saturated", "vanishing", "exploding", "large_steps", "small_steps", "identical", "never_predicted",
        "input_scales", "target_scales", "rising" or "plateau".
    layer : int or None
        1 … L, where it is about one.
    units : tuple of int
        Units of that layer, from 0; of "never_predicted" the classes, of scales the columns.
    measured : float
        What was measured.
    threshold : float
        Where it begins to be told.
    sentence : str
        What was measured and what that means.
    source : str
        Where the threshold comes from.
    fix : Fix
    """

    kind: Kind
    layer: int | None
    units: tuple[int, ...]
    measured: float
    threshold: float
    sentence: str
    source: str
    fix: Fix

    @property
    def is_told_below(self) -> bool:
        """Whether it is told where what is measured is below the threshold, instead of above."""
        return self.kind in _TOLD_BELOW


class Checkup(Struct, frozen=True, eq=False):
    """What the health of a run was looked at by, and what is amiss with it.

    Attributes
    ----------
    findings : tuple of Finding
        The most telling first.
    slope_sizes : ndarray ``(n_layers,)``
        Root mean square of the loss's slope ``∂ℓ/∂z`` over units and training rows of each layer.
    update_ratios : ndarray ``(n_layers,)``
        Size of the next update over that of the weights; NaN where all weights are 0, or held by masks.
    n_held : int
        Weights and biases that masks hold: they are not expected to learn.
    """

    findings: tuple[Finding, ...]
    slope_sizes: Array
    update_ratios: Array
    n_held: int = 0


def checkup(problem: Problem, hyper: Hyper, state: RunState, history: History) -> Checkup:
    """Look at a run as it stands; `state` is left alone."""
    measures = measure(problem, hyper, state)
    found: list[Finding] = []
    if measures.is_finite:
        for look in _UNITS:
            found += look(measures, hyper)
    found += _scales(problem)
    if state.epoch:
        found += _never_predicted(problem, hyper, measures) if measures.is_finite else ()
        found += _curve(hyper, history)
    sizes, ratios = read_only(measures.delta_sizes), read_only(measures.update_ratios)
    return Checkup(tuple(found), sizes, ratios, len(state.held))


def _silent(measures: Measures, _hyper: Hyper) -> Iterator[Finding]:
    for layer, silent in enumerate(measures.silent, start=1):
        units = tuple(np.flatnonzero(silent).tolist())
        if units:
            sentence = translated(
                "Layer {0}: {1} of {2} units answer 0 on every training example, with a slope of 0; they learn nothing "
                "any more.",
                layer,
                len(units),
                len(silent),
            )
            fix = Fix(translated("Draw new weights for these units"), "reinitialise")
            yield Finding("silent", layer, units, len(units) / len(silent), 0.0, sentence, _CS231N_1, fix)


def _saturated(measures: Measures, _hyper: Hyper) -> Iterator[Finding]:
    for layer, shares in enumerate(measures.saturated, start=1):
        units = tuple(np.flatnonzero(shares > SATURATED_SHARE).tolist())
        if units:
            largest = float(shares.max())
            sentence = translated(
                "Layer {0}: {1} of {2} units stand at a flat end of their activation on more than 90 % of the "
                "examples (the fullest on {3:.0f} %); hardly any gradient passes them.",
                layer,
                len(units),
                len(shares),
                100.0 * largest,
            )
            fix = Fix(translated("Draw new, smaller weights for these units"), "reinitialise")
            yield Finding("saturated", layer, units, largest, SATURATED_SHARE, sentence, _GLOROT, fix)


def _gradients(measures: Measures, hyper: Hyper) -> Iterator[Finding]:
    sizes, deltas = measures.gradient_sizes, measures.delta_sizes
    if deltas[-1] == 0.0:
        return
    ratio = float(deltas[0] / deltas[-1])
    # Where a whole layer is silent, that is what is amiss.
    if len(sizes) > 1 and ratio < VANISHED and not any(silent.all() for silent in measures.silent):
        sentence = translated(
            "The slope of the loss in layer 1 is {0:.1e} times that in the last layer: it vanishes on its way back, "
            "and the first layers hardly learn.",
            ratio,
        )
        if measures.is_all_relu:
            fix = Fix(translated("Draw new weights for all layers"), "new_weights")
        else:
            fix = Fix(translated("Let the hidden layers be ReLU"), "activation", value="relu")
        yield Finding("vanishing", 1, (), ratio, VANISHED, sentence, _NIELSEN, fix)
    largest = float(sizes.max())
    # Clipped, however large it is, it throws nothing about.
    if not hyper.clip_norm and (ratio > EXPLODED or largest > EXPLODED_SIZE):
        sentence = translated(
            "The gradient of layer {0} is as large as {1:.3g} (root mean square over its weights): it explodes, and "
            "steps throw the weights about.",
            int(sizes.argmax()) + 1,
            largest,
        )
        fix = Fix(translated("Clip the gradient to a norm of 1"), "setting", "clip_norm", 1.0)
        layer = int(sizes.argmax()) + 1
        yield Finding("exploding", layer, (), largest, EXPLODED_SIZE, sentence, _PASCANU, fix)


def _steps(measures: Measures, hyper: Hyper) -> Iterator[Finding]:
    # The base rate is what can be set; a schedule scales it.
    rate = hyper.learning_rate
    known = measures.update_ratios[np.isfinite(measures.update_ratios)]
    if not len(known) or any(silent.all() for silent in measures.silent):
        return
    largest = float(known.max())
    if largest > LONG_STEPS:
        smaller = _rounded(rate * HEALTHY_RATIO / largest)
        layer = int(np.nan_to_num(measures.update_ratios).argmax()) + 1
        sentence = translated(
            "The next update moves the weights of layer {0} by {1:.2g} of their size; usual is about 0.001.",
            layer,
            largest,
        )
        fix = Fix(translated("Learning rate {0:g}", smaller), "setting", "learning_rate", smaller)
        yield Finding("large_steps", layer, (), largest, LONG_STEPS, sentence, _CS231N_3, fix)
    elif largest < SHORT_STEPS:
        wanted = rate * HEALTHY_RATIO / max(largest, 1e-300) or LEARNING_RATE.default
        larger = _rounded(min(wanted, max(100.0 * rate, LEARNING_RATE.default)))
        sentence = translated(
            "The next update moves no layer's weights by more than {0:.1e} of their size; usual is about 0.001.",
            largest,
        )
        fix = Fix(translated("Learning rate {0:g}", larger), "setting", "learning_rate", larger)
        yield Finding("small_steps", None, (), largest, SHORT_STEPS, sentence, _CS231N_3, fix)


def _identical(measures: Measures, _hyper: Hyper) -> Iterator[Finding]:
    for layer, A in enumerate(measures.hidden, start=1):
        units = identical_units(A, measures.silent[layer - 1] | measures.resting[layer - 1])
        if units:
            sentence = translated(
                "Layer {0}: {1} units answer the same on every example, so they are together no more than fewer units.",
                layer,
                len(units),
            )
            fix = Fix(translated("Draw new weights for these units"), "reinitialise")
            yield Finding("identical", layer, units, 0.0, IDENTICAL, sentence, _CS231N_2, fix)


_UNITS: tuple[Callable[[Measures, Hyper], Iterator[Finding]], ...] = (
    _gradients,
    _silent,
    _saturated,
    _identical,
    _steps,
)


def _scales(problem: Problem) -> Iterator[Finding]:
    for values, kind, remedy, source in (
        (problem.X, "input_scales", "standardise_inputs", _LECUN),
        (problem.Y, "target_scales", "standardise_targets", _LECUN),
    ):
        if kind == "target_scales" and LOSSES.by_code(problem.loss).logit_terms is not None:
            continue
        ratio, column = scale_ratio(values, own=kind == "target_scales")
        if ratio < SCALES_APART:
            continue
        if kind == "input_scales":
            sentence = translated(
                "Inputs are on scales {0:.3g} times apart (column {1} is the widest): no learning rate suits all of "
                "their weights.",
                ratio,
                column + 1,
            )
            label = translated("Standardise the inputs")
        else:
            sentence = translated(
                "Targets are on a scale {0:.3g} times that of what the network answers at first, or of one another "
                "(column {1} is the widest).",
                ratio,
                column + 1,
            )
            label = translated("Standardise the targets")
        fix = Fix(label, "standardise_inputs" if remedy == "standardise_inputs" else "standardise_targets")
        found: Kind = "input_scales" if kind == "input_scales" else "target_scales"
        yield Finding(found, None, (column,), ratio, SCALES_APART, sentence, source, fix)


def _never_predicted(problem: Problem, hyper: Hyper, measures: Measures) -> Iterator[Finding]:
    if not problem.classification:
        return
    Y, A = measures.targets, measures.outputs
    if Y.shape[1] == 1:
        there, said = (np.array([(v <= problem.threshold).sum(), (v > problem.threshold).sum()]) for v in (Y, A))
    else:
        there, said = (np.bincount(v.argmax(axis=1), minlength=Y.shape[1]) for v in (Y, A))
    missing = np.flatnonzero((there > 0) & (said == 0))
    if len(missing):
        share = float(there[missing].sum() / there.sum())
        sentence = translated(
            "{0} of {1} classes are never predicted, though {2:.1f} % of the training examples belong to them.",
            len(missing),
            int((there > 0).sum()),
            100.0 * share,
        )
        if problem.weights is None and LOSSES.by_code(problem.loss).logit_terms is not None:
            fix = Fix(translated("Let rare classes count as much as frequent ones"), "class_weights", value="balanced")
        else:
            # Its rows count already, or cannot.
            larger = _rounded(3.0 * hyper.learning_rate or LEARNING_RATE.default)
            fix = Fix(translated("Learning rate {0:g}", larger), "setting", "learning_rate", larger)
        yield Finding("never_predicted", None, tuple(missing.tolist()), share, 0.0, sentence, _PARADOX, fix)


def _curve(hyper: Hyper, history: History) -> Iterator[Finding]:
    loss, rate = history.train_loss, hyper.learning_rate
    share = rising_share(loss)
    if share >= RISING_SHARE:
        sentence = translated(
            "The loss rose in {0:.0f} % of the last {1} epochs; it should fall in most of them.",
            100.0 * share,
            min(RISING_EPOCHS, len(loss) - 1),
        )
        smaller = _rounded(rate / 3.0)
        fix = Fix(translated("Learning rate {0:g}", smaller), "setting", "learning_rate", smaller)
        yield Finding("rising", None, (), share, RISING_SHARE, sentence, _CS231N_3, fix)
    moved = standing_still(loss)
    if moved is not None:
        sentence = translated(
            "The loss has moved by no more than {0:.1e} of itself in the last {1} epochs, and stands at {2:.4g}.",
            moved,
            PLATEAU_EPOCHS,
            float(loss[-1]),
        )
        larger = _rounded(rate * 10.0 or LEARNING_RATE.default)
        fix = Fix(translated("Learning rate {0:g}", larger), "setting", "learning_rate", larger)
        yield Finding("plateau", None, (), moved, STILL, sentence, _PLATEAU, fix)


def _rounded(rate: float) -> float:
    """Return a rate of one figure."""
    return float(f"{min(max(rate, 1e-12), 1e6):.0e}")


_CS231N_1 = "CS231n, Neural Networks 1: dying ReLUs"
_CS231N_2 = "CS231n, Neural Networks 2: symmetry of equal initial weights"
_CS231N_3 = "CS231n, Neural Networks 3: ratio of updates to weights, loss curves"
_GLOROT = "Glorot and Bengio 2010: saturation of hidden units"
_NIELSEN = "Nielsen, Neural Networks and Deep Learning, chapter 5: vanishing gradients"
_PASCANU = "Pascanu, Mikolov and Bengio 2013: exploding gradients"
_LECUN = "LeCun, Bottou, Orr and Müller 1998, Efficient BackProp: inputs and targets on one scale"
_PARADOX = "Accuracy paradox: a rare class that is never named"
_PLATEAU = "Plateau of small weights and sigmoid layers, as at ln 2"
