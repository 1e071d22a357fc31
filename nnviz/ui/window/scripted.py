"""What scripts and notebooks do with a window: play, pause, step, reset, and ask how far it is."""

from __future__ import annotations

from nnviz.session.controller import Controller
from nnviz.ui.window.seen import SeenWindow


class ScriptedWindow(SeenWindow):
    """A window with the commands that `nnviz.app.create_window` promises."""

    controller: Controller

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
