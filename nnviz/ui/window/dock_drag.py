"""Dragging panels with the mouse: by their title bars, docked or floating, and by their tabs.

WORKAROUND: Qt 6.10 and 6.11 keep a deleted layout item after a floating dock with a title bar of its own, or a tab, has
been dragged by Qt's own code; the next layout that touches it ends the process. Nothing of that kind comes of the
functions that move docks without the mouse: so the mouse is followed here, and a panel moves once, when it is let go.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from PySide6.QtCore import QChildEvent, QEvent, QObject, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QRubberBand, QTabBar, QWidget

from nnviz.ui.window.docks import Dock, TitleBar

#: Share of a panel's width and height, at each side, where letting go means "beside it"; further in means "as a tab".
BESIDE = 0.25
#: Share of the middle of the window, at each side, where letting go means "along this side of the window".
ALONG = 0.2

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}


class Landing(Struct, frozen=True):
    """Where a panel comes to be when it is let go.

    Attributes
    ----------
    side : str
        "left", "right", "top" or "bottom": beside `target`, or along that side of the window; "tab": in the place of
        `target`; "float": a window of its own; "stay": where it is.
    rect : QRect
        What it would cover, in global coordinates; empty for "stay".
    target : Dock or None
        The panel beside or behind which it goes.
    """

    side: str
    rect: QRect
    target: Dock | None = None


def side_of(rect: QRect, pos: QPoint, margin: float) -> str:
    """Return the side of `rect` to which `pos` is nearest; "" where it lies further in than the share `margin`."""
    x = (pos.x() - rect.left()) / max(1, rect.width())
    y = (pos.y() - rect.top()) / max(1, rect.height())
    distances = {"left": x, "right": 1.0 - x, "top": y, "bottom": 1.0 - y}
    nearest = min(distances, key=lambda side: distances[side])
    return nearest if distances[nearest] < margin else ""


def part_of(rect: QRect, side: str, share: float) -> QRect:
    """Return the strip of `rect` along `side` that takes `share` of it."""
    width, height = round(share * rect.width()), round(share * rect.height())
    if side in ("left", "right"):
        left = rect.left() if side == "left" else rect.right() + 1 - width
        return QRect(left, rect.top(), width, rect.height())
    top = rect.top() if side == "top" else rect.bottom() + 1 - height
    return QRect(rect.left(), top, rect.width(), height)


def global_rect(widget: QWidget) -> QRect:
    """Return what `widget` covers, in global coordinates."""
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


def _is_title(widget: QWidget, event: QMouseEvent) -> bool:
    """Return whether `event` is in the title bar of a panel, be it the bar's own or the panel's."""
    return isinstance(widget, TitleBar) or (
        isinstance(widget, Dock) and widget.title_bar.geometry().contains(event.position().toPoint())
    )


class DockDrag(QObject):
    """Follows the mouse from a title bar or a tab, shows where the panel would go, and puts it there.

    Esc gives up; with Ctrl held the panel floats wherever it is let go.

    Parameters
    ----------
    window : QMainWindow
    docks : mapping of str to Dock
        By name; their title bars are followed from now on, and the tabs that stand for them.

    Signals
    -------
    landed : ()
        A panel has been moved to another place.
    """

    landed = Signal()
    _let_go = Signal(object, object)
    _double_clicked = Signal(object)

    def __init__(self, window: QMainWindow, docks: Mapping[str, Dock]) -> None:
        super().__init__(window)
        self._window, self._docks = window, docks
        self._bars: dict[QWidget, Dock] = {dock: dock for dock in docks.values()}
        self._dock: Dock | None = None
        self._source: QWidget | None = None
        self._pressed_at = QPoint()
        self._grip = QPoint()
        self.is_dragging = False
        # One stays within the window, the other is the outline of a window to be.
        self.band = QRubberBand(QRubberBand.Shape.Rectangle, window)
        self.outline = QRubberBand(QRubberBand.Shape.Rectangle)
        window.destroyed.connect(self.outline.deleteLater)
        for dock in docks.values():
            dock.installEventFilter(self)
            dock.filled.connect(self._on_filled)
            if dock.made_bar is not None:
                self._on_filled(dock)
        window.installEventFilter(self)
        # What moves a panel must not happen within an event of that panel.
        self._let_go.connect(self._on_let_go, Qt.ConnectionType.QueuedConnection)
        self._double_clicked.connect(self._on_double_clicked, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _on_filled(self, dock: Dock) -> None:
        self._bars[dock.title_bar] = dock
        dock.title_bar.installEventFilter(self)

    # -- following the mouse ------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the mouse of title bars and tabs; Qt's docks never see a drag."""
        if isinstance(event, QChildEvent):
            if event.type() == QEvent.Type.ChildPolished and isinstance(child := event.child(), QTabBar):
                # A tab that could change places with its neighbours would be dragged out by Qt.
                child.setMovable(False)
                child.installEventFilter(self)
            return False
        if isinstance(event, QKeyEvent):
            return self._followed_key(event)
        if not isinstance(event, QMouseEvent) or not isinstance(watched, QWidget):
            return False
        kind, left = event.type(), Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseButtonPress and event.button() == left:
            return self._press(watched, event)
        if kind == QEvent.Type.MouseMove and event.buttons() & left and watched is self._source:
            return self._move(event)
        if kind == QEvent.Type.MouseButtonRelease and event.button() == left and watched is self._source:
            return self._release(event)
        if kind == QEvent.Type.MouseButtonDblClick and event.button() == left and _is_title(watched, event):
            self._double_clicked.emit(self._bars[watched])
            return True
        return False

    def _press(self, source: QWidget, event: QMouseEvent) -> bool:
        if _is_title(source, event):
            self._dock = self._bars[source]
        else:
            self._dock = self._dock_of_tab(source, event.position().toPoint())
        self._source = source if self._dock is not None else None
        if self._dock is None:
            return False
        self._pressed_at = event.globalPosition().toPoint()
        self._grip = self._pressed_at - global_rect(self._dock).topLeft()
        # A tab is still to come forward; a title bar does nothing else.
        return source in self._bars

    def _move(self, event: QMouseEvent) -> bool:
        dock, source, pos = self._dock, self._source, event.globalPosition().toPoint()
        assert dock is not None
        assert source is not None
        of_tab = source not in self._bars
        if not self.is_dragging:
            far = (pos - self._pressed_at).manhattanLength() > QApplication.startDragDistance()
            # Who presses a tab means to choose it, until the mouse has left the bar.
            if not far or (of_tab and global_rect(source).contains(pos)):
                return True
            self.is_dragging = True
            source.grabKeyboard()
            if of_tab:
                self._grip = QPoint(min(80, dock.width() // 2), 12)
        if dock.isFloating():
            dock.move(pos - self._grip)
        self._show(self.landing_at(dock, pos, event.modifiers()))
        return True

    def _release(self, event: QMouseEvent) -> bool:
        dock, source, pos = self._dock, self._source, event.globalPosition().toPoint()
        was_dragging = self.is_dragging
        self._end()
        if was_dragging and dock is not None:
            self._let_go.emit(dock, self.landing_at(dock, pos, event.modifiers()))
        # A tab bar has to learn that the button is up.
        return source in self._bars

    def _followed_key(self, event: QKeyEvent) -> bool:
        if not self.is_dragging:
            return False
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self._end()
        return True

    def _end(self) -> None:
        if self._source is not None and self.is_dragging:
            self._source.releaseKeyboard()
        self.is_dragging = False
        self._dock = self._source = None
        self.band.hide()
        self.outline.hide()

    def _show(self, landing: Landing) -> None:
        inside, outside = landing.side not in ("float", "stay"), landing.side == "float"
        if inside:
            self.band.setGeometry(QRect(self._window.mapFromGlobal(landing.rect.topLeft()), landing.rect.size()))
            self.band.raise_()
        self.band.setVisible(inside)
        outside = outside and self._dock is not None and not self._dock.isFloating()
        if outside:
            self.outline.setGeometry(landing.rect)
        self.outline.setVisible(outside)

    def _dock_of_tab(self, source: QWidget, pos: QPoint) -> Dock | None:
        """Return the panel whose tab is at `pos` of the tab bar `source`."""
        if not isinstance(source, QTabBar) or (index := source.tabAt(pos)) < 0:
            return None
        title = source.tabText(index)
        return next((dock for dock in self._docks.values() if dock.windowTitle() == title), None)

    # -- where it goes ------------------------------------------------------------------------------------------

    def landing_at(
        self, dock: Dock, pos: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> Landing:
        """Return where `dock` comes to be when it is let go at `pos`, in global coordinates."""
        if not modifiers & Qt.KeyboardModifier.ControlModifier:
            for other in self._docks.values():
                if not other.isFloating() and other.is_seen and global_rect(other).contains(pos):
                    return self._landing_on(dock, other, pos)
            middle = self._window.centralWidget()
            if middle is not None and global_rect(middle).contains(pos):
                side = side_of(global_rect(middle), pos, ALONG)
                if side:
                    return Landing(side, part_of(global_rect(middle), side, 1 / 3))
        size = dock.size() if dock.isFloating() else dock.size().boundedTo(QSize(900, 700))
        return Landing("float", QRect(pos - self._grip, size))

    def _landing_on(self, dock: Dock, other: Dock, pos: QPoint) -> Landing:
        rect = global_rect(other)
        side = side_of(rect, pos, BESIDE)
        is_own = other is dock
        if is_own and not (side and self._companions(dock, dock)):
            return Landing("stay", QRect())
        if not side:
            return Landing("tab", rect, other)
        target = self._companions(dock, dock)[0] if is_own else other
        return Landing(side, part_of(rect, side, 0.5), target)

    def _companions(self, dock: Dock, apart_from: Dock) -> list[Dock]:
        """Return the panels that share the place of `dock`."""
        sharing = self._window.tabifiedDockWidgets(dock)
        return [other for other in self._docks.values() if other in sharing and other is not apart_from]

    @Slot(object)
    def _on_double_clicked(self, dock: Dock) -> None:
        dock.toggle_floating()
        self.landed.emit()

    @Slot(object, object)
    def _on_let_go(self, dock: Dock, landing: Landing) -> None:
        if landing.side == "stay":
            return
        if landing.side == "float":
            dock.float_at(landing.rect)
        else:
            dock.setFloating(False)
            if landing.target is None:
                self._window.addDockWidget(AREAS[landing.side], dock)
            elif landing.side == "tab":
                self._window.tabifyDockWidget(landing.target, dock)
            else:
                self._split(landing.target, dock, landing.side)
            dock.open()
        self.landed.emit()

    def _split(self, target: Dock, dock: Dock, side: str) -> None:
        """Put `dock` beside `target` and all that share its place."""
        window = self._window
        sharing = self._companions(target, dock)
        orientation = Qt.Orientation.Horizontal if side in ("left", "right") else Qt.Orientation.Vertical
        # Qt would take a place with tabs for an invitation to become one more of them, so the others step aside.
        for other in sharing:
            window.addDockWidget(window.dockWidgetArea(target), other)
        window.splitDockWidget(target, dock, orientation)
        if side in ("left", "top"):
            window.splitDockWidget(dock, target, orientation)
        for other in sharing:
            window.tabifyDockWidget(target, other)
        target.raise_()
