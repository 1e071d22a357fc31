"""Trained models as files: a network with all that is needed to apply it to new rows.

A model is an ``.npz`` of `Network.save` whose metadata hold the map from raw features to the network's inputs and the
names of the classes, so that prediction needs neither the experiment nor its data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.core.csv_files import csv_text
from nnviz.core.errors import DataError, ExperimentError, SettingError
from nnviz.core.layout import Array
from nnviz.core.network import Network
from nnviz.data.cells import is_missing
from nnviz.data.dataset import LARGEST
from nnviz.data.dates import PARTS, Part, input_column, part_names, read_dates
from nnviz.data.inputs import InputMap
from nnviz.data.opening import open_table
from nnviz.data.table import Table
from nnviz.data.targets import TargetMap
from nnviz.data.wording import listed, quoted
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
    targets : TargetMap
        The network's outputs ← values in the units of the data.
    class_names : tuple of str
        Empty for regression.
    target_names : tuple of str
        The class column, or the columns of numbers.
    title : str
        Of the experiment.
    """

    network: Network
    inputs: InputMap
    targets: TargetMap
    class_names: tuple[str, ...]
    target_names: tuple[str, ...]
    title: str

    def predict(self, X: Array) -> Array:
        """Return the answers ``(n_samples, n_outputs)`` to raw features ``(n_samples, n_features)``.

        Classes: the network's outputs. Regression: values in the units of the data.
        """
        return self.targets.restore(self.network.predict(self.inputs.transform(X)))

    def classify(self, outputs: Array) -> list[str]:
        """Return the class name of each row of `outputs`."""
        if outputs.shape[1] == 1:
            index = (outputs[:, 0] > 0.5 * sum(self.network.activation_entries[-1].class_targets)).astype(np.int64)
        else:
            index = outputs.argmax(axis=1)
        return [self.class_names[i] for i in index]


def save_model(path: Path, network: Network, prepared: Prepared) -> None:
    """Write `network`, trained on `prepared`, as a model. Raises `ExperimentError` where that is impossible."""
    model = network.copy()
    model.metadata[METADATA_KEY] = {
        "inputs": prepared.inputs.to_dict(),
        "targets": prepared.targets.to_dict() if prepared.targets.is_scaled else None,
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
        targets = _target_map(stored.get("targets"), network.layer_sizes[-1])
    except (KeyError, TypeError, SettingError) as error:
        raise ExperimentError("{0} is damaged: its description cannot be read; train it again.", path.name) from error
    n_inputs, n_outputs = network.layer_sizes[0], network.layer_sizes[-1]
    fitting = {1, 2} if len(class_names) == 2 else {len(class_names or target_names)}
    if inputs.n_inputs != n_inputs or n_outputs not in fitting:
        raise ExperimentError("{0} is damaged: its network does not fit its description; train it again.", path.name)
    return Model(network, inputs, targets, class_names, target_names, title)


def _target_map(stored: Any, n_outputs: int) -> TargetMap:
    """Return the map that a model file describes; files of nnviz 0.1 know none."""
    return TargetMap.plain(n_outputs) if stored is None else TargetMap.from_dict(stored, n_outputs)


def read_features(path: Path, feature_names: tuple[str, ...]) -> Array:
    """Return the named columns of a table ``(n_rows, n_features)``, whatever their order and whatever else there is.

    A feature called ``column=category`` is also made of a column of categories. Missing cells (as `read_table` knows
    them) are NaN.

    Raises
    ------
    DataError
        Where the table cannot be read, lacks a column, or a cell is no number.
    """
    table = open_table(path)
    header = [column.name for column in table.columns]
    missing = [name for name in feature_names if not _is_offered(header, name)]
    if missing:
        raise DataError(
            "{0} lacks the column{1} {2}, which the model needs.", table.name, "s" * (len(missing) > 1), listed(missing)
        )
    return np.column_stack([_values(table, header, name, feature_names) for name in feature_names])


def predictions_csv(model: Model, X: Array) -> str:
    """Return a table of predictions as CSV text: a class and its probabilities per row, or the values.

    Rows of `X` ``(n_samples, n_features)`` with a NaN have empty cells, so that the lines still match the table's.
    """
    complete = np.asarray(np.isfinite(X).all(axis=1))
    header, rows = _prediction_rows(model, X[complete])
    predicted = iter(rows)
    return csv_text([header, *(next(predicted) if known else [""] * len(header) for known in complete)])


def _prediction_rows(model: Model, X: Array) -> tuple[list[str], list[list[str]]]:
    outputs = model.predict(X)
    if not model.class_names:
        return list(model.target_names), [[f"{value:.9g}" for value in row] for row in outputs]
    shown = model.class_names if outputs.shape[1] > 1 else (model.class_names[1],)
    # Outputs that are no probabilities are told as what they are.
    word = "p" if model.network.activation_entries[-1].probability else "output"
    header = [*model.target_names, *(f"{word}({name})" for name in shown)]
    labels = model.classify(outputs)
    return header, [[label, *(f"{value:.6g}" for value in row)] for label, row in zip(labels, outputs, strict=True)]


def _category(header: Sequence[str], name: str) -> tuple[int, str] | None:
    """Return the column and the category that a feature ``column=category`` stands for, or None."""
    for at in (position for position, character in enumerate(name) if character == "="):
        if name[:at] in header:
            return header.index(name[:at]), name[at + 1 :]
    return None


def _date(header: Sequence[str], name: str) -> tuple[int, dt.date | None] | None:
    """Return the column of dates that a feature ``column (days since 2021-01-01)`` stands for, and that day."""
    found = input_column(name)
    return (header.index(found[0]), found[1]) if found is not None and found[0] in header else None


def _part(header: Sequence[str], name: str) -> tuple[int, Part, int] | None:
    """Return the column, the part and its code that a feature ``column (weekday)=Mon`` stands for, or None."""
    head, _, category = name.rpartition("=")
    for part in PARTS:
        column = head.removesuffix(f" ({part})")
        if column != head and column in header and category in part_names(part):
            return header.index(column), part, part_names(part).index(category)
    return None


def _is_offered(header: Sequence[str], name: str) -> bool:
    """Return whether a feature can be made of the columns of a table."""
    return name in header or any(find(header, name) is not None for find in (_category, _date, _part))


def _values(table: Table, header: Sequence[str], name: str, feature_names: Sequence[str]) -> Array:
    if name in header:
        return _numbers(table, header.index(name))
    dated, part = _date(header, name), _part(header, name)
    if dated is not None:
        return read_dates(table.data[dated[0]].texts, dated[1]).values
    if part is not None:
        codes = np.array(read_dates(table.data[part[0]].texts).part_codes(part[1]))
        return np.where(codes < 0, np.nan, (codes == part[2]).astype(np.float64))
    found = _category(header, name)
    assert found is not None
    column, category = found
    codes, labels = table.data[column].labels(target=True)
    # A word such as "None" is missing unless the model knows it as a category.
    gone = [is_missing(label) and f"{header[column]}={label}" not in feature_names for label in labels]
    values = [np.nan if missing else float(label == category) for label, missing in zip(labels, gone, strict=True)]
    return np.array([*values, np.nan])[codes]


def _numbers(table: Table, column: int) -> Array:
    """Return the numbers of a column, NaN where one is missing; a stray word among numbers is missing too."""
    data = table.data[column]
    if not data.is_numeric and data.strays:
        row = data.texts.index(data.strays[0])
    elif not (np.abs(np.nan_to_num(data.numbers, nan=0.0, posinf=np.inf, neginf=-np.inf)) <= LARGEST).all():
        row = int(np.flatnonzero(np.abs(data.numbers) > LARGEST)[0])
    else:
        return data.numbers
    name, cell = quoted(table.columns[column].name), quoted(data.text(row).strip())
    raise DataError("{0}: {1} must be a number, not {2}.", table.where(row), name, cell)
