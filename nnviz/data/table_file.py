"""Data sets as tables on disk, to be read back by `read_table`, a spreadsheet or anything else."""

from __future__ import annotations

from pathlib import Path

from nnviz.core.csv_files import csv_text
from nnviz.core.storage import write_atomically
from nnviz.data.dataset import Dataset


def table_text(dataset: Dataset) -> str:
    """Return `dataset` as comma-separated text: a header, the features, and the target(s) at the end.

    Numbers are written so that they read back as the same.
    """
    header = (*dataset.feature_names, *dataset.target_names)
    targets = [[label] for label in dataset.labels.tolist()] if dataset.labels is not None else dataset.y.tolist()
    rows = ([*row, *target] for row, target in zip(dataset.X.tolist(), targets, strict=True))
    return csv_text([header, *rows])


def write_table(dataset: Dataset, path: Path) -> None:
    """Write `dataset` as a CSV table in UTF-8, atomically; OSError or `ExperimentError` where that fails."""
    text = table_text(dataset).encode()
    write_atomically(path, lambda file: file.write(text))
