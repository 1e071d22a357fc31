"""What the confusion page says: about the marked rows, and about the place under the pointer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.core.metrics import ClassFigures
from nnviz.core.numbers import count_text, filled
from nnviz.data import shown
from nnviz.drawing.confusion_layout import Counts, Place
from nnviz.ui.answers.confusion_rows import count_at
from nnviz.ui.widgets.readout_card import ReadoutLine

#: How many letters of a class's name a sentence has, the fewer the less room there is.
LETTERS = (40, 24, 16, 10, 6)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ConfusionWords", text)


def summary(counts: Counts) -> list[str]:
    """Return sentences about the whole matrix, from long to short."""
    right, n_rows, figures = int(np.trace(counts)), int(counts.sum()), ClassFigures.of(counts)
    texts = (
        _tr(
            "{0} of {1} rows are right ({2}). Averaged over the classes: balanced accuracy {3}, precision {4}, F1 {5}. "
            "Click a cell to mark its rows."
        ),
        _tr("{0} of {1} rows are right ({2}). Averaged over the classes: recall {3}, precision {4}, F1 {5}."),
        _tr("{0} of {1} rows are right ({2}); balanced accuracy {3}, F1 {5}."),
        _tr("{0} of {1} rows are right; balanced: {3}."),
        _tr("{0} of {1} rows are right."),
    )
    means = (figures.balanced_accuracy, figures.mean("precision"), figures.mean("f1"))
    return [filled(text, right, n_rows, _share(right, n_rows), *map(_percent, means)) for text in texts]


def marked_sentences(place: Place | None, count: int, names: Sequence[str]) -> list[str]:
    """Return sentences about marked rows, from long to short.

    Parameters
    ----------
    place : (int, int) or None
        The cell, row or column that has just these rows.
    count : int
        Of marked rows.
    names : sequence of str
        Of the classes.
    """
    if place is None:
        one, many = _tr("1 row is marked."), _tr("{0} rows are marked.")
    elif place[0] < 0:
        one, many = _tr("The only row taken for {2} is marked."), _tr("All {0} rows taken for {2} are marked.")
    elif place[1] < 0:
        one, many = _tr("The only row of {1} is marked."), _tr("All {0} rows of {1} are marked.")
    elif place[0] == place[1]:
        one = _tr("1 row of {1}, recognised as such, is marked.")
        many = _tr("{0} rows of {1}, recognised as such, are marked.")
    else:
        one = _tr("1 row of {1} taken for {2} is marked.")
        many = _tr("{0} rows of {1} taken for {2} are marked.")
    return _filled(one if count == 1 else many, place, count, names)


def pointed_sentences(place: Place, counts: Counts, names: Sequence[str]) -> list[str]:
    """Return sentences about what is under the pointer, from long to short."""
    (row, column), count = place, count_at(counts, place)
    part, whole = count, count_at(counts, (row, -1)) if row >= 0 else count
    if row < 0:
        text, part = _tr("{0} rows taken for {2}; {3} of them are of this class."), int(counts[column, column])
    elif column < 0:
        text, part = _tr("{0} rows of {1}; {3} of them are recognised."), int(counts[row, row])
    elif row == column:
        text = _tr("{0} rows of {1}, recognised as such: {3} of the class.")
    else:
        text = _tr("{0} rows of {1} taken for {2}: {3} of the class.")
    return _filled(text, place, count, names, _share(part, whole))


def _filled(text: str, place: Place | None, count: int, names: Sequence[str], share: str = "") -> list[str]:
    if place is None:
        return [filled(text, count)]
    return [
        filled(text, count, *(shown(names[k], letters) if k >= 0 else "" for k in place), share) for letters in LETTERS
    ]


def card_lines(place: Place, counts: Counts, names: Sequence[str]) -> tuple[ReadoutLine, ...]:
    """Return the lines of the card at a place."""
    (row, column), count = place, count_at(counts, place)
    lines = []
    if row >= 0:
        lines.append(ReadoutLine(shown(names[row], 24), _tr("true"), row))
    if column >= 0:
        lines.append(ReadoutLine(shown(names[column], 24), _tr("predicted"), column))
    lines.append(ReadoutLine(_tr("rows"), count_text(count)))
    if row >= 0 and column >= 0:
        lines.append(ReadoutLine(_tr("of its true class"), _share(count, count_at(counts, (row, -1)))))
        lines.append(ReadoutLine(_tr("of its predicted class"), _share(count, count_at(counts, (-1, column)))))
    else:
        k, figures = max(row, column), ClassFigures.of(counts)
        lines.append(ReadoutLine(_tr("recall: recognised"), _percent(float(figures.recall[k]))))
        lines.append(ReadoutLine(_tr("precision: rightly so"), _percent(float(figures.precision[k]))))
        lines.append(ReadoutLine(_tr("F1: both in one"), _percent(float(figures.f1[k]))))
    return tuple(lines)


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100.0 * share:.0f} %"


def _share(part: int, whole: int) -> str:
    return _tr("{0} %").format(f"{100.0 * part / whole:.1f}") if whole else "–"
