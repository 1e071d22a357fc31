"""How large a table may be, whatever file it comes in: stated once, and looked at before much is read.

| what | at most | why |
| --- | --- | --- |
| a file | 600 MB | so many cells are far smaller |
| a text in memory: a byte for each of its characters, four where one is an emoji | 300 MB | the cells stand beside it |
| rows and cells that are read as texts | 900 MB: 120 bytes and 64 | those in quotes or between blanks, with the file |
| the directory of an archive | 8 MB | it is read as a whole, and becomes twenty times as large |
| what an archive unpacks to | 200 MB | a bomb is a few kilobytes |
| cells | 25 million | 200 MB of numbers: a million rows of twenty columns, and what is to be learnt |
| cells that are small whole numbers, as pixels are | 60 million | they take a byte each |
| cells of an array of texts | 2 million | each becomes a text of its own |
| columns | 20 000 | a network has 4 096 inputs; each column is looked at, for some 0.2 ms |
| sheets of a workbook that are looked at | 100 | the first one that can be learnt from is taken |
| memory and time of reading a workbook | 768 MB, 60 s | its cells may lie anywhere |
| a cell of a text | 131 072 characters | a quote that is never closed makes longer ones |

Limits of the other files stand in `nnviz.core.reading`.
"""

from __future__ import annotations

from nnviz.core.errors import DataError

MOST_FILE_BYTES = 600_000_000
MOST_DIRECTORY_BYTES = 8_000_000
MOST_UNPACKED_BYTES = 200_000_000
MOST_TEXT_BYTES = 300_000_000
MOST_ROW_BYTES = 900_000_000
MOST_CELLS = 25_000_000
MOST_SMALL_CELLS = 60_000_000
MOST_TEXT_CELLS = 2_000_000
MOST_COLUMNS = 20_000
MOST_SHEETS = 100
MOST_WORKBOOK_S = 60.0


def check_cells(n_cells: int, source: str, most: int) -> None:
    """Raise `DataError` where a table has more cells than `most`."""
    if n_cells > most:
        raise DataError("{0} has more than {1} million cells; take a part of its rows.", source, most // 10**6)


def check_rows(n_rows: int, n_cells: int, n_held: int, source: str) -> None:
    """Raise `DataError` where rows and cells that are read as texts, with what is held beside, take too much memory."""
    if 120 * n_rows + 64 * n_cells + n_held > MOST_ROW_BYTES:
        words = "{0} has too many cells between quotation marks or blanks; save it without them, or a part of its rows."
        raise DataError(words, source)


def check_columns(n_columns: int, source: str) -> None:
    """Raise `DataError` where a table has more columns than are read."""
    if n_columns > MOST_COLUMNS:
        words = "{0} has {1} columns, more than the {2} that are read; leave some out, or turn the table round."
        raise DataError(words, source, n_columns, MOST_COLUMNS)
