"""What windows leave on disk that end without closing, found by the next one and offered once."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QLockFile

from nnviz.core.reading import parse_json, read_bytes
from nnviz.core.storage import expanded, forget_unfinished
from nnviz.experiment.document import Document, load_document

_LONGEST_DESCRIPTION = 2**20
#: Whoever makes a lock writes its name into it at once.
_SIGNED_WITHIN_S = 60.0


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
        # Of windows that were killed before their first file was complete, or after it was deleted.
        forget_unfinished(folder)
        _forget_companions(folder)
    left = (work for folder in folders for work in _left_in(folder))
    return sorted(left, key=lambda work: work.saved_s, reverse=True)


def _forget_companions(folder: Path) -> None:
    """Delete the descriptions and locks of files that are not there, unless a window is about to write one."""
    with contextlib.suppress(OSError):
        beside = {path.with_suffix(".nnviz") for ending in ("json", "lock") for path in folder.glob(f"*.{ending}")}
        for file in sorted(beside):
            lock = lock_of(file)
            if file.is_symlink() or file.exists() or not _taken(lock):
                continue
            # Looked at again, now that nobody writes.
            if not (file.is_symlink() or file.exists()):
                remove_work(file)
            lock.unlock()


def _left_in(folder: Path) -> Iterator[LeftWork]:
    for file in folder.glob("*.nnviz"):
        # What lies there besides is none of ours.
        if not (file.is_symlink() or file.is_file()):
            continue
        lock = lock_of(file)
        if not _taken(lock):
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
    lock = QLockFile(str(lock_file_of(file)))
    # However long a window is open, its lock holds; only the end of its process frees it.
    lock.setStaleLockTime(0)
    return lock


def _taken(lock: QLockFile) -> bool:
    """Take a lock that nobody holds: also one whose file says nothing, as a power cut leaves it.

    Qt would respect such a file for ever, and what was left would never be offered.
    """
    if lock.tryLock(0):
        return True
    process_id = lock.getLockInfo()[0]
    try:
        is_young = time.time() - Path(lock.fileName()).stat().st_mtime < _SIGNED_WITHIN_S
    except OSError:
        is_young = True
    # It is not removed where a process has it open and locked.
    return not process_id and not is_young and lock.removeStaleLockFile() and lock.tryLock(0)


def lock_file_of(file: Path) -> Path:
    """Return the file beside `file` whose lock `lock_of` is."""
    return file.with_suffix(".lock")


def description_of(file: Path) -> Path:
    """Return the file beside `file` that says what is in it."""
    return file.with_suffix(".json")


def remove_work(file: Path) -> None:
    """Delete `file` and its description."""
    for part in (file, description_of(file)):
        # A folder that cannot be written to holds nothing of ours.
        with contextlib.suppress(OSError):
            part.unlink()
