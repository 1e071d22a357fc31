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
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from nnviz.core.archives import opened_archive, read_array, read_member
from nnviz.core.errors import ExperimentError
from nnviz.core.reading import MOST_BYTES, MOST_JSON_BYTES, check_json, name_of, parse_json
from nnviz.data.wording import quoted

Arrays = dict[str, np.ndarray]

EXPERIMENT_MEMBER = "experiment.json"
#: An array's header takes less than this.
_HEADER_ROOM = 1024
_MEMBER = re.compile(r"(?:(?:checkpoint|history)/)?[A-Za-z0-9_.-]{1,80}\.npy")
#: A fixed date, so that the same work gives the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


def write_archive(file: IO[bytes], document: Any, arrays: Mapping[str, np.ndarray]) -> None:
    """Write `document` (JSON) and `arrays` (member name without ``.npy`` → array) to `file`.

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
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        archive.writestr(_info(EXPERIMENT_MEMBER), content)
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.asarray(array), allow_pickle=False)
            archive.writestr(_info(f"{name}.npy"), buffer.getbuffer())


def read_archive(path: Path) -> tuple[Any, Arrays]:
    """Return the JSON document and the arrays of `path`.

    Raises
    ------
    ExperimentError
        Where `path` is no such file, is damaged, or holds what no `.nnviz` holds.
    """
    with opened_archive(path, ".nnviz file") as archive:
        members = _checked_members(archive, name_of(path))
        document = parse_json(read_member(archive, members.pop(EXPERIMENT_MEMBER), MOST_JSON_BYTES))
        arrays = {name.removesuffix(".npy"): read_array(archive, member) for name, member in members.items()}
    return document, arrays


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _checked_members(archive: zipfile.ZipFile, where: str) -> dict[str, zipfile.ZipInfo]:
    members = {info.filename: info for info in archive.infolist()}
    if EXPERIMENT_MEMBER not in members:
        raise ExperimentError("{0} is not a .nnviz file: it holds no experiment.json.", where)
    strange = [name for name in members if name != EXPERIMENT_MEMBER and not _MEMBER.fullmatch(name)]
    if strange:
        words = "{0} was not opened: it holds a member called {1}, which no .nnviz file does."
        raise ExperimentError(words, where, quoted(strange[0]))
    return members
