"""What of a run's past is saved with its document, and how it is taken back when that is opened again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.core.reading import parse_json
from nnviz.core.stored_past import StoredPast
from nnviz.core.trainer import Trainer
from nnviz.experiment.builders import Builders
from nnviz.experiment.document import Experiment
from nnviz.experiment.prepare import prepare
from nnviz.experiment.schema import DataSpec

#: The array of a stored past that says, as JSON in UTF-8, which data had been in force before the present ones.
DATA = "data_before"


def kept_past(trainer: Trainer, builders: Builders, n_bytes: int) -> StoredPast | None:
    """Return what a file is to keep of a run's past in about so many bytes; None where that is too little for any."""
    if n_bytes <= 0:
        return None
    stored = trainer.stored_past(n_bytes - n_bytes // 4)
    if stored is None:
        return None
    return StoredPast({**stored.arrays, DATA: _written(builders.data_before(), n_bytes // 4)})


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


def _written(data: Mapping[int, DataSpec], n_bytes: int) -> np.ndarray:
    """Return as many of the data as there is room for, the latest first."""
    written: dict[str, Any] = {}
    for version in sorted(data, reverse=True):
        spec = data[version].model_dump(mode="json")
        n_bytes -= len(json.dumps(spec))
        if n_bytes < 0:
            break
        written[str(version)] = spec
    return np.frombuffer(json.dumps(written).encode(), dtype=np.uint8)
