"""The warp: a slider from the inputs through every layer to the answer, and how each layer is looked at."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import numpy as np
from PySide6.QtCore import QSignalBlocker, QTimer, Slot
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from nnviz.core.warp import PHASES, Look, Warp
from nnviz.drawing.theme import Theme
from nnviz.drawing.warp import WarpPicture
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.experiment.warped import WarpedData
from nnviz.session.marking import Marks
from nnviz.session.side_painter import SidePainter
from nnviz.ui.explain.warp_view import WarpView, paint_beside
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.calm import CalmComboBox, CalmSlider
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.widgets.live_line import LiveLine
from nnviz.ui.widgets.style import icon
from nnviz.ui.widgets.view_header import ViewHeader

#: Steps of the slider in a phase; phases a second while it plays; radians a second of a cloud.
STEPS, PHASES_A_SECOND, TURN = 50, 0.7, 0.5
TICK_MS = 33
#: Seconds between two pictures while a run trains: the eye follows, and the other views have the rest.
PAUSE_S = 1.0 / 15.0
#: Units of a layer that can be chosen.
MOST_CHOICES = 64


class WarpPanel(QFrame):
    """Shows the way of the data through the network of the last frame, while it is seen.

    Parameters
    ----------
    marks : Marks
    theme : Theme
    parent : QWidget or None

    Attributes
    ----------
    view : WarpView
    slider : CalmSlider
        How far the data have come, `STEPS` for each phase.
    """

    def __init__(self, marks: Marks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._marks, self._theme = marks, theme
        self._prepared: Prepared | None = None
        self._known: WarpedData | None = None
        self._frame: Frame | None = None
        self._warp: Warp | None = None
        self._looks: list[Look] = []
        self._angle = 0.0
        self._drawn_s = 0.0
        self._side = SidePainter(self)
        self._side.painted.connect(self._on_painted)
        self._timer = QTimer(self)
        self._timer.setObjectName("way of the data through the network")
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self.header = ViewHeader(self.tr("Warp"), self)
        self.view = WarpView(theme, self)
        self._build()
        self.view.chosen.connect(self._on_chosen)
        marks.changed.connect(self._redraw)
        self.set_theme(theme)

    def _build(self) -> None:
        tr = self.tr
        self.walk = QWidget(self)
        self.play_button = flat_button(
            self.walk, "", tr("Let the data go through the network by themselves"), name=tr("Play"), checkable=True
        )
        self.slider = CalmSlider(self.walk)
        self.slider.setAccessibleName(tr("How far the data have come"))
        self.slider.setToolTip(
            tr("From the inputs through each layer's linear map, shift and activation to the answer")
        )
        row = QHBoxLayout(self.walk)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.play_button)
        row.addWidget(self.slider, 1)
        self.title = LiveLine(self)
        self.title.setToolTip(
            tr("Where the data are; of a layer of more than two units, the variance that is seen of it")
        )
        self.choices = QWidget(self)
        self.look_box, self.first_box, self.second_box = (CalmComboBox(self.choices) for _ in range(3))
        for box, name, words in (
            (self.look_box, tr("Seen as"), tr("How a layer of more than two units is brought onto the screen")),
            (self.first_box, tr("Unit across"), tr("The unit whose value runs from left to right")),
            (self.second_box, tr("Unit upwards"), tr("The unit whose value runs upwards")),
        ):
            box.setAccessibleName(name)
            box.setToolTip(words)
        across = QHBoxLayout(self.choices)
        across.setContentsMargins(0, 0, 0, 0)
        for box in (self.look_box, self.first_box, self.second_box):
            across.addWidget(box, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(4)
        for part in (self.header, self.walk, self.title, self.choices):
            column.addWidget(part)
        column.addWidget(self.view, 1)
        self.slider.valueChanged.connect(self._on_moved)
        self.play_button.clicked.connect(self._on_play)
        self.look_box.activated.connect(self._on_look)
        for box in (self.first_box, self.second_box):
            box.activated.connect(self._on_units)

    # -- what is shown ------------------------------------------------------------------------------------------

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data."""
        self._prepared, self._known, self._frame, self._warp = prepared, None, None, None
        self.view.show_picture(None)

    @property
    def _data(self) -> WarpedData | None:
        """The rows and the grid, worked out when they are first looked at."""
        if self._known is None and self._prepared is not None:
            self._known = WarpedData(self._prepared)
        return self._known

    def show_frame(self, frame: Frame) -> None:
        """Follow the run, while the panel is seen."""
        before = self._frame.layout if self._frame is not None else None
        self._frame = frame
        if self.isVisible():
            if frame.layout != before:
                self._begin()
            if frame.is_moving and self._warp is not None:
                self._draw_beside()
            else:
                self._redraw()

    def _begin(self) -> None:
        """Take over a network of another shape."""
        frame, data = self._frame, self._data
        if frame is None or data is None:
            return
        sizes, usual = frame.layout.sizes, data.usual_looks(frame.layout.sizes)
        if len(self._looks) == len(sizes):
            # What was chosen stays where it still can be had.
            chosen = zip(self._looks, usual, sizes, strict=True)
            usual = [look if _fits(look, n_units) else other for look, other, n_units in chosen]
        self._looks = usual
        self._warp = None
        with QSignalBlocker(self.slider):
            self.slider.setMaximum(STEPS * PHASES * frame.layout.n_layers)
        self._show_choices()

    @property
    def at(self) -> float:
        """How far the data have come: every layer takes `PHASES`."""
        return self.slider.value() / STEPS

    @property
    def layer(self) -> int:
        """The layer whose space is seen: that which the data are on their way to."""
        return math.ceil(self.at / PHASES)

    def look(self) -> Look:
        """Return how that layer is looked at."""
        return self._looks[self.layer]

    @Slot()
    def _redraw(self) -> None:
        """Show what is asked for at once."""
        self._side.forget()
        work = self._work()
        if work is not None:
            self._show(*work())

    def _draw_beside(self) -> None:
        """Have the next picture painted while the window goes on, now and then."""
        now_s = time.monotonic()
        if now_s - self._drawn_s < PAUSE_S or self._side.is_busy:
            return
        work = self._work()
        if work is not None:
            self._drawn_s = now_s
            size, ratio, theme = self.view.size(), self.view.devicePixelRatioF(), self._theme

            def paint() -> tuple[Warp | None, WarpPicture | None, QImage | None]:
                warp, picture = work()
                return warp, picture, None if picture is None else paint_beside(picture, size, ratio, theme)

            self._side.paint(paint)

    def _work(self) -> Callable[[], tuple[Warp | None, WarpPicture | None]] | None:
        """Return what works the picture out, in any thread; None where there is nothing to be seen."""
        frame, data, looks = self._frame, self._data, list(self._looks)
        if frame is None or data is None or not self.isVisible() or len(looks) != len(frame.layout.sizes):
            return None
        former, angle, wanted = self._warp.views if self._warp is not None else (), self._angle, self.at
        marked = np.isin(data.rows, self._marks.rows.train)

        def work() -> tuple[Warp | None, WarpPicture | None]:
            warp = data.warp(frame, looks, angle, former)
            if warp is None:
                return None, None
            at = min(wanted, warp.end)
            places, grid = warp.places(data.X, at, data.lift), data.grid_places(warp, at)
            borders = data.borders(warp, looks, at)
            return warp, WarpPicture(places, data.classes, data.values, grid, borders, marked)

        return work

    @Slot(object)
    def _on_painted(self, painted: tuple[Warp | None, WarpPicture | None, QImage | None]) -> None:
        self._show(*painted)

    def _show(self, warp: Warp | None, picture: WarpPicture | None, painted: QImage | None = None) -> None:
        self._warp = warp
        self.view.show_picture(picture, painted)
        if warp is not None and self._frame is not None:
            self._say(self._frame, warp)
        else:
            self.title.setText(self.tr("Nothing that can be drawn"))

    def _say(self, frame: Frame, warp: Warp) -> None:
        """Say where the data are."""
        tr, layer = self.tr, self.layer
        if layer == 0:
            text = tr("The inputs")
        else:
            names = tr("linear map W · a"), tr("shift + b"), tr("activation {0}").format(frame.activations[layer - 1])
            phase = names[min(math.ceil(self.at - PHASES * (layer - 1)), PHASES) - 1]
            n_layers, sizes = frame.layout.n_layers, frame.layout.sizes
            place = tr("Output") if layer == n_layers else tr("Hidden {0}").format(layer)
            text = tr("{0}: {1} ({2} → {3})").format(place, phase, sizes[layer - 1], sizes[layer])
        share = warp.views[layer].share
        if frame.layout.sizes[layer] > 2 and self.look() != "cloud":
            text = tr("{0} · {1} % seen").format(text, round(100.0 * share))
        self.title.setText(text)

    def _show_choices(self) -> None:
        """Offer what there is for the layer that is seen."""
        frame = self._frame
        if frame is None or not self._looks:
            return
        n_units, look = frame.layout.sizes[self.layer], self.look()
        self.choices.setVisible(n_units > 2)
        with QSignalBlocker(self.look_box):
            self.look_box.clear()
            self.look_box.addItem(self.tr("principal plane"), "plane")
            self.look_box.addItem(self.tr("two units"), "pair")
            if n_units == 3:
                self.look_box.addItem(self.tr("turning cloud"), "cloud")
            self.look_box.setCurrentIndex(self.look_box.findData("pair" if isinstance(look, tuple) else look))
        for place, box in enumerate((self.first_box, self.second_box)):
            box.setVisible(isinstance(look, tuple))
            with QSignalBlocker(box):
                box.clear()
                for unit in range(min(n_units, MOST_CHOICES)):
                    box.addItem(self.tr("unit {0}").format(unit + 1), unit)
                box.setCurrentIndex(look[place] if isinstance(look, tuple) else -1)
        self._run_clock()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.view.set_theme(theme)
        self.play_button.setIcon(icon("pause" if self.play_button.isChecked() else "play", theme))

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Warp")
        yield Hideable("warp.walk", group, self.tr("the slider"), (self.walk,))
        yield Hideable("warp.looks", group, self.tr("how a layer is looked at"), (self.choices,))

    # -- what the user does -------------------------------------------------------------------------------------

    @Slot()
    def _on_moved(self) -> None:
        self._show_choices()
        self._redraw()

    @Slot(bool)
    def _on_play(self, playing: bool) -> None:
        if playing and self.slider.value() >= self.slider.maximum():
            self.slider.setValue(0)
        self.set_theme(self._theme)
        self._run_clock()

    @Slot()
    def _on_tick(self) -> None:
        seconds = TICK_MS / 1000.0
        self._angle = (self._angle + TURN * seconds) % (2.0 * math.pi)
        if self.play_button.isChecked():
            value = self.slider.value() + max(1, round(STEPS * PHASES_A_SECOND * seconds))
            self.slider.setValue(value)
            if value >= self.slider.maximum():
                self.play_button.setChecked(False)
                self.set_theme(self._theme)
                self._run_clock()
        elif self._looks:
            self._redraw()

    def _run_clock(self) -> None:
        """Let time go on while something moves by itself."""
        turns = bool(self._looks) and self._frame is not None and self.look() == "cloud"
        moves = self.isVisible() and (self.play_button.isChecked() or turns)
        if moves and not self._timer.isActive():
            self._timer.start()
        elif not moves:
            self._timer.stop()

    @Slot()
    def _on_look(self) -> None:
        kind = self.look_box.currentData()
        self._choose((0, 1) if kind == "pair" else kind)

    @Slot()
    def _on_units(self) -> None:
        self._choose((int(self.first_box.currentData()), int(self.second_box.currentData())))

    def _choose(self, look: Look) -> None:
        self._looks[self.layer] = look
        # A plane is not to be turned towards the two units that were seen before.
        self._warp = None
        self._show_choices()
        self._redraw()

    @Slot(object, bool)
    def _on_chosen(self, found: np.ndarray, more: bool) -> None:
        if self._data is None:
            return
        rows, marked = self._data.rows[found], self._marks.rows
        if not more:
            self._marks.set(train=rows)
        elif len(rows) == 1:
            self._marks.toggle(("train", int(rows[0])))
        else:
            both = np.union1d(marked.train, rows)
            self._marks.set(train=both, validation=marked.validation, test=marked.test)

    def stop(self) -> None:
        """Stop every timer."""
        self._timer.stop()
        self._side.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has come meanwhile."""
        super().showEvent(event)
        self._begin()
        self._redraw()

    def hideEvent(self, event: QHideEvent) -> None:
        """Cost nothing while nobody looks."""
        super().hideEvent(event)
        self._timer.stop()
        self._side.forget()


def _fits(look: Look, n_units: int) -> bool:
    """Whether a layer of so many units can be looked at so."""
    if isinstance(look, tuple):
        return n_units > 1 and max(look) < n_units
    return n_units == 3 if look == "cloud" else n_units > 2
