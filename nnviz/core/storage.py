"""Reading and writing of NumPy archives without pickle, and of any file without leaving half of it behind."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

try:
    import fcntl
except ImportError:
    # Windows has none.
    fcntl = None  # type: ignore[assignment]

from nnviz.core.arguments import path as path_text
from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.core.inert import shown
from nnviz.core.reading import LONGEST_NAME, name_of, parse_json, special
from nnviz.core.reading import PathLike as PathLike
from nnviz.core.translation import translated

Arrays = dict[str, np.ndarray]
#: Longest path, and longest name in it: what usual systems take.
_LONGEST_PATH, _LONGEST_NAME = 4000, 255
#: Of a name before it is complete, which is longer than the one that it will have.
_LONGEST_PREFIX = 40
#: What the name of a file ends in that is not complete yet.
UNFINISHED = ".nnviz-part"
#: A file is locked this long after it was made, at the latest.
_UNCLAIMED_S = 1.0
#: Where nothing can be locked, what was not written to for so long is left over.
_ORPHAN_S = 86_400.0


def expanded(path: PathLike) -> Path:
    """Return `path` with ``~`` replaced by the home folder it stands for; `NnvizError` where it is no usable path."""
    written = path_text(path)
    if not written:
        raise ExperimentError("The name of a file must not be empty.")
    try:
        os.fsencode(written)
    except UnicodeEncodeError:
        written = "\0"
    if "\0" in written:
        raise ExperimentError(
            "{0!r} cannot be the name of a file; choose another.", shown(path_text(path), LONGEST_NAME)
        )
    if len(written) > _LONGEST_PATH or max(map(len, written.replace("\\", "/").split("/"))) > _LONGEST_NAME:
        words = "{0!r} is longer than the name of a file may be; choose a shorter one."
        raise ExperimentError(words, shown(written, LONGEST_NAME))
    try:
        return Path(written).expanduser()
    except RuntimeError:
        raise ExperimentError("There is no home folder for {0!r}; write the path in full.", written) from None


def write_atomically(path: PathLike, write: Callable[[IO[bytes]], object], *, keep_old: bool = False) -> None:
    """Write a file under another name beside `path` and move it there once it is complete.

    With `keep_old`, a file that was there before stays, with a ``~`` behind its name, in the place of an older one.

    Raises
    ------
    ExperimentError
        Where the folder does not exist or cannot be written to, or a device or a pipe is in the place of the file.
    """
    # A link is followed: what it points to is replaced, not the link.
    target = resolved(expanded(path))
    try:
        _check_replaceable(target)
        handle, name = tempfile.mkstemp(UNFINISHED, f".{target.name[:_LONGEST_PREFIX]}.", target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                _claim(handle)
                write(stream)
                _settle(stream)
                Path(name).chmod(_mode_for(target))
                if keep_old and target.is_file():
                    _keep_old(target)
                # From here on nothing but its age says that it is not left over.
                os.utime(name)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(target, error) from error


def _check_replaceable(target: Path) -> None:
    """Raise where `target` is something to which a file that is moved there would put an end."""
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return
    if what := special(mode):
        words = "{0} cannot be written, for it is {1} and not a file; choose another place."
        raise ExperimentError(words, target, translated(what))
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def _keep_old(target: Path) -> None:
    kept = target.with_name(f"{target.name}~")
    try:
        _copy_old(target, kept)
    except OSError as error:
        words = "{0} cannot be kept as {1} ({2}), so that nothing was written; choose another place."
        raise ExperimentError(words, target, kept.name, error.strerror) from error


def _copy_old(target: Path, kept: Path) -> None:
    handle, name = tempfile.mkstemp(UNFINISHED, f".{kept.name[:_LONGEST_PREFIX]}.", target.parent)
    try:
        with os.fdopen(handle, "wb") as stream, target.open("rb") as old:
            _claim(handle)
            shutil.copyfileobj(old, stream)
            _settle(stream)
            os.utime(name)
        Path(name).replace(kept)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    # Not before: of the age of the old file, it would be taken for what was left over.
    with contextlib.suppress(OSError):
        shutil.copystat(target, kept)


def _settle(stream: IO[bytes]) -> None:
    """Let what was written reach the disk: without it a power cut could leave an empty file where a good one was."""
    stream.flush()
    os.fsync(stream.fileno())


def resolved(path: Path) -> Path:
    """Return where `path` leads, links followed; `ExperimentError` where they lead in a circle."""
    try:
        return path.resolve()
    except RuntimeError:
        words = "{0} cannot be written: it is a link that leads back to itself; choose another place."
        raise ExperimentError(words, name_of(path)) from None
    except OSError as error:
        # It is named from the present folder, and that has gone.
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> ExperimentError:
    return ExperimentError("{0} cannot be written ({1}); choose another place.", path, error.strerror)


def absolute(path: Path) -> Path:
    """Return `path` from the root on, links followed as far as they lead; as it is where there is no present folder."""
    try:
        return Path(os.path.realpath(path))
    except OSError:
        return path


def forget_unfinished(folder: Path) -> None:
    """Delete what `write_atomically` has left in `folder` where it was killed while it wrote.

    What is being written is locked, and so young that it may not be locked yet is left alone.
    """
    try:
        parts = list(folder.glob(f".*{UNFINISHED}"))
    except OSError:
        # Somebody else's folder.
        return
    for part in parts:
        # One that may not be touched, or where somebody was faster, says nothing of the others.
        with contextlib.suppress(OSError):
            status = part.lstat()
            if stat.S_ISREG(status.st_mode) and time.time() - status.st_mtime > _UNCLAIMED_S and _is_orphan(part):
                part.unlink()


def own_temporary_folder(name: str) -> Path:
    """Return a folder among the temporary files that is this user's alone; made where it is missing.

    Raises
    ------
    OSError
        Where it cannot be made, or is somebody else's.
    """
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"nnviz-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or (hasattr(os, "getuid") and folder.lstat().st_uid != user):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    (folder / name).mkdir(exist_ok=True)
    return folder / name


def _claim(handle: int) -> None:
    if fcntl is not None:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_orphan(part: Path) -> bool:
    """Return whether nobody writes to a file any more: the lock dies with its process."""
    if fcntl is None:
        return time.time() - part.stat().st_mtime > _ORPHAN_S
    with part.open("rb") as stream:
        try:
            fcntl.flock(stream.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


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
    from nnviz.core.archives import opened_archive, read_array

    path = expanded(path)
    with opened_archive(path, what) as archive:
        arrays = {info.filename.removesuffix(".npy"): read_array(archive, info) for info in archive.infolist()}
    if not arrays:
        raise ExperimentError("{0} is no {1}; choose a file that nnviz saved.", name_of(path), translated(what))
    return arrays


def json_array(content: Any) -> np.ndarray:
    """Return JSON text as an array, to be kept in an archive."""
    return np.array(json.dumps(content))


def damaged(what: str, error: Exception) -> ExperimentError:
    """Return what is raised where a file's content makes no sense, as `error` has shown."""
    if isinstance(error, NnvizError):
        return ExperimentError("This is no {0} that nnviz understands: {1}", what, error)
    return ExperimentError("This is no {0} that nnviz understands: its description is missing or damaged.", what)


def check_format(description: Mapping[str, Any], what: str) -> None:
    """Raise `ExperimentError` where a description is of a format that this version does not know."""
    if description["format"] != 1:
        raise ExperimentError(
            "This {0} has the format {1!r}, but this version of nnviz reads format 1; open it with the one that "
            "wrote it.",
            what,
            description["format"],
        )


def json_content(arrays: Mapping[str, np.ndarray], name: str, what: str) -> dict[str, Any]:
    """Return the names and values that `json_array` put under `name`, or raise `ExperimentError`."""
    try:
        content = parse_json(str(arrays[name]).encode("utf-8", "surrogatepass"))
        if not isinstance(content, dict):
            raise TypeError
    except (LookupError, TypeError, ValueError, RecursionError):
        raise ExperimentError("This is no {0}: its description is missing or damaged.", what) from None
    return content
