"""Boxes and sliders that the wheel changes only while they have the focus, so that a panel scrolls under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

#: Pixels that the text keeps away from the left edge, and that the arrow needs on the right.
TEXT_MARGIN = 7
ARROW_ROOM = 18
#: Item data: the short form of a line, which the closed box says.
SHORT_ROLE = Qt.ItemDataRole.UserRole + 1


class CalmComboBox(QComboBox):
    """A drop-down list that the wheel changes only while it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)
        self.setMaxVisibleItems(24)

    def closed_text(self) -> str:
        """Return what the closed box says: the short form of the present line, or the placeholder."""
        short = self.currentData(SHORT_ROLE)
        return str(short) if short else self.currentText() or self.placeholderText()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel unless the list has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def showPopup(self) -> None:
        """Open the list as wide as its longest line."""
        view = self.view()
        scroll_bar = 0 if self.count() <= self.maxVisibleItems() else view.verticalScrollBar().sizeHint().width()
        view.setMinimumWidth(max(self.width(), view.sizeHintForColumn(0) + scroll_bar + 14))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the box and its text, elided where it is too long (a style sheet would cut it off)."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        text = self.closed_text()
        room = self.width() - ARROW_ROOM - TEXT_MARGIN
        role = QPalette.ColorRole.Text if self.isEnabled() else QPalette.ColorRole.PlaceholderText
        painter.setPen(self.palette().color(role))
        painter.drawText(
            self.rect().adjusted(TEXT_MARGIN, 0, -ARROW_ROOM, 0),
            Qt.AlignmentFlag.AlignVCenter,
            self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room),
        )
        painter.end()

    def minimumSizeHint(self) -> QSize:
        """Return a width that gives way: the text is elided before the panel is widened."""
        return QSize(60, super().minimumSizeHint().height())
