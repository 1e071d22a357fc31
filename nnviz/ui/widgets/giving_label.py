"""Sentences that give way: as many lines of them as there is height for, and the tooltip holds all of them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextLine, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from nnviz.ui.widgets.help_text import inert_tooltip


class GivingLabel(QLabel):
    """A label of plain text that wraps, and ends in "…" where what is above it needs the height.

    A `QLabel` that wraps takes the height of all its lines from its neighbours, even below what those need.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        """Show `text`, as much of it as there is room for; the same again costs nothing."""
        if text != self.text():
            super().setText(text)
            self.updateGeometry()
            self._offer_all()

    def shown_lines(self) -> list[str]:
        """Return the lines that there is height for; the last one is elided where more follow."""
        text = self.text()
        lines = [text[line.textStart() : line.textStart() + line.textLength()].rstrip() for line in self._lines()]
        n = max(1, self.height() // max(1, self._line_height))
        if len(lines) <= n:
            return lines
        rest = " ".join(lines[n - 1 :])
        return [*lines[: n - 1], self.fontMetrics().elidedText(rest, Qt.TextElideMode.ElideRight, self.width())]

    @property
    def _line_height(self) -> int:
        return self.fontMetrics().lineSpacing()

    def _lines(self) -> list[QTextLine]:
        layout = QTextLayout(self.text(), self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        layout.setTextOption(option)
        layout.beginLayout()
        lines = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, self.width()))
            lines.append(line)
        layout.endLayout()
        # The lines live in their layout.
        self._layout = layout
        return lines

    def sizeHint(self) -> QSize:
        """Return the height of all lines at the present width."""
        return QSize(self.width(), max(1, len(self._lines())) * self._line_height)

    def minimumSizeHint(self) -> QSize:
        """Return the height of a line."""
        return QSize(0, self._line_height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for another height where the width is another."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        self._offer_all()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            top_left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            painter.drawText(self.rect(), top_left, "\n".join(self.shown_lines()))

    def _offer_all(self) -> None:
        has_all = len(self._lines()) * self._line_height <= self.height()
        self.setToolTip("" if has_all else inert_tooltip(self.text()))
