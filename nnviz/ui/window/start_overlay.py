"""Three steps for the very first start: choose data, build, press play, each pointing at the real place.

A card beside the place and never over it; nothing is locked. Doing the steps, in any order, × or Escape ends it; the
Help menu shows it again.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSettings, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment import Experiment
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.setup.setup_panel import SetupPanel
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.stored_settings import stored_flag
from nnviz.ui.window.main_window import MainWindow

STARTED_KEY = "has_started"
WIDTH = 260
#: Length of the tail that points at the place, and half of its foot.
TAIL = 12
HALF_FOOT = 9
RADIUS = 10.0
#: Height of the headers above the layers of the network, in pixels.
HEADERS = 76
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


class _Step(Struct, frozen=True):
    title: str
    text: str
    target: QWidget
    side: Literal["right", "below"]
    leaves_headers: bool = False
    """Whether the text speaks of what stands above the layers."""


class StartOverlay(QWidget):
    """The card of the present step.

    Parameters
    ----------
    window : QWidget
        Its parent, in which the places are.
    setup : SetupPanel
    play_button : QWidget
    clear : QWidget
        The network, whose headers a card beside the set-up leaves free.
    theme : Theme
    state : ExperimentState
    controller : Controller
    lessons : QAction
        Opens the list of lessons, which the last card offers.
    """

    def __init__(
        self,
        window: QWidget,
        setup: SetupPanel,
        play_button: QWidget,
        clear: QWidget,
        theme: Theme,
        state: ExperimentState,
        controller: Controller,
        lessons: QAction,
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._controller, self._clear = window, theme, controller, clear
        self._scroll_area = setup.scroll_area
        self._steps = self._table(setup, play_button)
        self.step = 0
        self._tail = QPoint()
        # Where the set-up was scrolled to before the introduction, and by it.
        self._scrolled = [self._scroll_area.verticalScrollBar().value()] * 2
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(WIDTH)
        self._count = QLabel(self)
        self._count.setProperty("role", "quiet")
        self.title = QLabel(self)
        self.title.setProperty("role", "heading")
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.next_button = flat_button(self, self.tr("next"), self.tr("Show the next step"))
        self.next_button.clicked.connect(self._on_next)
        self.close_button = flat_button(self, "×", self.tr("Close this introduction (Esc); Help shows it again"))
        self.close_button.clicked.connect(self.end)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self._count)
        head.addWidget(self.close_button)
        self.lessons_button = flat_button(self, self.tr("lessons…"), lessons.toolTip())
        self.lessons_button.clicked.connect(self.end)
        self.lessons_button.clicked.connect(lessons.trigger)
        foot = QHBoxLayout()
        foot.addWidget(self.lessons_button)
        foot.addStretch(1)
        foot.addWidget(self.next_button)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(4)
        add_layout(self._column, head)
        self._column.addWidget(self.text)
        add_layout(self._column, foot)
        # Once everything that moves the places has been laid out.
        self._placing = QTimer(self)
        self._placing.setSingleShot(True)
        self._placing.timeout.connect(self.place)
        for watched in (window, *(step.target for step in self._steps)):
            watched.installEventFilter(self)
        state.experiment_changed.connect(self._on_experiment_changed)
        controller.status_changed.connect(self._on_status_changed)
        self._show_step()

    @property
    def target(self) -> QWidget | None:
        """What the present step points at; None after the last one."""
        return self._steps[self.step].target if self.step < len(self._steps) else None

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.update()

    def _table(self, setup: SetupPanel, play_button: QWidget) -> tuple[_Step, ...]:
        tr = self.tr
        return (
            _Step(
                tr("Choose data"),
                tr("Click one of these pictures. Its points are what the network learns to tell apart."),
                setup.data_section.gallery,
                "right",
            ),
            _Step(
                tr("Build a network"),
                tr("Choose how many layers it has and how many units are in each, here or with + and − above a layer."),
                setup.network_section,
                "right",
                leaves_headers=True,
            ),
            _Step(
                tr("Press play"),
                tr("Watch it learn: the lines are its weights, the map on the right is what it answers everywhere."),
                play_button,
                "below",
            ),
        )

    @Slot()
    def end(self) -> None:
        """Go away for good."""
        self._placing.stop()
        self._scroll_back()
        self.hide()
        for watched in (self._window, *(step.target for step in self._steps)):
            watched.removeEventFilter(self)
        self.step = len(self._steps)
        self.deleteLater()

    @Slot()
    def place(self) -> None:
        """Stand beside the place, within the window; hide while the place is hidden."""
        if self.step >= len(self._steps):
            return
        step = self._steps[self.step]
        if not step.target.isVisible():
            self.hide()
            return
        area = self._scroll_area
        if area.isAncestorOf(step.target):
            area.ensureWidgetVisible(step.target, 0, 0)
            self._scrolled[1] = area.verticalScrollBar().value()
        seen = step.target.visibleRegion().boundingRect()
        place = QRect(step.target.mapTo(self._window, seen.topLeft()), seen.size())
        right = step.side == "right"
        self._column.setContentsMargins(14 + TAIL * right, 10 + TAIL * (not right), 10, 8)
        self.setFixedHeight(self._column.heightForWidth(WIDTH))
        if right:
            # Beside the set-up, not over what stands beside the place in it.
            edge = area.viewport().mapTo(self._window, QPoint(area.viewport().width(), 0)).x()
            aim = QPoint(max(place.right() + 4, edge), place.top() + min(place.height() // 2, 70))
            corner = aim - QPoint(0, min(self.height() // 2, aim.y()))
            # Below what stands above the layers, of which the text speaks.
            lowest = min(self._clear.mapTo(self._window, QPoint(0, HEADERS)).y(), place.bottom() - 2 * HALF_FOOT)
            if step.leaves_headers and corner.y() < lowest and self._clear.isVisible():
                corner.setY(lowest)
                aim.setY(max(aim.y(), lowest + 3 * HALF_FOOT))
        else:
            aim = QPoint(place.center().x(), place.bottom() + 2)
            corner = aim - QPoint(min(60, aim.x()), 0)
        inside = self._window.rect().adjusted(4, 4, -4 - self.width(), -4 - self.height())
        corner = QPoint(
            max(inside.left(), min(corner.x(), inside.right())), max(inside.top(), min(corner.y(), inside.bottom()))
        )
        self.move(corner)
        self._tail = aim - corner
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card with its tail, in the colours of the present theme."""
        theme = self._theme
        right = self.step < len(self._steps) and self._steps[self.step].side == "right"
        body = QRectF(self.rect()).adjusted(TAIL * right + 1, TAIL * (not right) + 1, -1, -1)
        tip = QPointF(self._tail)
        along = QPointF(0, HALF_FOOT) if right else QPointF(HALF_FOOT, 0)
        foot = QPointF(body.left() + 1, tip.y()) if right else QPointF(tip.x(), body.top() + 1)
        card, tail = QPainterPath(), QPainterPath()
        card.addRoundedRect(body, RADIUS, RADIUS)
        tail.addPolygon(QPolygonF([tip, foot + along, foot - along, tip]))
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("positive"), 1.5))
            painter.setBrush(theme.colour("panel"))
            painter.drawPath(card.united(tail))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the places when the window or its parts move; Escape, where nothing else takes it, ends all."""
        if event.type() in _MOVES:
            self._placing.start(0)
        if watched is not self._window or event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.end()
            return True
        return False

    def _scroll_back(self) -> None:
        """Show again what was scrolled away to show a place, unless the user has scrolled since."""
        bar, (before, by_us) = self._scroll_area.verticalScrollBar(), self._scrolled
        if bar.value() == by_us:
            bar.setValue(before)

    def _show_step(self) -> None:
        if self.step >= len(self._steps):
            self.end()
            return
        step, last = self._steps[self.step], self.step == len(self._steps) - 1
        self._scroll_back()
        self._count.setText(self.tr("{0} of {1}").format(self.step + 1, len(self._steps)))
        self.title.setText(step.title)
        self.text.setText(step.text)
        self.next_button.setText(self.tr("done") if last else self.tr("next"))
        self.lessons_button.setVisible(last)
        self.setAccessibleName(step.title)
        self.setAccessibleDescription(step.text)
        self.place()
        self._placing.start(0)

    def _finish(self, step: int) -> None:
        """Go on behind `step`, which the user has done."""
        if self.step <= step < len(self._steps):
            self.step = step + 1
            self._show_step()

    @Slot()
    def _on_next(self) -> None:
        self._finish(self.step)

    @Slot(object, object)
    def _on_experiment_changed(self, old: Experiment, new: Experiment) -> None:
        if old.data != new.data:
            self._finish(0)
        elif old.network != new.network:
            self._finish(1)

    @Slot(str)
    def _on_status_changed(self, _status: str) -> None:
        if self._controller.is_training:
            self._finish(2)


def introduce_once(window: MainWindow, settings: QSettings, *, is_named: bool = False) -> StartOverlay | None:
    """Show the steps on `window` at the very first start, which `settings` remember; return the card, if there is one.

    The window has to be shown already. Where the user has named what to open (`is_named`), that has its own to say, and
    the steps wait for the next start.
    """
    if is_named or stored_flag(settings, STARTED_KEY):
        return None
    # Never again, whatever becomes of it: not even after a crash in the middle.
    settings.setValue(STARTED_KEY, True)
    return introduce(window)


def introduce(window: MainWindow) -> StartOverlay:
    """Show the steps on `window`, from the first one; those that were on show go."""
    for old in window.findChildren(StartOverlay):
        old.end()
    window.docks["setup"].open()
    overlay = StartOverlay(
        window,
        window.setup_panel,
        window.run_bar.play_button,
        window.diagram_area.diagram,
        window.theme,
        window.state,
        window.controller,
        window.actions_.lessons,
    )
    window.theme_changed.connect(overlay.set_theme)
    window.closed.connect(overlay.end)
    return overlay


class Introduction(QObject):
    """Shows the steps again whenever the Help menu asks for them.

    Parameters
    ----------
    window : MainWindow
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._main_window = window
        window.actions_.introduction.triggered.connect(self._on_wanted)

    @Slot()
    def _on_wanted(self) -> None:
        introduce(self._main_window)
