"""A drawing: strokes of a pen on a fine canvas, remembered one by one, so that they can be drawn again otherwise.

Scaled to the size of the training pictures, a small drawing would have lines as thick as ropes; drawn again from its
strokes it has the lines of a pen.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen, QTransform

from nnviz.core.layout import Array
from nnviz.experiment.handwriting import Framing, PictureStyle, averaged, framed_picture, framing

FINE_SIDE = 256
"""Pixels along the longer side of the canvas, about: always a whole number for each pixel of the data."""
PEN_TRIALS = 2
"""How often the width of the pen is corrected until there is as much ink as usual."""
WIDEST_PEN, FINEST_PEN = 2.5, 0.6
"""Limits of that width, in usual widths of a line."""

Point = tuple[float, float]
"""(x, y) as shares of the drawing's width and height, from the top left."""


class _Stroke(Struct):
    """Points on the canvas; the width in its pixels."""

    width: float
    erases: bool
    points: list[QPointF] = field(default_factory=list)


class Ink:
    """What is drawn.

    Parameters
    ----------
    shape : (height, width)
        Of the data's pictures.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        scale = max(1, round(FINE_SIDE / max(shape)))
        self.shape = shape
        self.canvas = QImage(scale * shape[1], scale * shape[0], QImage.Format.Format_Grayscale8)
        self.canvas.fill(0)
        self.has_picture = False
        """Whether a picture of the data lies below the strokes."""
        self._strokes: list[_Stroke] = []

    def copy(self) -> Ink:
        """Return the same ink, which goes its own way from now on."""
        other = Ink(self.shape)
        other.canvas = self.canvas.copy()
        other.has_picture = self.has_picture
        other._strokes = [replace(stroke, points=list(stroke.points)) for stroke in self._strokes]
        return other

    @property
    def is_empty(self) -> bool:
        """Whether there is no ink."""
        return not (self.has_picture or self._strokes) or not bool(_levels(self.canvas).any())

    @property
    def fine(self) -> Array:
        """The drawing ``(n_y, n_x)``, 0 … 1, at the resolution of the canvas."""
        return _levels(self.canvas) / 255.0

    def load(self, inked: Array) -> None:
        """Lay a picture ``(height, width)`` of ink, 0 … 1, in place of what was there."""
        scale = self.canvas.height() // self.shape[0]
        levels = np.round(255.0 * np.clip(inked, 0.0, 1.0)).astype(np.uint8)
        levels = np.ascontiguousarray(levels.repeat(scale, axis=0).repeat(scale, axis=1))
        height, width = levels.shape
        self.canvas = QImage(levels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
        self.has_picture, self._strokes = True, []

    def begin(self, point: Point, width: float, *, erases: bool) -> None:
        """Put the pen, or the eraser, down.

        Parameters
        ----------
        point : (float, float)
        width : float
            As a share of the drawing's shorter side.
        erases : bool
        """
        self._strokes.append(_Stroke(width * min(self.canvas.width(), self.canvas.height()), erases))
        self.go_on(point)

    def go_on(self, point: Point) -> None:
        """Move the pen; only the new piece of the line is drawn."""
        stroke = self._strokes[-1]
        stroke.points.append(QPointF(point[0] * self.canvas.width(), point[1] * self.canvas.height()))
        _draw(self.canvas, stroke, _piece(stroke.points), stroke.width)

    def end(self) -> None:
        """Lift the pen where it is, and not half a step before."""
        stroke = self._strokes[-1]
        path = QPainterPath(_middle(*stroke.points[-2:]) if len(stroke.points) > 1 else stroke.points[-1])
        path.lineTo(stroke.points[-1])
        _draw(self.canvas, stroke, path, stroke.width)

    def stroke(self, points: Sequence[Point], width: float, *, erases: bool = False) -> None:
        """Draw a whole line."""
        self.begin(points[0], width, erases=erases)
        for point in points[1:]:
            self.go_on(point)
        self.end()

    # -- what a network gets of it ------------------------------------------------------------------------------

    def seen(self, style: PictureStyle, *, framed: bool) -> Array:
        """Return the ink ``(height, width)``, 0 … 1, of the drawing as a picture like those of the data.

        Parameters
        ----------
        style : PictureStyle
        framed : bool
            Whether it is brought to the size, the place and the thickness of lines that the training pictures have.
            A picture of the data is so already: it is left as it is.
        """
        if not framed or self.has_picture or self.is_empty:
            return averaged(self.fine, self.shape)
        frame = framing(self.fine, style)
        if not style.has_lines:
            return framed_picture(self.fine, style)
        # A broader brush than the usual one makes broader lines than usual.
        brushes = [stroke.width for stroke in self._strokes if not stroke.erases]
        wish = float(np.mean(brushes)) / (style.pen * min(self.canvas.width(), self.canvas.height()))
        width = wish * style.stroke
        finest, widest = FINEST_PEN * width, WIDEST_PEN * width
        picture = framed_picture(self._drawn_again(frame, width), style)
        if not picture.any():
            # An eraser that has left crumbs takes these off too where the lines are thinner.
            return framed_picture(self.fine, style)
        for _ in range(PEN_TRIALS):
            width *= wish * style.amount / max(float(picture.sum()), 1e-9)
            width = min(max(width, finest), widest)
            picture = framed_picture(self._drawn_again(frame, width), style)
        return picture

    def _drawn_again(self, frame: Framing, width: float) -> Array:
        """Return the strokes within `frame`, drawn by a pen of so many pixels of the data."""
        # Half as fine is fine enough for what is averaged anyway, and takes a quarter of the time.
        scale = 0.5 * self.canvas.height() / self.shape[0]
        fine = QImage(self.canvas.size() / 2, QImage.Format.Format_Grayscale8)
        fine.fill(0)
        place = QTransform(
            frame.scales[1] * scale, 0.0, 0.0, frame.scales[0] * scale, frame.shifts[1] * scale, frame.shifts[0] * scale
        )
        growth = scale * float(np.sqrt(frame.scales[0] * frame.scales[1]))
        for stroke in self._strokes:
            wide = stroke.width * growth if stroke.erases else width * scale
            _draw(fine, stroke, place.map(_whole(stroke.points)), wide)
        return _levels(fine) / 255.0


def _levels(canvas: QImage) -> np.ndarray:
    levels = np.frombuffer(canvas.constBits(), dtype=np.uint8).reshape(canvas.height(), canvas.bytesPerLine())
    return levels[:, : canvas.width()]


def _middle(first: QPointF, second: QPointF) -> QPointF:
    return (first + second) / 2.0


def _piece(points: list[QPointF]) -> QPainterPath:
    """Return the newest piece of a line: curves from middle to middle between its points leave no corners."""
    if len(points) == 1:
        path = QPainterPath(points[0])
        path.lineTo(points[0] + QPointF(0.01, 0.0))
    elif len(points) == 2:
        path = QPainterPath(points[0])
        path.lineTo(_middle(*points))
    else:
        first, second, third = points[-3:]
        path = QPainterPath(_middle(first, second))
        path.quadTo(second, _middle(second, third))
    return path


def _whole(points: list[QPointF]) -> QPainterPath:
    """Return a line as `_piece` by `_piece` makes it."""
    path = QPainterPath(points[0])
    for first, second in pairwise(points[1:]):
        path.quadTo(first, _middle(first, second))
    path.lineTo(points[-1] if len(points) > 1 else points[0] + QPointF(0.01, 0.0))
    return path


def _draw(canvas: QImage, stroke: _Stroke, path: QPainterPath, width: float) -> None:
    with QPainter(canvas) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = Qt.GlobalColor.black if stroke.erases else Qt.GlobalColor.white
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(path)
