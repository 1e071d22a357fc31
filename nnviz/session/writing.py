"""Writing what a run answers with in a thread: packing a million epochs takes seconds."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from nnviz.core.errors import Cancelled, ExperimentError
from nnviz.core.reading import name_of
from nnviz.experiment.document import Document, save_document
from nnviz.session.asking import ANSWER_WITHIN_S, LOOK_S, Answer, answered
from nnviz.session.job import Cancelled as IsCancelled
from nnviz.session.job import Job, Progress


def writing_job(answer: Answer, path: Path, parent: QObject, *, keep_old: bool) -> Job:
    """Return a job, not begun, that writes a document that was asked for to `path` and has it as its result.

    It fails with `ExperimentError` where the file cannot be written or there is no answer, and with `Cancelled` where
    the run was given up.
    """
    return Job(partial(_write, answer, path, keep_old), parent)


def _write(answer: Answer, path: Path, keep_old: bool, progress: Progress, cancelled: IsCancelled) -> Document:
    def tell(share: float) -> None:
        progress(share)
        if cancelled():
            raise Cancelled("Writing was given up.")

    document = _awaited(answer, path, cancelled)
    save_document(document, path, tell, keep_old=keep_old)
    return document


def _awaited(answer: Answer, path: Path, cancelled: IsCancelled) -> Document:
    until_s = time.monotonic() + ANSWER_WITHIN_S
    while not cancelled():
        document = answered(answer, LOOK_S)
        if document is not None:
            return document
        if time.monotonic() >= until_s:
            words = "{0} was not written: a run gives no answer. Save again in a while; the session stays as it is."
            raise ExperimentError(words, name_of(path))
    answer.cancel()
    raise Cancelled("Writing was given up.")
