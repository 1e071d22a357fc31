"""The views of a stage: what the main window shows, painted large and without controls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.core.numbers import count_text, loss_text
from nnviz.drawing.axes import Above, Axes
from nnviz.drawing.figures import paint_boundary, paint_loss
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.prediction import Stroke
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.experiment.schema import ViewSpec
from nnviz.ui.stage.quick_painter import QuickPainter


class Tile(Protocol):
    """Whatever stands on a stage; it is a `QWidget`."""

    @property
    def spent_s(self) -> float:
        """Processor time that its pictures have taken beside the GUI thread, in seconds."""
        ...

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data."""

    def show_frame(self, frame: Frame) -> None:
        """Show a moment of the run."""


class PaintedTile(QWidget):
    """Paints a frame once into a picture, which is all that whatever lies above it then costs."""

    #: It paints in the GUI thread.
    spent_s = 0.0

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._theme = theme
        self._frame: Frame | None = None
        self._prepared: Prepared | None = None
        self._picture = QPixmap()
        self._is_stale = True
        self.n_painted = 0

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.renew()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data; a frame of other data is let go."""
        self._prepared, self._frame = prepared, None

    def show_frame(self, frame: Frame) -> None:
        """Show a moment of the run."""
        self._frame = frame
        self.renew()

    def renew(self) -> None:
        """Paint anew when it is to be seen."""
        self._is_stale = True
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint anew at another size."""
        super().resizeEvent(event)
        self.renew()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Show the picture of the frame."""
        if self._is_stale:
            self._is_stale = False
            self.n_painted += 1
            self._renew_picture()
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._picture)

    def _renew_picture(self) -> None:
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._picture.size() != size:
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(self._theme.colour("canvas"))
        with QuickPainter(self._picture) as painter:
            painter.setFont(ui_font(self._theme.font_size))
            if self._frame is not None and self._prepared is not None:
                self.paint(painter, QRectF(self.rect()), self._frame, self._prepared)

    def paint(self, painter: QPainter, rect: QRectF, frame: Frame, prepared: Prepared) -> None:
        """Paint a frame; the canvas is there already."""
        raise NotImplementedError


class MapTile(PaintedTile):
    """The map with all points, and above it what a class has drawn.

    Parameters
    ----------
    theme : Theme
    view : callable
        Returns how the main window's map is shown.
    above : callable
        Returns what is painted above the map, below and above the points.
    """

    def __init__(self, theme: Theme, view: Callable[[], ViewSpec], above: Callable[[], Above]) -> None:
        super().__init__(theme)
        self._view, self._above = view, above
        self.axes: Axes | None = None

    def paint(self, painter: QPainter, rect: QRectF, frame: Frame, prepared: Prepared) -> None:
        """Paint the map, which a frame has once it was asked for."""
        if frame.plane is not None:
            self.axes = paint_boundary(
                painter, rect, frame, prepared, self._theme, self._view(), on_screen=True, above=self._above()
            )


class CurveTile(PaintedTile):
    """The curves of the loss, or of the share of right answers.

    Parameters
    ----------
    theme : Theme
    curve : str
        Of `ViewSpec.curve`.
    view : callable
        Returns how the main window's curves are shown.
    expected : callable
        Returns the loss that a class has drawn.
    """

    def __init__(
        self, theme: Theme, curve: str, view: Callable[[], ViewSpec], expected: Callable[[], Stroke] = tuple
    ) -> None:
        super().__init__(theme)
        self._curve, self._view, self._expected = curve, view, expected

    def paint(self, painter: QPainter, rect: QRectF, frame: Frame, prepared: Prepared) -> None:
        """Paint the curves."""
        view = self._view().edited(curve=self._curve)
        r2, expected = prepared.task != "classification", self._expected()
        paint_loss(painter, rect, frame, self._theme, view, r2=r2, expected=expected, on_screen=True)


class FiguresTile(PaintedTile):
    """Epoch and losses, large, in one line above the views."""

    def height_at(self, theme: Theme) -> int:
        """Return how high the line is in a look."""
        return round(1.3 * QFontMetricsF(ui_font(1.35 * theme.figure_font_size, bold=True)).height())

    def figures(self, frame: Frame) -> list[tuple[str, str, str]]:
        """Return what is told: caption, number, and the role of its colour."""
        curves = frame.curves
        told = [(self.tr("epoch"), count_text(frame.epoch), "text")]
        if frame.batch:
            told.append((self.tr("batch"), count_text(frame.batch), "quiet"))
        words = {
            "train": self.tr("train loss"),
            "validation": self.tr("validation loss"),
            "test": self.tr("test loss"),
        }
        for part, caption in words.items():
            values = getattr(curves, f"{part}_loss")
            if len(values):
                # Of a past epoch, the curves go on behind it.
                value = float(values[min(int(curves.epoch.searchsorted(frame.epoch)), len(values) - 1)])
                if value == value:
                    told.append((caption, loss_text(value), part))
        return told

    def paint(self, painter: QPainter, rect: QRectF, frame: Frame, prepared: Prepared) -> None:  # noqa: ARG002
        """Write the figures beside each other."""
        theme = self._theme
        caption_font, number_font = ui_font(theme.font_size), ui_font(1.35 * theme.figure_font_size, bold=True)
        captions, numbers = QFontMetricsF(caption_font), QFontMetricsF(number_font)
        gap, x = 0.6 * captions.height(), captions.height()
        baseline = rect.center().y() + 0.36 * numbers.ascent()
        for caption, number, role in self.figures(frame):
            painter.setFont(caption_font)
            painter.setPen(theme.colour("quiet"))
            painter.drawText(QPointF(x, baseline), caption)
            x += captions.horizontalAdvance(caption) + gap
            painter.setFont(number_font)
            painter.setPen(theme.colour(role))
            painter.drawText(QPointF(x, baseline), number)
            x += max(numbers.horizontalAdvance(number), numbers.horizontalAdvance("00000")) + 2.0 * gap


class Caption(QWidget):
    """What the present step of a lesson says, over the whole width below the views."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self.text = theme, ""
        self.hide()

    def show_text(self, text: str) -> None:
        """Say something else; nothing takes no room."""
        self.text = text
        self.setVisible(bool(text))
        self.setAccessibleName(text)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.update()

    def height_at(self, width: int) -> int:
        """Return what the text needs at a width."""
        if not self.text:
            return 0
        metrics = QFontMetricsF(ui_font(self._theme.font_size))
        room = QRectF(0.0, 0.0, width - 2.0 * metrics.height(), 1e5)
        return round(metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self.text).height() + metrics.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write the text on a panel."""
        theme = self._theme
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("panel"))
            painter.fillRect(0, 0, self.width(), max(1, round(theme.line_width)), theme.colour("positive"))
            painter.setFont(ui_font(theme.font_size))
            painter.setPen(theme.colour("text"))
            line = round(painter.fontMetrics().height())
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(line, line // 4, -line, -line // 4), flags, self.text)
