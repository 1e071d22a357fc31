"""The past that a file has kept of a run, looked at as strictly as everything that comes from a file.

Compiled kernels trust the sizes of arrays, so nothing of it is used before all of it fits together: shapes, kinds of
numbers, the order of edits and keyframes, the memory that each optimiser needs, and the data that the run is on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from nnviz.core.arguments import whole
from nnviz.core.engine import Problem, RunState
from nnviz.core.errors import ExperimentError
from nnviz.core.history.stored import MOST_COUNT
from nnviz.core.keyframes import Edit, Keyframe
from nnviz.core.layout import Array
from nnviz.core.losses import check_targets
from nnviz.core.masks import Masks
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.past import PastPart
from nnviz.core.seen import Moves
from nnviz.core.settings import Settings
from nnviz.core.storage import check_format, json_content
from nnviz.core.stored_past import (
    DATA_FIELDS,
    EDIT_NUMBERS,
    EDIT_REALS,
    KEYFRAME_NUMBERS,
    KEYFRAME_REALS,
    ROWS,
    StoredPast,
    digest_of,
    standing_of,
)

DAMAGED: Final = "The past that was saved with this run is damaged and was left out; the run itself is whole."
OTHER_DATA: Final = (
    "The past that was saved with this run is of other rows than the data have now, and was left out; the run itself "
    "goes on."
)
_LONGEST_GAP_S: Final = 1e9
#: Columns that are −1 where there is nothing.
_MAY_BE_MISSING: Final = {
    "keyframe_numbers": {"masks_at", "best_at"},
    "edit_numbers": {"settings_at", "problem_at", "masks_at", "best_at", "n_places", "n_values"},
}


class RestoredPast(Struct, frozen=True, eq=False):
    """What `restored_past` has found sound.

    Attributes
    ----------
    part : PastPart
    problem : Problem
        The present one, as often replaced as it had been.
    epochs : ndarray of int64 ``(n,)``
        That have a snapshot.
    snapshots : ndarray ``(n, n_parameters)``
    stride : int
        As of the store that they were in.
    """

    part: PastPart
    problem: Problem
    epochs: NDArray[np.int64]
    snapshots: Array
    stride: int


def restored_past(stored: StoredPast, now: Moves, loss: str) -> RestoredPast:
    """Return the past of a run that stands where it stood when it was saved.

    Raises
    ------
    ExperimentError
        Where it is damaged, of another run, or of other data.
    """
    try:
        description = json_content(stored.arrays, "description", "past")
        check_format(description, "past")
        if description["digest"] != digest_of(now.problem):
            raise ExperimentError(OTHER_DATA)
        _require(description["stands"] == standing_of(now))
        return _Reader(stored.arrays, description, now, loss).read()
    except Exception as error:
        # What is no past may fail in any way.
        if isinstance(error, ExperimentError) and error.args[0] == OTHER_DATA:
            raise
        raise ExperimentError(DAMAGED) from error


class _Reader:
    """Takes the arrays in order, each piece of a joined one once; ValueError where they do not fit together."""

    def __init__(self, arrays: Mapping[str, np.ndarray], description: Mapping[str, Any], now: Moves, loss: str) -> None:
        self._arrays, self._described, self._now, self._loss = arrays, description, now, loss
        self._layout, self._at = now.problem.layout, dict[str, int]()
        n = self._layout.n_parameters
        # Copies, so that each can go by itself.
        self._parameters = [row.copy() for row in self._matrix("parameters", n)]
        self._best = [row.copy() for row in self._matrix("best_parameters", n)]
        self._settings = [Settings.from_dict(values) for values in description["settings"]]
        self._masks = [Masks.read(self._layout, entries) for entries in description["masks"]]
        self._problems = self._read_problems()

    def read(self) -> RestoredPast:
        described = self._described
        keyframes, edits = self._read_keyframes(), self._read_edits()
        _check_order(keyframes, edits, self._now, self._problems[0])
        for name in ("slots", "orders", "places", "values", "data"):
            _require(self._at.get(name, 0) == len(self._flat(name)))
        start_epoch, start_sample = (_count(value) for value in described["start"])
        gap_s = float(described["gap_s"])
        first_epoch, last = _count(described["first_epoch"]), self._now.state.epoch
        first = keyframes[0]
        _require((start_epoch, start_sample) <= first.position and 0.0 <= gap_s <= _LONGEST_GAP_S)
        _require(first.state.epoch <= first_epoch and first_epoch <= last + 1)
        epochs = self._array("snapshot_epochs", np.int64, 1)
        snapshots = self._matrix("snapshots", self._layout.n_parameters)
        _require(len(epochs) == len(snapshots) and bool((np.diff(epochs) > 0).all()))
        _require(not len(epochs) or (epochs[0] >= 0 and epochs[-1] <= last))
        return RestoredPast(
            PastPart(keyframes, edits, start_epoch, start_sample, first_epoch, gap_s),
            self._problems[0],
            epochs,
            snapshots,
            whole(described["stride"], "stride", 1),
        )

    def _read_problems(self) -> list[Problem]:
        described, present = self._described, self._now.problem
        arrays = []
        for shape in described["shapes"]:
            sides = [_count(side) for side in shape]
            arrays.append(self._taken("data", math.prod(sides)).reshape(sides))
            _require(bool(np.isfinite(arrays[-1]).all()))
        problems = [replace(present, version=_count(described["version"]))]
        for item in described["problems"]:
            given: dict[str, Any] = {name: self._data_array(name, item["arrays"][name], arrays) for name in DATA_FIELDS}
            threshold = float(item["threshold"])
            _require(math.isfinite(threshold))
            problems.append(replace(present, version=_count(item["version"]), threshold=threshold, **given))
            self._check_problem(problems[-1])
        _require(len({problem.version for problem in problems}) == len(problems))
        return problems

    def _data_array(self, name: str, given: Any, arrays: Sequence[Array]) -> Array | None:
        if given == "present":
            return getattr(self._now.problem, name)  # type: ignore[no-any-return]
        place = whole(given + 1, name) - 1
        return None if place < 0 else arrays[place]

    def _check_problem(self, problem: Problem) -> None:
        n_in, n_out = self._layout.sizes[0], self._layout.sizes[-1]
        for name, width in zip(ROWS, (n_in, n_out) * 3, strict=True):
            array = getattr(problem, name)
            _require(array is not None and array.ndim == 2 and array.shape[1] == width)
        for part in ("", "_test", "_validation"):
            inputs, targets = getattr(problem, f"X{part}"), getattr(problem, f"Y{part}")
            weights = getattr(problem, f"weights{part}")
            _require(len(inputs) == len(targets) and (len(inputs) > 0 or bool(part)))
            _require(weights is None or (weights.shape == (len(inputs),) and bool((weights >= 0.0).all())))
            if len(targets):
                check_targets(self._loss, targets)
        scale = problem.target_scale
        _require(scale is not None and scale.shape == (n_out,) and bool((scale > 0.0).all()))

    def _read_keyframes(self) -> tuple[Keyframe, ...]:
        numbers, reals = (
            self._table("keyframe_numbers", KEYFRAME_NUMBERS),
            self._reals("keyframe_reals", KEYFRAME_REALS),
        )
        _require(len(numbers) == len(reals) == len(self._parameters) > 0)
        return tuple(
            self._keyframe(row, real, parameters)
            for row, real, parameters in zip(numbers, reals, self._parameters, strict=True)
        )

    def _keyframe(self, row: dict[str, int], real: dict[str, float], parameters: Array) -> Keyframe:
        settings, problem = self._settings[row["settings_at"]], self._problems[row["problem_at"]]
        n_slots, n, n_rows = OPTIMIZERS[settings.optimizer].n_slots, len(parameters), len(problem.X)
        n_columns = n if row["has_memory"] else 0
        order = self._taken("orders", row["n_order"], np.uint32)
        # At the start of an epoch the rows are laid out anew.
        _require(row["n_order"] == (n_rows if row["sample"] else 0) and row["sample"] < n_rows)
        _require(np.array_equal(np.sort(order), np.arange(len(order))))
        _require(row["best_epoch"] <= row["epoch"] and math.isfinite(real["trained_s"]) and real["trained_s"] >= 0.0)
        state = RunState(
            parameters=parameters,
            slots=self._taken("slots", n_slots * n_columns).reshape(n_slots, n_columns),
            order=order.astype(np.min_scalar_type(n_rows)),
            epoch=row["epoch"],
            sample=row["sample"],
            update=row["update"],
            best_loss=real["best_loss"],
            best_epoch=row["best_epoch"],
            best_parameters=parameters if row["best_at"] < 0 else self._best[row["best_at"]],
            loss_limit=real["loss_limit"],
            masks=_at(self._masks, row["masks_at"]),
        )
        follows_edit = bool(row["follows_edit"])
        former, n_edits = row["former_updates"], row["n_edits"]
        return Keyframe(state, settings, problem, former, n_edits, real["trained_s"], follows_edit)

    def _read_edits(self) -> tuple[Edit, ...]:
        numbers, reals = self._table("edit_numbers", EDIT_NUMBERS), self._reals("edit_reals", EDIT_REALS)
        return tuple(self._edit(row, real) for row, real in zip(numbers, reals, strict=True))

    def _edit(self, row: dict[str, int], real: dict[str, float]) -> Edit:
        n = self._layout.n_parameters
        places = None if row["n_places"] < 0 else self._taken("places", row["n_places"], np.int64)
        values = None if row["n_values"] < 0 else self._taken("values", row["n_values"])
        if places is not None:
            _require(values is not None and len(values) == len(places) > 0)
            _require(bool((np.diff(places) > 0).all()) and places[0] >= 0 and places[-1] < n)
        else:
            _require(values is None or len(values) == n)
        _require(values is None or bool(np.isfinite(values).all()))
        return Edit(
            row["epoch"],
            row["sample"],
            _at(self._settings, row["settings_at"]),
            _at(self._problems, row["problem_at"]),
            places,
            values,
            bool(row["forgot"]),
            _at(self._best, row["best_at"]),
            _at(self._masks, row["masks_at"]),
            row["sample_after"],
            row["update"],
            row["former_updates"],
            row["best_epoch"],
            real["best_loss"],
            real["loss_limit"],
        )

    def _table(self, name: str, columns: tuple[str, ...]) -> list[dict[str, int]]:
        table = self._array(name, np.int64, 2)
        _require(table.shape[1] == len(columns))
        _require(not table.size or (table.min() >= -1 and table.max() <= MOST_COUNT))
        rows = [dict(zip(columns, row, strict=True)) for row in table.tolist()]
        for row in rows:
            _require(all(value >= 0 for column, value in row.items() if column not in _MAY_BE_MISSING[name]))
        return rows

    def _reals(self, name: str, columns: tuple[str, ...]) -> list[dict[str, float]]:
        table = self._array(name, np.float64, 2)
        _require(table.shape[1] == len(columns) and not np.isnan(table).any())
        rows = [dict(zip(columns, row, strict=True)) for row in table.tolist()]
        _require(all(0.0 < row["loss_limit"] < math.inf for row in rows))
        return rows

    def _array(self, name: str, dtype: type[np.generic], n_dimensions: int) -> np.ndarray:
        array = self._arrays[name]
        _require(array.dtype == dtype and array.ndim == n_dimensions)
        return array

    def _matrix(self, name: str, n_columns: int) -> Array:
        array = self._array(name, np.float64, 2)
        _require(array.shape[1] == n_columns and bool(np.isfinite(array).all()))
        return np.ascontiguousarray(array)

    def _flat(self, name: str) -> np.ndarray:
        return self._arrays[name]

    def _taken(self, name: str, n: int, dtype: type[np.generic] = np.float64) -> np.ndarray:
        """Return the next `n` values of a joined array: a copy, so that the whole can go when its parts do."""
        array, at = self._array(name, dtype, 1), self._at.get(name, 0)
        _require(at + n <= len(array))
        self._at[name] = at + n
        return array[at : at + n].copy()


def _check_order(keyframes: Sequence[Keyframe], edits: Sequence[Edit], now: Moves, present: Problem) -> None:
    """Raise ValueError where training cannot come by all keyframes and edits in their order, and to where it stands."""
    last = now.state.epoch, now.state.sample
    position, settings, problem = keyframes[0].position, keyframes[0].settings, keyframes[0].problem
    frames = list(keyframes)
    _require(frames[0].n_edits == 0)
    for number in range(len(edits) + 1):
        while frames and frames[0].n_edits == number:
            frame = frames.pop(0)
            _require(frame.position >= position and frame.settings == settings and frame.problem is problem)
            position = frame.position
        if number == len(edits):
            break
        edit = edits[number]
        # Where training has diverged it goes back to where the epoch began, and forgets all that came since.
        is_anew = edit.forgot and edit.values is not None and edit.places is None
        _require(edit.position >= ((position[0], 0) if is_anew else position) and edit.sample < len(problem.X))
        changed, problem = edit.settings or settings, edit.problem or problem
        _require(edit.sample_after in (edit.sample, 0) and edit.sample_after < len(problem.X))
        is_other = OPTIMIZERS[changed.optimizer].n_slots != OPTIMIZERS[settings.optimizer].n_slots
        _require(edit.forgot or not is_other)
        position, settings = (edit.epoch, edit.sample_after), changed
    _require(not frames and position <= last and settings == now.settings and problem is present)


def _at(items: Sequence[Any], place: int) -> Any:
    return None if place < 0 else items[place]


def _count(value: Any) -> int:
    return whole(value, "count")


def _require(is_right: bool) -> None:
    if not is_right:
        raise ValueError
