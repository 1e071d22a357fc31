"""Screens that really come and go while there is a stage, on a server of its own: a program for `test_stage.py`.

QT_QPA_PLATFORM=xcb DISPLAY=… QT_SCALE_FACTOR=… python -m tests.ui.stage.unplugged
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QRect, QTimer
from PySide6.QtWidgets import QApplication

from nnviz.app import create_application, create_window
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import small_experiment
from tests.ui.stage.monitors import Monitors

WALL, THIRD = (1280, 0, 1920, 1080), (3200, 0, 1024, 768)


def until(is_so: Callable[[], bool]) -> None:
    """Let events run until something is so; after ten seconds it never will be."""
    limit = QTimer(interval=10_000, singleShot=True)
    limit.start()
    while not is_so() and limit.isActive():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    assert is_so(), [screen.name() for screen in QApplication.screens()]


def names() -> set[str]:
    return {screen.name() for screen in QApplication.screens()}


def is_on(window: MainWindow, name: str) -> bool:
    """Whether the stage fills a screen that the main window is not on."""
    stage = window.stage.presentation.stage
    screen = next((each for each in QApplication.screens() if each.name() == name), None)
    return (
        stage is not None
        and screen is not None
        and window.screen() is not screen
        and QRect(stage.geometry()) == screen.geometry()
        and stage.isVisible()
    )


def main() -> None:
    """Plug, present, and pull out."""
    monitors = Monitors()
    application = create_application(["unplugged"])
    window = create_window(small_experiment(), theme="light")
    window.controller.wait_idle()
    said: list[str] = []
    window.controller.message.connect(lambda _severity, sentence: said.append(sentence))
    first, led, present = next(iter(names())), window.stage.presentation, window.actions_.projector.trigger
    monitors.plug_in("wall", WALL)
    until(lambda: names() == {first, "wall"})
    present()
    until(lambda: is_on(window, "wall"))
    ratio = led.stage.devicePixelRatio() if led.stage is not None else 0.0
    assert led.stage is not None
    assert round(ratio * led.stage.height()) == WALL[3]
    print("presents at", ratio, flush=True)
    # Another one takes the place of the projector that goes.
    monitors.plug_in("third", THIRD)
    until(lambda: "third" in names())
    monitors.pull_out("wall")
    until(lambda: is_on(window, "third"))
    assert len(said) == 1
    # Without one the window is as it was, and the next one is presented on as the first.
    window.controller.step_epoch()
    window.controller.wait_idle()
    monitors.pull_out("third")
    until(lambda: led.stage is None)
    assert len(said) == 2
    assert names() == {first}
    assert not window.docks["console"].isVisible()
    assert not window.actions_.projector.isChecked()
    monitors.plug_in("wall", WALL)
    until(lambda: "wall" in names())
    present()
    until(lambda: is_on(window, "wall"))
    present()
    monitors.pull_out("wall")
    # The speaker's own screen goes, as when a laptop is shut.
    monitors.plug_in("wall", WALL, takes_output=True)
    until(lambda: names() == {"wall"})
    monitors.plug_in("desk", (0, 0, 1280, 720))
    until(lambda: "desk" in names())
    window.move(20, 20)
    until(lambda: window.screen().name() == "desk")
    present()
    until(lambda: is_on(window, "wall"))
    monitors.pull_out("desk")
    until(lambda: led.stage is None)
    assert len(said) == 3
    assert window.isVisible()
    assert window.screen().name() == "wall"
    assert window.epoch == 1
    window.close()
    application.processEvents()
    print("unplugged", flush=True)


if __name__ == "__main__":
    main()
