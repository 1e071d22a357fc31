"""The monkey with a real pointer: where there is an X server, the window manager and all grabs have their say."""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, QPoint, QProcess, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from tests.ui.monkey import Monkey, Step

#: Between two places of a drag; and what one that never ends may take.
PAUSE_S, LONGEST_MS = "0.02", 10_000


class PointedMonkey(Monkey):
    """Clicks and drags by xdotool, and does everything else as the other one."""

    def do(self, step: Step) -> None:
        """Do one step."""
        if step[0] != "click":
            super().do(step)
            return
        self.take_chances(step[1])
        self._click_somewhere()
        super().do(("dialogs", step[1]))

    def drag_between(
        self,
        widget: QWidget,
        start: QPoint,
        end: QPoint,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press the mouse, move it, and let it go."""
        if isValid(widget) and widget.isVisible():
            places = [start + (end - start) * share / 6 for share in range(7)]
            first, *others = (self._on_screen(widget.mapToGlobal(place)) for place in places)
            moves = [word for place in others for word in ("mousemove", *place, "sleep", PAUSE_S)]
            self._point("mousemove", *first, "sleep", PAUSE_S, "mousedown", "1", *moves, "mouseup", "1")

    def _click_somewhere(self) -> None:
        widget = self._widget()
        place = self._on_screen(widget.mapToGlobal(self.inside(widget)))
        self._point("mousemove", *place, "sleep", PAUSE_S, "click", self.rng.choice("1113"))

    def _on_screen(self, place: QPoint) -> tuple[str, str]:
        screen = QGuiApplication.primaryScreen().geometry()
        x, y = min(place.x(), screen.right()), min(place.y(), screen.bottom())
        return str(max(x, 0)), str(max(y, 0))

    def _point(self, *words: str) -> None:
        """Let the pointer do something, while the window answers."""
        loop, limit, process = QEventLoop(), QTimer(singleShot=True), QProcess()
        process.finished.connect(loop.quit)
        limit.timeout.connect(loop.quit)
        limit.start(LONGEST_MS)
        process.start("xdotool", list(words))
        loop.exec()
        if process.state() != QProcess.ProcessState.NotRunning:
            process.kill()
            process.waitForFinished()
        self.turn(20)
