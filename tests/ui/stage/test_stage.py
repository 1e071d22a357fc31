"""The stage: on a second screen, in a program of its own, and what needs no screen at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import DARK, PROJECTED_SHARE, THEMES
from nnviz.experiment.frame import Frame
from nnviz.ui.stage.answers_tile import AnswersTile
from nnviz.ui.stage.audience_look import SHARE_OF_FOUR, audience_theme, places_of
from nnviz.ui.stage.console import Console
from nnviz.ui.stage.presentation import Presentation
from nnviz.ui.stage.stage_window import StageWindow
from tests.ui.stage.monitors import is_possible, x_server

ROOT = Path(__file__).parents[3]


def _platform(folder: Path, *sizes: tuple[int, int]) -> str:
    """Return Qt's offscreen platform with so many screens beside each other."""
    left, screens = 0, []
    for number, (width, height) in enumerate(sizes):
        look = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        screens.append({"name": f"screen {number}", "x": left, "y": 0, "width": width, "height": height, **look})
        left += width
    path = folder / "screens.json"
    path.write_text(json.dumps({"windowFrameMargins": False, "screens": screens}))
    return f"offscreen:configfile={path}"


def test_on_two_screens_all_that_a_speaker_does_reaches_the_wall_and_nothing_is_lost(tmp_path: Path) -> None:
    platform = _platform(tmp_path, (1280, 720), (1920, 1080))
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.stage.two_screens"],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": platform},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.split()) == 9


@pytest.mark.skipif(not is_possible(), reason="there is no X server to start")
def test_screens_really_come_and_go_while_presenting_at_twice_the_scale() -> None:
    with x_server(1280, 720) as display:
        done = subprocess.run(
            [sys.executable, "-m", "tests.ui.stage.unplugged"],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": display, "QT_SCALE_FACTOR": "2"},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == ["presents", "at", "2.0", "unplugged"]


@pytest.mark.parametrize("height", [480, 768, 1080, 2160])
@pytest.mark.parametrize(("n_views", "share"), [(1, PROJECTED_SHARE), (2, PROJECTED_SHARE), (4, SHARE_OF_FOUR)])
def test_type_keeps_its_share_of_every_screen(height: int, n_views: int, share: float) -> None:
    for dark in (False, True):
        theme = audience_theme(height, n_views, dark=dark)
        assert theme.dark == dark
        assert theme.small_font_size / 0.75 == pytest.approx(share * height)
        assert theme.line_width / THEMES[theme.name].line_width == pytest.approx(theme.enlarged)


def test_four_views_stand_in_two_rows() -> None:
    assert places_of(1) == [(0, 0)]
    assert places_of(2) == [(0, 0), (0, 1)]
    assert places_of(4) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_the_timer_counts_only_while_it_runs(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    seconds = 100.0
    console = Console(Presentation(window, dict), DARK, lambda: seconds)
    qtbot.addWidget(console)
    console.run_timer.click()
    seconds = 165.0
    console.run_timer.click()
    seconds = 500.0
    console.tick()
    assert console.timer.text() == "1:05"
    console.run_timer.click()
    seconds = 510.0
    console.tick()
    assert console.timer.text() == "1:15"
    console.reset_timer.click()
    assert console.timer.text() == "0:00"
    console.show_step("", "")
    assert console.next_heading.isHidden()
    console.show_step("what follows", "what to say")
    assert (console.next_step.text(), console.notes.text()) == ("what follows", "what to say")


def test_a_stage_takes_its_share_of_painting_and_shows_the_last_frame(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    seconds = spent = 0.0
    led = Presentation(window, dict, lambda: seconds, lambda: spent)
    stage = SimpleNamespace(spent_s=0.0, shown=[])
    stage.show_frame = stage.shown.append
    led.stage = cast("StageWindow", stage)
    for number in range(10):
        # The main window needs 20 ms for each frame, the stage 25 ms for each that it shows.
        frame = SimpleNamespace(is_moving=number < 9, number=number)
        before = len(stage.shown)
        led.show_frame(cast("Frame", frame))
        came = len(stage.shown) - before
        seconds, spent, stage.spent_s = seconds + 0.2, spent + 0.020 + 0.025 * came, stage.spent_s + 0.025 * came
    assert [frame.number for frame in stage.shown] == [0, 4, 8, 9]
    # However little it takes, nobody far away follows more than some pictures a second.
    stage.spent_s, before = 0.0, len(stage.shown)
    for _ in range(8):
        seconds, spent = seconds + 0.01, spent + 1.0
        led.show_frame(cast("Frame", SimpleNamespace(is_moving=True)))
    assert len(stage.shown) - before == 1
    led.stage = None


def test_without_a_stage_nothing_of_it_happens(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    led = Presentation(window, dict)
    led.toggle_black()
    led.toggle_frozen()
    led.zoom(2)
    led.wipe()
    led.leave()
    assert not led.is_black
    assert not led.is_frozen
    assert led.stage is None


def test_an_empty_canvas_has_no_answers_to_show(qtbot: QtBot) -> None:
    tile, image = AnswersTile(THEMES["light"]), QImage(80, 60, QImage.Format.Format_RGB32)
    qtbot.addWidget(tile)
    image.fill(0)
    nothing: Any = SimpleNamespace(task="classification", shown_parts=())
    painter = QPainter(image)
    tile.paint(painter, QRectF(0, 0, 80, 60), nothing, nothing)
    painter.end()
    assert image.pixel(40, 30) & 0xFFFFFF == 0
