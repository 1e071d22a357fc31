"""A clicker that follows a lesson to its end through the real window, doing at each step what the step waits for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnviz.lessons.files import LIBRARY
from nnviz.lessons.schema import StepSpec
from nnviz.ui.window.main_window import MainWindow

#: Waits until something is so; fails where that takes too long.
Until = Callable[[Callable[[], bool]], None]


def replay(window: MainWindow, name: str, until: Until) -> list[str]:
    """Follow a lesson that ships to its end; return what it promises and does not keep, in words."""
    lessons, lesson = window.lessons, LIBRARY[name]
    broken = []
    window.run_bar.set_speed("full")
    assert lessons.open_by_user(name)
    for number, step in enumerate(lesson.steps):
        assert lessons.played.position == number
        if step.until is not None and step.until.is_for_pupil:
            window.controller.wait_idle()
            _act(window, step)
        until(lambda: lessons.played.is_met)
        window.controller.wait_idle()
        if step.promised is not None and not step.promised.holds(lessons.played.facts()):
            broken.append(f"{name}, step {number + 1}: {step.promise}")
        _check_ring(window, step, name)
        if number < len(lesson.steps) - 1:
            _click_on(window)
    assert lessons.played.is_last
    return broken


def _click_on(window: MainWindow) -> None:
    """Press what a clicker sends until the next step begins: an open sheet is walked through first."""
    position = window.lessons.played.position
    window.setFocus()
    for _ in range(500):
        QTest.keyClick(window, Qt.Key.Key_PageDown)
        if window.lessons.played.position > position:
            return
    raise AssertionError("the clicker is stuck")


def _act(window: MainWindow, step: StepSpec) -> None:
    """Do, with the window's own controls, what a step waits for a pupil to do."""
    assert step.until is not None
    names, area = step.until.names, window.diagram_area
    if "unit_selected" in names:
        area.diagram.select(None)
        target = step.target
        unit = (target.unit.layer, target.unit.unit - 1) if target is not None and target.unit is not None else (1, 0)
        area.diagram.select(unit)
    elif "row_selected" in names:
        window.marks.set_one(("train", 2))
    elif "input_tried" in names:
        if not window.actions_.try_input.isChecked():
            window.actions_.try_input.trigger()
        area.probe.means_button.click()
    elif names & {"line_drawn", "vote_in", "curtain_lifted"}:
        _predict(window, names)
    elif "reset" in names:
        window.actions_.new_weights.trigger()
    else:
        raise AssertionError(f"nobody knows how to do {step.wait}")


def _predict(window: MainWindow, names: frozenset[str]) -> None:
    """Draw, vote, or lift the curtain without waiting for it."""
    if "line_drawn" in names:
        plot = window.boundary_view.plot
        for key in (Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Down, *[Qt.Key.Key_Return] * 2):
            QTest.keyClick(plot, key)
    elif "vote_in" in names:
        for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_1, Qt.Key.Key_0):
            QTest.keyClick(window, key)
    else:
        assert window.predict.is_lifting
        window.predict.lift()


def _check_ring(window: MainWindow, step: StepSpec, name: str) -> None:
    """What is pointed at is there, and ringed."""
    if step.target is not None:
        window.lessons.ring.place()
        assert window.lessons.ring.isVisible(), f"{name} points at {step.point}, which is not to be seen"
