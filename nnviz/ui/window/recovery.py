"""Unsaved work: no edit is lost by closing a window, nor by a crash.

Made by the application for the user's own window, and only there: windows of scripts, tests and screenshots neither
ask nor write anything.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Slot

from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.core.storage import own_temporary_folder
from nnviz.session.autosave import Autosave
from nnviz.session.left_work import LeftWork, find_left_work
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.restore_bar import RestoreBar


def autosave_folder() -> Path:
    """Return the folder of the unsaved work of all windows of this user."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "autosave"


def spare_folder() -> Path | None:
    """Return the folder for where that one cannot be written to; None where there is none either."""
    try:
        return own_temporary_folder("autosave")
    except OSError:
        return None


def log_folder() -> Path:
    """Return the folder of the faults of all windows of this user."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "log"


class Recovery(QObject):
    """Asks before edits are lost, keeps unsaved work, and offers what a crash left.

    Parameters
    ----------
    window : MainWindow
        Has to be shown already.
    folder : Path or None
        Of the unsaved work; None: `autosave_folder`.
    """

    def __init__(self, window: MainWindow, folder: Path | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._is_forced = False
        window.document_actions.asks_before_losing = True
        spare = spare_folder() if folder is None else None
        folder = folder or autosave_folder()
        self._left: list[LeftWork] = find_left_work(*filter(None, (folder, spare)))
        self.autosave = Autosave(window.state, window.controller, folder, parent=self, spare=spare)
        self.autosave.failed.connect(self._on_failed)
        self.autosave.moved.connect(self._on_moved)
        self.autosave.tidy(window.document_actions.folders)
        self.bar = RestoreBar(window.theme)
        self.bar.restore_chosen.connect(self._on_restore)
        self.bar.discard_chosen.connect(self._on_discard)
        window.bar_stack.add(self.bar)
        window.closed.connect(self._on_closed)
        self._offer()

    @Slot()
    def write_at_once(self) -> None:
        """Write what would be lost and return when it is on disk: the process ends without closing the window."""
        if self.autosave.is_needed:
            self.autosave.write_now()

    @Slot()
    def close_at_once(self) -> None:
        """Close the window without a question, as the process must end: unsaved work is offered at the next start."""
        if self.autosave.is_needed:
            self._is_forced = True
            self.autosave.write_now()
        self._window.document_actions.asks_before_losing = False
        self._window.close()

    def _offer(self) -> None:
        if self._left:
            self.bar.offer(self._left[0])
        else:
            self.bar.hide()

    @Slot()
    def _on_restore(self) -> None:
        if not self._window.document_actions.may_lose_edits():
            return
        work = self._left.pop(0)
        try:
            document = work.document()
        except NnvizError as error:
            if not self._has_opened_whole_part(work):
                work.leave()
                self._window.controller.message.emit("error", str(error))
        else:
            self._window.state.replace(document.experiment, document.path, document, is_dirty=work.is_dirty)
            self.autosave.adopt(work)
        self._offer()

    def _has_opened_whole_part(self, work: LeftWork) -> bool:
        """Open what is whole in damaged work; where nothing is, it has to stay until the user discards it.

        It may be of a later version of nnviz, or on a disk that answers again tomorrow.
        """
        from nnviz.experiment.recovering import recoverable

        left = recoverable(work.file)
        if left is None:
            return False
        # Not in the place of its file, which may hold more.
        self._window.state.replace(left.experiment, None, left, is_dirty=True)
        self.autosave.adopt(work)
        what = self.tr("settings and weights") if left.parameters is not None else self.tr("settings")
        words = self.tr("What was kept of “{0}” is damaged; opened was what is whole: {1}, without the curves.")
        self._window.controller.message.emit("warning", str(ExperimentError(words, left.experiment.title, what)))
        return True

    @Slot()
    def _on_discard(self) -> None:
        self._left.pop(0).remove()
        self._offer()

    @Slot(str)
    def _on_failed(self, reason: str) -> None:
        words = self.tr("Unsaved work cannot be kept against a crash: {0}")
        self._window.controller.message.emit("warning", str(ExperimentError(words, reason)))

    @Slot(str, str)
    def _on_moved(self, reason: str, folder: str) -> None:
        words = self.tr("Unsaved work is kept in {0} from now on, against a crash: {1}")
        # Folders may be long, and an error's sentence is not.
        self._window.controller.message.emit("warning", str(ExperimentError(words, folder, reason)))

    @Slot()
    def _on_closed(self) -> None:
        self.autosave.end(keep=self._is_forced)
        for work in self._left:
            work.leave()
        self._left.clear()
