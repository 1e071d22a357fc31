"""Other choices that may be meant, each with the words of a button: one click takes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from nnviz.core.translation import translated
from nnviz.data.categories import alike
from nnviz.data.cells import MISSING, MISSING_LABELS
from nnviz.data.choices import TableChoices, with_fills
from nnviz.data.labels import looks_like_classes
from nnviz.data.plan import TablePlan, known_cells
from nnviz.data.wording import quoted

#: More offers than these are a questionnaire.
_MOST_OFFERS = 6
#: Texts that are a label in a target and a mark of a missing cell elsewhere.
_DOUBTFUL = MISSING - MISSING_LABELS


class Offer(Struct, frozen=True):
    """Other choices.

    Attributes
    ----------
    action : str
        What taking it does, for a button: "Join the spellings in 'answer'".
    choices : TableChoices
        What is chosen then.
    """

    action: str
    choices: TableChoices


def offers_of(made: TablePlan) -> tuple[Offer, ...]:
    """Return what else may be meant, the most important first."""
    found = [*_joins(made), *_words(made), *_fills(made), *_classes(made), *_parts(made)]
    return tuple(found[:_MOST_OFFERS])


def spellings(made: TablePlan) -> list[tuple[int, list[list[str]]]]:
    """Return the columns with labels that differ only in capitals or blanks and are not joined, and these labels."""
    found = []
    for position in (*made.targets, *made.features):
        if _has_categories(made, position) and not made.choice(position).joined:
            groups = alike(*made.table.data[position].labels(target=position in made.targets))
            if groups:
                found.append((position, groups))
    return found


def is_costly(made: TablePlan) -> bool:
    """Return whether cells are filled without which more than a third of the rows would be lost."""
    filled = [position for position in made.features if made.choice(position).missing != "drop"]
    if not filled:
        return False
    complete = made.rows.copy()
    for position in filled:
        complete &= known_cells(made, position)
    return 3 * int(complete.sum()) < 2 * int(made.rows.sum())


def n_missing(made: TablePlan, position: int) -> int:
    """Return how many cells of a column are missing as it is read now."""
    data, choice = made.table.data[position], made.choice(position)
    if position in made.targets and made.goal is not None and len(made.targets) == 1:
        return int((~made.goal.known).sum())
    if choice.role == "feature" and (choice.kind == "categorical" or data.is_measured):
        return int((~known_cells(made, position)).sum())
    return made.table.columns[position].n_missing


def _has_categories(made: TablePlan, position: int) -> bool:
    data = made.table.data[position]
    if position in made.targets:
        return len(made.targets) == 1 and not data.is_numeric
    return made.choice(position).kind == "categorical" and not data.is_numeric


def _changed(made: TablePlan, position: int, **changes: Any) -> TableChoices:
    name = made.name(position)
    columns = {**made.choices.columns, name: replace(made.choice(position), **changes)}
    return replace(made.choices, columns=columns)


def _joins(made: TablePlan) -> Iterator[Offer]:
    for position, _ in spellings(made):
        words = translated("Join the spellings in {0}", quoted(made.name(position)))
        yield Offer(words, _changed(made, position, joined=True))


def _words(made: TablePlan) -> Iterator[Offer]:
    """Ask whether a word such as n/a is an answer or a missing cell, first of all in the target."""
    for position in (*made.targets, *made.features):
        data, choice = made.table.data[position], made.choice(position)
        if not _has_categories(made, position) or data.declared.marks is not None:
            continue
        labels = data.labels(target=position in made.targets)[1]
        doubtful = [each for each in labels if each.lower() in _DOUBTFUL and each not in choice.as_missing]
        if doubtful and len(labels) - len(doubtful) > 1:
            words = translated("Take {0} in {1} as missing", quoted(doubtful[0]), quoted(made.name(position)))
            yield Offer(words, _changed(made, position, as_missing=(*choice.as_missing, doubtful[0])))


def _fills(made: TablePlan) -> Iterator[Offer]:
    dropped = {
        name: replace(choice, missing="drop") if choice.role == "feature" else choice
        for name, choice in made.choices.columns.items()
    }
    if is_costly(made):
        yield Offer(translated("Leave out incomplete rows"), replace(made.choices, columns=dropped))
        return
    filled = with_fills(made.table, made.choices.columns)
    if filled != made.choices.columns:
        yield Offer(translated("Fill the missing cells"), replace(made.choices, columns=filled))


def _classes(made: TablePlan) -> Iterator[Offer]:
    """Offer to read a number as classes where only its declaration keeps it from that."""
    if made.choices.task is not None or len(made.targets) != 1:
        return
    data = made.table.data[made.targets[0]]
    if data.declared.kind == "numeric" and looks_like_classes(data.numbers[np.asarray(data.has_number)]):
        words = translated("Read {0} as classes", quoted(made.name(made.targets[0])))
        yield Offer(words, replace(made.choices, task="classification"))


def _parts(made: TablePlan) -> Iterator[Offer]:
    words = {
        "weekday": "Add the weekday of {0}",
        "month": "Add the month of {0}",
        "hour": "Add the hour of {0}",
    }
    for position in made.features:
        dates, choice = made.table.data[position].dates, made.choice(position)
        if dates is None or choice.kind != "numeric":
            continue
        for part in dates.parts():
            if part not in choice.parts:
                changed = _changed(made, position, parts=(*choice.parts, part))
                yield Offer(translated(words[part], quoted(made.name(position))), changed)
