"""Where units are zero on the map: which lines and curves there are, and what a change of a line writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from nnviz.core.layout import Array
from nnviz.core.masks import FREE
from nnviz.drawing.theme import Theme
from nnviz.drawing.unit_lines import ShownLines
from nnviz.experiment import Prepared
from nnviz.experiment.frame import MAIN, Frame, Hold, Range, UnitId
from nnviz.experiment.grids import Grids
from nnviz.experiment.schema import ViewSpec
from nnviz.experiment.subject import Network, network_of
from nnviz.experiment.unit_lines import (
    CurveField,
    LinearPlane,
    Obstacle,
    curve_field,
    linear_plane,
    shown_units,
)
from nnviz.session.controller import Controller
from nnviz.ui.boundary.line_item import LineItem
from nnviz.ui.plots.plot import Plot

if TYPE_CHECKING:
    from nnviz.core.lines import Line, Place


class LineWeights(Struct, frozen=True, eq=False):
    """The line of a unit and the weights behind it, as they were when a hand took it.

    Attributes
    ----------
    network : (int, Layout)
    unit : int
        Of its first layer.
    line : Line
        In plot coordinates.
    plane : LinearPlane
    weights : ndarray ``(n_inputs,)``
    bias : float
    free : ndarray of bool ``(n_inputs,)``
        Which weights are not held by a mask.
    """

    network: Network
    unit: int
    line: Line
    plane: LinearPlane
    weights: Array
    bias: float
    free: NDArray[np.bool_]


class LineLayer(QObject):
    """Shows the lines of the units on a map, and writes the weights that bring one elsewhere.

    Parameters
    ----------
    plot : Plot
    controller : Controller
    theme : Theme
    name : str
        Of the map. Curves need the small maps of the units, which are those of `MAIN`.
    is_live : bool
        Whether the map shows the run in the foreground: only that can be changed.

    Attributes
    ----------
    item : LineItem
    sentence : str
        What is to be known about the lines; empty where there is nothing to say.
    selected : (layer, unit) or None
        Whose line stands out while the pointer is on none.

    Signals
    -------
    noted : ()
        `sentence` is another one.
    layers_changed : object
        `layers` are other ones.
    """

    noted = Signal()
    layers_changed = Signal(object)

    def __init__(self, plot: Plot, controller: Controller, theme: Theme, name: str, *, is_live: bool) -> None:
        super().__init__(plot)
        self._controller = controller
        self._has_maps, self._is_live = name == MAIN, is_live
        self.item = LineItem(plot.plotItem, theme)
        self.sentence = ""
        self._frame: Frame | None = None
        self._view = ViewSpec()
        self._shown_for: tuple[Prepared, tuple[int, int], Hold] | None = None
        self._plane: LinearPlane | Obstacle = "average"
        self._ranges: tuple[Range, Range] | None = None
        self.selected: UnitId | None = None
        self._pointed: UnitId | None = None
        # Whose line was changed last: what is on its way to the worker is drawn before a frame shows it.
        self._changed_unit = -1
        self._told_layers: tuple[int, ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether any lines are shown."""
        return self._frame is not None and (self._view.unit_lines or self._view.unit_curves)

    @property
    def layers(self) -> tuple[int, ...]:
        """The layers whose units have lines or curves on the map."""
        field = self.item.shown.field
        straight = (1,) if self.item.shown.lines else ()
        return straight + (field.layers if field is not None else ())

    @property
    def can_grab(self) -> bool:
        """Whether a line can be changed: its place says which weights, and there are biases, and it is the present."""
        frame = self._frame
        return (
            self._is_live
            and frame is not None
            and frame.is_live
            and frame.has_biases
            and frame.run_id == self._controller.run_id
            and isinstance(self._plane, LinearPlane)
        )

    def show(self, frame: Frame, prepared: Prepared, axes: tuple[int, int], hold: Hold, view: ViewSpec) -> None:
        """Show the lines of a frame over the slice that its map shows, as far as `view` asks for them."""
        self._view = view
        if not (view.unit_lines or view.unit_curves):
            self.clear()
            return
        before = self._shown_for
        if before is None or before[0] is not prepared or before[1:] != (axes, hold):
            self._shown_for = prepared, axes, hold
            self._plane = linear_plane(prepared, axes, hold)
            is_plane = prepared.dataset.n_features > 1
            self._ranges = Grids(prepared).fitted(axes, hold) if is_plane else None
        # A frame of the network before may come late.
        self._frame = frame if frame.layout.sizes[0] == prepared.inputs.n_inputs else None
        self._redraw()

    def clear(self) -> None:
        """Show nothing."""
        if self._frame is not None:
            self._frame, self._pointed = None, None
            self._redraw()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.item.set_theme(theme)

    def select(self, unit: UnitId | None) -> None:
        """Let the line of a unit stand out, with the ring that turns it."""
        self.selected = unit
        self._redraw()

    def point(self, unit: UnitId | None) -> None:
        """Let the line of a unit stand out for as long as the pointer is on it."""
        if unit != self._pointed:
            self._pointed = unit
            self._redraw()

    @property
    def lit(self) -> UnitId | None:
        """The unit whose line stands out."""
        return self._pointed or self.selected

    def _redraw(self) -> None:
        frame, lit = self._frame, self.lit
        if frame is None:
            self.item.show_lines(ShownLines({}))
        else:
            lines = dict(self._lines(frame))
            held = lit[1] if lit is not None and lit[0] == 1 and lit[1] in lines and self.can_grab else None
            self.item.show_lines(ShownLines(lines, self._field(frame), lit, held))
        if self.layers != self._told_layers:
            self._told_layers = self.layers
            self.layers_changed.emit(self._told_layers)
        sentence = self._sentence()
        if sentence != self.sentence:
            self.sentence = sentence
            self.noted.emit()

    def _lines(self, frame: Frame) -> Iterator[tuple[int, Line]]:
        from nnviz.core.lines import Line

        if not self._view.unit_lines or not isinstance(self._plane, LinearPlane):
            return
        units = shown_units(frame.layout.sizes[1])
        weights = frame.layout.weights(frame.parameters)[0][units.start : units.stop]
        biases = frame.layout.biases(frame.parameters)[0][units.start : units.stop]
        if self._changed_unit in units and self.can_grab:
            present = self._present(frame, self._changed_unit)
            if present is not None:
                weights, biases = weights.copy(), biases.copy()
                weights[self._changed_unit], biases[self._changed_unit] = present
        for unit, (a, b, c) in enumerate(self._plane.lines(weights, biases).tolist()):
            yield unit, Line(a, b, c)

    def _field(self, frame: Frame) -> CurveField | None:
        if self._ranges is None or not self._has_maps:
            return None
        is_curved = self._view.unit_lines and not isinstance(self._plane, LinearPlane)
        last_hidden = frame.layout.n_layers - 1
        last = last_hidden if self._view.unit_curves else 1
        return curve_field(frame, self._ranges, 1 if is_curved else 2, max(last, 1 if is_curved else 0))

    def _sentence(self) -> str:
        frame = self._frame
        if frame is None or not self._view.unit_lines:
            return ""
        if self._plane == "derived":
            return self.tr("With derived inputs the lines of the units are curves, which cannot be dragged.")
        if self._plane == "average":
            return self.tr("Over an average the lines of the units cannot be dragged; hold the other features instead.")
        if self._plane == "categories":
            return self.tr("Over categories the lines of the units cannot be dragged; choose axes that are numbers.")
        if not self._is_live or not frame.is_live:
            return self.tr("Only the lines of the present can be dragged.")
        if not frame.has_biases:
            return self.tr("Without biases the lines of the units cannot be dragged: nothing can move them.")
        if frame.layout.sizes[1] > len(shown_units(frame.layout.sizes[1])):
            n_shown = len(shown_units(frame.layout.sizes[1]))
            return self.tr("The lines of the first {0} units of {1} are shown.").format(n_shown, frame.layout.sizes[1])
        return ""

    # -- what a change of a line writes --------------------------------------------------------------------------

    def take(self, unit: int) -> LineWeights | None:
        """Return the line of a unit as it is now; None where it cannot be changed, which is said."""
        frame = self._frame
        if frame is None or not self.can_grab or not isinstance(self._plane, LinearPlane):
            return None
        line = self.item.shown.lines.get(unit)
        if line is None:
            return None
        places, bias_place = self._places(frame, unit)
        free = np.ones(len(places), dtype=bool)
        if frame.masks:
            codes = frame.masks.codes
            free = codes[places.start : places.stop] == FREE
            if codes[bias_place] != FREE or not free.any():
                words = self.tr("The weights of this unit are frozen, pinned or cut; release them to move its line.")
                self._controller.message.emit("info", words)
                return None
        present = self._present(frame, unit)
        if present is None:
            return None
        weights, bias = present
        return LineWeights(network_of(frame), unit, line, self._plane, weights, bias, free)

    def bring(self, taken: LineWeights, line: Line, pivot: Place, key: str) -> None:
        """Bring a line that was taken to where `line` is, or as near as the free weights of its unit can.

        Parameters
        ----------
        taken : LineWeights
        line : Line
            In plot coordinates.
        pivot : (float, float)
            A place that it goes through in any case.
        key : str
            Merge key: all steps of one drag have the same.
        """
        self._write(taken, *taken.plane.weights_for(taken.weights, line, pivot, taken.free), key)

    def steepen(self, taken: LineWeights, factor: float, key: str) -> None:
        """Multiply the weights of a line that was taken, and its bias: it stays where it is, on every slice."""
        if not taken.free.all():
            words = self.tr("Some weights of this unit are frozen, pinned or cut; release them to make it steeper.")
            self._controller.message.emit("info", words)
            return
        self._write(taken, factor * taken.weights, factor * taken.bias, key)

    def _write(self, taken: LineWeights, weights: Array, bias: float, key: str) -> None:
        frame = self._frame
        if frame is None or network_of(frame) != taken.network or not self.can_grab:
            return
        places, bias_place = self._places(frame, taken.unit)
        values = {
            places[k]: float(weights[k]) for k in np.flatnonzero(taken.free & (weights != taken.weights)).tolist()
        }
        # What an earlier step of the same drag has changed is written again, though it may be as it was.
        values |= {places[k]: float(weights[k]) for k in np.flatnonzero(taken.plane.along.any(axis=1) & taken.free)}
        self._changed_unit = taken.unit
        self._controller.edit_parameters(values | {bias_place: bias}, self.tr("move the line of a unit"), key)
        self._redraw()

    def _present(self, frame: Frame, unit: int) -> tuple[Array, float] | None:
        places, bias_place = self._places(frame, unit)
        found = self._controller.present_parameters(network_of(frame), [*places, bias_place])
        return (np.array([found[place] for place in places]), found[bias_place]) if found else None

    @staticmethod
    def _places(frame: Frame, unit: int) -> tuple[range, int]:
        start = frame.layout.weight_index(1, unit, 0)
        return range(start, start + frame.layout.sizes[0]), frame.layout.bias_index(1, unit)
