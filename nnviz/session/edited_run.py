"""Weights and biases of a run, as a user overwrites them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from nnviz.core.trainer import Trainer
from nnviz.experiment.subject import Network, network_of
from nnviz.session.mailbox import Operate, SetParameters
from nnviz.session.parameter_edits import ParametersCommand
from nnviz.session.past_run import PastRun
from nnviz.session.timeline import Timeline


class EditedRun(PastRun):
    """The part of a controller that writes to the parameters of its run. Signals are those of `ShownRun`."""

    timeline: Timeline

    def edit_parameters(self, values: Mapping[int, float], text: str, merge_key: str = "") -> None:
        """Overwrite weights or biases of the present run, as an undo step, training or not.

        Parameters
        ----------
        values : mapping
            Flat index → new value.
        text : str
            What the step is called in the Edit menu.
        merge_key : str
            Steps with the same key that follow each other closely become one.
        """
        frame = self._frame
        if self._closed or not values:
            return
        if frame is None or frame.run_id != self._run.id or max(values) >= len(frame.parameters):
            self.message.emit("info", self.tr("The network is still being prepared; try again in a moment."))
            return
        if not all(math.isfinite(value) for value in values.values()):
            self.message.emit("error", self.tr("A weight must be a finite number."))
            return
        old = self.observer.parameter_edits.before(frame, values)
        new = {index: float(value) for index, value in values.items()}
        if new != old:
            self._state.push(ParametersCommand(self, self._run.id, old, new, text, merge_key))

    def present_parameters(self, network: Network, indices: Iterable[int]) -> dict[int, float]:
        """Return weights or biases of the shown frame, by flat index; nothing where it is of another network.

        Those that are being written count already.
        """
        if self._frame is None or network_of(self._frame) != network:
            return {}
        return self.observer.parameter_edits.before(self._frame, indices)

    def write_parameters(self, run_id: int, values: Mapping[int, float]) -> bool:
        """Overwrite weights or biases without an undo step, where the run is present; the way in for commands."""
        if run_id not in self.lab or not self.bring(run_id):
            self.message.emit("info", self.tr("The run whose weight was changed is no longer kept."))
            return False
        self.timeline.go_to_present()
        self._run.touch()
        post = self._run.mailbox.post(SetParameters(tuple(values.items())))
        self.observer.parameter_edits.written(values, post)
        return True

    def operate(self, run_id: int, function: Callable[[Trainer], None]) -> bool:
        """Let a function rewrite weights of a run between two slices; return whether it is there. For commands."""
        if run_id not in self.lab or not self.bring(run_id):
            self.message.emit("info", self.tr("The run that this step changed is no longer kept."))
            return False
        self.timeline.go_to_present()
        self._run.touch()
        self._run.mailbox.post(Operate(function))
        self.observer.parameter_edits.clear()
        return True

    def bring(self, run_id: int) -> bool:
        """Show another run, unless it is shown; return whether it is there. For commands."""
        return run_id == self.run_id or self.show_run(run_id)

    def show_run(self, run_id: int) -> bool:
        """Bring another run to the front; return whether it is there."""
        raise NotImplementedError
