"""What each column of a table holds: numbers, categories, dates, running numbers, or nothing to learn from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array
from nnviz.core.translation import counted, translated
from nnviz.data.cells import (
    MISSING,
    MISSING_LABELS,
    Decimal,
    decimal_evidence,
    has_unit,
    is_date,
    number,
    plain_numbers,
)
from nnviz.data.wording import quoted, rows_text

Kind = Literal["numeric", "categorical", "date", "text", "id", "index", "constant", "empty"]

#: A column is numeric, or one of dates, where at least this share of its cells is.
_MOSTLY = 0.9
#: Texts that repeat are categories where there are no more different ones than this, even if that is over half.
_FEW_CATEGORIES = 10
#: A running number of any name is taken for an index only in tables of at least so many rows.
_ROWS_FOR_INDEX = 5
_N_EXAMPLES = 5
_ID_NAME = re.compile(
    r"(?:.*[\s_.-])?(?:id|ids|uuid|guid|key|code nr|nr|no|num|number|nummer|matrikel\w*|ident\w*|lfd\w*)[.#]?"
    r"|.*[a-z]Id|(?:sample|patient|row|case|subject|customer|student|car|record)s?[ _]?(?:name|number|index|no|nr)?"
    r"|index|idx|#|row ?names?|\w*name|unnamed: ?\d+|obs|rownames",
    re.IGNORECASE,
)
_QUANTITY_NAME = re.compile(
    r"[a-z]\d*|time|zeit|t|year|jahr|day|tag|hour|week|month|monat|age|alter|epoch|step|dose|\w+[ _]?[\[(].*",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z]{0,6}[-_ /]?[0-9]+")

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table, as it is shown to a user.

    Attributes
    ----------
    name : str
        Data: pass it through `shown` before it is displayed.
    kind : str
        "numeric", "categorical", "date", "text" (mostly different), "id", "index" (a running number), "constant" or
        "empty".
    n_missing, n_distinct : int
        Missing cells, stray words among numbers included; different values.
    examples : tuple of str
        A few different cells, as typed.
    reason : str
        Why the column is left out by default; empty where it is not.
    """

    name: str
    kind: Kind
    n_missing: int
    n_distinct: int
    examples: tuple[str, ...]
    reason: str = ""


class ColumnData:
    """The cells of a column as typed, and as numbers or labels once somebody asks.

    Parameters
    ----------
    texts : sequence of str
        As typed. For arrays, `numbers` are given instead and texts are made of them.
    numbers : ndarray or None
    pause : callable or None
        Called every few milliseconds while the cells are looked at.
    """

    def __init__(
        self, texts: Sequence[str] | None, numbers: Array | None = None, pause: Callable[[], object] | None = None
    ) -> None:
        self._texts = texts
        self._given = numbers
        self.decimal: Decimal = "."
        self._labels: dict[bool, tuple[Codes, tuple[str, ...]]] = {}
        self.plain = numbers if numbers is not None else plain_numbers(texts or (), pause)

    def __len__(self) -> int:
        return len(self._texts) if self._texts is not None else 0 if self._given is None else len(self._given)

    @cached_property
    def texts(self) -> Sequence[str]:
        """Cells as typed."""
        if self._texts is not None:
            return self._texts
        assert self._given is not None
        return [f"{value:.15g}" for value in self._given]

    def text(self, row: int) -> str:
        """Return one cell as typed."""
        return self._texts[row] if self._texts is not None else f"{self._given[row]:.15g}"  # type: ignore[index]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each different cell, as typed, occurs."""
        return Counter(self.texts)

    @cached_property
    def words(self) -> list[str]:
        """Different cells that are not missing."""
        return [cell for cell in self.counts if cell.strip().lower() not in MISSING]

    @cached_property
    def evidence(self) -> tuple[int, int, int]:
        """As `decimal_evidence`, over the different cells; of plain numbers only what settles the matter."""
        if self._given is not None:
            return 0, 0, 0
        if self.plain is not None or self._plain_words is not None:
            cells = [cell for cell in (self.words if self.plain is None else self._texts or ()) if "." in cell]
            # Only points before exactly three digits at the end could stand before groups of them.
            if any(len(cell.rstrip()) - cell.find(".") != 4 for cell in cells):
                return 1, 0, 0
            return decimal_evidence(cells)
        return decimal_evidence(self.words)

    @cached_property
    def _plain_words(self) -> Array | None:
        return plain_numbers(self.words)

    @cached_property
    def _parsed(self) -> Mapping[str, float]:
        return {cell: value for cell in self.words if (value := number(cell, self.decimal)) is not None}

    @cached_property
    def numbers(self) -> Array:
        """Numbers of the cells; NaN where a cell is missing or none. `decimal` must be settled before."""
        if self.plain is not None and (self.decimal == "." or self._given is not None):
            return self.plain
        return self._mapped(self._quickly_parsed or self._parsed)

    @property
    def is_quick(self) -> bool:
        """Whether all cells are plain numbers but for missing ones and decimal commas."""
        return self._quickly_parsed is not None

    @cached_property
    def _quickly_parsed(self) -> Mapping[str, float] | None:
        """Return the numbers of different cells where all are plain but for missing ones and decimal commas."""
        if self.decimal == ".":
            values = self._plain_words
        elif any("." in cell for cell in self.words):
            return None
        else:
            values = plain_numbers([cell.replace(",", ".") for cell in self.words])
        return None if values is None else dict(zip(self.words, values.tolist(), strict=True))

    def _mapped(self, values: Mapping[str, float]) -> Array:
        table = dict.fromkeys(self.counts, np.nan) | dict(values)
        return np.fromiter(map(table.__getitem__, self.texts), dtype=np.float64, count=len(self))

    @cached_property
    def has_number(self) -> NDArray[np.bool_]:
        """Which cells hold a number."""
        return np.asarray(~np.isnan(self.numbers))

    @cached_property
    def largest(self) -> float:
        """Largest magnitude among the numbers; 0 where there is none."""
        return float(np.abs(self.numbers[self.has_number]).max(initial=0.0))

    @cached_property
    def missing(self) -> NDArray[np.bool_]:
        """Which cells hold a marker of missing values."""
        if self._given is not None:
            return ~np.isfinite(self._given)
        if self.plain is not None:
            return np.zeros(len(self), dtype=bool)
        table = {cell: cell.strip().lower() in MISSING for cell in self.counts}
        return np.fromiter(map(table.__getitem__, self.texts), dtype=np.bool_, count=len(self))

    @cached_property
    def n_missing(self) -> int:
        """Cells that hold a marker of missing values."""
        return int(self.missing.sum())

    @cached_property
    def strays(self) -> list[str]:
        """Different cells that are neither missing nor numbers."""
        if self.plain is not None and (self.decimal == "." or self._given is not None):
            return []
        known = self._quickly_parsed or self._parsed
        return [cell for cell in self.words if cell not in known]

    @cached_property
    def n_strays(self) -> int:
        """Cells that are neither missing nor numbers."""
        return sum(self.counts[cell] for cell in self.strays)

    @cached_property
    def is_numeric(self) -> bool:
        """Whether at least nine tenths of the cells that are not missing are numbers."""
        n_known = len(self) - self.n_missing
        return n_known > 0 and self.n_strays <= (1.0 - _MOSTLY) * n_known + 1e-9

    def labels(self, *, target: bool) -> tuple[Codes, tuple[str, ...]]:
        """Return each row's category, −1 where it is missing, and the categories in order.

        Parameters
        ----------
        target : bool
            Whether NA, None and the like are labels.
        """
        if target not in self._labels:
            self._labels[target] = self._found_labels(target=target)
        return self._labels[target]

    def _found_labels(self, *, target: bool) -> tuple[Codes, tuple[str, ...]]:
        if self.is_numeric and not self.strays:
            return self._number_labels()
        cells = {cell: cell.strip() for cell in self.counts}
        gone = MISSING_LABELS if target or self._needs_markers else MISSING
        names = sorted({text for text in cells.values() if text.lower() not in gone})
        position = {name: index for index, name in enumerate(names)}
        table = {cell: position.get(text, -1) for cell, text in cells.items()}
        return np.fromiter(map(table.__getitem__, self.texts), dtype=np.int64, count=len(self)), tuple(names)

    @cached_property
    def _needs_markers(self) -> bool:
        """Whether there are two labels only if a marker such as "-" or "None" is one."""
        texts = {cell.strip() for cell in self.counts}
        few = len({text for text in texts if text.lower() not in MISSING}) < 2
        return few and len({text for text in texts if text.lower() not in MISSING_LABELS}) >= 2

    def _number_labels(self) -> tuple[Codes, tuple[str, ...]]:
        known = np.isfinite(self.numbers)
        # Numbers are compared as numbers, so that 1 and 1.0 are one class; adding 0 makes -0 a 0.
        values, inverse = np.unique(self.numbers[known] + 0.0, return_inverse=True)
        names: dict[str, int] = {}
        merged = np.array([names.setdefault(f"{value:.15g}", len(names)) for value in values], dtype=np.int64)
        codes = np.full(len(self), -1, dtype=np.int64)
        if len(values):
            codes[known] = merged[inverse]
        return codes, tuple(names)


def settle_decimals(columns: Sequence[ColumnData], delimiter: str) -> None:
    """Decide for each column whether it writes a decimal point or a comma.

    Its own numbers decide where they can; then those of the other columns; then what goes with the delimiter: who
    separates cells by semicolons does so because of decimal commas.
    """
    point = sum(column.evidence[0] > column.evidence[1] for column in columns)
    comma = sum(column.evidence[1] > column.evidence[0] for column in columns)
    for column in columns:
        own_point, own_comma, either = column.evidence
        if own_point != own_comma:
            column.decimal = "," if own_comma > own_point else "."
        elif not either or point > comma:
            column.decimal = "."
        elif comma or (delimiter == ";" and column.plain is None):
            column.decimal = ","


@dataclass(frozen=True)
class Place:
    """Where a column stands.

    Attributes
    ----------
    first, last : bool
    unnamed : bool
        Whether only this column has no name in the header.
    headless : bool
        Whether there is no header, so that the name says nothing.
    picture : bool
        Whether it is a pixel, which may be dark everywhere and is needed all the same.
    """

    first: bool = False
    last: bool = False
    unnamed: bool = False
    headless: bool = False
    picture: bool = False


def describe(name: str, data: ColumnData, place: Place) -> Column:
    """Return what a column holds, and whether it is left out by default."""
    examples = _examples(data)
    n_known = len(data) - data.n_missing

    def column(kind: Kind, n_distinct: int, reason: str = "", n_missing: int = data.n_missing) -> Column:
        return Column(name, kind, n_missing, n_distinct, examples, reason)

    if data.is_numeric:
        known = data.numbers[np.isfinite(data.numbers)]
        n_missing, n_distinct = len(data) - len(known), _n_distinct(known)
        if n_distinct == 1 and not place.picture:
            return column("constant", 1, translated("one value only"), n_missing)
        if place.picture:
            return column("numeric", n_distinct, "", n_missing)
        kind, reason = _numeric_kind(name, data, place)
        return column(kind, n_distinct, reason, n_missing)
    _, names = data.labels(target=False)
    n_distinct = len(names)
    if n_distinct == 0:
        return column("empty", 0, translated("no values"))
    if n_distinct == 1:
        return column("constant", 1, translated("one value only"))
    if sum(n for cell, n in data.counts.items() if is_date(cell)) >= _MOSTLY * n_known:
        return column("date", n_distinct, translated("dates or times"))
    if 2 * n_distinct <= n_known or (n_distinct < n_known and n_distinct <= _FEW_CATEGORIES):
        return column("categorical", n_distinct)
    named_so = _ID_NAME.fullmatch(name) is not None or place.unnamed
    codes_only = not place.last and n_distinct == n_known and all(map(_CODE.fullmatch, names[:100]))
    if n_distinct == n_known and ((named_so and not place.last) or codes_only or _is_id(name)):
        return column("id", n_distinct, translated("different in every row"))
    texts = counted(n_distinct, "{0} different text", "{0} different texts")
    return column("text", n_distinct, translated("{0} in {1}", texts, rows_text(n_known)))


def column_notes(name: str, data: ColumnData, line_of: Callable[[int], int]) -> list[str]:
    """Return sentences on what was assumed about the cells of a numeric column."""
    if not data.is_numeric:
        return []
    notes = []
    if data.strays:
        stray = data.strays[0]
        line = line_of(data.texts.index(stray))
        notes.append(
            counted(
                len(data.strays),
                "Column {1}: {2} (line {3}) is no number and was taken as missing.",
                "Column {1}: {2} (line {3}) and {4} more are no numbers and were taken as missing.",
                quoted(name),
                quoted(stray.strip()),
                line,
                len(data.strays) - 1,
            )
        )
    if data.plain is not None and data.decimal == ".":
        return notes
    if not data.is_quick and any(map(has_unit, data.words)):
        words = "Column {0}: the percent or currency sign was left out; 12 % is 12."
        notes.append(translated(words, quoted(name)))
    point, comma, either = data.evidence
    if either and not point and not comma:
        example = quoted(next(cell for cell in data.words if "," in cell or "." in cell).strip())
        words = (
            "Column {0}: the decimal sign in {1} is a guess; check it."
            if data.decimal in example
            else "Column {0}: the thousands separator in {1} is a guess; check it."
        )
        notes.append(translated(words, quoted(name), example))
    return notes


def _is_id(name: str) -> bool:
    return re.fullmatch(r"(?:.*[\s_.-])?ids?|.*[a-z]Id|index|uuid", name, re.IGNORECASE) is not None


def _numeric_kind(name: str, data: ColumnData, place: Place) -> tuple[Kind, str]:
    """Tell running numbers and numbers that only name a row from quantities."""
    numbers = data.numbers
    n_rows = len(numbers)
    if not np.isfinite(numbers).all() or n_rows < 2:
        return "numeric", ""
    named_so = _ID_NAME.fullmatch(name) is not None
    steps = np.diff(numbers)
    if (steps == 1.0).all():
        usual_start = numbers[0] in (0.0, 1.0)
        quantity = _QUANTITY_NAME.fullmatch(name) is not None and not place.headless
        if named_so or (place.unnamed and place.first):
            return "index", translated("a running number")
        if place.first and usual_start and n_rows >= _ROWS_FOR_INDEX and not quantity:
            return "index", translated("a running number")
        return "numeric", ""
    # Numbers that name something hardly ever repeat, and there are more of them than of grades.
    whole = named_so and n_rows >= _ROWS_FOR_INDEX and (numbers == np.round(numbers)).all()
    if whole and 10 * _n_distinct(numbers) >= 9 * n_rows:
        return "id", translated("numbers that only name a row")
    return "numeric", ""


def _n_distinct(numbers: Array) -> int:
    # The first np.unique of a process imports numpy.ma, which takes a third of a second.
    ordered = np.sort(numbers)
    return int(np.count_nonzero(np.diff(ordered))) + (len(ordered) > 0)


def _examples(data: ColumnData) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in range(min(len(data), 200)):
        cell = data.text(row).strip()
        if cell.lower() not in MISSING:
            found[cell] = None
        if len(found) == _N_EXAMPLES:
            break
    return tuple(found)
