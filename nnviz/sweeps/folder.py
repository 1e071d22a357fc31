"""A sweep on disk: what it is, each finished run, and what is made of them. Nothing is ever half written.

| name | what |
| --- | --- |
| ``sweep.json`` | the experiment, grid, seeds and folds, and a hash of each: a folder holds one sweep |
| ``runs/00007.npz`` | a finished run: figures, weights and history, without pickle |
| ``histories/00007.csv`` | the same history, as a table |
| ``runs.csv``, ``settings.csv``, ``wall.png`` | of all that are finished |
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from nnviz._version import __version__
from nnviz.core.csv_files import write_csv
from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.core.history.history import History
from nnviz.core.inert import shown
from nnviz.core.reading import LONGEST_NAME, MOST_JSON_BYTES, gate, parse_json, read_bytes
from nnviz.core.storage import PathLike, expanded, forget_unfinished, load_arrays, save_arrays, write_atomically
from nnviz.experiment.document import validate_experiment
from nnviz.sweeps.plan import Plan, make_plan
from nnviz.sweeps.task import Outcome

MANIFEST, RUNS, HISTORIES = "sweep.json", "runs", "histories"
TABLE, SETTINGS, WALL = "runs.csv", "settings.csv", "wall.png"
_FORMAT = 1
_NAME = re.compile(r"(\d{5,6})\.npz")
#: What sentences call the parts of a sweep, in the order in which they are compared.
_PARTS = {
    "data": "other data",
    "rows": "other rows in its table",
    "network": "another network",
    "training": "other training settings",
    "grid": "another grid of settings",
    "seeds": "other seeds",
    "seed_data": "seeds that mean something else",
    "folds": "another number of folds",
    "epochs": "another number of epochs",
}


def is_sweep(folder: PathLike) -> bool:
    """Return whether a folder holds a sweep, finished or not."""
    try:
        return (expanded(folder) / MANIFEST).is_file()
    except (NnvizError, OSError, ValueError):
        return False


def sweep_folder(path: PathLike) -> Path | None:
    """Return the folder of a sweep that a path names: itself, or the description in it; None where it names none."""
    try:
        folder = expanded(path)
    except NnvizError:
        return None
    folder = folder.parent if folder.name == MANIFEST else folder
    return folder if is_sweep(folder) else None


class Tables(Protocol):
    """What is written of a sweep; `nnviz.SweepResult` has it."""

    def table(self) -> list[list[object]]:
        """Return a header and one row a run."""

    def settings_table(self) -> list[list[object]]:
        """Return a header and one row for each combination of settings."""


class SweepFolder:
    """The folder of one sweep, made where it does not exist.

    Parameters
    ----------
    folder : path-like
    plan : Plan

    Raises
    ------
    ExperimentError
        Where it cannot be made or written to, or holds another sweep.
    """

    def __init__(self, folder: PathLike, plan: Plan) -> None:
        self.path = expanded(folder)
        self._plan = plan
        try:
            for part in (self.path, self.path / RUNS, self.path / HISTORIES):
                part.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            words = "The folder {0} cannot be made ({1}); choose another."
            raise ExperimentError(words, self.path, error.strerror) from None
        manifest = self.path / MANIFEST
        if manifest.exists():
            self._check(_read_manifest(manifest))
            return
        content = {"format": _FORMAT, "nnviz": __version__, **plan.content(), "fingerprint": plan.fingerprint}
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        write_atomically(manifest, lambda file: file.write(text.encode()))

    def _check(self, content: Mapping[str, Any]) -> None:
        found = content.get("fingerprint")
        for part, words in _PARTS.items():
            if not isinstance(found, dict) or found.get(part) != self._plan.fingerprint[part]:
                sentence = "{0} holds another sweep, with {1}; choose another folder."
                raise ExperimentError(sentence, self.path, words)

    def n_finished(self) -> int:
        """Return how many runs are there, damaged ones too."""
        return sum(_NAME.fullmatch(path.name) is not None for path in (self.path / RUNS).iterdir())

    def finished(self) -> dict[int, Outcome]:
        """Return the runs that are there, and sweep up what was being written when a process was killed.

        A file that is damaged counts as not there: the run is trained again.
        """
        outcomes: dict[int, Outcome] = {}
        for place in (self.path, self.path / RUNS, self.path / HISTORIES):
            forget_unfinished(place)
        for path in sorted((self.path / RUNS).iterdir()):
            match = _NAME.fullmatch(path.name)
            if match is None or int(match[1]) >= len(self._plan):
                continue
            try:
                outcome = Outcome.from_arrays(load_arrays(path, "run of a sweep"))
            except NnvizError:
                continue
            if outcome.number == int(match[1]):
                outcomes[outcome.number] = outcome
        return outcomes

    def keep(self, outcome: Outcome) -> None:
        """Write a finished run: its table first, for the archive says that the run is finished."""
        History.from_arrays(outcome.history).to_csv(self.path / HISTORIES / f"{outcome.number:05d}.csv")
        save_arrays(self._run(outcome.number), outcome.to_arrays())

    def write_tables(self, result: Tables) -> None:
        """Write one row a run, and one for each combination of settings."""
        write_csv(self.path / TABLE, result.table())
        write_csv(self.path / SETTINGS, result.settings_table())

    def _run(self, number: int) -> Path:
        return self.path / RUNS / f"{number:05d}.npz"


def load_sweep(folder: PathLike) -> tuple[Plan, dict[int, Outcome]]:
    """Return the plan and the finished runs of a folder.

    Raises
    ------
    ExperimentError, DataError
        Where it holds no sweep, or what it was made of is not there any more.
    """
    path = expanded(folder)
    if not is_sweep(path):
        words = "{0} holds no sweep; choose the folder that `nnviz sweep` has written."
        raise ExperimentError(words, shown(str(path), LONGEST_NAME))
    content = _read_manifest(path / MANIFEST)
    with gate(path / MANIFEST, "sweep"):
        plan = make_plan(
            validate_experiment(content["experiment"], MANIFEST),
            {axis["key"]: axis["values"] for axis in content["grid"]},
            seeds=content["seeds"],
            folds=content["folds"],
            epochs=content["epochs"],
            seed_data=content["seed_data"],
        )
    sweep = SweepFolder(path, plan)
    return plan, sweep.finished()


def _read_manifest(path: Path) -> dict[str, Any]:
    with gate(path, "sweep"):
        content = parse_json(read_bytes(path, MOST_JSON_BYTES))
        if not isinstance(content, dict):
            raise ValueError
    if content.get("format") != _FORMAT:
        words = "{0} is of a format that this version of nnviz does not read; open it with the one that wrote it."
        raise ExperimentError(words, path)
    return content
