"""The confusion matrix on the screen: answers to the pointer and to the keys, and draws only what has changed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.data import shown
from nnviz.drawing.confusion import paint_confusion, paint_ring
from nnviz.drawing.confusion_layout import Counts, Geometry, Place, Words, geometry
from nnviz.drawing.theme import Theme

_STEPS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
#: After these, everything may lie elsewhere; the last comes from the widget in the corner.
_UNSETTLING = frozenset(
    {
        QEvent.Type.Resize,
        QEvent.Type.Show,
        QEvent.Type.FontChange,
        QEvent.Type.StyleChange,
        QEvent.Type.LayoutRequest,
    }
)


class ConfusionMatrix(QWidget):
    """Paints the counts; a cell or a title can be pointed at and picked.

    Attributes
    ----------
    counts : ndarray or None
    ring, cursor_place : (int, int) or None
        The place whose rows are marked, and the one where the keys are.
    corner : QWidget or None
        A child that has the corner above the names to itself.

    Signals
    -------
    pointed : object
        The place under the pointer, or that the keys have moved to; None: no longer any.
    picked : (object, bool)
        A place that was clicked, or None for what is beside; whether Ctrl was held.
    """

    pointed = Signal(object)
    picked = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._counts: Counts | None = None
        self._names: tuple[str, ...] = ()
        self._geometry: Geometry | None = None
        self.ring: Place | None = None
        self.cursor_place: Place | None = None
        self._hovered: Place | None = None
        self._has_keys = False
        self.corner: QWidget | None = None
        self._words = Words(
            self.tr("true"),
            self.tr("predicted"),
            self.tr("rows"),
            self.tr("recall"),
            self.tr("precision"),
            self.tr("F1"),
        )
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setWhatsThis(
            self.tr("Each row is a true class, each column what it is taken for; click a cell to mark its rows.")
        )
        self.setAccessibleName(self.tr("Confusion matrix: true classes down, predicted classes across"))

    def sizeHint(self) -> QSize:
        """Return a size for some classes."""
        return QSize(320, 220)

    def minimumSizeHint(self) -> QSize:
        """Return what can still be pointed at."""
        return QSize(120, 60)

    @property
    def counts(self) -> Counts | None:
        """What is shown; None before there are answers."""
        return self._counts

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self._geometry = None
        self.update()

    def show_classes(self, names: tuple[str, ...]) -> None:
        """Take over other classes, of which nothing is known yet."""
        self._names = tuple(shown(name) for name in names)
        self._counts, self._geometry, self.ring, self.cursor_place, self._hovered = None, None, None, None, None
        self.update()

    def show_counts(self, counts: Counts, ring: Place | None) -> None:
        """Show the counts, and a ring around the place whose rows are marked."""
        if self._counts is None or not np.array_equal(counts, self._counts):
            # Numbers that become longer may have to become smaller.
            if self._counts is None or counts.max() > self._counts.max() or counts.sum() != self._counts.sum():
                self._geometry = None
            self._counts = counts
            self.update()
        if ring != self.ring:
            self.ring = ring
            self.update()

    def fit_corner(self) -> None:
        """Give the corner's widget the room that it needs now."""
        if self.corner is not None:
            self.corner.resize(self.corner.sizeHint())
        self._geometry = None
        self.update()

    def geometry_now(self) -> Geometry | None:
        """Return where everything lies; None while there is nothing to show."""
        if self._geometry is None and self._theme is not None and self._counts is not None:
            size = (float(self.width()), float(self.height()))
            corner = self.corner.width() + 4.0 if self.corner is not None and not self.corner.isHidden() else 0.0
            self._geometry = geometry(
                size, self._counts, self._names, self._theme, self._base_font(), self._words, corner
            )
        return self._geometry

    def _base_font(self) -> QFont:
        font = QFont(self.font())
        if self._theme is not None:
            font.setPointSizeF(self._theme.font_size)
        return font

    # -- events -------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Find other places after another size or type."""
        handled = super().event(event)
        if event.type() in _UNSETTLING:
            self.fit_corner()
        return handled

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the matrix, the ring and the cursor of the keys."""
        where = self.geometry_now()
        if where is None or self._theme is None or self._counts is None:
            return
        theme = self._theme
        with QPainter(self) as painter:
            painter.setFont(self._base_font())
            paint_confusion(painter, where, self._counts, self._names, theme, self._words)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            if self.ring is not None:
                paint_ring(painter, where, self.ring, theme.colour("text"), max(2.0, theme.line_width), 0.0)
            if self._hovered is not None and self._hovered != self.ring:
                paint_ring(painter, where, self._hovered, theme.colour("quiet"), 1.0, 0.0)
            if self.cursor_place is not None and self.hasFocus() and self._has_keys:
                paint_ring(painter, where, self.cursor_place, theme.colour("positive"), max(2.0, theme.line_width), 2.0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the pointer."""
        where = self.geometry_now()
        self._point(where.place_at(event.position()) if where is not None else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer has left."""
        super().leaveEvent(event)
        self._point(None)

    def _point(self, place: Place | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.setCursor(Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor)
            self.update()
        self.pointed.emit(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick what is under the pointer."""
        where = self.geometry_now()
        if where is None or event.button() != Qt.MouseButton.LeftButton:
            return
        place = where.place_at(event.position())
        self._has_keys = False
        self.cursor_place = place if place is not None else self.cursor_place
        self.picked.emit(place, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor by arrow keys, to the titles too; Enter picks."""
        step, last = _STEPS.get(Qt.Key(event.key())), len(self._names) - 1
        if self._counts is None or last < 0:
            super().keyPressEvent(event)
        elif step is not None:
            row, column = self.cursor_place if self.cursor_place is not None else (0, 0)
            if self._has_keys or self.cursor_place is not None:
                row, column = (min(max(k + d, -1), last) for k, d in zip((row, column), step, strict=True))
            self._has_keys = True
            if (row, column) != (-1, -1):
                self.cursor_place = (row, column)
            self.update()
            self.pointed.emit(self.cursor_place)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.cursor_place is not None:
            self.picked.emit(self.cursor_place, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys are."""
        super().focusInEvent(event)
        self._has_keys = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if self._has_keys and self.cursor_place is None and self._counts is not None:
            self.cursor_place = (0, 0)
        if self._has_keys:
            self.pointed.emit(self.cursor_place)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the cursor of the keys away."""
        super().focusOutEvent(event)
        self._has_keys = False
        self.pointed.emit(None)
        self.update()

    def anchor(self, place: Place) -> QPointF:
        """Return where a card about `place` belongs."""
        where = self.geometry_now()
        return where.rect(place).center() if where is not None else QPointF()
