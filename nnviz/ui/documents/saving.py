"""Writing documents: at once where that takes no time, else in a thread, with how far it is and a way to stop it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QProgressDialog, QWidget

from nnviz.core.errors import Cancelled
from nnviz.core.reading import LONGEST_NAME, name_of
from nnviz.experiment import Document, save_document
from nnviz.session.asking import Answer, answered
from nnviz.session.controller import Controller
from nnviz.session.job import Job
from nnviz.ui.widgets.help_text import menu_text

#: A history of so many epochs is packed in a tenth of a second, and so is a past of so many bytes.
LARGE_EPOCHS, LARGE_BYTES = 20_000, 2**21
SHOW_AFTER_MS = 400
#: So long the window waits for a run to be copied without saying so.
AT_ONCE_S = 0.5


class Saving(QObject):
    """Writes the documents of a window, one at a time.

    Parameters
    ----------
    controller : Controller
    window : QWidget
        Takes no input while a large document is written; training and painting go on.

    Attributes
    ----------
    keeps_old : bool
        Whether a file that is saved again stays as it was before, with a ``~`` behind its name.
    """

    def __init__(self, controller: Controller, window: QWidget) -> None:
        super().__init__(window)
        self.keeps_old = False
        self._controller = controller
        self._window = window
        self._job: Job | None = None
        self._loop: QEventLoop | None = None
        self._dialog: QProgressDialog | None = None
        self._outcome: Document | Exception | None = None

    def save(self, path: Path) -> Document:
        """Write the present document to `path` and return it once it is written.

        Raises
        ------
        ExperimentError
            Where it cannot be written.
        Cancelled
            Where the user has stopped it, or another one is being written: the file is as it was.
        """
        is_bare = path.suffix.lower() == ".toml"
        room = 0 if is_bare else self._controller.lab.memory.saved_bytes
        answer = self._controller.request_document(path, room)
        if is_bare or not self._is_large:
            # Runs that hang, or are at something that takes long, hold up nobody here.
            document = answered(answer, AT_ONCE_S)
            if document is not None:
                save_document(document, path, keep_old=self.keeps_old)
                return document
        if self._job is not None:
            answer.cancel()
            raise Cancelled("Writing was given up.")
        return self._saved_aside(answer, path)

    @property
    def _is_large(self) -> bool:
        frame, lab = self._controller.live_frame, self._controller.lab
        n_bytes = min(sum(lab.run(run_id).nbytes for run_id in lab), lab.memory.saved_bytes)
        return frame is not None and (frame.curves.n_epochs >= LARGE_EPOCHS or n_bytes >= LARGE_BYTES)

    @Slot()
    def stop(self) -> None:
        """Give up what is being written; the file stays as it was."""
        if self._job is not None and self._loop is not None:
            self._job.cancel()
            self._loop.quit()

    def _saved_aside(self, answer: Answer, path: Path) -> Document:
        from nnviz.session.writing import writing_job

        self._outcome = None
        self._loop, self._job = QEventLoop(), writing_job(answer, path, self, keep_old=self.keeps_old)
        self._dialog = self._progress_dialog(path)
        self._job.progressed.connect(self._on_progressed)
        self._job.succeeded.connect(self._on_ended)
        self._job.failed.connect(self._on_ended)
        self._job.start()
        self._loop.exec()
        self._dialog.canceled.disconnect(self.stop)
        self._dialog.close()
        # WORKAROUND: closing a QProgressDialog leaves the timer running that would show it after a while.
        for timer in self._dialog.findChildren(QTimer):
            timer.stop()
        self._dialog.deleteLater()
        self._job.deleteLater()
        self._job = self._loop = self._dialog = None
        if self._outcome is None:
            raise Cancelled("Writing was given up.")
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    def _progress_dialog(self, path: Path) -> QProgressDialog:
        words = self.tr("Writing {0} …").format(menu_text(name_of(path), LONGEST_NAME))
        dialog = QProgressDialog(words, self.tr("Stop"), 0, 100, self._window)
        dialog.setWindowTitle(self.tr("Save the experiment"))
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.setMinimumDuration(SHOW_AFTER_MS)
        dialog.setAutoReset(False)
        dialog.setAutoClose(False)
        dialog.canceled.connect(self.stop)
        return dialog

    @Slot(object)
    def _on_progressed(self, share: float) -> None:
        if self._dialog is not None:
            self._dialog.setValue(min(99, round(100.0 * share)))

    @Slot(object)
    def _on_ended(self, outcome: Document | Exception) -> None:
        self._outcome = outcome
        if self._loop is not None:
            self._loop.quit()
