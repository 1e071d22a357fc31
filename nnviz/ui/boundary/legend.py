"""The legend of the map: classes with their shapes and numbers of rows, or the colour scale of a regression."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.core.numbers import count_text, filled
from nnviz.data import input_label
from nnviz.drawing.axes import tick_text, tick_values
from nnviz.drawing.colormap import Levels, Ramp, level_texts, sign_ramp
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.plane import (
    difference_look,
    difference_output,
    is_difference,
    plane_look,
    probability_ramp,
    target_levels,
)
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.contrast_words import difference_name
from nnviz.experiment.figures import PARTS
from nnviz.experiment.frame import Frame, Plane
from nnviz.ui.widgets.help_text import plain_tooltip
from nnviz.ui.widgets.hideable import TeacherHideable

_GAP = 14.0


class LegendStrip(TeacherHideable, QWidget):
    """One line of entries, each class with its number of rows, or without where not all fit so; the rest is counted.

    Of more than two classes each can be clicked, or chosen by the arrow keys and Space.

    Signals
    -------
    class_clicked : int
        The user chose a class.
    """

    class_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._classes: tuple[str, ...] = ()
        self._counts: tuple[tuple[int, ...], ...] = ()
        self._shown_class: int | None = None
        self._current = 0
        self._entries: list[tuple[QRectF, int]] = []
        self._has_validation = False
        self._scale: tuple[float, float, str] | None = None
        self._unit: tuple[str, Levels, Ramp] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.update()

    def show_classes(self, prepared: Prepared) -> None:
        """Take over the classes, or the range of the target."""
        data = prepared.dataset
        if data.task == "classification":
            self._classes, self._scale = tuple(map(input_label, data.class_names)), None
            self._counts = tuple(zip(*(prepared.part(name).class_counts for name in PARTS), strict=True))
        else:
            self._classes, self._counts = (), ()
            self._scale = (*target_levels(prepared.train), str(data.target_names[0]))
        self._has_validation = prepared.validation.n_samples > 0
        self._current = 0
        is_choice = len(self._classes) > 2 and data.n_features > 1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_choice else Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(is_choice)
        self.unsetCursor()
        self.setAccessibleName(self.tr("Legend: {0}").format(", ".join(self._classes) or str(data.target_names[0])))
        self.updateGeometry()
        self.setVisible(bool(self._classes) or data.n_features > 1)
        self.update()

    @property
    def shown_class(self) -> int | None:
        """The class that is marked as the only one shown."""
        return self._shown_class

    def show_class(self, index: int | None) -> None:
        """Mark the only class whose probability is shown; None: all are."""
        if index != self._shown_class:
            self._shown_class = index
            self.update()

    def entry_rect(self, index: int) -> QRectF | None:
        """Return where a class stands, None where there was no room for it."""
        return next((rect for rect, k in self._entries if k == index), None)

    @property
    def unit(self) -> tuple[str, Levels, Ramp] | None:
        """Name, levels and colours of the unit whose scale is shown; None while it is that of the outputs."""
        return self._unit

    def show_unit(self, name: str, levels: Levels | None = None, colours: Ramp | None = None) -> None:
        """Show what the colours of one unit's map stand for; without `levels` the classes or the target again."""
        unit = (name, levels, colours) if levels is not None and colours is not None else None
        if unit is not None or self._unit is not None:
            self._unit = unit
            self.update()

    def show_scale_of(
        self, frame: Frame, plane: Plane, prepared: Prepared, theme: Theme, shown_class: int | None
    ) -> None:
        """Say what the colours of a unit's map, or of differences, stand for; of answers and curves they are known."""
        if is_difference(plane):
            output = difference_output(plane, prepared.train, shown_class)
            name = difference_name(frame, prepared, output)
            self.show_unit(name, *difference_look(plane, prepared.train, theme, output))
            return
        if plane.unit is None or plane.values.shape[0] == 1:
            self.show_unit("")
            return
        name = self.tr("input") if plane.unit[0] == 0 else self.tr("activation")
        self.show_unit(name, *plane_look(plane, prepared.train, theme, frame))

    def sizeHint(self) -> QSize:
        """Return one line of text, two for a scale."""
        line = self.fontMetrics().height()
        return QSize(100, max(20, line + 4) if self._scale is None else 2 * line + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the entries from the left."""
        if self._theme is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._theme.colour("text"))
            if self._unit is not None:
                self._paint_unit(painter, self._theme, *self._unit)
            elif self._scale is None:
                self._paint_classes(painter, self._theme)
            else:
                self._paint_scale(painter, self._theme, *self._scale)

    def _paint_classes(self, painter: QPainter, theme: Theme, start: float = 2.0) -> None:
        metrics = QFontMetricsF(self.font())
        middle, x = self.height() / 2, start
        marker, baseline = 0.72 * metrics.height(), middle + metrics.ascent() / 2 - 1
        space, gap = 0.42 * metrics.height(), metrics.height()
        self._entries = []
        texts = [
            metrics.elidedText(name, Qt.TextElideMode.ElideRight, 9.3 * metrics.height()) for name in self._classes
        ]
        numbers = [self.tr("({0})").format(count_text(sum(counts))) for counts in self._counts]
        named = [marker + space + metrics.horizontalAdvance(text) for text in texts]
        counted = [space + metrics.horizontalAdvance(number) for number in numbers]
        if x + sum(named) + sum(counted) + gap * (len(texts) - 1) > self.width():
            # A name is worth more than a number, which the tooltip tells.
            numbers, counted = [""] * len(texts), [0.0] * len(texts)
        for k, (text, number, after) in enumerate(zip(texts, numbers, named, strict=True)):
            width = after + counted[k]
            rest = len(texts) - k
            # What would stand behind it: with "3 classes" in mind, "and 2 more" would be cut off.
            behind = metrics.horizontalAdvance(self.rest_text(rest - 1)) + gap if rest > 1 else 0.0
            painter.setPen(theme.colour("text"))
            if x + width > self.width() - behind:
                if k or start <= 2.0:
                    # Beside a colour bar, "and 3 more" of none would say nothing.
                    painter.drawText(QPointF(x, baseline), self.rest_text(rest))
                return
            entry = QRectF(x - 3, 0.0, width + 6, self.height())
            self._entries.append((entry, k))
            painter.setOpacity(1.0 if self._shown_class in (None, k) else 0.55)
            paint_marker(painter, k, QPointF(x + marker / 2, middle), marker, theme)
            painter.setPen(theme.colour("text"))
            painter.drawText(QPointF(x + marker + space, baseline), text)
            painter.setPen(theme.colour("quiet"))
            painter.drawText(QPointF(x + after + space, baseline), number)
            painter.setOpacity(1.0)
            self._paint_state(painter, theme, entry, k)
            x += width + gap
        if self._shown_class is not None:
            self._paint_shares(painter, theme, x)

    def rest_text(self, n_rest: int) -> str:
        """Return what stands for the last classes, for which there is no room; alone, it is "more" than nothing."""
        words = self.tr("and {0} more") if n_rest < len(self._classes) else self.tr("{0} classes")
        return filled(words, n_rest)

    def _paint_state(self, painter: QPainter, theme: Theme, entry: QRectF, index: int) -> None:
        """Underline the only class that is shown, and put a frame around the one that the keyboard is on."""
        if index == self._shown_class:
            painter.setPen(QPen(theme.colour("positive"), 2.0))
            painter.drawLine(entry.bottomLeft() + QPointF(3, -1), entry.bottomRight() + QPointF(-3, -1))
        if self.hasFocus() and index == self._current:
            painter.setPen(QPen(theme.colour("text"), 1.0, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(entry.adjusted(0.5, 0.5, -0.5, -0.5), 4.0, 4.0)

    def _paint_shares(self, painter: QPainter, theme: Theme, x: float) -> None:
        """Draw the colours from 0 to 100 % of the class that is shown, where there is room."""
        assert self._shown_class is not None
        metrics = QFontMetricsF(self.font())
        low, high = self.tr("{0} %").format(0), self.tr("{0} %").format(100)
        ends = metrics.horizontalAdvance(low) + metrics.horizontalAdvance(high) + _GAP
        width = min(110.0, self.width() - x - ends)
        if width < 24.0:
            return
        baseline = self.height() / 2 + metrics.ascent() / 2 - 1
        painter.setPen(theme.colour("quiet"))
        painter.drawText(QPointF(x, baseline), low)
        x += metrics.horizontalAdvance(low) + 0.5 * _GAP
        bar = QRectF(x, self.height() / 2 - 0.3 * metrics.height(), width, 0.6 * metrics.height())
        pixels = np.ascontiguousarray(probability_ramp(theme, self._shown_class))
        painter.drawImage(bar, QImage(pixels.data, len(pixels), 1, QImage.Format.Format_RGB32))
        painter.drawText(QPointF(bar.right() + 0.5 * _GAP, baseline), high)

    # -- choosing a class ---------------------------------------------------------------------------------------

    def _entry_at(self, place: QPointF) -> int | None:
        if self.focusPolicy() == Qt.FocusPolicy.NoFocus:
            return None
        return next((k for rect, k in self._entries if rect.contains(place)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what can be clicked."""
        if self._entry_at(event.position()) is None:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the class under the mouse."""
        found = self._entry_at(event.position())
        if found is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._current = found
        self.class_clicked.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move between the classes, Space or Enter chooses."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        # Those that have room; all of them before they are painted.
        n = len(self._entries) or len(self._classes)
        if step is not None and n:
            self._current = (self._current + step) % n
            self.update()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and n:
            self.class_clicked.emit(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard has gone."""
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell in a tooltip how many rows of a class there are, and what a click does."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = next((k for rect, k in self._entries if rect.contains(QPointF(event.pos()))), None)
            if found is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), plain_tooltip(self.class_tooltip(found)), self)
            return True
        return super().event(event)

    def class_tooltip(self, index: int) -> str:
        """Return what there is to know of a class."""
        train, validation, test = self._counts[index]
        words = filled(self.tr("{0}: {1} training rows, {2} test rows."), self._classes[index], train, test)
        if self._has_validation:
            text = self.tr("{0}: {1} training rows, {2} validation rows, {3} test rows.")
            words = filled(text, self._classes[index], train, validation, test)
        if self.focusPolicy() == Qt.FocusPolicy.NoFocus:
            return words
        if index == self._shown_class:
            return self.tr("{0} Click for the map of all classes.").format(words)
        return self.tr("{0} Click for the map of this class alone.").format(words)

    def _paint_unit(self, painter: QPainter, theme: Theme, name: str, levels: Levels, colours: Ramp) -> None:
        """Draw in one line what is shown, its lowest value, the colours, and its highest value."""
        metrics = QFontMetricsF(self.font())
        middle = self.height() / 2
        texts = level_texts(levels)
        low, high = texts[0], texts[-1]
        ends = metrics.horizontalAdvance(low) + metrics.horizontalAdvance(high) + 3.0 * _GAP
        title = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(40.0, 0.45 * self.width()))
        baseline = middle + metrics.ascent() / 2 - 1
        painter.drawText(QPointF(2.0, baseline), title)
        x = 2.0 + metrics.horizontalAdvance(title) + _GAP
        painter.setPen(theme.colour("quiet"))
        painter.drawText(QPointF(x, baseline), low)
        x += metrics.horizontalAdvance(low) + 0.5 * _GAP
        bar = QRectF(x, middle - 0.3 * metrics.height(), 0.0, 0.6 * metrics.height())
        bar.setWidth(max(20.0, min(120.0, self.width() - x - ends + metrics.horizontalAdvance(low) + _GAP)))
        pixels = np.ascontiguousarray(colours)
        painter.drawImage(bar, QImage(pixels.data, len(pixels), 1, QImage.Format.Format_RGB32))
        painter.drawText(QPointF(bar.right() + 0.5 * _GAP, baseline), high)
        x = bar.right() + metrics.horizontalAdvance(high) + 2.0 * _GAP
        if self._classes and self.width() - x > 8.0 * metrics.height():
            # The points are there still.
            self._paint_classes(painter, theme, x)

    def _paint_scale(self, painter: QPainter, theme: Theme, low: float, high: float, name: str) -> None:
        """Draw the name, the colours from the lowest to the highest target, and round values below them."""
        metrics = QFontMetricsF(self.font())
        line = metrics.height()
        title = metrics.elidedText(name, Qt.TextElideMode.ElideRight, 10.0 * metrics.height())
        painter.drawText(QPointF(2.0, metrics.ascent()), title)
        left = 2.0 + metrics.horizontalAdvance(title) + _GAP
        bar = QRectF(left, 0.2 * line, max(20.0, min(300.0, self.width() - left - 1.5 * line)), 0.6 * line)
        pixels = np.ascontiguousarray(sign_ramp(theme))
        painter.drawImage(bar, QImage(pixels.data, len(pixels), 1, QImage.Format.Format_RGB32))
        ticks = tick_values(low, high, max(2, int(bar.width() / (4.0 * line))))
        painter.setPen(theme.colour("quiet"))
        for tick in ticks:
            x = bar.left() + (tick - low) / (high - low) * bar.width()
            painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 0.2 * line))
            box = QRectF(x - 3.0 * line, bar.bottom() + 0.2 * line, 6.0 * line, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick_text(tick, ticks))
