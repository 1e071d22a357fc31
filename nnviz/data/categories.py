"""The categories of a column as the choices want them: spellings joined, words taken as missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nnviz.data.cells import folded
from nnviz.data.column_data import Codes, ColumnData


class CategoryChoice(Protocol):
    """What a `ColumnChoice` says about categories."""

    @property
    def joined(self) -> bool:
        """Whether labels that differ only in capitals or blanks are one."""

    @property
    def as_missing(self) -> tuple[str, ...]:
        """Labels that stand for a missing cell."""


def categories(data: ColumnData, choice: CategoryChoice, *, target: bool) -> tuple[Codes, tuple[str, ...]]:
    """Return each row's category, −1 where it is missing, and the categories in order.

    Joined labels are called by their most frequent spelling.
    """
    codes, labels = data.labels(target=target)
    if not choice.joined and not choice.as_missing:
        return codes, labels
    gone = set(choice.as_missing)
    name_of = {label: label for label in labels if label not in gone}
    if choice.joined:
        for group in alike(codes, labels):
            name_of |= {label: group[0] for label in group if label in name_of}
    names = tuple(sorted(set(name_of.values()), key=labels.index))
    position = {name: index for index, name in enumerate(names)}
    recoded = [position[name_of[label]] if label in name_of else -1 for label in labels]
    # The last entry is what the code −1 of missing cells points to.
    return np.array([*recoded, -1], dtype=np.int64)[codes], names


def alike(codes: Codes, labels: Sequence[str]) -> list[list[str]]:
    """Return the labels that differ only in capitals or blanks, together, the most frequent spelling first."""
    groups: dict[str, list[str]] = {}
    for label in labels:
        groups.setdefault(folded(label), []).append(label)
    several = [group for group in groups.values() if len(group) > 1]
    if several:
        counts = dict(zip(labels, np.bincount(codes[codes >= 0], minlength=len(labels)).tolist(), strict=True))
        for group in several:
            group.sort(key=lambda label: -counts[label])
    return several
