from collections.abc import Mapping

import pytest
from PySide6.QtGui import QUndoStack

from nnviz.session.commands import GESTURE, MERGE_WITHIN_S
from nnviz.session.parameter_edits import ParametersCommand


class Weights:
    """Takes what commands write."""

    def __init__(self) -> None:
        self.run_id = 7
        self.values: dict[int, float] = {3: 0.0}

    def write_parameters(self, run_id: int, values: Mapping[int, float]) -> bool:
        if run_id == self.run_id:
            self.values |= values
        return run_id == self.run_id


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("key", "n_steps"), [(f"{GESTURE}drag 1", 1), ("nudge 3", 2), ("", 2)])
def test_a_drag_that_rests_on_its_way_is_one_step(key: str, n_steps: int) -> None:
    weights, stack = Weights(), QUndoStack()
    for now, (old, new) in ((0.0, (0.0, 0.5)), (2.0 * MERGE_WITHIN_S, (0.5, 0.9))):
        command = ParametersCommand(weights, 7, {3: old}, {3: new}, "change weight", key)
        command.changed_s = now
        stack.push(command)
    assert stack.count() == n_steps
    for _ in range(n_steps):
        stack.undo()
    assert weights.values == {3: 0.0}


@pytest.mark.usefixtures("qapp")
def test_a_weight_is_never_written_into_another_run() -> None:
    weights, stack = Weights(), QUndoStack()
    stack.push(ParametersCommand(weights, 7, {3: 0.0}, {3: 0.5}, "change weight"))
    weights.run_id, weights.values = 8, {3: 0.1}
    stack.undo()
    assert weights.values == {3: 0.1}
    assert stack.count() == 0
