"""A painter that remembers how texts look: on a stage the same words are painted with every frame.

WORKAROUND: Qt shapes a text anew whenever it is drawn, 0.1 to 0.25 ms each, and a stage of four views has some sixty:
more than maps and curves together. From the second time on it is a picture that is copied.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QTransform

_HORIZONTAL = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignHCenter
_VERTICAL = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignVCenter
#: Whatever else is asked for is left to Qt.
_KNOWN = _HORIZONTAL | _VERTICAL | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_UPRIGHT = (QTransform.TransformationType.TxNone, QTransform.TransformationType.TxTranslate)
#: Around a text, for letters that lean out of their boxes.
ROOM = 3
LONGEST = 80


@lru_cache(maxsize=1024)
def _picture(text: str, font_key: str, rgba: int, ratio: float) -> tuple[QImage, float, float, float]:
    """Return the picture of a text, how wide it is, how far it rises above its line and how high the line is."""
    font = QFont()
    font.fromString(font_key)
    metrics = QFontMetricsF(font)
    wide, high = metrics.horizontalAdvance(text), metrics.height()
    size = ceil((wide + 2 * ROOM) * ratio), ceil((high + 2 * ROOM) * ratio)
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        painter.setFont(font)
        painter.setPen(QColor.fromRgba(rgba))
        painter.drawText(QPointF(ROOM, ROOM + metrics.ascent()), text)
    return image, wide, metrics.ascent(), high


class QuickPainter(QPainter):
    """Draws short single lines of upright text from pictures, and everything else as ever."""

    def drawText(self, *args: Any) -> Any:
        """Draw a text at a point, or within a rectangle, in the pen's colour."""
        upright = self.worldTransform().type() in _UPRIGHT
        if upright and isinstance(args[-1], str) and 0 < len(args[-1]) <= LONGEST and "\n" not in args[-1]:
            if len(args) == 2 and isinstance(args[0], QPointF):
                self._at(args[0], args[1])
                return None
            if len(args) == 3 and isinstance(args[0], QRectF) and self._within(args[0], args[1], args[2]):
                return None
        return super().drawText(*args)

    def _look(self, text: str) -> tuple[QImage, float, float, float]:
        ratio = self.device().devicePixelRatioF()
        return _picture(text, self.font().toString(), self.pen().color().rgba(), ratio)

    def _at(self, baseline: QPointF, text: str) -> None:
        image, _, ascent, _ = self._look(text)
        self._copy(image, baseline.x(), baseline.y() - ascent)

    def _within(self, rect: QRectF, flags: Qt.AlignmentFlag | int, text: str) -> bool:
        flags = Qt.AlignmentFlag(flags) if isinstance(flags, int) else flags
        if not isinstance(flags, Qt.AlignmentFlag) or flags & ~_KNOWN:
            return False
        image, wide, _, high = self._look(text)
        if wide > rect.width() or high > rect.height() + 2 * ROOM:
            # It would be cut.
            return False
        free, left_over = rect.width() - wide, rect.height() - high
        x = free if flags & Qt.AlignmentFlag.AlignRight else free / 2 if flags & Qt.AlignmentFlag.AlignHCenter else 0.0
        y = left_over if flags & Qt.AlignmentFlag.AlignBottom else 0.0
        y = left_over / 2 if flags & Qt.AlignmentFlag.AlignVCenter else y
        self._copy(image, rect.left() + x, rect.top() + y)
        return True

    def _copy(self, image: QImage, x: float, y: float) -> None:
        # On whole pixels, where letters are sharp.
        ratio = image.devicePixelRatio()
        self.drawImage(QPointF(round((x - ROOM) * ratio) / ratio, round((y - ROOM) * ratio) / ratio), image)
