"""Predict, then reveal: when the curtain over the map comes and goes, and what the window and the stage show of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.drawing.axes import Above
from nnviz.drawing.curve_choice import is_logarithmic
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame
from nnviz.experiment.schema import ViewSpec
from nnviz.session.commands import Change
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.boundary.boundary_view import BoundaryView
from nnviz.ui.loss.loss_view import LossView
from nnviz.ui.widgets.hideable import TeacherHideable
from nnviz.ui.window.docks import Dock

if TYPE_CHECKING:
    from nnviz.lessons.agreement import Area, Stroke
    from nnviz.lessons.prediction import Ask, AskKind, Option
    from nnviz.ui.stage.plot_prediction import PlotPrediction
    from nnviz.ui.stage.predict_bar import PredictBar
    from nnviz.ui.stage.prediction_model import PredictionModel

#: How long the curtain takes from left to right.
LIFT_MS = 4000
#: Epochs of the loss plot that is drawn on, unless the run has its own end; at most so many.
USUAL_EPOCHS = 200
#: How many factors of ten a logarithmic loss plot that is drawn on has below the present loss.
DECADES = 3.0


class PredictWindow(Protocol):
    """What it needs of the window."""

    state: ExperimentState
    controller: Controller
    boundary_view: BoundaryView
    loss_view: LossView
    docks: dict[str, Dock]


class PredictPlace(TeacherHideable, QWidget):
    """Where the bar comes; what a teacher hides has no key either."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self._action = action
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def set_hidden_by_teacher(self, hidden: bool) -> None:
        """Take the key away, too."""
        super().set_hidden_by_teacher(hidden)
        self._action.setEnabled(not hidden)


class PredictActions(QObject):
    """Makes all of it when it is first asked for; until then there is one hidden widget.

    Parameters
    ----------
    window : PredictWindow
    action : QAction
        Lowers the curtain, lifts it, and puts all away, in turn.
    theme : Theme
    parent : QWidget
        The same window.

    Attributes
    ----------
    place : PredictPlace
    model : PredictionModel or None
        Once it has been asked for.

    Signals
    -------
    happened : str
        An event of `nnviz.lessons.facts.EVENTS`.
    changed : ()
        What the stage shows of it.
    """

    happened = Signal(str)
    changed = Signal()

    def __init__(self, window: PredictWindow, action: QAction, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._window, self._parent, self._theme = window, parent, theme
        self.place = PredictPlace(action)
        self.model: PredictionModel | None = None
        self._is_bare = self._was_covered = self._was_training = False
        action.triggered.connect(self.go_on)

    # -- in and out ---------------------------------------------------------------------------------------------

    @Slot()
    def go_on(self) -> None:
        """Lower the curtain; lift it; lifted, put everything away: what the key does, one after the other."""
        from nnviz.lessons.prediction import Ask

        model = self.model
        if model is None or not model.is_open:
            prepared = self._window.controller.prepared
            has_map = prepared is not None and bool(prepared.class_names) and prepared.dataset.n_features > 1
            self.ask(Ask("line" if has_map else "curve"))
        elif model.is_covered:
            self.lift()
        else:
            model.put_away()

    def ask(self, ask: Ask) -> None:
        """Lower the curtain and ask for something."""
        model = self._made()
        dock = {"line": "boundary", "curve": "loss"}.get(ask.kind)
        if dock is not None and self._window.docks[dock].toggleViewAction().isEnabled():
            self._window.docks[dock].open()
        if ask.kind == "line":
            self._window.boundary_view.painting.leave()
            self._window.boundary_view.show_unit(None)
        elif ask.kind == "curve":
            self._window.state.set_view(self._view.edited(curve="loss", curve_x="epoch"))
        self._lifting.stop()
        model.ask(ask)
        self.plots.focus(ask.kind)

    @Slot()
    def lift(self) -> None:
        """Lift the curtain slowly; once more, at once; lifted, lower it again."""
        from nnviz.lessons.prediction import Ask

        model = self.model
        if model is None:
            return
        if self.is_lifting:
            self._lifting.stop()
            self._lift_to(1.0)
        elif model.is_covered:
            model.begin_lifting()
            self._lifting.start()
        elif model.is_open:
            said = model.prediction
            kinds: tuple[tuple[AskKind, object], ...] = (("line", said.strokes), ("curve", said.curve), ("vote", True))
            self.ask(Ask(next(kind for kind, has_any in kinds if has_any)))

    def reveal(self) -> None:
        """Lift the curtain where it is down."""
        if self.model is not None and self.model.is_covered and not self.is_lifting:
            self.lift()

    @property
    def is_lifting(self) -> bool:
        """Whether the curtain is on its way."""
        return self.model is not None and self._lifting.state() == QVariantAnimation.State.Running

    def leave(self) -> None:
        """Put everything away."""
        if self.model is not None:
            self._lifting.stop()
            self.model.put_away()

    # -- made when it is asked for ------------------------------------------------------------------------------

    def _made(self) -> PredictionModel:
        if self.model is not None:
            return self.model
        from nnviz.ui.stage.plot_prediction import PlotPrediction
        from nnviz.ui.stage.predict_bar import PredictBar
        from nnviz.ui.stage.prediction_model import PredictionModel

        window, theme = self._window, self._theme
        model = self.model = PredictionModel(window.state, self)
        view = window.boundary_view
        self.plots: PlotPrediction = PlotPrediction(
            model, view.plot, window.loss_view.plot, theme, view.points.all_places
        )
        self.bar: PredictBar = PredictBar(model, theme, self.place)
        column = self.place.layout()
        assert column is not None
        column.addWidget(self.bar)
        self.bar.set_bare(self._is_bare)
        self._lifting = QVariantAnimation(self)
        self._lifting.setDuration(LIFT_MS)
        self._lifting.setStartValue(0.0)
        self._lifting.setEndValue(1.0)
        self._keys = [self._key(str(number), number) for number in range(10)] + [self._key("Backspace", -1)]
        self._connect(model)
        return model

    def _key(self, text: str, number: int) -> QShortcut:
        shortcut = QShortcut(QKeySequence(text), self._parent)
        shortcut.setEnabled(False)
        shortcut.setProperty("vote", number)
        shortcut.activated.connect(self._on_vote_key)
        return shortcut

    def _connect(self, model: PredictionModel) -> None:
        window = self._window
        self.plots.line_drawn.connect(self._on_line)
        self.plots.curve_drawn.connect(self._on_curve)
        self.bar.ask_wanted.connect(self._on_ask)
        self.bar.lift_wanted.connect(self.lift)
        self._lifting.valueChanged.connect(self._lift_to)
        model.changed.connect(self._on_changed)
        model.happened.connect(self.happened)
        window.controller.frame_ready.connect(self._judge, Qt.ConnectionType.DirectConnection)
        window.controller.status_changed.connect(self._on_status)
        window.boundary_view.painting.toggled.connect(self._on_painting)
        window.state.view_changed.connect(self._on_view_changed)
        window.state.applied.connect(self._on_applied)

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def _view(self) -> ViewSpec:
        return self._window.state.experiment.view

    def seen(self, frame: Frame) -> Frame:
        """Return a frame as the views may have it: while the curtain is down, without what gives the map away."""
        if self.model is None or not self.model.is_covered:
            return frame
        return replace(frame, unit_maps=None, correct_train=None, correct_validation=None, correct_test=None)

    @Slot()
    def _on_changed(self) -> None:
        model, window = self.model, self._window
        assert model is not None
        curve = model.prediction.curve if self._shows_losses else ()
        if is_logarithmic(self._view):
            curve = tuple((x, math.log10(y)) for x, y in curve if y > 0.0)
        self.plots.show(self._axes, curve)
        is_wanted = model.is_open and (not self._is_bare or self._has_votes)
        if is_wanted != self.place.is_wanted:
            self.place.setVisible(is_wanted)
        votes = "vote" in model.asks and model.is_down
        for shortcut in self._keys:
            shortcut.setEnabled(votes and shortcut.property("vote") <= len(model.prediction.options))
        wants_room = model.is_open and self._shows_losses and ("curve" in model.asks or bool(model.prediction.curve))
        window.loss_view.show_expected(self.curve, self._room() if wants_room else None)
        window.boundary_view.map_layer.above = self.above
        if model.is_covered != self._was_covered:
            self._was_covered = model.is_covered
            self._cover()
        self.changed.emit()

    def _cover(self) -> None:
        """Let the map give nothing away by the mouse, its crosses or its curves, or let it again."""
        view, covered = self._window.boundary_view, self._was_covered
        view.pointer.set_enabled(not covered)
        view.hand.is_enabled = not covered
        view.map_layer.curves.set_beneath(covered)
        view.points.clear_wrong()
        frame = self._window.controller.frame
        if frame is not None:
            self._window.controller.frame_ready.emit(frame)

    @property
    def _axes(self) -> tuple[int, int]:
        """The features along the map that is shown."""
        frame = self._window.controller.frame
        plane = frame.seen_by("boundary").plane if frame is not None else None
        return plane.axes if plane is not None else self._view.axes

    @property
    def _shows_losses(self) -> bool:
        return self._view.curve == "loss" and self._view.curve_x == "epoch"

    def _room(self) -> tuple[float, float, float]:
        """Return the last epoch, the least and the greatest loss for which there is to be room."""
        training, frame, curve = self._window.state.experiment.training, self._window.controller.frame, self.curve
        planned = training.epochs if training.stop_at_epochs else min(training.epochs, USUAL_EPOCHS)
        first = float(frame.curves.train_loss[0]) if frame is not None and len(frame.curves.train_loss) else 0.0
        top = 1.25 * first if math.isfinite(first) and first > 0.0 else 1.0
        losses = [y for _, y in curve if y > 0.0]
        last = max([float(planned), *(x for x, _ in curve)])
        return last, min([top / 10.0**DECADES, *losses]), max([top, *losses])

    @property
    def _has_votes(self) -> bool:
        model = self.model
        return model is not None and ("vote" in model.asks or any(model.prediction.votes))

    def set_bare(self, bare: bool) -> None:
        """Show an audience the votes alone."""
        self._is_bare = bare
        if self.model is not None:
            self.bar.set_bare(bare)
            self._on_changed()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        if self.model is not None:
            self.bar.set_theme(theme)
            self.plots.set_theme(theme)

    # -- what a stage and pictures show -------------------------------------------------------------------------

    @property
    def above(self) -> Above:
        """What a picture of the map has besides, while it is to be seen."""
        is_open = self.model is not None and self.model.is_open
        return (self.plots.paint_under, self.plots.paint_over) if is_open else ()

    @property
    def votes(self) -> tuple[tuple[Option, ...], tuple[int, ...], int | None]:
        """Options, votes, and what has come true; empty where nobody votes."""
        model = self.model
        if model is None or not model.is_open or not self._has_votes:
            return (), (), None
        return model.prediction.options, model.prediction.votes, model.came

    @property
    def curve(self) -> Stroke:
        """The loss that is expected, as long as it is to be seen."""
        model = self.model
        return model.prediction.curve if model is not None and model.is_open else ()

    # -- what happens -------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_line(self, stroke: Stroke, area: Area) -> None:
        if self.model is not None:
            self.model.add_stroke(stroke, area, self._axes)

    @Slot(object)
    def _on_curve(self, curve: Stroke) -> None:
        if self.model is not None:
            logarithmic = is_logarithmic(self._view)
            self.model.set_curve(tuple((x, 10.0**y if logarithmic else y) for x, y in curve))

    @Slot(object)
    def _on_ask(self, kind: AskKind) -> None:
        from nnviz.lessons.prediction import Ask

        self.ask(Ask(kind))

    @Slot()
    def _on_vote_key(self) -> None:
        number = self.sender().property("vote")
        if self.model is None:
            return
        if number < 0:
            self.bar.take_back()
        elif number == 0:
            self.model.close_votes()
        else:
            self.bar.vote(number - 1)

    @Slot(object)
    def _lift_to(self, share: float) -> None:
        if self.model is not None:
            self.model.lift_to(float(share))
            self._judge()

    @Slot()
    def _judge(self) -> None:
        model, controller = self.model, self._window.controller
        frame, prepared = controller.frame, controller.shown_prepared
        if model is not None and model.is_open and frame is not None and prepared is not None:
            model.judge(frame.seen_by("boundary"), prepared)

    @Slot()
    def _on_status(self) -> None:
        training = self._window.controller.is_training
        if training and not self._was_training and self.model is not None and "vote" in self.model.asks:
            # Who presses Play has all votes.
            self.model.close_votes()
        self._was_training = training

    @Slot()
    def _on_view_changed(self) -> None:
        if self.model is not None and self.model.is_open:
            self._on_changed()

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        if change.kind == "replace" and self.model is not None:
            # What was expected of another document's run would be judged by this one's.
            self._lifting.stop()
            self.model.forget()

    @Slot(bool)
    def _on_painting(self, active: bool) -> None:
        if active:
            self.leave()
