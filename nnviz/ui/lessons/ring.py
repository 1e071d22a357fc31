"""The ring round what a lesson speaks of: over everything, in nobody's way, and always where its target is now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from nnviz.drawing.theme import Theme

#: Room between what is ringed and the ring, width of its line, and of the halo on either side.
GAP, LINE, HALO = 3, 3.0, 2.0
RADIUS = 9.0
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.ParentChange)


class Spot(Struct, frozen=True):
    """Where a ring goes.

    Attributes
    ----------
    widget : QWidget
        In which it is.
    rect : QRect
        In the coordinates of that.
    shape : "box" or "round"
    is_tight : bool
        Whether something is so close above and below that room and halo there would cover it.
    """

    widget: QWidget
    rect: QRect
    shape: Literal["box", "round"] = "box"
    is_tight: bool = False


class Ring(QWidget):
    """A ring that takes no mouse, asks where its target is, and follows it; hidden where that cannot be seen.

    Parameters
    ----------
    window : QWidget
        Its parent at first; a target in a panel that floats takes it along.
    theme : Theme
    """

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._theme = theme
        self._find: Callable[[], Spot | None] | None = None
        self._shape, self._halo = "box", HALO
        self._watched: list[QWidget] = []
        self.is_covered: Callable[[], bool] = lambda: False
        """Whether something is over everything, which is not to be ringed then."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("What the lesson points at"))
        # Once everything that moves the target has been laid out.
        self._placing = QTimer(self)
        self._placing.setObjectName("place of the lesson's ring")
        self._placing.setSingleShot(True)
        self._placing.timeout.connect(self.place)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        if theme is not self._theme:
            self._theme = theme
            self.renew()
            self.update()

    def point_at(self, find: Callable[[], Spot | None] | None) -> None:
        """Go where `find` says, now and whenever something there moves; None: go away."""
        self._find = find
        self.place()

    def renew(self) -> None:
        """Look again, as soon as all is laid out: what is on show may be something else."""
        if self._find is not None:
            self._placing.start(0)

    @Slot()
    def place(self) -> None:
        """Stand round the target; hide where there is none, or it cannot be seen."""
        spot = self._find() if self._find is not None and not self.is_covered() else None
        self._watch(spot)
        seen = QRect() if spot is None else spot.rect.intersected(spot.widget.visibleRegion().boundingRect())
        if spot is None or seen.isEmpty():
            self.hide()
            return
        top = spot.widget.window()
        if self.parentWidget() is not top:
            self.setParent(top)
        self._halo = 0.0 if spot.is_tight else HALO
        grown = round(self._theme.enlarged * (GAP + LINE + self._halo))
        up = round(self._theme.enlarged * LINE) if spot.is_tight else grown
        rect = QRect(spot.widget.mapTo(top, seen.topLeft()), seen.size()).adjusted(-grown, -up, grown, up)
        # A view that fills the window is ringed within it.
        rect = rect.intersected(top.rect())
        self._shape = spot.shape
        if self.geometry() != rect:
            self.setGeometry(rect)
        self.show()
        # Panels that come to the front would cover it.
        self.raise_()

    def stop(self) -> None:
        """Go for good."""
        self._placing.stop()
        self._find = None
        self._watch(None)
        self.hide()

    def _watch(self, spot: Spot | None) -> None:
        """Hear what moves the target: it, and all that it is in."""
        chain: list[QWidget] = []
        widget = spot.widget if spot is not None else None
        while widget is not None:
            chain.append(widget)
            widget = None if widget.isWindow() else widget.parentWidget()
        if chain == self._watched:
            return
        for each in self._watched:
            if isValid(each):
                each.removeEventFilter(self)
        for each in chain:
            each.installEventFilter(self)
        self._watched = chain

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what moves; what paints itself anew may have moved what is in it."""
        kind = event.type()
        if kind in _MOVES or (kind == QEvent.Type.Paint and self._watched and watched is self._watched[0]):
            self._placing.start(0)
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a line between two halos, so that it is seen on any ground."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            grown = self._theme.enlarged
            inset = grown * (self._halo + 0.5 * LINE)
            rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            for colour, width in (("panel", LINE + 2 * self._halo), ("negative", LINE)):
                painter.setPen(QPen(self._theme.colour(colour), grown * width))
                if self._shape == "round":
                    painter.drawEllipse(rect)
                else:
                    painter.drawRoundedRect(rect, grown * RADIUS, grown * RADIUS)
