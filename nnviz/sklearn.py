"""nnviz's networks as estimators of scikit-learn: in its pipelines, searches and cross-validations.

scikit-learn is imported here alone. What is wrong with a parameter is said by `fit`, as it is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.arguments import flag, items, real, whole
from nnviz.core.errors import DataError, SettingError
from nnviz.core.history.history import History
from nnviz.core.layout import Array
from nnviz.core.network import Network
from nnviz.core.settings import ScheduleChoice
from nnviz.core.trainer import Trainer

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError:
    raise ImportError(
        "nnviz.sklearn needs scikit-learn 1.6 or later; install it with: pip install 'scikit-learn>=1.6'."
    ) from None

__all__ = ["NNClassifier", "NNRegressor"]

#: Draws that a random state is asked for: of the weights, of the order of the rows, of the rows kept back.
_MOST_SEED = 2**31 - 1


class _Estimator(BaseEstimator):
    """What both have in common: parameters, standardised inputs, rows kept back, training."""

    network_: Network
    history_: History

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (8, 8),
        activation: str | Sequence[str] = "tanh",
        *,
        epochs: int = 200,
        optimizer: str = "adam",
        learning_rate: float = 0.01,
        schedule: ScheduleChoice = None,
        batch_size: int | None = 32,
        l1: float = 0.0,
        l2: float = 0.0,
        dropout: float = 0.0,
        clip_norm: float | None = None,
        standardise: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 20,
        engine: Literal["auto", "compiled", "numpy"] = "auto",
        random_state: Any = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.epochs = epochs
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.batch_size = batch_size
        self.l1 = l1
        self.l2 = l2
        self.dropout = dropout
        self.clip_norm = clip_norm
        self.standardise = standardise
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.engine = engine
        self.random_state = random_state

    @property
    def n_iter_(self) -> int:
        """Epochs that have been trained."""
        check_is_fitted(self, "network_")
        return self.history_.last_epoch

    def __getstate__(self) -> dict[str, Any]:
        # A trainer holds the rows that it is trained on, which a model that is passed on had better not.
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_trainer"}

    def _outputs(self) -> tuple[int, str]:
        """Return the number of outputs and their activation."""
        raise NotImplementedError

    def _train(self, X: Array, Y: Array, groups: NDArray[np.int64] | None, more: dict[str, Any]) -> None:
        """Train anew on rows and targets; `groups` are the classes, of which each keeps its share."""
        random = check_random_state(self.random_state)
        kept_back = self._kept_back(random, len(X), groups)
        self._fit_scaling(X[~kept_back])
        inputs = self._scaled(X)
        trainer = self._new_trainer(
            int(random.randint(_MOST_SEED)), inputs[~kept_back], Y[~kept_back], inputs[kept_back], Y[kept_back], more
        )
        trainer.run(whole(self.epochs, "epochs", 1))
        if kept_back.any():
            trainer.network.parameters = trainer.best_parameters
        self._keep(trainer)

    def _go_on(self, X: Array, Y: Array, more: dict[str, Any]) -> None:
        """Train one epoch on other rows."""
        trainer = getattr(self, "_trainer", None)
        if not hasattr(self, "network_"):
            random = check_random_state(self.random_state)
            self._fit_scaling(X)
            trainer = self._new_trainer(int(random.randint(_MOST_SEED)), self._scaled(X), Y, None, None, more)
        elif trainer is None:
            trainer = Trainer(self.network_, self._scaled(X), Y, **self._settings(0), **more)
        else:
            trainer.replace_data(self._scaled(X), Y)
        trainer.run(1)
        self._keep(trainer)

    def _keep(self, trainer: Trainer) -> None:
        if trainer.diverged is not None:
            raise SettingError("{0}", trainer.stop_reason)
        self._trainer = trainer
        self.network_, self.history_ = trainer.network, trainer.history

    def _settings(self, seed: int) -> dict[str, Any]:
        names = ("optimizer", "learning_rate", "schedule", "batch_size", "l1", "l2", "dropout", "clip_norm", "engine")
        return {"seed": seed, **{name: getattr(self, name) for name in names}}

    def _new_trainer(
        self, seed: int, X: Array, Y: Array, X_test: Array | None, Y_test: Array | None, more: dict[str, Any]
    ) -> Trainer:
        n_outputs, output = self._outputs()
        sizes = (X.shape[1], *items(self.hidden_layer_sizes, "hidden_layer_sizes"), n_outputs)
        network = Network(sizes, self.activation, output, seed=seed)
        if X_test is None or not len(X_test):
            return Trainer(network, X, Y, **self._settings(seed), **more)
        return Trainer(network, X, Y, X_test, Y_test, patience=self.patience, **self._settings(seed), **more)

    def _kept_back(self, random: Any, n_rows: int, groups: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        """Return a mask of the rows on which early stopping looks: the same share of each class, at least one row."""
        mask = np.zeros(n_rows, dtype=np.bool_)
        if not flag(self.early_stopping, "early_stopping"):
            return mask
        share = real(self.validation_fraction)
        if share is None or not 0.0 < share < 1.0:
            raise SettingError("validation_fraction must lie between 0 and 1, not {0!r}.", self.validation_fraction)
        for group in np.unique(groups) if groups is not None else (None,):
            rows = random.permutation(np.arange(n_rows) if group is None else np.flatnonzero(groups == group))
            mask[rows[: min(max(round(float(share) * len(rows)), 1), len(rows) - 1)]] = True
        if not mask.any():
            raise DataError("{0} rows are too few to keep some back for early stopping.", n_rows)
        return mask

    def _fit_scaling(self, X: Array) -> None:
        self._offset, self._scale = np.zeros(X.shape[1]), np.ones(X.shape[1])
        if flag(self.standardise, "standardise"):
            self._offset, self._scale = _mean_and_deviation(X)

    def _scaled(self, X: Array) -> Array:
        return (X - self._offset) / self._scale

    def _predicted(self, X: ArrayLike) -> Array:
        check_is_fitted(self, "network_")
        rows = validate_data(self, X, reset=False, dtype=np.float64)
        return self.network_.predict(self._scaled(rows))


class NNClassifier(ClassifierMixin, _Estimator):
    """A network that tells classes apart.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int
        Units of each hidden layer; ``()`` makes it logistic regression.
    activation : str or sequence of str
        Of the hidden layers: one name for all, or one for each.
    epochs : int
        At most; early stopping ends training before.
    optimizer, learning_rate, schedule, batch_size, l1, l2, dropout, clip_norm, engine
        As in `nnviz.Trainer`.
    class_weight : "balanced", dict or None
        How much a row of each class counts in the loss; "balanced": all classes alike, however many rows they have.
        Classes that a dict leaves out count 1.
    standardise : bool
        Whether every input is brought to mean 0 and standard deviation 1, as it has them in the rows of `fit`.
    early_stopping : bool
        Whether a share of the rows is kept back, and training ends where their loss has not fallen for `patience`
        epochs; the parameters with the lowest one are kept.
    validation_fraction, patience : float, int
        Of early stopping.
    random_state : int, RandomState or None

    Attributes
    ----------
    network_ : nnviz.Network
        Of the standardised inputs.
    history_ : nnviz.History
        Losses and accuracies of every epoch; those of the rows kept back are its test figures.
    classes_ : ndarray
    n_iter_ : int
        Epochs that have been trained.

    Examples
    --------
    >>> import nnviz
    >>> from nnviz.sklearn import NNClassifier
    >>> data = nnviz.load_dataset("moons", n_samples=200, seed=0)
    >>> model = NNClassifier((8,), epochs=60, random_state=0).fit(data.X, data.labels)
    >>> bool(model.score(data.X, data.labels) > 0.85), model.predict_proba(data.X[:3]).shape
    (True, (3, 2))
    """

    classes_: NDArray[Any]

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (8, 8),
        activation: str | Sequence[str] = "tanh",
        *,
        epochs: int = 200,
        optimizer: str = "adam",
        learning_rate: float = 0.01,
        schedule: ScheduleChoice = None,
        batch_size: int | None = 32,
        l1: float = 0.0,
        l2: float = 0.0,
        dropout: float = 0.0,
        clip_norm: float | None = None,
        class_weight: Any = None,
        standardise: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 20,
        engine: Literal["auto", "compiled", "numpy"] = "auto",
        random_state: Any = None,
    ) -> None:
        super().__init__(
            hidden_layer_sizes,
            activation,
            epochs=epochs,
            optimizer=optimizer,
            learning_rate=learning_rate,
            schedule=schedule,
            batch_size=batch_size,
            l1=l1,
            l2=l2,
            dropout=dropout,
            clip_norm=clip_norm,
            standardise=standardise,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            patience=patience,
            engine=engine,
            random_state=random_state,
        )
        self.class_weight = class_weight

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train anew on rows ``(n_samples, n_features)`` and the class of each, of any type."""
        rows, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        self._check_classes()
        self._train(rows, self._coded(codes), codes, self._weights())
        return self

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Self:
        """Train one more epoch, on these rows; the first call names all classes.

        Inputs are standardised as the rows of the first call have them. In a model that was copied or read from a file
        the optimiser's memory and the history begin anew.
        """
        is_first = not hasattr(self, "network_")
        rows, labels = validate_data(self, X, y, dtype=np.float64, reset=is_first)
        check_classification_targets(labels)
        if is_first:
            self.classes_ = np.unique(labels if classes is None else np.asarray(classes))
            self._check_classes()
        codes = np.searchsorted(self.classes_, labels).clip(0, len(self.classes_) - 1)
        if not (self.classes_[codes] == labels).all():
            raise DataError("A class of these rows is none of those that the first call named: {0!r}.", self.classes_)
        self._go_on(rows, self._coded(codes), self._weights())
        return self

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of each class ``(n_samples, n_classes)``, in the order of `classes_`."""
        outputs = self._predicted(X)
        return np.hstack([1.0 - outputs, outputs]) if outputs.shape[1] == 1 else outputs

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable class of each row."""
        shares = self.predict_proba(X)
        return np.asarray(self.classes_[shares.argmax(axis=1)])

    def _check_classes(self) -> None:
        if len(self.classes_) < 2:
            raise DataError("Classification needs at least two classes, but the rows are of 1 class only.")

    def _weights(self) -> dict[str, Any]:
        """Return the weights of the classes as a trainer takes them."""
        if not isinstance(self.class_weight, Mapping):
            return {"class_weights": self.class_weight}
        known = self.classes_.tolist()
        for label in self.class_weight:
            if label not in known:
                raise SettingError("class_weight names {0!r}, but the classes are {1!r}.", label, known)
        return {"class_weights": [self.class_weight.get(label, 1.0) for label in known]}

    def _outputs(self) -> tuple[int, str]:
        return (1, "sigmoid") if len(self.classes_) == 2 else (len(self.classes_), "softmax")

    def _coded(self, codes: NDArray[np.int64]) -> Array:
        if len(self.classes_) == 2:
            return codes.astype(np.float64).reshape(-1, 1)
        return np.asarray(np.eye(len(self.classes_))[codes])


class NNRegressor(RegressorMixin, _Estimator):
    """A network that predicts one or more numbers.

    Targets are learnt with mean 0 and standard deviation 1 and told in their own units.

    Parameters
    ----------
    hidden_layer_sizes, activation, epochs, standardise, early_stopping, validation_fraction, patience, random_state
        As in `NNClassifier`.
    optimizer, learning_rate, schedule, batch_size, l1, l2, dropout, clip_norm, engine
        As in `nnviz.Trainer`.

    Attributes
    ----------
    network_ : nnviz.Network
        From standardised inputs to standardised targets.
    history_ : nnviz.History
        Losses of the standardised targets; R² and RMSE in their own units.
    n_iter_ : int
        Epochs that have been trained.

    Examples
    --------
    >>> import numpy as np
    >>> from nnviz.sklearn import NNRegressor
    >>> X = np.linspace(-3, 3, 100).reshape(-1, 1)
    >>> model = NNRegressor((8,), epochs=150, random_state=0).fit(X, 1000 * np.sin(X).ravel())
    >>> bool(model.score(X, 1000 * np.sin(X).ravel()) > 0.9)
    True
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train anew on rows ``(n_samples, n_features)`` and their targets, ``(n_samples,)`` or several columns."""
        rows, targets = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        targets = self._begin(targets)
        self._train(rows, (targets - self._target_offset) / self._target_scale, None, self._more())
        return self

    def partial_fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train one more epoch, on these rows; scales are those of the first call's rows."""
        is_first = not hasattr(self, "network_")
        rows, targets = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True, reset=is_first)
        targets = self._begin(targets) if is_first else targets.astype(np.float64).reshape(len(targets), -1)
        self._go_on(rows, (targets - self._target_offset) / self._target_scale, self._more())
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return the targets of each row, shaped as those of `fit`."""
        values = self._predicted(X) * self._target_scale + self._target_offset
        return values.ravel() if self._is_flat else values

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _begin(self, targets: NDArray[Any]) -> Array:
        self._is_flat = targets.ndim == 1
        values = np.asarray(targets, dtype=np.float64).reshape(len(targets), -1)
        self._target_offset, self._target_scale = _mean_and_deviation(values)
        return values

    def _more(self) -> dict[str, Any]:
        return {"task": "regression", "target_scale": self._target_scale}

    def _outputs(self) -> tuple[int, str]:
        return len(self._target_offset), "linear"


def _mean_and_deviation(values: Array) -> tuple[Array, Array]:
    """Return what is taken off and divided by; 1 where a column is constant."""
    offset, deviation = values.mean(axis=0), values.std(axis=0)
    # A constant column has a deviation of rounding errors at most.
    deviation[deviation <= 1e-12 * np.maximum(np.abs(offset), np.abs(values).max(axis=0))] = 1.0
    return offset, deviation
