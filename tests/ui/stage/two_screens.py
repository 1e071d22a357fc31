"""A stage on the second of two screens, step by step: run as a program, for a platform has its screens from the start.

QT_QPA_PLATFORM=offscreen:configfile=… python -m tests.ui.stage.two_screens
"""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, QPoint, QPointF, QRect, Qt, QThreadPool, QTimer
from PySide6.QtGui import QColor, QFontInfo, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.app import create_application, create_window
from nnviz.lessons.schema import LessonSpec, StepSpec
from nnviz.ui.stage.stage_window import StageWindow
from nnviz.ui.stage.veil import Tool
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import small_experiment

FOUR = ("network", "boundary", "loss", "score")


def step(window: MainWindow, epochs: int = 1) -> None:
    for _ in range(epochs):
        window.controller.step_epoch()
        window.controller.wait_idle()
    settle()


def settle() -> None:
    """Let everything be shown, also what is painted beside the GUI thread."""
    for _ in range(4):
        QApplication.processEvents()
        QThreadPool.globalInstance().waitForDone()
    QApplication.processEvents()


def until_shown(window: MainWindow, epoch: int) -> None:
    """Let events run until the window shows an epoch; after ten seconds it never will."""
    loop, limit = QEventLoop(), QTimer(interval=10_000, singleShot=True)
    limit.timeout.connect(loop.quit)
    limit.start()
    while window.epoch != epoch and limit.isActive():
        loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    limit.stop()
    assert window.epoch == epoch


def stage_of(window: MainWindow) -> StageWindow:
    stage = window.stage.presentation.stage
    assert stage is not None
    return stage


def key(window: MainWindow, which: Qt.Key) -> None:
    """Press a key while the stage has the keyboard."""
    QTest.keyClick(stage_of(window), which)
    settle()


def picture(window: MainWindow) -> QImage:
    settle()
    return stage_of(window).grab().toImage()


def places(window: MainWindow) -> dict[str, QRect]:
    return {name: dock.geometry() for name, dock in window.docks.items() if dock.isVisible()}


def opens_on_the_other_screen(window: MainWindow) -> None:
    """F11 leaves the main window as it is; the console comes, and goes again with all that was there."""
    area = window.diagram_area
    area.diagram.select((1, 1))
    window.actions_.try_input.trigger()
    before = (window.theme, places(window), area.diagram.selected, area.probe.isVisible())
    window.actions_.projector.trigger()
    wall = QApplication.screens()[1]
    stage = stage_of(window)
    assert QApplication.screenAt(stage.geometry().center()) is wall
    assert stage.geometry() == wall.geometry()
    assert not window.isFullScreen()
    assert window.menuBar().isVisible()
    assert window.docks["console"].isVisible()
    window.actions_.projector.trigger()
    QApplication.processEvents()
    assert window.stage.presentation.stage is None
    assert not window.docks["console"].isVisible()
    assert not window.actions_.projector.isChecked()
    after = (window.theme, places(window), area.diagram.selected, area.probe.isVisible())
    assert after == before
    window.actions_.try_input.trigger()
    area.diagram.select(None)


def follows_and_freezes(window: MainWindow) -> None:
    """Every view has the frame of the main window, until the stage is frozen."""
    window.actions_.projector.trigger()
    stage, led, tiles = stage_of(window), window.stage.presentation, ("network", "boundary")
    step(window)
    assert {stage.tile(name)._frame.epoch for name in tiles} == {window.epoch}
    held = picture(window)
    key(window, Qt.Key.Key_F)
    assert led.is_frozen
    assert window.stage.console.freeze.isChecked()
    step(window, 2)
    assert picture(window) == held
    assert stage.tile("boundary")._frame.epoch == window.epoch - 2
    window.stage.console.freeze.click()
    assert not led.is_frozen
    QApplication.processEvents()
    assert stage.tile("boundary")._frame.epoch == window.epoch
    assert picture(window) != held


def blanks(window: MainWindow) -> None:
    """A period blanks from either window, B from stage and console; the main window's B does not."""
    middle = QPoint(960, 540)
    for press in (
        lambda: QTest.keyClick(window, Qt.Key.Key_Period),
        lambda: key(window, Qt.Key.Key_Period),
        lambda: QTest.keyClick(window.stage.console, Qt.Key.Key_B),
        lambda: key(window, Qt.Key.Key_B),
    ):
        press()
        colours = {picture(window).pixelColor(x, 30).name() for x in range(0, 1920, 7)}
        assert colours == {"#000000"}
        press()
        assert picture(window).pixelColor(middle) != QColor("#000000")


def spotlights_and_draws(window: MainWindow) -> None:
    """The mouse leads both over the stage, and over its picture on the console."""
    led, stage, console = window.stage.presentation, stage_of(window), window.stage.console
    bright = picture(window)
    console.spotlight.click()
    QTest.mouseMove(stage.veil, QPoint(300, 800))
    lit = picture(window)
    assert lit.pixelColor(300, 800) == bright.pixelColor(300, 800)
    assert lit.pixelColor(1400, 20).lightness() < bright.pixelColor(1400, 20).lightness()
    small = console.thumbnail
    QTest.mouseMove(small, small.rect().center())
    spot = stage.veil.spot
    assert spot is not None
    assert abs(spot.x() - 0.5) < 0.02
    assert abs(spot.y() - 0.5) < 0.02
    console.pen.click()
    assert led.tool is Tool.PEN
    QTest.mousePress(stage.veil, Qt.MouseButton.LeftButton, pos=QPoint(200, 300))
    for x in range(210, 420, 10):
        stage.veil.point(QPointF(x / stage.width(), 300 / stage.height()), pressed=True)
    QTest.mouseRelease(stage.veil, Qt.MouseButton.LeftButton, pos=QPoint(410, 300))
    console.pen.click()
    drawn = picture(window)
    assert drawn.pixelColor(300, 300) == stage.theme.colour("warning")
    console.wipe.click()
    assert picture(window) == bright
    assert stage.veil.isHidden()


def zooms_by_number(window: MainWindow) -> None:
    """A number shows one view alone, 0 or the same number all."""
    led, stage = window.stage.presentation, stage_of(window)
    led.choose(FOUR)
    for pressed, shown in ((Qt.Key.Key_3, ("loss",)), (Qt.Key.Key_2, ("boundary",)), (Qt.Key.Key_0, FOUR)):
        key(window, pressed)
        assert stage.shown == shown
        assert tuple(name for name in FOUR if stage.tile(name).isVisible()) == shown
    key(window, Qt.Key.Key_3)
    key(window, Qt.Key.Key_3)
    assert stage.shown == FOUR
    assert stage.tile("loss")._frame is window.controller.frame


def has_type_for_the_last_row(window: MainWindow) -> None:
    """The smallest text on a stage is 2.2 % of its height, 1.9 % with four views, on every screen, light or dark."""
    heights: list[float] = []
    write = QPainter.drawText

    def noted(painter: QPainter, *args: object) -> object:
        if any(isinstance(arg, str) and arg.strip() for arg in args):
            heights.append(QFontInfo(painter.font()).pixelSize())
        return write(painter, *args)

    led, stage = window.stage.presentation, stage_of(window)
    led.show_text("What the step of a lesson says is read from the last row, too.")
    QPainter.drawText = noted  # type: ignore[assignment, method-assign]
    try:
        for width, height in ((1024, 768), (1920, 1080), (3840, 2160)):
            for views, least in ((("network",), 0.022), (("network", "boundary"), 0.022), (FOUR, 0.019)):
                led.choose(views)
                stage.resize(width, height)
                led.toggle_dark()
                QApplication.processEvents()
                heights.clear()
                for part in (stage.figures, stage.caption, *map(stage.tile, views)):
                    part.resize(part.width() + 1, part.height())
                stage.grab()
                assert len(heights) > 10
                # Fonts have whole pixels.
                assert min(heights) + 0.5 >= least * height, (width, views, min(heights) / height)
    finally:
        QPainter.drawText = write  # type: ignore[method-assign]
    led.show_text("")
    stage.setGeometry(QApplication.screens()[1].geometry())


def walks_with_a_clicker(window: MainWindow) -> None:
    """PgDn trains an epoch and PgUp shows the one before, from either window; nothing is lost by it."""
    led = window.stage.presentation
    led.choose(("network", "boundary"))
    epoch = window.epoch
    key(window, Qt.Key.Key_PageDown)
    window.controller.wait_idle()
    assert window.epoch == epoch + 1
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    window.controller.wait_idle()
    assert window.epoch == epoch + 2
    key(window, Qt.Key.Key_PageUp)
    until_shown(window, epoch + 1)
    QApplication.processEvents()
    assert stage_of(window).tile("boundary")._frame.epoch == epoch + 1
    window.actions_.past.present.trigger()
    until_shown(window, epoch + 2)


def shows_what_a_lesson_speaks_of(window: MainWindow) -> None:
    """The view that a step points at comes, a ring stands round the very thing, and what is selected is marked."""
    led, played, stage = window.stage.presentation, window.lessons.played, stage_of(window)
    texts = ("loss", "unit 1.2", "point 0 0", "learning_rate", "figures")
    steps = [StepSpec(say=text, point=text) for text in texts]
    steps[3] = StepSpec(say="answers", do=["show answers"], point="learning_rate")
    played.open(
        LessonSpec(title="Looks", summary="Where one looks.", experiment=small_experiment(), steps=steps), "looks"
    )
    window.controller.wait_idle()
    settle()
    assert window.stage.pointer is not None
    ring = window.stage.pointer.ring
    assert ring is not None
    seen = []
    for number in range(len(steps)):
        played.enter(number)
        settle()
        ring.place()
        seen.append((stage.shown, ring.geometry() if ring.isVisible() else None))
    both, network = ("network", "boundary"), stage.tile("network")
    assert [views for views, _ in seen] == [("loss", "boundary"), both, both, ("answers", "boundary"), both]
    loss, unit, point, nothing, figures = (place for _, place in seen)
    assert loss.contains(stage.tile("loss").geometry().center())
    centre = network.geometry_.unit_rect((1, 1)).center().toPoint() + network.pos()
    assert unit.contains(centre)
    assert unit.height() < network.height() / 2
    axes = stage.tile("boundary").axes
    assert point.contains(axes.point(0.0, 0.0).toPoint() + stage.tile("boundary").pos())
    assert nothing is None
    assert figures.top() == 0
    played.enter(1)
    led.toggle_black()
    assert not ring.isVisible()
    led.toggle_black()
    assert ring.isVisible()
    # What a speaker chooses stays, and so does a frozen stage.
    led.choose(("boundary",))
    assert stage.shown == ("boundary",)
    led.toggle_frozen()
    played.enter(0)
    assert stage.shown == ("boundary",)
    led.toggle_frozen()
    assert stage.shown == ("loss",)
    led.choose(both)
    window.diagram_area.diagram.select((1, 1))
    assert network.marked == (1, 1)
    window.diagram_area.diagram.select(None)
    assert network.marked is None
    played.close()
    settle()
    assert not ring.isVisible()


def survives_a_screen_that_goes(window: MainWindow) -> None:
    """Pulled out while presenting, the stage closes and says so; nothing else changes."""
    said: list[str] = []
    window.controller.message.connect(lambda _severity, sentence: said.append(sentence))
    epoch, (desk, wall) = window.epoch, QApplication.screens()
    application, led = QApplication.instance(), window.stage.presentation
    assert isinstance(application, QApplication)
    stage_of(window).resize(800, 600)
    wall.geometryChanged.emit(wall.geometry())
    assert stage_of(window).geometry() == wall.geometry()
    application.screenRemoved.emit(wall)
    assert led.stage is None
    assert not window.docks["console"].isVisible()
    # Where the laptop's own screen goes, the window comes to the one with the stage.
    window.actions_.projector.trigger()
    application.screenRemoved.emit(desk)
    assert led.stage is None
    # A stage in a window of its own is on no screen that could go.
    led.present(None)
    application.screenRemoved.emit(wall)
    assert led.stage is not None
    led.leave()
    assert len(said) == 2
    assert window.epoch == epoch


def main() -> None:
    """Go through all of it in one window."""
    application = create_application(["two screens"])
    window = create_window(small_experiment(), theme="light")
    window.resize(1280, 720)
    window.controller.wait_idle()
    for check in (
        opens_on_the_other_screen,
        follows_and_freezes,
        blanks,
        spotlights_and_draws,
        zooms_by_number,
        has_type_for_the_last_row,
        walks_with_a_clicker,
        shows_what_a_lesson_speaks_of,
        survives_a_screen_that_goes,
    ):
        check(window)
        print(check.__name__, flush=True)
    window.close()
    application.processEvents()


if __name__ == "__main__":
    main()
