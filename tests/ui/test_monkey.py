"""Two hundred random deeds leave the window whole; `tests/benchmarks/monkey.py` does as many as there is time for."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnviz.ui.window.main_window import MainWindow
from tests.ui.monkey import FaultError, Monkey, random_steps, write_files

#: Offscreen windows have no order, and nobody else has the keyboard.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

SEED = 15
ACTIONS = 220


def test_random_deeds_leave_the_window_whole(window: MainWindow, tmp_path: Path) -> None:
    write_files(tmp_path)
    monkey = Monkey(window, tmp_path, is_thrifty=True)
    with monkey.watching():
        for number, step in enumerate(random_steps(SEED, ACTIONS), start=1):
            try:
                monkey.do(step)
            except Exception as error:
                raise AssertionError(f"seed {SEED}, step {number}, {step}") from error
        monkey.end()


def test_the_monkey_notices_what_goes_wrong(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkey = Monkey(window, tmp_path)

    def fail(_frame: object) -> None:
        raise ValueError("cannot be drawn")

    monkeypatch.setattr(window.loss_view, "show_frame", fail)
    with monkey.watching():
        window.controller.step_epoch()
        with pytest.raises(FaultError, match="cannot be drawn"):
            monkey.do(("rest", 0))
    monkey.faults.clear()
    monkeypatch.undo()
    # A document that changes behind the back of Undo.
    window.state._experiment = window.state.experiment.edited(title="other")
    with monkey.watching(), pytest.raises(FaultError, match="differs from the beginning: title"):
        monkey.do(("to the bottom", 0))


def test_a_shorter_series_is_the_beginning_of_a_longer_one() -> None:
    assert random_steps(3, 40) == random_steps(3, 100)[:40]
    assert random_steps(3, 40) != random_steps(4, 40)
    assert {name for name, _ in random_steps(0, 3000)} == set(Monkey.STEPS)
