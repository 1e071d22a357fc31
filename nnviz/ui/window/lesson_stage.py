"""The window as the stage of a lesson: it does what steps say, points at what they speak of, and tells what is so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRect, QRectF
from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import projector_theme
from nnviz.experiment import Document, Experiment
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.session.state import ExperimentState
from nnviz.ui.boundary.boundary_view import BoundaryView
from nnviz.ui.commands.actions import Actions
from nnviz.ui.documents.document_actions import DocumentActions
from nnviz.ui.lessons.ring import Ring, Spot
from nnviz.ui.loss.loss_view import LossView
from nnviz.ui.network.diagram_area import DiagramArea
from nnviz.ui.network.diagram_canvas import DiagramCanvas
from nnviz.ui.setup.setup_panel import SetupPanel
from nnviz.ui.window.docks import Dock
from nnviz.ui.window.layouts import Layouts
from nnviz.ui.window.notes_bar import NotesBar
from nnviz.ui.window.predict_actions import PredictActions
from nnviz.ui.window.projector import Projector
from nnviz.ui.window.run_bar import RunBar
from nnviz.ui.window.worked_actions import WorkedActions

if TYPE_CHECKING:
    from nnviz.core.trainer import Trainer
    from nnviz.lessons.actions import Action, Target
    from nnviz.lessons.conditions import Condition
    from nnviz.lessons.facts import Facts
    from nnviz.lessons.schema import LessonSpec, StepSpec


#: Half of the side of what is ringed round a point of the map, in pixels.
POINT = 9


class StageWindow(Protocol):
    """What a stage, and those who look after it, need of the window."""

    state: ExperimentState
    controller: Controller
    actions_: Actions
    marks: Marks
    docks: dict[str, Dock]
    layouts: Layouts
    run_bar: RunBar
    setup_panel: SetupPanel
    diagram_area: DiagramArea
    boundary_view: BoundaryView
    loss_view: LossView
    worked: WorkedActions
    notes_bar: NotesBar
    projector: Projector
    document_actions: DocumentActions
    predict: PredictActions


class Kept(Struct, frozen=True):
    """What leads back to where a step began.

    Attributes
    ----------
    experiment : Experiment
    document : Document or None
        The run with all that it had learnt; None: it had not begun.
    """

    experiment: Experiment
    document: Document | None


class LessonStage:
    """Plays lessons on a window.

    Parameters
    ----------
    window : StageWindow
    ring : Ring

    Attributes
    ----------
    theme_wanted : callable
        Switches to a theme by its name.
    is_doing : bool
        Whether what happens at the moment is done by the lesson.
    """

    def __init__(self, window: StageWindow, ring: Ring) -> None:
        self._window, self.ring = window, ring
        # How often the set-up is still scrolled to what is pointed at: once more when all has been laid out.
        self._scrolls = 0
        self._is_playing = False
        self.is_doing = False
        self.theme_wanted: Callable[[str], object] = lambda _name: None

    # -- what a lesson does -------------------------------------------------------------------------------------

    def open(self, lesson: LessonSpec) -> None:
        """Show the lesson's experiment, at rest at epoch 0."""
        self._is_playing = False
        with _Doing(self):
            self._window.document_actions.show_document(Document(lesson.experiment))

    def begin(self, step: StepSpec) -> None:
        """Know that what happens now is not the pupil's doing; a run rests while it is changed."""
        self.is_doing = True
        if step.actions and self._window.controller.is_training:
            self._window.controller.pause()

    def do(self, action: Action) -> None:
        """Do what a step says."""
        from nnviz.lessons.actions import Action, Unit
        from nnviz.lessons.edits import after
        from nnviz.lessons.prediction import Ask

        window, controller = self._window, self._window.controller
        match action:
            case Action("play" | "pause" as verb):
                self._is_playing = verb == "play"
            case Action("reset"):
                controller.reset()
            case Action("select", Unit(layer, unit)):
                window.diagram_area.diagram.select((layer, unit - 1))
            case Action("show", str(name)):
                self._show(name)
            case Action("layout", str(name)):
                window.actions_.layouts[name].trigger()
            case Action("predict", Ask() as ask):
                window.predict.ask(ask)
            case Action("reveal"):
                window.predict.reveal()
            case Action("theme", str(name)):
                is_bare = window.projector.is_active
                self.theme_wanted(projector_theme(dark=name == "dark").name if is_bare else name)
            case _:
                state = window.state
                state.follow_lesson(after(state.experiment, action), self._words())

    def opened_again(self) -> None:
        """Say that the lesson was set up anew."""
        text = "That step could not be done with what the experiment had become: the lesson was set up anew."
        self._window.controller.message.emit("info", QCoreApplication.translate("LessonStage", text))

    def begun(self, step: StepSpec) -> None:
        """Let the run go on where it plays and the step waits for it: to the epoch that is waited for."""
        from nnviz.lessons.deadline import deadline

        controller = self._window.controller
        plays = any(action.verb == "play" for action in step.actions)
        waits = step.until is not None and not step.until.is_for_pupil
        if self._is_playing and (plays or waits):
            last = deadline(step.until) if step.until is not None else None
            # What is told of an epoch alone need not be looked for in every one.
            is_alone = last is not None and step.until is not None and step.until.names <= {"epoch"}
            looked_for = step.until if waits and not is_alone else None
            if last is None and looked_for is None:
                controller.play()
            else:
                controller.play_until(last, None if looked_for is None else partial(_holds, looked_for))
        self.is_doing = False

    def rest(self) -> None:
        """Let the run rest."""
        with _Doing(self):
            self._window.controller.pause()

    def keep(self) -> Kept:
        """Return what leads back to the present state."""
        window = self._window
        frame = window.controller.frame
        is_fresh = frame is None or frame.run_id != window.controller.run_id or (frame.epoch, frame.batch) == (0, 0)
        document = None if is_fresh and not window.controller.is_training else window.controller.document()
        return Kept(window.state.experiment, document)

    def bring_back(self, kept: Kept) -> None:
        """Restore a state that was kept, paused; *Undo* leads back to what was there instead."""
        with _Doing(self):
            self._window.controller.pause()
            document = kept.document or Document(kept.experiment)
            self._window.state.follow_lesson(kept.experiment, self._words(), document)

    def facts(self, events: frozenset[str]) -> Facts:
        """Return what is the case in the run that is shown; nothing of it before its first frame."""
        from nnviz.lessons.facts import Facts
        from nnviz.lessons.frame_facts import facts_of_frame

        controller = self._window.controller
        frame, prepared = controller.frame, controller.prepared
        if frame is None or prepared is None or frame.run_id != controller.run_id:
            return Facts(events=events)
        return facts_of_frame(frame, prepared, events)

    @staticmethod
    def _words() -> str:
        return QCoreApplication.translate("LessonStage", "step of the lesson")

    def _show(self, name: str) -> None:
        if name in self._window.docks:
            self._window.docks[name].open()
        if name == "worked":
            self._window.worked.ask_for(True)

    # -- what a lesson points at --------------------------------------------------------------------------------

    def point_at(self, target: Target | None) -> None:
        """Put the ring round what is spoken of, bringing it to where it can be seen; None: take it away."""
        if target is None:
            self.ring.point_at(None)
            return
        if target.place == "worked":
            self._window.worked.ask_for(True)
        self._reveal(target)
        self._scrolls = 2
        self.ring.point_at(partial(self.spot_of, target))
        # What has just come into view is laid out later.
        self.ring.renew()

    def _reveal(self, target: Target) -> None:
        """Open the panel in which the target is: for an audience only what it may see there."""
        window = self._window
        name = target.place or ("boundary" if target.point is not None else "")
        dock = name if name in window.docks else "setup" if name in self._in_setup() else ""
        if dock == "setup" and window.projector.is_active:
            return
        if dock and window.docks[dock].toggleViewAction().isEnabled():
            window.docks[dock].open()
            # On a small screen the lesson's own words have taken it.
            window.layouts.show_well(dock)
        widget = self._in_setup().get(name)
        if widget is not None:
            window.setup_panel.scroll_area.ensureWidgetVisible(widget, 0, 40)

    def spot_of(self, target: Target) -> Spot | None:
        """Return where a target is now; None where it is not to be seen."""
        if self._window.docks["lesson"].isHidden():
            # Nobody would know why.
            return None
        if target.place:
            widget = self._places().get(target.place)
            if widget is None or not widget.isVisible():
                return None
            if self._scrolls and widget.visibleRegion().isEmpty() and target.place in self._in_setup():
                self._scrolls -= 1
                self._window.setup_panel.scroll_area.ensureWidgetVisible(widget, 0, 40)
            if target.place == "figures":
                bar = self._window.run_bar
                whole = _united(QRectF(each.geometry()) for each in bar.figures() if each.isVisible())
                return None if whole is None else Spot(bar, whole.toRect())
            # Round a panel with its title, of which a ring round the view alone would cover half.
            dock = self._window.docks.get(target.place)
            ringed = dock if dock is not None and dock.isAncestorOf(widget) else widget
            in_form = target.place in self._in_setup() and target.place != "data"
            return Spot(ringed, ringed.rect(), is_tight=in_form)
        if target.point is not None:
            return self._point(target.point)
        return part_of_network(self._window.diagram_area.diagram, target)

    def _point(self, point: tuple[float, float]) -> Spot | None:
        plot = self._window.boundary_view.plot
        if not plot.isVisible():
            return None
        at = plot.mapFromScene(plot.getPlotItem().getViewBox().mapViewToScene(QPointF(*point)))
        inside = plot.mapFromScene(plot.getPlotItem().getViewBox().sceneBoundingRect()).boundingRect()
        if not inside.contains(at):
            return None
        return Spot(plot, QRect(at - QPoint(POINT, POINT), at + QPoint(POINT, POINT)), "round")

    def _in_setup(self) -> Mapping[str, QWidget]:
        setup = self._window.setup_panel
        network, training = setup.network_section, setup.training_section
        return {
            "data": setup.data_section,
            "hidden_layers": network.count_row,
            "activation": network.all_row
            if not network.all_row.isHidden() or not network.layers
            else network.layers[0],
            "first_weights": network.init_row,
            "optimizer": training.optimizer,
            "learning_rate": training.rate_row,
            "batch_size": training.batch_row,
            "l2": training.l2_row,
        }

    def _places(self) -> Mapping[str, QWidget]:
        window = self._window
        bar, area = window.run_bar, window.diagram_area
        return {
            **self._in_setup(),
            "network": area.diagram,
            "boundary": window.boundary_view,
            "loss": window.loss_view,
            "answers": window.docks["answers"],
            "setup": window.setup_panel,
            "worked": window.docks["worked"] if window.docks["worked"].isVisible() else area.worked_button,
            "play": bar.play_button,
            "step": bar.epoch_button,
            "reset": bar.reset_button,
            "new_weights": bar.weights_button,
            "speed": bar.speed_slider,
            "figures": bar.epoch,
            "try_input": area.probe if area.probe.isVisible() else area.probe_button,
        }


def _holds(condition: Condition, trainer: Trainer) -> bool:
    from nnviz.lessons.run_facts import facts_of

    return condition.holds(facts_of(trainer))


class _Doing:
    """While it is open, what happens is done by the lesson."""

    def __init__(self, stage: LessonStage) -> None:
        self._stage, self._before = stage, False

    def __enter__(self) -> None:
        self._before, self._stage.is_doing = self._stage.is_doing, True

    def __exit__(self, *_: object) -> None:
        self._stage.is_doing = self._before


def part_of_network(diagram: DiagramCanvas, target: Target) -> Spot | None:
    """Return where the unit or the layer of a target is in a picture of the network; None where it is not shown."""
    if diagram.frame is None or not diagram.isVisible():
        return None
    geometry = diagram.geometry_
    if target.unit is not None:
        rect = geometry.unit_rect((target.unit.layer, target.unit.unit - 1))
    else:
        column = geometry.column(target.layer or 0)
        rect = _united(column.rects) if column is not None else None
    offset = QPointF(*diagram.viewport.offset)
    return None if rect is None else Spot(diagram, rect.translated(-offset).toAlignedRect())


def _united(rects: Iterable[QRectF]) -> QRectF | None:
    whole = QRectF()
    for rect in rects:
        whole = whole.united(rect)
    return None if whole.isEmpty() else whole
