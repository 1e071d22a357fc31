"""Arrays in the `.npy` format, read with distrust: the header says how large they are before any memory is taken.

NumPy hands a header to Python's own parser, which fails in a dozen ways and takes its time. What may stand in one is
little, and read here: numbers, booleans, texts and dates, and records of these. Objects are never unpickled, and what
another machine wrote in its own order of bytes comes out in the order of this one.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.patterns import late_pattern
from nnviz.core.translation import translated

MAGIC = b"\x93NUMPY"
MOST_HEADER_BYTES = 2**20
"""Longer headers are refused: one of ten thousand named columns is shorter."""
MOST_DIMENSIONS = 32
_PIECE = 2**22
#: One thing of a header; a long integer of Python 2 ends in an L.
_TOKEN = late_pattern(
    r"\s*(?:(?P<text>[ub]?(?:'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\"))|(?P<number>[0-9]{1,18})L?"
    r"|(?P<word>True|False)|(?P<sign>[][(){},:]))"
)
_SIMPLE = late_pattern(r"[<>|=]?(?:b1|\?|[iu][1248]|f(?:2|4|8|16)|[SU][0-9]{1,9}|M8(?:\[[0-9]{0,4}[A-Za-zµ]{1,2}\])?)")
_OBJECT = late_pattern(r"[<>|=]?O[0-9]{0,2}")
_DEEPEST = 4


class NpyHeader(Struct, frozen=True):
    """What an `.npy` file says of its array.

    Attributes
    ----------
    shape : tuple of int
    is_fortran : bool
        Whether the first index runs fastest.
    dtype : dtype
        In the file's order of bytes; of objects, which are not read, the type `object`.
    """

    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype[Any]

    @property
    def n_values(self) -> int:
        """How many values the array has."""
        return math.prod(self.shape)

    @property
    def n_bytes(self) -> int:
        """How many bytes they take."""
        return self.n_values * self.dtype.itemsize


def read_header(stream: IO[bytes]) -> NpyHeader:
    """Return the header at the beginning of `stream`, which stands at the first value afterwards.

    Raises
    ------
    ValueError
        Where there is none, or it says what no array of numbers, texts or records has.
    """
    start = stream.read(8)
    if start[:6] != MAGIC or start[6:] not in (b"\1\0", b"\2\0", b"\3\0"):
        raise ValueError(translated("an array of an unknown version"))
    length = int.from_bytes(stream.read(2 if start[6] == 1 else 4), "little")
    if length > MOST_HEADER_BYTES:
        raise ValueError(translated("an array with a damaged header"))
    content = stream.read(length)
    try:
        found = _parsed(content.decode("utf-8" if start[6] == 3 else "latin-1"))
        if len(content) != length or found.keys() != {"descr", "fortran_order", "shape"}:
            raise ValueError
        shape, is_fortran = found["shape"], found["fortran_order"]
        if not isinstance(is_fortran, bool) or not _is_shape(shape):
            raise ValueError
        return NpyHeader(shape, is_fortran, _dtype(found["descr"]))
    except (ValueError, TypeError, SyntaxError):
        raise ValueError(translated("an array with a damaged header")) from None


def read_values(stream: IO[bytes], header: NpyHeader) -> NDArray[Any]:
    """Return the array whose values follow in `stream`, in this machine's order of bytes.

    Raises
    ------
    ValueError
        Where they are objects, or fewer than the header says.
    """
    if header.dtype.hasobject:
        raise ValueError(translated("an array of a type that is not allowed"))
    array: NDArray[Any] = np.ndarray(header.shape, header.dtype, order="F" if header.is_fortran else "C")
    # As raw bytes, for dates have no buffer.
    room = array.reshape(-1, order="A").view(np.uint8).data if array.size else memoryview(b"")
    filled = 0
    while filled < len(room):
        piece = stream.read(min(_PIECE, len(room) - filled))
        if not piece:
            raise ValueError(translated("an array that is shorter than it claims"))
        room[filled : filled + len(piece)] = piece
        filled += len(piece)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="), order="K")
    return array


def _is_shape(value: Any) -> bool:
    if not isinstance(value, tuple) or len(value) > MOST_DIMENSIONS:
        return False
    return all(isinstance(side, int) and not isinstance(side, bool) for side in value)


def _dtype(description: Any) -> np.dtype[Any]:
    """Return the type that `description` stands for; ValueError where there is none like it."""
    if isinstance(description, str):
        if _OBJECT.fullmatch(description):
            return np.dtype(object)
        if not _SIMPLE.fullmatch(description):
            raise ValueError(description[:20])
        dtype = np.dtype(description)
        if not dtype.itemsize:
            raise ValueError(description[:20])
        return dtype
    if not isinstance(description, list) or not all(isinstance(field, tuple) for field in description):
        raise ValueError
    fields = [
        (_name(name), _dtype(kind)) if not rest else (_name(name), _dtype(kind), *rest)
        for name, kind, *rest in description
    ]
    if any(len(field) > 3 or (len(field) == 3 and not _is_shape(field[2])) for field in fields):
        raise ValueError
    return np.dtype(fields)


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _parsed(header: str) -> dict[str, Any]:
    """Return the dictionary of a header."""
    tokens = _tokens(header.rstrip())
    value = _value(tokens, next(tokens, ""), 0)
    if not isinstance(value, dict) or next(tokens, None) is not None:
        raise ValueError
    return value


def _tokens(text: str) -> Iterator[Any]:
    """Yield signs as one-letter `_Sign`, and everything else as its value."""
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(text[at : at + 20])
        at = found.end()
        if found["text"] is not None:
            value = ast.literal_eval(found["text"])
            yield value.decode("latin-1") if isinstance(value, bytes) else value
        elif found["number"] is not None:
            yield int(found["number"])
        elif found["word"] is not None:
            yield found["word"] == "True"
        else:
            yield _Sign(found["sign"])


class _Sign(str):
    """A bracket, a comma or a colon, which is no text."""


def _value(tokens: Iterator[Any], first: Any, depth: int) -> Any:
    if not isinstance(first, _Sign):
        return first
    if depth > _DEEPEST or first not in ("(", "[", "{"):
        raise ValueError
    end = {"(": ")", "[": "]", "{": "}"}[first]
    items: list[Any] = []
    keys: list[Any] = []
    n_commas = 0
    for token in tokens:
        if isinstance(token, _Sign) and token == end:
            break
        if first == "{":
            if next(tokens, None) != ":" or not isinstance(token, str):
                raise ValueError
            keys.append(token)
            token = next(tokens, None)
        items.append(_value(tokens, token, depth + 1))
        after = next(tokens, None)
        if after == end and isinstance(after, _Sign):
            break
        if after != "," or not isinstance(after, _Sign):
            raise ValueError
        n_commas += 1
    else:
        raise ValueError
    if first == "{":
        return dict(zip(keys, items, strict=True))
    if first == "(":
        # Brackets round one thing without a comma are no tuple.
        return tuple(items) if n_commas or not items else items[0]
    return items
