"""The errors that users see: one plain sentence that says what is wrong, where, and what to do."""

from __future__ import annotations

import os
from decimal import Decimal
from numbers import Rational
from typing import Literal

from nnviz.core.numbers import THOUSANDS
from nnviz.core.translation import translated


class NnvizError(ValueError):
    """Anything that a user can put right. Its text is shown as it is, without a traceback.

    Parameters
    ----------
    sentence : str
        With places such as {0} and {1:g} for `values`, where there are any.
    values : object

    Examples
    --------
    >>> import nnviz
    >>> try:
    ...     nnviz.load_dataset("spirl")
    ... except nnviz.NnvizError as error:
    ...     print(error)
    There is no data set called 'spirl'; did you mean 'spiral'?
    """

    def __init__(self, sentence: str, *values: object) -> None:
        super().__init__(sentence, *values)

    def __str__(self) -> str:
        sentence, *values = self.args
        for longest in _LENGTHS:
            text = translated(sentence, *(_tame(value, longest) for value in values))
            if len(text) <= LONGEST_SENTENCE:
                break
        return text if len(text) <= LONGEST_SENTENCE else f"{text[: LONGEST_SENTENCE - 1]}…"


LONGEST_SENTENCE = 300
"""What people read; of longer ones, the texts that they repeat are shortened, before what is said of them is."""
#: From here on the digits of a number say nothing that its size does not.
HUGE = 10**32
#: Longest text that a sentence repeats, by how much there is besides.
_LENGTHS = range(256, 31, -16)


def _tame(value: object, longest: int) -> object:
    """Return text of others, such as the name of a file, on one line, of a long one beginning and end.

    A whole number or fraction of very many digits is said by its size.
    """
    if isinstance(value, Rational):
        above, below = int(value.numerator), int(value.denominator)
        return f"{Decimal(above) / Decimal(below):.3g}" if max(abs(above), below) >= HUGE else value
    if not isinstance(value, str | os.PathLike | BaseException):
        return value
    text = str(value)
    if not text.isprintable():
        text = "".join(
            letter if letter.isprintable() or letter == THOUSANDS else ascii(letter)[1:-1] for letter in text
        )
    n_last = longest // 4
    return text if len(text) <= longest else f"{text[: longest - n_last - 1]}…{text[-n_last:]}"


class DataError(NnvizError):
    """A data set or table cannot be used.

    Examples
    --------
    >>> import nnviz
    >>> nnviz.read_table("nowhere.csv")
    Traceback (most recent call last):
    nnviz.core.errors.DataError: ...
    """


class ShortRowsError(DataError):
    """Some rows of a table have too few cells, and filling them with missing ones would make it readable.

    Attributes
    ----------
    n_short : int
        Rows with too few cells.
    first_line : int
        Line of the first of them.
    """

    def __init__(self, sentence: str, *values: object, n_short: int, first_line: int) -> None:
        super().__init__(sentence, *values)
        self.n_short = n_short
        self.first_line = first_line


class PartnerNeededError(DataError):
    """A file holds half of a data set, pictures or their labels, and the other half was not found beside it.

    Attributes
    ----------
    wants : "images" or "labels"
        What the other file holds.
    """

    def __init__(self, sentence: str, *values: object, wants: Literal["images", "labels"]) -> None:
        super().__init__(sentence, *values)
        self.wants = wants


class Cancelled(NnvizError):  # noqa: N818 - nothing went wrong
    """Work was given up because the user wanted so; there is nothing to put right."""


class SettingError(NnvizError):
    """A name is unknown, a value is out of its range, or two settings do not go together.

    Examples
    --------
    >>> import nnviz
    >>> nnviz.Network([2, 1], output_activation="tangens")
    Traceback (most recent call last):
    nnviz.core.errors.SettingError: ...
    """


class ExperimentError(NnvizError):
    """An experiment or model file cannot be read or written.

    Examples
    --------
    >>> import nnviz
    >>> nnviz.Experiment.load("nowhere.toml")
    Traceback (most recent call last):
    nnviz.core.errors.ExperimentError: ...
    """
