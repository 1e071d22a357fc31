"""The main window: run bar on top, set-up on the left, the network in the middle, boundary over loss on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.drawing.theme import THEMES, Theme, projector_theme
from nnviz.experiment import Experiment, Prepared
from nnviz.experiment.frame import Frame
from nnviz.session.audience import Audience
from nnviz.session.controller import Controller
from nnviz.session.file_follower import FileFollower
from nnviz.session.marking import Marks
from nnviz.session.side_painter import seconds_beside
from nnviz.session.state import ExperimentState
from nnviz.ui.boundary.boundary_view import BoundaryView
from nnviz.ui.commands.actions import Actions, rests
from nnviz.ui.commands.arrangements import LAYOUTS
from nnviz.ui.documents.document_actions import DocumentActions
from nnviz.ui.loss.loss_view import LossView
from nnviz.ui.network.diagram_area import DiagramArea
from nnviz.ui.setup.setup_panel import SetupPanel
from nnviz.ui.widgets.help_text import table_text
from nnviz.ui.window.ab_actions import AbActions
from nnviz.ui.window.bar_stack import BarStack
from nnviz.ui.window.branch_actions import BranchActions
from nnviz.ui.window.choices import DEFAULT_SPEED, Choices
from nnviz.ui.window.docks import Dock, Panel, add_docks
from nnviz.ui.window.guide_actions import GuideActions
from nnviz.ui.window.help_actions import HelpActions
from nnviz.ui.window.insights import Insights
from nnviz.ui.window.inventory import Inventory
from nnviz.ui.window.key_focus import KeyFocus
from nnviz.ui.window.later import Later
from nnviz.ui.window.layouts import Layouts
from nnviz.ui.window.lesson_actions import LessonActions
from nnviz.ui.window.memory_dialog import MemoryAction
from nnviz.ui.window.menus import Menus
from nnviz.ui.window.message_bar import MessageBar
from nnviz.ui.window.notes_bar import NotesBar
from nnviz.ui.window.painting_actions import PaintingActions
from nnviz.ui.window.panels import later_answers, panels_of
from nnviz.ui.window.predict_actions import PredictActions
from nnviz.ui.window.present_actions import PresentActions
from nnviz.ui.window.projector import Projector
from nnviz.ui.window.race_actions import RaceActions
from nnviz.ui.window.run_bar import RunBar, tool_bar_of
from nnviz.ui.window.scripted import ScriptedWindow
from nnviz.ui.window.slice_actions import SliceActions
from nnviz.ui.window.teacher_view import TeacherView
from nnviz.ui.window.timeline_actions import TimelineActions
from nnviz.ui.window.view import Themed, View
from nnviz.ui.window.wall_actions import WallActions

if TYPE_CHECKING:
    from nnviz.ui.answers.answers_panel import AnswersPanel


class MainWindow(ScriptedWindow):
    """Puts the panels together and hands every frame to the views.

    Signals
    -------
    frame_shown : object
        The epoch (int) of a frame that all views have taken over.
    theme_changed : object
        The `Theme` that every view has switched to.
    theme_chosen : str
        The user picked a theme; the application applies it.
    closed : ()
        The window is closed and its threads have ended.
    """

    frame_shown = Signal(object)
    theme_changed = Signal(object)
    theme_chosen = Signal(str)
    closed = Signal()
    docks: dict[str, Dock]

    def __init__(
        self, experiment: Experiment, theme: Theme, settings: QSettings | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self.theme, self.epoch = theme, 0
        self.theme_choice = self._desk_theme = theme.name
        self.state = ExperimentState(experiment, self)
        self.controller, self.audience, self.actions_ = Controller(self.state, self), Audience(), Actions(theme, self)
        self._build()
        self._connect()
        self._restore()
        self._on_document_changed()

    def _build(self) -> None:
        state, controller, actions, theme = self.state, self.controller, self.actions_, self.theme
        self.run_bar = RunBar(actions, controller, theme, DEFAULT_SPEED, self)
        self.marks = Marks(self)
        # Made in their docks: a widget that moves to another parent is styled anew with all it holds.
        self._setup = Later(lambda theme, dock: SetupPanel(state, controller, theme, dock), theme)
        self._boundary = Later(lambda theme, dock: BoundaryView(state, controller, self.marks, theme, dock), theme)
        self._loss = Later(lambda theme, dock: LossView(state, controller, theme, dock), theme)
        self._answers = later_answers(state, controller, self.marks, theme, lambda: self.docks)
        self.insights = Insights(state, controller, self.marks, actions, theme, self)
        self.worked, self.past = self.insights.worked, TimelineActions(controller, actions, theme, self)
        self.branches = BranchActions(controller, actions.past, theme, self)
        self.lessons = LessonActions(self, self, theme, self._settings)
        self.stage = PresentActions(state, controller, actions, theme, self, self._settings)
        self.predict = PredictActions(self, actions.stage.predict, theme, self)
        self.walls = WallActions(state, controller, actions, theme, self)
        self.setCentralWidget(self.walls.place)
        self.races = RaceActions(state, controller, actions, theme, self, self.walls.network)
        self.diagram_area = DiagramArea(state, controller, *actions.of_network, theme, self.races.network)
        self.second = AbActions(state, controller, actions, theme, self)
        self.theme_changed.connect(self.second.set_theme)
        self.message_bar = MessageBar(theme)
        self.notes_bar = NotesBar(state, actions, theme)
        self.bar_stack = BarStack(self.notes_bar, state, controller, theme)
        bars = self.message_bar, self.bar_stack, self.predict.place
        self.walls.lay_out(*bars, network=self.races.lay_out(network=self.diagram_area))
        self.run_tool_bar = tool_bar_of(self.run_bar, self)
        self.addToolBar(self.run_tool_bar)
        self.docks = add_docks(self, self.panels(), theme)
        self.setup_panel, self.boundary_view, self.loss_view = self._setup.view, self._boundary.view, self._loss.view
        self.views: tuple[View, ...] = (
            *(self.run_bar, self._setup, self.diagram_area),
            *(self._boundary, self._loss, self._answers, self.walls.later, self.races.later),
            *(*self.insights.views, *self.lessons.views, self.past.later, self.branches.later, *self.stage.views),
        )
        # While a stroke is painted, the figures and what is painted on come first.
        self._prompt_views: tuple[View, ...] = (self.run_bar, self._boundary)
        self._patient_views = tuple(view for view in self.views if view not in self._prompt_views)
        self.document_actions = DocumentActions(state, controller, actions, theme, self, self._settings)
        lessons = (*self.lessons.menus.menus, None, *self.lessons.recording.actions)
        self.menus = Menus(self.menuBar(), actions, self.docks, self.document_actions, lessons, state.undo_stack)
        # A hidden menu bar (the projector view) would take the keys of its actions along.
        self.addActions([*actions.everywhere(), self.menus.undo, self.menus.redo])
        self.key_focus = KeyFocus(self, list(self.docks.values()), actions.of_panels)
        self._build_helpers()
        self.setMinimumSize(QSize(960, 600))
        # WORKAROUND: when a window without a focus is first activated, Qt gives the keys to whatever comes first in the
        # tab order.
        self.setFocus()

    @property
    def answers_panel(self) -> AnswersPanel:
        """The answers, row by row."""
        return self._answers.view

    def panels(self) -> tuple[Panel, ...]:
        """Return the table of what is in a dock, in the order of the View menu."""
        views = self._setup, self._boundary, self._loss, self._answers
        branching = *self.past.panels(), *self.branches.panels()
        insights, others = self.insights.panels(), (*self.lessons.places(), *branching, *self.stage.panels())
        return *panels_of(*views, self.actions_), *insights, *others

    def _build_helpers(self) -> None:
        state, controller, actions, docks = self.state, self.controller, self.actions_, self.docks
        boundary, diagram_area = self.boundary_view, self.diagram_area
        self.layouts = Layouts(self, docks, state, actions, self.theme)
        inventory = Inventory(self, self)
        self.teacher_view = TeacherView(state, controller.prepared_changed, actions, inventory.parts, self)
        self.projector = Projector(self, docks, self.layouts, actions.projector, controller)
        self.help_actions = HelpActions(self, self.menuBar(), actions)
        self.guide = GuideActions(self, self, self.menuBar(), self._own_places, self._settings)
        inventory.follow(self.teacher_view, self.guide.links)
        painting, let_flow = boundary.painting, diagram_area.diagram.set_flow_enabled
        self.painting_actions = PaintingActions(actions, painting, docks["boundary"], let_flow, state, controller, self)
        self.slice_actions = SliceActions(boundary, diagram_area.probe, actions.try_input, self)
        self.file_follower = FileFollower(state, controller, self)
        self.seen_changed.connect(controller.display.set_seen)
        MemoryAction(actions.past.memory, controller, self._settings, self)
        controller.display.seconds_beside = seconds_beside
        self.insights.connect_to(docks, self.marks, diagram_area, self.projector, boundary)
        self.lessons.connect_to(self.theme_changed, self.closed)
        self.lessons.stage.theme_wanted = self.theme_chosen.emit
        self.stage.connect_to(docks, self.layouts, self.projector, self.lessons.played, self.predict, self.diagram_area)
        self.past.connect_to(docks, self.layouts, self.loss_view, painting, self.projector)
        self.bar_stack.add(self.lessons.recording.bar)
        self.branches.connect_to(self.loss_view)
        self.setup_panel.data_section.set_actions(actions.open_data, actions.columns, actions.start_empty)
        boundary.switches.menu.addAction(actions.export_data)
        boundary.switches.menu.addActions([boundary.switches.menu.addSeparator(), actions.answers])

    def _own_places(self) -> dict[str, tuple[QWidget, ...]]:
        """Return what is in no dock, by the names of the guide's pages."""
        bars = {"run_bar": (self.run_tool_bar,), "bars": (self.bar_stack, self.message_bar)}
        middle = {"network": self.diagram_area, "wall": self.walls.panel, "race": self.races.panel}
        return {**bars, **{name: (widget,) for name, widget in middle.items()}}

    def _connect(self) -> None:
        actions, controller = self.actions_, self.controller
        actions.step_batch.triggered.connect(controller.step_batch)
        actions.reset.triggered.connect(controller.reset)
        actions.new_weights.triggered.connect(controller.new_weights)
        actions.regenerate_data.triggered.connect(controller.regenerate_data)
        actions.fit.triggered.connect(self.boundary_view.fit)
        actions.quit.triggered.connect(self.close)
        actions.theme_group.triggered.connect(self._on_theme_action)
        actions.speed_group.triggered.connect(self._on_speed_action)
        actions.dark.triggered.connect(self._on_dark)
        self.diagram_area.unit_selected.connect(self.boundary_view.show_unit)
        self.diagram_area.unit_hovered.connect(self.boundary_view.preview_unit)
        self.diagram_area.diagram.activation_wanted.connect(self.setup_panel.network_section.open_activation)
        controller.frame_ready.connect(self._on_frame_ready)
        controller.prepared_changed.connect(self._on_prepared_changed)
        self.message_bar.follow(self.state, controller)
        self.document_actions.offered.connect(self.message_bar.show_offer)
        self.state.document_changed.connect(self._on_document_changed)
        self.state.experiment_changed.connect(self.marks.show_experiment)
        self.document_actions.opened.connect(self.notes_bar.show_notes)
        self.document_actions.sweep_named.connect(self.walls.open_sweep)
        self.walls.sweep_read.connect(self.document_actions.show_document)
        self.boundary_view.painting.stroke_ended.connect(self._on_stroke_ended)
        self.layouts.arranged.connect(self.teacher_view.apply)
        self.teacher_view.applied.connect(self.run_bar.hide_parts)
        self.teacher_view.applied.connect(self.setup_panel.close_gaps)
        self.teacher_view.apply()
        bare = (self.run_bar.set_bare, self.diagram_area.set_bare, self.loss_view.footer.set_bare)
        panels = (self.walls.later.set_bare, self.races.later.set_bare, self.bar_stack.setHidden)
        for show_bare in (*bare, *panels, self.predict.set_bare, self._on_projector_toggled):
            self.projector.toggled.connect(show_bare)
        self.projector.grown.connect(self._on_projector_grown)
        self.projector.key_pressed.connect(self.run_bar.dismiss_hint)
        self.projector.close_first = self._close_innermost

    # -- public commands ----------------------------------------------------------------------------------------

    def show_answers(self, page: str) -> None:
        """Open the answers on the page called `page`, where that suits the data and the panel may be shown."""
        self.docks["answers"].open()
        self.answers_panel.choose(page)

    def set_theme(self, theme: Theme, choice: str = "") -> None:
        """Switch every view to `theme` without a restart; `choice` is what the user picked, such as "system"."""
        self.theme = theme
        self.show_theme_choice(choice or theme.name)
        self.actions_.set_theme(theme)
        bars, tables = (self.message_bar, self.bar_stack), self.document_actions.tables
        others: tuple[Themed, ...] = (self.layouts, *bars, tables, self.past, self.predict)
        for part in (*others, *self.views, *self.docks.values()):
            part.set_theme(theme)
        self.theme_changed.emit(theme)

    def show_theme_choice(self, choice: str) -> None:
        """Tick what the user picked in the menu, and remember it."""
        self.theme_choice = choice
        self.actions_.themes[choice].setChecked(True)

    # -- frames and state ---------------------------------------------------------------------------------------

    @Slot(object)
    def _on_frame_ready(self, frame: Frame) -> None:
        self.audience.foreground, frame = frame.subject, self.predict.seen(frame)
        self.audience.show_frame(frame, self._prompt_views)
        if self.boundary_view.painting.lets_others_draw():
            self.audience.show_frame(frame, self._patient_views)
        self.epoch = frame.epoch
        self.frame_shown.emit(frame.epoch)

    @Slot(object)
    def _on_prepared_changed(self, prepared: Prepared) -> None:
        for view in self._prompt_views:
            view.show_prepared(prepared)
        # A stroke of the brush does not wait for the others: they are told at its end.
        if not self.boundary_view.painting.tools.is_pressed:
            self.marks.show_prepared(prepared)
            for view in self._patient_views:
                view.show_prepared(prepared)

    @Slot()
    def _on_stroke_ended(self) -> None:
        prepared, frame = self.controller.shown_prepared, self.controller.frame
        if prepared is not None and frame is not None:
            self._on_prepared_changed(prepared)
            self._on_frame_ready(frame)

    @Slot()
    def _on_document_changed(self) -> None:
        path = self.state.path
        # Where a name holds the mark's place holder, Qt wants it doubled.
        # What a lesson is called is a text of ours.
        name = (path.name if path else table_text(self.state.experiment.title)).replace("[*]", "[*][*]")
        self.setWindowTitle(self.tr("{0}[*] – nnviz").format(name))
        self.setWindowModified(self.state.is_dirty)

    @Slot(object)
    def _on_theme_action(self, action: object) -> None:
        self._choose_theme(str(action.data()))  # type: ignore[attr-defined]

    @Slot(object)
    def _on_speed_action(self, action: object) -> None:
        self.run_bar.set_speed(str(action.data()))  # type: ignore[attr-defined]

    @Slot(bool)
    def _on_projector_toggled(self, active: bool) -> None:
        if active:
            self._desk_theme = self.theme_choice
        self.theme_chosen.emit(projector_theme(dark=self.theme.dark).name if active else self._desk_theme)

    @Slot()
    def _on_projector_grown(self) -> None:
        if self.theme != self.theme.for_height(self.height()):
            self.theme_chosen.emit(self.theme.name)

    @Slot()
    def _on_dark(self) -> None:
        self._choose_theme("light" if self.theme.dark else "dark")

    def _choose_theme(self, choice: str) -> None:
        """Take over what the user chose, and keep it at once: it shall survive a crash."""
        self._desk_theme = choice
        if self._settings is not None:
            self._settings.setValue("theme", choice)
            self._settings.sync()
        if self.projector.is_active and choice in THEMES:
            choice = projector_theme(dark=THEMES[choice].dark).name
        self.theme_chosen.emit(choice)

    # -- events -------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Run the single-key commands that no focused widget has taken for itself."""
        focus = QApplication.focusWidget()
        walking = self.worked.action_for(event, focus) or self.past.action_for(event, focus)
        action = walking or self.actions_.for_key(event, focus)
        if action is not None and action.isEnabled():
            action.trigger()
            event.accept()
        elif event.key() == Qt.Key.Key_Escape and rests(focus):
            # What keeps the keys hands them back.
            self.setFocus()
        elif event.key() == Qt.Key.Key_Escape and self._close_innermost():
            event.accept()
        else:
            super().keyPressEvent(event)

    def _close_innermost(self) -> bool:
        """End the painting, or close the card below the diagram; return whether there was something to close."""
        return self.boundary_view.painting.leave() or self.diagram_area.close_card()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the projector view follow."""
        super().resizeEvent(event)
        self.projector.window_resized()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved edits; stop drawing, end the threads, then keep the settings: in this order."""
        if not self.document_actions.may_lose_edits():
            event.ignore()
            return
        self.predict.leave()
        self.stage.presentation.leave()
        self.projector.leave()
        self.layouts.close()
        for part in (self.document_actions.tables, self.document_actions.saving, self.insights):
            part.stop()
        self.boundary_view.painting.leave()
        self.file_follower.end()
        self.diagram_area.stop()
        self.walls.close()
        self.races.close()
        self.second.close()
        self.controller.shutdown()
        self._save()
        event.accept()
        self.closed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take an experiment or a table that is dragged into the window."""
        if self.document_actions.dropped_path(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file that is dropped; it may have gone meanwhile."""
        if path := self.document_actions.dropped_path(event.mimeData()):
            event.acceptProposedAction()
            self.document_actions.open_by_user(path)

    def show_proportioned(self) -> None:
        """Divide the window as intended, unless it is arranged as the user had left it."""
        if not (self.layouts.is_restored and self.layouts.is_sized):
            self.layouts.proportion(LAYOUTS[self.state.experiment.view.layout or "explore"])

    def _restore(self) -> None:
        if self._settings is not None:
            self.layouts.restore(self._settings)
        self._choices = Choices(self._settings, self.run_bar, self.controller)
        if self.state.experiment.view.layout:
            self.layouts.apply(LAYOUTS[self.state.experiment.view.layout])

    def _save(self) -> None:
        if self._settings is not None:
            self.layouts.save(self._settings)
            self._choices.save()
