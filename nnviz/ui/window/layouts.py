"""Arrangements of the window, one key away: which docks are open, which are tabbed, and how much room each has.

What the user moves by hand is remembered between runs; a layout brings docks back to where everybody expects them.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QObject, QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from nnviz.drawing.theme import Theme
from nnviz.session.commands import Change
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions
from nnviz.ui.commands.arrangements import LAYOUTS, STATE_VERSION, Arrangement
from nnviz.ui.plots.plot import Plot
from nnviz.ui.widgets.stored_settings import say_dropped, stored_bytes
from nnviz.ui.window.dock_drag import DockDrag
from nnviz.ui.window.docks import Dock, leave_separators

#: How high the map and its axes stay, whatever panel opens below them; in heights of the window.
LEAST_PICTURE = 0.2
#: Of what the map and the loss plot have together, what is left to that of which a lesson speaks.
LEAST_SHARE = 0.4


class Layouts(QObject):
    """Applies layouts to a window and keeps its arrangement between runs.

    Parameters
    ----------
    window : QMainWindow
    docks : mapping of str to Dock
        With "setup", "boundary" and "loss", which a `Arrangement` places; any other shares the place of one of them, or
        stays where it is.
    state : ExperimentState
    actions : Actions
    theme : Theme
        Larger type needs a wider set-up.

    Attributes
    ----------
    is_sized, is_restored : bool
        Whether the window has its size and its docks their places from the last time.

    Signals
    -------
    arranged : ()
        Docks have come and gone.
    """

    arranged = Signal()

    def __init__(
        self, window: QMainWindow, docks: Mapping[str, Dock], state: ExperimentState, actions: Actions, theme: Theme
    ) -> None:
        super().__init__(window)
        self._window, self._docks, self._state, self._theme = window, docks, state, theme
        self.is_sized = self.is_restored = False
        self._left: tuple[QByteArray, QByteArray] | None = None
        self._held: tuple[QByteArray, QByteArray] | None = None
        #: How high the map was, and is, since a panel below it has needed more.
        self._lent: tuple[int, int] | None = None
        self._spoken_of = ""
        self._sharing = QTimer(self, singleShot=True, interval=0)
        self._sharing.timeout.connect(self._share)
        self.drag = DockDrag(window, {name: dock for name, dock in docks.items() if not dock.panel.is_slim})
        self.drag.landed.connect(self.arranged)
        for dock in docks.values():
            if dock.panel.tab_of:
                dock.opened.connect(self._on_opened)
                dock.toggleViewAction().toggled.connect(self._on_toggled)
        for action in actions.layouts.values():
            action.triggered.connect(self._on_chosen)
        actions.reset_layout.triggered.connect(self._on_reset)
        state.applied.connect(self._on_applied)

    def set_theme(self, theme: Theme) -> None:
        """Divide the window after the theme's type from now on."""
        self._theme = theme

    def apply(self, layout: Arrangement) -> None:
        """Bring every dock back to its place in `layout`.

        Those that it has no place for stay open where they are, and in front where they were seen.
        """
        window, docks, self._lent = self._window, self._docks, None
        setup, boundary, loss = docks["setup"], docks["boundary"], docks["loss"]
        placed = (setup, boundary, loss)
        sharing = [dock for dock in docks.values() if dock.panel.tab_of]
        open_ = {dock for dock in docks.values() if not dock.isHidden()}
        leave_separators(window)
        seen = [dock for dock in sharing if dock.is_seen]
        for dock in (dock for dock in docks.values() if not dock.panel.is_slim):
            dock.setFloating(False)
            window.removeDockWidget(dock)
            window.addDockWidget(dock.panel.area, dock)
        if layout.tabbed:
            window.tabifyDockWidget(boundary, loss)
        else:
            window.splitDockWidget(boundary, loss, Qt.Orientation.Vertical)
        for dock in sharing:
            window.tabifyDockWidget(docks[dock.panel.tab_of], dock)
        setup.setVisible(layout.setup)
        boundary.show()
        loss.show()
        for dock in docks.values():
            if dock not in placed:
                dock.setVisible(dock in open_)
        for dock in seen or [loss]:
            dock.raise_()
        boundary.raise_()
        self.proportion(layout)
        self.arranged.emit()

    def proportion(self, layout: Arrangement) -> None:
        """Divide the window as `layout` means it; docks that are hidden or float are left alone."""
        window, docks = self._window, self._docks
        width, height = window.width(), window.height()
        large = self._theme.font_size / 10.0
        # In large type on a small screen the set-up would take from the network what that needs for its names; on a
        # wall it may be narrower than its rows.
        most = max(268.0 if self._theme.projected else 268.0 * large, 0.25 * width)
        setup = round(min(max(268.0, min(330.0, 0.2 * width)) * large, most))
        # Asked for less than that, Qt gives what is missing to another dock.
        setup = max(setup, docks["setup"].minimumSizeHint().width())
        # Room for the name of the map beside its switches, or for the short one in large type.
        views = max(478, round(layout.views * width), docks["boundary"].title_bar.readable_width())
        window.resizeDocks([docks["setup"], docks["boundary"]], [setup, views], Qt.Orientation.Horizontal)
        if not layout.tabbed:
            shares = [round(layout.boundary * height), round((1.0 - layout.boundary) * height)]
            window.resizeDocks([docks["boundary"], docks["loss"]], shares, Qt.Orientation.Vertical)

    def arrangement(self) -> QByteArray:
        """Return where every dock is at present."""
        return self._window.saveState(STATE_VERSION)

    def put_back(self, arrangement: QByteArray) -> bool:
        """Bring every dock to where it was; return whether that could be done."""
        # Panels that it closes give no height back: while docks are put back, Qt knows no sizes of theirs.
        self._lent = None
        leave_separators(self._window)
        done = self._window.restoreState(arrangement, STATE_VERSION)
        self.arranged.emit()
        return done

    def restore(self, settings: QSettings) -> None:
        """Arrange the window as it was when it was closed."""
        geometry, state = stored_bytes(settings, "geometry"), stored_bytes(settings, "docks")
        # Qt refuses what is from a screen of a very different size.
        self.is_sized = geometry is not None and self._window.restoreGeometry(geometry)
        self.is_restored = state is not None and self.put_back(state)
        for key, value, is_taken in (("geometry", geometry, self.is_sized), ("docks", state, self.is_restored)):
            if value is not None and not is_taken:
                say_dropped(settings, key)

    def hold(self) -> None:
        """Keep size and arrangement as they are now, whatever becomes of the window until it is released."""
        self._held = self._window.saveGeometry(), self.arrangement()

    def release(self) -> None:
        """Keep what is from now on."""
        self._held = None

    def close(self) -> None:
        """Hide the window and the docks that float, which are windows of their own; what `save` keeps is from before.

        Ending may take until a first compilation is done, and nobody should have to watch that.
        """
        self._left = self._held or (self._window.saveGeometry(), self.arrangement())
        self._window.hide()
        for dock in self._docks.values():
            if dock.isFloating():
                dock.hide()

    def save(self, settings: QSettings) -> None:
        """Keep the present arrangement; while the projector view is open, the one before it."""
        geometry, docks = self._left or self._held or (self._window.saveGeometry(), self.arrangement())
        settings.setValue("geometry", geometry)
        settings.setValue("docks", docks)

    @Slot()
    def _on_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        layout = LAYOUTS[str(action.data())]
        state = self._state
        state.set_view(state.experiment.view.edited(layout=layout.name))
        self.apply(layout)

    @Slot()
    def _on_reset(self) -> None:
        self.apply(LAYOUTS["explore"])

    def show_well(self, name: str) -> None:
        """Give the map or the loss plot, of which somebody speaks, its share of the height that both have.

        Soon: once what is said has taken its own.
        """
        self._spoken_of = name
        self._sharing.start()

    @Slot()
    def _share(self) -> None:
        name, boundary, loss = self._spoken_of, self._docks["boundary"], self._docks["loss"]
        self._settle()
        plots = {dock.panel.name: dock.panel.widget.findChild(Plot) for dock in (boundary, loss)}
        spoken_of = plots.get(name)
        beside = [dock for dock in (boundary, loss) if dock.is_seen and not dock.isFloating()]
        if spoken_of is None or len(beside) < 2 or boundary.x() != loss.x():
            return
        missing = round(LEAST_SHARE * sum(plot.height() for plot in plots.values() if plot is not None))
        missing -= spoken_of.height()
        if missing > 0:
            self._divide(loss, boundary.height() + (missing if name == "boundary" else -missing))

    def _settle(self) -> None:
        """Let docks have their sizes now."""
        layout = self._window.layout()
        if layout is not None:
            layout.activate()

    def _divide(self, dock: Dock, height: int) -> None:
        """Let the map be so high, and `dock` below it take the rest."""
        boundary = self._docks["boundary"]
        for _ in range(2):
            # Where a tab has just come or gone the heights are still those of before: the second time they are right.
            rest = boundary.height() + dock.height() - height
            self._window.resizeDocks([boundary, dock], [height, rest], Qt.Orientation.Vertical)
            self._settle()

    @Slot()
    def _on_opened(self) -> None:
        """Give a panel with a table or a picture the height that it needs, which is more than that of curves."""
        dock = self.sender()
        assert isinstance(dock, Dock)
        window = self._window
        if dock.isFloating() or not window.isVisible() or dock not in window.tabifiedDockWidgets(self._docks["loss"]):
            return
        self._settle()
        boundary = self._docks["boundary"]
        height, missing = boundary.height(), round(min(0.42 * window.height(), 32.0 * self._theme.font_size))
        picture = boundary.panel.widget.findChild(Plot)
        if picture is not None:
            # Rows and sentences around the map have taken their part already.
            missing = min(missing, dock.height() + picture.height() - round(LEAST_PICTURE * window.height()))
        missing -= dock.height()
        if missing > 0 and self._lent is None:
            self._divide(dock, height - missing)
            self._lent = (height, boundary.height())

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        """Give the map its height back once no such panel is left, unless somebody has divided them anew."""
        lent, window, loss = self._lent, self._window, self._docks["loss"]
        if shown or lent is None or not window.isVisible():
            return
        if any(not dock.isHidden() for dock in window.tabifiedDockWidgets(loss)):
            return
        self._lent = None
        self._settle()
        if self._docks["boundary"].height() == lent[1]:
            self._divide(loss, lent[0])

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        """Arrange the window as an opened document asks for."""
        wanted = change.new.view.layout
        if change.kind == "replace" and wanted:
            self.apply(LAYOUTS[wanted])
