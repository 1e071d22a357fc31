"""Files that are either written whole or left as they were, whatever happens in between."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from nnviz.core.errors import ExperimentError


@contextlib.contextmanager
def atomic_writer(path: str | Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path` that takes its place once the block has ended well.

    Parameters
    ----------
    path : str or Path
        A link is followed: what it points to is replaced, not the link.

    Raises
    ------
    ExperimentError
        Where the folder does not exist or cannot be written to, or the disk is full.
    """
    target = Path(path).expanduser().resolve()
    temporary: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            yield cast(BinaryIO, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode_for(target))
        temporary.replace(target)
        temporary = None
    except OSError as error:
        raise ExperimentError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write `content` to `path`, all of it or nothing. Raises `ExperimentError`."""
    with atomic_writer(path) as file:
        file.write(content)


def write_text(path: str | Path, content: str) -> None:
    """Write `content` as UTF-8 to `path`, all of it or nothing. Raises `ExperimentError`."""
    write_bytes(path, content.encode())


def _mode_for(target: Path) -> int:
    """Return the permissions of the file that is replaced, or those that a new file gets."""
    with contextlib.suppress(OSError):
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
