"""Workbooks of Excel and LibreOffice as rows of text, read by python-calamine where it is installed."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import Any

import numpy as np

from nnviz.core.errors import DataError
from nnviz.data.steps import Steps
from nnviz.data.tokens import MOST_CELLS, Rows
from nnviz.data.wording import listed, quoted

#: References and extents of cells in a sheet, such as r="C12" and ref="A1:C12".
_REFERENCE = re.compile(rb'\b(?:r|ref)="(?:[A-Z]{1,3}[0-9]{1,7}:)?([A-Z]{1,3})([0-9]{1,7})"')
_REPEATED = re.compile(rb'number-(columns|rows)-repeated="([0-9]+)"')


def read_workbook(data: bytes, source: str, sheet: str | None, steps: Steps) -> tuple[Rows, tuple[str, ...], str]:
    """Return the rows of a sheet, the names of all sheets, and the name of the one that was read.

    Parameters
    ----------
    data : bytes
    source : str
    sheet : str or None
        None: the first one with rows.

    Raises
    ------
    DataError
        Where the workbook is damaged, has no such sheet, or cannot be read here.
    """
    try:
        import python_calamine
    except ImportError:
        raise DataError(
            "{0} is a workbook, which needs a package that is not installed: pip install "
            "'nnviz[excel]'; or save the sheet as CSV.",
            source,
        ) from None
    _check_extent(data, source)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = tuple(book.sheet_names)
        if sheet is not None and sheet not in names:
            raise DataError("{0} has no sheet {1}; its sheets are: {2}.", source, quoted(sheet), listed(names))
        for name in names if sheet is None else (sheet,):
            steps.at(0.2)
            content = book.get_sheet_by_name(name)
            if content.height * content.width > MOST_CELLS:
                raise DataError(
                    "{0} has more than {1} million cells; take a part of its rows.", source, MOST_CELLS // 10**6
                )
            values = content.to_python(skip_empty_area=True) if content.height else []
            rows = [[_text(value) for value in row] for row in values]
            if sheet is not None or any(any(row) for row in rows):
                start = content.start or (0, 0)
                return Rows(rows, np.arange(start[0] + 1, start[0] + 1 + len(rows))), names, name
    except DataError:
        raise
    except BaseException as error:
        # A panic of the Rust library is no Exception; everything else that is none must go through.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        from nnviz.core.errors import Cancelled

        if isinstance(error, Cancelled):
            raise
        raise DataError("{0} cannot be read as a workbook; open it and save it again, or as CSV.", source) from None
    raise DataError("{0} is empty; a table needs a header line and rows.", source)


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
