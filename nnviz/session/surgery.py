"""Surgery on the network of the shown run: masks, rewritten units, units and layers more or less; each one undo step.

The way back from a mask or a rewritten unit gives the weights that it wrote over their values from before, to the last
bit; training in between is not undone. The way back from another shape is the run from before.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal

from nnviz.core.layout import Array
from nnviz.core.masks import Mask
from nnviz.core.network import Network
from nnviz.core.surgery import Operation, draw_unit, negate_unit, swap_units
from nnviz.core.trainer import Trainer
from nnviz.experiment.contrast import Reference
from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import MAX_UNITS
from nnviz.experiment.surgery import can_be, operated, with_mask, without_mask
from nnviz.session.commands import EditCommand, OneRunCommand
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState


class Operated(Protocol):
    """What these commands change besides the experiment."""

    def operate(self, run_id: int, function: Callable[[Trainer], None]) -> bool:
        """Let a function rewrite weights of a run between two slices; return whether it is there."""


class Rewriting:
    """Remembers which weights have been written over, and with what; works in the thread that trains.

    Parameters
    ----------
    change : callable or None
        What writes; None: somebody else, between `note` and `compare`.
    """

    def __init__(self, change: Callable[[Network], None] | None = None) -> None:
        self._change = change
        self._whole: Array | None = None
        self._places = np.zeros(0, dtype=np.int64)
        self._before: Array = np.zeros(0)

    def note(self, trainer: Trainer) -> None:
        """Note all weights."""
        self._whole = trainer.network.parameters.copy()

    def compare(self, trainer: Trainer) -> None:
        """Keep those that are other ones by now."""
        if self._whole is not None:
            now = trainer.network.parameters
            self._places = np.flatnonzero(now.view(np.int64) != self._whole.view(np.int64))
            self._before, self._whole = self._whole[self._places], None

    def do(self, trainer: Trainer) -> None:
        """Write."""
        self.note(trainer)
        if self._change is not None:
            self._change(trainer.network)
        trainer.network.drop_unused_biases()
        self.compare(trainer)

    def undo(self, trainer: Trainer) -> None:
        """Write what was there before."""
        if len(trainer.network.parameters) > self._places.max(initial=-1):
            trainer.network.parameters[self._places] = self._before


class RewriteCommand(OneRunCommand):
    """Rewrites weights of one run."""

    def __init__(self, holder: Operated, run_id: int, change: Callable[[Network], None], text: str) -> None:
        super().__init__(run_id, text)
        self._holder = weakref.ref(holder)
        self._rewriting = Rewriting(change)

    def redo(self) -> None:
        """Rewrite."""
        self._operate(self._rewriting.do)

    def undo(self) -> None:
        """Write what was there before."""
        self._operate(self._rewriting.undo)

    def _operate(self, function: Callable[[Trainer], None]) -> None:
        holder = self._holder()
        if holder is not None and not holder.operate(self.run_id, function):
            self.setObsolete(True)


class MaskCommand(EditCommand):
    """Replaces an experiment by one with other masks, and on the way back the weights that these wrote over."""

    def __init__(
        self, state: ExperimentState, run: Controller, new: Experiment, text: str, merge_key: str = ""
    ) -> None:
        super().__init__(state, state.experiment, new, text, merge_key)
        self._run = weakref.ref(run)
        self._rewriting = Rewriting()

    def rename_run(self, old: int, new: int, *, is_begun_anew: bool = False) -> None:
        """Name another run; weights that were written over in one that is gone are nothing to another."""
        if is_begun_anew and old in self.run_ids:
            self._rewriting = Rewriting()
        super().rename_run(old, new, is_begun_anew=is_begun_anew)

    def redo(self) -> None:
        """Show the new experiment."""
        run = self._run()
        if run is None or (self._done_before and not run.bring(self.before_id)):
            self.setObsolete(True)
            return
        run.operate(run.run_id, self._rewriting.note)
        super().redo()
        run.operate(run.run_id, self._rewriting.compare)

    def undo(self) -> None:
        """Show the old experiment again, with the weights from before."""
        super().undo()
        run = self._run()
        if run is not None and not self.isObsolete():
            run.operate(self.before_id, self._rewriting.undo)


class Surgeon(QObject):
    """Does surgery on the run that is shown.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    parent : QObject or None

    Attributes
    ----------
    run_id : int
        Of the run whose units and edges are named: where another one is shown by then, nothing is done; 0: any.

    Signals
    -------
    operating : object
        A `Reference`: the network as it is just before it is operated on; once for all steps of a gesture.
    """

    operating = Signal(object)

    def __init__(self, state: ExperimentState, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._controller = state, controller
        self._gesture = ""
        self.run_id = 0

    def note(self, text: str, gesture: str = "") -> None:
        """Tell of the network as it is, before somebody does to it what an undo step calls `text`."""
        frame, is_same = self._controller.frame, bool(gesture) and gesture == self._gesture
        self._gesture = gesture
        if frame is not None and not is_same:
            self.operating.emit(Reference(frame.layout, frame.activations, frame.parameters, frame.epoch, text))

    @property
    def _is_ready(self) -> bool:
        frame = self._controller.frame
        run_id = self._controller.run_id
        is_ready = frame is not None and frame.run_id == run_id and self.run_id in (0, run_id)
        if not is_ready:
            self._controller.message.emit(
                "info", self.tr("The network is still being prepared; try again in a moment.")
            )
        return is_ready

    def mask(self, mask: Mask, text: str, merge_key: str = "") -> None:
        """Freeze, pin, cut or mute, as an undo step."""
        if mask.value is not None and not math.isfinite(mask.value):
            self._controller.message.emit("error", self.tr("A weight must be a finite number."))
        elif self._is_ready:
            self._edit_masks(with_mask(self._state.experiment, mask), text, merge_key)

    def release(self, mask: Mask, text: str) -> None:
        """Take away what is at the place of a mask, as an undo step."""
        if self._is_ready:
            self._edit_masks(without_mask(self._state.experiment, mask), text)

    def _edit_masks(self, experiment: Experiment, text: str, merge_key: str = "") -> None:
        if experiment != self._state.experiment:
            self.note(text, merge_key)
            self._state.push(MaskCommand(self._state, self._controller, experiment, text, merge_key))

    def swap(self, layer: int, first: int, second: int) -> None:
        """Let two hidden units change places, as an undo step."""
        units = (first, second)
        self._rewrite(lambda network: swap_units(network, layer, *units), layer, units, self.tr("swap units"))

    def negate(self, layer: int, unit: int) -> None:
        """Turn the signs of a hidden unit's weights, as an undo step."""
        self._rewrite(lambda network: negate_unit(network, layer, unit), layer, (unit,), self.tr("negate unit"))

    def draw(self, layer: int, unit: int) -> None:
        """Draw a unit's weights anew, as an undo step."""
        self._rewrite(lambda network: draw_unit(network, layer, unit), layer, (unit,), self.tr("re-initialise unit"))

    def _rewrite(self, change: Callable[[Network], None], layer: int, units: tuple[int, ...], text: str) -> None:
        """Rewrite units whose weights are all free: masks belong to places, not to what stands there."""
        if not self._is_ready:
            return
        frame = self._controller.frame
        if frame is not None and frame.masks and any(frame.masks.touches(layer, unit) for unit in units):
            words = self.tr("Weights of this unit are frozen, pinned, cut or muted; release them first.")
            self._controller.message.emit("info", words)
        else:
            self.note(text)
            self._state.push(RewriteCommand(self._controller, self._controller.run_id, change, text))

    def can(self, operation: Operation) -> bool:
        """Whether the network may be changed so."""
        frame = self._controller.frame
        if frame is None or (operation.kind == "insert_layer" and frame.layout.sizes[operation.layer - 1] > MAX_UNITS):
            return False
        return can_be(self._state.experiment, operation)

    def operate(self, operation: Operation, text: str) -> None:
        """Change the network's shape, going on with what it has learnt, as an undo step."""
        frame, experiment = self._controller.frame, self._state.experiment
        if not (self._is_ready and self.can(operation)) or frame is None:
            return
        self.note(text)
        edited = operated(experiment, operation, frame.layout.sizes[operation.layer - 1])
        self._state.push(EditCommand(self._state, experiment, edited, text, operation=operation))
