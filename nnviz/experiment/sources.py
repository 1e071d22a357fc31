"""Where an experiment's rows come from: a named data set, a table on disk, or rows that it carries with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnviz.core.errors import DataError
from nnviz.core.files import expanded
from nnviz.core.layout import Array
from nnviz.data import DATASETS, Dataset, read_table
from nnviz.experiment.document import DataSpec, RowsSource

#: Tables smaller than this are learnt whole: a test set of two rows tells nothing.
MIN_ROWS_TO_SPLIT = 20
DEFAULT_TEST_FRACTION = 0.3


@dataclass(frozen=True)
class Source:
    """All rows of an experiment, and what applies where the experiment does not say.

    Attributes
    ----------
    dataset : Dataset
    standardise : bool
    test_fraction : float
    """

    dataset: Dataset
    standardise: bool
    test_fraction: float


def load_source(data: DataSpec, base_path: Path | None = None) -> Source:
    """Return the rows that `data` names.

    Parameters
    ----------
    data : DataSpec
    base_path : Path or None
        Folder that a relative table path starts from; None: the current one.

    Raises
    ------
    DataError, SettingError
        Where there is no such data set, table or parameter.
    """
    if data.table is not None:
        path = (base_path or Path()) / expanded(data.table.path)
        return _of_table(read_table(path, target=data.table.target, task=data.table.task))
    if data.rows is not None:
        return _of_table(_rows_dataset(data.rows))
    entry = DATASETS[str(data.name)]
    dataset = entry.generate(data.seed, data.parameters)
    return Source(dataset, entry.standardise_default, entry.test_fraction_default)


def _of_table(dataset: Dataset) -> Source:
    fraction = DEFAULT_TEST_FRACTION if dataset.n_samples >= MIN_ROWS_TO_SPLIT else 0.0
    return Source(dataset, standardise=True, test_fraction=fraction)


def _rows_dataset(rows: RowsSource) -> Dataset:
    n_samples = len(rows.features)
    width = len(rows.feature_names)
    if not n_samples or not width:
        raise DataError("The experiment's embedded rows are empty; give at least one row with one feature.")
    for number, row in enumerate(rows.features, start=1):
        if len(row) != width:
            raise DataError("Embedded row {0} has {1} features, but {2} names are given.", number, len(row), width)
    given = rows.labels if rows.labels is not None else rows.targets
    if given is None or (rows.labels is not None and rows.targets is not None):
        raise DataError("The experiment's embedded rows need either labels (classes) or targets (numbers).")
    if len(given) != n_samples:
        raise DataError("The experiment embeds {0} rows of features, but {1} labels or targets.", n_samples, len(given))
    X = np.array(rows.features, dtype=np.float64)
    if rows.labels is not None:
        class_names = tuple(sorted(set(rows.labels)))
        classes = [class_names.index(label) for label in rows.labels]
        return Dataset.of_classes(X, classes, class_names, rows.feature_names, rows.target_name)
    Y = _target_matrix(rows)
    names = [rows.target_name] if Y.shape[1] == 1 else [f"{rows.target_name} {i + 1}" for i in range(Y.shape[1])]
    return Dataset.of_values(X, Y, rows.feature_names, names)


def _target_matrix(rows: RowsSource) -> Array:
    targets = rows.targets or ()
    widths = {len(row) for row in targets}
    if len(widths) != 1 or widths == {0}:
        raise DataError("The experiment's embedded targets need the same number of values, at least one, in each row.")
    return np.array(targets, dtype=np.float64)
