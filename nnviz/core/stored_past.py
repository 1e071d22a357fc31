"""The past of a run as arrays, to be kept in a file, and read with distrust.

What is written is what any epoch is computed again from: keyframes, the edits between them, the data that others have
replaced, and some snapshots, which show at once what would take a moment. It is the past of one run on its data: of the
present ones only a digest is kept, and where the rows are others by now nothing of the past would be exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import fields
from numpy.typing import NDArray

from nnviz.core.engine import Problem
from nnviz.core.keyframes import Edit, Keyframe
from nnviz.core.layout import Array
from nnviz.core.past import PastPart
from nnviz.core.seen import Moves
from nnviz.core.storage import Arrays, json_array

FORMAT: Final = 1
#: Columns of `keyframe_numbers`; what ends in "_at" is a place in a list, −1 where there is none: best parameters that
#: are the keyframe's own are no others.
KEYFRAME_NUMBERS: Final = (
    *("epoch", "sample", "update", "best_epoch", "former_updates", "n_edits", "follows_edit"),
    *("settings_at", "problem_at", "masks_at", "best_at", "has_memory", "n_order"),
)
KEYFRAME_REALS: Final = ("best_loss", "loss_limit", "trained_s")
#: Columns of `edit_numbers`; counts are −1 where there is no such array.
EDIT_NUMBERS: Final = (
    *("epoch", "sample", "sample_after", "update", "best_epoch", "former_updates", "forgot"),
    *("settings_at", "problem_at", "masks_at", "best_at", "n_places", "n_values"),
)
EDIT_REALS: Final = ("best_loss", "loss_limit")
ROWS: Final = ("X", "Y", "X_test", "Y_test", "X_validation", "Y_validation")
WEIGHTS: Final = ("weights", "weights_test", "weights_validation")
#: Arrays of `nnviz.core.engine.Problem` that other data may bring.
DATA_FIELDS: Final = (*ROWS, "target_scale", *WEIGHTS)


class StoredPast(Struct, frozen=True, eq=False):
    """What a file keeps of a run's past; `nnviz.Trainer.remember` gives it back to the run.

    Attributes
    ----------
    arrays : mapping of str to ndarray
        As they were read, not yet looked at.
    """

    arrays: Mapping[str, np.ndarray]

    @property
    def nbytes(self) -> int:
        """Bytes before they are packed."""
        return sum(array.nbytes for array in self.arrays.values())


class _Pool:
    """Different things in the order in which they came, each once."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._places: dict[int, int] = {}

    def at(self, item: object) -> int:
        """Return the place of something; −1 for None."""
        if item is None:
            return -1
        place = self._places.setdefault(id(item), len(self.items))
        if place == len(self.items):
            self.items.append(item)
        return place


def written_past(part: PastPart, now: Moves, snapshots: tuple[NDArray[np.int64], Array], stride: int) -> Arrays:
    """Return a part of a past as arrays.

    Parameters
    ----------
    part : PastPart
    now : Moves
        Where the run stands.
    snapshots : tuple
        Epochs ``(n,)`` and parameters as they ended ``(n, n_parameters)``.
    stride : int
        As of the store that they are from.
    """
    settings, problems, masks, best = _Pool(), _Pool(), _Pool(), _Pool()
    present = now.problem
    problems.at(present)
    keyframes, edits, n_parameters = part.keyframes, part.edits, present.layout.n_parameters
    pools = settings, problems, masks, best
    frame_numbers = [_keyframe_row(frame, *pools) for frame in keyframes]
    edit_numbers = [_edit_row(edit, *pools) for edit in edits]
    described, data = _described(problems.items)
    description = {
        "format": FORMAT,
        "digest": digest_of(present),
        "stands": standing_of(now),
        "version": present.version,
        "start": [part.start_epoch, part.start_sample],
        "first_epoch": part.first_epoch,
        "gap_s": part.gap_s,
        "stride": stride,
        "settings": [item.to_dict() for item in settings.items],
        "masks": [item.written() for item in masks.items],
        **described,
    }
    epochs, parameters = snapshots
    return {
        "description": json_array(description),
        "keyframe_numbers": _table(frame_numbers, KEYFRAME_NUMBERS, np.int64),
        "keyframe_reals": _table(
            [(frame.state.best_loss, frame.state.loss_limit, frame.trained_s) for frame in keyframes],
            KEYFRAME_REALS,
            np.float64,
        ),
        "edit_numbers": _table(edit_numbers, EDIT_NUMBERS, np.int64),
        "edit_reals": _table([(edit.best_loss, edit.loss_limit) for edit in edits], EDIT_REALS, np.float64),
        "parameters": _stacked([frame.state.parameters for frame in keyframes], n_parameters),
        "best_parameters": _stacked(best.items, n_parameters),
        "slots": _joined((frame.state.slots for frame in keyframes), np.float64),
        "orders": _joined((frame.state.order for frame in keyframes), np.uint32),
        "places": _joined((edit.places for edit in edits), np.int64),
        "values": _joined((edit.values for edit in edits), np.float64),
        "data": _joined(data, np.float64),
        "snapshot_epochs": epochs,
        "snapshots": parameters.reshape(len(epochs), n_parameters),
    }


def digest_of(problem: Problem) -> str:
    """Return what tells whether a run is on the same data, to the last bit."""
    import hashlib

    digest = hashlib.blake2b(digest_size=16)
    for item in fields(Problem):
        value = getattr(problem, item.name)
        if isinstance(value, np.ndarray):
            digest.update(f"{item.name}{value.shape}{value.dtype.str}".encode())
            digest.update(np.ascontiguousarray(value).data)
        elif item.name == "layout":
            digest.update(str(value.sizes).encode())
        elif item.name != "version":
            digest.update(f"{item.name}={value!r}".encode())
    return digest.hexdigest()


def standing_of(now: Moves) -> list[Any]:
    """Return what tells whether a run stands where it stood when its past was saved."""
    import hashlib

    state = now.state
    return [state.epoch, state.sample, hashlib.blake2b(state.parameters.tobytes(), digest_size=16).hexdigest()]


def _described(problems: Sequence[Problem]) -> tuple[dict[str, Any], list[Array]]:
    """Return what is said of the data, the present ones first, and those of their arrays that are not the present's."""
    present, pool = problems[0], _Pool()
    told = []
    for problem in problems[1:]:
        arrays: dict[str, Any] = {}
        for name in DATA_FIELDS:
            array = getattr(problem, name)
            arrays[name] = "present" if array is getattr(present, name) else pool.at(array)
        told.append({"version": problem.version, "threshold": problem.threshold, "arrays": arrays})
    return {"problems": told, "shapes": [array.shape for array in pool.items]}, pool.items


def _keyframe_row(frame: Keyframe, settings: _Pool, problems: _Pool, masks: _Pool, best: _Pool) -> tuple[int, ...]:
    state = frame.state
    return (
        *(state.epoch, state.sample, state.update, state.best_epoch),
        *(frame.former_updates, frame.n_edits, frame.follows_edit),
        *(settings.at(frame.settings), problems.at(frame.problem), masks.at(state.masks)),
        *(_best_at(frame, best), state.slots.size > 0, len(state.order)),
    )


def _edit_row(edit: Edit, settings: _Pool, problems: _Pool, masks: _Pool, best: _Pool) -> tuple[int, ...]:
    return (
        *(edit.epoch, edit.sample, edit.sample_after, edit.update, edit.best_epoch, edit.former_updates),
        *(edit.forgot, settings.at(edit.settings), problems.at(edit.problem), masks.at(edit.masks)),
        *(best.at(edit.best_parameters), _count(edit.places), _count(edit.values)),
    )


def _best_at(frame: Keyframe, best: _Pool) -> int:
    state = frame.state
    return -1 if state.best_parameters is state.parameters else best.at(state.best_parameters)


def _count(array: np.ndarray | None) -> int:
    return -1 if array is None else len(array)


def _table(rows: Sequence[tuple[Any, ...]], columns: tuple[str, ...], dtype: type[np.generic]) -> np.ndarray:
    return np.array(rows, dtype=dtype).reshape(len(rows), len(columns))


def _stacked(arrays: Sequence[Array], n_parameters: int) -> Array:
    return np.array(arrays, dtype=np.float64).reshape(len(arrays), n_parameters)


def _joined(arrays: Iterable[np.ndarray | None], dtype: type[np.generic]) -> np.ndarray:
    parts = [array.reshape(-1) for array in arrays if array is not None]
    return np.concatenate([*parts, np.empty(0, dtype=dtype)]).astype(dtype, copy=False)
