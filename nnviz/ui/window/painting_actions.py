"""The commands of painting and of the window's own data: paint, start empty, export as CSV, follow a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from nnviz.core.errors import NnvizError
from nnviz.core.numbers import filled
from nnviz.data.table_file import write_table
from nnviz.experiment.sources import load_source
from nnviz.session.file_follower import FileFollower

if TYPE_CHECKING:
    from nnviz.ui.window.main_window import MainWindow


class PaintingActions(QObject):
    """Connects the actions and the data section's buttons to the paint mode of the decision boundary."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        actions, view = window.actions_, window.boundary_view
        actions.paint.triggered.connect(self._on_paint)
        view.painting.toggled.connect(actions.paint.setChecked)
        actions.start_empty.triggered.connect(self._on_start_empty)
        window.setup_panel.data_section.empty.clicked.connect(self._on_start_empty)
        actions.export_data.triggered.connect(self.export)
        view.switches.menu.addAction(actions.export_data)
        for widget in (view.axis_row, view.hold_row, view.legend, view.note):
            # What they say is of other data; the first point brings them back.
            view.painting.emptied.connect(widget.hide)
        view.painting.stroke_began.connect(self._on_stroke_began)
        view.painting.stroke_ended.connect(self._on_stroke_ended)
        self.follower = FileFollower(window.state, window.controller, self)

    def end(self) -> None:
        """End the stroke that is being made, and watch no file any more."""
        self._window.boundary_view.painting.leave()
        self.follower.end()

    @Slot(bool)
    def _on_paint(self, active: bool) -> None:
        if active:
            self._window.boundary_dock.show()
        self._window.boundary_view.painting.set_active(active)

    @Slot()
    def _on_stroke_began(self) -> None:
        # What flows along the weights is drawn at every tick, and nobody looks there now.
        self._window.diagram_area.diagram.set_flow_enabled(False)

    @Slot()
    def _on_stroke_ended(self) -> None:
        self._window.diagram_area.diagram.set_flow_enabled(True)

    @Slot()
    def _on_start_empty(self) -> None:
        self._window.boundary_dock.show()
        self._window.boundary_view.painting.start_empty()

    @Slot()
    def export(self) -> None:
        """Ask for a file and write all rows to it."""
        window = self._window
        window.boundary_view.painting.strokes.end()
        rows, prepared = window.state.experiment.data.rows, window.controller.prepared
        try:
            if rows is not None:
                dataset = load_source(window.state.experiment.data).dataset
            elif prepared is not None:
                dataset = prepared.dataset
            else:
                return
            name, _ = QFileDialog.getSaveFileName(
                window, self.tr("Export all rows as CSV"), f"{dataset.name}.csv", self.tr("CSV tables (*.csv)")
            )
            if not name:
                return
            path = Path(name) if Path(name).suffix else Path(name).with_suffix(".csv")
            write_table(dataset, path)
        except (NnvizError, OSError) as error:
            window.controller.message.emit("error", str(error))
        else:
            text = filled(self.tr("Saved {0} rows as {1}."), dataset.n_samples, path.name)
            window.controller.message.emit("info", text)
