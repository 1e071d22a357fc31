"""Which curve is which."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.drawing.courses import course_colour
from nnviz.drawing.curves import carried_pen
from nnviz.drawing.markers import paint_star
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PartName

#: Between entries, the length of a line, and from there to its word; in lines of text.
_GAP, _SAMPLE, _SPACE = 1.0, 1.57, 0.43
#: In widths of the line.
_DASHES = {"dashed": [4.0, 2.0], "dotted": [1.4, 1.4]}


class CurveKey(QWidget):
    """What solid, dotted and dashed lines stand for, drawn as the lines are, and the ★."""

    def __init__(self, entries: tuple[tuple[str, str, str], ...], parent: QWidget | None = None) -> None:
        """Show entries.

        `entries` are (text, theme role of the colour, "solid", "dotted", "dashed", "star" or "upright"), and of another
        run (its name, its number, "course").
        """
        super().__init__(parent)
        self._entries = entries
        self._theme: Theme | None = None
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Recolour and make room for the words in the theme's font."""
        self._theme = theme
        font = self.font()
        font.setPointSizeF(theme.small_font_size)
        self.setFont(font)
        self.updateGeometry()
        self.update()

    def show_entries(self, entries: tuple[tuple[str, str, str], ...]) -> None:
        """Show other entries: there may be no test data, or validation data."""
        if entries != self._entries:
            self._entries = entries
            self.updateGeometry()
            self.update()

    @property
    def texts(self) -> tuple[str, ...]:
        """The words that are shown."""
        return tuple(text for text, _, _ in self._entries)

    def sizeHint(self) -> QSize:
        """Return the room that the shown entries need."""
        return self._room_for(len(self._entries))

    def minimumSizeHint(self) -> QSize:
        """Return the room for the first entry: in a narrow window the others step back."""
        return self._room_for(1)

    def _room_for(self, count: int) -> QSize:
        metrics = QFontMetricsF(self.font())
        width = sum(
            _sample(kind, metrics) + metrics.horizontalAdvance(text) + (_SPACE + _GAP) * metrics.height()
            for text, _, kind in self._entries[:count]
        )
        return QSize(math.ceil(width), math.ceil(metrics.height()) + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw line and word of each entry."""
        if self._theme is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            metrics = QFontMetricsF(self.font())
            middle, x = self.height() / 2, 0.0
            space, gap = _SPACE * metrics.height(), _GAP * metrics.height()
            for text, role, kind in self._entries:
                width = _sample(kind, metrics)
                if x + width + space + metrics.horizontalAdvance(text) > self.width() + 1:
                    break
                if kind == "star":
                    star_of: PartName = "validation" if role == "validation" else "test"
                    paint_star(painter, QPointF(x + width / 2, middle), width, self._theme, star_of)
                elif kind == "upright":
                    painter.setPen(carried_pen(self._theme))
                    painter.drawLine(QPointF(x + width / 2, 2.0), QPointF(x + width / 2, self.height() - 2.0))
                else:
                    is_course = kind == "course"
                    colour = course_colour(self._theme, int(role)) if is_course else self._theme.colour(role)
                    pen = QPen(colour, self._theme.line_width + 0.4)
                    if is_course or kind in _DASHES:
                        pen.setDashPattern([3.2, 1.4] if is_course else _DASHES[kind])
                        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                    painter.setPen(pen)
                    painter.drawLine(QPointF(x, middle), QPointF(x + width, middle))
                painter.setPen(self._theme.colour("quiet"))
                painter.drawText(QPointF(x + width + space, middle + metrics.ascent() / 2 - 1), text)
                x += width + space + metrics.horizontalAdvance(text) + gap


def _sample(kind: str, metrics: QFontMetricsF) -> float:
    """Return the width of what stands before a word."""
    return {"star": 0.86, "upright": 0.4}.get(kind, _SAMPLE) * metrics.height()
