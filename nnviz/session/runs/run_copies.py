"""Copies of runs, made in their training threads between two slices and handed over in the window's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot

from nnviz.experiment.document import Document
from nnviz.session.run import Run
from nnviz.session.runs.laboratory import Laboratory


class RunCopies(QObject):
    """Has runs copied for somebody who does something to the document with the copy, one at a time.

    A copy belongs to the run that was shown when it was asked for: where another one is by then, such as that of
    another document, nothing is done with it. What is asked for later takes the place of what is not there yet.

    Parameters
    ----------
    lab : Laboratory
    parent : QObject

    Attributes
    ----------
    is_busy : bool
        Whether a copy is on its way.
    shown_id : int
        The run that was shown when the last one was asked for.

    Signals
    -------
    failed : ()
        There is no copy: the run is gone, cannot be copied, or no longer is what the copy was asked for.
    """

    failed = Signal()
    _made = Signal(int, object)

    def __init__(self, lab: Laboratory, parent: QObject) -> None:
        super().__init__(parent)
        self._lab = lab
        self.is_busy, self.shown_id = False, 0
        self._asked = 0
        self._then: Callable[[Document], None] = _nothing
        self._made.connect(self._on_made, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        run_id: int,
        then: Callable[[Document], None],
        copied: Callable[[Run], Document] = lambda run: run.saved(None),
    ) -> None:
        """Call `then` with a copy of a run, in the window's thread; `copied` makes it in the run's own."""
        self._asked += 1
        self.is_busy, self.shown_id, self._then = True, self._lab.foreground, then
        if run_id not in self._lab:
            self._made.emit(self._asked, None)
            return
        self._lab.ask_copy(run_id, copied).add_done_callback(partial(self._tell, self._asked))

    def forget(self) -> None:
        """Want no copy any more."""
        self.is_busy, self._then = False, _nothing

    def _tell(self, asked: int, answer: Future[Document]) -> None:
        """Called in a training thread."""
        is_there = not answer.cancelled() and answer.exception() is None
        self._made.emit(asked, answer.result() if is_there else None)

    @Slot(int, object)
    def _on_made(self, asked: int, document: Document | None) -> None:
        if asked != self._asked or not self.is_busy:
            return
        then = self._then
        self.forget()
        if document is not None and self._lab.foreground == self.shown_id:
            then(document)
        else:
            self.failed.emit()


def _nothing(_document: Document) -> None:
    """Do nothing."""
