"""Unsaved work on disk every half minute, so that a crash costs little: written off the GUI thread, one file a window.

Each window's file has a lock beside it that dies with its process. A file whose lock is free was left by a crash: the
next window takes the lock and offers to bring the work back.
"""

from __future__ import annotations

import json
import math
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.core.errors import Cancelled, NnvizError
from nnviz.core.storage import absolute, forget_unfinished, write_atomically
from nnviz.core.translation import translated
from nnviz.experiment.document import Document, Experiment, document_bytes, save_document
from nnviz.session.allowance import Allowance
from nnviz.session.controller import Controller
from nnviz.session.left_work import LeftWork, description_of, lock_file_of, lock_of, remove_work
from nnviz.session.state import ExperimentState

INTERVAL_MS = 30_000
#: Writing a long history takes a while: never more than this share of one core.
MOST_LOAD = 0.05
#: Of the run's past: from the last edits on, and farther back as far as there is room.
PAST_BYTES = 4 * 2**20
#: A process that is asked to end does so within two seconds.
ANSWER_WITHIN_S = 1.0

Mark = tuple[int, int, int]


def _reason(error: Exception, folder: Path) -> str:
    cause = error if isinstance(error, OSError) else error.__cause__
    if isinstance(cause, OSError):
        # Which of its files it was says nothing, and nobody can choose another place.
        return translated("{0} cannot be written ({1}).", folder, cause.strerror or cause)
    return str(error)


class Autosave(QObject):
    """Keeps the unsaved work of one window in a file.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    folder : Path
        Made where it is missing; shared by all windows.
    interval_ms : int
    parent : QObject or None
    spare : Path or None
        Where it goes on should `folder` not take it: on a full disk, in a home that is read only.

    Signals
    -------
    failed : str
        One sentence, once: no folder can be written to.
    moved : str, str
        Why `folder` cannot be written to, and where the work is kept from now on.
    """

    failed = Signal(str)
    moved = Signal(str, str)

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        folder: Path,
        interval_ms: int = INTERVAL_MS,
        parent: QObject | None = None,
        spare: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._controller = controller
        self._writer = _Writer(folder, spare)
        self._asked: Future[Document] | None = None
        self._written: tuple[Experiment, int, Mark] | None = None
        self._clean_mark: Mark | None = None
        self._awaits_frame = False
        self._told = self._ended = False
        self._told_of_move: tuple[str, str] | None = None
        if controller.live_frame is None:
            self._await_frame()
        else:
            self._clean_mark = self._mark()
        state.saved.connect(self._on_saved)
        state.applied.connect(self._on_applied)
        self._timer = QTimer(self)
        self._timer.setObjectName("autosave")
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Write what would be lost, unless it has been written; runs by itself every interval."""
        self._tell_failure()
        mark = self._mark()
        if not self.is_needed:
            self._written = None
            self._writer.submit_removal()
            return
        present = (self._state.experiment, self._state.undo_stack.index(), mark)
        if self._same(present) or self._writer.is_busy or time.monotonic() < self._writer.rest_until_s:
            return
        if self._asked is not None:
            # A run that was set aside answers only when it is brought back.
            self._asked.cancel()
        self._written = present
        self._writer.description = self._description()
        self._asked = self._controller.request_document(None, PAST_BYTES)
        self._asked.add_done_callback(self._writer.take)

    @property
    def is_needed(self) -> bool:
        """Whether a crash would lose anything: edits, or training since the document was opened or saved."""
        mark = self._mark()
        return self._state.is_dirty or (mark[1:] > (0, 0) and self._clean_mark is not None and mark != self._clean_mark)

    def write_now(self) -> None:
        """Write at once and wait for it: the process is asked to end."""
        self._writer.description = self._description()
        self._writer.submit(self._controller.document(within_s=ANSWER_WITHIN_S, past_bytes=PAST_BYTES))
        self.wait()

    @Slot()
    def write_soon(self) -> None:
        """Ask for what would be lost without a rest since the last time: something has gone wrong."""
        self._writer.rest_until_s = -math.inf
        self._written = None
        self.look()

    def wait(self) -> None:
        """Return once what was asked for is written."""
        self._writer.wait()

    def tidy(self, folders: Sequence[Path]) -> None:
        """Delete what a killed process has left half written in `folders`, in the thread that writes."""
        for folder in folders:
            self._writer.submit_call(partial(forget_unfinished, folder))

    def adopt(self, work: LeftWork) -> None:
        """Go on with what was left behind; it is deleted once it stands in this window's own file."""
        self._writer.adopted.append(work)

    def end(self, *, keep: bool = False) -> None:
        """Stop, wait for what is being written, and delete it unless it is to be kept. Nothing happens afterwards."""
        if self._ended:
            return
        self._ended = True
        self._timer.stop()
        self._state.saved.disconnect(self._on_saved)
        self._state.applied.disconnect(self._on_applied)
        if self._awaits_frame:
            self._controller.frame_ready.disconnect(self._on_first_frame)
        if self._asked is not None:
            self._asked.cancel()
        self._writer.end(keep=keep)

    def _mark(self) -> Mark:
        frame = self._controller.live_frame
        return (frame.run_id, frame.epoch, frame.batch) if frame is not None else (0, 0, 0)

    def _same(self, present: tuple[Experiment, int, Mark]) -> bool:
        written = self._written
        if written is None or self._writer.failure:
            # What could not be written is tried again, though nothing has changed: there may be room by now.
            return False
        return written[0] is present[0] and written[1:] == present[1:]

    def _description(self) -> dict[str, object]:
        path = self._state.path
        return {
            "title": self._state.experiment.title,
            "path": str(absolute(path)) if path is not None else None,
            "is_dirty": self._state.is_dirty,
        }

    def _tell_failure(self) -> None:
        if self._writer.moved != self._told_of_move and self._writer.moved is not None:
            self._told_of_move = self._writer.moved
            self.moved.emit(*self._writer.moved)
        if self._writer.failure and not self._told:
            self._told = True
            self.failed.emit(self._writer.failure)

    @Slot()
    def _on_saved(self) -> None:
        self._clean_mark = self._mark()

    @Slot(object)
    def _on_applied(self, change: Any) -> None:
        if change.kind == "replace":
            self._await_frame()

    def _await_frame(self) -> None:
        """Take the first frame of a document for what is already safe."""
        self._clean_mark = None
        if not self._awaits_frame:
            self._awaits_frame = True
            self._controller.frame_ready.connect(self._on_first_frame)

    @Slot(object)
    def _on_first_frame(self, _frame: object) -> None:
        self._awaits_frame = False
        self._controller.frame_ready.disconnect(self._on_first_frame)
        self._clean_mark = self._mark()


class _Writer:
    """Writes one file in a thread of its own. No QObject: the last reference may go in any thread."""

    def __init__(self, folder: Path, spare: Path | None) -> None:
        self.description: dict[str, object] = {}
        self.adopted: list[LeftWork] = []
        self.failure = ""
        self.moved: tuple[str, str] | None = None
        self.rest_until_s = -math.inf
        self._spare = spare
        self._allowance = Allowance()
        self._n_submitted = self._n_written = 0
        self._use(folder)
        self._pool = ThreadPoolExecutor(1, "autosave")

    def _use(self, folder: Path) -> None:
        self._file = folder / f"{uuid.uuid4().hex}.nnviz"
        self._lock = lock_of(self._file)

    def take(self, answer: Future[Document]) -> None:
        """Write the document of `answer`; called in whichever thread it was answered in."""
        if answer.cancelled() or answer.exception() is not None:
            return
        self.submit(answer.result())

    def submit(self, document: Document) -> None:
        """Write `document`."""
        self._n_submitted += 1
        self.submit_call(partial(self._write, document, json.dumps(self.description)))

    @property
    def is_busy(self) -> bool:
        """Whether a document is being written, which takes several intervals where it is large."""
        return self._n_submitted > self._n_written

    def submit_removal(self) -> None:
        """Delete the file, if there is one: there is nothing to lose any more."""
        if self._lock.isLocked():
            self.submit_call(partial(remove_work, self._file))

    def wait(self) -> None:
        """Wait until everything that has been handed over is done, which is not put off any more."""
        with self._allowance.lifted():
            self._pool.submit(int).result()

    def end(self, *, keep: bool) -> None:
        """Finish, and delete the file and what it replaces unless they are to be kept."""
        if not keep:
            self._allowance.give_up()
        with self._allowance.lifted():
            self._pool.shutdown(wait=True)
        if not keep:
            remove_work(self._file)
        for work in self.adopted:
            if keep:
                work.leave()
            else:
                work.remove()
        self._lock.unlock()

    def submit_call(self, job: Callable[[], object]) -> None:
        """Do `job` in the thread that writes, after what has been handed over before."""
        try:
            self._pool.submit(job)
        except RuntimeError:
            # It has ended, and the worker answers a moment too late.
            return

    def _write(self, document: Document, description: str) -> None:
        try:
            self._write_now(document, description)
        except Cancelled:
            return
        finally:
            self._n_written += 1

    def _write_now(self, document: Document, description: str) -> None:
        began, waited_s = time.monotonic(), self._allowance.waited_s
        try:
            self._write_here(document, description)
        except Cancelled:
            raise
        except (OSError, NnvizError) as error:
            self.failure = _reason(error, self._file.parent)
            if not self._has_moved(document, description):
                return
        self.failure = ""
        while self.adopted:
            self.adopted.pop().remove()
        now = time.monotonic()
        self.rest_until_s = now + (now - began - (self._allowance.waited_s - waited_s)) / MOST_LOAD

    def _has_moved(self, document: Document, description: str) -> bool:
        """Write to the spare folder from now on, if there is one and that can be done."""
        before, lock, spare = self._file, self._lock, self._spare
        if spare is None:
            return False
        self._use(spare)
        try:
            self._write_here(document, description)
        except (OSError, NnvizError):
            remove_work(self._file)
            self._lock.unlock()
            self._file, self._lock = before, lock
            return False
        # Should this one fail later, there may be room in the other again.
        self.moved, self.failure, self._spare = (self.failure, str(spare)), "", before.parent
        # It is older than what has just been written.
        remove_work(before)
        lock.unlock()
        return True

    def _write_here(self, document: Document, description: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        if not lock_file_of(self._file).exists():
            # Nor is it any more where somebody has emptied the folder: another window would take the work for left.
            self._lock.unlock()
        if not self._lock.isLocked():
            self._lock.tryLock(0)
        write_atomically(description_of(self._file), lambda file: file.write(description.encode()))
        save_document(document, self._file, self._allowance.spending(document_bytes(document)))
