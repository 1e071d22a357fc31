"""Dates and times of day as numbers: days since the first row, or hours since midnight, and parts of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct

from nnviz.core.layout import Array
from nnviz.core.patterns import late_pattern
from nnviz.data.cells import is_date
from nnviz.data.column_words import Part

Order = Literal["day first", "month first"]

PARTS: tuple[Part, ...] = ("weekday", "month", "hour")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_STARTS = {name.lower(): number for number, name in enumerate(MONTHS, start=1)}
_MONTH_STARTS |= {"mär": 3, "mai": 5, "okt": 10, "dez": 12}
#: Two digits of a year up to this one are of this century, as POSIX has it.
_CENTURY_TURNS = 68
#: A reading of days and months by which dates wander so many times less is the right one.
_CLEARLY = 3.0
_YEAR_FIRST = late_pattern(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?!\d)")
_YEAR_LAST = late_pattern(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
_DAY_MONTH = late_pattern(r"(\d{1,2})[-. ]+([^\W\d_]{3})[^\W\d_]*\.?[-., ]+(\d{2,4})", re.IGNORECASE)
_MONTH_DAY = late_pattern(r"([^\W\d_]{3})[^\W\d_]*\.? (\d{1,2}),? (\d{4})", re.IGNORECASE)
_CLOCK = late_pattern(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?: ?([AaPp])[Mm])?(?: ?(?:Z|UTC|GMT)?([+-]\d{1,2}):?(\d{2})?)?"
)
_NAMED = late_pattern(r"(?P<column>.*) \((?:days since (?P<day>\d{4}-\d{2}-\d{2})|(?P<hours>hours))\)", re.DOTALL)
_EPOCH = dt.datetime(1970, 1, 1)
_SECONDS_PER_DAY = 86_400.0


class Dates(Struct, frozen=True, eq=False):
    """A column of dates.

    Attributes
    ----------
    values : ndarray (n_rows,)
        Days since the day of the first row, or hours since midnight where there are only times of day; NaN where a
        cell is no date.
    reference : datetime.date or None
        The day of the first row; None where there are only times of day.
    moments : list of datetime or None
        Per row.
    is_guess : bool
        Whether nothing tells days from months, as in 03/04/2021.
    order : "day first" or "month first"
        How they were read.
    """

    values: Array
    reference: dt.date | None
    moments: Sequence[dt.datetime | None]
    is_guess: bool
    order: Order = "day first"

    def input_name(self, column: str) -> str:
        """Return the name of the input: it says from when days are counted, so that new rows can be counted too."""
        return f"{column} (hours)" if self.reference is None else f"{column} (days since {self.reference.isoformat()})"

    def parts(self) -> tuple[Part, ...]:
        """Return the parts that differ between rows."""
        return tuple(part for part in PARTS if len({code for code in self.part_codes(part) if code >= 0}) > 1)

    def part_codes(self, part: Part) -> list[int]:
        """Return each row's position in `part_names`, −1 where there is no date."""
        if self.reference is None and part != "hour":
            return [-1] * len(self.moments)
        of = {"weekday": _weekday, "month": _month, "hour": _hour}[part]
        return [-1 if moment is None else of(moment) for moment in self.moments]


def part_names(part: Part) -> tuple[str, ...]:
    """Return what the codes of a part stand for: Mon … Sun, Jan … Dec, 0 … 23."""
    return {"weekday": WEEKDAYS, "month": MONTHS, "hour": tuple(map(str, range(24)))}[part]


def _weekday(moment: dt.datetime) -> int:
    return moment.weekday()


def _month(moment: dt.datetime) -> int:
    return moment.month - 1


def _hour(moment: dt.datetime) -> int:
    return moment.hour


def read_dates(texts: Sequence[str], reference: dt.date | None = None, usual_order: Order | None = None) -> Dates:
    """Read a column.

    Parameters
    ----------
    texts : sequence of str
        Cells as typed; those that are no dates are missing.
    reference : datetime.date or None
        From when days are counted; None: from the day of the first row.
    usual_order : "day first" or "month first", optional
        How dates are read that may be either; None: as they seem to be meant.
    """
    different = dict.fromkeys(text for text in texts if is_date(text))
    orders: tuple[Order, ...] = ("day first", "month first")
    read = [{text: _moment(text.strip(), order) for text in different} for order in orders]
    order, is_guess = _settled(list(different), read, usual_order)
    chosen = read[orders.index(order)]
    moments = [chosen.get(text) for text in texts]
    only_times = all(_CLOCK.fullmatch(text.strip()) for text in different)
    if reference is None and not only_times:
        reference = next((moment.date() for moment in moments if moment is not None), None)
    seconds = np.array(
        [np.nan if moment is None else (moment - _EPOCH).total_seconds() for moment in moments], dtype=np.float64
    )
    if reference is None:
        return Dates(seconds / 3600.0, None, moments, False, order)
    start = (dt.datetime.combine(reference, dt.time()) - _EPOCH).total_seconds()
    return Dates((seconds - start) / _SECONDS_PER_DAY, reference, moments, is_guess, order)


def _settled(
    texts: list[str], read: Sequence[Mapping[str, dt.datetime | None]], usual: Order | None
) -> tuple[Order, bool]:
    """Return the order that makes most dates, then the much steadier one, then what goes with dots and slashes."""
    day_first, month_first = read
    n_day, n_month = (sum(moment is not None for moment in one.values()) for one in read)
    if n_day != n_month:
        return ("day first" if n_day > n_month else "month first"), False
    if usual is not None:
        return usual, False
    if all(day_first[text] == month_first[text] for text in texts):
        return "day first", False
    rough_day, rough_month = (_roughness([one[text] for text in texts]) for one in read)
    if max(rough_day, rough_month) > _CLEARLY * min(rough_day, rough_month):
        return ("day first" if rough_day < rough_month else "month first"), False
    with_slash = sum("/" in text for text in texts)
    return ("month first" if 2 * with_slash > len(texts) else "day first"), True


def _roughness(moments: Sequence[dt.datetime | None]) -> float:
    """Return how far a column wanders to and fro, in days: dates mostly stand in their order."""
    known = [(moment - _EPOCH).total_seconds() / _SECONDS_PER_DAY for moment in moments if moment is not None]
    return float(np.abs(np.diff(known)).sum()) if len(known) > 1 else 0.0


def _moment(text: str, order: Order) -> dt.datetime | None:
    date, rest = _date_of(text, order)
    clock = _CLOCK.search(rest)
    if date is None and clock is None:
        return None
    try:
        day = dt.datetime(*(date or (1970, 1, 1)))
        return day if clock is None else day + _time_of(clock)
    except (ValueError, OverflowError):
        return None


def _date_of(text: str, order: Order) -> tuple[tuple[int, int, int] | None, str]:
    """Return year, month and day at the beginning of a cell, and what follows them."""
    if match := _YEAR_FIRST.match(text):
        return (int(match[1]), int(match[2]), int(match[3] or 1)), text[match.end() :]
    if match := _YEAR_LAST.match(text):
        first, second = int(match[1]), int(match[2])
        month, day = (second, first) if order == "day first" else (first, second)
        return (_year(match[3]), month, day), text[match.end() :]
    if match := _DAY_MONTH.match(text):
        return (_year(match[3]), _MONTH_STARTS.get(match[2].lower(), 0), int(match[1])), text[match.end() :]
    if match := _MONTH_DAY.match(text):
        return (_year(match[3]), _MONTH_STARTS.get(match[1].lower(), 0), int(match[2])), text[match.end() :]
    return None, text


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year <= _CENTURY_TURNS else 1900)


def _time_of(clock: re.Match[str]) -> dt.timedelta:
    """Return the time of day; `ValueError` where it is none. Zones are taken off, so that instants compare."""
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[5]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if clock[5].lower() == "p" else 0)
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError(hour)
    fraction = float(f"0.{clock[4]}") if clock[4] else 0.0
    zone = dt.timedelta()
    if clock[6]:
        zone = dt.timedelta(hours=int(clock[6]), minutes=int(clock[7] or 0) * (-1 if clock[6][0] == "-" else 1))
    return dt.timedelta(hours=hour, minutes=minute, seconds=second + fraction) - zone


def input_column(name: str) -> tuple[str, dt.date | None] | None:
    """Return the column and the reference that an input's name stands for; None where it is no input of dates."""
    match = _NAMED.fullmatch(name)
    if match is None:
        return None
    try:
        return match["column"], dt.date.fromisoformat(match["day"]) if match["day"] else None
    except ValueError:
        return None
