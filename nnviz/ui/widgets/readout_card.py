"""A small card that follows the pointer over a plot and reads out what lies under it."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnviz.drawing.markers import paint_marker
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PartName

_PADDING = 9.0
_GAP = 16.0
_OFFSET = 16
"""How far from the pointer the card is, in pixels."""


class ReadoutLine(Struct, frozen=True):
    """One line of a card.

    Attributes
    ----------
    text : str
        On the left.
    value : str
        On the right, bold.
    marker : int or None
        A class whose marker stands before the text.
    part : PartName
        Of which part of the data that is the marker of a point.
    is_minor : bool
        Whether the line gives way where the card has no room for all.
    """

    text: str
    value: str = ""
    marker: int | None = None
    part: PartName = "train"
    is_minor: bool = False


def fitting(lines: tuple[ReadoutLine, ...], n: int) -> tuple[ReadoutLine, ...]:
    """Return `lines` without the last minor ones, so that there are at most `n` where that can be had."""
    minor = [index for index, line in enumerate(lines) if line.is_minor]
    left_out = set(minor[max(0, len(minor) - max(0, len(lines) - n)) :])
    return tuple(line for index, line in enumerate(lines) if index not in left_out)


class ReadoutCard(QWidget):
    """Paints its lines itself; as large as they are, beside the pointer and always inside its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines: tuple[ReadoutLine, ...] = ()
        self._theme: Theme | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def lines(self) -> tuple[ReadoutLine, ...]:
        """What is shown."""
        return () if self.isHidden() else self._lines

    def set_theme(self, theme: Theme) -> None:
        """Take over colours and font size."""
        self._theme = theme
        font = QFont(self.font())
        font.setPointSizeF(theme.font_size)
        self.setFont(font)
        self._fit()

    def show_lines(self, lines: tuple[ReadoutLine, ...], pointer: QPoint) -> None:
        """Show `lines` beside `pointer`, in the parent's pixels; none hides the card."""
        if not lines:
            self.hide()
            return
        lines = fitting(lines, self._most_lines())
        if lines != self._lines:
            self._lines = lines
            self._fit()
        self._place(pointer)
        if not self.isVisible():
            self.show()
            self.raise_()

    def _most_lines(self) -> int:
        """Return how many lines fit into the parent, in which a card is cut."""
        parent = self.parentWidget()
        room = (parent.height() if parent is not None else 10_000) - 2 * _PADDING
        return max(1, int(room / (1.25 * QFontMetricsF(self.font()).height())))

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _fit(self) -> None:
        plain, bold = QFontMetricsF(self.font()), QFontMetricsF(self._bold())
        width = 0.0
        for line in self._lines:
            used = plain.horizontalAdvance(line.text) + (1.4 * plain.height() if line.marker is not None else 0.0)
            width = max(width, used + (_GAP + bold.horizontalAdvance(line.value) if line.value else 0.0))
        self.resize(round(width + 2 * _PADDING) + 1, round(len(self._lines) * 1.25 * plain.height() + 2 * _PADDING))
        self.setAccessibleName("; ".join(" ".join((line.text, line.value)).strip() for line in self._lines))
        self.update()

    def _place(self, pointer: QPoint) -> None:
        parent = self.parentWidget()
        area = parent.rect() if parent is not None else self.rect()
        x, y = pointer.x() + _OFFSET, pointer.y() + _OFFSET
        if x + self.width() > area.right():
            x = pointer.x() - _OFFSET - self.width()
        if y + self.height() > area.bottom():
            y = pointer.y() - _OFFSET - self.height()
        self.move(max(0, x), max(0, y))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the card and its lines."""
        theme = self._theme
        if theme is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("line"), 1.0))
            painter.setBrush(theme.colour("panel"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7.0, 7.0)
            height = QFontMetricsF(self.font()).height()
            y = _PADDING
            for line in self._lines:
                box = QRectF(_PADDING, y, self.width() - 2 * _PADDING, 1.25 * height)
                if line.value:
                    painter.setFont(self._bold())
                    painter.setPen(theme.colour("text"))
                    painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line.value)
                if line.marker is not None:
                    centre = QPointF(box.left() + 0.45 * height, box.center().y())
                    paint_marker(painter, line.marker, centre, 0.75 * height, theme, part=line.part)
                    box.setLeft(box.left() + 1.4 * height)
                painter.setFont(self.font())
                painter.setPen(theme.colour("quiet" if line.value else "text"))
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line.text)
                y += 1.25 * height
