"""A row that stays in reach: while its own place is scrolled away, the panel shows it below everything else."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nnviz.ui.form.form import FieldRow, set_role


class PinnedRow(QFrame):
    """The foot of a panel that scrolls; holds a second row of the same value.

    It is seen only while the row itself is not: the same thing never stands there twice.

    Parameters
    ----------
    scroll_area : QScrollArea
        The foot is below it.
    parent : QWidget
        Holds nothing but these two.
    """

    def __init__(self, scroll_area: QScrollArea, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "foot")
        self._scroll_area = scroll_area
        self._row: FieldRow | None = None
        self._panel = parent
        self.column = QVBoxLayout(self)
        # Its control stands in the column of those above, which a scroll bar may have made narrower.
        self.column.setContentsMargins(14, 6, 4, 6)
        self.hide()
        scroll_area.viewport().installEventFilter(self)
        scroll_area.verticalScrollBar().valueChanged.connect(self.fit)

    def follow(self, row: FieldRow) -> None:
        """Stand in for `row`, which is inside the scroll area."""
        self._row = row
        part: QWidget | None = row
        while part is not None and part is not self._scroll_area.viewport():
            part.installEventFilter(self)
            part = part.parentWidget()
        self.fit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look again where the row is once it, or what it is seen through, has moved."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self.fit()
        return False

    @Slot()
    def fit(self) -> None:
        """Be there only while the row is not wholly seen in the room without the foot, so that none flickers."""
        area, row = self._scroll_area, self._row
        content = area.widget()
        if row is None or content is None:
            return
        is_there = row.isVisibleTo(content)
        # The whole panel, for the layout of it lags behind.
        across = area.horizontalScrollBar()
        room = self._panel.height() - (across.height() if across.isVisibleTo(area) else 0)
        top = row.mapTo(content, QPoint(0, 0)).y() - area.verticalScrollBar().value()
        seen = top >= 0 and top + row.height() <= room
        if (is_there and not seen) == self.isHidden():
            self.setVisible(self.isHidden())
            # In the middle of a layout that began without it, the foot would be left without any height.
            self.updateGeometry()
        margins = self.column.contentsMargins()
        bar = area.verticalScrollBar()
        margins.setRight(4 + (bar.width() if bar.isVisibleTo(area) else 0))
        self.column.setContentsMargins(margins)
