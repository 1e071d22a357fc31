"""The thread of a run: a worker with one loop method, moved to a fresh `QThread`, and its orderly end.

WORKAROUND: a stop is an event that the loop looks at, then `quit()`, then `wait()`, all direct calls. A stop slot would
never run in a busy worker, and waiting for a queued `quit` never ends (4 of 4 times; this way none of 8).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from nnviz.session.abandoned import ended, keep
from nnviz.session.gui_turn import Turnstile
from nnviz.session.link import Link
from nnviz.session.loop import Loop
from nnviz.session.pulse import Pulse
from nnviz.session.run import Report, Run

_host_ids = itertools.count(1)


class Worker(QObject):
    """Runs the loop of one run in the thread it has been moved to.

    Signals
    -------
    frame_ready : object
        A `Report`: frozen, with read-only arrays.
    """

    frame_ready = Signal(object)

    def __init__(self, run: Run, link: Link) -> None:
        super().__init__()
        self._loop = Loop(run, link, self.frame_ready.emit)

    @Slot()
    def work(self) -> None:
        """Host the run until the link's stop event is set."""
        self._loop.live()


class Host(QObject):
    """Owns the thread of one hosting of a run.

    Parameters
    ----------
    run : Run
    on_report : callable
        A slot of a QObject of the GUI thread; anything else would be called in the worker's.
    parent : QObject

    Signals
    -------
    gone : object
        This host, once its thread has ended.
    """

    gone = Signal(object)

    def __init__(self, run: Run, on_report: Callable[[Report], None], parent: QObject) -> None:
        super().__init__(parent)
        self.run = run
        self.id = next(_host_ids)
        self._link = Link(self.id, let_gui_work=Turnstile(self).wait)
        self._worker = Worker(run, self._link)
        self._thread = QThread()
        self._thread.setObjectName(f"run {run.id}")
        self._worker.moveToThread(self._thread)
        self._worker.frame_ready.connect(on_report, Qt.ConnectionType.QueuedConnection)
        self._thread.started.connect(self._worker.work)
        self._thread.finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin to prepare and serve the run."""
        self._thread.start()

    def ask_frame(self) -> None:
        """Tell the worker that the display is ready for a frame."""
        self._link.want_frame.set()
        self.run.mailbox.wake()

    def set_seen(self, seen: bool) -> None:
        """Tell the worker whether anybody can see the window."""
        if seen:
            self._link.unseen.clear()
        else:
            self._link.unseen.set()
        self.run.mailbox.wake()

    def stop(self) -> None:
        """Let the thread end after the present slice; does not wait."""
        self._link.stop.set()
        self.run.mailbox.wake()
        self._thread.quit()

    @property
    def pulse(self) -> Pulse:
        """The worker's signs of life."""
        return self._link.pulse

    def join(self, until_s: float) -> None:
        """Wait for the end of the thread, until `until_s` of `time.monotonic`; `stop` comes before."""
        if not ended(self._thread, until_s, self, self._worker):
            # Whoever owned it may go.
            self.setParent(None)

    def abandon(self) -> None:
        """Let the thread be: it gives no sign."""
        self.stop()
        self.setParent(None)
        keep(self._thread, self, self._worker)

    @Slot()
    def _on_finished(self) -> None:
        # `finished` is emitted by the thread's last statements: this wait is for what is left of them.
        self._thread.wait()
        self.gone.emit(self)
