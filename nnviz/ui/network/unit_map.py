"""The enlarged map of one unit: what it computes over the plane, its mean activation per class, or its weights."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.numbers import number_text
from nnviz.drawing.colormap import Levels
from nnviz.drawing.diagram_units import bar_levels, map_image, paint_bars, paint_thumbnail, unit_image, unit_look
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId

#: Of the picture in pixels, and in a narrow card, which is low as well.
WIDTH, NARROW_WIDTH = 150, 108


def range_text(levels: Levels, metrics: QFontMetricsF, room: float, template: str = "{0} … {1}") -> str:
    """Return the two ends of a scale, with as many digits as there is room for."""
    texts = [template.format(*(number_text(level, digits) for level in levels)) for digits in (2, 1, 0)]
    return next((text for text in texts if metrics.horizontalAdvance(text) <= room), texts[-1])


class UnitMap(QWidget):
    """A square picture of one unit with its level range below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame: Frame | None = None
        self._unit: UnitId = (0, 0)
        self._n_classes = 0
        self._image_shape: tuple[int, int] | None = None
        self._is_narrow = False
        # It fills its own background, as `NumberList` does.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Enlarged map of the unit"))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.update()

    def show_unit(self, frame: Frame, unit: UnitId, n_classes: int, image_shape: tuple[int, int] | None = None) -> None:
        """Show a unit of `frame`; where the inputs are pixels, those of the first layer as what they look for."""
        self._frame, self._unit, self._n_classes, self._image_shape = frame, unit, n_classes, image_shape
        self.update()

    def set_narrow(self, *, narrow: bool) -> None:
        """Take no more width than the picture has in a low card, or the usual one."""
        if narrow != self._is_narrow:
            self._is_narrow = narrow
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """About a fifth of the card."""
        return QSize(NARROW_WIDTH if self._is_narrow else WIDTH, 170)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture and its range."""
        frame, theme = self._frame, self._theme
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("panel"))
            if frame is None or self._unit[0] >= len(frame.layout.sizes):
                return
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setFont(ui_font(theme.small_font_size))
            line = painter.fontMetrics().height()
            side = min(self.width() - 2.0, self.height() - 1.4 * line)
            box = QRectF((self.width() - side) / 2, 1.0, side, side)
            painter.setPen(QPen(theme.colour("line"), 1.0))
            levels = self._paint_content(painter, box, frame)
            painter.setPen(theme.colour("quiet"))
            template = self.tr("weights ± {0}").replace("{0}", "{1}") if self.shows_weights else "{0} … {1}"
            text = range_text(levels, QFontMetricsF(painter.font()), self.width(), template)
            painter.drawText(
                QRectF(0, box.bottom() + 0.25 * line, self.width(), line), Qt.AlignmentFlag.AlignCenter, text
            )

    @property
    def shows_weights(self) -> bool:
        """Whether the unit looks at pixels, so that its weights are a picture."""
        frame = self._frame
        if self._image_shape is None or self._unit[0] != 1 or frame is None:
            return False
        return frame.layout.sizes[0] == self._image_shape[0] * self._image_shape[1]

    def _paint_content(self, painter: QPainter, box: QRectF, frame: Frame) -> Levels:
        from nnviz.drawing.pictures import fitted, paint_framed, weight_levels, weights_image

        layer, index = self._unit
        if self.shows_weights:
            assert self._image_shape is not None
            weights = frame.layout.weights(frame.parameters)[0]
            levels = weight_levels(weights)
            picture = weights_image(weights[index : index + 1], levels, self._image_shape, self._theme)
            paint_framed(painter, fitted(box, self._image_shape), picture, self._theme)
            return levels
        if frame.class_means is not None and index < len(frame.class_means[layer]):
            means = frame.class_means[layer]
            heights = bar_levels(frame, layer, means)
            painter.setBrush(self._theme.colour("canvas"))
            painter.drawRoundedRect(box, 7.0, 7.0)
            paint_bars(painter, box, means[index], heights, self._theme)
            return heights
        levels, table = unit_look(frame, self._unit, self._n_classes, self._theme)
        image = unit_image(frame, self._unit, self._n_classes, self._theme)
        plane = next((plane for plane in frame.planes.values() if plane.unit == self._unit), None)
        if image is None and plane is not None:
            # Units far down a wide layer have no map of their own, but an opened one is on the plane.
            image = map_image(plane.values[..., 0], levels, table)
        if image is None:
            painter.setBrush(self._theme.colour("field"))
            painter.drawRoundedRect(box, 7.0, 7.0)
        else:
            paint_thumbnail(painter, box, image, 7.0)
        low, high = levels
        # A ReLU is coloured from −max to max, so that its zero is neutral, but it never goes below zero.
        bounds = ACTIVATIONS[frame.activations[layer - 1]].range if layer else (-np.inf, np.inf)
        return max(low, bounds[0]), min(high, bounds[1])
