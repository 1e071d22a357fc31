"""From rows as they stand in a file to a table: where it begins, what its columns are called, whether rows are whole.

Serves texts and spreadsheets alike. What is skipped is said; a row that does not fit is named with its line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.errors import DataError, ShortRowsError
from nnviz.core.translation import counted, translated
from nnviz.data.cells import is_date, is_missing, is_number
from nnviz.data.packed_texts import PackedTexts
from nnviz.data.tokens import Lines, Rows
from nnviz.data.wording import joined, listed, quoted

#: The header is looked for in so many rows.
_MOST_PREAMBLE = 40
#: So many rows below it are compared with the header; of wide tables fewer, which settle it as well.
_COMPARED = 100
_COMPARED_CELLS = 20_000


class Grid(Struct, frozen=True):
    """A table of text cells.

    Attributes
    ----------
    names : tuple of str
        All different, none empty.
    unnamed : frozenset of int
        Columns whose names were made up.
    rows : list of list of str
        As typed; as many cells in each as there are names.
    lines : ndarray of int
    notes : tuple of str
    headless : bool
        Whether all names were made up.
    repeated : frozenset of str
        Names that several columns have in the file.
    whole : ndarray (n_columns, n_rows) or None
        The cells of a large table of whole numbers, instead of `rows`.
    columns : tuple of PackedTexts
        The cells of a large table of plain cells, instead of `rows`; else empty.
    """

    names: tuple[str, ...]
    unnamed: frozenset[int]
    rows: list[list[str]]
    lines: Lines
    notes: tuple[str, ...]
    headless: bool = False
    repeated: frozenset[str] = frozenset()
    whole: NDArray[Any] | None = None
    columns: tuple[PackedTexts, ...] = ()

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        return len(self.lines)


def arrange(
    found: Rows,
    source: str,
    *,
    names: Sequence[str] = (),
    fill_short_rows: bool = False,
    has_header: bool = False,
) -> Grid:
    """Find the header and the rows of a table.

    Parameters
    ----------
    found : Rows
    source : str
        What messages call it.
    names : sequence of str
        Names from a comment above the rows, used where the rows have none.
    fill_short_rows : bool
        Whether rows with too few cells are filled with missing ones.
    has_header : bool
        Whether the first row is known to name the columns; nothing above or below the rows is looked for then.

    Raises
    ------
    ShortRowsError
        Where filling would help.
    DataError
        Where there are no rows, or rows of different width.
    """
    rows, lines, n_blank = _without_blank(found.cells, found.lines)
    notes = list(found.notes)
    if not rows:
        raise DataError("{0} is empty; a table needs a header line and rows.", source)
    if n_blank:
        notes.append(
            counted(n_blank, "{0} row without any value was skipped.", "{0} rows without any value were skipped.")
        )
    width = len(rows[0]) if has_header else _table_width(rows)
    if not has_header:
        rows, lines = _within(rows, lines, width, notes)
    header = rows[0] if has_header else _header(rows, width)
    headless = header is None
    if header is None:
        header = _made_up(names, width, notes)
    else:
        rows, lines = rows[1:], lines[1:]
    header, row_names = (header, False) if has_header else _fitting_header(header, rows)
    whole = (
        counted(len(header), "the table has {0} column", "the table has {0} columns")
        if headless
        else counted(len(header), "the header has {0} column", "the header has {0} columns")
    )
    rows = _even(rows, lines, len(header), whole, source, fill_short_rows, notes)
    unique, unnamed = _unique(header, notes, row_names)
    names_of = Counter(name for name in map(str.strip, header) if name)
    repeated = frozenset(name for name, n in names_of.items() if n > 1)
    return Grid(unique, unnamed, rows, lines, tuple(notes), headless and not names, repeated)


def _within(rows: list[list[str]], lines: Lines, width: int, notes: list[str]) -> tuple[list[list[str]], Lines]:
    """Return the rows of the table itself, its header among them, without what stands above and below."""
    begin = _first_row(rows, lines, width)
    if begin:
        notes.append(
            counted(
                begin,
                "{0} line above the table was skipped: {1}.",
                "{0} lines above the table were skipped: {1}.",
                listed((_joined(row) for row in rows[:begin]), 2),
            )
        )
        rows, lines = rows[begin:], lines[begin:]
    end = _last_row(rows, lines, width)
    if end < len(rows):
        words = "What follows the empty line after line {0} is no row and was skipped."
        notes.append(translated(words, int(lines[end - 1])))
        rows, lines = rows[:end], lines[:end]
    return rows, lines


def _made_up(names: Sequence[str], width: int, notes: list[str]) -> list[str]:
    """Return the names of columns without a header: those of a comment where they fit, else x1, x2 …"""
    if len(names) == width:
        return list(names)
    notes.append(translated("There is no header: the columns are called {0}.", _span(width)))
    return [f"x{number}" for number in range(1, width + 1)]


def _span(width: int) -> str:
    return "x1" if width == 1 else f"x1 … x{width}"


def _joined(row: list[str]) -> str:
    return " ".join(cell.strip() for cell in row if cell.strip())


def _without_blank(rows: list[list[str]], lines: Lines) -> tuple[list[list[str]], Lines, int]:
    """Leave out rows without any text; count those of them that have cells."""
    # Nearly all rows begin with a text.
    doubtful = [index for index, row in enumerate(rows) if not row or not row[0] or row[0].isspace()]
    blank = [index for index in doubtful if not "".join(rows[index]).strip()]
    if not blank:
        return rows, lines, 0
    kept = np.ones(len(rows), dtype=bool)
    kept[blank] = False
    n_with_cells = sum(len(rows[index]) > 1 for index in blank)
    return [rows[index] for index in np.flatnonzero(kept)], lines[kept], n_with_cells


def _trimmed(row: list[str]) -> int:
    """Return how many cells a row has up to its last one with text."""
    width = len(row)
    while width and not row[width - 1].strip():
        width -= 1
    return width


def _table_width(rows: list[list[str]]) -> int:
    """Return the number of columns: the usual width of a row, without a column that only a trailing delimiter makes."""
    widths = Counter(map(len, rows))
    width = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
    if width > 1 and all(not row[-1].strip() for row in rows if len(row) == width):
        inner = max(_trimmed(row) for row in rows if len(row) == width)
        return max(inner, max((n for n in widths if n < width and widths[n] > 1), default=1), 1)
    return width


def _is_full(row: list[str], width: int) -> bool:
    """Return whether a row can be one of the table or its header, judged by how many of its cells have text."""
    n_filled = sum(1 for cell in row if cell.strip())
    return len(row) >= width and (n_filled * 2 > width or n_filled == width or (width == 2 and n_filled == 1))


def _first_row(rows: list[list[str]], lines: Lines, width: int) -> int:
    """Return the position of the header, or of the first row where there is none."""
    if width < 2:
        return 0
    near = rows[:_MOST_PREAMBLE]
    # Spreadsheets write a title as "Report,by me,": only a whole row of names above numbers is surely a header.
    for index, row in enumerate(near if _trimmed(near[0]) < width else ()):
        if index and all(cell.strip() for cell in row[:width]) and len(row) >= width:
            if _is_header(row, rows[index + 1 : index + 1 + _COMPARED], sure=True):
                return index
            break
    full = next((index for index, row in enumerate(near) if _is_full(row, width)), 0)
    # "Title," has as many cells as "x," above two columns; only an empty line below tells them apart.
    if full == 0 and len(rows) > 2 and width == 2 and _trimmed(rows[0]) == 1 and lines[1] > lines[0] + 1:
        return 1
    if full == 0:
        return 0
    above = near[:full]
    if all(_trimmed(row) <= 1 for row in above) and (width > 2 or all(len(row) == 1 for row in above)):
        return full
    apart = lines[full] > lines[full - 1] + 1
    if apart and all(_trimmed(row) < width for row in above):
        return full
    return full if _is_header(near[full], rows[full + 1 : full + 1 + _COMPARED], sure=True) else 0


def _last_row(rows: list[list[str]], lines: Lines, width: int) -> int:
    """Return the end of the rows where a remark follows them after an empty line."""
    end = len(rows)
    while end > 2 and width > 1 and _trimmed(rows[end - 1]) == 1 and not is_number(rows[end - 1][0]):
        end -= 1
        if lines[end] > lines[end - 1] + 1 and _trimmed(rows[end - 1]) > 1:
            return end
    return len(rows)


def _header(rows: list[list[str]], width: int) -> list[str] | None:
    first, body = rows[0], rows[1 : 1 + _COMPARED]
    if not _is_header(first, body):
        return None
    # Cells beyond the table's width are empty: the delimiter at the end of the line.
    return first[: max(width, _trimmed(first))]


def _is_header(first: list[str], body: list[list[str]], *, sure: bool = False) -> bool:
    """Return whether a row names the columns below it.

    It does where it has words above columns of numbers or dates. A table of words alone is taken to have a header
    unless most of its first row's words come again in their columns; with `sure`, numbers must prove it.
    """
    n_again = n_words = n_valued = 0
    body = body[: max(5, _COMPARED_CELLS // max(len(first), 1))]
    for column, cell in enumerate(first):
        below = [row[column] for row in body if column < len(row)]
        below = [other for other in below if not is_missing(other)]
        values = [other for other in below if is_number(other) or is_date(other)]
        is_value = is_number(cell) or is_date(cell)
        n_valued += is_value
        if not is_missing(cell) and not is_value:
            n_words += 1
            n_again += cell in below
            if below and len(values) * 10 >= 9 * len(below):
                return True
    if sure:
        return False
    if n_valued:
        return _is_years(first, body)
    return n_words > 0 and (2 * n_again <= n_words or len(body) < 2)


def _is_years(first: list[str], body: list[list[str]]) -> bool:
    """Return whether the numbers of a row are different years that name columns, as in "country,2019,2020"."""
    years = [cell.strip() for cell in first if is_number(cell)]
    words = [column for column, cell in enumerate(first) if not is_number(cell)]
    plain = all(len(year) == 4 and year.isdecimal() and "1800" <= year <= "2100" for year in years)
    if not plain or len(set(years)) < max(len(years), 2) or len(words) > 2:
        return False
    columns = [column for column in range(len(first)) if column not in words]
    below = [row[column].strip() for row in body for column in columns if column < len(row)]
    return not all(len(cell) == 4 and cell.isdecimal() for cell in below)


def _fitting_header(header: list[str], rows: list[list[str]]) -> tuple[list[str], bool]:
    """Give the first column an empty name where every row has one cell more than the header: R writes row names so."""
    near = rows[:_COMPARED]
    wider = len(header) + 1
    if len(near) < 2 or any(len(row) != wider or not row[-1].strip() for row in near):
        return header, False
    first = [row[0].strip() for row in near]
    running = all(cell.isdecimal() for cell in first) and np.all(np.diff([int(cell[:15]) for cell in first]) == 1)
    if running or (len(set(first)) == len(first) and not any(map(is_number, first))):
        return ["", *header], True
    return header, False


def _even(
    rows: list[list[str]],
    lines: Lines,
    width: int,
    whole: str,
    source: str,
    fill_short_rows: bool,
    notes: list[str],
) -> list[list[str]]:
    """Return rows of equal width, without what a delimiter at the end of a line adds."""
    widths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    if np.all(widths == width):
        return rows
    even = list(rows)
    for index in np.flatnonzero(widths > width):
        if _trimmed(rows[index]) > width:
            raise DataError(
                "{0}, line {1}: there are {2}, but {3}; give every row as many cells.",
                source,
                lines[index],
                counted(_trimmed(rows[index]), "{0} cell", "{0} cells"),
                whole,
            )
        even[index] = rows[index][:width]
    short = np.flatnonzero(widths < width)
    if len(short):
        first = int(lines[short[0]])
        cells = counted(int(widths[short[0]]), "{0} cell", "{0} cells")
        found = (source, first, cells if len(short) == 1 else len(short), whole)
        if 2 * len(short) > len(rows):
            raise DataError(
                "{0}, line {1}: the row has {2}, but {3}; give every row as many cells."
                if len(short) == 1
                else "{0}, line {1}: {2} rows have fewer cells, but {3}; give every row as many cells.",
                *found,
            )
        if not fill_short_rows:
            raise ShortRowsError(
                "{0}, line {1}: the row has {2}, but {3}; complete short rows, or have them filled."
                if len(short) == 1
                else "{0}, line {1}: {2} rows have fewer cells, but {3}; complete short rows, or have them filled.",
                *found,
                n_short=len(short),
                first_line=first,
            )
        for index in short:
            even[index] = [*rows[index], *[""] * (width - len(rows[index]))]
        notes.append(
            counted(
                len(short),
                "{0} short row (first: line {1}) got empty cells at the end.",
                "{0} short rows (first: line {1}) got empty cells at the end.",
                first,
            )
        )
    return even


def _unique(header: list[str], notes: list[str], row_names: bool) -> tuple[tuple[str, ...], frozenset[int]]:
    """Return names of which none is empty and no two are equal."""
    names = [name.strip() for name in header]
    taken = set(names)
    used: set[str] = set()
    unnamed: list[int] = []
    renamed: list[str] = []
    for column, name in enumerate(names):
        base = name or f"column {column + 1}"
        unique, number = base, 2
        while unique in used or (unique != name and unique in taken):
            unique, number = f"{base} ({number})", number + 1
        if not name:
            unnamed.append(column)
        elif unique != name:
            renamed.append(translated("{0} became {1}", quoted(name), quoted(unique)))
        names[column] = unique
        used.add(unique)
    if unnamed and not row_names:
        some = listed(names[column] for column in unnamed)
        notes.append(
            counted(
                len(unnamed),
                "{0} column without a name: called {1}.",
                "{0} columns without a name: called {1}.",
                some,
            )
        )
    if renamed:
        notes.append(translated("Columns of the same name: {0}.", joined(renamed, 4)))
    return tuple(names), frozenset(unnamed)
