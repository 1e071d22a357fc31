"""The past of a run: keyframes and edits within a budget of memory, from which any moment is computed again."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from nnviz.core.engine import RunState
from nnviz.core.errors import SettingError
from nnviz.core.keyframes import Edit, Keyframe, data_bytes, frozen_state, kept_bytes
from nnviz.core.seen import Moves, Seen
from nnviz.core.slice_length import SliceLength

if TYPE_CHECKING:
    from nnviz.core.recall import Route

PAST_BYTES: Final = 32 * 2**20
"""For keyframes and edits; snapshots take as much."""
#: Seconds of training between two keyframes, while there is room. Computing a moment again takes that, half as long
#: until a slice of training ends, and what an engine takes to begin.
KEYFRAME_S: Final = 0.05
#: Seconds between keyframes for each byte of one, so that copies of large networks, and of the order of many rows,
#: take less than a hundredth of the time.
_S_PER_BYTE: Final = 5e-7
#: A slice of training takes no longer, so that a keyframe is not late.
_SLICE_S: Final = 0.1
#: Edits that are told of, the latest ones: a weight that was dragged for minutes is thousands.
_TOLD: Final = 200


class Segment(Struct, frozen=True):
    """A stretch of a run in which nothing changed but time.

    Attributes
    ----------
    epoch, sample : int
        Where it begins: finished epochs, and samples used of the next one.
    began : tuple of str
        What began it: "start", or what was edited, some of "data", "settings", "weights", "optimiser", "masks".
    """

    epoch: int
    sample: int
    began: tuple[str, ...]


class PastPart(Struct, frozen=True):
    """As much of a past as there is room for in a file, or what a file had of it.

    Attributes
    ----------
    keyframes : tuple of Keyframe
        At least one; the edits before them are counted from the first of `edits`.
    edits : tuple of Edit
    start_epoch, start_sample : int
        Where the first segment begins.
    first_epoch : int
        The first that can be computed again.
    gap_s : float
        Seconds of training between keyframes from here on.
    """

    keyframes: tuple[Keyframe, ...]
    edits: tuple[Edit, ...]
    start_epoch: int
    start_sample: int
    first_epoch: int
    gap_s: float


class Past:
    """Watches a run from slice to slice, and remembers what its past can be computed from.

    What is edited is noticed when training goes on: then it is other than training has left it.

    Parameters
    ----------
    now : Moves
        Where the run begins.
    budget_bytes : int
        For keyframes, edits and the data that other data have replaced.

    Attributes
    ----------
    first_epoch : int
        The first that can be computed again.
    marked : tuple of int
        Epochs near which it stays, see `mark`.
    """

    def __init__(self, now: Moves, budget_bytes: int = PAST_BYTES) -> None:
        self.budget_bytes = budget_bytes
        self.first_epoch = now.state.epoch + (now.state.sample > 0)
        self._start = Segment(now.state.epoch, now.state.sample, ("start",))
        self._edits: list[Edit] = []
        self._edit_bytes: list[int] = []
        self.marked: tuple[int, ...] = ()
        self._n_dropped = 0
        self._told: tuple[int, tuple[Segment, ...]] = (0, ())
        self._keyframes: list[Keyframe] = []
        self._keyframe_bytes = 0
        self._gap_s = max(KEYFRAME_S, _S_PER_BYTE * _size(now.state))
        self._trained_s = self._kept_s = 0.0
        self._length = SliceLength(min(self._gap_s / 2.0, _SLICE_S))
        self._seen = Seen(now)
        self._keep(now)

    @classmethod
    def of_part(cls, part: PastPart, now: Moves, budget_bytes: int = PAST_BYTES) -> Self:
        """Return the past of a run that a file has brought to where it stands now."""
        past = cls(now, budget_bytes)
        past.first_epoch = part.first_epoch
        past._start = Segment(part.start_epoch, part.start_sample, ("start",))
        past._edits, past._keyframes = list(part.edits), list(part.keyframes)
        problem = part.keyframes[0].problem
        for edit in part.edits:
            replaced = data_bytes(problem, edit.problem) if edit.problem is not None else 0
            problem = edit.problem or problem
            past._edit_bytes.append(edit.nbytes + replaced)
        past._keyframe_bytes = kept_bytes(past._keyframes)
        past._trained_s = past._kept_s = part.keyframes[-1].trained_s
        past._gap_s = max(past._gap_s, part.gap_s)
        past.limit(budget_bytes, now)
        return past

    def part(self, n_bytes: int, now: Moves) -> PastPart | None:
        """Return what of the past there is room for: half for keyframes, thinned evenly, as much for the latest edits.

        None where there is no room for any keyframe.
        """
        self.resume(now)
        first = self._first_within(n_bytes // 2)
        if first == len(self._keyframes):
            self._keep(now)
            first = len(self._keyframes) - 1
        frames = self._keyframes[first:]
        n_keep = len(frames)
        while len(frames) > 1 and kept_bytes(frames) > n_bytes // 2:
            n_keep //= 2
            frames = self._spread(frames, max(n_keep, 1), now.state.best_epoch)
        if kept_bytes(frames) > n_bytes // 2:
            return None
        n_gone, is_whole = frames[0].n_edits, frames[0] is self._keyframes[0]
        return PastPart(
            tuple(replace(frame, n_edits=frame.n_edits - n_gone) for frame in frames),
            tuple(self._edits[n_gone - self._n_dropped :]),
            *((self._start.epoch, self._start.sample) if is_whole else frames[0].position),
            self.first_epoch if is_whole else max(self.first_epoch, self._first_epoch_of(frames[0])),
            self._gap_s,
        )

    @property
    def slice_batches(self) -> int:
        """Updates after which the run is to be looked at again."""
        return self._length.batches

    @property
    def nbytes(self) -> int:
        """Memory in use, the present data excepted."""
        return self._keyframe_bytes + sum(self._edit_bytes) + self._seen.nbytes

    @property
    def n_keyframes(self) -> int:
        """Moments from which training can start at once."""
        return len(self._keyframes)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The stretches between edits, oldest first; those that were given up for lack of memory are left out."""
        edited = (Segment(edit.epoch, edit.sample_after, edit.kinds) for edit in self._edits)
        return (self._start, *edited)

    @property
    def latest_edits(self) -> tuple[Segment, ...]:
        """What the latest edits began, oldest first: of those at the end of one epoch the last."""
        n_edits = self._n_dropped + len(self._edits)
        if self._told[0] != n_edits:
            by_epoch = {edit.epoch: Segment(edit.epoch, edit.sample_after, edit.kinds) for edit in self._edits[-_TOLD:]}
            self._told = n_edits, tuple(by_epoch.values())
        return self._told[1]

    @property
    def data_versions(self) -> frozenset[int]:
        """The versions of the data that an epoch may have ended with."""
        problems = (*(frame.problem for frame in self._keyframes), *(edit.problem for edit in self._edits))
        return frozenset(problem.version for problem in problems if problem is not None)

    def limit(self, budget_bytes: int, now: Moves) -> None:
        """Do with other memory from now on; where it is less, keyframes are thinned and the oldest edits given up."""
        self.resume(now)
        self.budget_bytes = budget_bytes
        if sum(self._edit_bytes) > budget_bytes // 2:
            self._keep(now)
            self._give_up()
        n_before = 0
        while self._keyframe_bytes > budget_bytes // 2 and len(self._keyframes) != n_before:
            n_before = len(self._keyframes)
            self._thin(now.state.best_epoch)

    def mark(self, epochs: tuple[int, ...], now: Moves) -> None:
        """Keep the keyframes that these epochs are computed from, of many those of the last ones; no others' any more.

        Where the run stands at the end of one of them that was not marked before, a keyframe is taken there.
        """
        self.resume(now)
        here = now.state.epoch
        is_new = here in set(epochs) - set(self.marked) and not now.state.sample
        self.marked = epochs
        # What was edited here comes after the end of the epoch.
        is_end = self._edits_before(here) == self._n_dropped + len(self._edits)
        if is_new and is_end and self._keyframes[-1].position != (here, 0) and self._has_room(now):
            self._keep(now)

    def resume(self, now: Moves) -> None:
        """Note what has been edited since the last slice; call it before every slice of training."""
        edit = self._seen.edit(now)
        if edit is None:
            return
        self._edits.append(edit)
        replaced = data_bytes(self._seen.problem, now.problem) if edit.problem is not None else 0
        self._edit_bytes.append(edit.nbytes + replaced)
        is_full = sum(self._edit_bytes) > self.budget_bytes // 2
        # Where edits are heavy, no more of the past than some of them is given up at once.
        since = sum(self._edit_bytes[self._keyframes[-1].n_edits - self._n_dropped :])
        if is_full or since > self.budget_bytes // 16 or self._is_due(now):
            self._keep(now, follows_edit=True)
        if is_full:
            self._give_up()
        self._seen.note(now, lost=False)

    def pause(self, now: Moves, n_batches: int, seconds: float, *, diverged: bool) -> None:
        """Note where a slice has ended; a run that `diverged` stands where training alone does not lead."""
        self._trained_s += seconds
        self._length.took(n_batches, seconds)
        self._seen.note(now, lost=diverged)
        if not diverged and self._is_due(now):
            self._keep(now)

    def route(self, epoch: int, engine: str, since: int | None = None) -> Route:
        """Return how to get to the end of `epoch`, on the engine that the run wants.

        Parameters
        ----------
        epoch : int
        engine : str
        since : int, optional
            An epoch at whose end it is to come by.

        Raises
        ------
        SettingError
            Where the past does not go back so far.
        """
        from nnviz.core.recall import Route

        first = epoch if since is None else since
        if first < self.first_epoch:
            raise SettingError(
                "What was before epoch {0} is not known any more; ask for that epoch or a later one.", self.first_epoch
            )
        # What was edited at the very end of an epoch comes after it.
        n_edits = self._edits_before(epoch)
        keyframe = self._keyframes[self._before(first, self._edits_before(first))]
        edits = self._edits[keyframe.n_edits - self._n_dropped : n_edits - self._n_dropped]
        return Route(keyframe, tuple(edits), epoch, engine)

    def _edits_before(self, epoch: int) -> int:
        """Return how many edits there were before the end of an epoch."""
        return self._n_dropped + bisect_left(self._edits, epoch, key=lambda edit: edit.epoch)

    def _before(self, epoch: int, n_edits: int) -> int:
        """Return the place of the last keyframe before the end of an epoch."""
        after = bisect_left(
            self._keyframes, True, key=lambda frame: frame.n_edits > n_edits or frame.position > (epoch, 0)
        )
        return max(after - 1, 0)

    def _is_due(self, now: Moves) -> bool:
        """Whether a keyframe is to be taken: there is room for some, and training has gone on for a while."""
        return self._trained_s >= self._kept_s + self._gap_s and self._has_room(now)

    def _has_room(self, now: Moves) -> bool:
        return _size(now.state) <= self.budget_bytes // 4

    def _keep(self, now: Moves, *, follows_edit: bool = False) -> None:
        """Take a keyframe, and make room for it where there is none."""
        former = self._keyframes[-1].state if self._keyframes else None
        keyframe = Keyframe(
            frozen_state(now.state, former),
            now.settings,
            now.problem,
            now.former_updates,
            self._n_dropped + len(self._edits),
            self._trained_s,
            follows_edit,
        )
        self._keyframes.append(keyframe)
        self._keyframe_bytes += kept_bytes((keyframe,))
        if self._keyframe_bytes > self.budget_bytes // 2:
            self._thin(now.state.best_epoch)
        self._kept_s = self._trained_s

    def _thin(self, best_epoch: int) -> None:
        """Keep half of the keyframes, and those that are dear.

        Some lie evenly over the logarithm of time: it is the young run that is looked at. As many lie evenly over what
        computing again takes, which bounds that at every epoch.
        """
        self._keyframes = self._spread(self._keyframes, max(len(self._keyframes) // 2, 2), best_epoch)
        self._keyframe_bytes = kept_bytes(self._keyframes)
        self._gap_s *= 2.0

    def _spread(self, frames: list[Keyframe], n_keep: int, best_epoch: int) -> list[Keyframe]:
        """Return some of the keyframes, the first among them; see `_thin`."""
        if n_keep < 2:
            return frames[:1]
        times = np.array([frame.trained_s for frame in frames]) / KEYFRAME_S
        times -= times[0]
        dear = [epoch for epoch in self.marked if epoch >= self.first_epoch][-(n_keep // 2) :]
        n_even = n_keep - len(dear)
        wanted = np.concatenate(
            [np.geomspace(1.0, times[-1] + 1.0, n_even // 2) - 1.0, np.linspace(0.0, times[-1], n_even - n_even // 2)]
        )
        keep = set(np.searchsorted(times, wanted).clip(0, len(frames) - 1).tolist())
        edited = [position for position, frame in enumerate(frames) if frame.follows_edit]
        keep |= {0, len(frames) - 1, *edited[-(n_keep // 2) :]}
        dear += [best_epoch] if best_epoch >= self.first_epoch else []
        wanted_frames = {id(self._keyframes[self._before(epoch, self._edits_before(epoch))]) for epoch in dear}
        keep |= {position for position, frame in enumerate(frames) if id(frame) in wanted_frames}
        return [frames[position] for position in sorted(keep)]

    def _give_up(self) -> None:
        """Forget the oldest edits, and what lies before the first keyframe after them."""
        position = self._first_within(self.budget_bytes // 4)
        first = self._keyframes[position]
        dropped = first.n_edits - self._n_dropped
        self.first_epoch = max(self.first_epoch, self._first_epoch_of(first))
        self._keyframes = self._keyframes[position:]
        del self._edits[:dropped], self._edit_bytes[:dropped]
        self._n_dropped = first.n_edits
        self._start = Segment(*first.position, ("start",))
        self._keyframe_bytes = kept_bytes(self._keyframes)

    def _first_within(self, allowed: int) -> int:
        """Return the place of the first keyframe after which edits take no more memory than that."""
        n_left = 0
        for size in reversed(self._edit_bytes):
            allowed -= size
            if allowed < 0:
                break
            n_left += 1
        n_gone = self._n_dropped + len(self._edits) - n_left
        return bisect_left(self._keyframes, n_gone, key=lambda frame: frame.n_edits)

    def _first_epoch_of(self, first: Keyframe) -> int:
        """Return the first epoch that can be computed from a keyframe."""
        # Where it follows an edit it stands after the end of its epoch, not at it.
        dropped = first.n_edits - self._n_dropped
        is_end = not first.state.sample and not (dropped and self._edits[dropped - 1].epoch == first.state.epoch)
        return first.state.epoch + (not is_end)


def _size(state: RunState) -> int:
    """Return the bytes of a keyframe amid an epoch, about."""
    n_rows = len(state.order)
    return 2 * state.parameters.nbytes + state.slots.nbytes + n_rows * np.min_scalar_type(n_rows).itemsize
