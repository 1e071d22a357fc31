"""The part of the plane that a map shows: zoomed, and kept in the experiment once the hand that moves it is still."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, QTimer, Slot

from nnviz.core.bounds import LARGEST_COORDINATE, SMALLEST_WIDTH
from nnviz.core.layout import Array
from nnviz.experiment.figures import PartName
from nnviz.experiment.frame import Range
from nnviz.session.view_settings import ViewSettings

#: Dragging and the wheel change the range many times a second; the experiment keeps where they end.
STILL_MS = 400
_LIMITS = {
    **dict.fromkeys(("xMin", "yMin"), -LARGEST_COORDINATE),
    **dict.fromkeys(("xMax", "yMax"), LARGEST_COORDINATE),
    **dict.fromkeys(("minXRange", "minYRange"), SMALLEST_WIDTH),
}


class KeptRange(QObject):
    """Writes the range of a plot into the settings of its view, and says which one a new document brings along."""

    def __init__(self, box: pg.ViewBox, settings: ViewSettings, parent: QObject) -> None:
        super().__init__(parent)
        self._box, self._settings = box, settings
        self._document_is_new = True
        self._timer = QTimer(self)
        self._timer.setObjectName("range of the boundary view")
        self._timer.setSingleShot(True)
        self._timer.setInterval(STILL_MS)
        self._timer.timeout.connect(self._keep)
        box.setLimits(**_LIMITS)
        box.sigRangeChangedManually.connect(self.start)
        settings.replaced.connect(self._on_replaced)

    def shows(self, positions: Mapping[PartName, Array]) -> bool:
        """Whether no point lies beside what the plot shows."""
        low, high = np.transpose(self._box.viewRange())
        return all(bool(np.all((places >= low) & (places <= high))) for places in positions.values())

    def show(self, x_range: Range, y_range: Range) -> None:
        """Let the plot show just these ranges."""
        self._box.setRange(xRange=x_range, yRange=y_range, padding=0, disableAutoRange=True)

    @Slot()
    def zoom_in(self) -> None:
        """Show half as much of the plane along each axis."""
        self._zoom(0.5)

    @Slot()
    def zoom_out(self) -> None:
        """Show twice as much of the plane along each axis."""
        self._zoom(2.0)

    def _zoom(self, factor: float) -> None:
        self._box.scaleBy((factor, factor))
        self.start()

    @Slot()
    def start(self) -> None:
        """The user has moved the map; keep its range before long."""
        self._timer.start()

    def finish(self) -> None:
        """Keep at once what is still to be kept."""
        if self._timer.isActive():
            self._timer.stop()
            self._keep()

    def forget(self) -> None:
        """Everything is shown again."""
        self._timer.stop()
        self._write(None, None)

    def take_from_document(self) -> tuple[bool, tuple[Range, Range] | None]:
        """Return whether a document was opened, or came back, since the last call, and the range that it has kept.

        Other data in the same document are shown in full: the old range means nothing to them.
        """
        is_new, self._document_is_new = self._document_is_new, False
        view = self._settings.spec
        known = is_new and view.x_range is not None and view.y_range is not None
        return is_new, (view.x_range, view.y_range) if known and view.x_range and view.y_range else None

    @Slot()
    def _on_replaced(self) -> None:
        self._document_is_new = True

    @Slot()
    def _keep(self) -> None:
        (left, right), (bottom, top) = self._box.viewRange()
        self._write((float(left), float(right)), (float(bottom), float(top)))

    def _write(self, x_range: Range | None, y_range: Range | None) -> None:
        self._settings.edit({"x_range": x_range, "y_range": y_range})
