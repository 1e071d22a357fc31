"""Workbooks of Excel and LibreOffice as rows of text, read by python-calamine where it is installed."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from nnviz.core.errors import DataError, NnvizError
from nnviz.data.limits import MOST_CELLS, check_columns
from nnviz.data.steps import Steps
from nnviz.data.tokens import Rows
from nnviz.data.wording import listed, quoted

#: References and extents of cells in a sheet, such as r="C12" and ref="A1:C12".
_REFERENCE = re.compile(rb'\b(?:r|ref)="(?:[A-Z]{1,3}[0-9]{1,7}:)?([A-Z]{1,3})([0-9]{1,7})"')
_ACTIVE_TAB = re.compile(rb'<(?:\w+:)?workbookView\b[^>]*\bactiveTab="([0-9]+)"')
_ACTIVE_TABLE = re.compile(r'config:name="ActiveTable"[^>]*>([^<]*)<')
_REPEATED = re.compile(rb'number-(columns|rows)-repeated="([0-9]+)"')


class Workbook:
    """An open workbook.

    Parameters
    ----------
    data : bytes
    source : str
        What messages call it.
    steps : Steps

    Attributes
    ----------
    names : tuple of str
        Of its sheets.

    Raises
    ------
    DataError
        Where the workbook is damaged or cannot be read here.
    """

    def __init__(self, data: bytes, source: str, steps: Steps) -> None:
        try:
            import python_calamine
        except ImportError:
            raise DataError(
                "{0} is a workbook, which needs a package that is not installed: pip install "
                "'nnviz[excel]'; or save the sheet as CSV.",
                source,
            ) from None
        _check_extent(data, source)
        self._source = source
        self._steps = steps
        self._read: dict[str, Rows] = {}
        with _refusals(source):
            self._book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            self.names: tuple[str, ...] = tuple(self._book.sheet_names)
            visible = python_calamine.SheetVisibleEnum.Visible
            self._visible = {sheet.name for sheet in self._book.sheets_metadata if sheet.visible == visible}
        self._active = _active_sheet(data, self.names)

    def likely(self) -> list[str]:
        """Return the sheets with rows in the order in which they are tried: the active one, visible ones, hidden ones.

        Raises
        ------
        DataError
            Where none has rows.
        """
        hidden = [name for name in self.names if name not in self._visible]
        visible = [name for name in self.names if name in self._visible]
        active = [name for name in visible if name == self._active]
        found = [name for name in dict.fromkeys([*active, *visible, *hidden]) if self._has_rows(name)]
        if not found:
            raise DataError("{0} is empty; a table needs a header line and rows.", self._source)
        return found

    def first_with_rows(self) -> str:
        """Return the first sheet with rows, hidden or not; `DataError` where there is none."""
        for name in self.names:
            if self._has_rows(name):
                return name
        raise DataError("{0} is empty; a table needs a header line and rows.", self._source)

    def rows(self, name: str) -> Rows:
        """Return the rows of a sheet; `DataError` where there is none of that name, or it is too large."""
        if name not in self.names:
            raise DataError(
                "{0} has no sheet {1}; its sheets are: {2}.", self._source, quoted(name), listed(self.names)
            )
        if name not in self._read:
            with _refusals(self._source):
                self._steps.at(0.2)
                content = self._book.get_sheet_by_name(name)
                if content.height * content.width > MOST_CELLS:
                    words = "{0} has more than {1} million cells; take a part of its rows."
                    raise DataError(words, self._source, MOST_CELLS // 10**6)
                values = content.to_python(skip_empty_area=True) if content.height else []
                cells = [[_text(value) for value in row] for row in values]
                start = content.start or (0, 0)
                self._read[name] = Rows(cells, np.arange(start[0] + 1, start[0] + 1 + len(cells)))
        return self._read[name]

    def _has_rows(self, name: str) -> bool:
        return any(any(row) for row in self.rows(name).cells)


@contextmanager
def _refusals(source: str) -> Iterator[None]:
    """Turn whatever goes wrong within the reader of workbooks into one sentence."""
    try:
        yield
    except NnvizError:
        raise
    except BaseException as error:
        # A panic of the Rust library is no Exception; everything else that is none must go through.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise DataError("{0} cannot be read as a workbook; open it and save it again, or as CSV.", source) from None


def _active_sheet(data: bytes, names: Sequence[str]) -> str:
    """Return the sheet that was in front when the workbook was saved; empty where that is not known."""
    if not data.startswith(b"PK"):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "xl/workbook.xml" in archive.namelist():
                match = _ACTIVE_TAB.search(archive.read("xl/workbook.xml"))
                # Excel leaves the number out where it is the first.
                position = int(match[1][:6]) if match is not None else 0
                return names[position] if position < len(names) else ""
            if "settings.xml" in archive.namelist():
                named = _ACTIVE_TABLE.search(archive.read("settings.xml").decode("utf-8", "replace"))
                return html.unescape(named[1]) if named is not None else ""
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, NotImplementedError, RuntimeError, EOFError):
        return ""
    return ""


def _check_extent(data: bytes, source: str) -> None:
    """Refuse sheets whose cells lie too far apart: a grid is made of them before anything can be looked at."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    n_rows, n_columns = _extent(archive.read(name))
                elif name == "content.xml":
                    repeated = [(kind, int(count[:9])) for kind, count in _REPEATED.findall(archive.read(name))]
                    n_rows = max((count for kind, count in repeated if kind == b"rows"), default=1)
                    # The last row and column are filled up to the end of the sheet, which costs nothing.
                    n_rows, n_columns = (1, 1) if n_rows <= 1_048_576 else (n_rows, 1000)
                else:
                    continue
                check_columns(n_columns, source)
                if n_rows * n_columns > MOST_CELLS:
                    raise DataError(
                        "{0} has a sheet of {1} × {2} cells, more than {3} million; delete what lies far from the"
                        " table.",
                        source,
                        n_rows,
                        n_columns,
                        MOST_CELLS // 10**6,
                    )
    except DataError:
        raise
    except Exception as error:
        raise DataError("{0} is a damaged workbook; open it and save it again.", source) from error


def _extent(sheet: bytes) -> tuple[int, int]:
    n_rows = n_columns = 1
    for column, row in _REFERENCE.findall(sheet):
        n_rows = max(n_rows, int(row))
        number = 0
        for letter in column:
            number = 26 * number + letter - 64
        n_columns = max(n_columns, number)
    return n_rows, n_columns


def _text(value: Any) -> str:
    """Return a cell as somebody would type it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
