"""Every text that a widget paints and the height of its type, read from a drawing of vectors."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from nnviz.drawing.diagram import DiagramState, paint_diagram
from nnviz.drawing.theme import Theme
from nnviz.ui.network.diagram_view import DiagramView

Sizes = dict[str, float]


def painted_text(widget: QWidget, theme: Theme) -> Sizes:
    """Return the texts of a widget and its children, each with the pixels of its type, the smallest where it varies.

    The network diagram keeps its picture as pixels, so it is painted once more.
    """
    sizes = _recorded(lambda painter: widget.render(painter, QPoint()), widget.size())
    for diagram in widget.findChildren(DiagramView):
        frame = diagram.frame
        if frame is not None and diagram.isVisible():
            geometry = diagram.geometry_
            found = _recorded(
                lambda painter, geometry=geometry, frame=frame: paint_diagram(
                    painter, geometry, frame, theme, DiagramState()
                ),
                diagram.size(),
            )
            for text, size in found.items():
                sizes[text] = min(size, sizes.get(text, size))
    return sizes


def _recorded(paint, size: QSize) -> Sizes:  # type: ignore[no-untyped-def]
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(96)
    generator.setSize(size)
    painter = QPainter(generator)
    paint(painter)
    painter.end()
    sizes: Sizes = {}
    _walk(ET.fromstring(bytes(buffer.data().data())), 1.0, sizes)
    return sizes


def _walk(element: ET.Element, scale: float, sizes: Sizes) -> None:
    transform = element.get("transform", "")
    if transform.startswith("matrix("):
        a, b = (float(part) for part in transform[7:].split(",")[:2])
        scale *= (a * a + b * b) ** 0.5
    text = "".join(element.itertext()).strip() if element.tag.endswith("text") else ""
    if text:
        size = scale * float(element.get("font-size", "nan"))
        sizes[text] = min(size, sizes.get(text, size))
    for child in element:
        _walk(child, scale, sizes)
