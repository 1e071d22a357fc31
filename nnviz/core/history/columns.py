"""The columns of a history by their names, part by part of the data."""

from __future__ import annotations

from nnviz.core.errors import SettingError
from nnviz.core.layout import Array
from nnviz.core.metrics import Task, score_of


class HistoryColumns:
    """What can be read of a `nnviz.core.history.history.History` as an attribute; each is a read-only view.

    Attributes
    ----------
    task : "classification" or "regression"
    """

    task: Task

    def column(self, name: str) -> Array:
        """Return the column called `name`."""
        raise NotImplementedError

    @property
    def elapsed_s(self) -> Array:
        """Seconds spent training up to each entry."""
        return self.column("elapsed_s")

    @property
    def train_loss(self) -> Array:
        """Loss on the training data, without penalty."""
        return self.column("train_loss")

    @property
    def validation_loss(self) -> Array:
        """Loss on the validation data; NaN where there is none."""
        return self.column("validation_loss")

    @property
    def test_loss(self) -> Array:
        """Loss on the test data; NaN where there is none."""
        return self.column("test_loss")

    @property
    def train_score(self) -> Array:
        """Accuracy (classification) or R² (regression) on the training data."""
        return self.column("train_score")

    @property
    def validation_score(self) -> Array:
        """Accuracy or R² on the validation data; NaN where there is none."""
        return self.column("validation_score")

    @property
    def test_score(self) -> Array:
        """Accuracy or R² on the test data; NaN where there is none."""
        return self.column("test_score")

    @property
    def train_accuracy(self) -> Array:
        """Share of training examples classified right; `SettingError` for regression."""
        return self._score("train", "accuracy")

    @property
    def validation_accuracy(self) -> Array:
        """Share of validation examples classified right; `SettingError` for regression."""
        return self._score("validation", "accuracy")

    @property
    def test_accuracy(self) -> Array:
        """Share of test examples classified right; `SettingError` for regression."""
        return self._score("test", "accuracy")

    @property
    def train_r2(self) -> Array:
        """R² on the training data; `SettingError` for classification."""
        return self._score("train", "r2")

    @property
    def validation_r2(self) -> Array:
        """R² on the validation data; `SettingError` for classification."""
        return self._score("validation", "r2")

    @property
    def test_r2(self) -> Array:
        """R² on the test data; `SettingError` for classification."""
        return self._score("test", "r2")

    @property
    def train_rmse(self) -> Array:
        """Root mean squared error on the training data; NaN for classification."""
        return self.column("train_rmse")

    @property
    def validation_rmse(self) -> Array:
        """Root mean squared error on the validation data; NaN for classification and without validation data."""
        return self.column("validation_rmse")

    @property
    def test_rmse(self) -> Array:
        """Root mean squared error on the test data; NaN for classification and without test data."""
        return self.column("test_rmse")

    @property
    def train_balanced_accuracy(self) -> Array:
        """Mean over the classes of the share of their training examples classified right; NaN for regression."""
        return self.column("train_balanced_accuracy")

    @property
    def validation_balanced_accuracy(self) -> Array:
        """The same of the validation examples; NaN for regression and without validation data."""
        return self.column("validation_balanced_accuracy")

    @property
    def test_balanced_accuracy(self) -> Array:
        """The same of the test examples; NaN for regression and without test data."""
        return self.column("test_balanced_accuracy")

    @property
    def penalty(self) -> Array:
        """L1 and L2 penalty, which the losses do not contain."""
        return self.column("penalty")

    @property
    def learning_rate(self) -> Array:
        """Rate of each epoch's last update; NaN at entry 0."""
        return self.column("learning_rate")

    def _score(self, part: str, score: str) -> Array:
        present = score_of(self.task).name
        if score != present:
            raise SettingError("This run is a {0}: it has {1}_{2}, not {1}_{3}.", self.task, part, present, score)
        return self.column(f"{part}_score")
