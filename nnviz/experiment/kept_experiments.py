"""Experiments that are kept beside another one, in its file: what they have in common with that is written once.

They come back as strictly judged as any experiment that is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from nnviz.experiment.document import Experiment, validate_experiment
from nnviz.experiment.schema import FORMAT

_PARTS: Final = ("title", "notes", "data", "network", "training", "view")


def differing_parts(experiment: Experiment, present: Experiment, path: Path | None) -> dict[str, Any]:
    """Return, as JSON values, the parts of an experiment that are not those of the present one.

    Parameters
    ----------
    experiment, present : Experiment
    path : Path or None
        The file that both are written to.
    """
    from nnviz.experiment.table_paths import relative_tables

    written = experiment if path is None else relative_tables(experiment, path)
    different = [part for part in _PARTS if getattr(experiment, part) != getattr(present, part)]
    return {"format": FORMAT, **written.model_dump(mode="json", include=set(different))}


def completed(parts: Any, present: Experiment, path: Path | None) -> Experiment:
    """Return the experiment that `differing_parts` was given, read from the file of the present one.

    Raises
    ------
    ExperimentError, TypeError
        Where it is none.
    """
    from nnviz.experiment.table_paths import absolute_tables

    whole = {**present.model_dump(mode="json"), **parts}
    experiment = validate_experiment(whole, "" if path is None else path.name)
    return experiment if path is None else absolute_tables(experiment, path)
