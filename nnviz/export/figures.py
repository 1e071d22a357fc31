"""Pictures of a run on disk: boundary, loss and network, drawn as the window draws them, without a window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QFont, QGuiApplication, QImage, QImageWriter, QPainter

from nnviz.core.files import write_atomically
from nnviz.core.trainer import Trainer
from nnviz.drawing.diagram import layout_diagram, paint_diagram
from nnviz.drawing.diagram_names import diagram_shape
from nnviz.drawing.figures import paint_boundary, paint_loss
from nnviz.drawing.fonts import ensure_font
from nnviz.drawing.theme import LIGHT, Theme
from nnviz.experiment.frame import Frame, Needs, PlaneRequest
from nnviz.experiment.frames import FrameBuilder
from nnviz.experiment.prepare import Prepared

#: Device-independent pixels, and pixels of the file per each of them.
FIGURE_SIZE = (900, 700)
DIAGRAM_SIZE = (1300, 860)
SCALE = 2.0
#: Samples along each side of the exported plane.
PLANE_RESOLUTION = 300

Paint = Callable[[QPainter], object]


def write_figures(trainer: Trainer, prepared: Prepared, folder: Path, theme: Theme = LIGHT) -> tuple[str, ...]:
    """Write ``boundary.png``, ``loss.png`` and ``network.png``.

    Parameters
    ----------
    trainer : Trainer
        Its present moment is shown.
    prepared : Prepared
    folder : Path
        Must exist.
    theme : Theme

    Returns
    -------
    tuple of str
        Names of the files.

    Raises
    ------
    ExperimentError
        Where a file cannot be written.
    """
    application = _application()  # noqa: F841 - fonts need it for as long as this function draws
    view = prepared.experiment.view
    plane = PlaneRequest(x_range=view.x_range, y_range=view.y_range, axes=view.axes, max_resolution=PLANE_RESOLUTION)
    frame = FrameBuilder(prepared).build(trainer, Needs(plane=plane), status="paused")
    rect = QRectF(0.0, 0.0, *FIGURE_SIZE)
    pictures: dict[str, tuple[tuple[int, int], Paint]] = {
        "boundary.png": (FIGURE_SIZE, lambda painter: paint_boundary(painter, rect, frame, prepared, theme)),
        "loss.png": (FIGURE_SIZE, lambda painter: paint_loss(painter, rect, frame, theme)),
        "network.png": (DIAGRAM_SIZE, partial(_paint_network, frame=frame, prepared=prepared, theme=theme)),
    }
    for name, (size, paint) in pictures.items():
        _write_png(folder / name, size, paint, theme)
    return tuple(pictures)


def _paint_network(painter: QPainter, *, frame: Frame, prepared: Prepared, theme: Theme) -> None:
    shape = diagram_shape(frame, prepared, editable=False)
    paint_diagram(painter, layout_diagram(*DIAGRAM_SIZE, shape, theme), frame, theme)


def _write_png(path: Path, size: tuple[int, int], paint: Paint, theme: Theme) -> None:
    image = QImage(round(size[0] * SCALE), round(size[1] * SCALE), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    image.fill(theme.colour("canvas"))
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    font = QFont(painter.font())
    font.setPointSizeF(theme.font_size)
    painter.setFont(font)
    paint(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    write_atomically(path, lambda file: file.write(buffer.data().data()))


def _application() -> QGuiApplication:
    """Return the application that fonts need: the one there is, or one without a screen."""
    existing = QGuiApplication.instance()
    if isinstance(existing, QGuiApplication):
        return existing
    application = QGuiApplication(["nnviz"])
    ensure_font()
    return application
