"""What is saved beside the run in front: who has something asks its runs for it, and all goes into one document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from nnviz.core.storage import Arrays
from nnviz.experiment.document import Document

#: Of what may be saved besides the present run, the parts of its own past and of what there may be beside it.
_PARTS: Final = {"past": 4, "courses": 4, "wall": 4, "race": 2, "second": 2}


class Asked(Struct, frozen=True, eq=False):
    """Something that will be written once its runs have answered.

    Attributes
    ----------
    answers : sequence of Future
        Of the runs.
    written : callable
        Takes what they have answered, None for one that has not, and returns the arrays and a sentence on what of it
        was left out; called in any thread.
    """

    answers: Sequence[Future[Any]]
    written: Callable[[list[Any]], tuple[Arrays, str]]


class KeptBeside(Protocol):
    """Has runs beside the one in front.

    Attributes
    ----------
    group : str
        What its arrays are called in a file.
    needs_room : bool
        Whether it is left out where a person wants nothing but the run in front to be saved.
    """

    group: str
    needs_room: bool

    @property
    def has_any(self) -> bool:
        """Whether there is anything to save."""

    def ask_written(self, n_bytes: int, path: Path | None) -> Asked:
        """Ask for what is to be saved, in about so many bytes, in a file."""

    def read(self, document: Document) -> str:
        """Judge what another document has of it, which is shown next; return what is to be said of it, or nothing."""


def shares(n_bytes: int, groups: Sequence[str]) -> dict[str, int]:
    """Return how many bytes each of `groups` may have in a file, and "past", the past of the run in front."""
    known = {group: _PARTS.get(group, 0) for group in ("past", *groups)}
    return {group: n_bytes * part // sum(known.values()) for group, part in known.items()}


def gathered(front: Future[Document], beside: Mapping[str, Asked]) -> Future[Document]:
    """Return the document of the run in front with what stands beside it, once all have answered."""
    whole: Future[Document] = Future()
    waits_for = [front, *(answer for asked in beside.values() for answer in asked.answers)]
    gathering = _Gathering(len(waits_for), partial(_complete, whole, front, beside))
    for answer in waits_for:
        answer.add_done_callback(gathering.count)
    return whole


class _Gathering:
    """Calls a function once so many have answered, in the thread of the last one."""

    def __init__(self, n: int, done: Callable[[], None]) -> None:
        self._left, self._done, self._lock = n, done, Lock()

    def count(self, _answer: Future[Any]) -> None:
        with self._lock:
            self._left -= 1
            is_last = not self._left
        if is_last:
            self._done()


def _complete(whole: Future[Document], front: Future[Document], beside: Mapping[str, Asked]) -> None:
    if front.cancelled():
        whole.cancel()
    if not whole.set_running_or_notify_cancel():
        return
    try:
        document = front.result()
        groups, notes = dict[str, Arrays](), [document.note]
        for group, asked in beside.items():
            groups[group], note = asked.written([_result(answer) for answer in asked.answers])
            notes.append(note)
        whole.set_result(replace(document, beside=groups, note=" ".join(filter(None, notes))))
    except Exception as error:
        whole.set_exception(error)


def _result(answer: Future[Any]) -> Any:
    return None if answer.cancelled() or answer.exception() is not None else answer.result()
