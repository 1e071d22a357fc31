"""Some weights of the run in the foreground, as a window follows them: how they went, and why one has just moved."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from nnviz.core.arrays import read_only
from nnviz.core.errors import NnvizError
from nnviz.core.layout import Array, Layout
from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.session.questions import Question
from nnviz.session.run import Run

if TYPE_CHECKING:
    from nnviz.core.explain.attribution import Pieces


#: Weights whose way is shown at once: each has a colour of its own.
MOST_WEIGHTS = 6
#: Points of a way.
MOST_POINTS = 600


class WeightId(Struct, frozen=True):
    """A weight into `unit` (from 0) of `layer` (1 … L) from unit `source` of the layer before; None: its bias."""

    layer: int
    unit: int
    source: int | None = None

    def index_in(self, layout: Layout) -> int | None:
        """Return its place in the parameters; None where the network has no such weight."""
        if not 1 <= self.layer <= layout.n_layers or self.unit >= layout.sizes[self.layer]:
            return None
        if self.source is None:
            return layout.bias_index(self.layer, self.unit)
        if self.source >= layout.sizes[self.layer - 1]:
            return None
        return layout.weight_index(self.layer, self.unit, self.source)


class WeightStory(Struct, frozen=True, eq=False):
    """What is known of some weights.

    Attributes
    ----------
    weights : tuple of WeightId
        The last one is what `pieces` are of.
    epochs : ndarray of int ``(n,)``
    values : ndarray ``(n, n_weights)``
        As each epoch had ended.
    pieces : Pieces
        Of one update of the last weight.
    rows : ndarray of int
        Training rows of `Pieces.examples`.
    before : float
        The last weight before that update.
    is_made : bool
        Whether it is the last update, or else the next one.
    epoch : int or None
        The past epoch at whose end that is; None: at the present.
    pushes : tuple of ndarray or None
        How a row alone would push all weights, ``(n_out, n_in)`` for each layer, where that was asked for.
    """

    weights: tuple[WeightId, ...]
    epochs: NDArray[np.int64]
    values: Array
    pieces: Pieces
    rows: NDArray[np.int64]
    before: float
    is_made: bool
    epoch: int | None = None
    pushes: tuple[Array, ...] | None = None


class WeightWatch(QObject):
    """The model behind the ways of weights, the pieces of an update, and the glow of a row; views listen.

    Parameters
    ----------
    controller : Controller
    parent : QObject or None

    Attributes
    ----------
    weights : tuple of WeightId
        What is followed; the last one is told of.
    row : int or None
        The training row whose pushes are wanted.
    keeps : bool
        Whether another weight is followed beside those before it, instead of in their place.
    story : WeightStory or None

    Signals
    -------
    chosen : ()
        Other weights are followed.
    changed : ()
        Another story, or none.
    complained : str
        One sentence: why there is none; empty: there is again.
    """

    chosen = Signal()
    changed = Signal()
    complained = Signal(str)

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self.weights: tuple[WeightId, ...] = ()
        self.row: int | None = None
        self.keeps = False
        self.story: WeightStory | None = None
        self._is_active = False
        self._asked_of: tuple[int, int] | None = None
        self.question = Question(controller, _nothing, self)
        self.question.answered.connect(self._on_answered)

    @property
    def is_active(self) -> bool:
        """Whether anybody wants to know."""
        return self._is_active

    @property
    def current(self) -> WeightId | None:
        """The weight that is told of."""
        return self.weights[-1] if self.weights else None

    def set_active(self, active: bool) -> None:
        """Begin to follow, or follow no longer, which costs nothing."""
        if active != self._is_active:
            self._is_active = active
            if active:
                self._ask_now()
            else:
                self.stop()

    def follow(self, weight: WeightId) -> None:
        """Tell of a weight; those before it stay in the plot where they are to be kept."""
        others = tuple(each for each in self.weights if each != weight) if self.keeps else ()
        weights = (*others[-(MOST_WEIGHTS - 1) :], weight)
        if weights != self.weights:
            self.weights = weights
            self.chosen.emit()
            self._ask_now()

    def set_keeps(self, keeps: bool) -> None:
        """Keep the weights that are followed when another one is chosen, or let them go."""
        self.keeps = keeps
        if not keeps and len(self.weights) > 1:
            self.weights = self.weights[-1:]
            self.chosen.emit()
            self._ask_now()

    def set_row(self, row: int | None) -> None:
        """Ask how a training row pushes all weights, or no more."""
        if row != self.row:
            self.row = row
            self._ask_now()

    def show_frame(self, frame: Frame) -> None:
        """Look again, now or soon: the run has gone on, or has been edited."""
        left = tuple(weight for weight in self.weights if weight.index_in(frame.layout) is not None)
        if left != self.weights:
            # The network has them no longer, whether anybody looks or not.
            self.weights = left
            self.chosen.emit()
        if not self._is_active:
            return
        past = None if frame.is_live else (frame.run_id, frame.epoch)
        if past is not None and past == self._asked_of:
            # A past epoch stays as it was.
            return
        self._ask()

    def _ask(self, *, now: bool = False) -> None:
        frame = self._controller.frame
        self._asked_of = (frame.run_id, frame.epoch) if frame is not None and not frame.is_live else None
        epoch = None if self._asked_of is None else self._asked_of[1]
        self.question.function = partial(_look, self.weights, self.row, not self._controller.is_training, epoch)
        if not self.weights and self.row is None:
            self._forget()
        elif now:
            self.question.ask_now()
        else:
            self.question.ask()

    def _ask_now(self) -> None:
        if self._is_active:
            self._ask(now=True)

    @Slot(object)
    def _on_answered(self, answer: object) -> None:
        if not self._is_active:
            return
        if isinstance(answer, WeightStory):
            self.story = answer
            self.complained.emit("")
        else:
            self.story = None
            self.complained.emit(str(answer))
        self.changed.emit()

    def _forget(self) -> None:
        self.question.forget()
        if self.story is not None:
            self.story = None
            self.changed.emit()

    def stop(self) -> None:
        """Stop every timer, and forget what was told."""
        self._forget()


def _nothing(_run: Run) -> None:
    """Nothing is asked yet."""


def _look(weights: tuple[WeightId, ...], row: int | None, looks_back: bool, epoch: int | None, run: Run) -> WeightStory:
    """Look at some weights of a run, at the end of an epoch or (None) as it stands; called in its thread."""
    from nnviz.core.explain.movement import movement_of, pushes_of

    trainer = run.trainer
    if trainer is None or run.prepared is None or run.prepared.is_empty:
        raise NnvizError("There is nothing to follow yet; the network has no data.")
    layout = trainer.network.layout
    # Another run may be in front by the time when it is asked, with fewer weights.
    known = {weight: index for weight in weights if (index := weight.index_in(layout)) is not None}
    weights, places = tuple(known), list(known.values())
    epochs, values = trainer.parameters_over_time(places, last=epoch, max_epochs=MOST_POINTS)
    movement = movement_of(trainer, epoch=epoch, looks_back=looks_back)
    current = weights[-1] if weights else WeightId(1, 0, 0)
    before = movement.worked.arithmetic.subject.parameters[places[-1]] if places else 0.0
    return WeightStory(
        weights=weights,
        epochs=read_only(epochs),
        values=read_only(values),
        pieces=movement.pieces(current.layer, current.unit, current.source),
        rows=read_only(movement.rows),
        before=float(before),
        is_made=movement.is_made,
        epoch=epoch,
        pushes=(pushes_of(trainer, row, epoch) or None) if row is not None else None,
    )
