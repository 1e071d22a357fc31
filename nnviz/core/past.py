"""The past of a run: keyframes and edits within a budget of memory, from which any moment is computed again."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

import numpy as np

from nnviz.core.engine import Problem, RunState
from nnviz.core.errors import SettingError
from nnviz.core.keyframes import Edit, Keyframe, data_bytes, frozen_state, kept_bytes
from nnviz.core.layout import Array
from nnviz.core.recall import Route
from nnviz.core.settings import Settings
from nnviz.core.slice_length import SliceLength

PAST_BYTES: Final = 32 * 2**20
"""For keyframes and edits; snapshots take as much."""
#: Seconds of training between two keyframes, while there is room. Computing a moment again takes that, half as long
#: until a slice of training ends, and what an engine takes to begin.
KEYFRAME_S: Final = 0.05
#: Seconds between keyframes for each byte of one, so that copies of large networks take less than a hundredth of the
#: time.
_S_PER_BYTE: Final = 5e-7
#: A slice of training takes no longer, so that a keyframe is not late.
_SLICE_S: Final = 0.1
#: Edits that are told of, the latest ones: a weight that was dragged for minutes is thousands.
_TOLD: Final = 200
#: Parameters up to which comparing them as bytes is the fastest way.
_FEW: Final = 4096


@dataclass(frozen=True)
class Segment:
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


@dataclass(frozen=True)
class Moves:
    """What of a run can change between two slices of training: the arrays themselves, not copies.

    Attributes
    ----------
    state : RunState
    settings : Settings
    problem : Problem
    former_updates : int
    """

    state: RunState
    settings: Settings
    problem: Problem
    former_updates: int


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
    """

    def __init__(self, now: Moves, budget_bytes: int = PAST_BYTES) -> None:
        self.budget_bytes = budget_bytes
        self.first_epoch = now.state.epoch + (now.state.sample > 0)
        self._start = Segment(now.state.epoch, now.state.sample, ("start",))
        self._edits: list[Edit] = []
        self._edit_bytes: list[int] = []
        self._n_dropped = 0
        self._told: tuple[int, tuple[Segment, ...]] = (0, ())
        self._keyframes: list[Keyframe] = []
        self._keyframe_bytes = 0
        self._gap_s = max(KEYFRAME_S, _S_PER_BYTE * _size(now.state))
        self._trained_s = self._kept_s = 0.0
        self._length = SliceLength(min(self._gap_s / 2.0, _SLICE_S))
        self._seen = _Seen(now)
        self._keep(now)

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
        return self._trained_s >= self._kept_s + self._gap_s and _size(now.state) <= self.budget_bytes // 4

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
        frames = self._keyframes
        times = np.array([frame.trained_s for frame in frames]) / KEYFRAME_S
        n_keep = max(len(frames) // 2, 2)
        wanted = np.concatenate(
            [np.geomspace(1.0, times[-1] + 1.0, n_keep // 2) - 1.0, np.linspace(0.0, times[-1], n_keep - n_keep // 2)]
        )
        keep = set(np.searchsorted(times, wanted).clip(0, len(frames) - 1).tolist())
        edited = [position for position, frame in enumerate(frames) if frame.follows_edit]
        keep |= {0, len(frames) - 1, *edited[-(n_keep // 2) :]}
        if best_epoch >= self.first_epoch:
            keep.add(self._before(best_epoch, self._edits_before(best_epoch)))
        self._keyframes = [frames[position] for position in sorted(keep)]
        self._keyframe_bytes = kept_bytes(self._keyframes)
        self._gap_s *= 2.0

    def _give_up(self) -> None:
        """Forget the oldest edits, and what lies before the first keyframe after them."""
        allowed, n_left = self.budget_bytes // 4, 0
        for size in reversed(self._edit_bytes):
            allowed -= size
            if allowed < 0:
                break
            n_left += 1
        n_gone = self._n_dropped + len(self._edits) - n_left
        position = bisect_left(self._keyframes, n_gone, key=lambda frame: frame.n_edits)
        first = self._keyframes[position]
        self._keyframes = self._keyframes[position:]
        dropped = first.n_edits - self._n_dropped
        # Where it follows an edit it stands after the end of its epoch, not at it.
        is_end = not first.state.sample and not (dropped and self._edits[dropped - 1].epoch == first.state.epoch)
        self.first_epoch = max(self.first_epoch, first.state.epoch + (not is_end))
        del self._edits[:dropped], self._edit_bytes[:dropped]
        self._n_dropped = first.n_edits
        self._start = Segment(*first.position, ("start",))
        self._keyframe_bytes = kept_bytes(self._keyframes)


def _size(state: RunState) -> int:
    """Return the bytes of a keyframe, about."""
    return 2 * state.parameters.nbytes + state.slots.nbytes


class _Seen:
    """What training left, to be compared with what it finds when it goes on."""

    def __init__(self, now: Moves) -> None:
        n = len(now.state.parameters)
        self._is_small = n <= _FEW
        self._bytes = b""
        self._parameters: Array = np.empty(0 if self._is_small else n)
        self._differs = np.empty(len(self._parameters), dtype=np.bool_)
        self.note(now, lost=False)

    @property
    def nbytes(self) -> int:
        return len(self._bytes) + self._parameters.nbytes + self._differs.nbytes

    def note(self, now: Moves, *, lost: bool) -> None:
        state = now.state
        self._lost = lost
        self._settings, self.problem, self._slots, self._masks = now.settings, now.problem, state.slots, state.masks
        self._position = state.epoch, state.sample
        self._numbers = _numbers(now)
        if self._is_small:
            self._bytes = state.parameters.tobytes()
        else:
            np.copyto(self._parameters, state.parameters)

    def edit(self, now: Moves) -> Edit | None:
        """Return what has changed since, or None."""
        state = now.state
        places, values = self._changed(state.parameters)
        numbers = _numbers(now)
        is_same = (
            values is None
            and now.settings is self._settings
            and now.problem is self.problem
            and state.slots is self._slots
            and state.masks is self._masks
            and numbers == self._numbers
        )
        if is_same:
            return None
        (epoch, sample), best = self._position, (numbers[3:5] != self._numbers[3:5] or now.problem is not self.problem)
        return Edit(
            epoch,
            sample,
            None if now.settings is self._settings else now.settings,
            None if now.problem is self.problem else now.problem,
            places,
            values,
            state.slots is not self._slots,
            state.best_parameters.copy() if best else None,
            None if state.masks is self._masks else state.masks,
            *numbers,
        )

    def _changed(self, parameters: Array) -> tuple[np.ndarray | None, Array | None]:
        """Return which parameters are other ones now, None for all, and what they are; nothing where none are."""
        if self._lost:
            return None, parameters.copy()
        if self._is_small:
            if parameters.tobytes() == self._bytes:
                return None, None
            before = np.frombuffer(self._bytes, dtype=np.int64)
            places = np.flatnonzero(parameters.view(np.int64) != before)
        else:
            np.not_equal(parameters.view(np.int64), self._parameters.view(np.int64), out=self._differs)
            if not self._differs.any():
                return None, None
            places = np.flatnonzero(self._differs)
        if 2 * len(places) > len(parameters):
            return None, parameters.copy()
        return places, parameters[places]


def _numbers(now: Moves) -> tuple[int, int, int, int, float, float]:
    """Return the numbers that an edit holds, in its order."""
    state = now.state
    return state.sample, state.update, now.former_updates, state.best_epoch, state.best_loss, state.loss_limit
