"""Runs side by side in a file: how far each of a wall or a race has come, as far as there is room for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import numpy as np

from nnviz.core.arguments import whole
from nnviz.core.bounds import EPOCHS
from nnviz.core.checkpoint import Checkpoint
from nnviz.core.storage import Arrays
from nnviz.core.translation import counted
from nnviz.experiment.beside import described
from nnviz.experiment.document import Document, Experiment
from nnviz.session.beside import Asked
from nnviz.session.run import Run
from nnviz.session.runs.laboratory import Laboratory


def ask_runs(lab: Laboratory, run_ids: Iterable[int]) -> list[Future[Document]]:
    """Ask runs for themselves, without their pasts; those that are not prepared are what they were to begin with."""
    answers = []
    for run_id in run_ids:
        run = lab.find(run_id)
        if run is not None and run.trainer is not None:
            answers.append(lab.ask_copy(run_id, _saved))
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
    checkpoints = ((number, _checkpoint_of(documents[number])) for number in order)
    # The others begin again as they began.
    trained = ((number, found) for number, found in checkpoints if found is not None and found.epoch)
    return written_within(n_bytes, ((number, checkpoint.to_arrays()) for number, checkpoint in trained))


def _checkpoint_of(document: Document | None) -> Checkpoint | None:
    return document.checkpoint if document is not None else None


def written_within(n_bytes: int, groups: Iterable[tuple[int, Arrays]]) -> tuple[Arrays, int]:
    """Return the arrays of as many numbered groups as there is room for, and how many were left out."""
    arrays: Arrays = {}
    n_left = 0
    for number, own in groups:
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


def grouped(arrays: Mapping[str, np.ndarray]) -> dict[int, Arrays]:
    """Return the groups of `written_within` by their numbers; raises where one is none."""
    own: dict[int, Arrays] = {}
    for name, array in arrays.items():
        number, dot, rest = name.partition(".")
        if dot and number.isdecimal():
            own.setdefault(whole(int(number), "number"), {})[rest] = array
    return own


def read_runs(arrays: Mapping[str, np.ndarray], experiments: Sequence[Experiment]) -> dict[int, Document]:
    """Return the runs of `written_runs` by number; raises where one is damaged."""
    documents = {}
    for place, its_arrays in grouped(arrays).items():
        checkpoint = Checkpoint.from_arrays(its_arrays)
        documents[place] = Document(experiments[place], checkpoint.network.parameters, checkpoint, checkpoint.history)
    return documents


def asked_runs(
    answers: Sequence[Future[Any]],
    content: Mapping[str, Any],
    order: Sequence[int],
    n_bytes: int,
    more: Callable[[Arrays, int], Arrays] = lambda _arrays, _room: {},
) -> Asked:
    """Return what is to be written of runs once they have answered.

    Parameters
    ----------
    answers : sequence of Future
        Of `ask_runs`, by the numbers of the runs.
    content : mapping
        Their description.
    order : sequence of int
        Numbers, those first that matter most.
    n_bytes : int
        The room that there is.
    more : callable
        Takes the arrays of the runs and the room that is left, and returns others that go with them.
    """

    def written(documents: list[Any]) -> tuple[Arrays, str]:
        arrays, n_left = written_runs(documents, order, n_bytes)
        arrays |= more(arrays, n_bytes - sum(array.nbytes for array in arrays.values()))
        return described(content, arrays), left_out(n_left)

    return Asked(answers, written)


def goal_of(value: Any) -> int:
    """Return a number of epochs as it was read; raises where it is none."""
    return int(EPOCHS.check(value))


def number_of(value: Any) -> float:
    """Return a finite number as it was read; raises where it is none."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number
