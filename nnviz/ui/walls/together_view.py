"""All networks of a wall as one: what they answer on the average, and where they disagree."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QLinearGradient, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.drawing.colormap import N_COLOURS, NOTHING, level_texts, lookup, mix, ramp
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.small_map import (
    curve_axes,
    paint_small_edge,
    paint_small_ground,
    paint_small_points,
)
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, Plane
from nnviz.experiment.prepare import Prepared
from nnviz.session.runs.wall import VIEWER, Wall
from nnviz.sweeps.standing import Together, together

GAP = 18.0
#: A disagreement of classes that is shown in the full colour: of two classes, half of the networks.
MOST_SHARE = 0.5


class TogetherView(QWidget):
    """Two maps beside (or below) each other: mean and disagreement. Of one feature: the mean curve in a band."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wall: Wall | None = None
        self._shown: tuple[Frame, Prepared, Together] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("What all networks answer together"))
        self.setToolTip(
            self.tr(
                "Left what the networks answer on the average, right where they disagree: there the data say little, "
                "and the first weights decide"
            )
        )

    @property
    def has_map(self) -> bool:
        """Whether there is anything to see."""
        return self._shown is not None

    def show_wall(self, wall: Wall | None) -> None:
        """Show another wall, or none."""
        self._wall = wall
        self.renew()

    def renew(self) -> None:
        """Take the maps of now together."""
        self._shown = None if self._wall is None else self._taken_together(self._wall)
        self.update()

    @staticmethod
    def _taken_together(wall: Wall) -> tuple[Frame, Prepared, Together] | None:
        tiles = [tile for tile in wall.tiles if tile.plane is not None and not tile.standing.fault]
        first = tiles[0] if tiles else None
        if first is None or first.frame is None or first.prepared is None or first.plane is None:
            return None
        planes = [tile.plane for tile in tiles if tile.plane is not None]
        n_classes = len(first.prepared.class_names)
        found = together(planes, first.frame.activations[-1], n_classes)
        if found is None:
            return None
        mean: Plane = replace(first.plane, values=found.mean)
        return replace(first.frame, planes={VIEWER: mean}, viewer=VIEWER), first.prepared, found

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint both maps."""
        with QPainter(self) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            painter.setFont(ui_font(self._theme.small_font_size, bold=True))
            line = QFontMetricsF(painter.font()).height()
            if self._shown is None:
                painter.setPen(self._theme.colour("quiet"))
                text = self.tr("There is no map that these networks could share.")
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
            elif self._shown[2].mean.shape[0] == 1:
                self._paint_band(painter, QRectF(self.rect()).adjusted(1.0, 1.6 * line, -1.0, -1.0), line)
            else:
                self._paint_maps(painter, line)

    def _paint_maps(self, painter: QPainter, line: float) -> None:
        assert self._shown is not None
        frame, prepared, found = self._shown
        first, second = self._areas(line)
        self._title(painter, first, self.tr("mean of {0} networks").format(found.n), line)
        paint_small_ground(painter, first, frame, prepared, self._theme)
        paint_small_points(painter, first, frame.planes[VIEWER], prepared, self._theme)
        paint_small_edge(painter, first, self._theme)
        self._title(painter, second, self.tr("where they disagree"), line)
        top = MOST_SHARE if prepared.class_names else max(float(np.nanmax(found.disagreement)), NOTHING)
        table = ramp(self._theme.canvas, self._theme.negative)
        pixels = np.ascontiguousarray(lookup(found.disagreement, (0.0, top), table)[::-1])
        height, width = pixels.shape
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        painter.drawImage(second, image)
        paint_small_edge(painter, second, self._theme)
        self._paint_key(painter, second, top, prepared, line)

    def _areas(self, line: float) -> tuple[QRectF, QRectF]:
        """Return where the two maps are: side by side or one above the other, whichever makes them larger."""
        width, height, text = float(self.width()), float(self.height()), 3.4 * line
        beside = min(0.5 * (width - GAP), height - text)
        above = min(width, 0.5 * (height - GAP) - text)
        if beside >= above:
            left = max(0.5 * (width - 2 * beside - GAP), 1.0)
            first = QRectF(left, 1.6 * line, beside - 2.0, beside - 2.0)
            across = beside + GAP
            return first, first.translated(across, 0.0)
        first = QRectF(0.5 * (width - above), 1.6 * line, above - 2.0, above - 2.0)
        down = above + text + GAP
        return first, first.translated(0.0, down)

    def _title(self, painter: QPainter, area: QRectF, text: str, line: float) -> None:
        painter.setFont(ui_font(self._theme.small_font_size, bold=True))
        painter.setPen(self._theme.colour("text"))
        painter.drawText(
            QRectF(area.left(), area.top() - 1.4 * line, area.width(), line), Qt.AlignmentFlag.AlignLeft, text
        )

    def _paint_key(self, painter: QPainter, area: QRectF, top: float, prepared: Prepared, line: float) -> None:
        """Paint what the colours of the disagreement mean."""
        table = ramp(self._theme.canvas, self._theme.negative)
        bar = QRectF(area.left(), area.bottom() + 0.4 * line, area.width(), 0.4 * line)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for share in (0.0, 0.5, 1.0):
            gradient.setColorAt(share, QColor.fromRgb(int(table[round(share * (N_COLOURS - 1))])))
        painter.fillRect(bar, gradient)
        paint_small_edge(painter, bar, self._theme)
        if prepared.class_names:
            words = self.tr("0 … {0} % answer otherwise than most").format(f"{100 * top:.0f}")
        else:
            words = self.tr("standard deviation 0 … {0}").format(level_texts((0.0, top))[-1])
        painter.setFont(ui_font(self._theme.small_font_size))
        painter.setPen(self._theme.colour("quiet"))
        box = QRectF(area.left(), bar.bottom() + 0.1 * line, area.width(), line)
        short = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, short)

    def _paint_band(self, painter: QPainter, area: QRectF, line: float) -> None:
        """Paint the mean curve of one feature, in a band as wide as the networks differ."""
        assert self._shown is not None
        frame, prepared, found = self._shown
        plane, theme = frame.planes[VIEWER], self._theme
        is_class = bool(prepared.class_names)
        text = self.tr("mean of {0} networks") if is_class else self.tr("mean of {0} networks ± standard deviation")
        self._title(painter, area, text.format(found.n), line)
        painter.fillRect(area, theme.colour("panel"))
        if not is_class:
            axes = curve_axes(area, plane, prepared)
            low, high = plane.x_range
            mean, half = found.mean[0, :, 0], found.disagreement[0]
            x = low + (np.arange(len(mean)) + 0.5) * (high - low) / len(mean)
            up, down = axes.points(x, mean + half), axes.points(x, mean - half)
            painter.setClipRect(area)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mix(theme.panel, theme.colour("positive"), 0.3))
            painter.drawPolygon(QPolygonF([QPointF(a, b) for a, b in [*up.tolist(), *down[::-1].tolist()]]))
            painter.setPen(QPen(theme.colour("positive"), 1.6 * theme.line_width))
            painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in axes.points(x, mean).tolist()]))
            painter.setClipping(False)
        else:
            paint_small_ground(painter, area, frame, prepared, theme)
        paint_small_points(painter, area, plane, prepared, theme)
        paint_small_edge(painter, area, theme)
