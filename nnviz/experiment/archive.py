"""The container of a `.nnviz` file: a zip of ``experiment.json`` and plain `.npy` arrays, read with distrust.

Nothing is unpacked to disk and nothing is unpickled; names, sizes and array headers are checked before memory is
taken, so that a damaged or hostile file ends in one sentence.

Members
-------
experiment.json
    The experiment, UTF-8 JSON, the schema of `nnviz.experiment.schema`.
parameters.npy
    Flat parameter vector, where the file carries weights but no run.
checkpoint/<name>.npy
    Arrays of `nnviz.core.checkpoint.Checkpoint.to_arrays`.
history/<name>.npy
    Arrays of `nnviz.core.history.history.History.to_arrays`.
past/<name>.npy
    Arrays of `nnviz.core.stored_past`: they may be damaged without harm to the rest.
courses/<name>.npy, wall/<name>.npy, race/<name>.npy, second/<name>.npy, marks/<name>.npy
    Other runs that stood beside this one, and marks at epochs, for `nnviz.session`; they may be damaged, too.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, TypeAlias, cast

import numpy as np

from nnviz.core.errors import ExperimentError
from nnviz.core.reading import MOST_BYTES, MOST_JSON_BYTES, check_json, name_of, parse_json
from nnviz.data.wording import quoted

Arrays = dict[str, np.ndarray]
Told: TypeAlias = Callable[[float], object]
"""Takes the share that is done, 0 … 1."""

EXPERIMENT_MEMBER = "experiment.json"
#: What may be damaged without harm to the rest: the past of the run, and the runs that stood beside it.
BESIDE = ("courses", "wall", "race", "second", "marks")
_SPARE = ("past", *BESIDE)
#: An array's header takes less than this.
_HEADER_ROOM = 1024
#: Of most.
_HEADER_BYTES = 128
_MEMBER = re.compile(r"(?:(?:checkpoint|history|past|courses|wall|race|second|marks)/)?[A-Za-z0-9_.-]{1,80}\.npy")
#: A fixed date, so that the same work gives the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)
#: Written at once: packing it holds no lock of Python's, and takes some hundredths of a second.
_PIECE = 2**19


def untold(_share: float) -> None:
    """Take the share that is done, and do nothing with it."""


class _Pieces:
    """Passes on what is written, in pieces, and tells how much that was; no file, so that NumPy writes through it."""

    def __init__(self, n_bytes: int, told: Told) -> None:
        self.target: IO[bytes] | None = None
        self._n_bytes, self._told, self._done = n_bytes, told, 0

    def write(self, content: bytes) -> int:
        assert self.target is not None
        whole = memoryview(content).cast("B")
        for first in range(0, len(whole), _PIECE):
            self._done += self.target.write(whole[first : first + _PIECE])
            self._told(min(self._done / self._n_bytes, 1.0))
        return len(whole)


def write_archive(file: IO[bytes], document: Any, arrays: Mapping[str, np.ndarray], told: Told = untold) -> None:
    """Write `document` (JSON) and `arrays` (member name without ``.npy`` → array) to `file`, and tell how far it is.

    Raises
    ------
    ExperimentError
        Where they are more than `read_archive` reads.
    """
    content = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False).encode()
    if len(content) > MOST_JSON_BYTES:
        # Blanks are for people, who read none of that length.
        content = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    try:
        check_json(content)
    except ValueError as error:
        words = "The experiment is too large for a file ({0}); keep its rows as a table beside it."
        raise ExperimentError(words, error) from None
    n_bytes = len(content) + sum(array.nbytes + _HEADER_ROOM for array in arrays.values())
    if n_bytes > MOST_BYTES:
        raise ExperimentError(
            "The run is too large for a file: it has {0} MB, and {1} are the most; save the experiment alone as .toml.",
            n_bytes // 2**20,
            MOST_BYTES // 2**20,
        )
    pieces = _Pieces(sum(array.nbytes + _HEADER_BYTES for array in arrays.values()), told)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        archive.writestr(_info(EXPERIMENT_MEMBER), content)
        for name, array in arrays.items():
            with archive.open(_info(f"{name}.npy"), "w") as pieces.target:
                np.lib.format.write_array(cast("Any", pieces), np.asarray(array), allow_pickle=False)


def read_archive(path: Path, accept: Callable[[Any], object]) -> tuple[Any, Arrays, frozenset[str]]:
    """Return the JSON document and the arrays of `path`, and which groups of them were damaged and left out.

    `accept` takes the document, and raises where a newer version wrote it: nothing else of the file is judged then.

    Raises
    ------
    ExperimentError
        Where `path` is no such file, is damaged, or holds what no `.nnviz` holds.
    """
    from nnviz.core.archives import opened_archive, read_member

    with opened_archive(path, ".nnviz file") as archive:
        members = {info.filename: info for info in archive.infolist()}
        if EXPERIMENT_MEMBER not in members:
            raise ExperimentError("{0} is not a .nnviz file: it holds no experiment.json.", name_of(path))
        document = parse_json(read_member(archive, members.pop(EXPERIMENT_MEMBER), MOST_JSON_BYTES))
        accept(document)
        _check_members(members, name_of(path))
        spare = {group: _taken(members, group) for group in _SPARE}
        arrays, damaged = _read(archive, members), set()
        for group, its_members in spare.items():
            try:
                arrays |= _read(archive, its_members)
            except Exception:
                # Whatever a damaged member makes its readers raise.
                damaged.add(group)
        return document, arrays, frozenset(damaged)


def _taken(members: dict[str, zipfile.ZipInfo], group: str) -> dict[str, zipfile.ZipInfo]:
    return {name: members.pop(name) for name in list(members) if name.startswith(f"{group}/")}


def _read(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> Arrays:
    from nnviz.core.archives import read_array

    return {name.removesuffix(".npy"): read_array(archive, member) for name, member in members.items()}


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _check_members(members: Mapping[str, zipfile.ZipInfo], where: str) -> None:
    strange = [name for name in members if not _MEMBER.fullmatch(name)]
    if strange:
        words = "{0} was not opened: it holds a member called {1}, which no .nnviz file does."
        raise ExperimentError(words, where, quoted(strange[0]))
