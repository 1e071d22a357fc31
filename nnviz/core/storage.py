"""Reading and writing of NumPy archives without pickle, and of any file without leaving half of it behind."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from nnviz.core.errors import ExperimentError

PathLike = str | os.PathLike[str]
Arrays = dict[str, np.ndarray]


def expanded(path: PathLike) -> Path:
    """Return `path` with ``~`` replaced by the home folder it stands for; `ExperimentError` where there is none."""
    if "\0" in os.fspath(path):
        raise ExperimentError("{0!r} cannot be the name of a file; choose another.", os.fspath(path))
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ExperimentError("There is no home folder for {0!r}; write the path in full.", os.fspath(path)) from None


def write_atomically(path: PathLike, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file under another name beside `path` and move it there once it is complete.

    Raises
    ------
    ExperimentError
        Where the folder does not exist or cannot be written to.
    """
    # A link is followed: what it points to is replaced, not the link.
    target = expanded(path).resolve()
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                write(stream)
                stream.flush()
                # Without it a power cut could leave an empty file where a good one was.
                os.fsync(stream.fileno())
            Path(name).chmod(_mode_for(target))
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ExperimentError("{0} cannot be written ({1}); choose another place.", target, error.strerror) from error


def _mode_for(target: Path) -> int:
    """Return the permissions of the file that is replaced, or those that a new file gets."""
    if target.exists():
        return target.stat().st_mode & 0o777
    # The process's file mode mask can only be read by setting it.
    mask = os.umask(0o022)
    os.umask(mask)
    return 0o666 & ~mask


def save_arrays(path: PathLike, arrays: Mapping[str, np.ndarray]) -> None:
    """Write an ``.npz`` archive, atomically."""
    write_atomically(path, lambda stream: np.savez(stream, allow_pickle=False, **arrays))


def load_arrays(path: PathLike, what: str) -> Arrays:
    """Read an ``.npz`` archive; `what` names the expected content in the message of `ExperimentError`."""
    try:
        with Path(path).open("rb") as stream:
            archive = np.load(stream, allow_pickle=False)
            if isinstance(archive, np.lib.npyio.NpzFile):
                return {name: archive[name] for name in archive.files}
    except FileNotFoundError:
        raise ExperimentError("There is no file {0}; check its name and folder.", path) from None
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise ExperimentError("{0} is no {1}; choose a file that nnviz saved.", path, what) from error
    raise ExperimentError("{0} is no {1} but a single array; choose a file that nnviz saved.", path, what)


def json_array(content: Any) -> np.ndarray:
    """Return JSON text as an array, to be kept in an archive."""
    return np.array(json.dumps(content))


def json_content(arrays: Mapping[str, np.ndarray], name: str, what: str) -> Any:
    """Return what `json_array` put under `name`, or raise `ExperimentError`."""
    try:
        return json.loads(str(arrays[name]))
    except (KeyError, ValueError):
        raise ExperimentError("This is no {0}: its description is missing or damaged.", what) from None
