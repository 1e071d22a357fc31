"""How large a window opens: with the type, which the projector view makes larger, and never larger than the screen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.drawing.theme import LIGHT

#: Of the screen, so that its frame has room too.
SHARE: Final = 0.92


def opening_size(window: QWidget, width: int, height: int) -> QSize:
    """Return the size of a window that has `width` × `height` pixels in the type of a desk."""
    factor = max(1.0, QApplication.font().pointSizeF() / LIGHT.font_size)
    return QSize(round(factor * width), round(factor * height)).boundedTo(window.screen().availableSize() * SHARE)
