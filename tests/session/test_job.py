"""Work in a thread of its own: what comes of it arrives in the GUI thread, unless nobody wants it any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nnviz.core.errors import DataError
from nnviz.session.job import Job, Work

Start = Callable[[Work], Job]


class Heard(QObject):
    """Notes what a job tells, and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, object]] = []
        self.threads: set[threading.Thread] = set()

    def listen(self, job: Job) -> None:
        job.progressed.connect(self.on_progressed)
        job.succeeded.connect(self.on_succeeded)
        job.failed.connect(self.on_failed)

    def on_progressed(self, share: object) -> None:
        self._note("progressed", share)

    def on_succeeded(self, result: object) -> None:
        self._note("succeeded", result)

    def on_failed(self, error: object) -> None:
        self._note("failed", error)

    def _note(self, what: str, value: object) -> None:
        self.told.append((what, value))
        self.threads.add(threading.current_thread())


@pytest.fixture
def heard(qapp: QObject) -> Heard:
    return Heard()


@pytest.fixture
def start(heard: Heard) -> Iterator[Start]:
    jobs: list[Job] = []

    def begin(work: Work) -> Job:
        job = Job(work, heard)
        heard.listen(job)
        jobs.append(job)
        job.start()
        return job

    yield begin
    for job in jobs:
        job.cancel()


def test_a_result_arrives_in_the_gui_thread(start: Start, heard: Heard, qtbot: QtBot) -> None:
    worked_in: list[threading.Thread] = []

    def work(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> int:
        worked_in.append(threading.current_thread())
        return 42

    job = start(work)
    qtbot.waitUntil(lambda: bool(heard.told))
    assert heard.told == [("succeeded", 42)]
    assert heard.threads == {threading.main_thread()}
    assert worked_in != [threading.main_thread()]
    assert not job.is_running


def test_an_error_arrives_as_it_was_raised(start: Start, heard: Heard, qtbot: QtBot) -> None:
    error = DataError("a.csv is empty.")

    def work(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> None:
        raise error

    start(work)
    qtbot.waitUntil(lambda: bool(heard.told))
    assert heard.told == [("failed", error)]


def test_progress_is_told_while_the_event_loop_keeps_turning(start: Start, heard: Heard, qtbot: QtBot) -> None:
    enough = threading.Event()

    def work(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> str:
        while not enough.is_set() and not cancelled():
            progress(0.5)
        return "done"

    start(work)
    qtbot.waitUntil(lambda: len(heard.told) >= 3)
    enough.set()
    qtbot.waitUntil(lambda: heard.told[-1] == ("succeeded", "done"))
    assert set(heard.told[:-1]) == {("progressed", 0.5)}


def test_after_cancelling_nothing_is_told(start: Start, heard: Heard, qtbot: QtBot) -> None:
    begun = threading.Event()

    def work(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> str:
        begun.set()
        while not cancelled():
            pass
        return "too late"

    job = start(work)
    qtbot.waitUntil(begun.is_set)
    job.cancel()
    assert not job.is_running
    qtbot.wait(1)
    assert heard.told == []
