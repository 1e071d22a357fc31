"""A line that opens and closes the rows below it, for settings that are rarely touched."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from nnviz.ui.widgets.hideable import TeacherHideable

ARROW_ROOM = 14


class FoldButton(QAbstractButton):
    """An arrow and a quiet caption, elided where it is too long."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setProperty("role", "quiet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Return the room of a line of text."""
        metrics = self.fontMetrics()
        return QSize(ARROW_ROOM + metrics.horizontalAdvance(self.text()), metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        """Return a width that gives way."""
        return QSize(ARROW_ROOM, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw arrow and caption, both in the accent colour while they have the focus or the pointer."""
        lit = self.hasFocus() or self.underMouse()
        role = QPalette.ColorRole.Highlight if lit else QPalette.ColorRole.WindowText
        colour = self.palette().color(role)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            x, y = 4.0, self.height() / 2
            shape = (
                ((-2.0, -3.5), (1.5, 0.0), (-2.0, 3.5))
                if not self.isChecked()
                else ((-3.5, -2.0), (0, 1.5), (3.5, -2.0))
            )
            painter.drawPolyline(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in shape]))
            text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width() - ARROW_ROOM)
            painter.drawText(self.rect().adjusted(ARROW_ROOM, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)


class Fold(TeacherHideable, QWidget):
    """A caption with an arrow, and a column of rows that it shows or hides.

    Parameters
    ----------
    spacing : int
        Between the rows, in pixels.
    tooltip : str
    """

    def __init__(self, spacing: int, tooltip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = FoldButton(self)
        self.button.setToolTip(tooltip)
        self.content = QWidget(self)
        self.rows = QVBoxLayout(self.content)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(spacing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing)
        column.addWidget(self.button)
        column.addWidget(self.content)
        self.button.toggled.connect(self._on_toggled)
        self._on_toggled(False)

    def set_caption(self, caption: str) -> None:
        """Show another caption."""
        self.button.setText(caption)

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        self.button.setChecked(is_open)

    def set_plain(self, plain: bool) -> None:
        """Show the rows without the caption, or fold them again."""
        self.button.setVisible(not plain)
        self.content.setVisible(plain or self.button.isChecked())

    @Slot(bool)
    def _on_toggled(self, is_open: bool) -> None:
        self.content.setVisible(is_open)
