"""Cells of text: which are missing, which are numbers, and how a column writes its numbers.

Only forms that people and spreadsheets write count as numbers. Python's own reading is looser (``1_000``,
``infinity``, digits of other scripts) and is therefore never asked about anything but plain ASCII numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np

from nnviz.core.layout import Array
from nnviz.core.patterns import late_pattern
from nnviz.data.decimals import ReadDecimals, read_decimals

Decimal = Literal[".", ","]

SPREADSHEET_ERRORS = frozenset(
    {
        *("#n/a", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "#spill!", "#calc!", "#getting_data"),
        *("#error!", "#nv", "#wert!", "#bezug!", "#zahl!", "#valeur!", "#nombre!"),
    }
)
"""What spreadsheets put where a formula failed, in lower case."""
MISSING = SPREADSHEET_ERRORS | frozenset(
    {
        *("", "?", "na", "n/a", "<na>", "nan", "inf", "+inf", "-inf", "null", "none", "missing"),
        *("-", "--", "---", "–", "—", "."),
    }
)
"""What stands for a missing cell, in lower case."""
MISSING_LABELS = SPREADSHEET_ERRORS | frozenset({"", "?", "nan", "<na>", "null", "--", "---", "."})
"""The same for a column of labels, where NA, None or a minus may be a label like any other."""
WORDS_OR_MISSING = frozenset({"na", "n/a", "none", "missing", "inf", "+inf", "-inf"})
"""Marks of missing cells, in lower case, that are answers like any other in a column of words."""

_CELLS_PER_STEP = 30_000
_PLAIN_BYTES = b"0123456789.eE+- \n"
_GROUPS = " '’\u00a0\u202f\u2009"
_SIGNS = "€$£¥₹₽₩₺₴"
_UNIT = rf"(?:[{_SIGNS}]|EUR|USD|GBP|CHF)"
_EXPONENT = r"(?:[eE][+-]?[0-9]{1,4})?"


def _pattern(decimal: str, group: str) -> re.Pattern[str]:
    whole = rf"(?:[0-9]{{1,3}}(?P<group>[{group}{_GROUPS}])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*|[0-9]+)"
    number = rf"(?:{whole}(?:[{decimal}][0-9]*)?|[{decimal}][0-9]+){_EXPONENT}"
    return late_pattern(rf"(?P<sign>[+-]?)(?:{_UNIT}\s?)?(?P<minus>-?)(?P<number>{number})(?:\s?(?:%|{_UNIT}))?")


_NUMBERS: dict[str, re.Pattern[str]] = {".": _pattern(".", ","), ",": _pattern(",", ".")}
#: Of plain numbers with a point, those in which it may also part thousands: a group never begins with a zero.
GROUPED = late_pattern(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_AFTER_NUMBER = late_pattern(rf"%|{_UNIT}")
_DAY = r"[0-9]{1,2}"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AaPp][Mm])?"
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]*\.?"
_DATE = late_pattern(
    rf"(?:(?:[0-9]{{4}}[-/.]{_DAY}[-/.]{_DAY}|{_DAY}[-/.]{_DAY}[-/.](?:[0-9]{{4}}|[0-9]{{2}})"
    rf"|{_DAY}[-. ]+{_MONTH}[-., ]+[0-9]{{2,4}}|{_MONTH} {_DAY},? [0-9]{{4}})"
    rf"(?:[T ]+{_CLOCK}(?:Z| ?(?:GMT|UTC)(?:[+-][0-9]{{1,2}})?|[+-][0-9]{{2}}:?[0-9]{{2}})?)?"
    rf"|{_CLOCK}|[0-9]{{4}}-[0-9]{{2}})",
    re.IGNORECASE,
)


def is_missing(cell: str) -> bool:
    """Return whether a cell stands for a missing value."""
    return cell.strip().lower() in MISSING


def folded(text: str) -> str:
    """Return what is left of a name or a label where capitals and blanks do not count."""
    return " ".join(text.casefold().split())


def is_date(cell: str) -> bool:
    """Return whether a cell is a date, a time of day or both, in one of the usual forms."""
    return _DATE.fullmatch(cell.strip()) is not None


def number(cell: str, decimal: Decimal = ".") -> float | None:
    """Return the number that a cell holds, None where it holds none.

    Parameters
    ----------
    cell : str
        It may have a sign, groups of thousands, an exponent, and a percent or currency sign, which says nothing:
        12 % is 12.
    decimal : "." or ","
    """
    text = cell.strip().replace("\u2212", "-")
    match = _NUMBERS[decimal].fullmatch(text)
    if match is None or (match["sign"] and match["minus"]):
        return None
    digits = match["number"]
    if match["group"]:
        digits = digits.replace(match["group"], "")
    value = float(digits.replace(",", ".") if decimal == "," else digits)
    return -value if "-" in (match["sign"], match["minus"]) else value


def is_number(cell: str) -> bool:
    """Return whether a cell is a number with either decimal sign."""
    return number(cell) is not None or number(cell, ",") is not None


def has_unit(cell: str) -> bool:
    """Return whether a number is written with a percent or currency sign."""
    return _AFTER_NUMBER.search(cell) is not None


def plain_numbers(cells: Sequence[str]) -> Array | None:
    """Return the numbers of a whole column at once, None where any cell is not plainly one.

    A column of 200 000 numbers takes some 10 ms this way, a twentieth of what looking at every cell takes.
    """
    numbers = np.empty(len(cells))
    for start in range(0, len(cells), _CELLS_PER_STEP):
        some = cells[start : start + _CELLS_PER_STEP]
        values = plain_part("\n".join(some), some)
        if values is None:
            return None
        numbers[start : start + len(some)] = values.numbers if isinstance(values, ReadDecimals) else values
    return numbers


def plain_part(joined: str, cells: Sequence[str] | None = None) -> ReadDecimals | Array | None:
    """Return what some cells say, as decimals where they have no more than a sign, digits and a point, else as numbers.

    Parameters
    ----------
    joined : str
        The cells, with line feeds between them.
    cells : sequence of str or None
        The same as they are; None where none of them has a line feed.

    Returns
    -------
    ReadDecimals, ndarray or None
        None where any cell is not plainly a number.
    """
    try:
        text = joined.encode("ascii")
        if text.translate(None, _PLAIN_BYTES):
            return None
        found = read_decimals(text, text.count(b"\n") + 1 if cells is None else len(cells))
        return np.array(list(map(float, joined.split("\n") if cells is None else cells))) if found is None else found
    except ValueError:  # an empty cell, "1 2", "-", or a letter that is not ASCII
        return None


def plain_decimals(joined: bytes, n_cells: int) -> Array | None:
    """Return the numbers of cells with a line feed between them; None where one has more than sign, digits and a point.

    To the last bit what `float` says.
    """
    found = read_decimals(joined, n_cells)
    return None if found is None else found.numbers


def decimal_evidence(cells: Iterable[str]) -> tuple[int, int, int]:
    """Count how many cells can only be read with a decimal point, only with a decimal comma, and with either.

    "1,5" needs a comma, "1,234.5" a point; "1,234" may be either, and "12" says nothing.
    """
    point = comma = either = 0
    for cell in cells:
        if "," not in cell and "." not in cell:
            continue
        with_point, with_comma = number(cell), number(cell, ",")
        if with_point is None and with_comma is None:
            continue
        if with_point is not None and with_comma is not None:
            # A group never begins with a zero: 0,123 and 0.123 have decimals.
            head = cell.strip().lstrip("+-\u2212")
            if head.startswith("0"):
                point, comma = point + ("." in head), comma + ("," in head)
            else:
                either += 1
        elif with_point is not None:
            point += 1
        else:
            comma += 1
    return point, comma, either
