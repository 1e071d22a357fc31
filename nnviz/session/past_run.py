"""What a window is shown of its run: the present, or a moment of its past, while the run itself may go on."""

from __future__ import annotations

from typing import Any

from nnviz.experiment.frame import Frame, Needs
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.subject import Subject
from nnviz.session.asking import AskedRun
from nnviz.session.mailbox import Redraw
from nnviz.session.needs import NOTHING, NeedsBoard
from nnviz.session.state import ExperimentState


class PastRun(AskedRun):
    """The part of a controller that knows what is looked at. Signals are those of `AskedRun`.

    While the past is shown, frames of the present carry no more than figures and curves, and only those who ask for
    them get any (`live_frame_ready`); everybody else goes on with frames of the past, which whoever makes them hands in
    (`nnviz.session.timeline.Timeline`).
    """

    _needs: NeedsBoard
    _closed: bool

    @property
    def state(self) -> ExperimentState:
        """The document whose runs are shown."""
        return self._state

    @property
    def speed(self) -> str:
        """Name of the present speed."""
        raise NotImplementedError

    def set_needs(self, owner: str, subject: Subject | None = None, **parts: Any) -> None:
        """Declare what `owner` needs of every frame; replaces what it declared before, nothing withdraws it.

        Parameters
        ----------
        owner, subject, **parts
            As of `NeedsBoard.declare`; what is asked for by name is answered by it (`Frame.seen_by`).
        """
        for looked_at in self._needs.declare(owner, parts, subject):
            run_id = looked_at.run_id if looked_at is not None else self.run_id
            if run_id in self.lab:
                self.lab.set_needs(run_id, self._needs_of(run_id))
            if looked_at is None:
                self.needs_changed.emit()

    def needs_of(self, subject: Subject) -> Needs:
        """Return what is needed by those who look at `subject`; of the past, whoever makes its frames asks for that."""
        is_foreground = subject == Subject(self.run_id)
        return self._needs.needs_of(subject, None) if is_foreground else self._needs.needs_of(subject)

    def _needs_of(self, run_id: int) -> Needs:
        return NOTHING if self.looks_back and run_id == self.run_id else self.needs_of(Subject(run_id))

    def look_back(self) -> None:
        """Show no more of the present from now on; what is on show stays until there is a frame of the past."""
        if not self.looks_back and not self._closed:
            self._looks_back = True
            self.lab.set_needs(self.run_id, self._needs_of(self.run_id))

    def show_past(self, frame: Frame, prepared: Prepared) -> None:
        """Show a moment of the past, with the data of then."""
        if self.looks_back and frame.run_id == self.run_id:
            self._hand_on(frame, prepared)

    def look_at_present(self) -> None:
        """Show the present again, from the first frame on that has all that is needed."""
        if not self.looks_back:
            return
        self._looks_back = False
        self.lab.set_needs(self.run_id, self._needs_of(self.run_id))
        self._live_from = self._run.mailbox.post(Redraw())
