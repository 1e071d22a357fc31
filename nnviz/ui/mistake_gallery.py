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

from nnviz.drawing.diagram_layout import diagram_font
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.pictures import fitted, grey_image, paint_framed
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import RowId
from nnviz.experiment.mistakes import Mistake, Mistakes
from nnviz.session.marking import MarkedRows

SIDE_LINES = 3.6
"""Side of a picture, in lines of its type."""
GAP = 8
MOST_CACHED = 2000
"""Pictures that are kept."""
LONGEST_NAME = 7.0
"""Width that the name of a class may take, in lines of its type."""


class MistakeGallery(QWidget):
    """A grid of pictures, each over "true → answer, how sure".

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
        self._shape = (1, 1)
        self._levels = (0.0, 1.0)
        self._images: dict[RowId, QImage] = {}
        self._mistakes: tuple[Mistake, ...] = ()
        self._marked = MarkedRows()
        self._current = -1
        self._hovered = -1
        self._cell = QSize(80, 100)
        self._columns = 1
        self._in_two_lines = False
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
        if self._prepared is None or self._prepared.dataset.X is not prepared.dataset.X:
            self._images.clear()
            self._current = -1
        elif self._prepared.train.X is not prepared.train.X:
            # Split otherwise, the rows have other numbers.
            self._images.clear()
        self._prepared, self._shape = prepared, prepared.dataset.image_shape or (1, 1)
        # The usual values of all pixels, so that pictures can be compared.
        self._levels = (float(prepared.dataset.X.min()), float(prepared.dataset.X.max()))
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

    # -- geometry -----------------------------------------------------------------------------------------------

    def _measure(self) -> None:
        """Choose the size of a cell by the type, the proportions of the pictures and the names of the classes."""
        if self._prepared is None:
            return
        line = QFontMetricsF(diagram_font(self._theme.small_font_size)).height()
        height, width = self._shape
        side = round(SIDE_LINES * line)
        picture = fitted(QRectF(0, 0, side * min(max(width / height, 1.0), 2.0), side), (height, width)).width()
        one, two = self._caption_widths()
        self._in_two_lines = one > 1.6 * picture
        caption = two if self._in_two_lines else one
        wide = max(picture + 10.0, caption + 8.0)
        self._cell = QSize(math.ceil(wide), math.ceil(side + (2.2 if self._in_two_lines else 1.2) * line + 12))
        self._fit()
        self.update()

    def _caption_widths(self) -> tuple[float, float]:
        """Return how wide a caption is at the most in one line, and in two."""
        assert self._prepared is not None
        metrics = QFontMetricsF(diagram_font(self._theme.small_font_size))
        line = metrics.height()
        name = max(metrics.horizontalAdvance(each) for each in self._prepared.class_names)
        name = min(name, LONGEST_NAME * line) + 1.05 * line
        share, arrow = metrics.horizontalAdvance(self._share(1.0)), 1.1 * line
        return 2 * name + arrow + share + 0.5 * line, name + arrow + share + 0.5 * line

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
        self._current = index
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
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.current is not None:
            self.picked.emit(self.current, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            super().keyPressEvent(event)

    def _go(self, index: int) -> None:
        self._current = min(max(index, 0), len(self._mistakes) - 1)
        cell = self.cell_rect(self._current)
        self.pointed.emit((self._mistakes[self._current].row, cell.center()))
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        if self._current < 0 and self._mistakes and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._go(0)
        super().focusInEvent(event)

    # -- look ---------------------------------------------------------------------------------------------------

    def _share(self, share: float) -> str:
        return self.tr("{0} %").format(f"{100.0 * share:.0f}")

    def _image(self, row: RowId) -> QImage:
        image = self._images.get(row)
        if image is None:
            assert self._prepared is not None
            part = self._prepared.train if row[0] == "train" else self._prepared.test
            values = part.X[row[1]].reshape(self._shape)
            if len(self._images) >= MOST_CACHED:
                self._images.clear()
            image = self._images[row] = grey_image(values, self._levels, self._theme)
        return image

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells that are in view."""
        if self._prepared is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(diagram_font(self._theme.small_font_size))
        for index, mistake in enumerate(self._mistakes):
            cell = self.cell_rect(index)
            if cell.intersects(event.rect().adjusted(-4, -4, 4, 4)):
                self._paint_cell(
                    painter, QRectF(cell), mistake, has_keyboard=self.hasFocus() and index == self._current
                )
        painter.end()

    def _paint_cell(self, painter: QPainter, cell: QRectF, mistake: Mistake, *, has_keyboard: bool) -> None:
        theme, line = self._theme, painter.fontMetrics().height()
        is_marked = mistake.row in self._marked
        if is_marked or has_keyboard:
            dashed = Qt.PenStyle.SolidLine if is_marked else Qt.PenStyle.DashLine
            painter.setPen(QPen(theme.colour("positive" if is_marked else "text"), 2.0 if is_marked else 1.2, dashed))
            painter.setBrush(theme.colour("field") if is_marked else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), 6, 6)
        captions = 2 if self._in_two_lines else 1
        room = cell.adjusted(5, 5, -5, -(captions + 0.2) * line - 5)
        picture = fitted(room, self._shape)
        paint_framed(painter, picture, self._image(mistake.row), theme)
        text = QRectF(cell.left() + 4, picture.bottom() + 0.2 * line + 1, cell.width() - 8, line)
        self._paint_caption(painter, text, mistake)

    def _paint_caption(self, painter: QPainter, row: QRectF, mistake: Mistake) -> None:
        """Write "true → answer, how sure": in one line where there is room, else the answer below the truth."""
        metrics, line = QFontMetricsF(painter.font()), row.height()
        assert self._prepared is not None
        names, share = self._prepared.class_names, self._share(mistake.share)
        parts = [self._elided(names[k], metrics, line) for k in (mistake.truth, mistake.answer)]
        widths = [1.05 * line + metrics.horizontalAdvance(part) for part in parts]
        tail = 0.4 * line + metrics.horizontalAdvance(share)
        hollow = mistake.row[0] == "test"
        total = widths[1] + tail + 1.1 * line + (0.0 if self._in_two_lines else widths[0])
        x = row.left() + max(0.0, 0.5 * (row.width() - total))
        if self._in_two_lines:
            # Below each other, so that the eye compares truth and answer.
            self._paint_class(painter, x + 1.1 * line, row.top(), parts[0], mistake.truth, hollow=hollow)
            row = row.translated(0.0, line)
        else:
            self._paint_class(painter, x, row.top(), parts[0], mistake.truth, hollow=hollow)
            x += widths[0]
        painter.setPen(self._theme.colour("quiet"))
        painter.drawText(QRectF(x, row.top(), 1.1 * line, line), Qt.AlignmentFlag.AlignCenter, "→")
        self._paint_class(painter, x + 1.1 * line, row.top(), parts[1], mistake.answer, hollow=hollow)
        painter.setPen(self._theme.colour("quiet"))
        painter.drawText(QPointF(x + 1.1 * line + widths[1] + 0.4 * line, row.top() + metrics.ascent()), share)

    def _paint_class(self, painter: QPainter, x: float, y: float, name: str, index: int, *, hollow: bool) -> None:
        metrics = QFontMetricsF(painter.font())
        line = metrics.height()
        paint_marker(painter, index, QPointF(x + 0.45 * line, y + 0.5 * line), 0.62 * line, self._theme, hollow=hollow)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(QPointF(x + 1.05 * line, y + metrics.ascent()), name)

    @staticmethod
    def _elided(name: str, metrics: QFontMetricsF, line: float) -> str:
        return metrics.elidedText(name, Qt.TextElideMode.ElideRight, LONGEST_NAME * line)
