"""A pad to draw a picture on: the left button lays ink on, the right one takes it off."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.core.layout import Array
from nnviz.drawing.colormap import picture_ramp
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.ink import Ink, Point
from nnviz.drawing.pictures import fitted
from nnviz.drawing.theme import Theme

HINT_GREY = 170
"""Step of the ramp of pictures, of 256, in which the hint is written."""
MOST_STEPS = 50
"""Changes of a drawing that can be taken back."""


class DrawingPad(QWidget):
    """Turns the mouse into strokes and paints the ink in the colours of the data's pictures.

    Attributes
    ----------
    ink : Ink
        What is drawn.
    brush : float
        Width of a stroke, as a share of the pad's shorter side.
    erases : bool
        Whether the left button takes ink off, as the right one always does.

    Signals
    -------
    changed : ()
        There is other ink than before.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ink_is_light = True
        self._is_drawing = False
        self._pointer: QPointF | None = None
        self.ink = Ink((8, 8))
        self.brush = 0.15
        self.erases = False
        # What was drawn before each change, and what came after where that has been taken back.
        self._before: list[Ink] = []
        self._after: list[Ink] = []
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        # The right button draws too.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Pad to draw on"))
        self.setToolTip(
            self.tr("Draw with the left button and take ink off with the right one: the network answers at once")
        )

    # -- the ink ------------------------------------------------------------------------------------------------

    def set_shape(self, shape: tuple[int, int], *, ink_is_light: bool) -> None:
        """Take over the proportions of other pictures, and whether they are light on dark; nothing is drawn then."""
        self._ink_is_light, self._is_drawing = ink_is_light, False
        self._before, self._after = [], []
        self.ink = Ink(shape)
        self.update()

    def clear(self) -> None:
        """Take all ink off."""
        self._is_drawing = False
        if not self.ink.is_empty:
            self._keep()
            self.ink = Ink(self.ink.shape)
            self._tell()

    def load(self, inked: Array) -> None:
        """Lay a picture on the pad: ``(height, width)`` of ink, 0 … 1, in place of what was there."""
        self._is_drawing = False
        self._keep()
        self.ink.load(inked)
        self._tell()

    def stroke(self, points: Sequence[Point], *, erases: bool = False) -> None:
        """Draw a smooth line through `points`, or take ink off along it, with the present brush.

        Parameters
        ----------
        points : sequence of (x, y)
            Shares of the pad's width and height, from the top left; at least one.
        erases : bool
        """
        self._keep()
        self.ink.stroke(points, self.brush, erases=erases)
        self._tell()

    # -- undo ---------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Keep what is drawn, for the way back from what comes now."""
        self._before = [*self._before[1 - MOST_STEPS :], self.ink.copy()]
        self._after = []

    def undo(self) -> None:
        """Take the last change of the drawing back."""
        self._step(self._before, self._after)

    def redo(self) -> None:
        """Make a change that was taken back once more."""
        self._step(self._after, self._before)

    def _step(self, source: list[Ink], target: list[Ink]) -> None:
        if source and not self._is_drawing:
            target.append(self.ink)
            self.ink = source.pop()
            self._tell()

    def event(self, event: QEvent) -> bool:
        """Keep the keys of undo and redo: they are about the drawing while it has the focus, not about the document."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_history_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo and redo."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif _is_history_key(event):
            self.redo()
        else:
            super().keyPressEvent(event)

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    # -- mouse --------------------------------------------------------------------------------------------------

    @property
    def picture_rect(self) -> QRectF:
        """Where the picture is in the widget."""
        rect = fitted(QRectF(self.rect()).adjusted(1, 1, -1, -1), self.ink.shape)
        rect.moveTopLeft(QPointF(1.0, 1.0))
        return rect

    def _place(self, position: QPointF) -> Point:
        rect = self.picture_rect
        return (position.x() - rect.left()) / rect.width(), (position.y() - rect.top()) / rect.height()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        right = event.button() == Qt.MouseButton.RightButton
        if self._is_drawing or not (right or event.button() == Qt.MouseButton.LeftButton):
            return
        self._is_drawing = True
        self._keep()
        self.ink.begin(self._place(event.position()), self.brush, erases=right or self.erases)
        self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke, or show how wide one would be."""
        self._pointer = event.position()
        if not event.buttons():
            # Let go over a dialog that came meanwhile.
            self._end()
        if self._is_drawing:
            self.ink.go_on(self._place(event.position()))
            self._tell()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke once no button is held any more."""
        if not event.buttons():
            self._end()

    def _end(self) -> None:
        if self._is_drawing:
            self._is_drawing = False
            self.ink.end()
            self._tell()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the ring of the brush away."""
        self._pointer = None
        self.update()
        super().leaveEvent(event)

    # -- look ---------------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square that suits a low dock."""
        return QSize(160, 160)

    def minimumSizeHint(self) -> QSize:
        """Return what can just be drawn on."""
        return QSize(90, 90)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ink, a hint where there is none, and the ring of the brush."""
        theme, rect = self._theme, self.picture_rect
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            table = picture_ramp(theme)
            table = table if self._ink_is_light else table[::-1]
            image = self.ink.canvas.copy()
            image.reinterpretAsFormat(QImage.Format.Format_Indexed8)
            image.setColorTable(table.tolist())
            painter.drawImage(rect, image.convertToFormat(QImage.Format.Format_RGB32))
            painter.setPen(QPen(theme.colour("line"), 1.0))
            painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
            if self.ink.is_empty:
                # On the ground of the pictures, which is dark in the light theme as well.
                painter.setPen(QColor.fromRgb(int(table[HINT_GREY])))
                painter.setFont(ui_font(theme.font_size))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(rect.adjusted(10, 10, -10, -10), flags, self.tr("draw here"))
            if self._pointer is not None and rect.contains(self._pointer):
                radius = 0.5 * self.brush * min(rect.width(), rect.height())
                painter.setClipRect(rect)
                painter.setPen(QPen(theme.colour("positive"), 1.4))
                painter.drawEllipse(self._pointer, radius, radius)


def _is_history_key(event: QKeyEvent) -> bool:
    """Whether a key undoes or redoes; both usual keys redo, as in the window."""
    if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
        return True
    pressed = QKeySequence(event.keyCombination())
    return pressed in (QKeySequence("Ctrl+Y"), QKeySequence("Ctrl+Shift+Z"))
