"""Arrangements of the window, one key away: which docks are open, which are tabbed, and how much room each has.

What the user moves by hand is remembered between runs; a layout brings docks back to where everybody expects them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, Slot

from nnviz.session.commands import Change
from nnviz.ui.commands.arrangements import LAYOUTS, STATE_VERSION, Layout

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from nnviz.ui.window.main_window import MainWindow


class Layouts(QObject):
    """Applies layouts to a window and keeps its arrangement between runs.

    Parameters
    ----------
    window : MainWindow
        Has the docks `setup_dock`, `boundary_dock`, `loss_dock` and `answers_dock`.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.is_restored = False
        for action in window.actions_.layouts.values():
            action.triggered.connect(self._on_chosen)
        window.actions_.reset_layout.triggered.connect(self._on_reset)
        window.state.applied.connect(self._on_applied)

    def apply(self, layout: Layout) -> None:
        """Bring every dock back to its place in `layout`.

        The answers, where they are open, share the place of the loss, and stay in front where they were seen.
        """
        window = self._window
        setup, boundary, loss, answers = window.setup_dock, window.boundary_dock, window.loss_dock, window.answers_dock
        shows_answers, saw_answers = not answers.isHidden(), answers.is_seen
        for dock, area in (
            (setup, Qt.DockWidgetArea.LeftDockWidgetArea),
            (boundary, Qt.DockWidgetArea.RightDockWidgetArea),
            (loss, Qt.DockWidgetArea.RightDockWidgetArea),
            (answers, Qt.DockWidgetArea.RightDockWidgetArea),
        ):
            dock.setFloating(False)
            window.removeDockWidget(dock)
            window.addDockWidget(area, dock)
        if layout.tabbed:
            window.tabifyDockWidget(boundary, loss)
        else:
            window.splitDockWidget(boundary, loss, Qt.Orientation.Vertical)
        window.tabifyDockWidget(loss, answers)
        setup.setVisible(layout.setup)
        boundary.show()
        loss.show()
        answers.setVisible(shows_answers)
        (answers if saw_answers else loss).raise_()
        boundary.raise_()
        self.proportion(layout)
        window.teacher_view.apply()

    def proportion(self, layout: Layout) -> None:
        """Divide the window as `layout` means it; docks that are hidden or float are left alone."""
        window = self._window
        width, height = window.width(), window.height()
        large = window.theme.font_size / 10.0
        setup = round(max(268.0, min(330.0, 0.2 * width)) * large)
        # Room for the name of the map beside its switches.
        views = round(max(470.0, layout.views * width))
        window.resizeDocks([window.setup_dock, window.boundary_dock], [setup, views], Qt.Orientation.Horizontal)
        if not layout.tabbed:
            shares = [round(layout.boundary * height), round((1.0 - layout.boundary) * height)]
            window.resizeDocks([window.boundary_dock, window.loss_dock], shares, Qt.Orientation.Vertical)

    def restore(self, settings: QSettings) -> None:
        """Arrange the window as it was when it was closed."""
        geometry, state = settings.value("geometry"), settings.value("docks")
        if geometry is not None:
            self._window.restoreGeometry(geometry)
        self.is_restored = state is not None and self._window.restoreState(state, STATE_VERSION)

    def save(self, settings: QSettings) -> None:
        """Keep the present arrangement; while the projector view is open, the one before it."""
        settings.setValue("geometry", self._window.saveGeometry())
        settings.setValue("docks", self._window.saveState(STATE_VERSION))

    @Slot()
    def _on_chosen(self) -> None:
        action: QAction = self.sender()  # type: ignore[assignment]
        layout = LAYOUTS[str(action.data())]
        state = self._window.state
        state.set_view(state.experiment.view.edited(layout=layout.name))
        self.apply(layout)

    @Slot()
    def _on_reset(self) -> None:
        self.apply(LAYOUTS["explore"])

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        """Arrange the window as an opened document asks for."""
        wanted = change.new.view.layout
        if change.kind == "replace" and wanted:
            self.apply(LAYOUTS[wanted])
