"""Which run has the window's worker, and the orderly end of those that had it before."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.session import abandoned
from nnviz.session.mailbox import Halt
from nnviz.session.pacing import DisplayClock
from nnviz.session.pulse import PulseWatch
from nnviz.session.run import Report, Run
from nnviz.session.worker import Host


class Hosting(QObject):
    """Gives one run at a time a thread. Threads of earlier runs end by themselves and are kept until they have.

    Signals
    -------
    reported : object
        A `Report` of the present worker; those of others are dropped.

    Attributes
    ----------
    watch : PulseWatch
        Whether the present worker gives signs of life.
    """

    reported = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._present: Host | None = None
        self._leaving: list[Host] = []
        self._closed = False
        self.watch = PulseWatch(self)
        self._seen = True

    @property
    def is_active(self) -> bool:
        """Whether a run has a worker."""
        return self._present is not None

    def host(self, run: Run, *, want_frame: bool) -> None:
        """Start a fresh thread for `run`, after `retire`.

        Parameters
        ----------
        run : Run
            Its mailbox says whether it trains at once.
        want_frame : bool
            Whether the display is ready for its first frame.
        """
        assert self._present is None
        self._present = Host(run, self._on_report, self)
        self._present.gone.connect(self._on_gone)
        self._present.set_seen(self._seen)
        if want_frame:
            self._present.ask_frame()
        self._present.start()
        self.watch.watch(self._present.pulse)

    @Slot()
    def ask_frame(self) -> None:
        """Tell the present worker that the display is ready for a frame."""
        if self._present is not None:
            self._present.ask_frame()

    def follow(self, display: DisplayClock) -> None:
        """Let workers send the frames that a display asks for."""
        display.frame_wanted.connect(self.ask_frame)
        display.seen_changed.connect(self.set_seen)

    @Slot(bool)
    def set_seen(self, seen: bool) -> None:
        """Say whether anybody can see the window: where nobody can, training waits for no frame."""
        self._seen = seen
        if self._present is not None:
            self._present.set_seen(seen)

    def retire(self) -> None:
        """Let the present worker end, without waiting for it; its run keeps all it has."""
        host, self._present = self._present, None
        self.watch.watch(None)
        if host is None:
            return
        host.run.mailbox.pause.set()
        host.run.mailbox.post(Halt())
        host.stop()
        self._leaving.append(host)

    def abandon(self) -> None:
        """Let the present worker be: it gives no sign. Nobody may touch its run any more."""
        host, self._present = self._present, None
        self.watch.watch(None)
        if host is not None:
            host.run.mailbox.refuse()
            host.abandon()

    def shutdown(self) -> None:
        """End all threads, and wait for them; one that hangs is left behind."""
        self._closed = True
        self.retire()
        until_s = time.monotonic() + abandoned.LEAVE_WITHIN_S
        for host in self._leaving:
            host.join(until_s)
        self._leaving.clear()

    @Slot(object)
    def _on_report(self, report: Report) -> None:
        if not self._closed and self._present is not None and report.host_id == self._present.id:
            self.reported.emit(report)

    @Slot(object)
    def _on_gone(self, host: Host) -> None:
        if host in self._leaving:
            self._leaving.remove(host)
        host.deleteLater()
