"""A small experiment and a window on it, for the tests of the window and its views."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from nnviz.app import create_window
from nnviz.experiment import Experiment
from nnviz.experiment.document import Document
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.ui.window.main_window import MainWindow
from tests.ui.translation_marks import Marking

#: Windows, menus and pop-ups of half a dozen closed main windows.
MOST_TOP_LEVELS = 400

OpenWindow = Callable[..., MainWindow]


def small_experiment(**changes: object) -> Experiment:
    """Return an experiment that trains in no time; `changes` replace its parts."""
    parts: dict[str, object] = {
        "title": "small",
        "data": DataSpec(name="xor", parameters={"n_samples": 60}),
        "network": NetworkSpec(hidden=(LayerSpec(units=3), LayerSpec(units=2))),
        "training": TrainingSpec(learning_rate=0.02, engine="numpy"),
    }
    return Experiment(**(parts | changes))


@pytest.fixture
def open_window(qapp: QApplication) -> Iterator[OpenWindow]:
    """A function that opens a window on a small experiment and waits for its first frame."""
    opened: list[MainWindow] = []

    # Closed windows are knots that only the collector unties, and it may wait for dozens of them: with each, every
    # change of a style takes longer.
    if len(qapp.topLevelWidgets()) > MOST_TOP_LEVELS:
        gc.collect()

    def open_one(**changes: object) -> MainWindow:
        window = create_window(small_experiment(**changes), theme="light")
        window.resize(1280, 720)
        opened.append(window)
        window.controller.wait_idle()
        return window

    yield open_one
    for window in opened:
        if isValid(window):
            window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """A window on the small experiment, its first frame drawn."""
    return open_window()


def show_another(window: MainWindow, **changes: object) -> None:
    """Show another small experiment in `window`, as if a file were opened, and wait for its first frame.

    Opening a window takes longer than most of what is asked of it: cases of one test share theirs.
    """
    window.document_actions.show_document(Document(small_experiment(**changes)))
    window.controller.wait_idle()


@pytest.fixture
def marking(qapp: QApplication) -> Iterator[None]:
    """Mark every text that is translated while the test runs."""
    translator = Marking()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """All text that Python painted while the test ran."""
    texts: set[str] = set()
    draw = QPainter.drawText

    def spy(painter: QPainter, *arguments: object) -> object:
        texts.update(each for each in arguments if isinstance(each, str))
        return draw(painter, *arguments)  # type: ignore[call-overload]

    monkeypatch.setattr(QPainter, "drawText", spy)
    return texts
