"""Questions to a run: asked at once, then as seldom as they are dear, and never of a run that is gone."""

from concurrent.futures import Future

import pytest
from PySide6.QtCore import QCoreApplication, QObject

from nnviz.session.questions import SHARE, Question


class Asked:
    """A controller that keeps what is asked of it until it is told to answer."""

    def __init__(self):
        self.run_id, self.is_training, self.pending = 1, True, []

    def request(self, function):
        answer = Future()
        self.pending.append((function, answer))
        return answer

    def reply(self, run="run"):
        function, answer = self.pending.pop(0)
        try:
            answer.set_result(function(run))
        except Exception as error:
            answer.set_exception(error)
        QCoreApplication.processEvents()


@pytest.fixture
def asked(qapp):
    owner, controller, now, heard = QObject(), Asked(), [0.0], []
    question = Question(controller, lambda run: run, owner, clock=lambda: now[0])
    question.answered.connect(heard.append)
    yield question, controller, now, heard
    question.forget()


def test_it_is_asked_once_at_a_time_and_again_after_a_pause(asked):
    question, controller, now, heard = asked
    question.ask()
    question.ask()
    assert len(controller.pending) == 1
    controller.reply("first")
    # What came meanwhile is asked once the answer is old enough.
    assert (heard, len(controller.pending)) == (["first"], 0)
    assert question.is_open
    now[0] += 1.01
    question._go()
    controller.reply("second")
    assert heard == ["first", "second"]
    assert not question.is_open


def test_a_dear_answer_is_asked_for_seldom(asked, monkeypatch):
    question, controller, now, heard = asked
    monkeypatch.setattr("nnviz.session.questions._timed", lambda function, run: (function(run), 0.1))
    question.ask()
    controller.reply()
    question.ask()
    now[0] = 0.1 / SHARE - 0.01
    question._go()
    assert controller.pending == []
    now[0] = 0.1 / SHARE + 0.01
    question._go()
    assert len(controller.pending) == 1
    controller.reply()
    # Somebody who wants to know something else does not wait, and what was asked before is not told.
    question.ask_now()
    question.ask_now()
    assert len(controller.pending) == 2
    controller.reply("old")
    assert heard[-1] == "run"
    controller.reply("new")
    assert heard[-1] == "new"


def test_no_answer_comes_of_a_run_that_is_gone_or_of_what_is_forgotten(asked):
    question, controller, _now, heard = asked
    question.ask()
    controller.run_id = 2
    question.ask()
    assert len(controller.pending) == 2, "the first run may never answer"
    controller.reply("gone")
    controller.reply("shown")
    assert heard == ["shown"]
    question.ask_now()
    question.forget()
    controller.reply("late")
    assert heard == ["shown"]


def test_a_fault_is_an_answer(asked):
    question, controller, _now, heard = asked
    question.function = lambda _run: 1 / 0
    question.ask()
    controller.reply()
    assert isinstance(heard[0], ZeroDivisionError)
