"""What a model predicts for the rows of a table, and, where the table has the answers, how good that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.csv_files import csv_text
from nnviz.core.inert import shown
from nnviz.core.layout import Array
from nnviz.core.metrics import ClassFigures, r2, rmse
from nnviz.core.numbers import percent_text
from nnviz.core.storage import PathLike, write_atomically
from nnviz.core.translation import counted, translated

#: A confusion of more classes is not printed in the terminal.
_MOST_PRINTED = 12


class Predictions(Struct, frozen=True, eq=False, kw_only=True):
    """Predictions, one for each row of a table; rows that lack a value have none. `Model.predict` gives them.

    ``numpy.asarray(predictions)`` are the labels, or the values; so are its items, one after the other.

    Attributes
    ----------
    outputs : ndarray (n_rows, n_outputs)
        Of classes what the network answers, probabilities where `are_probabilities`; else values in the units of the
        data. NaN where a row lacks a value.
    classes : tuple of str
        Empty for a regression.
    target_names : tuple of str
    threshold : float
        Above it, a single output stands for the second class.
    are_probabilities : bool
    answers : ndarray (n_rows, n_answers) or None
        What the table says: positions of classes, or values; NaN where it does not say. None: it has no such column.
    notes : tuple of str
        Sentences on what was assumed.

    Examples
    --------
    >>> import nnviz
    >>> experiment = nnviz.Experiment.load("iris")
    >>> trainer = experiment.trainer()
    >>> _ = trainer.run(epochs=20)
    >>> nnviz.save_model("iris.npz", trainer.network, experiment.prepared())
    >>> predictions = nnviz.load_model("iris.npz").predict(nnviz.load_dataset("iris"))
    >>> predictions
    <Predictions of 'species' for 150 rows: accuracy 0.980>
    >>> predictions.labels[:2].tolist(), predictions.confusion.tolist()[0]
    (['setosa', 'setosa'], [50, 0, 0])
    """

    outputs: Array
    classes: tuple[str, ...]
    target_names: tuple[str, ...]
    threshold: float = 0.5
    are_probabilities: bool = True
    answers: Array | None = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        goal = ", ".join(f"{shown(name)!r}" for name in self.target_names[:3])
        score = self.accuracy if self.classes else self.r2
        word = "accuracy" if self.classes else "R²"
        told = "" if self.answers is None else f": {word} {score:.3f}"
        return f"<Predictions of {goal} for {len(self)} rows{told}>"

    def __len__(self) -> int:
        return len(self.outputs)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)

    def __getitem__(self, rows: Any) -> Any:
        return self.values[rows]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.values, dtype=dtype, copy=None if copy is None else copy)

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Which rows have a prediction."""
        return np.asarray(np.isfinite(self.outputs).all(axis=1))

    @property
    def codes(self) -> NDArray[np.int64]:
        """Position of the class of each row, −1 where it has none."""
        if self.outputs.shape[1] == 1:
            index = (np.nan_to_num(self.outputs[:, 0]) > self.threshold).astype(np.int64)
        else:
            index = np.nan_to_num(self.outputs, nan=-np.inf).argmax(axis=1)
        return np.where(self.complete, index, -1)

    @property
    def labels(self) -> NDArray[np.str_] | None:
        """Class of each row, empty where it has none; None for a regression."""
        return np.array([*self.classes, ""], dtype=np.str_)[self.codes] if self.classes else None

    @property
    def values(self) -> NDArray[Any]:
        """The labels; of a regression the values, ``(n_rows,)`` of one target, ``(n_rows, n_targets)`` of several."""
        if self.labels is not None:
            return self.labels
        return self.outputs[:, 0] if self.outputs.shape[1] == 1 else self.outputs

    @property
    def compared(self) -> NDArray[np.bool_]:
        """Which rows have both a prediction and an answer."""
        if self.answers is None:
            return np.zeros(len(self), dtype=bool)
        return self.complete & np.isfinite(self.answers).all(axis=1)

    @property
    def confusion(self) -> NDArray[np.int64] | None:
        """Rows of each true class (first index) that were taken for each class (second index); None without answers."""
        if self.answers is None or not self.classes:
            return None
        n, rows = len(self.classes), self.compared
        pairs = self.answers[rows, 0].astype(np.int64) * n + self.codes[rows]
        return np.bincount(pairs, minlength=n * n).reshape(n, n)

    @property
    def accuracy(self) -> float:
        """Share of the compared rows whose class is right; NaN where none is compared."""
        counts = self.confusion
        return float(np.trace(counts) / counts.sum()) if counts is not None and counts.sum() else float("nan")

    @property
    def figures(self) -> ClassFigures | None:
        """Precision, recall and F1 of each class over the compared rows; None without answers."""
        counts = self.confusion
        return None if counts is None else ClassFigures.of(counts)

    @property
    def balanced_accuracy(self) -> float:
        """Mean over the classes of the share of their compared rows that is right; NaN where none is compared."""
        return float("nan") if self.figures is None else self.figures.balanced_accuracy

    @property
    def r2(self) -> float:
        """R² of the compared rows; NaN where none is compared, or their values do not vary."""
        pair = self._compared_values()
        return float("nan") if pair is None else r2(*pair)

    @property
    def rmse(self) -> float:
        """Root of the mean squared error of the compared rows, in the units of the data; NaN where there are none."""
        pair = self._compared_values()
        return float("nan") if pair is None else rmse(*pair)

    def to_csv(self, path: PathLike) -> None:
        """Write a table with a line for each row: its class and what speaks for each, or its values."""
        text = self.text().encode()
        write_atomically(path, lambda file: file.write(text))

    def text(self) -> str:
        """Return that table as text; rows without a prediction have empty cells, so that lines match the table's."""
        if self.labels is None:
            header = list(self.target_names)
            rows = [[f"{value:.9g}" for value in row] for row in self.outputs]
        else:
            seen = self.classes if self.outputs.shape[1] > 1 else (self.classes[1],)
            # Outputs that are no probabilities are told as what they are.
            word = "p" if self.are_probabilities else "output"
            header = [*self.target_names, *(f"{word}({name})" for name in seen)]
            pairs = zip(self.labels.tolist(), self.outputs, strict=True)
            rows = [[label, *(f"{value:.6g}" for value in row)] for label, row in pairs]
        empty = [""] * len(header)
        return csv_text([header, *(row if known else empty for row, known in zip(rows, self.complete, strict=True))])

    def confusion_text(self) -> str:
        """Return the confusion as CSV: a line for each true class, a column for each predicted one."""
        counts = self.confusion
        assert counts is not None
        header = [translated("true \\ predicted"), *self.classes]
        return csv_text([header, *([name, *row] for name, row in zip(self.classes, counts.tolist(), strict=True))])

    def confusion_table(self) -> str:
        """Return the confusion for a terminal; empty where there is none, or it has too many classes for one."""
        counts = self.confusion
        if counts is None or len(self.classes) > _MOST_PRINTED:
            return ""
        names = [shown(name, 16) for name in self.classes]
        rows = [[translated("true \\ predicted"), *names]]
        rows += [[name, *map(str, row)] for name, row in zip(names, counts.tolist(), strict=True)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return "\n".join(
            "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
            for row in rows
        )

    def verdict(self) -> str:
        """Return one sentence on how good the predictions are; empty where the table has no answers."""
        n = int(self.compared.sum())
        if self.answers is None:
            return ""
        if not n:
            return translated("No row has both a prediction and an answer that the model knows.")
        if self.classes:
            right = round(self.accuracy * n)
            words = (
                "Accuracy {1}: {2} of {0} row is right; balanced accuracy {3}.",
                "Accuracy {1}: {2} of {0} rows are right; balanced accuracy {3}.",
            )
            return counted(n, *words, percent_text(self.accuracy), right, percent_text(self.balanced_accuracy))
        words = ("R² {1:.4f}, RMSE {2:.4g} over {0} row.", "R² {1:.4f}, RMSE {2:.4g} over {0} rows.")
        return counted(n, *words, self.r2, self.rmse)

    def _compared_values(self) -> tuple[Array, Array] | None:
        rows = self.compared
        if self.answers is None or self.classes or not rows.any():
            return None
        return self.answers[rows], self.outputs[rows]
