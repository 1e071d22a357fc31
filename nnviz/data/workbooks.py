"""Workbooks of Excel and LibreOffice as rows of text, read by python-calamine in a process of its own.

`nnviz.data.workbook_process` is what runs there, and says why.
"""

from __future__ import annotations

import contextlib
import html
import importlib.util
import io
import os
import re
import selectors
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import msgspec
import numpy as np

from nnviz.core.errors import DataError
from nnviz.data.limits import MOST_CELLS, MOST_SHEETS, MOST_WORKBOOK_S, check_columns
from nnviz.data.steps import Steps
from nnviz.data.tokens import Rows
from nnviz.data.wording import listed, quoted

_PROGRAM = Path(__file__).with_name("workbook_process.py")
_ACTIVE_TAB = re.compile(rb'activeTab="([0-9]{1,6})"')
#: So far behind its beginning is looked for what stands in an element.
_ELEMENT = 1000
_PIECE = 2**20
_PAUSE_S = 0.05


class Workbook:
    """An open workbook, to be closed.

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
        if importlib.util.find_spec("python_calamine") is None:
            raise DataError(
                "{0} is a workbook, which needs a package that is not installed: pip install "
                "'nnviz[excel]'; or save the sheet as CSV.",
                source,
            )
        self._source = source
        self._steps = steps
        self._last: tuple[int, Rows] | None = None
        self._ends = time.monotonic() + MOST_WORKBOOK_S
        self._heard = bytearray()
        self._process = self._started()
        try:
            self._say(data)
            names, visible = self._answer("opened")
        except BaseException:
            self.close()
            raise
        self.names: tuple[str, ...] = tuple(names)
        self._visible = set(visible)
        self._active = _active_sheet(data, self.names)

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process that reads it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                # What it was not told any more stands in the buffer.
                stream.close()  # type: ignore[union-attr]

    def likely(self) -> Iterator[str]:
        """Yield the sheets with rows in the order in which they are tried: the active one, visible ones, hidden ones.

        No more than `MOST_SHEETS` are looked at.

        Raises
        ------
        DataError
            Where none has rows.
        """
        hidden = [name for name in self.names if name not in self._visible]
        visible = [name for name in self.names if name in self._visible]
        active = [name for name in visible if name == self._active]
        n_found = 0
        for name in islice(dict.fromkeys([*active, *visible, *hidden]), MOST_SHEETS):
            if self._has_rows(name):
                n_found += 1
                yield name
        if not n_found:
            raise DataError("{0} is empty; a table needs a header line and rows.", self._source)

    def first_with_rows(self) -> str:
        """Return the first sheet with rows, hidden or not; `DataError` where there is none."""
        for name in self.names[:MOST_SHEETS]:
            if self._has_rows(name):
                return name
        raise DataError("{0} is empty; a table needs a header line and rows.", self._source)

    def rows(self, name: str) -> Rows:
        """Return the rows of a sheet; `DataError` where there is none of that name, or it is too large."""
        if name not in self.names:
            raise DataError(
                "{0} has no sheet {1}; its sheets are: {2}.", self._source, quoted(name), listed(self.names)
            )
        number = self.names.index(name)
        if self._last is None or self._last[0] != number:
            self._last = None
            self._last = number, self._read(number)
        return self._last[1]

    def _has_rows(self, name: str) -> bool:
        return any(any(row) for row in self.rows(name).cells)

    def _read(self, number: int) -> Rows:
        self._say(str(number).encode())
        cells: list[list[str]] = []
        while True:
            what, *content = self._answer("rows", "end")
            if what == "end":
                return Rows(cells, np.arange(content[0], content[0] + len(cells)))
            check_columns(len(content[0][0]), self._source)
            cells += content[0]

    # -- the process --------------------------------------------------------------------------------------------

    def _started(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603 - ourselves
                # Without its folder among those where modules are looked for.
                [sys.executable, "-P", str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:
            raise DataError(
                "{0} is a workbook, which cannot be read here; save the sheet as CSV.", self._source
            ) from None

    def _next(self, n_bytes: int) -> bytes:
        """Return the next bytes that it says; fewer where it has ended."""
        stream = self._process.stdout
        assert stream is not None
        while len(self._heard) < n_bytes:
            self._steps.at(0.2)
            if time.monotonic() > self._ends:
                raise DataError("{0} takes too long to be read as a workbook; save the sheet as CSV.", self._source)
            if not _has_something(stream.fileno()):
                continue
            piece = os.read(stream.fileno(), _PIECE)
            if not piece:
                break
            self._heard += piece
        found = bytes(self._heard[:n_bytes])
        del self._heard[:n_bytes]
        return found

    def _say(self, message: bytes) -> None:
        stream: IO[bytes] | None = self._process.stdin
        assert stream is not None
        # Where it does not listen any more, its last answer says why.
        with contextlib.suppress(OSError):
            stream.write(struct.pack("<Q", len(message)))
            for start in range(0, len(message), _PIECE):
                self._steps.at(0.1)
                stream.write(message[start : start + _PIECE])
            stream.flush()

    def _answer(self, *wanted: str) -> list[Any]:
        """Return the next answer, without its first word where it can be but one; `DataError` where it is none."""
        head = self._next(8)
        n_bytes = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
        content = self._next(n_bytes)
        what: str
        rest: list[Any]
        what, *rest = msgspec.msgpack.decode(content) if n_bytes and len(content) == n_bytes else ["gone"]
        if what in wanted:
            return rest if len(wanted) == 1 else [what, *rest]
        if what == "far":
            words = "{0} has a sheet of {1} × {2} cells, more than {3} million; delete what lies far from the table."
            check_columns(rest[1], self._source)
            raise DataError(words, self._source, *rest, MOST_CELLS // 10**6)
        if what == "damaged":
            words = "{0} cannot be read as a workbook; open it and save it again, or as CSV."
            raise DataError(words, self._source)
        words = "{0} has more cells than a workbook may, or is damaged; save a part of its rows, or the sheet as CSV."
        raise DataError(words, self._source)


if sys.platform == "win32":

    def _has_something(pipe: int) -> bool:
        """Return whether there is something to be read, or never will be; wait a moment for it."""
        import _winapi
        import msvcrt

        try:
            if _winapi.PeekNamedPipe(msvcrt.get_osfhandle(pipe), 0)[0]:
                return True
        except OSError:
            return True
        time.sleep(_PAUSE_S)
        return False

else:

    def _has_something(pipe: int) -> bool:
        """Return whether there is something to be read, or never will be; wait a moment for it."""
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            return bool(selector.select(_PAUSE_S))


def _active_sheet(data: bytes, names: Sequence[str]) -> str:
    """Return the sheet that was in front when the workbook was saved; empty where that is not known."""
    if not data.startswith(b"PK"):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "xl/workbook.xml" in archive.namelist():
                match = _ACTIVE_TAB.search(_after(archive.read("xl/workbook.xml"), b"workbookView").partition(b">")[0])
                # Excel leaves the number out where it is the first.
                position = int(match[1]) if match is not None else 0
                return names[position] if position < len(names) else ""
            if "settings.xml" in archive.namelist():
                named = _after(archive.read("settings.xml"), b'config:name="ActiveTable"').partition(b">")[2]
                return html.unescape(named.partition(b"<")[0].decode("utf-8", "replace"))
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, NotImplementedError, RuntimeError, EOFError):
        return ""
    return ""


def _after(content: bytes, beginning: bytes) -> bytes:
    """Return what follows on the first `beginning`, as far as is looked; empty where there is none."""
    found = content.find(beginning)
    return content[found + len(beginning) : found + _ELEMENT] if found >= 0 else b""
