"""The font of the application at any size, and one for systems without any, where Qt draws empty boxes."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from nnviz.assets import font_file

_FALLBACK_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_FALLBACK_FAMILY = "DejaVu Sans"


def ensure_font() -> bool:
    """Load the shipped font if the system offers none (a bare server); return whether that was needed.

    Call it once, after the application object has been made and before anything is drawn.
    """
    if QFontDatabase.families():
        return False
    for name in _FALLBACK_FILES:
        QFontDatabase.addApplicationFont(str(font_file(name)))
    QGuiApplication.setFont(QFont(_FALLBACK_FAMILY))
    return True


def ui_font(points: float, *, bold: bool = False) -> QFont:
    """Return the application's font at a size in points."""
    font = QFont()
    font.setPointSizeF(points)
    font.setBold(bold)
    return font
