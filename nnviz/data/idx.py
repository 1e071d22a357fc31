"""The IDX files of MNIST: pictures in one file, their labels in another that lies beside it.

Format: http://yann.lecun.com/exdb/mnist; two zeros, a code of the type, the number of axes, their lengths as big-endian
words, and the values.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.core.errors import DataError, PartnerNeededError
from nnviz.core.translation import translated
from nnviz.data.arrays import ArrayTable
from nnviz.data.content import read_file, unpacked
from nnviz.data.limits import MOST_CELLS, MOST_SMALL_CELLS, check_columns
from nnviz.data.signatures import IDX_TYPES, idx_shape, is_idx
from nnviz.data.steps import Steps
from nnviz.data.wording import quoted

_KIND = re.compile(r"(images|labels)([-.]idx)([13])", re.IGNORECASE)
_OTHER = {"images": ("labels", "1"), "labels": ("images", "3")}
_PACKINGS = ("", ".gz", ".zip")


def read_idx(data: bytes, source: str, path: Path | None, steps: Steps, partner: Path | None = None) -> ArrayTable:
    """Return pictures and their labels, whichever of both files is given.

    Parameters
    ----------
    data : bytes
    source : str
        What messages call it.
    path : Path or None
        Where it was read from; the other file is looked for beside it.
    steps : Steps
    partner : Path or None
        The other file, where somebody has named it.

    Raises
    ------
    PartnerNeededError
        Where the other file is not found.
    DataError
        Where either is damaged, or they do not belong together.
    """
    one, name = _array(data, source), source
    other_path = partner or _other(path, wants="labels" if one.ndim >= 3 else "images")
    if other_path is None:
        raise _alone(source, one, path)
    other = _array(unpacked(read_file(other_path, steps), other_path.name, steps).data, other_path.name)
    images, labels = (one, other) if one.ndim >= other.ndim else (other, one)
    if labels.ndim != 1 or images.ndim != 3 or 0 in images.shape:
        words = "{0} and {1} are no pictures and labels; choose a file of pictures that has its labels beside it."
        raise DataError(words, name, quoted(other_path.name))
    if len(images) != len(labels):
        raise DataError(
            "{0} and {1} do not belong together: there are {2} pictures and {3} labels.",
            name,
            quoted(other_path.name),
            len(images),
            len(labels),
        )
    return _table(images, labels, other_path.name, is_beside=partner is None)


def _table(images: NDArray[Any], labels: NDArray[Any], other_name: str, *, is_beside: bool) -> ArrayTable:
    n, height, width = images.shape
    check_columns(height * width, other_name)
    limit = MOST_SMALL_CELLS if images.dtype == np.uint8 else MOST_CELLS
    n_read = min(n, limit // (height * width + 1))
    words = "Pictures and labels were put together; {0} lies beside this file."
    if not is_beside:
        words = "Pictures and labels were put together; the other file is {0}."
    notes = [translated(words, quoted(other_name))]
    if n_read < n:
        # The first ones may be all of one kind. In their own order, for what is drawn must not depend on anything.
        drawn = np.sort(np.random.default_rng(0).permutation(n)[:n_read])
        images, labels = images[drawn], labels[drawn]
        words = "{0} of {1} pictures, drawn at random, were read; they are as many as fit."
        notes.append(translated(words, n_read, n))
    flat = images.reshape(n_read, -1)
    pixels = np.ascontiguousarray(flat.T if flat.dtype == np.uint8 else flat.T.astype(np.float64))
    return ArrayTable(
        (*(f"row {row} column {column}" for row in range(height) for column in range(width)), "label"),
        (
            *pixels,
            labels.astype(np.float64),
        ),
        (height, width),
        height * width,
        tuple(notes),
        named=True,
        targets=("label",),
        has_classes=True,
    )


def _array(data: bytes, source: str) -> NDArray[Any]:
    if not is_idx(data):
        raise DataError("{0} is no IDX file of pictures or labels; download it again.", source)
    shape, dtype = idx_shape(data), np.dtype(IDX_TYPES[data[2]])
    content = data[4 + 4 * data[3] :]
    n_bytes = math.prod(shape) * dtype.itemsize
    if len(content) < n_bytes:
        raise DataError("{0} is cut off; copy or download it again.", source)
    return np.frombuffer(content[:n_bytes], dtype=dtype).reshape(shape)


def _other(path: Path | None, wants: str) -> Path | None:
    """Return the file beside `path` that is named as its pictures or labels are."""
    if path is None:
        return None
    for name in _names(path.name, wants):
        for packing in _PACKINGS:
            candidate = path.with_name(name + packing)
            if candidate != path and candidate.is_file():
                return candidate
    return None


def _names(name: str, wants: str) -> list[str]:
    """Return what the other file may be called, without what it is packed in."""
    bare = name.removesuffix(".gz").removesuffix(".zip")
    match = _KIND.search(bare)
    if match is None or match[1].lower() == wants:
        return []
    word, digit = _OTHER[match[1].lower()]
    joints = dict.fromkeys((match[2], "-idx", ".idx"))
    return [f"{bare[: match.start()]}{word}{joint}{digit}{bare[match.end() :]}" for joint in joints]


def _alone(source: str, array: NDArray[Any], path: Path | None) -> PartnerNeededError:
    wants: Literal["images", "labels"] = "labels" if array.ndim >= 3 else "images"
    expected = "" if path is None else next(iter(_names(path.name, wants)), "")
    if array.ndim >= 3:
        words = "{0} holds pictures without their labels; put the file of the labels beside it{1}."
    else:
        words = "{0} holds labels without their pictures; put the file of the pictures beside it{1}."
    return PartnerNeededError(words, source, f" ({expected})" if expected else "", wants=wants)
