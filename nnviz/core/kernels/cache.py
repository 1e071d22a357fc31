"""Where compiled kernels are kept between starts, and the decorators that make them.

WORKAROUND: Numba notices an edit of the file whose function it cached, but not of what that function calls
(https://github.com/numba/numba/issues/1833); so the folder is named
by a hash of all kernel sources, and an edit means a new folder. Where the user's cache folder cannot be written to,
a private temporary one serves. Every file there has its checksum beside it: one that does not match, of which Numba
would raise anything or run what is not code, is removed, and the kernel compiled again. A kernel that cannot be kept
is compiled without keeping it. Processes that start at once wait for the one that compiles, and take what it has made:
a lock of the folder is held until file and checksum are both there.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import llvmlite.binding
import numba

from nnviz.core.kernels.drafts import PART, WHOLE
from nnviz.core.locks import locked

F = TypeVar("F", bound=Callable[..., Any])

#: What Numba writes: an index for every kernel, and its machine code.
_KEPT_FILES = ("*.nbi", "*.nbc")
_SUM_SUFFIX = ".sha256"

#: Says of a processor that everything has been compiled for it; the end of the file's name is a hash of the processor.
_STAMP = "complete-"

#: What all kernels take together, and some more; bytes.
_ROOM = 4 * 2**20

_LOCK = "lock"
#: So long a process waits for another one that compiles; then it compiles for itself, and keeps nothing.
LOCK_WITHIN_S = 300.0

#: What the kernels are compiled from, as seen from `nnviz.core`: whatever they call counts, wherever it stands.
_SOURCES = ("kernels/*.py", "rng.py", "schedules.py", "processor.py")
#: Kernels of other versions that nobody has used for so long are removed.
KEPT_DAYS = 60
#: Held while Numba is told its folder, which is one setting for all threads: some draw and some train.
_SETTING = f"{_LOCK}-setting"
# Divisions by zero give infinities, as in NumPy, instead of a branch that raises. Numba's rewrites are for arrays.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_rewrites": True}


def source_hash(folder: Path | None = None) -> str:
    """Return a hash of every kernel source and of the versions that compile them.

    Parameters
    ----------
    folder : Path, optional
        Where the sources are; by default `nnviz.core`.
    """
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    for path in sorted(path for pattern in _SOURCES for path in (folder or Path(__file__).parents[1]).glob(pattern)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def user_cache_folder() -> Path:
    """Return the folder that this platform means for caches; ``NUMBA_CACHE_DIR`` takes precedence."""
    if configured := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(configured) / "nnviz"
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "nnviz" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "nnviz"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "nnviz"


def _usable(folder: Path) -> bool:
    """Create `folder`, private to the user, and say whether files can be written there.

    Cached kernels are code that will run: a folder that somebody else owns, as could lie in a shared temporary
    directory, does not do.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            # On a full disk files can be made and not filled: everything would be compiled, and once more, for nothing.
            file.write(bytes(0 if any(folder.glob(f"{_STAMP}*")) else _ROOM))
        return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    except OSError:
        return False


def forget_unused(folder: Path, used: str) -> None:
    """Note that the kernels called `used` in `folder` are in use, and remove those that were not for `KEPT_DAYS`.

    Other versions may be installed beside this one: what one of them used of late stays.
    """
    now = time.time()
    with contextlib.suppress(OSError):
        os.utime(folder / used, (now, now))
        for other in folder.glob("kernels-*"):
            if other.name != used and now - other.stat().st_mtime > KEPT_DAYS * 86_400.0:
                shutil.rmtree(other, ignore_errors=True)


def _kept_files(folder: Path) -> list[Path]:
    return sorted(path for pattern in _KEPT_FILES for path in folder.rglob(pattern))


def _sum_path(path: Path) -> Path:
    return path.with_name(path.name + _SUM_SUFFIX)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def seal(paths: Iterable[Path]) -> None:
    """Write the checksum of kept files that have just been made beside them: of others it would hide the damage.

    Raises
    ------
    OSError
        Where one cannot be written; what has none is removed at the next start.
    """
    for path in paths:
        _sum_path(path).write_text(_digest(path))


def remove_damaged(folder: Path) -> list[str]:
    """Remove the kept files below `folder` that do not match their checksums, and return their names.

    Raises
    ------
    OSError
        Where one can neither be read nor removed: the folder does not do then.
    """
    removed = []
    for path in _kept_files(folder):
        try:
            is_whole = _sum_path(path).read_text() == _digest(path)
        except (OSError, UnicodeDecodeError):
            is_whole = False
        if not is_whole:
            path.unlink() if not path.is_dir() else shutil.rmtree(path)
            removed.append(path.name)
    return removed


def _ready(folder: Path) -> bool:
    """Create `folder` where it is missing, and say whether kernels can be kept in it; damaged ones go.

    Where another process is at work in it, what has no checksum yet may be about to get one: `EntryPoint` looks again.
    """
    if not _usable(folder):
        return False
    _unproven.add(folder)
    try:
        with locked(folder / _LOCK, 0.0) as outcome:
            if outcome != "busy":
                _prove(folder)
    except OSError:
        return False
    return True


#: Folders in which something may be damaged.
_unproven: set[Path] = set()


def _prove(folder: Path) -> None:
    """Remove what is damaged; call it with the lock of the folder."""
    if remove_damaged(folder):
        for stamp in folder.glob(f"{_STAMP}*"):
            stamp.unlink()
    _unproven.discard(folder)


def _stamp(folder: Path) -> Path:
    """Return the file that says that all is compiled: for a home that several computers share, one of each kind."""
    processor = f"{llvmlite.binding.get_host_cpu_name()} {llvmlite.binding.get_host_cpu_features().flatten()}"
    return folder / f"{_STAMP}{hashlib.sha256(processor.encode()).hexdigest()[:16]}"


def is_complete() -> bool:
    """Return whether everything has been compiled for this processor, and kept; damaged files are removed before.

    Raises
    ------
    OSError
        Where no folder can be written to.
    """
    return _stamp(kernel_folder()).exists()


def note_complete() -> None:
    """Note that everything has been compiled for this processor, and kept."""
    with contextlib.suppress(OSError):
        _stamp(kernel_folder()).touch()


def is_shared() -> bool:
    """Return whether another process finds the kernels that this one keeps."""
    try:
        return kernel_folder().name.startswith("kernels-")
    except OSError:
        return False


@cache
def kernel_folder() -> Path:
    """Return the folder for these sources' compiled kernels: created, writable, and nothing damaged in it.

    Raises
    ------
    OSError
        Where no folder at all can be written to, as on a full disk.
    """
    name = f"kernels-{source_hash()}"
    user = os.getuid() if hasattr(os, "getuid") else 0
    temporary = Path(tempfile.gettempdir()) / f"nnviz-{user}"
    with contextlib.suppress(RuntimeError):  # Path.home() where there is no home
        if _ready(user_cache_folder() / name):
            forget_unused(user_cache_folder(), name)
            return user_cache_folder() / name
    if _usable(temporary) and _ready(temporary / name):
        return temporary / name
    return Path(tempfile.mkdtemp(prefix="nnviz-"))


@contextlib.contextmanager
def _cache_in(folder: Path) -> Iterator[None]:
    """Let Numba choose `folder` for what is decorated inside; it looks at this setting only then.

    One thread at a time: what another one had restored meanwhile would put a folder where the program was started.
    """
    with locked(folder / _SETTING, LOCK_WITHIN_S):
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = str(folder)
        try:
            yield
        finally:
            numba.config.CACHE_DIR = before


class EntryPoint:
    """A kernel that Python calls, compiled on the first call or taken from the folder, without the GIL.

    Compiling raises before anything has been computed, so that a call may be made again. Whatever is wrong with the
    folder costs time alone: the kernel is compiled without it.

    Parameters
    ----------
    function : callable
        What is compiled.

    Attributes
    ----------
    not_kept : str
        Why the compiled kernel is not kept for the next start; empty where it is, and before the first call.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.__doc__ = function.__doc__
        self.not_kept = ""
        self._function = function
        self._kernel: Callable[..., Any] | None = None
        self._proven = False

    def __call__(self, *arguments: Any) -> Any:
        """Run the kernel.

        Raises
        ------
        Exception
            Whatever Numba raises where it cannot compile the function at all.
        """
        if not self._proven:
            return self._first_call(arguments)
        return self._kernel(*arguments)  # type: ignore[misc]

    def _first_call(self, arguments: tuple[Any, ...]) -> Any:
        with _uncollected():
            try:
                result = self._kept_call(kernel_folder(), arguments)
            except Exception as error:  # Numba's pickles, locators and disks raise anything.
                self.not_kept = _reason(error)
                # Where only keeping it has failed, it is compiled already.
                if not getattr(self._kernel, "overloads", None):
                    self._kernel = numba.njit(**_OPTIONS)(self._function)
                result = self._kernel(*arguments)  # type: ignore[misc]
        self._proven = True
        return result

    def _lock(self, folder: Path) -> tuple[str, bool]:
        """Return the name of the lock, and whether the kernel is there already: read then, by as many as want to.

        What is no part of the engine has a lock of its own: who wants to train need not wait for it.
        """
        if folder in _unproven:
            return _LOCK, False
        module = self._function.__module__
        if module.startswith(__package__):
            return _LOCK, _stamp(folder).exists()
        file = module.rpartition(".")[2]
        return f"{_LOCK}-{file}", any(folder.glob(f"*/{file}.{self._function.__qualname__}-*.nbi"))

    def _kept_call(self, folder: Path, arguments: tuple[Any, ...]) -> Any:
        """Take the kernel from `folder`, or compile it and keep it there, while no other process does."""
        name, is_read = self._lock(folder)
        with locked(folder / name, LOCK_WITHIN_S, shared=is_read) as outcome:
            if outcome == "busy":
                raise TimeoutError("another process has been compiling for minutes")
            if folder in _unproven:
                _prove(folder)
            before = _listing(folder)
            if self._kernel is None:
                with _cache_in(folder):
                    self._kernel = numba.njit(cache=True, **_OPTIONS, **WHOLE)(self._function)
            result = self._kernel(*arguments)
            self.not_kept = _sealed(folder, before)
        return result


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage: a compiler makes objects by the hundred thousand, and Python would look through all of them.

    That was a sixth of what compiling took, against 70 MB for its half minute.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _listing(folder: Path) -> list[tuple[Path, int, int]]:
    return [(path, (status := path.stat()).st_mtime_ns, status.st_size) for path in _kept_files(folder)]


def _sealed(folder: Path, before: list[tuple[Path, int, int]]) -> str:
    """Write the checksums where anything has changed; return why they could not be written, or nothing."""
    try:
        seal(entry[0] for entry in _listing(folder) if entry not in before)
    except OSError as error:
        return _reason(error)
    return ""


def entry_point(function: Callable[..., Any]) -> EntryPoint:
    """Compile on the first call, without the GIL, and keep the result for the next start."""
    return EntryPoint(function)


def compiled(function: F) -> F:
    """Compile as a part of the entry points that call it; from Python it cannot be called."""
    return numba.njit(**_OPTIONS, **PART)(function)  # type: ignore[no-any-return]


def inlined(function: F) -> F:
    """Compile into the body of whatever calls it."""
    return numba.njit(forceinline=True, **_OPTIONS, **PART)(function)  # type: ignore[no-any-return]


def woven(function: F) -> F:
    """Put the source of the function into whatever calls it: for large ones with a single caller."""
    return numba.njit(inline="always", **_OPTIONS, **PART)(function)  # type: ignore[no-any-return]
