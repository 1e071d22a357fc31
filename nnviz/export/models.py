"""Trained models as files: a network with all that is needed to apply it to new rows.

A model is an ``.npz`` of `Network.save` whose metadata hold the map from raw features to the network's inputs and the
names of the classes, so that prediction needs neither the experiment nor its data.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnviz.core.errors import DataError, ExperimentError, SettingError
from nnviz.core.layout import Array
from nnviz.core.network import Network
from nnviz.data.inputs import InputMap
from nnviz.data.tables import MISSING, RawTable, parse_table
from nnviz.experiment.prepare import Prepared

#: Key of the metadata that make a saved network a model.
METADATA_KEY = "model"


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network and what its inputs and outputs mean.

    Attributes
    ----------
    network : Network
    inputs : InputMap
        Raw features → the network's inputs.
    class_names : tuple of str
        Empty for regression.
    target_names : tuple of str
        The class column, or the columns of numbers.
    title : str
        Of the experiment.
    """

    network: Network
    inputs: InputMap
    class_names: tuple[str, ...]
    target_names: tuple[str, ...]
    title: str

    def predict(self, X: Array) -> Array:
        """Return the outputs ``(n_samples, n_outputs)`` for raw features ``(n_samples, n_features)``."""
        return self.network.predict(self.inputs.transform(X))

    def classify(self, outputs: Array) -> list[str]:
        """Return the class name of each row of `outputs`."""
        if outputs.shape[1] == 1:
            threshold = 0.0 if self.network.activations[-1] == "tanh" else 0.5
            index = (outputs[:, 0] > threshold).astype(np.int64)
        else:
            index = outputs.argmax(axis=1)
        return [self.class_names[i] for i in index]


def save_model(path: Path, network: Network, prepared: Prepared) -> None:
    """Write `network`, trained on `prepared`, as a model. Raises `ExperimentError` where that is impossible."""
    model = network.copy()
    model.metadata[METADATA_KEY] = {
        "inputs": prepared.inputs.to_dict(),
        "class_names": list(prepared.class_names),
        "target_names": list(prepared.dataset.target_names),
        "title": prepared.experiment.title,
    }
    model.save(path)


def load_model(path: Path) -> Model:
    """Read a model that `save_model` wrote.

    Raises
    ------
    ExperimentError
        In one sentence, where there is no such file or it is no model.
    """
    network = Network.load(path)
    stored = network.metadata.get(METADATA_KEY)
    if stored is None:
        raise ExperimentError("{0} holds a bare network; `nnviz train` writes models that can be applied.", path.name)
    try:
        inputs = InputMap.from_dict(stored["inputs"])
        class_names, target_names = tuple(stored["class_names"]), tuple(stored["target_names"])
        title = str(stored["title"])
    except (KeyError, TypeError, SettingError) as error:
        raise ExperimentError("{0} is damaged: its description cannot be read; train it again.", path.name) from error
    n_inputs, n_outputs = network.layer_sizes[0], network.layer_sizes[-1]
    fitting = {1, 2} if len(class_names) == 2 else {len(class_names or target_names)}
    if inputs.n_inputs != n_inputs or n_outputs not in fitting:
        raise ExperimentError("{0} is damaged: its network does not fit its description; train it again.", path.name)
    return Model(network, inputs, class_names, target_names, title)


def read_features(path: Path, feature_names: tuple[str, ...]) -> Array:
    """Return the named columns of a table ``(n_rows, n_features)``, whatever their order and whatever else there is.

    A feature called ``column=category`` is also made of a column of categories. Missing cells (as `read_table` knows
    them) are NaN.

    Raises
    ------
    DataError
        Where the table cannot be read, lacks a column, or a cell is no number.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError("{0} cannot be read: {1}.", path, error.strerror) from None
    table = parse_table(content, path.name)
    missing = [name for name in feature_names if name not in table.header and not _category(table, name)]
    if missing:
        names = ", ".join(repr(name) for name in missing)
        raise DataError(
            "{0} lacks the column{1} {2}, which the model needs.", path.name, "s" * (len(missing) > 1), names
        )
    return np.column_stack([_values(table, name) for name in feature_names])


def predictions_csv(model: Model, X: Array) -> str:
    """Return a table of predictions as CSV text: a class and its probabilities per row, or the values.

    Rows of `X` ``(n_samples, n_features)`` with a NaN have empty cells, so that the lines still match the table's.
    """
    complete = np.asarray(np.isfinite(X).all(axis=1))
    header, rows = _prediction_rows(model, X[complete])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    predicted = iter(rows)
    writer.writerows(next(predicted) if known else [""] * len(header) for known in complete)
    return text.getvalue()


def _prediction_rows(model: Model, X: Array) -> tuple[list[str], list[list[str]]]:
    outputs = model.predict(X)
    if not model.class_names:
        return list(model.target_names), [[f"{value:.9g}" for value in row] for row in outputs]
    shown = model.class_names if outputs.shape[1] > 1 else (model.class_names[1],)
    # Only sigmoid and softmax outputs are probabilities; others are told as what they are.
    word = "p" if model.network.activations[-1] in ("sigmoid", "softmax") else "output"
    header = [*model.target_names, *(f"{word}({name})" for name in shown)]
    labels = model.classify(outputs)
    return header, [[label, *(f"{value:.6g}" for value in row)] for label, row in zip(labels, outputs, strict=True)]


def _category(table: RawTable, name: str) -> tuple[int, str] | None:
    """Return the column and the category that a feature ``column=category`` stands for, or None."""
    column, equals, category = name.rpartition("=")
    return (table.header.index(column), category) if equals and column in table.header else None


def _values(table: RawTable, name: str) -> Array:
    found = None if name in table.header else _category(table, name)
    if found is not None:
        column, category = found
        return np.array(
            [math.nan if row[column].lower() in MISSING else float(row[column] == category) for row in table.rows]
        )
    column = table.header.index(name)
    return np.array(
        [_number(row[column], table, line, name) for row, line in zip(table.rows, table.lines, strict=True)]
    )


def _number(cell: str, table: RawTable, line: int, name: str) -> float:
    if cell.lower() in MISSING:
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataError("{0}, line {1}: {2!r} must be a number, not {3!r}.", table.source, line, name, cell)
    return value
