"""What says that the past is shown: a tinted frame round the window, and a sign with the epoch on the strip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QWidget

from nnviz.drawing.theme import Theme
from nnviz.session.timeline import Timeline

#: Of the frame, in pixels, in the type of a desk.
WIDTH = 3
#: Events after which the frame has its place anew.
_OF_WINDOW = QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show
_OF_PANELS = QEvent.Type.ZOrderChange, QEvent.Type.Show, QEvent.Type.ParentChange


def frame_width(theme: Theme) -> int:
    """Return how wide the frame is, in pixels."""
    return max(WIDTH, round(WIDTH * theme.font_size / 10.0))


class _Edge(QWidget):
    """One side of the frame. Four narrow widgets, so that nothing under them is painted anew with them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.theme: Theme | None = None
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill it."""
        if self.theme is not None:
            with QPainter(self) as painter:
                painter.fillRect(self.rect(), self.theme.colour("negative"))


class PastSign(QLabel):
    """The epoch in words: quiet at the present, on a tinted ground while the past is shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "quiet")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.is_past = False
        self._words = ""
        self._theme: Theme | None = None

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.setMinimumWidth(0)
        self._make_room()
        self.update()

    def show_words(self, text: str, *, is_past: bool) -> None:
        """Show `text`, tinted where it is of the past."""
        if (text, is_past) == (self._words, self.is_past):
            return
        if is_past != self.is_past:
            self.setMinimumWidth(0)
        self.is_past = is_past
        # A label that is given a text has the whole window laid out anew, with every frame.
        self._words = text
        self._make_room()
        self.update()

    def text(self) -> str:
        """Return the words."""
        return self._words

    def sizeHint(self) -> QSize:
        """Return the room of the words: a label keeps the one that it had in larger type."""
        return QSize(self.minimumWidth(), super().sizeHint().height())

    def _font(self) -> QFont:
        font = QFont(self.font())
        if self._theme is not None:
            font.setPointSizeF(self._theme.small_font_size)
        font.setBold(self.is_past)
        return font

    def _make_room(self) -> None:
        """Let the line stand still while numbers change: the room only grows, until one enters or leaves the past."""
        metrics = QFontMetrics(self._font())
        needed = metrics.horizontalAdvance(self._words) + (metrics.height() if self.is_past else 8)
        if needed > self.minimumWidth():
            self.setMinimumWidth(needed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the words, on their ground in the past."""
        if self._theme is None:
            return
        with QPainter(self) as painter:
            painter.setFont(self._font())
            if not self.is_past:
                painter.setPen(self._theme.colour("quiet"))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._words)
                return
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("negative_text"))
            # Below it runs the frame round the window.
            ground = QRectF(self.rect()).adjusted(0.0, 1.0, 0.0, -1.0 - frame_width(self._theme))
            painter.drawRoundedRect(ground, ground.height() / 2.0, ground.height() / 2.0)
            painter.setPen(self._theme.colour("on_accent"))
            painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, self._words)


class PastFrame(QObject):
    """Frames a window while the past is shown in it.

    Parameters
    ----------
    timeline : Timeline
    window : QWidget
        What is framed.
    theme : Theme

    Attributes
    ----------
    is_shown : bool
    """

    # Of the class, too: events are still filtered while the object is taken apart.
    is_shown = False

    def __init__(self, timeline: Timeline, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._timeline, self._window = timeline, window
        self.edges = tuple(_Edge(window) for _ in range(4))
        self.set_theme(theme)
        # Panels that come to the front would cover it; what Qt is in the middle of then is left to end.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._come_to_front)
        for watched in (window, *window.findChildren(QDockWidget)):
            watched.installEventFilter(self)
        timeline.changed.connect(self.look)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        for edge in self.edges:
            edge.theme = theme
            edge.update()
        self.look()
        if self.is_shown:
            self._place()

    @Slot()
    def look(self) -> None:
        """Come and go."""
        was_shown, self.is_shown = self.is_shown, self._timeline.is_past
        if self.is_shown and not was_shown:
            self._place()
        elif was_shown and not self.is_shown:
            for edge in self.edges:
                edge.hide()

    def _place(self) -> None:
        window, width = self._window, frame_width(self._theme)
        full = window.rect()
        sides = (
            QRect(0, 0, full.width(), width),
            QRect(0, full.height() - width, full.width(), width),
            QRect(0, 0, width, full.height()),
            QRect(full.width() - width, 0, width, full.height()),
        )
        for edge, side in zip(self.edges, sides, strict=True):
            edge.setGeometry(side)
            edge.show()
            edge.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window, and stay in front of its panels."""
        if self.is_shown:
            if watched is not self._window and event.type() in _OF_PANELS:
                self._later.start()
            elif watched is self._window and event.type() in _OF_WINDOW:
                self._place()
        return super().eventFilter(watched, event)

    @Slot()
    def _come_to_front(self) -> None:
        if self.is_shown:
            for edge in self.edges:
                edge.raise_()
