"""What the monkey does in the rooms that are shut until somebody asks for them.

Each gesture opens its room where it is shut, does there what the room alone can, or uses any control of it. A new room
gets an entry of `ROOM_STEPS`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from nnviz import assets
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.drawing.diagram import EdgeId
from nnviz.lessons.challenges import CHALLENGES
from nnviz.lessons.prediction import ASKS, Ask
from nnviz.ui.stage.veil import Tool
from nnviz.ui.window.main_window import MainWindow
from tests.ui.seen_widgets import seen_widgets

#: What people type into fields, right or wrong.
TYPED = (
    *("", "0", "1", "3", "7", "12", "-1", "0.01", "0.3", "1e-9", "1e999", "nan", "abc", "½", "1,5", "\U0001f412", "&"),
)
#: Of runs side by side: everything comes to its end soon.
FEW = (1, 2, 3)
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_MODIFIERS = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Hand(Protocol):
    """What a gesture needs of the monkey."""

    window: MainWindow
    folder: Path
    rng: random.Random
    is_thrifty: bool

    def turn(self, ms: int) -> None:
        """Run the event loop for a while."""

    def modal(self) -> QWidget | None:
        """Return what keeps the mouse from everything else."""

    def inside(self, widget: QWidget) -> QPoint:
        """Return a place in a widget."""

    def drag_between(
        self,
        widget: QWidget,
        start: QPoint,
        end: QPoint,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press the mouse, move it, and let it go."""


# -- any control ---------------------------------------------------------------------------------------------------


def use_any(hand: Hand, room: QWidget) -> None:
    """Use one of the controls of a room that can be reached, each kind as often as another."""
    if not room.isVisible():
        return
    kinds: dict[str, list[QWidget]] = {}
    for widget in seen_widgets(room)[1:]:
        if widget.isEnabled() and not widget.size().isEmpty():
            kinds.setdefault(type(widget).__name__, []).append(widget)
    if kinds:
        use(hand, hand.rng.choice(kinds[hand.rng.choice(sorted(kinds))]))


def use(hand: Hand, widget: QWidget) -> None:
    """Do with a widget what it is there for."""
    rng = hand.rng
    if isinstance(widget, QToolButton) and widget.menu() is not None:
        choose(hand, widget.menu().actions())
    elif isinstance(widget, QAbstractButton):
        widget.click()
    elif isinstance(widget, QComboBox):
        QTest.keyClick(widget, rng.choice((Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_End, Qt.Key.Key_Home)))
    elif isinstance(widget, QAbstractSlider):
        widget.setValue(rng.randint(widget.minimum(), max(widget.minimum(), widget.maximum())))
    elif isinstance(widget, QAbstractSpinBox | QLineEdit):
        write(hand, widget, rng.choice(TYPED))
    elif isinstance(widget, QAbstractItemView):
        _use_list(hand, widget)
    elif rng.random() < 0.5:
        hand.drag_between(widget, hand.inside(widget), hand.inside(widget), rng.choice(_MODIFIERS))
    else:
        QTest.keyClick(widget, rng.choice((*_ARROWS, Qt.Key.Key_Return, Qt.Key.Key_PageDown)), rng.choice(_MODIFIERS))


def write(hand: Hand, field: QWidget, text: str) -> None:
    """Put text into a field and leave it."""
    if isinstance(field, QAbstractSpinBox):
        field.lineEdit().setText(text)
    elif isinstance(field, QLineEdit | QPlainTextEdit):
        field.clear()
        field.insert(text) if isinstance(field, QLineEdit) else field.insertPlainText(text)
    if isValid(field):
        QTest.keyClick(field, hand.rng.choice((Qt.Key.Key_Return, Qt.Key.Key_Tab)))


def choose(hand: Hand, actions: Iterable[QAction], depth: int = 2) -> None:
    """Trigger one of the actions of a menu, or of one of its submenus."""
    offered = [each for each in actions if each.isEnabled() and each.isVisible() and not each.isSeparator()]
    if not offered:
        return
    action = hand.rng.choice(offered)
    below = action.menu()
    if isinstance(below, QMenu) and depth:
        # What is filled only when it is opened.
        below.aboutToShow.emit()
        choose(hand, below.actions(), depth - 1)
    else:
        action.trigger()


def _use_list(hand: Hand, view: QAbstractItemView) -> None:
    model = view.model()
    if model is None or not model.rowCount():
        return
    # A list's model does not tell: it is private there.
    columns = 1 if isinstance(model, QAbstractListModel) else max(1, model.columnCount(QModelIndex()))
    row, column = hand.rng.randrange(model.rowCount()), hand.rng.randrange(columns)
    view.setCurrentIndex(model.index(row, column))
    keys = Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Down, Qt.Key.Key_Right
    QTest.keyClick(view, hand.rng.choice(keys))


def _shown(hand: Hand, dock: str) -> bool:
    """Open a dock, if it is closed; return whether it is seen."""
    place = hand.window.docks[dock]
    if not place.isVisible() and place.toggleViewAction().isEnabled():
        place.open()
    return place.panel.widget.isVisible()


def _one_of(hand: Hand, *deeds: Callable[[], object]) -> None:
    hand.rng.choice(deeds)()


# -- many runs -----------------------------------------------------------------------------------------------------


def _race(hand: Hand) -> None:
    """Let optimisers race, and look at their ways."""
    window, rng = hand.window, hand.rng
    do, panel = window.actions_.many_runs, window.races.panel
    if panel.race is None or rng.random() < 0.15:
        do.race.trigger()
        dialog = window.races.dialog
        if dialog is None:
            return
        for name in rng.sample(list(OPTIMIZERS), 2):
            dialog.chosen[name].setChecked(rng.random() < 0.8)
            if rng.random() < 0.4:
                dialog.rates[name].setText(rng.choice((*TYPED, "0.01 0.1")))
        dialog.epochs.setValue(rng.choice(FEW))
        dialog.start.setCurrentIndex(rng.randrange(dialog.start.count()))
        _answer(hand, dialog, dialog.run_button)
        return
    if not panel.isVisible():
        do.show_race.trigger()
    rows = panel.list.findChildren(QAbstractButton)
    _one_of(
        hand,
        lambda: use_any(hand, panel),
        lambda: use_any(hand, panel),
        lambda: rng.choice(panel.tabs).click(),
        lambda: hand.drag_between(panel.surface, hand.inside(panel.surface), hand.inside(panel.surface)),
        lambda: rng.choice(rows).click() if rows else None,
        lambda: rng.choice((panel.train_on, panel.train_on, panel.save_table, panel.take_down)).trigger(),
        lambda: use_any(hand, panel.scrub),
        panel.leave,
    )


def _wall(hand: Hand) -> None:
    """Hang a wall, and look at it."""
    window, rng = hand.window, hand.rng
    do, walls = window.actions_.many_runs, window.walls
    panel = walls.panel
    if panel.wall is None or rng.random() < 0.15:
        action, name = rng.choice(
            ((do.seeds, "seeds_dialog"), (do.folds, "folds_dialog"), (do.settings, "sweep_dialog"))
        )
        action.trigger()
        dialog = getattr(walls, name)
        if dialog is None:
            return
        if name == "sweep_dialog":
            place = rng.randrange(2)
            dialog.settings[place].setCurrentIndex(rng.randrange(dialog.settings[place].count()))
            dialog.settings[place].activated.emit(dialog.settings[place].currentIndex())
            if rng.random() < 0.3:
                dialog.values[place].setText(rng.choice(("", "0.1, 0.3", "1", "abc", "1, 2, 3")))
        else:
            dialog.runs.setValue(rng.choice(FEW) + 1)
        dialog.epochs.setValue(rng.choice(FEW))
        _answer(hand, dialog, dialog.run_button)
        return
    if not panel.isVisible():
        do.wall.trigger()
    _one_of(
        hand,
        lambda: use_any(hand, panel),
        lambda: use_any(hand, panel),
        lambda: rng.choice(panel.tabs).click(),
        lambda: QTest.mouseClick(panel.maps, Qt.MouseButton.LeftButton, pos=hand.inside(panel.maps)),
        lambda: rng.choice((panel.train_on, panel.train_on, panel.save_table, panel.take_down)).trigger(),
        lambda: panel.threshold.chosen.emit(rng.random()),
        panel.leave,
    )


def _answer(hand: Hand, dialog: QDialog, agree: QAbstractButton) -> None:
    """Agree to what a dialog asks, or leave it."""
    if agree.isEnabled() and hand.rng.random() < 0.8:
        agree.click()
    else:
        dialog.reject()


def _second(hand: Hand) -> None:
    """Let a second network learn beside the first."""
    window, rng = hand.window, hand.rng
    action, panel = window.actions_.many_runs.second, window.second.panel
    if panel is None or not panel.isVisible():
        action.trigger()
        return
    _one_of(
        hand,
        lambda: use_any(hand, rng.choice(panel.setups)),
        lambda: use_any(hand, rng.choice(panel.setups)),
        lambda: use_any(hand, panel),
        panel.swap.trigger,
        panel.make_like.trigger,
        lambda: panel.which.choose(rng.choice("ab")),
        lambda: rng.choice(panel.buttons).click(),
        action.trigger,
    )


def _courses(hand: Hand) -> None:
    """Look at the runs that were taken from one another: star, rename, remove and compare them."""
    window, rng, controller = hand.window, hand.rng, hand.window.controller
    if not _shown(hand, "runs"):
        return
    panel, courses = window.branches.panel, controller.tree.courses
    if not courses:
        use_any(hand, panel)
        return
    number = rng.choice(courses).number
    _one_of(
        hand,
        lambda: use_any(hand, panel),
        lambda: controller.change_course(number, is_starred=rng.random() < 0.5),
        lambda: controller.change_course(number, is_compared=rng.random() < 0.5),
        lambda: controller.change_course(number, name=rng.choice(TYPED) or "-"),
        lambda: controller.remove_course(number),
        lambda: controller.show_course(number),
        window.branches.compare,
        window.actions_.past.continue_with.trigger,
    )


# -- insights ------------------------------------------------------------------------------------------------------


def _lines(hand: Hand) -> None:
    """Grab the line of a unit on the map, or lead it by keys."""
    window, rng = hand.window, hand.rng
    view, action = window.boundary_view, window.actions_.insights.unit_lines
    if not action.isChecked():
        if action.isEnabled():
            action.trigger()
        return
    place, item = view.plot.viewport(), view.lines.item
    if not place.isVisible() or place.size().isEmpty():
        return
    tried = [hand.inside(place) for _ in range(60)]
    found = [each for each in tried if item.unit_at(QPointF(view.plot.mapToScene(each))) is not None]
    modifiers = rng.choice(_MODIFIERS)
    if found and rng.random() < 0.7:
        hand.drag_between(place, found[0], hand.inside(place), modifiers)
    elif rng.random() < 0.8:
        QTest.keyClick(view.plot, rng.choice(_ARROWS), modifiers)
    else:
        action.trigger()


def _warp(hand: Hand) -> None:
    """Follow the data through the layers."""
    if not _shown(hand, "warp"):
        return
    panel, rng = hand.window.insights.warp, hand.rng
    _one_of(
        hand,
        lambda: use_any(hand, panel),
        panel.play_button.click,
        lambda: panel.slider.setValue(rng.randint(panel.slider.minimum(), panel.slider.maximum())),
        lambda: hand.drag_between(panel.view, hand.inside(panel.view), hand.inside(panel.view)),
        hand.window.docks["warp"].close,
    )


def _worked(hand: Hand) -> None:
    """Walk through worked arithmetic."""
    if not _shown(hand, "worked"):
        return
    panel, rng = hand.window.worked.panel, hand.rng
    keys = Qt.Key.Key_Space, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Backspace, Qt.Key.Key_Right
    _one_of(
        hand,
        lambda: use_any(hand, panel),
        lambda: use_any(hand, panel),
        lambda: [QTest.keyClick(panel, rng.choice(keys)) for _ in range(3)],
        lambda: rng.choice(list(panel.tabs.values())).click(),
        lambda: choose(hand, [panel.numbers_action, panel.batch_action, panel.worksheet_action]),
        hand.window.docks["worked"].close,
    )


def _look_inside(hand: Hand) -> None:
    """Use a control of one of the other panels that explain."""
    name = hand.rng.choice(("health", "weight", "unit", "answers", "timeline"))
    if _shown(hand, name):
        use_any(hand, hand.window.docks[name].panel.widget)


def _surgery(hand: Hand) -> None:
    """Operate on a unit or an edge: what its menu offers, or a drag of an edge."""
    window, rng = hand.window, hand.rng
    diagram, frame = window.diagram_area.diagram, window.controller.frame
    if frame is None or hand.modal() is not None:
        return
    units = frame.layout.sizes
    layer = rng.randrange(len(units))
    part: object = (layer, rng.randrange(units[layer]))
    if layer and rng.random() < 0.5:
        part = EdgeId(layer, rng.randrange(units[layer]), rng.randrange(units[layer - 1]))
    if rng.random() < 0.3:
        hand.drag_between(diagram, hand.inside(diagram), hand.inside(diagram), rng.choice(_MODIFIERS))
        return
    menu = window.diagram_area.surgery.menu_of(part)
    if menu is not None:
        choose(hand, menu.actions())


# -- before a class ------------------------------------------------------------------------------------------------


def _stage(hand: Hand) -> None:
    """Open the stage and lead it."""
    window, rng = hand.window, hand.rng
    led = window.stage.presentation
    if led.stage is None:
        if rng.random() < 0.5:
            led.present(None)
        else:
            window.actions_.stage.present.trigger()
            dialog = window.stage.dialog
            if dialog is not None:
                _one_of(hand, dialog.accept, dialog.reject)
        return
    stage = led.stage
    keys = (*(Qt.Key(Qt.Key.Key_0 + number) for number in range(5)), Qt.Key.Key_B, Qt.Key.Key_F, Qt.Key.Key_C)
    _one_of(
        hand,
        lambda: QTest.keyClick(stage, rng.choice((*keys, Qt.Key.Key_D, Qt.Key.Key_Space, Qt.Key.Key_PageDown))),
        lambda: led.choose(rng.choice(list(window.stage.choices))),
        lambda: led.toggle_tool(rng.choice(list(Tool))),
        lambda: hand.drag_between(stage.veil, hand.inside(stage.veil), hand.inside(stage.veil)),
        lambda: use_any(hand, window.stage.console),
        lambda: stage.resize(rng.randint(200, 1400), rng.randint(150, 900)),
        led.leave,
    )


def _predict(hand: Hand) -> None:
    """Let the curtain down, predict, and reveal."""
    window, rng = hand.window, hand.rng
    predict = window.predict
    if predict.model is None or not predict.model.is_open or rng.random() < 0.15:
        if window.actions_.stage.predict.isEnabled():
            _one_of(hand, predict.go_on, lambda: predict.ask(Ask(rng.choice(list(ASKS)))))  # type: ignore[arg-type]
        return
    plots = [each.plot.viewport() for each in (window.boundary_view, window.loss_view) if each.plot.isVisible()]
    place = rng.choice(plots) if plots else None
    _one_of(
        hand,
        lambda: use_any(hand, predict.bar),
        lambda: hand.drag_between(place, hand.inside(place), hand.inside(place)) if place is not None else None,
        lambda: rng.choice(predict.bar.options).click(),
        predict.lift,
        predict.go_on,
        predict.leave,
    )


def _lesson(hand: Hand) -> None:
    """Open a lesson at some step, and go on and back in it."""
    window, rng = hand.window, hand.rng
    lessons = window.lessons
    if lessons.played.lesson is None or rng.random() < 0.1:
        name = rng.choice(assets.course_names())
        lessons.open_by_user(name, rng.choice((0, 0, 1, 3)))
        return
    _one_of(
        hand,
        lessons.played.go_on,
        lessons.played.go_on,
        lessons.played.go_back,
        lessons.played.restore,
        window.actions_.lesson_next.trigger,
        lambda: use_any(hand, lessons.panel),
        lessons.played.close,
    )


def _challenge(hand: Hand) -> None:
    """Take a challenge."""
    if _shown(hand, "challenge"):
        lessons = hand.window.lessons
        _one_of(
            hand,
            lambda: use_any(hand, lessons.challenge),
            lambda: lessons.begin_challenge(hand.rng.choice(list(CHALLENGES))),
        )


def _record(hand: Hand) -> None:
    """Record a lesson, and change what came of it."""
    recording, rng = hand.window.lessons.recording, hand.rng
    editor = next((each for each in hand.window.findChildren(QDialog) if each is recording._editor), None)
    if editor is not None and editor.isVisible():
        _one_of(hand, lambda: use_any(hand, editor), lambda: use_any(hand, editor), editor.reject)
    elif recording.recorder is None:
        _one_of(hand, recording.record.trigger, recording.edit.trigger)
    elif rng.random() < 0.6:
        write(hand, recording.bar.line, rng.choice((*TYPED, "Look at the map.")))
    else:
        use_any(hand, recording.bar)


def _guide(hand: Hand) -> None:
    """Read in the guide."""
    guide, rng = hand.window.guide, hand.rng
    book = guide.window
    if book is None or not book.isVisible():
        guide.open_guide.trigger()
        return
    items: Sequence[Any] = book.items()
    _one_of(
        hand,
        lambda: use_any(hand, book),
        lambda: book.tree.setCurrentItem(rng.choice(items)) if items else None,
        lambda: book.search.setText(rng.choice((*TYPED, "loss", "weight"))),
        book.go_back,
        book.close,
    )


ROOM_STEPS: Final[dict[str, tuple[int, Callable[[Any], None]]]] = {
    "race": (3, _race),
    "wall": (3, _wall),
    "second": (3, _second),
    "courses": (2, _courses),
    "lines": (3, _lines),
    "warp": (2, _warp),
    "worked": (2, _worked),
    "look inside": (3, _look_inside),
    "surgery": (3, _surgery),
    "stage": (3, _stage),
    "predict": (3, _predict),
    "lesson": (3, _lesson),
    "challenge": (1, _challenge),
    "record": (2, _record),
    "guide": (2, _guide),
}
