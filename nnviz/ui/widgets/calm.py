"""Boxes and sliders that the wheel changes only while they have the focus, so that a panel scrolls under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionSlider,
    QStylePainter,
    QWidget,
)

from nnviz.session.commands import next_gesture, next_series
from nnviz.session.key_gesture import KeyGesture

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
        with painter:
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

    def minimumSizeHint(self) -> QSize:
        """Return a width that gives way: the text is elided before the panel is widened."""
        return QSize(60, super().minimumSizeHint().height())


class FreedSlider(QSlider):
    """A slider that is let go of where it is hidden under the mouse, as by a key: Qt's steps on, or stays held."""

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of the handle, and of the groove."""
        super().hideEvent(event)
        self.setRepeatAction(self.SliderAction.SliderNoAction)
        self.setSliderDown(False)


class CalmSlider(FreedSlider):
    """A slider that jumps to a click and that the wheel moves only while it has the focus.

    Attributes
    ----------
    gesture : str
        Merge key of the edits made now: that of the drag, of the keys that nudge, otherwise of the wheel's turns.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._series = self.gesture = next_series()
        self._nudges = KeyGesture()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the handle under the pointer, then drag it from there."""
        self.gesture = next_gesture()
        if event.button() == Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            part = QStyle.SubControl.SC_SliderHandle
            handle = self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)
            point = event.position().toPoint()
            if not handle.contains(point):
                self.setValue(self._position_at(point, handle.width()))
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the handle, which ends the gesture."""
        super().mouseReleaseEvent(event)
        self.gesture = self._series

    def hideEvent(self, event: QHideEvent) -> None:
        """End the gesture, too."""
        super().hideEvent(event)
        self.gesture = self._series

    def _position_at(self, point: QPoint, handle_width: int) -> int:
        span = self.width() - handle_width
        offset = point.x() - handle_width // 2
        return QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), offset, span)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin a gesture, or go on with that of the key before: presses in quick succession are one undo step."""
        if not self.isSliderDown():
            self.gesture = self._nudges.press(held=event.isAutoRepeat())
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Leave the edits that come now to the wheel."""
        super().keyReleaseEvent(event)
        if not event.isAutoRepeat() and not self.isSliderDown():
            self._nudges.touch()
            self.gesture = self._series

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel unless the slider has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
