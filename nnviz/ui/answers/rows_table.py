"""The table of all rows on the screen: classes with their markers, a × where the network is wrong, marked rows tinted.

Cells are painted here and not by the style sheet, which takes ten times as long.
"""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from nnviz.drawing.colormap import mix
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.theme import Theme
from nnviz.ui.answers.row_selection import RowSelection
from nnviz.ui.answers.rows_model import RowsColumn, RowsModel

#: Rows stay where they are for so long after the user has scrolled or used the keys, in seconds.
CALM_S = 1.5
_PADDING = 6
#: Columns are at most so much wider than they need to be, to fill the view.
_MOST_STRETCH = 2.0


class RowDelegate(QAbstractItemDelegate):
    """Paints the cells of a `RowsTable`."""

    def __init__(self, table: RowsTable) -> None:
        super().__init__(table)
        self._table = table
        self._bold = QFont()
        self._marked = self._line = self._text = self._quiet = self._warning = self._accent = QColor()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self._marked = mix(theme.canvas, theme.positive, 0.2 if not theme.dark else 0.28)
        self._line = mix(theme.canvas, theme.line, 0.55)
        self._text, self._quiet, self._warning = (theme.colour(role) for role in ("text", "quiet", "warning"))
        self._accent = theme.colour("positive")

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        table, rect = self._table, QRect(option.rect)
        model, place = table.rows_model, index.row()
        row, section = int(model.order[place]), index.column()
        selected = table.selection.rows
        if len(selected) == model.n_rows and selected[row]:
            painter.fillRect(rect, self._marked)
            if section == 0:
                painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), self._accent)
        is_current = place == table.focused_row
        painter.setPen(self._accent if is_current else self._line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if is_current:
            painter.drawLine(rect.topLeft(), rect.topRight())
        self._paint_content(painter, rect.adjusted(_PADDING, 0, -_PADDING, 0), row, model.columns[section])

    def _paint_content(self, painter: QPainter, rect: QRect, row: int, column: RowsColumn) -> None:
        model, kind = self._table.rows_model, column.kind
        if kind == "picture":
            self._paint_picture(painter, rect, row)
            return
        left, middle = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter
        side = Qt.AlignmentFlag.AlignRight
        if kind == "predicted" and model.class_names:
            # In front, where it is seen in a narrow panel too.
            if model.wrong is not None and model.wrong[row]:
                painter.setPen(self._warning)
                painter.drawText(rect, left | middle, "×")
            rect.setLeft(rect.left() + painter.fontMetrics().horizontalAdvance("× "))
        index = model.class_of(row, kind)
        if index is not None:
            size = 0.62 * painter.fontMetrics().height()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            centre = QPointF(rect.left() + size / 2 + 1, rect.center().y() + 0.5)
            paint_marker(painter, index, centre, size, self._theme, part=model.row_id(row)[0])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            rect.setLeft(rect.left() + round(1.55 * size) + 2)
        if index is not None or kind == "row":
            side = left
        text = painter.fontMetrics().elidedText(model.text(row, column), Qt.TextElideMode.ElideRight, rect.width())
        painter.setPen(self._quiet if kind in ("row", "feature") else self._text)
        painter.drawText(rect, side | middle, text)

    def _paint_picture(self, painter: QPainter, rect: QRect, row: int) -> None:
        pixels = self._table.rows_model.picture(row)
        if pixels is None:
            return
        height, width, *colours = pixels.shape
        form = QImage.Format.Format_RGB888 if colours else QImage.Format.Format_Grayscale8
        image = QImage(pixels.data, width, height, width * (3 if colours else 1), form)
        room = rect.height() - 4.0
        box = QRectF(rect.left(), rect.top() + 2.0, room * width / height, room)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, room < height)
        painter.drawImage(box, image)


class RowsTable(QTableView):
    """A view of a `RowsModel` whose selection is a `RowSelection`.

    Attributes
    ----------
    rows_model : RowsModel
    selection : RowSelection
    focused_row : int
        Place of the row where the keys are, when last painted; −1: elsewhere.

    Signals
    -------
    copy_wanted : ()
        The user pressed Ctrl+C.
    sort_wanted : int
        The user clicked the header of this column.
    released : ()
        No button is pressed over the rows any more.
    """

    copy_wanted = Signal()
    sort_wanted = Signal(int)
    released = Signal()

    def __init__(self, model: RowsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows_model = model
        self._theme: Theme | None = None
        self.focused_row = -1
        self._is_pressed = False
        self._touched_at = -CALM_S
        self._empty_text = ""
        self.setModel(model)
        self.selection = RowSelection(model, self)
        self.setSelectionModel(self.selection)
        self.delegate = RowDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        # In the place of Qt's own, which has a frame.
        self.setCornerWidget(QWidget(self))
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setHighlightSections(False)
        # WORKAROUND: at each painting Qt's header asks of every selected row whether it is selectable; of its own
        # selection, which is empty, it asks nothing.
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(24)
        header.sectionClicked.connect(self.sort_wanted)

    def set_theme(self, theme: Theme) -> None:
        """Recolour, and make room for the theme's type."""
        self._theme = theme
        self.delegate.set_theme(theme)
        self.fit()
        self.viewport().update()

    def set_empty_text(self, text: str) -> None:
        """Say `text` where there is no row."""
        if text != self._empty_text:
            self._empty_text = text
            self.viewport().update()

    @property
    def is_held(self) -> bool:
        """Whether the rows should stay where they are: the user presses a button, or has just been moving in them."""
        slides = self.verticalScrollBar().isSliderDown()
        return self._is_pressed or slides or monotonic() - self._touched_at < CALM_S

    @property
    def is_pressed(self) -> bool:
        """Whether a button is pressed over the rows."""
        return self._is_pressed

    # -- sizes --------------------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Make every column as wide as it has to be, and all of them somewhat wider where there is room."""
        model, metrics = self.rows_model, QFontMetrics(self.font())
        line = metrics.height()
        pictures = any(column.kind == "picture" for column in model.columns)
        self.verticalHeader().setDefaultSectionSize(round(2.3 * line) if pictures else round(1.5 * line))
        needed = [self._width(column, metrics) for column in model.columns]
        stretch = min(_MOST_STRETCH, max(1.0, self.viewport().width() / max(1, sum(needed))))
        header = self.horizontalHeader()
        for section, width in enumerate(needed):
            if header.sectionSize(section) != int(stretch * width):
                header.resizeSection(section, int(stretch * width))

    def update_answers(self) -> None:
        """Draw just the columns again that change while training."""
        height = self.viewport().height()
        for section, column in enumerate(self.rows_model.columns):
            if column.kind in ("loss", "predicted", "sure"):
                left, width = self.columnViewportPosition(section), self.columnWidth(section)
                self.viewport().update(QRect(left, 0, width, height))

    def _width(self, column: RowsColumn, metrics: QFontMetrics) -> int:
        model, letter = self.rows_model, metrics.averageCharWidth()
        title = metrics.horizontalAdvance(column.title + " ▾")
        if column.kind == "picture":
            content = round(2.3 * metrics.height())
        elif column.kind in ("target", "predicted") and model.class_names:
            longest = max(metrics.horizontalAdvance(name) for name in model.class_names)
            content = longest + metrics.height() + 4 + (2 * letter if column.kind == "predicted" else 0)
        else:
            samples = {"row": model.longest_row, "sure": "100.0 %", "loss": "0000.00"}
            sample = samples.get(column.kind) or "−00.000"
            content = metrics.horizontalAdvance(sample)
        return min(max(min(title, 12 * letter), content), 20 * letter) + 2 * _PADDING + 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the type of the style sheet."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and self._theme is not None:
            self.fit()

    # -- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, or say why there are none."""
        self.focused_row = self.currentIndex().row() if self.hasFocus() else -1
        super().paintEvent(event)
        if self.rows_model.rowCount() or self._theme is None or not self._empty_text:
            return
        with QPainter(self.viewport()) as painter:
            painter.setPen(QPen(self._theme.colour("quiet")))
            box = self.viewport().rect().adjusted(16, 8, -16, -8)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty_text)

    # -- mouse and keys -----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select; a right click on a selected row leaves the selection as it is, one beside the rows ends it."""
        index = self.indexAt(event.position().toPoint())
        rows, order = self.selection.rows, self.rows_model.order
        if event.button() == Qt.MouseButton.RightButton and index.isValid() and rows[order[index.row()]]:
            return
        self._is_pressed = event.button() == Qt.MouseButton.LeftButton
        super().mousePressEvent(event)
        if not index.isValid() and event.button() == Qt.MouseButton.LeftButton and not event.modifiers():
            self.selection.select(QItemSelection(), RowSelection.SelectionFlag.Clear)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the rows move again."""
        super().mouseReleaseEvent(event)
        if self._is_pressed:
            self._is_pressed = False
            self.released.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; the rows keep still for a moment."""
        self._touched_at = monotonic()
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move and select; single keys are the window's, which Qt would take for the beginning of a word."""
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif plain and event.text().isprintable() and event.text():
            event.ignore()
        else:
            self._touched_at = monotonic()
            super().keyPressEvent(event)
