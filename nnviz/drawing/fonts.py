"""A font where the system has none: without one, Qt draws every letter as an empty box."""

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
