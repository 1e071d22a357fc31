"""Opens and closes the panel of the answers: from the View menu, by its key, and from the map's menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from nnviz.ui.window.main_window import MainWindow


class AnswersActions(QObject):
    """Connects the action to the dock, and the dock to its panel."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._action, self._dock, self._panel = window.actions_.answers, window.answers_dock, window.answers_panel
        menu = window.boundary_view.switches.menu
        menu.addSeparator()
        menu.addAction(self._action)
        self._action.triggered.connect(self._on_triggered)
        self._dock.toggleViewAction().changed.connect(self._on_dock_changed)
        self._dock.visibilityChanged.connect(self._panel.set_seen)
        self._state, self._controller, self._marks = window.state, window.controller, window.marks
        self._is_empty = False
        self._state.experiment_changed.connect(self._on_experiment_changed)
        self._on_dock_changed()

    def open(self, page: str) -> None:
        """Show the panel with the page called `page`, where that suits the data and the panel may be shown."""
        self._dock.show()
        self._dock.raise_()
        self._panel.choose(page)

    @Slot()
    def _on_triggered(self) -> None:
        """Close the panel where it is seen; open it, or bring it forward from behind another one's tab."""
        if self._dock.is_seen:
            self._dock.close()
        else:
            self._dock.show()
            self._dock.raise_()
        self._on_dock_changed()

    @Slot()
    def _on_experiment_changed(self) -> None:
        """Let go of rows that are gone: an empty canvas has none, and the run stays as it is until there are some."""
        rows, prepared = self._state.experiment.data.rows, self._controller.prepared
        was_empty, self._is_empty = self._is_empty, rows is not None and len(rows.features) == 0
        if self._is_empty:
            self._marks.clear()
            self._panel.clear()
        elif was_empty and prepared is not None:
            self._panel.show_prepared(prepared)

    @Slot()
    def _on_dock_changed(self) -> None:
        toggle = self._dock.toggleViewAction()
        self._action.setEnabled(toggle.isEnabled())
        self._action.setChecked(toggle.isChecked())
