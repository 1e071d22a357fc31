"""The training threads of this process: any of them takes the next turn of any run, the foreground's first.

There is one thread fewer than there are cores, because the window needs one as well. A turn is some 20 ms of one run,
or longer where data are read or a compiler is waited for: whoever does that steps aside, and another thread takes its
place as long as it lasts. Nothing here knows Qt.
"""

from __future__ import annotations

import itertools
import math
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

Turn: TypeAlias = Callable[[], float | None]
"""Does what is next and returns after how many seconds there is more: 0: at once, None: once it is roused."""

#: What a second of the foreground run counts beside one of another: it gets three quarters of a busy thread.
FOREGROUND_COST: Final = 1 / 3

_numbers = itertools.count(1)


class Member:
    """One run's place in the crew. Its fields belong to the crew and are read and written under its lock.

    Parameters
    ----------
    turn : callable
        See `Turn`; called by one thread at a time.
    on_gone : callable
        Called once after the last turn, in whichever thread that was or that let it go.
    """

    def __init__(self, turn: Turn, on_gone: Callable[[], None]) -> None:
        self.turn = turn
        self.on_gone = on_gone
        self.is_first = self.is_leaving = self.is_absent = False
        # Who is at it now.
        self.hand: threading.Thread | None = None
        self.is_roused, self.has_slept = True, True
        self.due_s = math.inf
        self.cost_s = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether a turn is being taken."""
        return self.hand is not None

    def forget(self) -> None:
        """Hold on to nothing, after the last turn."""
        self.turn, self.on_gone = _no_turn, _nothing


def _no_turn() -> None:
    """There is none any more."""


def _nothing() -> None:
    """Nobody is to be told."""


class Crew:
    """Threads that take turns at runs. They come with the first run and end with the last.

    Parameters
    ----------
    n_hands : int or None
        Threads at work at the same time; None: one fewer than there are cores, at least one.
    clock : callable
        Seconds, monotonic.

    Attributes
    ----------
    n_hands : int
    """

    def __init__(self, n_hands: int | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        self.n_hands = n_hands or max((os.cpu_count() or 1) - 1, 1)
        self._clock = clock
        self._changed = threading.Condition()
        self._members: list[Member] = []
        self._hands: set[threading.Thread] = set()
        self._ending: set[threading.Thread] = set()
        self._n_idle = self._n_absent = 0
        self._cost_s = 0.0

    @property
    def n_threads(self) -> int:
        """Threads there are now, those included that have stepped aside."""
        return len(self._hands)

    def join(self, member: Member) -> None:
        """Take turns at `member` from now on."""
        with self._changed:
            self._members.append(member)
            self._call()

    def rouse(self, member: Member) -> None:
        """Let `member` have a turn soon: something has happened to it."""
        with self._changed:
            member.is_roused = True
            self._call()

    def prefer(self, member: Member, *, first: bool) -> None:
        """Let `member` go first, or no longer; whoever is at another one may take as long as it takes for that."""
        with self._changed:
            member.is_first = first
            for other in self._members if first else ():
                if other.is_busy and other is not member:
                    self._step_aside(other)

    def leave(self, members: Iterable[Member]) -> None:
        """Take no more turns at `members`; one that is being taken goes on."""
        gone = []
        with self._changed:
            for member in members:
                member.is_leaving = True
                if not member.is_busy and member in self._members:
                    self._members.remove(member)
                    gone.append(member)
            self._changed.notify_all()
        for member in gone:
            member.on_gone()

    def wait_left(self, members: Iterable[Member], timeout_s: float | None = None) -> None:
        """Return once none of `members`, which are leaving, has a turn; without any member the threads end too.

        A turn that takes longer than `timeout_s` is not waited for: `write_off` says whose thread that is.
        """
        awaited = list(members)
        with self._changed:
            in_time = self._changed.wait_for(lambda: not any(member.is_busy for member in awaited), timeout_s)
            hands = [*self._hands, *self._ending] if in_time and not self._members else []
        for hand in hands:
            hand.join()

    def write_off(self, member: Member) -> threading.Thread | None:
        """Give up the thread that is at `member`, for it may never come back; it ends when it does.

        Returns
        -------
        threading.Thread or None
            That thread; None where there is none.
        """
        self.leave([member])
        with self._changed:
            hand = member.hand
            if hand is not None:
                self._step_back(member)
                self._hands.discard(hand)
                if member in self._members:
                    self._members.remove(member)
                self._call()
                self._changed.notify_all()
        return hand

    def pass_by(self, member: Member) -> None:
        """Let another thread work as long as this turn of `member` takes: it takes long."""
        with self._changed:
            if member.is_busy:
                self._step_aside(member)

    @contextmanager
    def away(self, member: Member) -> Iterator[None]:
        """Let another thread work as long as this turn of `member` does something that takes its time."""
        with self._changed:
            self._step_aside(member)
        try:
            yield
        finally:
            with self._changed:
                self._step_back(member)

    # -- in the threads -----------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            while self._take_turn():
                pass
        finally:
            with self._changed:
                self._hands.discard(threading.current_thread())

    def _take_turn(self) -> bool:
        """Take the next turn of whoever's it is; return whether this thread goes on.

        Nothing of the run is left in the thread's hands afterwards.
        """
        member = self._next()
        if member is None:
            return False
        start_s = self._clock()
        delay_s: float | None = None
        try:
            delay_s = member.turn()
        finally:
            goes_on = self._took(member, delay_s, self._clock() - start_s)
        return goes_on

    def _next(self) -> Member | None:
        """Return whose turn it is, once it is somebody's; None where this thread is to end."""
        with self._changed:
            while True:
                if not self._members or self._has_too_many():
                    self._end_this()
                    return None
                now = self._clock()
                ready = [member for member in self._members if self._is_ready(member, now)]
                if ready:
                    return self._begin(ready)
                due_s = min((member.due_s for member in self._members if not member.is_busy), default=math.inf)
                self._n_idle += 1
                self._changed.wait(due_s - now if math.isfinite(due_s) else None)
                self._n_idle -= 1

    def _is_ready(self, member: Member, now: float) -> bool:
        return not member.is_busy and not member.is_leaving and (member.is_roused or member.due_s <= now)

    def _begin(self, ready: list[Member]) -> Member:
        for member in ready:
            if member.has_slept:
                # Nobody saves up turns in his sleep.
                member.cost_s, member.has_slept = max(member.cost_s, self._cost_s), False
        member = min(ready, key=lambda each: (each.cost_s, not each.is_first))
        self._cost_s = member.cost_s
        member.hand, member.is_roused = threading.current_thread(), False
        if len(ready) > 1:
            self._call()
        return member

    def _took(self, member: Member, delay_s: float | None, seconds: float) -> bool:
        """Note the end of a turn; return whether this thread goes on, and has not been written off meanwhile."""
        with self._changed:
            member.cost_s += seconds * (FOREGROUND_COST if member.is_first else 1.0)
            member.has_slept = delay_s != 0.0
            member.due_s = math.inf if delay_s is None else self._clock() + delay_s
            is_gone = member.is_leaving
            if not is_gone:
                return self._let_go(member)
        # Whoever waits for its end would take apart what it is told with: this thread is still at it.
        try:
            member.on_gone()
        finally:
            with self._changed:
                if member in self._members:
                    self._members.remove(member)
                goes_on = self._let_go(member)
                self._changed.notify_all()
        return goes_on

    # -- under the lock -----------------------------------------------------------------------------------------

    def _let_go(self, member: Member) -> bool:
        """Note that this thread is no longer at `member`; return whether it has not been written off meanwhile."""
        self._step_back(member)
        member.hand = None
        return threading.current_thread() in self._hands

    def _call(self) -> None:
        """Wake a thread where somebody is or will be ready, or start one where all are busy and there may be more."""
        now = self._clock()
        if not any(self._is_ready(each, now) or (not each.is_busy and each.due_s < math.inf) for each in self._members):
            return
        if self._n_idle:
            self._changed.notify()
        elif len(self._hands) - self._n_absent < self.n_hands:
            hand = threading.Thread(target=self._work, name=f"training {next(_numbers)}", daemon=True)
            self._hands.add(hand)
            hand.start()

    def _has_too_many(self) -> bool:
        return len(self._hands) - self._n_absent > self.n_hands

    def _end_this(self) -> None:
        """Let the present thread end: whoever waits for the end of all waits for it too."""
        hand = threading.current_thread()
        self._hands.discard(hand)
        self._ending = {each for each in self._ending if each.is_alive()} | {hand}
        # It may have been woken for somebody.
        self._changed.notify()

    def _step_aside(self, member: Member) -> None:
        if not member.is_absent:
            member.is_absent = True
            self._n_absent += 1
            self._call()

    def _step_back(self, member: Member) -> None:
        if member.is_absent:
            member.is_absent = False
            self._n_absent -= 1
            if self._has_too_many() and self._n_idle:
                self._changed.notify()


CREW = Crew()
"""The one of this process: all windows share it."""
