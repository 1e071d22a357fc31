"""The quiet mark at the end of a row whose change starts the run over."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.ui.widgets.help_text import plain_tooltip

#: Room of the mark and before it, in pixels; what is no row leaves it free, so that all end in one line.
MARK_WIDTH = 9
MARK_GAP = 5
MARK_ROOM = MARK_WIDTH + MARK_GAP
#: Degrees, counter-clockwise from the right: the arrow leaves a gap at its head.
ARC_START, ARC_LENGTH = 40, 290


class RestartMark(QWidget):
    """A small circular arrow, or as much empty room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._is_on = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedWidth(MARK_WIDTH)

    @property
    def is_on(self) -> bool:
        """Whether a change of the row starts the run over."""
        return self._is_on

    def set_on(self, on: bool) -> None:
        """Show the mark, or nothing."""
        if on == self._is_on:
            return
        self._is_on = on
        tooltip = self.tr("Starts over: a change here begins again from first weights; Undo brings this run back.")
        self.setToolTip(plain_tooltip(tooltip) if on else "")
        self.setAccessibleName(self.tr("starts over") if on else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of the arrow, as high as a line so that it is easy to point at."""
        return QSize(MARK_WIDTH, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the arrow."""
        if not self._is_on:
            return
        role = QPalette.ColorRole.WindowText if self.underMouse() else QPalette.ColorRole.PlaceholderText
        colour = self.palette().color(role)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(MARK_WIDTH / 2, self.height() / 2)
            painter.setPen(QPen(colour, 1.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            radius = 3.2
            painter.drawArc(QRectF(-radius, -radius, 2 * radius, 2 * radius), 16 * ARC_START, 16 * ARC_LENGTH)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(QPolygonF([QPointF(3.9, -4.2), QPointF(3.9, -0.9), QPointF(0.6, -0.9)]))
