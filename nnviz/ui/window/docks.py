"""Panels that can be moved, floated, tabbed and hidden; the line above a view is its handle.

Qt's own title bars would say everything twice: the header of a view names it already, so it becomes the title bar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QHoverEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QMainWindow, QWidget

from nnviz.drawing.theme import Theme
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.fitting import Fitting
from nnviz.ui.widgets.hideable import Hideable, TeacherHideable
from nnviz.ui.widgets.style import icon
from nnviz.ui.widgets.view_header import ViewHeader
from nnviz.ui.window.later import Later

ICON_SIZE = QSize(13, 13)
#: Left and right of a title bar.
MARGINS = (12, 8)
#: Of a panel that floats, in pixels; the style sheet leaves room for it.
FRAME_WIDTH = 2
#: How far from its old place a panel floats at first.
OFFSET = QPoint(28, 28)


class TitleBar(Fitting, QFrame):
    """A view's header with two small buttons: out of the window (and back), and away.

    The mouse goes through the header's words to the bar behind them, by which the dock can be dragged.
    """

    def __init__(self, header: ViewHeader, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setProperty("role", "panel")
        self._bare = False
        self.header = header
        self.setToolTip(self.tr("Drag this panel to another place, or double-click to let it float"))
        # Their own widget, so that both go and come at once.
        self._buttons = QWidget(self)
        self.float_button = flat_button(self._buttons, "", self.tr("Take this panel out of the window, or put it back"))
        self.hide_button = flat_button(self._buttons, "", self.tr("Hide this panel; the View menu brings it back"))
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGINS[0], 7, MARGINS[1], 0)
        row.setSpacing(2)
        row.addWidget(header, 1)
        row.addWidget(self._buttons)
        pair = QHBoxLayout(self._buttons)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(2)
        for button in (self.float_button, self.hide_button):
            button.setIconSize(ICON_SIZE)
            pair.addWidget(button)

    def set_bare(self, bare: bool) -> None:
        """Leave only the words, or bring the buttons back."""
        self._bare = bare
        self.header.set_bare(bare)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """Return room for the header: the two buttons step back, for the View menu and the mouse do the same."""
        return QSize(self.header.minimumSizeHint().width() + sum(MARGINS), super().minimumSizeHint().height())

    def readable_width(self) -> int:
        """Return the room in which the title can be read beside all switches, without the two buttons."""
        return self.header.readable_width() + sum(MARGINS) + 2

    def fit(self) -> None:
        """Hide what there is no room for, and show the rest."""
        needed = self.readable_width() + self._buttons.sizeHint().width()
        self._buttons.setHidden(self._bare or self.width() < needed)

    def set_theme(self, theme: Theme) -> None:
        """Recolour the icons."""
        self.float_button.setIcon(icon("float", theme, "quiet"))
        self.hide_button.setIcon(icon("close", theme, "quiet"))


def within(rect: QRect, screen: QRect) -> QRect:
    """Return `rect` moved, and shortened where it has to be, so that all of it is on `screen`."""
    size = rect.size().boundedTo(screen.size())
    left = min(max(rect.left(), screen.left()), screen.right() + 1 - size.width())
    top = min(max(rect.top(), screen.top()), screen.bottom() + 1 - size.height())
    return QRect(QPoint(left, top), size)


class Panel(Struct, frozen=True, eq=False):
    """What is in a dock: one entry of the window's table, from which its dock, menu entry and places follow.

    Attributes
    ----------
    name : str
        By which arrangements and files know it; never translated.
    title : str
        What the View menu and a tab say.
    view : QWidget or Later
        A `View` with a header, or what makes one when the panel is first opened.
    area : Qt.DockWidgetArea
        Where it is at first.
    action : QAction or None
        Checkable; opens and closes the panel, and has its key. None: only the View menu does.
    tab_of : str
        Name of the panel whose place it shares; empty: a place of its own.
    is_open : bool
        Whether it is there at first.
    is_slim : bool
        Whether it is one line without a title bar, which stays where it is.
    header : ViewHeader or None
        Becomes the title bar; None: the view's own.
    """

    name: str
    title: str
    view: QWidget | Later[Any]
    area: Qt.DockWidgetArea
    action: QAction | None = None
    tab_of: str = ""
    is_open: bool = True
    is_slim: bool = False
    header: ViewHeader | None = None

    @property
    def is_made(self) -> bool:
        """Whether there is a view already."""
        return not isinstance(self.view, Later) or self.view.made is not None

    @property
    def widget(self) -> QWidget:
        """The view, which is made if there is none."""
        return self.view.view if isinstance(self.view, Later) else self.view


class Dock(TeacherHideable, QDockWidget):
    """A panel under its header, both of which are made when it is first shown where nobody has wanted them before.

    Parameters
    ----------
    panel : Panel
    window : QMainWindow
    theme : Theme

    Attributes
    ----------
    panel : Panel
    made_bar : TitleBar or None
        The title bar, where there is one already; a slim panel never has one.

    Signals
    -------
    opened : ()
        Somebody has asked for the panel.
    filled : object
        The `Dock` has its view and its title bar now.
    """

    opened = Signal()
    filled = Signal(object)

    def __init__(self, panel: Panel, window: QMainWindow, theme: Theme) -> None:
        super().__init__(panel.title, window)
        self._window = window
        self._floated_at: QRect | None = None
        self._frame_colour = theme.colour("quiet")
        self._theme, self._bare = theme, False
        self.panel = panel
        self.made_bar: TitleBar | None = None
        self.setObjectName(panel.name)
        if panel.is_slim:
            self.setTitleBarWidget(QWidget(self))
            self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        if isinstance(panel.view, Later):
            panel.view.parent = self
            panel.view.then.append(self._take)
        else:
            self._take(panel.view)
        self.topLevelChanged.connect(self._on_floated)
        self.toggleViewAction().triggered.connect(self._on_toggled)
        if panel.action is not None:
            panel.action.triggered.connect(self._on_action)
            self.toggleViewAction().changed.connect(self._on_toggle_changed)
            self._on_toggle_changed()

    def _take(self, view: QWidget) -> None:
        """Show a view under its title bar."""
        self.setWidget(view)
        if not self.panel.is_slim:
            header: ViewHeader = self.panel.header or view.header  # type: ignore[attr-defined]
            bar = self.made_bar = TitleBar(header, self)
            bar.set_theme(self._theme)
            if self._bare:
                bar.set_bare(True)
            bar.float_button.clicked.connect(self.toggle_floating)
            bar.hide_button.clicked.connect(self.close)
            self.setTitleBarWidget(bar)
        self.filled.emit(self)

    def fill(self) -> QWidget:
        """Return the view; where there is none yet it is made, and comes here."""
        return self.panel.widget

    @property
    def title_bar(self) -> TitleBar:
        """The title bar, which is made with the view if there is none."""
        if self.made_bar is None:
            self.fill()
        assert self.made_bar is not None
        return self.made_bar

    def setFloating(self, floating: bool) -> None:
        """Take it out of the window, or put it back."""
        leave_separators(self._window)
        super().setFloating(floating)

    def setVisible(self, visible: bool) -> None:
        """Show or hide it; what is shown for the first time is made before."""
        if visible and not self.is_hidden_by_teacher:
            self.fill()
        super().setVisible(visible)

    def set_hidden_by_teacher(self, hidden: bool) -> None:
        """Hide it whether or not it is wanted, or let it be seen again."""
        if self.is_wanted and not hidden:
            self.fill()
        super().set_hidden_by_teacher(hidden)

    def set_bare(self, bare: bool) -> None:
        """Leave only the words of the title bar, or bring its buttons back."""
        self._bare = bare
        if self.made_bar is not None:
            self.made_bar.set_bare(bare)

    def sizeHint(self) -> QSize:
        """Ask for no more than is needed where a place is shared: Qt makes it as wide as the widest would like."""
        return self.minimumSizeHint() if self.panel.tab_of else super().sizeHint()

    @property
    def menu_action(self) -> QAction:
        """What the View menu lists: the action of the panel, or Qt's own where it has none."""
        return self.panel.action or self.toggleViewAction()

    @property
    def is_seen(self) -> bool:
        """Whether the panel is open, and not behind another one's tab."""
        return self.isVisible() and not self.visibleRegion().isEmpty()

    def open(self) -> None:
        """Show the panel, in front of those that share its place."""
        self.show()
        self.raise_()
        self.opened.emit()

    @Slot()
    def toggle_floating(self) -> None:
        """Take the panel out of the window, or put it back."""
        if self.isFloating():
            self._floated_at = self.geometry()
            self.setFloating(False)
            # Where it shares its place, Qt would put it behind what came forward meanwhile.
            self.raise_()
            return
        # Exactly over its old place it would look as if nothing had happened.
        docked = QRect(self.mapToGlobal(QPoint(0, 0)), self.size())
        self.float_at(within(self._floated_at or docked.translated(OFFSET), self.screen().availableGeometry()))

    @Slot(bool)
    def _on_floated(self, floating: bool) -> None:
        """Let the line above the view look like the bar of a window while it is one."""
        if (bar := self.made_bar) is not None:
            bar.setProperty("floating", floating)
            bar.style().unpolish(bar)
            bar.style().polish(bar)

    def float_at(self, rect: QRect) -> None:
        """Take the panel out of the window, to where `rect` lies in global coordinates."""
        self.setFloating(True)
        self.setGeometry(rect)
        self.show()

    def set_theme(self, theme: Theme) -> None:
        """Recolour the title bar, and the frame of a panel that floats."""
        self._theme, self._frame_colour = theme, theme.colour("quiet")
        if self.made_bar is not None:
            self.made_bar.set_theme(theme)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame a panel that floats: Qt draws none around a dock with a title bar of its own."""
        super().paintEvent(event)
        if self.isFloating():
            with QPainter(self) as painter:
                painter.setPen(QPen(self._frame_colour, 2.0 * FRAME_WIDTH))
                painter.drawRect(self.rect())

    def hideable_buttons(self) -> Iterator[Hideable]:
        """Yield the buttons of the title bar, which a teacher can hide."""
        if self.panel.is_slim:
            return
        for name, button in (("float", self.title_bar.float_button), ("close", self.title_bar.hide_button)):
            yield Hideable(f"{self.panel.name}.{name}", self.panel.title, button.accessibleName(), (button,))

    @Slot()
    def _on_action(self) -> None:
        """Close the panel where it is seen; open it, or bring it forward from behind another one's tab."""
        if self.is_seen:
            self.close()
        else:
            self.open()
        self._on_toggle_changed()

    @Slot()
    def _on_toggle_changed(self) -> None:
        """Let the panel's action say what Qt's own would."""
        if self.panel.action is not None:
            self.panel.action.setEnabled(self.toggleViewAction().isEnabled())
            self.panel.action.setChecked(self.toggleViewAction().isChecked())

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        """Bring a panel that is opened in front of those that share its place."""
        if shown:
            self.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the window's single keys act here too while the dock floats as a window of its own."""
        if self.isFloating():
            self._window.keyPressEvent(event)
        else:
            super().keyPressEvent(event)


def leave_separators(window: QMainWindow) -> None:
    """Let the mouse have left whatever lies between two docks of `window`; to be called before they are rearranged.

    WORKAROUND: Qt keeps where in the arrangement the separator under the mouse is, or the one that is held, and looks
    it up again when the mouse moves next. Where the arrangement has become another one meanwhile, there is nothing in
    that place, and Qt crashes: the mouse rests between two docks while a lesson or a key changes the layout.
    """
    away = QPointF(-1.0, -1.0)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    unmodified = Qt.KeyboardModifier.NoModifier
    for event in (
        QMouseEvent(QEvent.Type.MouseButtonRelease, away, away, left, none, unmodified),
        QHoverEvent(QEvent.Type.HoverLeave, away, away, away),
    ):
        # The window's own part alone: for everybody else the mouse stays where it is.
        QMainWindow.event(window, event)


def add_docks(window: QMainWindow, panels: Iterable[Panel], theme: Theme) -> dict[str, Dock]:
    """Put every panel into a dock at its first place in `window`; return the docks by name."""
    # Animated docks would still be moving when the next layout is asked for.
    window.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks)
    docks: dict[str, Dock] = {}
    for panel in panels:
        dock = docks[panel.name] = Dock(panel, window, theme)
        window.addDockWidget(panel.area, dock)
        if panel.tab_of:
            window.tabifyDockWidget(docks[panel.tab_of], dock)
        if panel.is_open:
            dock.fill()
        else:
            dock.hide()
    return docks
