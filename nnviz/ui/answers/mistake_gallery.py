"""The gallery of mistakes: one widget that paints a picture of every wrong row, and lets it be marked or tried."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.drawing.fonts import ui_font
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.pictures import paint_framed, picture_image
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PartName
from nnviz.experiment.frame import RowId
from nnviz.experiment.grids import feature_limits
from nnviz.experiment.mistakes import Mistake, Mistakes
from nnviz.experiment.row_identity import same_features
from nnviz.session.marking import MarkedRows
from nnviz.ui.widgets.keyboard import BY_KEYBOARD, ENTER_KEYS

SIDE_LINES = 4.2
"""Longer side of a picture, in lines of its type."""
LEAST_LINES = 2.4
"""The same where there is no room."""
ARROW, MARKER = 1.0, 0.95
"""Room for the arrow, and for the marker of a class with what separates it from its name, in lines."""
GAP = 8
MOST_CACHED = 2000
"""Pictures that are kept."""
LONGEST_NAME = 5.5
"""Width that the name of a class may take, in lines of its type."""


class MistakeGallery(QWidget):
    """A grid of pictures, each over "true → answer, how sure".

    Attributes
    ----------
    image_shape : (int, int)
        Rows and columns of a picture.
    is_stacked : bool
        Whether the words stand in two lines, as long names need.

    Signals
    -------
    pointed : object
        (row id, place in the widget) under the pointer or at the keyboard, or None.
    picked : (object, bool)
        The row was clicked or Enter was pressed on it; whether it is added to what is marked, or taken from it.
    """

    pointed = Signal(object)
    picked = Signal(object, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._prepared: Prepared | None = None
        self.image_shape: tuple[int, int] = (1, 1)
        self._levels = (0.0, 1.0)
        self._images: dict[RowId, QImage] = {}
        self._mistakes: tuple[Mistake, ...] = ()
        self._marked = MarkedRows()
        self._current = -1
        self._by_keyboard = False
        self._hovered = -1
        self._cell = QSize(80, 100)
        self._columns = 1
        self._room = math.inf
        self._picture = QSize(56, 56)
        self.is_stacked = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(self.tr("Pictures that the network gets wrong"))

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def rows(self) -> tuple[RowId, ...]:
        """The rows on show, in their order."""
        return tuple(mistake.row for mistake in self._mistakes)

    @property
    def current(self) -> RowId | None:
        """The row at which the keyboard is."""
        return self._mistakes[self._current].row if 0 <= self._current < len(self._mistakes) else None

    def set_theme(self, theme: Theme) -> None:
        """Recolour; the pictures are made anew."""
        self._theme = theme
        self._images.clear()
        self._measure()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over the pictures and the names of classes of other data."""
        if self._prepared is None or not same_features(self._prepared, prepared):
            self._images.clear()
            self._current = -1
        self._prepared, self.image_shape = prepared, prepared.dataset.picture_shape or (1, 1)
        # The usual values of all pixels, so that pictures can be compared.
        lows, highs = feature_limits(prepared.dataset)
        self._levels = (float(lows.min()), float(highs.max()))
        self._mistakes = ()
        self._measure()

    def show_mistakes(self, mistakes: Mistakes) -> None:
        """Show other mistakes; the keyboard stays on its row, if it is still there."""
        if mistakes.shown == self._mistakes:
            return
        current = self.current
        changes_height = len(mistakes.shown) != len(self._mistakes)
        self._mistakes = mistakes.shown
        self._current = next((k for k, each in enumerate(self._mistakes) if each.row == current), -1)
        if changes_height:
            self._fit()
        self.update()

    def show_marked(self, marked: MarkedRows) -> None:
        """Put rings around the marked rows."""
        self._marked = marked
        self.update()

    def mistake_of(self, row: RowId) -> Mistake | None:
        """Return what is shown of a row."""
        return next((each for each in self._mistakes if each.row == row), None)

    def set_room(self, height: float) -> None:
        """Make the pictures so small that a whole cell is in view."""
        if height != self._room:
            self._room = height
            self._measure()

    # -- geometry -----------------------------------------------------------------------------------------------

    def _measure(self) -> None:
        """Choose the size of a cell by the type, the proportions of the pictures and the names of the classes."""
        if self._prepared is None:
            return
        metrics = QFontMetricsF(ui_font(self._theme.small_font_size))
        line, (height, width) = metrics.height(), self.image_shape
        side = min(SIDE_LINES * line, max(self._room - 2.2 * line - 12, LEAST_LINES * line))
        # Whole pixels are squares of the same size.
        scale = side / max(height, width)
        scale = math.floor(scale) if scale > 1.5 else scale
        self._picture = QSize(max(round(scale * width), 8), max(round(scale * height), 8))
        share = metrics.horizontalAdvance(self._share(1.0))
        name = max(self._name_width(each, metrics) for each in self._prepared.class_names)
        in_one_line = 2 * name + ARROW * line
        self.is_stacked = in_one_line > 1.5 * max(self._picture.width(), 4.0 * line)
        if self.is_stacked:
            # Truth and answer below each other; how sure it is stands beside the picture.
            wide = max(ARROW * line + name, self._picture.width() + 0.6 * line + share)
        else:
            wide = max(self._picture.width(), in_one_line)
        self._cell = QSize(math.ceil(wide + 14), math.ceil(self._picture.height() + 2.2 * line + 10))
        self._fit()
        self.update()

    @staticmethod
    def _name_width(name: str, metrics: QFontMetricsF) -> float:
        """Return the width of a class's marker and its name."""
        line = metrics.height()
        return min(metrics.horizontalAdvance(name), LONGEST_NAME * line) + MARKER * line

    def _fit(self) -> None:
        self._columns = max(1, (self.width() + GAP) // (self._cell.width() + GAP))
        rows = -(-len(self._mistakes) // self._columns)
        self.setMinimumHeight(max(0, rows * (self._cell.height() + GAP) - GAP))

    def cell_rect(self, index: int) -> QRect:
        """Return where a mistake is shown."""
        row, column = divmod(index, self._columns)
        # What is left over is shared between the columns, so that the gallery ends where its panel does.
        spare = max(0, self.width() - self._columns * (self._cell.width() + GAP) + GAP)
        step = self._cell.width() + GAP + (spare // self._columns if len(self._mistakes) > self._columns else 0)
        return QRect(QPoint(column * step, row * (self._cell.height() + GAP)), self._cell)

    def _at(self, position: QPointF) -> int:
        point = position.toPoint()
        return next((k for k in range(len(self._mistakes)) if self.cell_rect(k).contains(point)), -1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the cells out anew."""
        super().resizeEvent(event)
        self._fit()

    # -- mouse and keyboard -------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the row under the pointer."""
        index = self._at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or index < 0:
            super().mousePressEvent(event)
            return
        self._current, self._by_keyboard = index, False
        self.picked.emit(self._mistakes[index].row, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the pointer."""
        self._point(self._at(event.position()), event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that nothing is."""
        self._point(-1, QPoint())
        super().leaveEvent(event)

    def _point(self, index: int, place: QPoint) -> None:
        self._hovered = index
        self.pointed.emit((self._mistakes[index].row, place) if index >= 0 else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter and Space pick."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
            Qt.Key.Key_Home: -len(self._mistakes),
            Qt.Key.Key_End: len(self._mistakes),
        }
        key = Qt.Key(event.key())
        if not self._mistakes:
            super().keyPressEvent(event)
        elif key in steps:
            self._go(self._current + steps[key] if self._current >= 0 else 0)
        elif self.current is not None and (key in ENTER_KEYS or (key == Qt.Key.Key_Space and self._by_keyboard)):
            self.picked.emit(self.current, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            super().keyPressEvent(event)

    def _go(self, index: int) -> None:
        self._current, self._by_keyboard = min(max(index, 0), len(self._mistakes) - 1), True
        cell = self.cell_rect(self._current)
        self.pointed.emit((self._mistakes[self._current].row, cell.center()))
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        self._by_keyboard = event.reason() in BY_KEYBOARD
        if self._current < 0 and self._mistakes and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._go(0)
        super().focusInEvent(event)

    # -- look ---------------------------------------------------------------------------------------------------

    def _share(self, share: float) -> str:
        return self.tr("{0} %").format(f"{100.0 * share:.0f}")

    def image_of(self, row: RowId) -> QImage:
        """Return the picture of a row."""
        image = self._images.get(row)
        if image is None:
            assert self._prepared is not None
            part = self._prepared.part(row[0])
            values = part.picture(self._prepared.features(*row))
            assert values is not None
            if len(self._images) >= MOST_CACHED:
                self._images.clear()
            image = self._images[row] = picture_image(values, self._levels, self._theme)
        return image

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells that are in view."""
        if self._prepared is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(ui_font(self._theme.small_font_size))
            for index, mistake in enumerate(self._mistakes):
                cell = self.cell_rect(index)
                if cell.intersects(event.rect().adjusted(-4, -4, 4, 4)):
                    self._paint_cell(
                        painter, QRectF(cell), mistake, has_keyboard=self.hasFocus() and index == self._current
                    )

    def _paint_cell(self, painter: QPainter, cell: QRectF, mistake: Mistake, *, has_keyboard: bool) -> None:
        theme = self._theme
        is_marked = mistake.row in self._marked
        if is_marked or has_keyboard:
            dashed = Qt.PenStyle.SolidLine if is_marked else Qt.PenStyle.DashLine
            painter.setPen(QPen(theme.colour("positive" if is_marked else "text"), 2.0 if is_marked else 1.2, dashed))
            painter.setBrush(theme.colour("field") if is_marked else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), 6, 6)
        metrics = QFontMetricsF(painter.font())
        line, share = metrics.height(), self._share(mistake.share)
        inner = cell.adjusted(7, 6, -7, -4)
        left = inner.left() if self.is_stacked else round(inner.center().x() - 0.5 * self._picture.width())
        picture = QRectF(left, inner.top(), self._picture.width(), self._picture.height())
        paint_framed(painter, picture, self.image_of(mistake.row), theme)
        y = picture.bottom() + 0.2 * line
        if self.is_stacked:
            self._paint_classes(painter, inner.left(), y, mistake, metrics)
            beside = QRectF(picture.right(), picture.top(), inner.right() - picture.right(), picture.height())
        else:
            name = sum(self._name_width(self._names[k], metrics) for k in (mistake.truth, mistake.answer))
            x = inner.center().x() - 0.5 * (name + ARROW * line)
            self._paint_classes(painter, x, y, mistake, metrics)
            beside = QRectF(cell.left(), y + line, cell.width(), line)
        painter.setPen(theme.colour("quiet"))
        painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, share)

    def _paint_classes(self, painter: QPainter, x: float, y: float, mistake: Mistake, metrics: QFontMetricsF) -> None:
        """Write "true → answer", or the answer below the truth."""
        line, part = metrics.height(), mistake.row[0]
        arrow = ARROW * line
        truth_x = x + arrow if self.is_stacked else x
        self._paint_class(painter, truth_x, y, mistake.truth, metrics, part)
        if self.is_stacked:
            y += line
        else:
            x += self._name_width(self._names[mistake.truth], metrics)
        painter.setPen(self._theme.colour("quiet"))
        painter.drawText(QRectF(x, y, arrow - 0.1 * line, line), Qt.AlignmentFlag.AlignCenter, "→")
        self._paint_class(painter, x + arrow, y, mistake.answer, metrics, part)

    def _paint_class(
        self, painter: QPainter, x: float, y: float, index: int, metrics: QFontMetricsF, part: PartName
    ) -> None:
        line = metrics.height()
        paint_marker(painter, index, QPointF(x + 0.4 * line, y + 0.5 * line), 0.62 * line, self._theme, part=part)
        name = metrics.elidedText(self._names[index], Qt.TextElideMode.ElideRight, LONGEST_NAME * line)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(QPointF(x + MARKER * line, y + metrics.ascent()), name)

    @property
    def _names(self) -> tuple[str, ...]:
        return self._prepared.class_names if self._prepared is not None else ()
