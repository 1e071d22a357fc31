"""The last figures of a history in words, for descriptions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nnviz.core.layout import Array
from nnviz.core.metrics import Task
from nnviz.core.numbers import loss_text

#: What a description names, and draws.
_SCORES = {
    "classification": ("Training accuracy", "Test accuracy"),
    "regression": ("Training R²", "Test R²"),
}
CURVES = {"Training loss": "train_loss", "Test loss": "test_loss"}


def last_figures(task: Task, record: Array) -> tuple[tuple[str, str], ...]:
    """Return names and values of a record's losses and scores, those that there are."""
    named = zip((*CURVES, *_SCORES[task]), record[:4].tolist(), strict=True)
    return tuple((name, loss_text(value)) for name, value in named if not math.isnan(value))


def in_a_line(figures: Sequence[tuple[str, str]]) -> str:
    """Return figures in words, with a colon before them; empty where there are none."""
    told = ", ".join(f"{name[:1].lower()}{name[1:]} {value}" for name, value in figures)
    return f": {told}" if told else ""
