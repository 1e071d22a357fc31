"""Following a file: the table of an experiment is read again whenever it changes on disk.

Editors save by writing anew or by putting another file in the place of the old one; shared folders tell nothing at all.
So the file and its folder are watched, and its stamp is looked at every now and then, off the GUI thread: a folder on
a network may take its time, or not answer at all, and nobody waits for it. Reading is the run's worker's.
"""

from __future__ import annotations

import time
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from nnviz.core.storage import expanded
from nnviz.experiment.document import Experiment
from nnviz.session import abandoned
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState

#: A file that is being written is read once it has been still for so long.
STILL_MS = 250
#: How often the stamp is looked at where nothing is told.
LOOK_MS = 2_000
#: A file that is being replaced may be gone for a moment; longer than this is worth a sentence.
GONE_MS = 1_500
#: After so long without an answer, too.
SILENT_MS = 10_000

Stamp = tuple[int, int, int]
"""Time of change in ns, size, and number of the file; all −1 where there is none."""
NO_FILE: Stamp = (-1, -1, -1)


class FileFollower(QObject):
    """Watches the table of an experiment that is to be followed, and lets its run read it again.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    still_ms, look_ms, gone_ms, silent_ms : int
        Shorter ones for tests.

    Signals
    -------
    reloading : ()
        The file has changed, and the run is told to read it.
    """

    reloading = Signal()
    _looked = Signal(int, object)

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        parent: QObject | None = None,
        *,
        still_ms: int = STILL_MS,
        look_ms: int = LOOK_MS,
        gone_ms: int = GONE_MS,
        silent_ms: int = SILENT_MS,
    ) -> None:
        super().__init__(parent)
        self._state, self._controller = state, controller
        self._path: Path | None = None
        self._read: Stamp = NO_FILE
        self._told_gone = self._told_silent = False
        self._silent_s = 0.001 * silent_ms
        self._looking: Thread | None = None
        self._look_number = 0
        self._asked_s = 0.0
        # Looks that had not been answered when another file was followed.
        self._left: list[Thread] = []
        self._watcher: QFileSystemWatcher | None = None
        self._still, self.gone_timer, self._clock = (QTimer(self) for _ in range(3))
        for timer, interval, slot, name in (
            (self._still, still_ms, self._look, "a followed file is still"),
            (self.gone_timer, gone_ms, self._tell_gone, "a followed file is gone"),
            (self._clock, look_ms, self._look, "looking at a followed file"),
        ):
            timer.setObjectName(name)
            timer.setInterval(interval)
            timer.setSingleShot(timer is not self._clock)
            timer.timeout.connect(slot)
        self._looked.connect(self._on_looked)
        state.data_changed.connect(self._on_data_changed)
        state.document_changed.connect(self._on_data_changed)
        self._on_data_changed()

    @property
    def path(self) -> Path | None:
        """The file that is followed."""
        return self._path

    def end(self) -> None:
        """Watch nothing any more."""
        self._state.data_changed.disconnect(self._on_data_changed)
        self._state.document_changed.disconnect(self._on_data_changed)
        self._leave()
        hung = []
        for thread in self._left:
            thread.join(abandoned.patience_s())
            hung += [thread] if thread.is_alive() else []
        if hung:
            # Whoever owned it may go.
            self.setParent(None)
            for thread in hung:
                abandoned.keep(thread, self)

    # -- which file ---------------------------------------------------------------------------------------------

    @Slot()
    def _on_data_changed(self) -> None:
        path = _followed(self._state.experiment, self._state.path)
        if path == self._path:
            return
        self._leave()
        self._path = path
        if path is None:
            return
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._on_told)
        self._watcher.directoryChanged.connect(self._on_told)
        # What has changed since it was read is news: the first look reads it.
        self._read = NO_FILE
        self._clock.start()
        self._look()

    def _leave(self) -> None:
        for timer in (self._still, self.gone_timer, self._clock):
            timer.stop()
        if self._watcher is not None:
            self._watcher.deleteLater()
            self._watcher = None
        # A look at a network may hang: only the end of the window waits for it, and not for long.
        self._left = [thread for thread in (*self._left, self._looking) if thread is not None and thread.is_alive()]
        self._path, self._looking, self._told_gone, self._told_silent = None, None, False, False

    def _watch(self) -> None:
        """Watch the file, which is forgotten when it is replaced, and its folder."""
        assert self._path is not None
        assert self._watcher is not None
        known = {*self._watcher.files(), *self._watcher.directories()}
        missing = [str(path) for path in (self._path, self._path.parent) if str(path) not in known]
        if missing:
            self._watcher.addPaths(missing)

    # -- looking ------------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_told(self, _path: str) -> None:
        self._still.start()

    @Slot()
    def _look(self) -> None:
        """Ask for the file's stamp, off this thread."""
        if self._path is None:
            return
        if self._looking is not None:
            self._look_for_silence()
            return
        self._asked_s = time.monotonic()
        self._look_number += 1
        asked = self._look_number, self._path
        self._looking = Thread(target=self._answer, args=asked, name="looking at a followed file")
        self._looking.start()

    def _answer(self, number: int, path: Path) -> None:
        self._looked.emit(number, stamp_of(path))

    def _look_for_silence(self) -> None:
        """Say once that there is no answer from where the file is."""
        if self._path is not None and not self._told_silent and time.monotonic() - self._asked_s >= self._silent_s:
            self._told_silent = True
            text = self.tr("There is no answer from where {0} is; the last good data stay until it is back.")
            self._controller.message.emit("warning", text.format(self._path.name))

    @Slot(int, object)
    def _on_looked(self, number: int, stamp: Stamp) -> None:
        # One that was left may be answered late, and its file may be followed again by now.
        if self._looking is None or number != self._look_number:
            return
        self._looking, self._told_silent = None, False
        # Not before: also whoever begins to watch a file asks where it is.
        self._watch()
        if stamp == NO_FILE:
            if not self.gone_timer.isActive() and not self._told_gone:
                self.gone_timer.start()
            return
        self.gone_timer.stop()
        if stamp == self._read and not self._told_gone:
            return
        self._read, self._told_gone = stamp, False
        self.reloading.emit()
        self._controller.reload_data()

    @Slot()
    def _tell_gone(self) -> None:
        if self._path is not None:
            self._told_gone = True
            text = self.tr("{0} is gone; the last good data stay until it is back.")
            self._controller.message.emit("warning", text.format(self._path.name))


def _followed(experiment: Experiment, document: Path | None) -> Path | None:
    """Return the table that is to be followed, None where there is none."""
    data = experiment.data
    if data.table is None or data.table.path is None or not data.follow:
        return None
    base = document.parent if document is not None else Path()
    return (base / expanded(data.table.path)).absolute()


def stamp_of(path: Path) -> Stamp:
    """Return what tells one version of a file from another."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return NO_FILE
    return found.st_mtime_ns, found.st_size, found.st_ino
