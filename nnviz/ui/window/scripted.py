"""What scripts and notebooks do with a window: play, pause, step, reset, and ask how far it is."""

from __future__ import annotations

import atexit

from PySide6.QtWidgets import QApplication

from nnviz.session.controller import Controller
from nnviz.ui.documents.document_actions import DocumentActions
from nnviz.ui.window.seen import SeenWindow


class ScriptedWindow(SeenWindow):
    """A window with the commands that `nnviz.app.create_window` promises."""

    controller: Controller
    document_actions: DocumentActions

    def play(self) -> None:
        """Train until paused."""
        self.controller.play()

    def pause(self) -> None:
        """Pause after the present slice; the last frame is drawn."""
        self.controller.pause()

    def step(self) -> None:
        """Train one epoch."""
        self.controller.step_epoch()

    def reset(self) -> None:
        """Go back to epoch 0 with the same first weights."""
        self.controller.reset()

    @property
    def is_training(self) -> bool:
        """Whether a run is being trained at the moment."""
        return self.controller.is_training

    @property
    def epochs_per_second(self) -> float:
        """Training speed over the last second or so."""
        return self.controller.epochs_per_second


@atexit.register
def _close_those_left() -> None:
    """Close, as the interpreter exits, the windows that a script has left open: in the order in which they end.

    Qt would take them apart as they are, with threads that still run and parts that ask for others which are gone: it
    aborts. Where edits are asked about, nobody can be asked any more, and what is unsaved stays for the next start.
    """
    tops = QApplication.topLevelWidgets() if QApplication.instance() is not None else []
    for window in tops:
        if isinstance(window, ScriptedWindow) and not window.document_actions.asks_before_losing:
            window.close()
