"""Panels that can be moved, floated, tabbed and hidden; the line above a view is its handle.

Qt's own title bars would say everything twice: the header of a view names it already, so it becomes the title bar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QMainWindow, QToolButton, QWidget

from nnviz.drawing.theme import Theme
from nnviz.ui.widgets.fitting import Fitting
from nnviz.ui.widgets.hideable import Withholdable
from nnviz.ui.widgets.style import icon
from nnviz.ui.widgets.view_header import ViewHeader

if TYPE_CHECKING:
    from nnviz.ui.window.main_window import MainWindow

ICON_SIZE = QSize(13, 13)
#: Left and right of a title bar.
MARGINS = (12, 8)


class TitleBar(Fitting, QFrame):
    """A view's header with two small buttons: out of the window (and back), and away.

    The mouse goes through the header's words to the dock behind them, which lets itself be dragged.
    """

    def __init__(self, header: ViewHeader, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setProperty("role", "panel")
        self._bare = False
        self.header = header
        self.setToolTip(self.tr("Drag this panel to another place, or double-click to let it float"))
        # Their own widget, so that both go and come at once.
        self._buttons = QWidget(self)
        self.float_button = self._button(self.tr("Take this panel out of the window, or put it back"))
        self.hide_button = self._button(self.tr("Hide this panel; the View menu brings it back"))
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGINS[0], 7, MARGINS[1], 0)
        row.setSpacing(2)
        row.addWidget(header, 1)
        row.addWidget(self._buttons)
        pair = QHBoxLayout(self._buttons)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(2)
        pair.addWidget(self.float_button)
        pair.addWidget(self.hide_button)

    def _button(self, tooltip: str) -> QToolButton:
        button = QToolButton(self._buttons)
        button.setProperty("role", "flat")
        button.setIconSize(ICON_SIZE)
        button.setToolTip(tooltip)
        button.setAccessibleName(tooltip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def set_bare(self, bare: bool) -> None:
        """Leave only the words, or bring the buttons back."""
        self._bare = bare
        self.header.set_bare(bare)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """Return room for the header: the two buttons step back, for the View menu and the mouse do the same."""
        return QSize(self.header.minimumSizeHint().width() + sum(MARGINS), super().minimumSizeHint().height())

    def fit(self) -> None:
        """Hide what there is no room for, and show the rest."""
        needed = self.header.readable_width() + sum(MARGINS) + self._buttons.sizeHint().width()
        self._buttons.setHidden(self._bare or self.width() < needed)

    def set_theme(self, theme: Theme) -> None:
        """Recolour the icons."""
        self.float_button.setIcon(icon("float", theme, "quiet"))
        self.hide_button.setIcon(icon("close", theme, "quiet"))


class Dock(Withholdable, QDockWidget):
    """A panel under its header.

    Parameters
    ----------
    name : str
        Under which the arrangement of the window knows it.
    title : str
        What the View menu and a tab say.
    panel : QWidget
    header : ViewHeader
        Moves from the panel into the title bar.
    window : MainWindow
    """

    def __init__(self, name: str, title: str, panel: QWidget, header: ViewHeader, window: MainWindow) -> None:
        super().__init__(title, window)
        self._window = window
        self.setObjectName(name)
        self.title_bar = TitleBar(header, self)
        self.setTitleBarWidget(self.title_bar)
        self.setWidget(panel)
        self.title_bar.float_button.clicked.connect(self._on_float)
        self.title_bar.hide_button.clicked.connect(self.close)
        self.toggleViewAction().triggered.connect(self._on_toggled)

    @Slot()
    def _on_float(self) -> None:
        self.setFloating(not self.isFloating())

    @property
    def is_seen(self) -> bool:
        """Whether the panel is open, and not behind another one's tab."""
        return self.isVisible() and not self.visibleRegion().isEmpty()

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        """Bring a panel that is opened in front of those that share its place."""
        if shown:
            self.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the window's single keys act here too while the dock floats as a window of its own."""
        if self.isFloating():
            self._window.keyPressEvent(event)
        else:
            super().keyPressEvent(event)


def add_docks(window: MainWindow) -> tuple[Dock, Dock, Dock, Dock]:
    """Put set-up, boundary, loss and answers of `window` into docks at their first places; return these."""
    # Animated docks would still be moving when the next layout is asked for.
    window.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks)
    boundary, loss = window.boundary_view, window.loss_view
    setup_dock = Dock("setup", window.tr("Set-up"), window.setup_panel, ViewHeader(window.tr("Set-up")), window)
    boundary_dock = Dock("boundary", window.tr("Decision boundary"), boundary, boundary.header, window)
    loss_dock = Dock("loss", window.tr("Loss"), loss, loss.header, window)
    left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
    answers = window.answers_panel
    answers_dock = Dock("answers", window.tr("Answers"), answers, answers.header, window)
    for dock, area in ((setup_dock, left), (boundary_dock, right), (loss_dock, right), (answers_dock, right)):
        dock.title_bar.set_theme(window.theme)
        window.addDockWidget(area, dock)
    window.tabifyDockWidget(loss_dock, answers_dock)
    answers_dock.hide()
    return setup_dock, boundary_dock, loss_dock, answers_dock
