"""The maps of two networks on one plane and in one scale, and between them what differs."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.core.numbers import number_text
from nnviz.drawing.axes import paint_axes, tick_text
from nnviz.drawing.difference import Difference, difference_of, paint_difference, paint_difference_scale
from nnviz.drawing.figures import axis_names
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.markers import paint_legend
from nnviz.drawing.plane import paint_colour_bar, plane_look
from nnviz.drawing.small_map import curve_axes, paint_small_edge, paint_small_ground, paint_small_points
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, Plane
from nnviz.experiment.prepare import Prepared
from nnviz.session.runs.frame_pairs import FramePair

#: By this name the frames answer which plane is shown here.
VIEWER = "ab"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_MIDDLE = Qt.AlignmentFlag.AlignCenter


def _no_text(_value: float, _ticks: tuple[float, ...]) -> str:
    """Maps beside each other share what is written at the left one."""
    return ""


class ComparedMaps(QWidget):
    """Paints all three into one picture, once for each pair of frames.

    Parameters
    ----------
    theme : Theme

    Attributes
    ----------
    difference : Difference or None
        What is shown between the maps; None where the two are not at the same moment.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Maps of both networks, and their difference"))
        self.setToolTip(
            self.tr("What A and B answer over the same plane and in the same colours; between them, B minus A")
        )
        self._theme = theme
        self._pair: FramePair | None = None
        self._data: tuple[Prepared, Prepared] | None = None
        self._shown_class: int | None = None
        self._picture = QPixmap()
        self._is_stale = True
        self.difference: Difference | None = None

    def show_pair(self, pair: FramePair | None, first: Prepared, second: Prepared, shown_class: int | None) -> None:
        """Show a moment of both."""
        self._pair, self._data, self._shown_class = pair, (first, second), shown_class
        self.difference = None
        if pair is not None and pair.is_same_moment:
            ours = pair.first.seen_by(VIEWER), pair.second.seen_by(VIEWER)
            self.difference = difference_of(*ours, first, shown_class)
        self._renew()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self._renew()

    def sizeHint(self) -> QSize:
        """Return room for three maps of a usual size."""
        return QSize(900, 290)

    def minimumSizeHint(self) -> QSize:
        """Return room for three small ones."""
        return QSize(480, 170)

    def _renew(self) -> None:
        self._is_stale = True
        self.update()

    # -- painting -----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint anew at another size."""
        super().resizeEvent(event)
        self._renew()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Show the picture of the pair."""
        if self._is_stale:
            self._is_stale = False
            self._renew_picture()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()

    def _renew_picture(self) -> None:
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._picture.size() != size:
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(self._theme.colour("canvas"))
        painter = QPainter(self._picture)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(ui_font(self._theme.small_font_size))
        pair, data = self._pair, self._data
        if pair is not None and data is not None:
            self._paint(painter, (pair.first.seen_by(VIEWER), pair.second.seen_by(VIEWER)), data)
        painter.end()

    def areas(self) -> tuple[QRectF, QRectF, QRectF]:
        """Return where the maps are: of A, of the difference, of B."""
        line = QFontMetricsF(ui_font(self._theme.small_font_size)).height()
        above, below, left, bars = 1.8 * line, 4.4 * line, 4.4 * line, 4.6 * line
        across = (self.width() - left - 2.0 * bars - 3.0 * line) / 3.0
        side = max(min(across, self.height() - above - below), 24.0)
        # Each has a third of the width; those at the edges stand below their diagrams.
        free = max(across - side, 0.0)
        first = left + 0.5 * free
        starts = (first, first + across + line + 0.5 * bars, first + 2.0 * across + 2.0 * line + bars + 0.5 * line)
        return (
            QRectF(starts[0], above, side, side),
            QRectF(starts[1], above, side, side),
            QRectF(starts[2], above, side, side),
        )

    def _paint(self, painter: QPainter, frames: tuple[Frame, Frame], data: tuple[Prepared, Prepared]) -> None:
        theme, (of_a, middle, of_b) = self._theme, self.areas()
        if frames[0].plane is None or frames[1].plane is None:
            return
        for letter, area, frame, prepared in zip("AB", (of_a, of_b), frames, data, strict=True):
            beside = frames[1 if letter == "A" else 0].plane
            self._paint_map(painter, area, frame, prepared, beside, with_y=letter == "A")
            self._write_title(painter, area, self.tr("Answers of {0}").format(letter))
        self._paint_difference(painter, middle, frames, data[0])
        line = QFontMetricsF(painter.font()).height()
        below = QRectF(of_a.left() - line, of_a.bottom(), of_b.right() - of_a.left(), 4.4 * line)
        if data[0].class_names:
            paint_legend(painter, below, data[0].class_names, theme)
        else:
            bar = QRectF(of_b.right() + 0.5 * line, of_b.top() + 0.5 * line, 0.7 * line, of_b.height() - line)
            plane = frames[1].plane
            if plane.values.shape[0] > 1:
                paint_colour_bar(painter, bar, *plane_look(plane, data[1].train, theme, frames[1]), theme)

    def _paint_map(
        self, painter: QPainter, area: QRectF, frame: Frame, data: Prepared, beside: Plane | None, *, with_y: bool
    ) -> None:
        plane = frame.plane
        assert plane is not None
        paint_small_ground(painter, area, frame, data, self._theme, beside)
        paint_small_points(painter, area, plane, data, self._theme, beside)
        paint_small_edge(painter, area, self._theme)
        x_label, y_label = axis_names(data, plane.axes, plane.hold)
        is_curve = plane.values.shape[0] == 1
        paint_axes(
            painter,
            curve_axes(area, plane, data, beside),
            self._theme,
            x_label=x_label,
            y_label=y_label if with_y and not is_curve else "",
            y_text=tick_text if with_y else _no_text,
        )

    def _paint_difference(self, painter: QPainter, area: QRectF, frames: tuple[Frame, Frame], data: Prepared) -> None:
        theme, difference, plane = self._theme, self.difference, frames[0].plane
        if difference is None or plane is None:
            painter.setPen(theme.colour("line"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area)
            painter.setPen(theme.colour("quiet"))
            words = self.tr("The difference is shown once both are at the same epoch")
            painter.drawText(area.adjusted(6.0, 6.0, -6.0, -6.0), _MIDDLE | Qt.TextFlag.TextWordWrap, words)
            return
        axes = paint_difference(painter, area, plane, difference, theme)
        x_label, _ = axis_names(data, plane.axes, plane.hold)
        is_curve = len(difference.values) == 1
        paint_axes(painter, axes, theme, x_label=x_label, y_text=tick_text if is_curve else _no_text)
        paint_difference_scale(painter, area, difference, theme)
        self._write_title(painter, area, difference.title)
        line = QFontMetricsF(painter.font()).height()
        painter.setPen(theme.colour("quiet"))
        painter.drawText(QPointF(area.left(), area.bottom() + 3.6 * line), self.largest_text(difference))

    def largest_text(self, difference: Difference) -> str:
        """Return in words how far the two are apart."""
        if difference.largest == 0.0:
            return self.tr("No difference anywhere")
        return self.tr("They differ by {0} at most").format(number_text(difference.largest, 3))

    def _write_title(self, painter: QPainter, area: QRectF, text: str) -> None:
        line = QFontMetricsF(painter.font()).height()
        painter.save()
        painter.setFont(ui_font(self._theme.small_font_size, bold=True))
        painter.setPen(self._theme.colour("text"))
        room = QRectF(area.left(), area.top() - 1.5 * line, area.width() + 4.0 * line, 1.3 * line)
        text = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, text)
        painter.restore()
