"""The last figures of a history in words, for descriptions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.layout import Array
from nnviz.core.metrics import Task
from nnviz.core.numbers import loss_text

#: What a description names, and draws.
_SCORES = {
    "classification": ("Training accuracy", "Validation accuracy", "Test accuracy"),
    "regression": ("Training R²", "Validation R²", "Test R²"),
}
CURVES = {"Training loss": "train_loss", "Validation loss": "validation_loss", "Test loss": "test_loss"}
_SCORE_COLUMNS = ("train_score", "validation_score", "test_score")


def last_figures(task: Task, record: Array) -> tuple[tuple[str, str], ...]:
    """Return names and values of a record's losses and scores, those that there are."""
    figures = dict(zip(RECORD_COLUMNS, record.tolist(), strict=True))
    named = (*CURVES.items(), *zip(_SCORES[task], _SCORE_COLUMNS, strict=True))
    return tuple((name, loss_text(figures[column])) for name, column in named if not math.isnan(figures[column]))


def in_a_line(figures: Sequence[tuple[str, str]]) -> str:
    """Return figures in words, with a colon before them; empty where there are none."""
    told = ", ".join(f"{name[:1].lower()}{name[1:]} {value}" for name, value in figures)
    return f": {told}" if told else ""
