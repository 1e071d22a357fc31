"""Pictures of widgets, taken and written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGraphicsView, QWidget


def grab_now(widget: QWidget) -> QPixmap:
    """Return a widget as it is now, to be called outside of paints.

    A scene says in the next turn of the event loop what has changed in it. Until then its plot still has a picture of
    what was, and `QWidget.grab` alone would take that.
    """
    views = widget.findChildren(QGraphicsView)
    for view in (widget, *views) if isinstance(widget, QGraphicsView) else views:
        if view.scene() is not None:
            QCoreApplication.sendPostedEvents(view.scene(), QEvent.Type.MetaCall.value)
    return widget.grab()


def write_picture(picture: QPixmap, path: Path) -> None:
    """Write a PNG file, atomically.

    Raises
    ------
    ExperimentError
        Where it cannot be written.
    """
    from nnviz.export.whole_files import write_whole

    write_whole(path, lambda device: picture.save(device, "PNG"))
