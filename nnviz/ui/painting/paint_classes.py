"""More, fewer and other classes of what is painted, as the paint bar asks for them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from nnviz.core.errors import SettingError
from nnviz.experiment.document import Experiment
from nnviz.experiment.painting import with_class, with_class_name, without_class
from nnviz.experiment.schema import RowsSource
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.painting.paint_bar import PaintBar
from nnviz.ui.painting.paint_strokes import Strokes
from nnviz.ui.painting.paint_tools import ToolSettings


class PaintClasses(QObject):
    """Edits the classes of the canvas, each as an undo step; a refusal is one sentence in the message bar."""

    def __init__(
        self, state: ExperimentState, controller: Controller, strokes: Strokes, bar: PaintBar, settings: ToolSettings
    ) -> None:
        super().__init__(bar)
        self._state, self._controller = state, controller
        self._strokes, self._bar, self._settings = strokes, bar, settings
        bar.class_added.connect(self._on_added)
        bar.class_removed.connect(self._on_removed)
        bar.class_renamed.connect(self._on_renamed)

    @Slot()
    def _on_added(self) -> None:
        edited = self._edited(with_class)
        if edited is not None:
            # It is what the hand wants to paint next.
            self._settings.code = len(self._bar.names)
            self._strokes.edit(edited, self.tr("add class"))

    @Slot()
    def _on_removed(self) -> None:
        code = self._settings.code
        edited = self._edited(lambda experiment, rows: without_class(experiment, rows, code))
        if edited is not None:
            self._settings.code = max(0, code - 1)
            self._strokes.edit(edited, self.tr("remove class"))

    @Slot(str)
    def _on_renamed(self, name: str) -> None:
        code = self._settings.code
        edited = self._edited(lambda experiment, rows: with_class_name(experiment, rows, code, name))
        if edited is not None:
            self._strokes.edit(edited, self.tr("rename class"))

    def _edited(self, edit: Callable[[Experiment, RowsSource], Experiment]) -> Experiment | None:
        """Return what `edit` makes of the present document, None where it refuses."""
        self._strokes.end()
        data = self._state.experiment.data
        rows = data.rows if data.rows is not None and data.rows.painted is not None else self._strokes.rows
        if rows is None:
            return None
        try:
            return edit(self._state.experiment, rows)
        except SettingError as error:
            self._controller.message.emit("info", str(error))
            self._bar.show_settings()
            return None
