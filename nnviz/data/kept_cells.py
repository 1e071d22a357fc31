"""In which form the cells of a column are kept: as little of them as gives back what was typed and what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nnviz.core.layout import Array
from nnviz.data.cells import plain_numbers, plain_part
from nnviz.data.decimals import Decimals, ReadDecimals
from nnviz.data.packed_texts import PackedTexts, RepeatedTexts, WrittenNumbers


def kept_cells(texts: Sequence[str], pause: Callable[[], object] | None = None) -> tuple[Sequence[str], Array | None]:
    """Return the cells of a column as typed, and their numbers.

    Parameters
    ----------
    texts : sequence of str
    pause : callable or None
        Called every few milliseconds.

    Returns
    -------
    texts : sequence of str
        The same; of a long column in a form that takes less memory.
    numbers : ndarray or None
        None where any cell is not plainly a number, and where the texts are `Decimals`, which have them.
    """
    if not isinstance(texts, PackedTexts):
        if not PackedTexts.can_hold(texts):
            return texts, plain_numbers(texts)
        texts = PackedTexts(texts)
    parts: list[Decimals | Array] = []
    for part in texts.parts:
        found = part if isinstance(part, Decimals) else read_part(str(part))
        if found is None:
            return RepeatedTexts.of(texts) or texts, None
        parts.append(found)
        if pause is not None:
            pause()
    decimals = [part for part in parts if isinstance(part, Decimals)]
    if len(decimals) == len(parts):
        return Decimals.joined(decimals), None
    numbers = np.concatenate([part.numbers() if isinstance(part, Decimals) else part for part in parts])
    return WrittenNumbers.of(texts, numbers) or texts, numbers


def read_part(joined: str) -> Decimals | Array | None:
    """Return cells with line feeds between them as decimals or as numbers; None where one is not plainly a number."""
    found = plain_part(joined)
    if isinstance(found, ReadDecimals):
        return Decimals.of(found) if found.is_plain else found.numbers
    return found
