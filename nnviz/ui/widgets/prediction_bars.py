"""What the network answers to one example: a bar per class, or the value."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.core.layout import Array
from nnviz.core.numbers import number_text
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.theme import Theme

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LINE_A_POINT = 1.9
"""Height of a line in pixels, for each point of large type."""
LONGEST_NAME = 0.38
"""Share of a line that a class name may take."""


class PredictionBars(QWidget):
    """Bars for the classes, the likeliest in bold, or one line per predicted value.

    Attributes
    ----------
    shares : list of float
        What is drawn: a probability per class, or the values; empty where there is no answer.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self.shares: list[float] = []
        self._is_classes = True
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.update()

    def show_classes(self, names: tuple[str, ...], shares: Array) -> None:
        """Show a share per class."""
        self._names, self.shares, self._is_classes = names, np.asarray(shares).tolist(), True
        best = int(np.argmax(shares))
        self.setAccessibleName(self.tr("Prediction: {0}").format(names[best]))
        self.updateGeometry()
        self.update()

    def show_values(self, names: tuple[str, ...], values: Array) -> None:
        """Show the value(s) of a regression."""
        self._names, self.shares, self._is_classes = names, np.asarray(values).tolist(), False
        self.setAccessibleName(self.tr("Prediction: {0}").format(number_text(self.shares[0], 3)))
        self.updateGeometry()
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._names, self.shares = (), []
        self.update()

    def sizeHint(self) -> QSize:
        """One line per class."""
        return QSize(260, round(max(24.0, LINE_A_POINT * self._theme.font_size)) * max(len(self._names), 1))

    def minimumSizeHint(self) -> QSize:
        """Ten classes still fit, in smaller type."""
        return QSize(180, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint one line per class or value."""
        if not self.shares:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            line = min(max(26.0, LINE_A_POINT * self._theme.font_size), self.height() / len(self.shares))
            size = min(self._theme.font_size, 0.62 * line)
            if self._theme.projected:
                # On a wall lines come closer instead of getting smaller.
                size = max(size, self._theme.small_font_size)
            best = int(np.argmax(self.shares))
            for index, (name, share) in enumerate(zip(self._names, self.shares, strict=True)):
                row = QRectF(0.0, index * line, self.width(), line)
                painter.setFont(ui_font(size, bold=self._is_classes and index == best))
                painter.setPen(self._theme.colour("text"))
                if self._is_classes:
                    self._paint_share(painter, row, index, name, share)
                else:
                    painter.drawText(row, _LEFT, f"{name} = {number_text(share, 3)}")

    def _paint_share(self, painter: QPainter, row: QRectF, index: int, name: str, share: float) -> None:
        metrics = painter.fontMetrics()
        marker = 0.42 * row.height()
        paint_marker(painter, index, QPointF(row.left() + 0.5 * row.height(), row.center().y()), marker, self._theme)
        painter.setPen(self._theme.colour("text"))
        # Room for the longest name and number in bold: all bars have one length, whoever leads, for they are compared.
        bold = QFontMetricsF(ui_font(painter.font().pointSizeF(), bold=True))
        widest = max(bold.horizontalAdvance(each) for each in self._names) + 10.0
        label = QRectF(row.left() + row.height(), row.top(), min(widest, LONGEST_NAME * row.width()), row.height())
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(label.width() - 6))
        painter.drawText(label, _LEFT, text)
        number = bold.horizontalAdvance("100.0 %") + 6.0
        bar = QRectF(
            label.right(), row.top() + 0.25 * row.height(), row.right() - number - label.right(), 0.5 * row.height()
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("field"))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        painter.setBrush(self._theme.class_colour(index))
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(share * bar.width(), 1.5), bar.height()), 2.5, 2.5)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(row, _RIGHT, f"{100.0 * share:.1f} %")
