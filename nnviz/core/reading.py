"""The gate through which files come in: limits that hold before anything is read, and one sentence for all the rest.

| what | at most |
| --- | --- |
| a file of nnviz, and what is in it unpacked | `MOST_BYTES`: 512 MB |
| JSON: its bytes, its values, its depth | 32 MB, 4 million, 64 |
| TOML, whose reader is a hundred times slower | 10 MB, 250 000, 64 |
| the sentence about a file that cannot be read | 300 characters (`nnviz.core.errors`) |

Tables have limits of their own beside them (`nnviz.data.limits`). Writers ask the same limits, so that every file that
nnviz writes opens.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np

from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.core.inert import shown, whole_characters
from nnviz.core.translation import translated

PathLike = str | os.PathLike[str]

MOST_BYTES = 512 * 2**20
MOST_JSON_BYTES = 32 * 2**20
MOST_JSON_VALUES = 4_000_000
MOST_TOML_BYTES = 10 * 2**20
MOST_TOML_VALUES = 250_000
DEEPEST = 64
LONGEST_NAME = 80
_LONGEST_REASON = 80
_PIECE = 2**20
#: Texts and comments of a TOML file; what is left holds one of these signs for every value. A text that is never closed
#: goes on to the end, for to look for the end of each quotation mark in it would never be done.
_TOML_TEXTS = re.compile(
    r'"""(?:[^"\\]++|\\(?:.|\Z)|"(?!""))*+(?:"""|\Z)|'
    r"'''(?:[^']++|'(?!''))*+(?:'''|\Z)|"
    r'"(?:[^"\\\n]++|\\(?:.|\Z))*+(?:"|(?=\n)|\Z)|'
    r"'[^'\n]*+(?:'|(?=\n)|\Z)|#[^\n]*+",
    re.DOTALL,
)
_LONG_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{DEEPEST // 2}}}")
_LONG_NUMBER = re.compile(r"(?:\A|[=,\[])[ \t]*+[+-]?[0-9a-fA-FoxX_]{4301}")
_SPECIAL = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def name_of(path: PathLike) -> str:
    """Return a file's name for a sentence: short, on one line, and without the power to do anything."""
    return shown(os.path.basename(os.fspath(path)) or os.fspath(path), LONGEST_NAME)  # noqa: PTH119 - it may be no path


@contextmanager
def gate(path: PathLike, what: str) -> Iterator[None]:
    """Turn whatever a reader raises into one `ExperimentError` that names the file.

    Parameters
    ----------
    path : path-like
    what : str
        What the file should have been: ".nnviz file".
    """
    try:
        yield
    except NnvizError:
        raise
    except OSError as error:
        raise refusal(error, path) from None
    except (Exception, RecursionError, MemoryError) as error:
        reason = shown(str(error).strip().rstrip(".") or type(error).__name__, _LONGEST_REASON)
        words = "{0} is no {1}, or damaged, and nothing of it was opened ({2})."
        raise ExperimentError(words, name_of(path), translated(what), reason) from error


def refusal(error: OSError, path: PathLike) -> ExperimentError:
    """Return the sentence for a file that the system does not give."""
    name = name_of(path)
    if isinstance(error, FileNotFoundError):
        return ExperimentError("There is no file {0}; check its name and folder.", name)
    if isinstance(error, IsADirectoryError):
        return ExperimentError("{0} is a folder; choose a file in it.", name)
    if error.errno == errno.ELOOP:
        return ExperimentError("{0} is a link that leads back to itself; choose the file itself.", name)
    return ExperimentError("{0} cannot be read: {1}.", name, shown(error.strerror or str(error), _LONGEST_REASON))


@contextmanager
def opened(path: PathLike, most: int = MOST_BYTES) -> Iterator[IO[bytes]]:
    """Give a file to be read: a regular one of at most `most` bytes, for anything else may never end.

    Raises
    ------
    ExperimentError
    """
    with gate(path, "file"):
        # Looked at first, for to open a pipe or a device may hang or do something; and again once it is open.
        _check(os.stat(path), path, most)  # noqa: PTH116 - it may be no path
        stream = open(path, "rb", opener=_open)  # noqa: SIM115 - closed below
    with stream:
        _check(os.fstat(stream.fileno()), path, most)
        yield stream


def read_bytes(path: PathLike, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a file that is `opened`; one that grows meanwhile is not followed beyond `most`."""
    with opened(path, most) as stream, gate(path, "file"):
        content = stream.read(most + 1)
        if len(content) > most:
            raise _too_large(path, most)
        return content


def parse_json(content: bytes) -> Any:
    """Return what JSON says, halves of surrogate pairs replaced.

    Raises
    ------
    ValueError
        Where it is none, or larger or deeper than nnviz's is.
    """
    check_json(content)
    value = json.loads(content)
    return without_halves(value) if re.search(rb"\\u[dD][89a-fA-F]", content) else value


def check_json(content: bytes) -> None:
    """Raise ValueError where JSON is longer or deeper than nnviz reads."""
    if len(content) > MOST_JSON_BYTES:
        raise ValueError(translated("more than {0} MB of text", MOST_JSON_BYTES // 2**20))
    n_values, depth = extent_of(content)
    if n_values > MOST_JSON_VALUES:
        raise ValueError(translated("more than {0} values", MOST_JSON_VALUES))
    if depth > DEEPEST:
        raise ValueError(translated("lists within lists without end"))


def extent_of(content: bytes) -> tuple[int, int]:
    """Return how many values JSON has at most, and how deep they are nested, without reading it."""
    plain = np.frombuffer(content.replace(b"\\\\", b"").replace(b'\\"', b""), dtype=np.uint8)
    n_values, deepest, level, is_text = 1, 0, 0, 0
    for start in range(0, len(plain), _PIECE):
        piece = plain[start : start + _PIECE]
        inside = (np.cumsum(piece == ord('"')) + is_text) % 2 == 1
        is_text = int(inside[-1])
        piece = np.where(inside, 0, piece)
        opening = (piece == ord("[")) | (piece == ord("{"))
        closing = (piece == ord("]")) | (piece == ord("}"))
        levels = level + np.cumsum(opening.astype(np.int64) - closing)
        deepest, level = max(deepest, int(levels.max())), int(levels[-1])
        n_values += int(np.count_nonzero(opening | (piece == ord(",")) | (piece == ord(":"))))
    return n_values, deepest


def without_halves(value: Any) -> Any:
    """Return a value of JSON whose texts and keys can all be written again."""
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, list):
        return [without_halves(item) for item in value]
    if isinstance(value, dict):
        return {whole_characters(key): without_halves(item) for key, item in value.items()}
    return value


def parse_toml(text: str) -> dict[str, Any]:
    """Return what TOML says.

    Raises
    ------
    ValueError
        Where it is none (`tomllib.TOMLDecodeError`), or larger or deeper than nnviz's is.
    """
    import tomllib

    check_toml(text)
    return tomllib.loads(text)


def check_toml(text: str) -> None:
    """Raise ValueError where TOML is longer or deeper than nnviz reads: its reader takes a second for 30 000 values."""
    if len(text) > MOST_TOML_BYTES:
        raise ValueError(translated("more than {0} MB of text", MOST_TOML_BYTES // 2**20))
    if _LONG_NUMBER.search(text):
        raise ValueError(translated("a number of thousands of digits"))
    plain, n_texts = _TOML_TEXTS.subn("s", text, MOST_TOML_VALUES + 1)
    n_values = n_texts + sum(plain.count(sign) for sign in ",=[{\n")
    if n_values > MOST_TOML_VALUES:
        raise ValueError(translated("more than {0} values", MOST_TOML_VALUES))
    if extent_of(plain.encode("utf-8", "replace"))[1] > DEEPEST or _LONG_KEY.search(plain):
        raise ValueError(translated("lists within lists without end"))


def _open(path: str, flags: int) -> int:
    # A pipe that has taken the file's place since then would wait for somebody who writes.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def special(mode: int) -> str:
    """Return what something is that is neither a file nor a folder: "a pipe"; empty for what is."""
    return next((what for test, what in _SPECIAL if test(mode)), "")


def _check(status: os.stat_result, path: PathLike, most: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ExperimentError("{0} is a folder; choose a file in it.", name_of(path))
    if what := special(status.st_mode):
        raise ExperimentError("{0} is {1}, not a file; choose another.", name_of(path), translated(what))
    if status.st_size > most:
        raise _too_large(path, most)


def _too_large(path: PathLike, most: int) -> ExperimentError:
    return ExperimentError("{0} is larger than {1} MB, which no file of its kind is.", name_of(path), most // 2**20)
