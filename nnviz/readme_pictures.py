"""The pictures of the README, of the real window after real training: ``nnviz screenshot --pictures``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap

from nnviz.core.numbers import count_text
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.small_map import paint_small_map
from nnviz.experiment import load_document
from nnviz.experiment.edits import with_optimizer
from nnviz.screenshots import Scene, set_scene, trained_window, wait_until
from nnviz.sweeps.race import Entrant
from nnviz.ui.widgets.grabbing import grab_now, write_picture
from nnviz.ui.window.main_window import MainWindow

#: Epochs of the film-like strip, and its widths: of a picture, and between two of them.
FILM: Final = (0, 10, 20, 40, 80, 150)
FILM_WIDTH, FILM_GAP = 260, 8
#: Who takes part in the race.
RACERS: Final = (Entrant("sgd", 0.1), Entrant("momentum", 0.05), Entrant("rmsprop", 0.01), Entrant("adam", 0.01))

Keep = Callable[[QPixmap, str], None]


def render_readme_pictures(folder: Path) -> list[Path]:
    """Write every picture of the README to `folder`, from real windows after real training; return their paths.

    Raises
    ------
    ExperimentError
        A picture cannot be written.
    """
    written = []

    def keep(picture: QPixmap, name: str) -> None:
        write_picture(picture, folder / name)
        written.append(folder / name)

    for picture in (_of_the_window, _of_answers, _of_worked_arithmetic, _of_many_runs):
        picture(keep)
    return written


def _of_the_window(keep: Keep) -> None:
    for theme in ("light", "dark"):
        with trained_window(None, epochs=150, size=(1920, 1080), theme=theme) as window:
            if theme == "light":
                keep(grab_now(window), "window-light.png")
                keep(grab_now(window.diagram_area.diagram), "network.png")
                keep(grab_now(window.docks["boundary"]), "boundary.png")
                keep(grab_now(window.docks["loss"]), "loss.png")
                keep(film_strip(window, FILM), "film.png")
                window.boundary_view.contrast.model.show_unit((1, 2))
                window.controller.wait_idle()
                keep(grab_now(window.docks["boundary"]), "contribution.png")
            else:
                window.diagram_area.diagram.select((2, 3))
                window.controller.wait_idle()
                keep(grab_now(window), "unit-dark.png")


def _of_answers(keep: Keep) -> None:
    with trained_window(load_document("digits8x8"), epochs=30, size=(1280, 720), theme="light") as window:
        window.show_answers("rows")
        window.controller.wait_idle()
        frame = window.controller.frame
        if frame is not None and frame.answers_test is not None:
            window.marks.set(test=np.argsort(-frame.answers_test.losses)[:3])
        keep(grab_now(window), "answers.png")


def _of_worked_arithmetic(keep: Keep) -> None:
    with trained_window(load_document("source-e"), epochs=0, size=(1280, 720), theme="light") as window:
        _work_out(window)
        keep(grab_now(window), "worked.png")


def _of_many_runs(keep: Keep) -> None:
    for scene, epochs, name in ((Scene(seeds=25), 60, "wall.png"), (Scene(entrants=RACERS), 200, "race.png")):
        with trained_window(None, epochs=epochs, size=(1280, 720), theme="light", trains=False) as window:
            set_scene(window, scene, epochs)
            keep(grab_now(window), name)
    with trained_window(None, epochs=150, size=(1280, 720), theme="light", trains=False) as window:
        keep(_compared(window, 150), "two-networks.png")


def film_strip(window: MainWindow, epochs: tuple[int, ...]) -> QPixmap:
    """Return the map of a window at several past epochs, side by side, and go back to the present."""
    theme, controller = window.theme, window.controller
    font = ui_font(theme.font_size)
    above = round(1.4 * QFontMetricsF(font).height())
    strip = QPixmap(len(epochs) * (FILM_WIDTH + FILM_GAP) - FILM_GAP, FILM_WIDTH + above)
    strip.fill(theme.colour("panel"))
    with QPainter(strip) as painter:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(font)
        for number, epoch in enumerate(epochs):
            set_scene(window, Scene(at=epoch), epoch)
            left = number * (FILM_WIDTH + FILM_GAP)
            painter.setPen(theme.colour("text"))
            title = window.tr("epoch {0}").format(count_text(epoch))
            painter.drawText(QRectF(left, 0.0, FILM_WIDTH, above), Qt.AlignmentFlag.AlignCenter, title)
            if controller.frame is not None and controller.prepared is not None:
                area = QRectF(left + 0.5, above + 0.5, FILM_WIDTH - 1.0, FILM_WIDTH - 1.0)
                paint_small_map(painter, area, controller.frame, controller.prepared, theme)
    controller.timeline.go_to_present()
    controller.wait_idle()
    return strip


def _compared(window: MainWindow, epochs: int) -> QPixmap:
    """Return the window of two networks after so many epochs, the second with another optimiser."""
    window.actions_.many_runs.second.trigger()
    keeper, panel = window.second.keeper, window.second.panel
    assert keeper is not None
    assert panel is not None
    wait_until(lambda: keeper.is_settled)
    experiment = with_optimizer(keeper.experiment, "sgd")
    keeper.edit(experiment.edited(training=experiment.training.edited(learning_rate=0.1)), panel.tr("change optimiser"))
    panel.resize(1280, 720)
    window.controller.play_until(epochs)
    wait_until(lambda: keeper.is_settled and keeper.pair is not None and keeper.pair.second.epoch >= epochs)
    window.controller.wait_idle()
    return grab_now(panel)


def _work_out(window: MainWindow) -> None:
    """Open worked arithmetic with two digits, up to the first gradient of the output."""
    model = window.worked.model
    window.actions_.worked.trigger()
    model.set_digits(2)
    wait_until(lambda: model.worked is not None and model.worked.arithmetic.rounding.digits == 2)
    while model.step is not None and model.step.kind != "gradient":
        model.go_to(model.position + 1)
    QCoreApplication.processEvents()
