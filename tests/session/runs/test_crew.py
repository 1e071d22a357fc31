"""Who gets the next turn, how many threads there are, and how they end: with a clock of the test's own where it can."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from nnviz.session.runs.crew import Crew, Member, Turn

WITHIN_S = 10.0


def nothing() -> None:
    """Nobody wants to know that a member is gone."""


@pytest.fixture
def crew() -> Iterator[Crew]:
    crew, joined = Crew(1), []
    crew.members = joined  # type: ignore[attr-defined]
    yield crew
    crew.leave(joined)
    crew.wait_left(joined)
    assert crew.n_threads == 0


@pytest.fixture
def join(crew: Crew) -> Callable[[Turn], Member]:
    def join(turn: Turn) -> Member:
        member = Member(turn, nothing)
        crew.members.append(member)  # type: ignore[attr-defined]
        crew.join(member)
        return member

    return join


class Work:
    """Something to take turns at; it says when it has had its first, and rests once it is told to."""

    def __init__(self, delay_s: float | None = None) -> None:
        self.turns, self.delay_s = 0, delay_s
        self.began = threading.Event()

    def turn(self) -> float | None:
        self.turns += 1
        self.began.set()
        return self.delay_s


class Blocked(Work):
    """Its turn lasts until the test lets it end."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def turn(self) -> float | None:
        super().turn()
        assert self.go_on.wait(WITHIN_S)
        return None


def test_a_member_that_rests_has_a_turn_when_it_is_roused(crew: Crew, join: Callable[[Turn], Member]) -> None:
    work = Work()
    member = join(work.turn)
    assert work.began.wait(WITHIN_S)
    for _ in range(50):
        work.began.clear()
        crew.rouse(member)
        assert work.began.wait(WITHIN_S)
    assert work.turns >= 51


def test_a_member_that_wants_to_go_on_later_does(join: Callable[[Turn], Member]) -> None:
    times, third = [], threading.Event()

    def turn() -> float | None:
        times.append(len(times))
        if len(times) < 3:
            return 0.005
        third.set()
        return None

    join(turn)
    assert third.wait(WITHIN_S)


def test_there_are_no_more_threads_than_hands_however_many_members(crew: Crew, join: Callable[[Turn], Member]) -> None:
    works = [Work() for _ in range(100)]
    members = [join(work.turn) for work in works]
    for work in works:
        assert work.began.wait(WITHIN_S)
    for member in members:
        crew.rouse(member)
    assert crew.n_threads == 1


def test_who_steps_aside_lets_another_thread_work(crew: Crew, join: Callable[[Turn], Member]) -> None:
    reading, go_on, other = threading.Event(), threading.Event(), Work()

    def turn() -> float | None:
        with crew.away(member):
            reading.set()
            assert go_on.wait(WITHIN_S)
        return None

    member = Member(turn, nothing)
    crew.members.append(member)  # type: ignore[attr-defined]
    crew.join(member)
    assert reading.wait(WITHIN_S)
    join(other.turn)
    assert other.began.wait(WITHIN_S)
    go_on.set()


def test_a_run_that_comes_to_the_front_does_not_wait_for_a_turn_of_another(
    crew: Crew, join: Callable[[Turn], Member]
) -> None:
    slow, quick = Blocked(), Work()
    join(slow.turn)
    assert slow.began.wait(WITHIN_S)
    member = join(quick.turn)
    assert not quick.began.wait(0.01)
    crew.prefer(member, first=True)
    assert quick.began.wait(WITHIN_S)
    slow.go_on.set()


def test_the_foreground_has_most_of_a_busy_thread_and_nobody_starves() -> None:
    now = [0.0]
    crew = Crew(1, clock=lambda: now[0])
    order: list[int] = []

    def turn_of(number: int, length_s: float) -> Turn:
        def turn() -> float | None:
            order.append(number)
            now[0] += length_s
            return 0.0 if len(order) < 160 else None

        return turn

    # The first one keeps the thread until all are there.
    gate = Blocked()
    members = [Member(gate.turn, nothing), *(Member(turn_of(number, 0.02), nothing) for number in range(3))]
    members[1].is_first = True
    for member in members:
        crew.join(member)
        assert gate.began.wait(WITHIN_S)
    gate.go_on.set()
    while len(order) < 160:
        threading.Event().wait(0.001)
    crew.leave(members)
    crew.wait_left(members)
    counts = [order[:150].count(number) for number in range(3)]
    assert counts[0] == pytest.approx(90, abs=3)
    assert counts[1] == pytest.approx(30, abs=3)
    assert order[0] == 0


def test_the_end_waits_for_a_turn_and_says_so_once(crew: Crew) -> None:
    gone: list[str] = []
    busy, idle = Blocked(), Work()
    busy_member = Member(busy.turn, lambda: gone.append("busy"))
    idle_member = Member(idle.turn, lambda: gone.append("idle"))
    crew.join(busy_member)
    assert busy.began.wait(WITHIN_S)
    crew.join(idle_member)
    crew.leave([idle_member, busy_member])
    assert gone == ["idle"]
    threading.Timer(0.02, busy.go_on.set).start()
    crew.wait_left([idle_member, busy_member])
    assert gone == ["idle", "busy"]
    assert (idle.turns, crew.n_threads) == (0, 0)


def test_a_crew_that_is_empty_has_no_threads_and_comes_back(crew: Crew, join: Callable[[Turn], Member]) -> None:
    for _ in range(3):
        work = Work()
        member = join(work.turn)
        assert work.began.wait(WITHIN_S)
        crew.leave([member])
        crew.wait_left([member])
        assert crew.n_threads == 0


def test_a_member_is_waited_for_until_it_has_told_that_it_is_gone(crew: Crew) -> None:
    work, begins, may_end, told = Blocked(), threading.Event(), threading.Event(), []

    def tell() -> None:
        begins.set()
        assert may_end.wait(WITHIN_S)
        told.append("gone")

    member = Member(work.turn, tell)
    crew.join(member)
    assert work.began.wait(WITHIN_S)
    crew.leave([member])
    work.go_on.set()
    assert begins.wait(WITHIN_S)
    # What it is told with, such as an object of Qt's, must not go before that.
    assert member.is_busy
    may_end.set()
    crew.wait_left([member])
    assert told == ["gone"]
    assert not member.is_busy
