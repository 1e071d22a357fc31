"""Reads a workbook in a process of its own, which runs this file; it is spoken to through its input and output.

The library that reads workbooks takes what a file claims at its word: a cell far away makes it ask for terabytes, one
long text that is repeated too, and it ends the process that it runs in where it does not get them. So that process is
this one. It knows nothing of nnviz, takes bounded memory where the system can bound it, and may be ended at any time.

Every message begins with its length in eight bytes. In come the workbook and then the positions of the sheets that are
wanted; out go lists in MessagePack, the first item of which says what they are.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
import struct
import sys
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

import msgspec

MOST_MEMORY_BYTES = 768 * 2**20
MOST_CELLS = 25_000_000
#: Of one file: so many are read in the memory that there is, and their places are looked at one by one.
MOST_WRITTEN_CELLS = 8_000_000
#: Cells of one message.
_CELLS_AT_ONCE = 50_000
#: References and extents of cells in a sheet, such as r="C12" and ref="A1:C12".
_REFERENCE = re.compile(rb"\s(?:r|ref)\s*=\s*[\"'](?:[A-Za-z]{1,3}0*[0-9]{1,7}:)?([A-Za-z]{1,3})0*([0-9]{1,7})[\"']")
_REPEATED = re.compile(rb"number-rows-repeated=[\"']([0-9]{1,12})[\"']")
_ROWS_OF_A_SHEET = 1_048_576


def main() -> int:
    """Answer until nobody asks any more."""
    _bound_memory()
    source, target = sys.stdin.buffer, sys.stdout.buffer
    for answer in _answers(source):
        content = msgspec.msgpack.encode(answer)
        target.write(struct.pack("<Q", len(content)) + content)
        target.flush()
    return 0


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:
        return  # this system cannot
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _message(source: IO[bytes]) -> bytes:
    """Return the next message; empty where there is none."""
    head = source.read(8)
    return source.read(struct.unpack("<Q", head)[0]) if len(head) == 8 else b""


def _answers(source: IO[bytes]) -> Iterator[list[Any]]:
    try:
        import python_calamine

        data = _message(source)
        refusal = _refusal(data)
        if refusal is not None:
            yield refusal
            return
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        del data
        is_visible = python_calamine.SheetVisibleEnum.Visible
        yield [
            "opened",
            list(book.sheet_names),
            [sheet.name for sheet in book.sheets_metadata if sheet.visible == is_visible],
        ]
        while wanted := _message(source):
            yield from _sheet(book.get_sheet_by_index(int(wanted)))
    except MemoryError:
        yield ["large"]
    except BaseException as error:
        # A panic of the library is no Exception; everything else that is none must go through.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        yield ["damaged"]


def _sheet(sheet: Any) -> Iterator[list[Any]]:
    """Yield the rows of a sheet piece by piece, and the line on which the first of them stands."""
    if sheet.height * sheet.width > MOST_CELLS:
        yield ["large"]
        return
    first = (sheet.start or (0, 0))[0]
    rows: Iterator[list[Any]] = islice(sheet.iter_rows(), first, None) if sheet.height else iter(())
    n_at_once = max(1, _CELLS_AT_ONCE // max(sheet.width, 1))
    while piece := [[_text(value) for value in row] for row in islice(rows, n_at_once)]:
        yield ["rows", piece]
    yield ["end", first + 1]


def _refusal(data: bytes) -> list[Any] | None:
    """Return what to answer where a sheet has too many cells, or some too far apart: a grid is made of them all."""
    if not data.startswith(b"PK"):
        return None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            content = archive.read(info)
            if b"sheetData" in content:
                if content.count(b"<c") + content.count(b":c ") > MOST_WRITTEN_CELLS:
                    return ["large"]
                n_rows, n_columns = _extent(content)
            elif info.filename == "content.xml":
                repeated = [int(count) for count in _REPEATED.findall(content)]
                # The last row is filled up to the end of the sheet, which costs nothing.
                n_rows, n_columns = max(repeated, default=1), 1000
                n_rows = n_rows if n_rows > _ROWS_OF_A_SHEET else 1
            else:
                continue
            if n_rows * n_columns > MOST_CELLS:
                return ["far", n_rows, n_columns]
    return None


def _extent(sheet: bytes) -> tuple[int, int]:
    n_rows = n_columns = 1
    for found in _REFERENCE.finditer(sheet):
        n_rows = max(n_rows, int(found[2]))
        number = 0
        for letter in found[1].upper():
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


if __name__ == "__main__":
    sys.exit(main())
