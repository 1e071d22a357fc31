"""The cells of a column: as typed, and as numbers or labels once somebody asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array
from nnviz.data.cells import (
    GROUPED,
    MISSING,
    MISSING_LABELS,
    WORDS_OR_MISSING,
    Decimal,
    decimal_evidence,
    is_date,
    number,
    plain_numbers,
)
from nnviz.data.column_words import Rules
from nnviz.data.dates import Dates, read_dates
from nnviz.data.decimals import Decimals
from nnviz.data.declared import NOTHING, Declared
from nnviz.data.kept_cells import kept_cells
from nnviz.data.packed_texts import RepeatedTexts

Codes = NDArray[np.int64]
S = TypeVar("S", bound=np.generic)

_DIGITS = frozenset("0123456789")
#: A column is numeric where at least this share of its cells is.
MOSTLY = 0.9


class ColumnData:
    """The cells of a column as typed, and as numbers or labels once somebody asks.

    Parameters
    ----------
    texts : sequence of str
        As typed. For arrays, `numbers` are given instead and texts are made of them.
    numbers : ndarray or None
        Whole numbers of a small type are kept as they are, for a large table of them takes eight times as much room.
    pause : callable or None
        Called every few milliseconds while the cells are looked at.
    declared : Declared
        What the file says about the column.
    rules : 1 or 2
        1: as nnviz 0.1 has read tables: marks of missing cells are never words of a feature, and dates no numbers.
    """

    def __init__(
        self,
        texts: Sequence[str] | None,
        numbers: NDArray[Any] | None = None,
        pause: Callable[[], object] | None = None,
        *,
        declared: Declared = NOTHING,
        rules: Rules = 2,
    ) -> None:
        self._texts = texts
        self._given = numbers
        self.declared = declared
        self._rules = rules
        self._number_marks = MISSING if declared.marks is None else declared.marks
        self.decimal: Decimal = "."
        self._labels: dict[bool, tuple[Codes, tuple[str, ...]]] = {}
        self._marked: dict[frozenset[str], NDArray[np.bool_]] = {}
        self._plain: Array | None = None
        if numbers is None:
            self._texts, self._plain = kept_cells(texts or (), pause)

    def __len__(self) -> int:
        return len(self._texts) if self._texts is not None else 0 if self._given is None else len(self._given)

    @property
    def plain(self) -> Array | None:
        """The numbers where all cells are plainly numbers, or numbers were given; None elsewhere."""
        if self._given is not None:
            return self._given.astype(np.float64, copy=False)
        return self._texts.numbers() if isinstance(self._texts, Decimals) else self._plain

    @property
    def is_plain(self) -> bool:
        """Whether all cells are plainly numbers, or numbers were given."""
        return self._given is not None or self._plain is not None or isinstance(self._texts, Decimals)

    @cached_property
    def texts(self) -> Sequence[str]:
        """Cells as typed."""
        if self._texts is not None:
            return self._texts
        assert self._given is not None
        return [f"{value:.15g}" for value in self._given.tolist()]

    def text(self, row: int) -> str:
        """Return one cell as typed."""
        return self._texts[row] if self._texts is not None else f"{self._given[row]:.15g}"  # type: ignore[index]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each different cell, as typed, occurs."""
        return self._texts.counts if isinstance(self._texts, RepeatedTexts) else Counter(self.texts)

    @cached_property
    def words(self) -> list[str]:
        """Different cells that are no marks of missing numbers."""
        gone = self._different_of(self._number_marks)
        return [cell for cell in self._different if cell not in gone]

    @cached_property
    def evidence(self) -> tuple[int, int, int]:
        """As `decimal_evidence`, over the different cells; of plain numbers only what settles the matter."""
        if self._given is not None:
            return 0, 0, 0
        if isinstance(self._texts, Decimals):
            n_with_point = self._texts.n_with_point
            return (0, 0, n_with_point) if self._texts.may_be_grouped else (1, 0, 0)
        if self._plain is not None or self._plain_words is not None:
            cells = self.words if self._plain is None else self._texts or ()
            # A point is one of decimals but where it could stand before a group of digits.
            if any("." in cell and GROUPED.fullmatch(cell.strip()) is None for cell in cells):
                return 1, 0, 0
            return 0, 0, sum("." in cell for cell in cells)
        return decimal_evidence(self.words)

    @cached_property
    def _plain_words(self) -> Array | None:
        return plain_numbers(self.words)

    @cached_property
    def _parsed(self) -> Mapping[str, float]:
        return {cell: value for cell in self.words if (value := number(cell, self.decimal)) is not None}

    @property
    def numbers(self) -> Array:
        """Numbers of the cells; NaN where a cell is missing or none. `decimal` must be settled before."""
        if self._given is not None:
            return self._given.astype(np.float64, copy=False)
        if self.is_plain and self.decimal == ".":
            return self.plain  # type: ignore[return-value]
        return self._mapped if isinstance(self._texts, RepeatedTexts) else self._read_numbers

    @cached_property
    def _read_numbers(self) -> Array:
        return self._mapped

    @property
    def _is_whole(self) -> bool:
        """Whether whole numbers were given, of which none can be missing."""
        return self._given is not None and self._given.dtype.kind in "iu"

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

    @property
    def _mapped(self) -> Array:
        known = self._quickly_parsed or self._parsed
        return self._each({cell: known.get(cell, np.nan) for cell in self._different}, np.float64)

    @property
    def _different(self) -> Iterable[str]:
        """Return the different cells as typed."""
        return self._texts.different if isinstance(self._texts, RepeatedTexts) else self.counts

    def _each(self, table: Mapping[str, Any], kind: type[S]) -> NDArray[S]:
        """Return what `table` says of each cell, those of the same text together where they are kept so."""
        if isinstance(self._texts, RepeatedTexts):
            different = self._texts.different
            values = np.fromiter(map(table.__getitem__, different), dtype=kind, count=len(different))
            return np.asarray(values[self._texts.codes])
        return np.fromiter(map(table.__getitem__, self.texts), dtype=kind, count=len(self))

    @property
    def _is_all_numbers(self) -> bool:
        """Whether no cell can be missing, as whole numbers were given or all cells are plainly numbers."""
        return self._is_whole or (self._given is None and self.is_plain and self.decimal == ".")

    @property
    def has_number(self) -> NDArray[np.bool_]:
        """Which cells hold a number."""
        if self._is_all_numbers:
            return np.asarray(np.broadcast_to(np.True_, len(self)))
        return np.asarray(~np.isnan(self.numbers))

    @cached_property
    def largest(self) -> float:
        """Largest magnitude among the numbers; 0 where there is none."""
        return float(np.abs(self.numbers[self.has_number]).max(initial=0.0))

    @cached_property
    def marks(self) -> frozenset[str]:
        """What stands for a missing cell here, in lower case: fewer texts in a column of words than in one of numbers.

        Words such as "none" and "NA" beside other words are answers like these.
        """
        if self.declared.marks is not None:
            return self.declared.marks
        if self._rules == 1 or self._given is not None or self.is_numeric:
            return MISSING
        if self._needs_markers:
            return MISSING_LABELS
        return MISSING - WORDS_OR_MISSING if self.words else MISSING

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Which cells hold a marker of missing values."""
        return self._held(self.marks)

    @cached_property
    def _n_marked(self) -> int:
        """Cells that hold a marker of missing numbers."""
        return int(self._held(self._number_marks).sum())

    def _held(self, marks: frozenset[str]) -> NDArray[np.bool_]:
        if self._is_whole or (self._given is None and self.is_plain):
            return np.asarray(np.broadcast_to(np.False_, len(self)))
        if self._given is not None:
            return np.asarray(~np.isfinite(self._given))
        if marks not in self._marked:
            gone = self._different_of(marks)
            found = self._each({cell: cell in gone for cell in self._different}, np.bool_)
            if isinstance(self._texts, RepeatedTexts):
                return found
            self._marked[marks] = found
        return self._marked[marks]

    def _different_of(self, marks: frozenset[str]) -> set[str]:
        """Return which different cells are marks; none begins with a digit, as most cells do."""
        return {cell for cell in self._different if cell[:1] not in _DIGITS and cell.strip().lower() in marks}

    @cached_property
    def n_missing(self) -> int:
        """Cells that hold a marker of missing values."""
        return int(self.missing.sum())

    @cached_property
    def strays(self) -> list[str]:
        """Different cells that are neither missing nor numbers."""
        if self.is_plain and (self.decimal == "." or self._given is not None):
            return []
        known = self._quickly_parsed or self._parsed
        return [cell for cell in self.words if cell not in known]

    @cached_property
    def n_strays(self) -> int:
        """Cells that are neither missing nor numbers."""
        return sum(self.counts[cell] for cell in self.strays)

    @cached_property
    def is_numeric(self) -> bool:
        """Whether at least nine tenths of the cells that are not missing are numbers, or all are declared to be."""
        n_known = len(self) - self._n_marked
        if self.declared.kind == "text":
            return False
        if self.declared.kind == "numeric":
            return self.n_strays < n_known
        return n_known > 0 and self.n_strays <= (1.0 - MOSTLY) * n_known + 1e-9

    @cached_property
    def dates(self) -> Dates | None:
        """The cells as dates, where at least nine tenths of them are; None elsewhere."""
        if self.is_plain or self._rules == 1 or self.is_numeric:
            return None
        if self.declared.kind in ("nominal", "text") or not self.words:
            return None
        n_known = sum(self.counts[cell] for cell in self.words)
        if sum(self.counts[cell] for cell in self.words if is_date(cell)) < MOSTLY * n_known:
            return None
        return read_dates(self.texts)

    @property
    def is_measured(self) -> bool:
        """Whether the column can be one input: numbers, or dates."""
        return self.is_numeric or self.dates is not None

    @property
    def values(self) -> Array:
        """`numbers`, or the dates as numbers."""
        return self.numbers if self.dates is None else self.dates.values

    @property
    def has_value(self) -> NDArray[np.bool_]:
        """Which cells hold a number or a date."""
        return self.has_number if self.dates is None else np.asarray(~np.isnan(self.dates.values))

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
        cells = {cell: cell.strip() for cell in self._different}
        if self.declared.marks is not None:
            gone = self.declared.marks
        else:
            gone = MISSING_LABELS if target or self._needs_markers else self.marks
        names = sorted({text for text in cells.values() if text.lower() not in gone})
        position = {name: index for index, name in enumerate(names)}
        table = {cell: position.get(text, -1) for cell, text in cells.items()}
        return self._each(table, np.int64), tuple(names)

    @cached_property
    def _needs_markers(self) -> bool:
        """Whether there are two labels only if a marker such as "-" or "None" is one."""
        texts = {cell.strip() for cell in self._different}
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
        elif comma or (delimiter == ";" and not column.is_plain):
            column.decimal = ","
