"""Where compiled kernels are kept between starts, and the decorators that make them.

Numba notices an edit of the file whose function it cached, but not of what that function calls; so the folder is named
by a hash of all kernel sources, and an edit means a new folder. Where the user's cache folder cannot be written to,
a private temporary one serves.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

#: What the kernels are compiled from, as seen from `nnviz.core`: whatever they call counts, wherever it stands.
_SOURCES = ("kernels/*.py", "rng.py", "schedules.py")
#: Kernels of other versions that nobody has used for so long are removed.
KEPT_DAYS = 60
# Divisions by zero give infinities, as in NumPy, instead of a branch that raises.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


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
        with tempfile.TemporaryFile(dir=folder):
            pass
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


@cache
def kernel_folder() -> Path:
    """Return the folder for these sources' compiled kernels, created and writable."""
    name = f"kernels-{source_hash()}"
    user = os.getuid() if hasattr(os, "getuid") else 0
    temporary = Path(tempfile.gettempdir()) / f"nnviz-{user}"
    with contextlib.suppress(RuntimeError):  # Path.home() where there is no home
        if _usable(user_cache_folder() / name):
            forget_unused(user_cache_folder(), name)
            return user_cache_folder() / name
    if _usable(temporary) and _usable(temporary / name):
        return temporary / name
    return Path(tempfile.mkdtemp(prefix="nnviz-"))


@contextlib.contextmanager
def _cache_in(folder: Path) -> Iterator[None]:
    """Let Numba choose `folder` for what is decorated inside; it looks at this setting only then."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


def entry_point(function: F) -> F:
    """Compile on the first call, without the GIL, and keep the result for the next start."""
    with _cache_in(kernel_folder()):
        return numba.njit(cache=True, **_OPTIONS)(function)  # type: ignore[no-any-return]


def compiled(function: F) -> F:
    """Compile as a part of the entry points that call it."""
    return numba.njit(**_OPTIONS)(function)  # type: ignore[no-any-return]


def inlined(function: F) -> F:
    """Compile into the body of whatever calls it."""
    return numba.njit(forceinline=True, **_OPTIONS)(function)  # type: ignore[no-any-return]


def woven(function: F) -> F:
    """Put the source of the function into whatever calls it: for large ones with a single caller."""
    return numba.njit(inline="always", **_OPTIONS)(function)  # type: ignore[no-any-return]
