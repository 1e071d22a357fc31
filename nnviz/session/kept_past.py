"""What of a run's past is saved with its document, and how it is taken back when that is opened again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from nnviz.core.reading import parse_json
from nnviz.core.trainer import Trainer
from nnviz.experiment.builders import Builders
from nnviz.experiment.document import Experiment
from nnviz.experiment.kept_experiments import completed, differing_parts
from nnviz.experiment.prepare import prepare
from nnviz.experiment.schema import DataSpec

if TYPE_CHECKING:
    from nnviz.core.stored_past import StoredPast

#: The array of a stored past that says, as JSON in UTF-8, which data had been in force before the present ones.
DATA = "data_before"
#: The array that says, as JSON in UTF-8, which settings had been in force until the ends of which epochs.
SETTINGS = "settings_before"
#: Of them, the latest ones: a rate that was dragged for minutes is thousands.
_MOST_FORMER = 200
#: What had been in force until the end of an epoch, by that epoch, before an edit; oldest first.
Former: TypeAlias = list[tuple[int, Experiment]]


def kept_past(
    trainer: Trainer, builders: Builders, present: Experiment, former: Former, n_bytes: int
) -> StoredPast | None:
    """Return what a file is to keep of a run's past in about so many bytes; None where that is too little for any.

    `former` is what had been in force before `present`.
    """
    from nnviz.core.stored_past import StoredPast

    if n_bytes <= 0:
        return None
    stored = trainer.stored_past(n_bytes - n_bytes // 4)
    if stored is None:
        return None
    data = {version: spec.model_dump(mode="json") for version, spec in builders.data_before().items()}
    settings = {epoch: differing_parts(experiment, present, None) for epoch, experiment in former[-_MOST_FORMER:]}
    room = n_bytes // 8
    return StoredPast({**stored.arrays, DATA: _written(data, room), SETTINGS: _written(settings, room)})


def former_of(stored: StoredPast, present: Experiment, last: int) -> Former:
    """Return the settings that a file has kept of a run that has come to epoch `last`; none where they are damaged.

    Epochs of then are computed with the settings of then all the same: what is missing is what one sees of these.
    """
    try:
        content = parse_json(np.asarray(stored.arrays[SETTINGS], dtype=np.uint8).tobytes())
        former = sorted((int(epoch), completed(parts, present, None)) for epoch, parts in content.items())
    except Exception:
        # It comes from a file, which may be damaged in any way.
        return []
    return former if all(0 <= epoch <= last for epoch, _ in former) else []


def take_back(stored: StoredPast, builders: Builders, experiment: Experiment, base_path: Path | None) -> None:
    """Let moments of a run that was opened again be shown on the data that had been in force before the present ones.

    Where those are damaged, epochs with them can be computed, but not be shown.
    """
    try:
        content = parse_json(np.asarray(stored.arrays[DATA], dtype=np.uint8).tobytes())
        specs = {int(version): DataSpec.model_validate(spec) for version, spec in content.items()}
    except Exception:
        # It comes from a file, which may be damaged in any way.
        return
    builders.remember(specs, lambda spec: prepare(experiment.edited(data=spec), base_path, may_be_empty=True))


def _written(contents: Mapping[int, Any], n_bytes: int) -> np.ndarray:
    """Return as many of the contents as there is room for, those of the highest number first."""
    written: dict[str, Any] = {}
    for number in sorted(contents, reverse=True):
        n_bytes -= len(json.dumps(contents[number]))
        if n_bytes < 0:
            break
        written[str(number)] = contents[number]
    return np.frombuffer(json.dumps(written).encode(), dtype=np.uint8)
