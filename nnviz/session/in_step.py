"""Two runs in step: one leads, the other follows it through the same rows, and neither is more than a frame ahead.

The one that leads trains as it would alone. The one that follows trains whatever the leader has trained and no more.
Where the leader shows a moment, the follower comes to the very same moment and shows it too, and before that the leader
shows no other one. Qt-free; each side is used by its own training thread, and a lock guards what they share.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol, TypeAlias

from nnviz.core.trainer import Trainer
from nnviz.session.mailbox import Command, Mailbox

Place: TypeAlias = tuple[int, int, int]
"""How often other rows have come, finished epochs, and rows of the present epoch that have been learnt from.

Other rows make a run begin its epoch again, so that it would be at the same place twice.
"""

#: Slices by which the leader may be ahead: both can train at the same time where there are threads for it, and what the
#: leader shows is not long in being shown of both.
SLICES_AHEAD = 2


class Bond:
    """What ties a run to another one: nothing. It trains and is shown by itself.

    Attributes
    ----------
    follows : bool
        Whether another one says how far it trains.
    waits : bool
        Whether it may not train now, for the other one is behind.
    """

    follows = False
    waits = False

    def lets_train(self, trainer: Trainer) -> bool:  # noqa: ARG002 - nothing ties it
        """Whether another slice may be trained now; notes where the run stands."""
        return True

    def has_trained(self, trainer: Trainer) -> None:
        """Note where the run stands after a slice."""

    def lets_show(self, trainer: Trainer | None) -> bool:  # noqa: ARG002 - nothing ties it
        """Whether the present moment may be shown."""
        return True

    def room(self, trainer: Trainer) -> int:  # noqa: ARG002 - nothing ties it
        """Return how many updates a follower may make now."""
        return 0

    def is_drawn(self, trainer: Trainer) -> bool:  # noqa: ARG002 - nothing ties it
        """Whether a follower is to train, or is about to."""
        return False

    def due(self, trainer: Trainer) -> Command | None:  # noqa: ARG002 - nothing ties it
        """Return what a follower has to do at the place where it stands, once."""
        return None

    def was_shown(self, trainer: Trainer) -> None:
        """Note that a frame of the present moment has left, or that nobody wants one."""


ALONE = Bond()


class Tied(Protocol):
    """A run that can be tied to another one: a `nnviz.session.run.Run`."""

    bond: Bond
    trainer: Trainer | None

    @property
    def mailbox(self) -> Mailbox:
        """Its post."""

    @property
    def ended(self) -> str:
        """Why it does not train on; empty where it does."""


class InStep:
    """What two runs in step share.

    Parameters
    ----------
    leader, follower : Tied
        They are tied from now on, until `end`.
    """

    def __init__(self, leader: Tied, follower: Tied) -> None:
        self.leader, self.follower = leader, follower
        self._lock = threading.Lock()
        self._place: Place | None = None
        self._meeting: Place | None = None
        self._reached: Place = (-1, 0, 0)
        # How often other rows have come: to the leader, and to the follower.
        self._times, self._times_of_follower = 0, 0
        self._ahead: deque[Place] = deque()
        self._entrusted: deque[tuple[Place, Command]] = deque()
        self.is_over = False
        self._bonds: tuple[tuple[Tied, Bond], ...] = ((follower, _Follower(self)), (leader, _Leader(self)))
        for run, bond in self._bonds:
            run.bond = bond
        self._rouse()

    def end(self) -> None:
        """Let each go its own way."""
        self.is_over = True
        for run, bond in self._bonds:
            if run.bond is bond:
                run.bond = ALONE
        self._rouse()

    def entrust(self, command: Command) -> None:
        """Let the follower take other rows where the leader had come to when it took them; in the leader's thread."""
        with self._lock:
            self._entrusted.append((self._place or (self._times, 0, 0), command))
            self._times += 1
        self.follower.mailbox.bell()

    @property
    def is_together(self) -> bool:
        """Whether the follower has come to where the leader was last seen, and has shown that; or it has ended."""
        if self.follower.ended:
            return True
        with self._lock:
            return self._meeting is None and (self._place is None or self._reached >= self._place)

    def _rouse(self) -> None:
        for run in (self.leader, self.follower):
            run.mailbox.bell()

    # -- the leader's -------------------------------------------------------------------------------------------

    def stands(self, trainer: Trainer) -> bool:
        """Note where the leader stands; return whether the follower is too far behind for it to go on."""
        with self._lock:
            place = self._times, trainer.epoch, trainer.sample
            is_new, self._place = place != self._place, place
            if is_new:
                self._ahead.append(place)
            while self._ahead and self._ahead[0] <= self._reached:
                self._ahead.popleft()
            is_far = len(self._ahead) > SLICES_AHEAD and not self.follower.ended
        if is_new:
            self.follower.mailbox.bell()
        return is_far

    @property
    def meets(self) -> bool:
        """Whether a moment that the leader has shown is still to be shown by the follower."""
        return self._meeting is not None and not self.follower.ended

    def meet(self, trainer: Trainer) -> None:
        """Let the follower show the place where the leader stands, which it has shown."""
        with self._lock:
            self._place = self._meeting = self._times, trainer.epoch, trainer.sample
        self.follower.mailbox.bell()

    # -- the follower's -----------------------------------------------------------------------------------------

    @property
    def is_led(self) -> bool:
        """Whether the leader trains."""
        leader = self.leader
        return not leader.mailbox.pause.is_set() and not leader.ended

    def room(self, trainer: Trainer) -> int:
        """Return the updates that lead the follower to the next place; at it, say so."""
        with self._lock:
            target = self._target()
            if target is None:
                return 0
            left = self._updates_until(target, trainer)
            news = (self._times_of_follower, trainer.epoch, trainer.sample) if left else target
            has_news, self._reached = news != self._reached, news
        if has_news:
            self.leader.mailbox.bell()
        return left

    def _target(self) -> Place | None:
        places = [place for place in (self._meeting, self._place) if place is not None]
        return min([*places[:1], *(place for place, _ in list(self._entrusted)[:1])], default=None)

    def _updates_until(self, place: Place, trainer: Trainer) -> int:
        times, epoch, sample = place
        return trainer.updates_until(epoch, sample) if times == self._times_of_follower else 0

    def due(self, trainer: Trainer) -> Command | None:
        """Return what is to be done at the follower's present place; once."""
        with self._lock:
            if not self._entrusted or self._updates_until(self._entrusted[0][0], trainer):
                return None
            if self._meeting is not None and self._meeting <= self._entrusted[0][0]:
                # It is to be shown as it was before.
                return None
            self._times_of_follower += 1
            return self._entrusted.popleft()[1]

    def may_be_shown(self, trainer: Trainer) -> bool:
        """Whether the follower is where the leader was shown last, or both rest at one place."""
        left = self.room(trainer)
        with self._lock:
            if self._meeting is not None:
                return not left and self._target() == self._meeting
        return not left and not self.is_led

    def was_shown(self, trainer: Trainer) -> None:
        """Note that the follower has shown itself."""
        with self._lock:
            if self._meeting is None or self._target() != self._meeting or self._updates_until(self._meeting, trainer):
                return
            self._meeting = None
        self.leader.mailbox.bell()


class _Leader(Bond):
    def __init__(self, pair: InStep) -> None:
        self._pair = pair

    def lets_train(self, trainer: Trainer) -> bool:
        self.has_trained(trainer)
        return not self.waits

    def has_trained(self, trainer: Trainer) -> None:
        self.waits = self._pair.stands(trainer)

    def lets_show(self, trainer: Trainer | None) -> bool:  # noqa: ARG002 - the follower decides
        return not self._pair.meets

    def was_shown(self, trainer: Trainer) -> None:
        self._pair.meet(trainer)


class _Follower(Bond):
    follows = True

    def __init__(self, pair: InStep) -> None:
        self._pair = pair

    def lets_show(self, trainer: Trainer | None) -> bool:
        return trainer is None or self._pair.may_be_shown(trainer)

    def room(self, trainer: Trainer) -> int:
        return self._pair.room(trainer)

    def is_drawn(self, trainer: Trainer) -> bool:
        return self._pair.is_led or self._pair.room(trainer) > 0

    def due(self, trainer: Trainer) -> Command | None:
        return self._pair.due(trainer)

    def was_shown(self, trainer: Trainer) -> None:
        self._pair.was_shown(trainer)
