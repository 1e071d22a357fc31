"""The commands of painting and of the window's own data: paint, start empty, export as CSV."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from nnviz.core.errors import NnvizError
from nnviz.core.numbers import filled
from nnviz.experiment.sources import load_source
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions
from nnviz.ui.painting.paint_mode import PaintMode
from nnviz.ui.widgets.file_dialogs import file_to_save
from nnviz.ui.window.docks import Dock


class PaintingActions(QObject):
    """Connects the actions to the paint mode of the decision boundary.

    Parameters
    ----------
    actions : Actions
    painting : PaintMode
    dock : Dock
        Of the map, which is opened to be painted on.
    let_flow : callable
        Told whether what flows along the weights may be drawn.
    state : ExperimentState
    controller : Controller
    parent : QWidget
    """

    def __init__(
        self,
        actions: Actions,
        painting: PaintMode,
        dock: Dock,
        let_flow: Callable[[bool], None],
        state: ExperimentState,
        controller: Controller,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._painting, self._dock, self._let_flow = painting, dock, let_flow
        self._state, self._controller, self._parent = state, controller, parent
        actions.paint.triggered.connect(self._on_paint)
        painting.toggled.connect(actions.paint.setChecked)
        actions.start_empty.triggered.connect(self._on_start_empty)
        actions.export_data.triggered.connect(self.export)
        painting.stroke_began.connect(self._on_stroke_began)
        painting.stroke_ended.connect(self._on_stroke_ended)

    @Slot(bool)
    def _on_paint(self, active: bool) -> None:
        if active:
            self._dock.show()
        self._painting.set_active(active)

    @Slot()
    def _on_stroke_began(self) -> None:
        # What flows along the weights is drawn at every tick, and nobody looks there now.
        self._let_flow(False)

    @Slot()
    def _on_stroke_ended(self) -> None:
        self._let_flow(True)

    @Slot()
    def _on_start_empty(self) -> None:
        self._dock.show()
        self._painting.start_empty()

    @Slot()
    def export(self) -> None:
        """Ask for a file and write all rows to it."""
        from nnviz.data.table_file import write_table

        self._painting.strokes.end()
        rows, prepared = self._state.experiment.data.rows, self._controller.prepared
        try:
            if rows is not None:
                dataset = load_source(self._state.experiment.data).dataset
            elif prepared is not None:
                dataset = prepared.dataset
            else:
                return
            title, kinds = self.tr("Export all rows as CSV"), self.tr("CSV tables (*.csv)")
            path = file_to_save(self._parent, title, f"{dataset.name}.csv", kinds, ".csv")
            if path is None:
                return
            write_table(dataset, path)
        except (NnvizError, OSError) as error:
            self._controller.message.emit("error", str(error))
        else:
            text = filled(self.tr("Saved {0} rows as {1}."), dataset.n_samples, path.name)
            self._controller.message.emit("info", text)
