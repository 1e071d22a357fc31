"""Where an experiment's rows come from: a named data set, a table on disk, or rows that it carries with it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from nnviz.core.bounds import SEED
from nnviz.core.errors import DataError
from nnviz.core.layout import Array
from nnviz.core.storage import expanded
from nnviz.data import DATASETS, Dataset
from nnviz.data.regrouped import regrouped
from nnviz.data.split import Fold, Index, check_folds, check_fractions, divided, folded
from nnviz.experiment.rows import TEST, TRAIN, VALIDATION, parts_of
from nnviz.experiment.schema import DataSpec, RowsSource, TableSource

if TYPE_CHECKING:
    from nnviz.data import Table
    from nnviz.data.steps import IsCancelled, Progress

#: Usual endings of tables; others are opened too, for what counts is the content.
TABLE_SUFFIXES = (
    *(".csv", ".tsv", ".tab", ".txt", ".dat", ".data", ".arff"),
    *(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".npy", ".npz", ".idx3-ubyte", ".idx1-ubyte", ".gz", ".zip"),
)
TABLE_PATTERNS = " ".join([*(f"*{suffix}" for suffix in TABLE_SUFFIXES), "*-ubyte"])
"""For file dialogs."""
PASTED = "The pasted table"
"""What messages call a table that the experiment carries along."""

#: Tables smaller than this are learnt whole: a test set of two rows tells nothing.
MIN_ROWS_TO_SPLIT = 20
DEFAULT_TEST_FRACTION = 0.3


NOTHING_PAINTED = "There are no points yet; paint some in the decision boundary, and training can begin."


class NothingPaintedError(DataError):
    """There are no painted points to learn from yet: news rather than a fault."""


class Source(Struct, frozen=True):
    """All rows of an experiment, and what applies where the experiment does not say.

    Attributes
    ----------
    dataset : Dataset
    standardise : bool
    standardise_targets : bool or None
        None: where the training rows ask for it.
    test_fraction : float
    keys : ndarray of uint16 (n_samples,) or None
        By which painted rows are divided, each by itself.
    """

    dataset: Dataset
    standardise: bool
    standardise_targets: bool | None
    test_fraction: float
    keys: NDArray[np.uint16] | None = None

    def parts(self, data: DataSpec, fold: Fold | None = None) -> tuple[Dataset, tuple[Dataset, ...]]:
        """Return all rows, and the training, validation and test rows as an experiment has it or for cross-validation.

        Painted rows keep their parts, but for cross-validation, where they are like all others.
        """
        if fold is None:
            fraction = self.test_fraction if data.test_fraction is None else data.test_fraction
            return regrouped(self.dataset, self._rows(fraction, data.validation_fraction, data.split_seed))
        dataset = self.dataset
        check_folds(fold.count, dataset.n_samples)
        check_fractions(0.0, data.validation_fraction)
        classes = dataset.class_index if dataset.task == "classification" else None
        rows = folded(dataset.n_samples, classes, fold, data.validation_fraction, data.split_seed)
        return regrouped(dataset, rows)

    def _rows(self, test_fraction: float, validation_fraction: float, seed: int) -> tuple[Index, ...]:
        """Return the positions of training, validation and test rows."""
        shares, dataset = check_fractions(test_fraction, validation_fraction), self.dataset
        if self.keys is None:
            classes = dataset.class_index if dataset.task == "classification" else None
            return divided(dataset.n_samples, classes, *shares, int(SEED.check(seed)))
        parts = parts_of(self.keys, test_fraction, validation_fraction, seed)
        if len(parts) and not (parts == TRAIN).any():
            # Something has to be learnt from.
            parts[0] = TRAIN
        return tuple(np.flatnonzero(parts == part) for part in (TRAIN, VALIDATION, TEST))


def load_source(data: DataSpec, base_path: Path | None = None, *, may_be_empty: bool = False) -> Source:
    """Return the rows that `data` names.

    Parameters
    ----------
    data : DataSpec
    base_path : Path or None
        Folder that a relative table path starts from; None: the current one.
    may_be_empty : bool
        Whether a canvas on which nothing is painted yet will do.

    Raises
    ------
    DataError, SettingError
        Where there is no such data set, table or parameter.
    """
    if data.table is not None:
        from nnviz.data.summary import make_dataset

        table = open_source(data.table, base_path)
        return _of_table(make_dataset(table, data.table.choices(table)))
    if data.rows is not None:
        return _of_rows(data.rows, may_be_empty)
    entry = DATASETS[str(data.name)]
    dataset = entry.generate(data.seed, data.parameters)
    as_measured = None if entry.kind.measured else False
    return Source(dataset, entry.standardise_default, as_measured, entry.test_fraction_default)


def open_source(
    source: TableSource,
    base_path: Path | None = None,
    *,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> Table:
    """Return the table that an experiment names or carries along.

    The last one is kept and given again as long as its file is the same: every change of a role would read it anew.

    Parameters
    ----------
    source : TableSource
    base_path : Path or None
        Folder that a relative path starts from; None: the current one.
    progress, cancelled : callable, optional
        As for `open_table`.

    Raises
    ------
    DataError, Cancelled
        As `open_table`.
    """
    from nnviz.data import open_table

    global _kept
    content: Path | bytes
    state: tuple[int, ...] | None
    if source.text is not None:
        content, state = source.text.encode("utf-8", "replace"), ()
    else:
        content = (base_path or Path()) / expanded(source.path or "")
        state = _state(content)
    partner = None if source.partner is None else (base_path or Path()) / expanded(source.partner)
    other_state = None if partner is None else _state(partner)
    key = (content, state, partner, other_state, source.sheet, source.fill_short_rows, source.rules)
    kept = _kept
    if kept is not None and kept[0] == key and state is not None:
        return kept[1]
    table = open_table(
        content,
        name=PASTED if isinstance(content, bytes) else None,
        sheet=source.sheet,
        fill_short_rows=source.fill_short_rows,
        partner=partner,
        rules=source.rules,
        progress=progress,
        cancelled=cancelled,
    )
    # One assignment: a thread that reads another table meanwhile finds the one or the other.
    _kept = (key, table)
    return table


_kept: tuple[tuple[object, ...], Table] | None = None


def _state(file: Path) -> tuple[int, ...] | None:
    """Return what changes with the content of a file; None where it cannot be asked."""
    try:
        status = file.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _of_table(dataset: Dataset) -> Source:
    fraction = DEFAULT_TEST_FRACTION if dataset.n_samples >= MIN_ROWS_TO_SPLIT else 0.0
    return Source(dataset, standardise=True, standardise_targets=None, test_fraction=fraction)


def _of_rows(rows: RowsSource, may_be_empty: bool) -> Source:
    painted = rows.painted
    is_empty = painted is not None and not len(rows.features)
    if is_empty and not may_be_empty:
        raise NothingPaintedError(NOTHING_PAINTED)
    source = _of_table(_empty_dataset(rows) if is_empty else _rows_dataset(rows))
    keys = rows.split_keys.array if rows.split_keys is not None else None
    if painted is None:
        return replace(source, keys=keys)
    dataset = dataclasses.replace(source.dataset, name="painted", title="The painted data")
    return Source(dataset, painted.standardise, painted.standardise_targets, painted.test_fraction, keys)


def _empty_dataset(rows: RowsSource) -> Dataset:
    """Return what a canvas without a point is about: its names, and no rows."""
    X = np.empty((0, len(rows.feature_names)))
    if rows.labels is None:
        return Dataset.of_values(X, np.empty((0, 1)), rows.feature_names, [rows.target_name])
    names = rows.class_names if rows.class_names is not None else rows.labels.names
    return Dataset.of_classes(X, np.empty(0, dtype=np.int64), names, rows.feature_names, rows.target_name)


def _rows_dataset(rows: RowsSource) -> Dataset:
    n_samples = len(rows.features)
    width = len(rows.feature_names)
    if not n_samples or not width:
        raise DataError("The experiment's embedded rows are empty; give at least one row with one feature.")
    if rows.features.array.shape[1] != width:
        found = rows.features.array.shape[1]
        raise DataError("Embedded row {0} has {1} features, but {2} names are given.", 1, found, width)
    given = rows.labels if rows.labels is not None else rows.targets
    if given is None or (rows.labels is not None and rows.targets is not None):
        raise DataError("The experiment's embedded rows need either labels (classes) or targets (numbers).")
    if len(given) != n_samples:
        raise DataError("The experiment embeds {0} rows of features, but {1} labels or targets.", n_samples, len(given))
    if rows.split_keys is not None and len(rows.split_keys) != n_samples:
        n_keys = len(rows.split_keys)
        raise DataError("The experiment embeds {0} rows of features, but {1} split keys.", n_samples, n_keys)
    X = rows.features.array
    weights = None if rows.row_weights is None else rows.row_weights.array
    if rows.labels is not None:
        names = rows.class_names or tuple(sorted(set(rows.labels.to_list())))
        classes = rows.labels.among(names).array
        return Dataset.of_classes(X, classes, names, rows.feature_names, rows.target_name, row_weights=weights)
    Y = _target_matrix(rows)
    target_names = [rows.target_name] if Y.shape[1] == 1 else [f"{rows.target_name} {i + 1}" for i in range(Y.shape[1])]
    return Dataset.of_values(X, Y, rows.feature_names, target_names, row_weights=weights)


def _target_matrix(rows: RowsSource) -> Array:
    if rows.targets is None or rows.targets.array.shape[1] == 0:
        raise DataError("The experiment's embedded targets need the same number of values, at least one, in each row.")
    return rows.targets.array
