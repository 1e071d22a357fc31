"""What windows leave on disk that end without closing, found by the next one and offered once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QLockFile

from nnviz.core.reading import parse_json, read_bytes
from nnviz.core.storage import expanded, forget_unfinished
from nnviz.experiment.document import Document, load_document

_LONGEST_DESCRIPTION = 2**20


class LeftWork(Struct, frozen=True, eq=False):
    """What another window left behind when it ended without closing.

    Attributes
    ----------
    file : Path
        The `.nnviz` file; a description and a lock stand beside it.
    title : str
        Of the experiment.
    path : Path or None
        The document's own file, where it had one.
    is_dirty : bool
        Whether there were edits besides training.
    saved_s : float
        When it was written, in seconds since 1970.
    lock : QLockFile
        Held, so that no other window offers the same.
    """

    file: Path
    title: str
    path: Path | None
    is_dirty: bool
    saved_s: float
    lock: QLockFile

    def document(self) -> Document:
        """Read it; raises `ExperimentError` where it is damaged."""
        return replace(load_document(self.file), path=self.path)

    def remove(self) -> None:
        """Delete it for good."""
        remove_work(self.file)
        self.lock.unlock()

    def leave(self) -> None:
        """Let the next window offer it."""
        self.lock.unlock()


def find_left_work(*folders: Path) -> list[LeftWork]:
    """Return what crashed windows have left in `folders`, the latest first."""
    for folder in folders:
        # Of windows that were killed before their first file was complete.
        forget_unfinished(folder)
    left = (work for folder in folders for work in _left_in(folder))
    return sorted(left, key=lambda work: work.saved_s, reverse=True)


def _left_in(folder: Path) -> Iterator[LeftWork]:
    for file in folder.glob("*.nnviz"):
        # What lies there besides is none of ours.
        if not (file.is_symlink() or file.is_file()):
            continue
        lock = lock_of(file)
        if not lock.tryLock(0):
            continue
        if not (file.is_symlink() or file.exists()):
            # Another window has dealt with it since the folder was read.
            lock.unlock()
            continue
        path, title, is_dirty = _described(file)
        yield LeftWork(file, title, path, is_dirty, file.lstat().st_mtime, lock)


def _described(file: Path) -> tuple[Path | None, str, bool]:
    """Return a document's own file, its title, and whether it had edits: the least where that is damaged."""
    try:
        content = parse_json(read_bytes(description_of(file), _LONGEST_DESCRIPTION))
        path = expanded(content["path"]) if content["path"] else None
        title, is_dirty = content["title"], content["is_dirty"]
        if not isinstance(title, str) or not isinstance(is_dirty, bool):
            raise TypeError
    except Exception:
        # It is nobody's own writing, and may be damaged in any way.
        return None, "", True
    return path, title, is_dirty


def lock_of(file: Path) -> QLockFile:
    """Return the lock of the window that writes `file`."""
    lock = QLockFile(str(file.with_suffix(".lock")))
    # However long a window is open, its lock holds; only the end of its process frees it.
    lock.setStaleLockTime(0)
    return lock


def description_of(file: Path) -> Path:
    """Return the file beside `file` that says what is in it."""
    return file.with_suffix(".json")


def remove_work(file: Path) -> None:
    """Delete `file` and its description."""
    for part in (file, description_of(file)):
        # A folder that cannot be written to holds nothing of ours.
        with contextlib.suppress(OSError):
            part.unlink()
