"""Writing what a run answers with in a thread: packing a million epochs takes seconds."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from nnviz.core.errors import Cancelled
from nnviz.experiment.document import Document, save_document
from nnviz.session.asking import ANSWER_WITHIN_S, AskedRun
from nnviz.session.job import Cancelled as IsCancelled
from nnviz.session.job import Job, Progress


def writing_job(controller: AskedRun, path: Path, parent: QObject, *, keep_old: bool) -> Job:
    """Return a job, not begun, that writes the present document to `path` and has it as its result.

    It fails with `ExperimentError` where the file cannot be written, and with `Cancelled` where the run was given up.
    """
    return Job(
        partial(_write, controller.request_document(path, controller.lab.memory.saved_bytes), path, keep_old), parent
    )


def _write(
    answer: Future[Document], path: Path, keep_old: bool, progress: Progress, cancelled: IsCancelled
) -> Document:
    def tell(share: float) -> None:
        progress(share)
        if cancelled():
            raise Cancelled("Writing was given up.")

    try:
        document = answer.result(ANSWER_WITHIN_S)
    except CancelledError:
        raise Cancelled("Writing was given up.") from None
    save_document(document, path, tell, keep_old=keep_old)
    return document
