"""Answers of runs that a test holds back, to let them come when something else has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from PySide6.QtCore import QCoreApplication

from nnviz.session.runs.laboratory import Laboratory

Answers = list[Callable[[], None]]


@contextmanager
def held_back(lab: Laboratory) -> Iterator[Answers]:
    """Hold back whatever runs are asked for in between: it is made at once, and comes when it is called."""
    held: Answers = []
    ask = lab.ask

    def hold(run_id: int, function: Callable[[Any], Any], *more: Any) -> Future[Any]:
        answer, late = ask(run_id, function, *more), Future[Any]()
        result = answer.result(20)
        held.append(lambda: late.set_result(result))
        return late

    with patch.object(lab, "ask", hold):
        yield held


def let_come(answers: Answers) -> None:
    """Let them come, and what is made of them be done."""
    assert answers
    for answer in answers:
        answer()
    for _ in range(3):
        QCoreApplication.processEvents()
