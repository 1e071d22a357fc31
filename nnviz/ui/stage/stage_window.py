"""The window on the projector's screen: one, two or four views, large, with figures above and a caption below."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.lessons.prediction import Option
from nnviz.ui.stage.audience_look import audience_theme, places_of
from nnviz.ui.stage.tiles import Caption, FiguresTile, Tile
from nnviz.ui.stage.veil import Veil
from nnviz.ui.stage.votes_strip import VotesStrip

#: Beside and between the views, as a share of the height.
GAP = 0.008


class Dressed(Protocol):
    """Whatever looks different in another theme."""

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""


class StageWindow(QWidget):
    """Lays out the chosen views, in type that can be read from the last row.

    Parameters
    ----------
    tiles : mapping of str to Tile
        All views there are, by name.
    dark : bool

    Attributes
    ----------
    veil : Veil
    chosen : tuple of str
        The views on show: one, two or four.
    led : str
        The view that a lesson speaks of, which is shown for as long as it does; empty: those that were chosen.
    zoomed : int
        Number of the view that alone is shown, counted from 1; 0: all of them.
    is_frozen : bool
        Whether the stage stays as it is, whatever happens in the main window.

    Signals
    -------
    key_pressed : object
        A `QKeyEvent` that came to this window: the console knows what it does.
    left : ()
        The window was closed by whoever manages the windows.
    changed : ()
        What is on show, or how.
    """

    key_pressed = Signal(object)
    left = Signal()
    changed = Signal()

    def __init__(self, tiles: Mapping[str, Tile], *, dark: bool) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle(self.tr("Stage – nnviz"))
        self.setAccessibleName(self.tr("What the audience sees"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tiles, self._dark = dict(tiles), dark
        self.theme = audience_theme(1080, 1, dark=dark)
        self.figures, self.caption = FiguresTile(self.theme), Caption(self.theme)
        self.votes = VotesStrip(self.theme)
        for widget in (self.figures, self.caption, self.votes, *self._tiles.values()):
            cast(QWidget, widget).setParent(self)
        self.veil = Veil(self, self.theme)
        self.chosen: tuple[str, ...] = ()
        self.led, self.zoomed = "", 0
        self.is_frozen = False
        self._frame: Frame | None = None
        self._prepared: Prepared | None = None
        self._text = ""
        self._painting_s = 0.0
        self._is_closing = False
        self._dress()

    # -- what is on show ----------------------------------------------------------------------------------------

    @property
    def is_dark(self) -> bool:
        """Whether it is made for a dark room."""
        return self._dark

    @property
    def offered(self) -> tuple[str, ...]:
        """The names of the views that stand beside each other when none is shown alone."""
        if not self.led or self.led in self.chosen:
            return self.chosen
        # The map is what all else is compared with.
        others = [name for name in self.chosen if name != "boundary"]
        return tuple(self.led if name == (others or self.chosen)[-1] else name for name in self.chosen)

    @property
    def shown(self) -> tuple[str, ...]:
        """The names of the views that can be seen now."""
        return self.offered[self.zoomed - 1 : self.zoomed] if self.zoomed else self.offered

    @property
    def spent_s(self) -> float:
        """Processor time that all frames have taken so far, also beside the GUI thread, in seconds."""
        return self._painting_s + sum(tile.spent_s for tile in self._tiles.values())

    def tile(self, name: str) -> QWidget:
        """Return a view by its name."""
        return cast(QWidget, self._tiles[name])

    def choose(self, names: Sequence[str]) -> None:
        """Show these views, in their order."""
        self.chosen, self.led, self.zoomed = tuple(names), "", 0
        self.lay_out()

    def lead(self, name: str) -> None:
        """Show a view among the others for as long as a lesson speaks of it; empty: those that were chosen."""
        before = self.shown
        self.led = name if name in self._tiles else ""
        if self.led and self.led not in self.shown:
            self.zoomed = 0
        if self.shown != before:
            self.lay_out()

    def zoom(self, number: int) -> None:
        """Show only one view by its number, counted from 1; the same again, or 0: all of them."""
        if 0 <= number <= len(self.chosen):
            self.zoomed = 0 if number == self.zoomed or len(self.chosen) == 1 else number
            self.lay_out()

    def set_dark(self, dark: bool) -> None:
        """Suit a dark room, or a bright one."""
        self._dark = dark
        self.lay_out()

    def lay_out(self) -> None:
        """Give type, lines and views the sizes that suit the screen."""
        width, height = self.width(), self.height()
        theme = audience_theme(height, len(self.shown), dark=self._dark)
        if theme != self.theme:
            self.theme = theme
            self._dress()
        gap = round(GAP * height)
        top = self.figures.height_at(theme)
        self.figures.setGeometry(0, 0, width, top)
        below = self.caption.height_at(width)
        self.caption.setGeometry(0, height - below, width, below)
        voted = self.votes.height_at(width)
        below += voted
        self.votes.setGeometry(0, height - below, width, voted)
        room = QRect(gap, top, width - 2 * gap, height - top - below - gap)
        places = places_of(len(self.shown))
        rows = max((row for row, _ in places), default=0) + 1
        columns = max((column for _, column in places), default=0) + 1
        wide, high = (room.width() - gap * (columns - 1)) // columns, (room.height() - gap * (rows - 1)) // rows
        for name, tile in self._tiles.items():
            widget = cast(QWidget, tile)
            if name in self.shown:
                row, column = places[self.shown.index(name)]
                widget.setGeometry(room.left() + column * (wide + gap), room.top() + row * (high + gap), wide, high)
            was_hidden = widget.isHidden()
            widget.setVisible(name in self.shown)
            if was_hidden and name in self.shown:
                self._catch_up(tile)
        self.veil.setGeometry(self.rect())
        self.veil.raise_()
        self.update()
        self.changed.emit()

    def _dress(self) -> None:
        parts: tuple[Dressed, ...] = (self.figures, self.caption, self.votes, self.veil, *self._tiles.values())
        for part in parts:
            part.set_theme(self.theme)

    def _catch_up(self, tile: Tile) -> None:
        if self._prepared is not None:
            tile.show_prepared(self._prepared)
        if self._frame is not None:
            tile.show_frame(self._frame)

    # -- what happens -------------------------------------------------------------------------------------------

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data."""
        self._prepared, self._frame = prepared, None
        for tile in self._all_shown():
            tile.show_prepared(prepared)

    def show_frame(self, frame: Frame) -> None:
        """Show a moment of the run."""
        self._frame = frame
        began_s = time.thread_time()
        for tile in self._all_shown():
            tile.show_frame(frame)
        self._painting_s += time.thread_time() - began_s

    def _all_shown(self) -> list[Tile]:
        return [self.figures, *(self._tiles[name] for name in self.shown)]

    def show_text(self, text: str) -> None:
        """Say in the caption what the step of a lesson says; nothing where no lesson is open."""
        if text != self.caption.text:
            self.caption.show_text(text)
            self.lay_out()

    def show_votes(self, options: tuple[Option, ...], votes: tuple[int, ...], came: int | None) -> None:
        """Show how the class has voted; nothing where nobody votes."""
        came_or_went = bool(options) != bool(self.votes.options)
        self.votes.show_votes(options, votes, came)
        if came_or_went:
            self.lay_out()

    def picture(self, size: QSize) -> QImage:
        """Return what the audience sees, small."""
        image = QImage(self.size(), QImage.Format.Format_RGB32)
        self.render(image)
        keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        return image.scaled(size, keep, smooth)

    # -- events -------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Measure what paints take, those of all views and their way to the screen."""
        if event.type() != QEvent.Type.UpdateRequest:
            return super().event(event)
        began_s = time.thread_time()
        done = super().event(event)
        self._painting_s += time.thread_time() - began_s
        return done

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill what is between the views."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self.theme.colour("window"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Suit another screen."""
        super().resizeEvent(event)
        self.lay_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand every key on."""
        event.accept()
        self.key_pressed.emit(event)

    def end(self) -> None:
        """Close for good."""
        self._is_closing = True
        for tile in self._tiles.values():
            stop = getattr(tile, "stop", None)
            if stop is not None:
                stop()
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell who leads it that it has been closed from outside."""
        event.accept()
        if not self._is_closing:
            self.left.emit()
