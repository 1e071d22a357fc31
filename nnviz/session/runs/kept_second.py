"""The second of two networks that are compared, in a file: as far as it has come beside the one in front."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, Slot

from nnviz.core.errors import ExperimentError
from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.effects import Effect, effect_of
from nnviz.experiment.second import second_of
from nnviz.session.commands import Change
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState

if TYPE_CHECKING:
    from nnviz.core.checkpoint import Checkpoint
    from nnviz.session.beside import Asked

GROUP: Final = "second"


class KeptSecond(QObject):
    """Saves the second network, and has it wait after opening until somebody compares again.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    parent : QObject

    Attributes
    ----------
    present : callable
        Returns the id of the run that is saved; 0: there is none, and what was opened is saved again.
    """

    group = GROUP
    needs_room = True

    def __init__(self, state: ExperimentState, controller: Controller, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self.present: Callable[[], int] = lambda: 0
        self._waiting: Document | None = None
        self._judged: Document | None = None
        controller.beside.append(self)
        state.applied.connect(self._on_applied)

    def take(self, leader_id: int, wanted: Experiment) -> Document | None:
        """Return what was opened, once, where it is the second network of such a set-up.

        Not where the run in front has begun again since, so that the second one would be ahead of it.
        """
        found, self._waiting = self._waiting, None
        frame = self._controller.live_frame
        if found is None or found.checkpoint is None:
            return None
        is_ahead = frame is not None and frame.run_id == leader_id and frame.epoch < found.checkpoint.epoch
        return None if is_ahead or effect_of(found.experiment, wanted) is Effect.RESTART else found

    @property
    def has_any(self) -> bool:
        """Whether there is a second network that has learnt something, or may have."""
        return bool(self.present()) or self._waiting is not None

    def ask_written(self, n_bytes: int, path: Path | None) -> Asked:  # noqa: ARG002 - it is of the document's own data
        """Ask for what is to be saved."""
        from nnviz.session.runs.kept_runs import ask_runs, asked_runs

        run_id, waiting = self.present(), Future[Document]()
        if not run_id:
            waiting.set_result(self._waiting or Document(Experiment()))

        answers = ask_runs(self._controller.lab, [run_id]) if run_id else [waiting]
        return asked_runs(answers, {}, [0], n_bytes)

    def read(self, document: Document) -> str:
        """Judge what another document has of a second network; return what is to be said of it, or nothing."""
        from nnviz.experiment.beside import judged

        self._judged = None
        try:
            self._judged = judged(document.beside, GROUP, lambda _, arrays: _second_of(arrays, document))
        except ExperimentError as error:
            return str(error)
        return ""

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        if change.kind == "replace":
            self._waiting, self._judged = self._judged, None


def _second_of(arrays: Mapping[str, np.ndarray], document: Document) -> Document | None:
    """Return the second network as it was saved, None where it had learnt nothing or was ahead of the first.

    Saved while both trained, it may be some updates ahead: it begins anew then, and catches up.
    """
    from nnviz.session.runs.kept_runs import read_runs

    own = second_of(document.experiment)
    second = read_runs(arrays, [own]).get(0)
    if second is None:
        return None
    first, checkpoint = document.checkpoint, second.checkpoint
    hidden = tuple(layer.units for layer in own.network.hidden)
    if document.experiment.second is None or checkpoint is None or checkpoint.network.layer_sizes[1:-1] != hidden:
        raise ValueError
    return second if first is not None and _place(checkpoint) <= _place(first) else None


def _place(checkpoint: Checkpoint) -> tuple[int, int]:
    return checkpoint.epoch, checkpoint.state.sample
