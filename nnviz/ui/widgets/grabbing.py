"""Pictures of widgets, taken and written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QCoreApplication, QEvent, QIODevice
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGraphicsView, QWidget

from nnviz.core.storage import write_atomically


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
    # Qt itself writes over what is there, and says that all is well where the disk was full before the last bytes.
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    write_atomically(path, lambda stream: stream.write(buffer.data().data()))
