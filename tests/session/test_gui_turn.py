"""A training loop that holds the interpreter lock lets the GUI thread go first, and goes on where that is busy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Needs
from nnviz.session.gui_turn import Turnstile
from nnviz.session.link import Link
from nnviz.session.loop import Loop
from nnviz.session.mailbox import Go
from nnviz.session.pacing import GUI_TURN_S
from nnviz.session.report import Report
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS
from tests.session.turning import take_turns


@pytest.fixture
def turnstile(qapp: QObject) -> Iterator[Turnstile]:
    parent = QObject()
    yield Turnstile(parent)
    parent.deleteLater()


def ask(turnstile: Turnstile, answers: list[bool], timeout_s: float) -> threading.Thread:
    """Let another thread wait at the turnstile."""
    thread = threading.Thread(target=lambda: answers.append(turnstile.wait(timeout_s)))
    thread.start()
    return thread


def test_the_turnstile_opens_when_the_event_loop_comes_round(turnstile: Turnstile, qtbot: QtBot) -> None:
    for _ in range(2):
        answers: list[bool] = []
        thread = ask(turnstile, answers, 20.0)
        qtbot.waitUntil(lambda: bool(answers))  # noqa: B023
        thread.join()
        assert answers == [True]


def test_a_busy_gui_thread_is_waited_for_no_longer_than_asked(turnstile: Turnstile, qtbot: QtBot) -> None:
    answers: list[bool] = []
    # The event loop does not turn: this thread waits for the other one.
    ask(turnstile, answers, 0.005).join()
    assert answers == [False]
    # The question stands, and is answered once.
    thread = ask(turnstile, answers, 20.0)
    qtbot.waitUntil(lambda: len(answers) == 2)
    thread.join()
    assert answers == [False, True]


def test_other_events_leave_the_turnstile_shut(turnstile: Turnstile) -> None:
    turnstile.customEvent(QEvent(QEvent.Type.User))
    answers: list[bool] = []
    ask(turnstile, answers, 0.005).join()
    assert answers == [False]


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
def test_only_an_engine_that_holds_the_interpreter_yields(experiment: Experiment, engine: str) -> None:
    waited: list[float] = []

    def let_gui_work(timeout_s: float) -> bool:
        waited.append(timeout_s)
        return len(waited) % 2 == 0

    run = Run(
        experiment.edited(training=experiment.training.edited(engine=engine)),
        Needs(planes={}, unit_maps=False, points=False),
        SPEEDS["full"],
    )
    link = Link(1, let_gui_work=let_gui_work)

    def until_epoch_60(report: Report) -> None:
        link.want_frame.set()
        if report.frame is not None and report.frame.epoch >= 60:
            link.stop.set()

    link.want_frame.set()
    run.mailbox.post(Go())
    deliver: Callable[[Report], None] = until_epoch_60
    take_turns(Loop(run, link, deliver), run, link)
    assert set(waited) == ({GUI_TURN_S} if engine == "numpy" else set())
