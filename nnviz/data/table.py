"""The table as it was read: columns that are described in words, and their cells.

Nothing is decided here about what is learnt from it; `nnviz.data.choices` proposes that and people change it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nnviz.core.choices import closest
from nnviz.core.errors import DataError
from nnviz.core.inert import shown
from nnviz.core.layout import Array
from nnviz.core.translation import translated
from nnviz.data.column_data import ColumnData
from nnviz.data.column_words import Rules
from nnviz.data.columns import Column
from nnviz.data.dataset import Colours
from nnviz.data.tokens import Lines
from nnviz.data.wording import joined, quoted


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it was read. Its text is data: pass it through `shown` before it is displayed.

    Attributes
    ----------
    name : str
        What messages call it, such as "iris.csv"; fit to be shown.
    columns : tuple of Column
    n_rows : int
    dialect : str
        One sentence on how the file is written.
    notes : tuple of str
        Sentences on what was assumed or skipped.
    sheets : tuple of str
        Names of a workbook's sheets; empty for other files.
    sheet : str or None
        The one that was read.
    lines : ndarray of int
        Line (or row of the sheet) on which each row begins, from 1.
    data : tuple of ColumnData
        The cells.
    given_targets : tuple of str
        Columns that the file itself says are to be predicted.
    image_shape : (height, width) or None
        Where columns are the pixels of pictures.
    colours : "pixels", "planes" or ""
        Of pictures in colour, which have three columns for each pixel: how these stand.
    first_pixel : int
        Position of the first of them.
    usual_target : str
        Column that files of this form predict unless something speaks for another: the last of ARFF; or empty.
    has_made_up_names : bool
        Whether no column has a name in the file.
    repeated : frozenset of str
        Names that several columns have in the file; all but the first of them were renamed.
    row_weights : ndarray (n_rows,) or None
        How much each row is to count, where the file says so and they differ.
    rules : 1 or 2
        By which the table was read, and its target and roles are proposed: those of nnviz 0.1, or today's.
    """

    name: str
    columns: tuple[Column, ...]
    n_rows: int
    dialect: str
    notes: tuple[str, ...]
    sheets: tuple[str, ...]
    lines: Lines
    data: tuple[ColumnData, ...] = field(repr=False)
    sheet: str | None = None
    given_targets: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    colours: Colours = ""
    first_pixel: int = 0
    usual_target: str = ""
    has_made_up_names: bool = False
    repeated: frozenset[str] = frozenset()
    row_weights: Array | None = field(default=None, repr=False)
    rules: Rules = 2

    def preview(self, n: int) -> list[list[str]]:
        """Return the first `n` rows of text as typed."""
        return [[column.text(row) for column in self.data] for row in range(min(n, self.n_rows))]

    def position(self, name: str) -> int:
        """Return the position of a column; `DataError` with a hint where there is none of that name."""
        names = [column.name for column in self.columns]
        if name in names:
            return names.index(name)
        close = closest(name[:200], names)
        if close:
            raise DataError("{0} has no column {1}; did you mean {2}?", self.name, quoted(name), quoted(close[0]))
        every = joined([shown(each) for each in names], 20)
        raise DataError("{0} has no column {1}; its columns are: {2}.", self.name, quoted(name), every)

    def where(self, row: int) -> str:
        """Return the place of a row for a message, such as "iris.csv, line 7"."""
        return translated("{0}, line {1}", self.name, self.lines[row])
