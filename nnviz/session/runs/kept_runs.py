"""Runs side by side in a file: how far each of a wall or a race has come, as far as there is room for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Final

import numpy as np

from nnviz.core.arguments import whole
from nnviz.core.bounds import EPOCHS
from nnviz.core.checkpoint import Checkpoint
from nnviz.core.errors import ExperimentError
from nnviz.core.storage import Arrays, check_format, json_array, json_content
from nnviz.core.translation import counted
from nnviz.experiment.document import Document, Experiment
from nnviz.session.run import Run
from nnviz.session.runs.laboratory import Laboratory

FORMAT: Final = 1


def ask_runs(lab: Laboratory, run_ids: Iterable[int]) -> list[Future[Document]]:
    """Ask runs for themselves, without their pasts; those that are not prepared are what they were to begin with."""
    answers = []
    for run_id in run_ids:
        run = lab.find(run_id)
        if run is not None and run.trainer is not None:
            answers.append(lab.ask(run_id, _saved))
        else:
            answer: Future[Document] = Future()
            answer.set_result(Document(Experiment()) if run is None else run.unprepared(None))
            answers.append(answer)
    return answers


def _saved(run: Run) -> Document:
    return run.saved(None)


def written_runs(documents: Sequence[Document | None], order: Iterable[int], n_bytes: int) -> tuple[Arrays, int]:
    """Return as many of the runs as there is room for, and how many that have been trained were left out.

    Parameters
    ----------
    documents : sequence of Document or None
        By the numbers of the runs.
    order : iterable of int
        Numbers, those first that matter most.
    n_bytes : int
    """
    arrays: Arrays = {}
    n_left = 0
    for number in order:
        document = documents[number]
        checkpoint = document.checkpoint if document is not None else None
        if checkpoint is None or not checkpoint.epoch:
            # It begins again as it began.
            continue
        own = checkpoint.to_arrays()
        size = sum(array.nbytes for array in own.values())
        if size > n_bytes:
            n_left += 1
            continue
        n_bytes -= size
        arrays |= {f"{number}.{name}": array for name, array in own.items()}
    return arrays, n_left


def left_out(n: int) -> str:
    """Return a sentence on runs that there was no room for; empty where there was."""
    one = "{0} run had no room in the file and begins anew there; allow more in Run → Memory for the past…."
    many = "{0} runs had no room in the file and begin anew there; allow more in Run → Memory for the past…."
    return counted(n, one, many) if n else ""


def read_runs(arrays: Mapping[str, np.ndarray], experiments: Sequence[Experiment]) -> dict[int, Document]:
    """Return the runs of `written_runs` by number; raises where one is damaged."""
    own: dict[int, Arrays] = {}
    for name, array in arrays.items():
        number, dot, rest = name.partition(".")
        if dot and number.isdecimal():
            own.setdefault(whole(int(number), "number"), {})[rest] = array
    documents = {}
    for place, its_arrays in own.items():
        checkpoint = Checkpoint.from_arrays(its_arrays)
        documents[place] = Document(experiments[place], checkpoint.network.parameters, checkpoint, checkpoint.history)
    return documents


def described(content: Mapping[str, Any]) -> np.ndarray:
    """Return a description as an array."""
    return json_array({"format": FORMAT, **content})


def judged(arrays: Mapping[str, np.ndarray], what: str, read: Callable[[Mapping[str, Any]], Any], sentence: str) -> Any:
    """Return what `read` makes of the description among `arrays`.

    Raises
    ------
    ExperimentError
        `sentence`, where it is damaged.
    """
    try:
        description = json_content(arrays, "description", what)
        check_format(description, what)
        return read(description)
    except Exception as error:
        # What is damaged may fail in any way.
        raise ExperimentError(sentence) from error


def goal_of(value: Any) -> int:
    """Return a number of epochs as it was read; raises where it is none."""
    return int(EPOCHS.check(value))


def number_of(value: Any) -> float:
    """Return a finite number as it was read; raises where it is none."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number
