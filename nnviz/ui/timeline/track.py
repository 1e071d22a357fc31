"""The line from the first epoch to the last, by which one moves through time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.core.numbers import count_text
from nnviz.drawing.markers import paint_star, shape_path
from nnviz.drawing.theme import Theme
from nnviz.session.epoch_marks import EpochMark
from nnviz.session.timeline import Timeline

#: Left and right of a line of 24 pixels' height, in pixels: half of the handle and the ring around it.
MARGIN = 9.0
#: Degrees times eight of one notch of a wheel.
NOTCH = 120
#: Pixels from a mark within which a click goes to it.
REACH = 5.0
#: Epochs that a key or a notch moves with Shift held.
LONG_STEP = 10


class Track(QWidget):
    """Drawn: where one stands, where edits were made (▴), the best epoch (★), stars (☆) and notes.

    Parameters
    ----------
    timeline : Timeline
    theme : Theme
    parent : QWidget

    Signals
    -------
    given_up : ()
        Esc: the exact epoch is not waited for.
    """

    given_up = Signal()

    def __init__(self, timeline: Timeline, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._timeline, self._theme = timeline, theme
        self._turned = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Timeline"))
        self.setToolTip(
            self.tr(
                "Every epoch that the run has been through: drag, turn the wheel, or press Left, Right, Home and End, "
                "and the whole window shows that epoch. Ctrl+Left and Ctrl+Right go from mark to mark.\n"
                "▴ an edit   ★ best epoch   ☆ starred   ✎ a note"
            )
        )

    def sizeHint(self) -> QSize:
        """Return room for some epochs."""
        return QSize(200, 20)

    def minimumSizeHint(self) -> QSize:
        """Return the least on which one can drag."""
        return QSize(60, 12)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.update()

    @property
    def _margin(self) -> float:
        return MARGIN * max(1.0, self.height() / 24.0)

    def place_of(self, epoch: int) -> float:
        """Return where an epoch lies, in pixels from the left."""
        line = self._timeline
        # A run of which only the end is known, as that of a wall, stands at the end.
        share = (epoch - line.first) / (line.last - line.first) if line.last > line.first else float(line.last > 0)
        return self._margin + share * (self.width() - 2 * self._margin)

    def epoch_at(self, x: float) -> int:
        """Return the epoch that lies at `x` pixels from the left."""
        line = self._timeline
        share = (x - self._margin) / max(self.width() - 2 * self._margin, 1)
        return line.first + round(min(max(share, 0.0), 1.0) * (line.last - line.first))

    # -- mouse and keys -----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to where it is pressed."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._timeline.stop_replay()
            self._timeline.go_to(self._marked_at(event.position().x()))
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event)

    def _marked_at(self, x: float) -> int:
        """Return the marked epoch at a place, which in a long run nobody could hit; else the epoch that lies there."""
        near = [epoch for epoch in self._timeline.places if abs(self.place_of(epoch) - x) <= REACH]
        return min(near, key=lambda epoch: abs(self.place_of(epoch) - x), default=self.epoch_at(x))

    def _drag(self, event: QMouseEvent) -> None:
        self._timeline.stop_replay()
        self._timeline.go_to(self.epoch_at(event.position().x()))
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go an epoch on or back with each notch, ten with Shift."""
        # With Alt, and on some systems with Shift, Qt turns the wheel by 90 degrees.
        self._turned += event.angleDelta().y() or event.angleDelta().x()
        notches = int(self._turned / NOTCH)
        self._turned -= notches * NOTCH
        if notches:
            self._timeline.step(-notches * self._step(event.modifiers()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows, Home and End."""
        step, key = self._step(event.modifiers()), Qt.Key(event.key())
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._timeline.go_to_place(-1 if key == Qt.Key.Key_Left else 1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Down):
            self._timeline.step(-step)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Up):
            self._timeline.step(step)
        elif key == Qt.Key.Key_Home:
            self._timeline.go_to_first()
        elif key == Qt.Key.Key_End:
            self._timeline.go_to_present()
        elif key == Qt.Key.Key_Escape and self._timeline.is_computing:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell of the mark under the pointer, else what the track is for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._words_at(event.pos().x()) or self.toolTip(), self)
            return True
        return super().event(event)

    def _words_at(self, x: float) -> str:
        """Return what is marked at a place; nothing where nothing is."""
        epoch, line = self._marked_at(x), self._timeline
        words = [self.tr("epoch {0}").format(count_text(epoch))]
        mark = next((mark for mark in line.own_marks if mark.epoch == epoch), None)
        words += [self.tr("▴ an edit")] if any(edit.epoch == epoch for edit in line.edits) else []
        words += [self.tr("★ best epoch")] if epoch == line.best_epoch else []
        if mark is not None:
            words += [self.tr("☆ starred")] if mark.is_starred else []
            words += [self.tr("✎ {0}").format(mark.note)] if mark.note else []
        return "\n".join(words) if epoch in line.places else ""

    @staticmethod
    def _step(modifiers: Qt.KeyboardModifier) -> int:
        return LONG_STEP if modifiers & Qt.KeyboardModifier.ShiftModifier else 1

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()

    # -- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw line, marks and handle."""
        line, theme = self._timeline, self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle, scale = self.height() / 2.0, self.height() / 24.0
            left, right, here = self._margin, self.width() - self._margin, self.place_of(line.position)
            role = "negative" if line.is_past else "positive"
            thick = 4.0 * scale
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("line"))
            painter.drawRoundedRect(QRectF(left, middle - thick / 2, right - left, thick), thick / 2, thick / 2)
            painter.setBrush(theme.colour(role))
            painter.drawRoundedRect(QRectF(left, middle - thick / 2, here - left, thick), thick / 2, thick / 2)
            self._paint_edits(painter, middle, scale)
            if line.best_epoch is not None:
                place = QPointF(self.place_of(line.best_epoch), middle - 5.5 * scale)
                paint_star(painter, place, 9.0 * scale, theme, line.watched)
            for mark in line.own_marks:
                self._paint_mark(painter, QPointF(self.place_of(mark.epoch), middle), scale, mark)
            self._paint_handle(painter, QPointF(here, middle), 6.0 * scale, role)

    def _paint_edits(self, painter: QPainter, middle: float, scale: float) -> None:
        line, size = self._timeline, 3.6 * scale
        painter.setPen(QPen(self._theme.colour("panel"), 1.0))
        painter.setBrush(self._theme.colour("text"))
        for edit in line.edits:
            if edit.epoch >= line.first:
                x, top = self.place_of(edit.epoch), middle + 2.5 * scale
                path = QPainterPath(QPointF(x, top))
                path.lineTo(x + size, top + 1.8 * size)
                path.lineTo(x - size, top + 1.8 * size)
                path.closeSubpath()
                painter.drawPath(path)

    def _paint_mark(self, painter: QPainter, at: QPointF, scale: float, mark: EpochMark) -> None:
        """Draw a hollow star above the line, and a sheet with a folded corner below it."""
        theme = self._theme
        if mark.is_starred:
            size = 8.5 * scale
            star = QTransform.fromTranslate(at.x(), at.y() - 6.0 * scale).scale(size, size).map(shape_path("star"))
            painter.setPen(QPen(theme.colour("text"), max(1.2 * scale, 1.0)))
            painter.setBrush(theme.colour("panel"))
            painter.drawPath(star)
        if mark.note:
            half, top = 3.2 * scale, at.y() + 2.4 * scale
            sheet = QPainterPath(QPointF(at.x() - half, top))
            for x, y in ((0.3, 0.0), (1.0, 0.7), (1.0, 2.4), (-1.0, 2.4)):
                sheet.lineTo(at.x() + x * half, top + y * half)
            sheet.closeSubpath()
            painter.setPen(QPen(theme.colour("text"), max(1.1 * scale, 1.0)))
            painter.setBrush(theme.colour("panel"))
            painter.drawPath(sheet)

    def _paint_handle(self, painter: QPainter, centre: QPointF, radius: float, role: str) -> None:
        """Draw a full circle, or a hollow one while another epoch than the one meant is shown."""
        theme, width = self._theme, max(2.0, 0.35 * radius)
        painter.setPen(QPen(theme.colour(role), width))
        painter.setBrush(theme.colour(role if self._timeline.is_exact else "panel"))
        painter.drawEllipse(centre, radius - width / 2, radius - width / 2)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("text"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, radius + 2.0, radius + 2.0)


def epochs_text(timeline: Timeline, pattern: str) -> str:
    """Return `pattern` with the epoch that one stands at and the last one."""
    return pattern.format(count_text(timeline.position), count_text(timeline.last))
