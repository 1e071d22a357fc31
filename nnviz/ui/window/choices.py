"""What a user has chosen in the run bar and the menus, kept for the next start.

Other windows may be open and keep other choices: each writes what was changed in it, and nothing else.
"""

from __future__ import annotations

from PySide6.QtCore import QSettings

from nnviz.session.controller import Controller
from nnviz.session.speeds import SPEEDS
from nnviz.ui.widgets.stored_settings import stored_choice, stored_flag
from nnviz.ui.window.run_bar import RunBar

#: Fast enough to see it through, slow enough to see it happen.
DEFAULT_SPEED = "60"


class Choices:
    """Speed, and whether a changed network keeps what was learnt.

    Parameters
    ----------
    settings : QSettings or None
        Where they are kept; None: nowhere.
    run_bar : RunBar
    controller : Controller
    """

    def __init__(self, settings: QSettings | None, run_bar: RunBar, controller: Controller) -> None:
        self._settings, self._run_bar, self._controller = settings, run_bar, controller
        if settings is not None:
            run_bar.set_speed(stored_choice(settings, "speed", SPEEDS, DEFAULT_SPEED))
            controller.keep_learnt(stored_flag(settings, "keep_learnt"))
        self._before = self._present()

    def save(self) -> None:
        """Keep what was chosen since the window was opened."""
        if self._settings is not None:
            for key, value in self._present().items():
                if value != self._before[key]:
                    self._settings.setValue(key, value)

    def _present(self) -> dict[str, object]:
        return {"speed": self._run_bar.speed, "keep_learnt": self._controller.keeps_learnt}
