"""Copies of runs, made in their training threads between two slices and handed over in the window's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.experiment.document import Document
from nnviz.session.runs.laboratory import Laboratory


class RunCopies(QObject):
    """Has runs copied, one at a time.

    Parameters
    ----------
    lab : Laboratory
    parent : QObject

    Attributes
    ----------
    is_busy : bool
        Whether a copy is on its way.

    Signals
    -------
    failed : ()
        There is no copy: the run is gone, or cannot be copied.
    """

    failed = Signal()
    _made = Signal(object, object)

    def __init__(self, lab: Laboratory, parent: QObject) -> None:
        super().__init__(parent)
        self._lab = lab
        self.is_busy = False
        self._made.connect(self._on_made)

    def ask(self, run_id: int, then: Callable[[Document], None]) -> None:
        """Call `then` with a copy of a run, in the window's thread."""
        self.is_busy = True
        answer: Future[Document] = self._lab.ask(run_id, lambda run: run.saved(None))
        answer.add_done_callback(lambda done: self._tell(then, done))

    def _tell(self, then: Callable[[Document], None], answer: Future[Document]) -> None:
        """Called in a training thread."""
        is_there = not answer.cancelled() and answer.exception() is None
        self._made.emit(then, answer.result() if is_there else None)

    @Slot(object, object)
    def _on_made(self, then: Callable[[Document], None], document: Document | None) -> None:
        self.is_busy = False
        if document is not None:
            then(document)
        else:
            self.failed.emit()
