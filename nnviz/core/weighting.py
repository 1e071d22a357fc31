"""How much each row counts in the loss: weights of classes, so that rare ones are not passed over, and of rows.

The loss of all rows is ``Σ wᵢℓᵢ / Σ wᵢ``, as of PyTorch's ``CrossEntropyLoss(weight=…)``; of a loss that is a sum,
``Σ wᵢℓᵢ``. A mini-batch of m training rows descends ``1/m Σ w̄ᵢℓᵢ``, with the weights divided by their mean over all
training rows, as of scikit-learn's and Keras' weights of samples: the mean of the batches is the loss of all. Were each
batch divided by the weights of its own rows, a batch without a rare row would count in full, and the weights would do
nothing in batches of one. Scores count every row once, whatever it weighs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.arguments import items, numbers
from nnviz.core.bounds import CLASS_WEIGHT
from nnviz.core.errors import DataError, SettingError
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES
from nnviz.core.numbers import count_text

BALANCED: Final = "balanced"
LARGEST_WEIGHT = CLASS_WEIGHT.maximum
"""Of a class or a row: beyond it nothing else would count."""

#: More than any network has outputs that can be trained; each weight is looked at.
_MOST_CLASSES = 20_000

ClassWeights = Literal["balanced"] | tuple[float, ...]
"""As a run keeps them: "balanced", or one number for each class."""
ClassWeightsLike = str | Sequence[float] | None
"""As a user gives them; None: all classes weigh 1."""


class LossWeights(TypedDict, total=False):
    """What `nnviz.Network.loss` and its gradients take as keywords."""

    class_weights: ClassWeightsLike
    row_weights: ArrayLike | None


def check_class_weights(value: Any) -> ClassWeights | None:
    """Return weights of classes as a run keeps them.

    Parameters
    ----------
    value : None, "balanced" or sequence of float
        Numbers in the order of the classes, each between 10⁻⁶ and 10⁶.

    Raises
    ------
    SettingError
        Where it is something else.
    """
    if value is None:
        return None
    if isinstance(value, str) and value == BALANCED:
        return BALANCED
    try:
        given = items(value, "class_weights")
    except SettingError:
        sentence = "Class weights are balanced, or one number for each class such as [1, 5], not {0!r}."
        raise SettingError(sentence, value) from None
    if len(given) < 2:
        raise SettingError("Class weights need one number for each class, two at least, not {0}.", len(given))
    if len(given) > _MOST_CLASSES:
        sentence = "Class weights need one number for each class, {0} at most, not {1}."
        raise SettingError(sentence, _MOST_CLASSES, len(given))
    return tuple(CLASS_WEIGHT.check(each) for each in given)


def check_row_weights(values: ArrayLike, n_rows: int, *, may_be_nothing: bool = False) -> Array:
    """Return the weights of `n_rows` rows as float64 ``(n_rows,)``, a copy.

    Raises
    ------
    DataError
        Where they are not that many numbers from 0 to 10⁶, or all of them are 0 and `may_be_nothing` is not set.
    """
    weights = numbers(values, "Row weights").copy()
    if weights.shape not in ((n_rows,), (n_rows, 1)):
        shape = " × ".join(map(str, weights.shape)) or "1"
        raise DataError("There are {0} rows, but an array of {1} row weights was given.", n_rows, shape)
    weights = weights.reshape(n_rows)
    wrong = ~((weights >= 0.0) & (weights <= LARGEST_WEIGHT))
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(
            "The weight of row {0} is {1:g}; weights must lie between 0 and {2}.",
            row + 1,
            weights[row],
            count_text(LARGEST_WEIGHT),
        )
    if n_rows and not (may_be_nothing or weights.any()):
        raise DataError("All row weights are 0, so that no row counts; give at least one of them a weight.")
    return weights


def check_class_number(weights: ClassWeights, n_classes: int) -> None:
    """Raise `SettingError` where there are not as many weights as classes."""
    if weights != BALANCED and len(weights) != n_classes:
        raise SettingError("There are {0} classes but {1} class weights; give as many.", n_classes, len(weights))


def class_factors(weights: ClassWeights, counts: NDArray[np.int64]) -> Array:
    """Return the weight of every class ``(n_classes,)``; "balanced" is ``n / (k·n_c)``, as in scikit-learn.

    Parameters
    ----------
    weights : "balanced" or tuple of float
    counts : ndarray of int ``(n_classes,)``
        Training rows of each class. One without rows weighs 1, and does not count in k.

    Raises
    ------
    SettingError
        Where there are not as many weights as classes.
    """
    check_class_number(weights, len(counts))
    if weights != BALANCED:
        return np.array(weights, dtype=np.float64)
    present = counts > 0
    factors = np.ones(len(counts))
    factors[present] = counts.sum() / (present.sum() * counts[present])
    return factors


def check_weighted_loss(loss: str) -> None:
    """Raise `SettingError` where the loss called `loss` compares no classes, which then cannot weigh differently."""
    if LOSSES[loss].logit_terms is None:
        names = " and ".join(entry.name for entry in LOSSES.values() if entry.logit_terms is not None)
        raise SettingError("Class weights go with the losses {0}, not with {1}.", names, loss)


def classes_of(Y: Array) -> NDArray[np.int64]:
    """Return the class of each row of targets: 0 or 1 of one column, the one column of several that is 1.

    Raises
    ------
    DataError
        Where a row has no class, or several.
    """
    hard = ((Y == 0.0) | (Y == 1.0)).all() and (Y.shape[1] == 1 or (Y.sum(axis=1) == 1.0).all())
    if not hard:
        raise DataError(
            "Class weights need one class for each row: targets of 0 and 1 in one column, or one-hot in several."
        )
    index = Y[:, 0] if Y.shape[1] == 1 else Y.argmax(axis=1)
    return np.asarray(index, dtype=np.int64)


class Weighting:
    """What rows weigh in the loss, by the class weights of a run.

    Parameters
    ----------
    loss : str
        Name in `nnviz.core.losses.LOSSES`.
    class_weights : None, "balanced" or tuple of float
    Y : ndarray ``(n_samples, n_outputs)``
        Training targets, which say how many rows each class has.

    Raises
    ------
    SettingError
        Where class weights do not go with the loss or the classes.
    DataError
        Where the targets are no classes.
    """

    def __init__(self, loss: str, class_weights: ClassWeights | None, Y: Array) -> None:
        self._factors: Array | None = None
        if class_weights is not None:
            check_weighted_loss(loss)
            counts = np.bincount(classes_of(Y), minlength=max(Y.shape[1], 2))
            self._factors = class_factors(class_weights, counts)

    def of(self, Y: Array, row_weights: ArrayLike | None) -> Array | None:
        """Return what rows with targets `Y` weigh ``(n_samples,)``: class times row; None where all weigh 1."""
        own = None if row_weights is None else check_row_weights(row_weights, len(Y))
        if self._factors is None:
            return own
        weights = self._factors[classes_of(Y)]
        return weights if own is None else weights * own
