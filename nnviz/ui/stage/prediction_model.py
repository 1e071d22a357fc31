"""What is predicted in the window, whether the curtain is down, and how the prediction compares with what came."""

from __future__ import annotations

import math
import weakref
from enum import Enum

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from nnviz.experiment import Prepared
from nnviz.experiment.answers import class_shares
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.lessons.agreement import Area, Stroke, agreement, mean_gap
from nnviz.lessons.frame_facts import facts_of_frame
from nnviz.lessons.prediction import Ask, AskKind, Prediction, outcome
from nnviz.session.commands import MergingCommand, next_series
from nnviz.session.state import ExperimentState


class Curtain(Enum):
    """Where the curtain over the map is."""

    AWAY = "away"
    DOWN = "down"
    LIFTING = "lifting"
    UP = "up"


class PredictionModel(QObject):
    """Knows no view; every change of what is predicted is an undo step, and nobody's work to be saved.

    Parameters
    ----------
    state : ExperimentState
    parent : QObject or None

    Attributes
    ----------
    prediction : Prediction
    asks : tuple of AskKind
        What is asked for while the curtain is down.
    curtain : Curtain
    lifted : float
        Share of the map, from the left, over which it has been lifted.
    agreed : float
        Share of the area on which the drawn lines and the map agree; NaN: nothing to compare.
    gap : float
        Mean distance of the drawn curve from the training loss; NaN: nothing to compare.
    came : int or None
        Which of the options has come true.

    Signals
    -------
    changed : ()
        Any of these.
    happened : str
        An event of `nnviz.lessons.facts.EVENTS`.
    """

    changed = Signal()
    happened = Signal(str)

    def __init__(self, state: ExperimentState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.prediction = Prediction()
        self.asks: tuple[AskKind, ...] = ()
        self.curtain, self.lifted = Curtain.AWAY, 0.0
        self.agreed = self.gap = math.nan
        self.came: int | None = None
        self._series = next_series()
        state.experiment_changed.connect(self._on_experiment)

    # -- the curtain --------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether anything of it is to be seen."""
        return self.curtain is not Curtain.AWAY

    @property
    def is_down(self) -> bool:
        """Whether all of the map is hidden, and things can be predicted."""
        return self.curtain is Curtain.DOWN

    @property
    def is_covered(self) -> bool:
        """Whether anything is hidden."""
        return self.curtain in (Curtain.DOWN, Curtain.LIFTING)

    def ask(self, ask: Ask) -> None:
        """Lower the curtain, if it is not down, and ask for something more."""
        kinds = self.asks if self.is_down else ()
        self.asks = (*(kind for kind in kinds if kind != ask.kind), ask.kind)
        self.prediction = self.prediction.with_options(ask.options) if ask.kind == "vote" else self.prediction
        self._set_curtain(Curtain.DOWN, 0.0)

    def leave_out(self, kind: AskKind) -> None:
        """Ask for it no longer."""
        self.asks = tuple(each for each in self.asks if each != kind)
        self.changed.emit()

    def begin_lifting(self) -> None:
        """Lift the curtain; whoever shows it says how far it is."""
        if self.is_down:
            if any(self.prediction.votes):
                self.happened.emit("vote_in")
            self._set_curtain(Curtain.LIFTING, 0.0)

    def lift_to(self, share: float) -> None:
        """Have it lifted over a share of the map; 1: all of it."""
        if self.curtain is not Curtain.LIFTING:
            return
        self._set_curtain(Curtain.LIFTING if share < 1.0 else Curtain.UP, share)
        if share >= 1.0:
            self.happened.emit("curtain_lifted")

    def put_away(self) -> None:
        """Show nothing of it; what was predicted is kept for the next time."""
        self.asks = ()
        self._set_curtain(Curtain.AWAY, 0.0)

    def forget(self) -> None:
        """Show nothing of it, and know nothing of what was predicted."""
        self.prediction = Prediction()
        self.put_away()

    def _set_curtain(self, curtain: Curtain, lifted: float) -> None:
        self.curtain, self.lifted = curtain, lifted
        if not self.is_open or curtain is Curtain.DOWN:
            self.agreed = self.gap = math.nan
            self.came = None
        self.changed.emit()

    # -- what is predicted --------------------------------------------------------------------------------------

    def add_stroke(self, stroke: Stroke, area: Area, axes: tuple[int, int]) -> None:
        """Draw one more line on the map, which shows `area` of the plane of two features."""
        self._set(self.prediction.with_stroke(stroke, area, axes), self.tr("draw the expected boundary"))
        self.happened.emit("line_drawn")

    def set_curve(self, curve: Stroke) -> None:
        """Draw the expected loss."""
        self._set(replace(self.prediction, curve=curve), self.tr("draw the expected loss"))
        self.happened.emit("line_drawn")

    def vote(self, index: int, change: int = 1) -> None:
        """Count a vote, or take one back; counted one after the other, they are one undo step."""
        if index < len(self.prediction.votes):
            self._set(self.prediction.with_vote(index, change), self.tr("change the votes"), self._series)

    def close_votes(self) -> None:
        """The class has voted: keys count no more until it is asked again; where nobody has, it goes on."""
        self._series = next_series()
        if any(self.prediction.votes):
            self.leave_out("vote")
            self.happened.emit("vote_in")

    def clear(self) -> None:
        """Wipe off all of it."""
        self._set(Prediction().with_options(self.prediction.options), self.tr("erase what was predicted"))

    def _set(self, prediction: Prediction, text: str, merge_key: str = "") -> None:
        if prediction != self.prediction:
            data = self._state.experiment.data
            self._state.push(PredictionCommand(self, self.prediction, prediction, data, text, merge_key))

    def take(self, prediction: Prediction, data: object) -> bool:
        """Take over what a command says, if it is about the present data; return whether it is."""
        if data != self._state.experiment.data:
            return False
        self.prediction = prediction
        self.changed.emit()
        return True

    def _on_experiment(self, old: Experiment, new: Experiment) -> None:
        if old.data != new.data and not self.prediction.is_empty:
            # What was expected of other data says nothing about these.
            self.prediction = Prediction().with_options(self.prediction.options)
            self.changed.emit()

    # -- how it compares ----------------------------------------------------------------------------------------

    def judge(self, frame: Frame, prepared: Prepared) -> None:
        """Compare it with a frame, once all of that is to be seen."""
        if self.curtain is not Curtain.UP:
            return
        # Whole per cents: what changes by less need not be painted anew.
        agreed, gap = self._agreement(frame, prepared), self._gap(frame)
        came = outcome(self.prediction.options, facts_of_frame(frame, prepared))
        told = (_rounded(agreed, 2), _rounded(gap, 3), came)
        if repr(told) != repr((self.agreed, self.gap, self.came)):
            self.agreed, self.gap, self.came = told
            self.changed.emit()

    def _agreement(self, frame: Frame, prepared: Prepared) -> float:
        said, plane, n_classes = self.prediction, frame.plane, len(prepared.class_names)
        if plane is None or plane.unit is not None or said.area is None or n_classes < 2:
            return math.nan
        if plane.axes != said.axes or plane.values.shape[0] == 1:
            return math.nan
        classes = class_shares(plane.values, frame.activations[-1], n_classes).argmax(axis=2)
        return agreement(said.strokes, said.area, classes, (plane.x_range, plane.y_range), n_classes)

    def _gap(self, frame: Frame) -> float:
        return mean_gap(self.prediction.curve, frame.curves.epoch, frame.curves.train_loss)

    def words(self) -> tuple[str, str]:
        """Return what is to be said over the map, and over the loss."""
        tr = self.tr
        if self.is_down:
            line = tr("Where will the boundary be?") if "line" in self.asks and not self.prediction.strokes else ""
            curve = tr("Where will the training loss go?") if "curve" in self.asks and not self.prediction.curve else ""
            return line, curve
        if not self.is_open:
            return "", ""
        agreed = "" if math.isnan(self.agreed) else tr("agrees on {0} % of the area").format(round(100 * self.agreed))
        gap = "" if math.isnan(self.gap) else tr("off by {0} on average").format(f"{self.gap:.3g}")
        return agreed, gap


def _rounded(value: float, digits: int) -> float:
    return value if math.isnan(value) else round(value, digits)


class PredictionCommand(MergingCommand):
    """Replaces what is predicted; about other data it is nothing, and goes."""

    edits = False

    def __init__(
        self,
        model: PredictionModel,
        old: Prediction,
        new: Prediction,
        data: object,
        text: str,
        merge_key: str = "",
    ) -> None:
        super().__init__(text, merge_key)
        self._model, self._old, self._new, self._data = weakref.ref(model), old, new, data

    def redo(self) -> None:
        """Predict the new."""
        self._take(self._new)

    def undo(self) -> None:
        """Predict the old again."""
        self._take(self._old)

    def mergeWith(self, other: object) -> bool:
        """Take in the next vote."""
        if not isinstance(other, PredictionCommand) or not self.accepts(other):
            return False
        self._new, self.changed_s = other._new, other.changed_s
        return True

    def _take(self, prediction: Prediction) -> None:
        model = self._model()
        if model is not None and not model.take(prediction, self._data):
            self.setObsolete(True)
