"""A monkey at the real window: a seeded series of what people do to it, and the laws that hold whatever they do.

Every step carries a seed of its own, so that a series can be cut to the steps that matter: `tests/benchmarks/monkey.py`
runs series in a process of their own and shrinks what it finds, which also replays them.
"""

from __future__ import annotations

import logging
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar
from unittest.mock import patch

from PySide6.QtCore import (
    QEvent,
    QEventLoop,
    QMessageLogContext,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QInputMethodEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QGraphicsView,
    QLineEdit,
    QMenu,
    QTabBar,
    QWhatsThis,
    QWidget,
)
from shiboken6 import isValid

from nnviz import assets
from nnviz.data import DATASETS
from nnviz.experiment import Experiment
from nnviz.experiment.frame import Frame
from nnviz.experiment.lessons import LESSONS
from nnviz.session.commands import Change
from nnviz.session.runs.run_copies import RunCopies
from nnviz.session.state import UNDO_LIMIT
from nnviz.ui.commands.arrangements import LAYOUTS
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.recovery import Recovery
from tests.ui.monkey_rooms import ROOM_STEPS, TYPED
from tests.ui.seen_widgets import seen_widgets

Step = tuple[str, int]
"""Name of what is done, and the seed of its choices."""
Moment = tuple[int, int, int, bytes]

CLIPS = (
    "a,b,label\n1,2,x\n2,3,y\n0,1,x\n",
    "nnviz",
    "x\ty\n1\t2\n3\t4\n5\t6\n",
    "",
    "nnviz: data=moons network=2-3-1",
    "\0\ud7ff&%1",
)
KEYS = (
    *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Delete),
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End),
    *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_F10, Qt.Key.Key_F11, Qt.Key.Key_F1, Qt.Key.Key_Menu),
    *(Qt.Key.Key_A, Qt.Key.Key_D, Qt.Key.Key_F, Qt.Key.Key_G, Qt.Key.Key_N, Qt.Key.Key_P, Qt.Key.Key_R, Qt.Key.Key_S),
    *(Qt.Key.Key_T, Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_9, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Period),
)
MODIFIERS = (
    *(Qt.KeyboardModifier.NoModifier,) * 4,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
#: Of the platform without a screen, which has no order of windows and nobody else at the keyboard.
HARMLESS = ("This plugin does not support",)
#: A dialog that blocks is looked at so often before it is rejected.
PATIENCE = 4
IDLE_WITHIN_S = 110.0
#: So often something else may be asked of the run while the window is waited for.
ORDERS_MEANWHILE = 5


class FaultError(AssertionError):
    """Something that must not happen has happened."""


class Chances(random.Random):
    """The chances of a step, which tell what they fall on: a crash leaves no other trace of what was clicked.

    Attributes
    ----------
    tell : callable
        Called with a description of each widget or action that is chosen.
    """

    tell: Callable[[str], None] | None = None

    def choice(self, seq: Any) -> Any:
        """Return one of a sequence."""
        found = super().choice(seq)
        if self.tell is not None and isinstance(found, QAction | QWidget):
            name = found.text() if isinstance(found, QAction) else found.objectName() or found.accessibleName()
            self.tell(f"{type(found).__name__} {name!r} of {type(found.parent()).__name__}")
        return found


class Monkey:
    """Does things to a window, one step after another.

    What it does in the rooms that are shut until somebody asks for them stands in `monkey_rooms`.

    Parameters
    ----------
    window : MainWindow
        Shown.
    folder : Path
        Where it opens and saves files, and keeps unsaved work.
    is_thrifty : bool
        Whether it leaves themes and large windows alone, which take longer than all the rest.

    Attributes
    ----------
    faults : list of str
        What went wrong besides exceptions that reached the caller: in slots, in threads, in Qt.
    tell : callable or None
        Called with a description of each widget or action that a step chooses.
    """

    tell: Callable[[str], None] | None = None

    def __init__(self, window: MainWindow, folder: Path, *, is_thrifty: bool = False) -> None:
        self.window = window
        self.folder = folder
        self.is_thrifty = is_thrifty
        self.faults: list[str] = []
        self.recovery = Recovery(window, folder / "autosave")
        # Until asked to, it never meets the question about unsaved edits, which would end most of its openings.
        window.document_actions.asks_before_losing = False
        self._beginnings = [window.state.experiment]
        self._is_whole = True
        window.state.applied.connect(self._on_applied)
        window.state.pushed.connect(self._on_pushed)
        self.take_chances(0)
        self._looks, self._agrees = 0, True
        self._watch = QTimer()
        self._watch.setInterval(20)
        self._watch.timeout.connect(self._look_at_dialogs)

    # -- steps --------------------------------------------------------------------------------------------------

    def do(self, step: Step) -> None:
        """Do one step and let the window answer; raise `FaultError` where a law is broken."""
        name, seed = step
        self.take_chances(seed)
        self._looks = 0
        self.STEPS[name][1](self)
        self.turn(self.rng.choice((0, 0, 5, 20)))
        if QWhatsThis.inWhatsThisMode() and self.rng.random() < 0.5:
            QWhatsThis.leaveWhatsThisMode()
        if self.window.isHidden():
            raise FaultError("the window has closed")
        self.blame()
        self._compare_with_run()

    def take_chances(self, seed: int) -> None:
        """Have everything that is chosen from now on follow from `seed`."""
        self.rng = Chances(seed)
        self.rng.tell = self.tell

    def _compare_with_run(self) -> None:
        """Raise `FaultError` where the run in front is not of the document that is shown."""
        controller, present = self.window.controller, self.window.state.experiment
        wanted = controller.lab.run(controller.run_id).wanted.model_copy(update={"second": present.second})
        if not seen_alike(wanted, present):
            raise FaultError(f"the run in front is of another document: {difference(wanted, present)}")

    def blame(self) -> None:
        """Raise `FaultError` where anything has gone wrong unseen."""
        if self.faults:
            raise FaultError("\n".join(self.faults))

    def turn(self, ms: int) -> None:
        """Run the event loop for a while."""
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def end(self) -> None:
        """Undo everything, close the window, and raise `FaultError` where that is not as it should be."""
        self._close_dialogs()
        self._to_the_bottom()
        self.window.document_actions.asks_before_losing = False
        self._watch.stop()
        self.window.state.applied.disconnect(self._on_applied)
        self.window.state.pushed.disconnect(self._on_pushed)
        self.window.close()
        self.turn(0)
        self.blame()

    # -- what is done -------------------------------------------------------------------------------------------

    def _action(self) -> None:
        do = self.window.actions_
        spared = {do.quit, *self._theme_actions()} if self.is_thrifty else {do.quit}
        actions = [
            action
            for action in self.window.findChildren(QAction)
            if action.isEnabled()
            and not action.menu()
            and not action.isSeparator()
            and action not in spared
            # Of a menu that is never shown.
            and not type(action.parent()).__module__.startswith("pyqtgraph")
        ]
        if not self.modal():
            self.rng.choice(actions).trigger()

    def _click(self) -> None:
        widget = self._widget()
        button = self.rng.choice((Qt.MouseButton.LeftButton,) * 4 + (Qt.MouseButton.RightButton,))
        QTest.mouseClick(widget, button, self.rng.choice(MODIFIERS), self.inside(widget))

    def _press_button(self) -> None:
        buttons = [each for each in self._widgets() if isinstance(each, QAbstractButton) and each.isEnabled()]
        if buttons:
            self.rng.choice(buttons).click()

    def _double_click(self) -> None:
        widget = self._widget()
        place = self.inside(widget)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)
        if isValid(widget):
            QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=place)

    def _drag(self) -> None:
        widget = self._widget()
        self.drag_between(widget, self.inside(widget), self.inside(widget))

    def _hover(self) -> None:
        widget = self._widget()
        for _ in range(4):
            if isValid(widget):
                self._mouse(widget, QEvent.Type.MouseMove, self.inside(widget), Qt.MouseButton.NoButton)

    def _wheel(self) -> None:
        widget = self._widget()
        place = QPointF(self.inside(widget))
        delta = QPoint(0, self.rng.choice((-360, -120, 15, 120, 240)))
        event = QWheelEvent(
            place,
            QPointF(widget.mapToGlobal(place)),
            QPoint(),
            delta,
            Qt.MouseButton.NoButton,
            self.rng.choice(MODIFIERS),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def _key(self) -> None:
        focus = QApplication.focusWidget()
        target = focus if focus is not None and focus.isVisible() and not self.modal() else self._widget()
        for _ in range(self.rng.randint(1, 3)):
            if isValid(target):
                QTest.keyClick(target, self.rng.choice(KEYS), self.rng.choice(MODIFIERS))

    def _type(self) -> None:
        fields = [
            each
            for each in self._widgets()
            if isinstance(each, QLineEdit | QAbstractSpinBox | QComboBox) and each.isEnabled()
        ]
        if not fields:
            return
        field = self.rng.choice(fields)
        field.setFocus()
        if isinstance(field, QComboBox):
            QTest.keyClick(field, self.rng.choice((Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_End)))
            return
        field.selectAll()
        text = self.rng.choice(TYPED)
        if text.isascii():
            QTest.keyClicks(field, text)
        else:
            # There are no keys for it: it is composed.
            composed = QInputMethodEvent()
            composed.setCommitString(text)
            QApplication.sendEvent(field, composed)
        if isValid(field):
            QTest.keyClick(field, self.rng.choice((Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape)))

    def _drag_dock(self) -> None:
        docks = [dock for dock in self.window.docks.values() if dock.is_seen and not dock.panel.is_slim]
        bars = [bar for bar in self.window.findChildren(QTabBar) if bar.isVisible() and bar.count()]
        end = QPoint(self.rng.randint(-80, self.window.width() + 80), self.rng.randint(-40, self.window.height()))
        if bars and self.rng.random() < 0.4:
            bar = self.rng.choice(bars)
            start = bar.tabRect(self.rng.randrange(bar.count())).center()
            self.drag_between(bar, start, bar.mapFromGlobal(self.window.mapToGlobal(end)))
        elif docks:
            title = self.rng.choice(docks).title_bar
            self.drag_between(title, QPoint(30, 6), title.mapFromGlobal(self.window.mapToGlobal(end)))

    def _dock(self) -> None:
        dock = self.rng.choice(list(self.window.docks.values()))
        self.rng.choice((dock.toggle_floating, dock.menu_action.trigger, dock.open))()

    def _layout(self) -> None:
        self.rng.choice([self.window.actions_.layouts[name] for name in LAYOUTS]).trigger()

    def _theme(self) -> None:
        if not self.is_thrifty:
            self.rng.choice(self._theme_actions()).trigger()

    def _theme_actions(self) -> list[QAction]:
        do = self.window.actions_
        return [*do.themes.values(), do.dark, do.projector]

    def _resize(self) -> None:
        width, height = (1300, 800) if self.is_thrifty else (2000, 1200)
        self.window.resize(self.rng.randint(900, width), self.rng.randint(560, height))

    def _paint(self) -> None:
        painting = self.window.boundary_view.painting
        if not self.window.actions_.paint.isChecked():
            self.window.actions_.paint.trigger()
        views = [view for view in self.window.boundary_view.findChildren(QGraphicsView) if view.isVisible()]
        for view in views[:1]:
            place = view.viewport()
            for _ in range(self.rng.randint(1, 3)):
                self.drag_between(place, self.inside(place), self.inside(place), self.rng.choice(MODIFIERS))
        if self.rng.random() < 0.6:
            painting.leave()

    def _train(self) -> None:
        controller = self.window.controller
        self.rng.choice(
            (controller.toggle, controller.play, controller.pause, controller.step_epoch, controller.step_batch)
        )()

    def _open(self) -> None:
        files = [str(path) for path in sorted(self.folder.glob("*.*")) if path.is_file()]
        source = self.rng.choice([*DATASETS, *LESSONS, *LESSONS, *files * 3])
        self.window.document_actions.open_by_user(source)

    def _save(self) -> None:
        self.window.document_actions.save_to(self.folder / f"saved{self.rng.randrange(3)}.nnviz")

    def _autosave(self) -> None:
        self.recovery.autosave.look()

    def _ask(self) -> None:
        documents = self.window.document_actions
        documents.asks_before_losing = True
        self.rng.choice((self.window.actions_.new, self.rng.choice(self.window.lessons.menus.actions_()))).trigger()
        documents.asks_before_losing = False

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.rng.choice(CLIPS))

    def _past(self) -> None:
        """Look at another epoch of the run, or at the present again."""
        timeline = self.window.controller.timeline
        if not timeline.has_past or self.rng.random() < 0.3:
            timeline.go_to_present()
            return
        epoch = self.rng.randint(0, max(self.window.epoch, 1))
        self.rng.choice(
            (
                lambda: timeline.go_to(epoch),
                lambda: timeline.step(self.rng.choice((-50, -1, 1, 7))),
                timeline.go_to_first,
                timeline.go_to_best,
                timeline.toggle_replay,
                timeline.give_up,
            )
        )()

    def _branch(self) -> None:
        """Take another course from what is shown, or from a past epoch."""
        controller, training = self.window.controller, self.window.state.experiment.training
        epoch = self.window.epoch
        if controller.frame is None or controller.status == "failed" or epoch == 0:
            return
        rate = training.learning_rate * self.rng.choice((0.1, 0.5, 2.0))
        wanted = self.window.state.experiment.edited(training=training.edited(learning_rate=rate))
        start = self.rng.choice((None, self.rng.randint(0, epoch)))
        controller.continue_from(start, self.rng.choice((None, wanted)), plays=self.rng.random() < 0.5)

    def _room(self) -> None:
        """Open one of the rooms that are shut until somebody asks for them, or do what belongs to it."""
        do = self.window.actions_
        groups = [do.past, do.stage, do.insights]
        if not self.is_thrifty:
            groups.append(do.many_runs)
        actions = [each for each in self.rng.choice(groups).findChildren(QAction) if each.isEnabled()]
        if actions and not self.modal():
            self.rng.choice(actions).trigger()

    def _edit_weight(self) -> None:
        frame = self.window.controller.frame
        if frame is not None:
            place = self.rng.randrange(len(frame.parameters))
            self.window.controller.edit_parameters({place: self.rng.uniform(-3.0, 3.0)}, "change weight")

    def _undo(self) -> None:
        stack = self.window.state.undo_stack
        for _ in range(self.rng.randint(1, 4)):
            self.rng.choice((stack.undo, stack.undo, stack.redo))()

    def _dialogs(self) -> None:
        self._close_dialogs()

    # -- laws ---------------------------------------------------------------------------------------------------

    def _rest(self) -> None:
        """Wait until everything asked for is done: every view that is seen shows the present moment."""
        self._settle()
        controller = self.window.controller
        for _ in range(ORDERS_MEANWHILE):
            # A lesson, say, may have paused the run while that was waited for.
            if controller.observer.served >= controller.observer.last_order:
                break
            self._settle()
        self.blame()
        frame = controller.frame
        if frame is None or controller.is_training:
            return
        if self.window.epoch != frame.epoch:
            raise FaultError(f"the window shows epoch {self.window.epoch}, the frame is of {frame.epoch}")
        for widget in QApplication.allWidgets():
            shown = getattr(widget, "_frame", None)
            if isinstance(shown, Frame) and shown.epoch != frame.epoch and widget.isVisible() and self._owns(widget):
                shows = f"{type(widget).__name__} shows epoch {shown.epoch} ({shown.status}, {shown.subject})"
                behind = f"{shows}, the frame is of {frame.epoch} ({frame.status}, {frame.subject})"
                raise FaultError(f"{behind}; {self._at_work()}")

    def _owns(self, widget: QWidget) -> bool:
        """Return whether a widget is in the window, or in one that belongs to it."""
        above: QWidget | None = widget
        while above is not None and above is not self.window:
            above = above.parentWidget()
        return above is not None

    def _at_work(self) -> str:
        """Return what the run that is shown, and the window, are at."""
        controller, window = self.window.controller, self.window
        run, observer = controller.lab.run(controller.run_id), controller.observer
        return (
            f"run {run.id}, {observer.status}, order {observer.last_order} of {run.mailbox.served}, shown "
            f"{observer.served}, pause {run.mailbox.pause.is_set()}, follows {run.bond.follows}, "
            f"pressed {window.boundary_view.painting.tools.is_pressed}"
        )

    def _restart_and_back(self) -> None:
        """Begin the run anew in some way, then undo: what was put aside comes back as it was."""
        state, controller = self.window.state, self.window.controller
        # A lesson trains when it wants to.
        self.window.lessons.played.close()
        # What has been typed somewhere is taken once the keyboard leaves the field.
        if (focus := QApplication.focusWidget()) is not None:
            focus.clearFocus()
        # Where the past is looked at, the window comes back to the present with the run.
        controller.timeline.go_to_present()
        self._settle()
        # A branch that was asked for trains on once it is there.
        controller.pause()
        self._settle()
        before, run = self._moment(), controller.run_id
        start, index = state.experiment, state.undo_stack.index()
        self.rng.choice((controller.reset, controller.new_weights))()
        self._settle()
        if state.undo_stack.index() == index or controller.run_id == run or before is None:
            return
        state.undo_stack.undo()
        self._settle()
        if not seen_alike(state.experiment, start):
            differs = difference(state.experiment, start)
            raise FaultError(f"undoing a restart leads to another experiment: {differs}; {self._latest(index)}")
        if self._moment() != before:
            leads = f"undoing a restart leads to {_named(self._moment())} ({controller.status})"
            raise FaultError(
                f"{leads} instead of {_named(before)}; {self._latest(index)}, run {controller.run_id}, {run}"
            )

    def _to_the_bottom(self) -> None:
        """Undo everything: the document is as it was opened; redo everything: it is as it was."""
        state = self.window.state
        stack, controller = state.undo_stack, self.window.controller
        top, index, run = state.experiment, stack.index(), controller.run_id
        while stack.canUndo():
            stack.undo()
        if self._is_whole and not any(seen_alike(state.experiment, each) for each in self._beginnings):
            differs = difference(state.experiment, self._beginnings[0])
            raise FaultError(f"undone to the bottom, the document differs from the beginning: {differs}")
        while stack.index() < index and stack.canRedo():
            stack.redo()
        if stack.index() < index:
            raise FaultError(f"redone to the top, steps are missing; {self._latest(index)}")
        if controller.run_id != run and run in controller.lab:
            # Another run than that of the last step was shown, which is no step.
            controller.show_run(run)
        if not seen_alike(state.experiment, top):
            differs = difference(state.experiment, top)
            raise FaultError(f"redone to the top, the document is another one: {differs}; {self._latest(index)}")

    STEPS: ClassVar[dict[str, tuple[int, Callable[[Monkey], None]]]] = {
        "action": (12, _action),
        "click": (16, _click),
        "press button": (10, _press_button),
        "double click": (4, _double_click),
        "drag": (6, _drag),
        "hover": (4, _hover),
        "wheel": (5, _wheel),
        "key": (10, _key),
        "type": (8, _type),
        "drag dock": (5, _drag_dock),
        "dock": (3, _dock),
        "layout": (2, _layout),
        "theme": (1, _theme),
        "resize": (2, _resize),
        "paint": (4, _paint),
        "train": (6, _train),
        "open": (2, _open),
        "save": (1, _save),
        "autosave": (1, _autosave),
        "ask": (1, _ask),
        "copy": (1, _copy),
        "edit weight": (2, _edit_weight),
        "past": (3, _past),
        "branch": (1, _branch),
        "room": (2, _room),
        "undo": (5, _undo),
        "dialogs": (3, _dialogs),
        "rest": (3, _rest),
        "restart and back": (1, _restart_and_back),
        "to the bottom": (1, _to_the_bottom),
        **ROOM_STEPS,
    }

    # -- helpers ------------------------------------------------------------------------------------------------

    def _on_applied(self, change: Change) -> None:
        if change.kind == "replace":
            self._beginnings, self._is_whole = [change.new], True
        elif change.token == 0 and change.old.second is None and self._beginnings[0].second is None:
            # The set-up of a second network comes when that is first shown, which is no undo step; who undoes a step
            # from before is without one again.
            self._beginnings.append(self._beginnings[0].model_copy(update={"second": change.new.second}))

    def _on_pushed(self) -> None:
        # From then on the oldest steps are let go of, also where fewer are left by and by.
        self._is_whole = self._is_whole and self.window.state.undo_stack.count() < UNDO_LIMIT

    def _latest(self, index: int) -> str:
        """Return what the undo steps about `index` are called, and where the stack stands."""
        stack = self.window.state.undo_stack
        texts = [stack.text(place) for place in range(max(0, index - 3), stack.count())]
        return f"{stack.index()} of {stack.count()} steps are done, {index} were; the latest: {texts}"

    def _settle(self) -> None:
        """Wait until all that was asked for has come, and leave whatever asks for something on the way."""
        controller, limit = self.window.controller, time.monotonic() + IDLE_WITHIN_S
        self._close_dialogs()
        self._agrees = False
        try:
            controller.wait_idle(IDLE_WITHIN_S)
            while self._is_awaiting():
                if time.monotonic() > limit:
                    raise FaultError("something that was asked for does not come")
                self.turn(5)
                self._close_dialogs()
                # What is made of it is to be drawn, too.
                controller.wait_idle(IDLE_WITHIN_S)
        finally:
            self._agrees = True

    def _is_awaiting(self) -> bool:
        """Whether anything has been asked for that edits the document once it comes."""
        copies = self.window.findChildren(RunCopies)
        tables = self.window.document_actions.tables
        return self.window.controller.branching.is_waiting or tables.is_reading or any(each.is_busy for each in copies)

    def _moment(self) -> Moment | None:
        frame = self.window.controller.frame
        if frame is None or self.window.controller.status == "failed":
            return None
        return frame.epoch, frame.batch, frame.curves.n_epochs, frame.parameters.tobytes()

    def modal(self) -> QWidget | None:
        """Return what keeps the mouse from everything else; None where nothing does."""
        return QApplication.activePopupWidget() or QApplication.activeModalWidget()

    def _widgets(self) -> list[QWidget]:
        """Return every widget that the mouse could reach."""
        modal = self.modal()
        tops = [modal] if modal is not None else [top for top in QApplication.topLevelWidgets() if top.isVisible()]
        found = [each for top in tops for each in seen_widgets(top)]
        return [each for each in found if each.width() > 0 and each.height() > 0]

    def _widget(self) -> QWidget:
        """Return one of them, each kind as often as another."""
        kinds: dict[str, list[QWidget]] = {}
        for widget in self._widgets():
            kinds.setdefault(type(widget).__name__, []).append(widget)
        return self.rng.choice(kinds[self.rng.choice(sorted(kinds))])

    def inside(self, widget: QWidget) -> QPoint:
        """Return a place in a widget."""
        return QPoint(self.rng.randrange(widget.width()), self.rng.randrange(widget.height()))

    def drag_between(
        self,
        widget: QWidget,
        start: QPoint,
        end: QPoint,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press the mouse, move it, and let it go."""
        left = Qt.MouseButton.LeftButton
        places = [start + (end - start) * share / 4 for share in range(1, 5)]
        self._mouse(widget, QEvent.Type.MouseButtonPress, start, left, modifiers)
        for place in places:
            self._mouse(widget, QEvent.Type.MouseMove, place, left, modifiers)
        self._mouse(widget, QEvent.Type.MouseButtonRelease, end, left, modifiers)

    def _mouse(
        self,
        widget: QWidget,
        kind: QEvent.Type,
        place: QPoint,
        button: Qt.MouseButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        if not isValid(widget):
            return
        none = Qt.MouseButton.NoButton
        changed = none if kind == QEvent.Type.MouseMove else button
        held = none if kind == QEvent.Type.MouseButtonRelease else button
        event = QMouseEvent(kind, QPointF(place), QPointF(widget.mapToGlobal(place)), changed, held, modifiers)
        QApplication.sendEvent(widget, event)

    def _close_dialogs(self) -> None:
        for _ in range(10):
            open_ = self.modal() or next((each for each in self._tops() if isinstance(each, QDialog | QMenu)), None)
            if open_ is None:
                return
            _reject(open_)
            self.turn(0)

    def _tops(self) -> Iterator[QWidget]:
        return (each for each in QApplication.topLevelWidgets() if each.isVisible())

    def _look_at_dialogs(self) -> None:
        """End a dialog that holds up a step, after trying some of its buttons."""
        modal = self.modal()
        if modal is None:
            return
        self._looks += 1
        buttons = [each for each in modal.findChildren(QAbstractButton) if each.isVisible() and each.isEnabled()]
        if self._looks > PATIENCE or not buttons or not self._agrees:
            _reject(modal)
        elif self.rng.random() < 0.3:
            # Not from here: a button with a menu turns the event loop itself, and Qt lets no timer come twice at once.
            QTimer.singleShot(0, partial(_press, self.rng.choice(buttons)))

    def _chosen_file(self, *_arguments: object, **_options: object) -> tuple[str, str]:
        names = ["", *(str(path) for path in sorted(self.folder.glob("*.*"))), str(self.folder / "new")]
        return self.rng.choice(names), ""

    def _chosen_folder(self, *_arguments: object, **_options: object) -> str:
        return self.rng.choice(("", str(self.folder), str(self.folder / "nowhere")))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note whatever is said to nobody, and answer where a file is asked for."""
        hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
        handler = _Faults(self.faults)
        sys.excepthook = self._on_exception
        sys.unraisablehook = lambda said: self._on_exception(type(said.exc_value), said.exc_value, said.exc_traceback)
        threading.excepthook = lambda said: self._on_exception(said.exc_type, said.exc_value, said.exc_traceback)
        qt_before = qInstallMessageHandler(self._on_qt_message)
        logging.getLogger("nnviz").addHandler(handler)
        self._watch.start()
        with (
            patch.object(QFileDialog, "getOpenFileName", self._chosen_file),
            patch.object(QFileDialog, "getSaveFileName", self._chosen_file),
            patch.object(QFileDialog, "getExistingDirectory", self._chosen_folder),
            patch.object(QDesktopServices, "openUrl", lambda _url: True),
        ):
            try:
                yield
            finally:
                self._watch.stop()
                logging.getLogger("nnviz").removeHandler(handler)
                qInstallMessageHandler(qt_before)
                sys.excepthook, sys.unraisablehook, threading.excepthook = hooks

    def _on_exception(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.faults.append("".join(traceback.format_exception(kind, error, where)))

    def _on_qt_message(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not text.startswith(HARMLESS):
            self.faults.append(f"Qt: {text}\n{''.join(traceback.format_stack(limit=12))}")


class _Faults(logging.Handler):
    """Takes errors that are logged, such as a run that failed through a fault inside nnviz."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._said = faults

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(logging.Formatter().format(record))


def _press(button: QAbstractButton) -> None:
    # Of a dialog that has been left meanwhile, nobody could press it.
    if isValid(button) and button.isVisible() and button.isEnabled():
        button.click()


def _reject(widget: QWidget) -> None:
    if isinstance(widget, QDialog):
        widget.reject()
    else:
        widget.close()


def _named(moment: Moment | None) -> str:
    return "nothing" if moment is None else f"epoch {moment[0]}, batch {moment[1]}, {moment[2]} recorded"


def seen_alike(one: Experiment, other: Experiment) -> bool:
    """Whether they are equal but for what is looked at, which is no undo step."""
    return bool(one.model_copy(update={"view": other.view}) == other)


def difference(now: Experiment, then: Experiment) -> str:
    """Return which settings differ, and how."""
    one, other = flat(now.model_dump()), flat(then.model_dump())
    names = [name for name in {**one, **other} if name.split(".")[0] != "view"]
    changed = [name for name in names if one.get(name) != other.get(name)]
    return ", ".join(f"{name} {one.get(name)!r:.80} instead of {other.get(name)!r:.80}" for name in changed)


def flat(values: Mapping[str, Any], stem: str = "") -> dict[str, Any]:
    """Return nested settings by their dotted names."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found |= flat(value, f"{stem}{name}.") if isinstance(value, Mapping) else {f"{stem}{name}": value}
    return found


def random_steps(seed: int, count: int, only: Container[str] = Monkey.STEPS) -> list[Step]:
    """Return a series that depends on nothing but `seed` and `only`, of which a shorter one is the beginning."""
    rng = random.Random(seed)
    chosen = ((name, weight) for name, (weight, _) in Monkey.STEPS.items() if name in only)
    names, weights = zip(*chosen, strict=True)
    return [(rng.choices(names, weights)[0], rng.getrandbits(32)) for _ in range(count)]


def write_files(folder: Path) -> None:
    """Put some files there that can be opened, and some that cannot."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.csv").write_text("a,b,kind\n" + "".join(f"{i},{i % 5},{'xy'[i % 2]}\n" for i in range(40)))
    (folder / "numbers.csv").write_text("a,b,c\n" + "".join(f"{i},{i * i},{i / 7}\n" for i in range(40)))
    (folder / "broken.nnviz").write_bytes(b"PK\x03\x04 no archive")
    (folder / "broken.toml").write_text("[data\nname = 3\n")
    (folder / "empty.csv").write_text("")
    (folder / "lesson.toml").write_bytes(assets.course_file(assets.course_names()[0]).read_bytes())
