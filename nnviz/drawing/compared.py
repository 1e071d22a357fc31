"""The maps of two networks on one plane and in one scale, and between them what differs: a picture for any thread.

What stays from frame to frame, points, axes and names, is painted once and laid over the answers.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from nnviz.core.numbers import number_text
from nnviz.drawing.axes import paint_axes, tick_text
from nnviz.drawing.difference import Difference, difference_of, paint_difference, paint_difference_scale
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.map_words import axis_names
from nnviz.drawing.markers import paint_legend
from nnviz.drawing.plane import paint_colour_bar, plane_look
from nnviz.drawing.small_map import curve_axes, paint_small_edge, paint_small_ground, paint_small_points
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, Plane
from nnviz.experiment.prepare import Prepared

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_MIDDLE = Qt.AlignmentFlag.AlignCenter


def _tr(text: str) -> str:
    return QCoreApplication.translate("compared", text)


def _no_text(_value: float, _ticks: tuple[float, ...]) -> str:
    """Maps beside each other share what is written at the left one."""
    return ""


def largest_text(difference: Difference) -> str:
    """Return in words how far two networks are apart."""
    if not difference.is_any:
        return _tr("No difference anywhere")
    return _tr("They differ by {0} at most").format(number_text(difference.largest, 3))


class Compared(Struct, frozen=True, eq=False, dict=True):
    """What is compared.

    Attributes
    ----------
    frames : (Frame, Frame)
        Of A and of B, each with its plane.
    data : (Prepared, Prepared)
    is_same_moment : bool
        Whether the two have come equally far; else what differs between them says nothing.
    shown_class : int or None
        As of `difference_of`.
    """

    frames: tuple[Frame, Frame]
    data: tuple[Prepared, Prepared]
    is_same_moment: bool
    shown_class: int | None = None

    @cached_property
    def difference(self) -> Difference | None:
        """What is shown between the maps; None where the two are not at the same moment, or not on one plane."""
        return difference_of(*self.frames, self.data[0], self.shown_class) if self.is_same_moment else None

    @property
    def is_curve(self) -> bool:
        """Whether the answers are over one feature: their axis follows them."""
        return any(frame.plane is not None and frame.plane.values.shape[0] == 1 for frame in self.frames)


def compared_areas(size: QSizeF, line: float) -> tuple[QRectF, QRectF, QRectF]:
    """Return where the maps are: of A, of the difference, of B; `line` is the height of a line of small text."""
    above, below, left, bars = 1.8 * line, 4.4 * line, 4.4 * line, 4.6 * line
    across = (size.width() - left - 2.0 * bars - 3.0 * line) / 3.0
    side = max(min(across, size.height() - above - below), 24.0)
    # Each has a third of the width; those at the edges stand below their diagrams.
    first = left + 0.5 * max(across - side, 0.0)
    starts = (first, first + across + line + 0.5 * bars, first + 2.0 * across + 2.0 * line + bars + 0.5 * line)
    of_a, middle, of_b = (QRectF(start, above, side, side) for start in starts)
    return of_a, middle, of_b


class ComparedPainter:
    """Paints one picture for each pair of frames, in whatever thread; it keeps what does not change between them."""

    def __init__(self) -> None:
        self._still: tuple[tuple[Prepared, Prepared], tuple[Any, ...], QImage] | None = None

    def picture(self, compared: Compared | None, size: QSizeF, ratio: float, theme: Theme) -> QImage:
        """Return the picture of what is compared, the canvas alone where there is nothing."""
        picture = _image(size, ratio, QImage.Format.Format_RGB32)
        picture.fill(theme.colour("canvas"))
        if compared is None or any(frame.plane is None for frame in compared.frames):
            return picture
        with _painter(picture, theme) as painter:
            areas = compared_areas(size, QFontMetricsF(painter.font()).height())
            for area, frame, data, beside in _sides(compared, areas):
                paint_small_ground(painter, area, frame, data, theme, beside)
            _paint_difference(painter, areas[1], compared, theme)
            if compared.is_curve:
                _paint_still(painter, areas, compared, theme)
            else:
                painter.drawImage(0, 0, self._still_image(compared, size, ratio, theme))
        return picture

    def _still_image(self, compared: Compared, size: QSizeF, ratio: float, theme: Theme) -> QImage:
        planes = [frame.plane for frame in compared.frames if frame.plane is not None]
        places = [(plane.x_range, plane.y_range, plane.axes, plane.hold) for plane in planes]
        known = (size.width(), size.height(), ratio, theme, *places)
        # It is replaced as a whole: another thread may paint with the one before.
        still = self._still
        is_same = still is not None and all(a is b for a, b in zip(still[0], compared.data, strict=True))
        if still is None or not is_same or still[1] != known:
            image = _image(size, ratio, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            with _painter(image, theme) as painter:
                areas = compared_areas(size, QFontMetricsF(painter.font()).height())
                _paint_still(painter, areas, compared, theme)
            self._still = still = compared.data, known, image
        return still[2]


def _image(size: QSizeF, ratio: float, kind: QImage.Format) -> QImage:
    image = QImage((size * ratio).toSize(), kind)
    image.setDevicePixelRatio(ratio)
    return image


def _painter(image: QImage, theme: Theme) -> QPainter:
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.setFont(ui_font(theme.small_font_size))
    return painter


def _sides(
    compared: Compared, areas: tuple[QRectF, QRectF, QRectF]
) -> tuple[tuple[QRectF, Frame, Prepared, Plane | None], ...]:
    """Return of A and of B its place, its frame, its data, and the plane of the other one."""
    (a, b), (data_a, data_b) = compared.frames, compared.data
    return (areas[0], a, data_a, b.plane), (areas[2], b, data_b, a.plane)


def _paint_still(painter: QPainter, areas: tuple[QRectF, QRectF, QRectF], compared: Compared, theme: Theme) -> None:
    """Paint what lies over the answers of both, and what is written beside them."""
    line = QFontMetricsF(painter.font()).height()
    for letter, (area, frame, data, beside) in zip("AB", _sides(compared, areas), strict=True):
        plane = frame.plane
        assert plane is not None
        paint_small_points(painter, area, plane, data, theme, beside)
        paint_small_edge(painter, area, theme)
        x_label, y_label = axis_names(data, plane.axes, plane.hold)
        with_y = letter == "A"
        paint_axes(
            painter,
            curve_axes(area, plane, data, beside),
            theme,
            x_label=x_label,
            y_label=y_label if with_y and not compared.is_curve else "",
            y_text=tick_text if with_y else _no_text,
        )
        _write_title(painter, area, _tr("Answers of {0}").format(letter), theme)
    (of_a, _, of_b), both = areas, compared.data
    if both[0].class_names:
        below = QRectF(of_a.left() - line, of_a.bottom(), of_b.right() - of_a.left(), 4.4 * line)
        paint_legend(painter, below, both[0].class_names, theme)
    elif not compared.is_curve:
        bar = QRectF(of_b.right() + 0.5 * line, of_b.top() + 0.5 * line, 0.7 * line, of_b.height() - line)
        frame = compared.frames[1]
        assert frame.plane is not None
        paint_colour_bar(painter, bar, *plane_look(frame.plane, both[1].train, theme, frame), theme)


def _paint_difference(painter: QPainter, area: QRectF, compared: Compared, theme: Theme) -> None:
    difference, plane = compared.difference, compared.frames[0].plane
    if difference is None or plane is None:
        painter.setPen(theme.colour("line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        painter.setPen(theme.colour("quiet"))
        words = _tr("The difference is shown once both are at the same epoch")
        painter.drawText(area.adjusted(6.0, 6.0, -6.0, -6.0), _MIDDLE | Qt.TextFlag.TextWordWrap, words)
        return
    axes = paint_difference(painter, area, plane, difference, theme)
    # Its axis is named below the maps beside it, and what stands there has no room where there are names of classes.
    paint_axes(painter, axes, theme, y_text=tick_text if difference.has_axis else _no_text)
    paint_difference_scale(painter, area, difference, theme)
    _write_title(painter, area, difference.title, theme)
    line = QFontMetricsF(painter.font()).height()
    painter.setPen(theme.colour("quiet"))
    room = QRectF(area.left() - 3.0 * line, area.bottom() + 1.4 * line, area.width() + 6.0 * line, line)
    painter.drawText(room, _MIDDLE, largest_text(difference))


def _write_title(painter: QPainter, area: QRectF, text: str, theme: Theme) -> None:
    line = QFontMetricsF(painter.font()).height()
    painter.save()
    painter.setFont(ui_font(theme.small_font_size, bold=True))
    painter.setPen(theme.colour("text"))
    room = QRectF(area.left(), area.top() - 1.5 * line, area.width() + 4.0 * line, 1.3 * line)
    text = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, _LEFT, text)
    painter.restore()
