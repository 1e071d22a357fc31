"""Which slice through many features the map shows: chosen, dragged, swept, or put through a point."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PARTS
from nnviz.experiment.frame import Hold, RowId
from nnviz.experiment.slices import has_row, in_force, middle_row, slice_distances
from nnviz.session.marking import Marks
from nnviz.session.view_settings import ViewSettings
from nnviz.ui.boundary.boundary_axes import example_at
from nnviz.ui.boundary.hold_row import HoldRow


class SliceControl(QObject):
    """Keeps the wanted `Hold` in the settings of a view; what a hand moves, only once it lets go.

    Attributes
    ----------
    row : HoldRow

    Signals
    -------
    requested : ()
        Another slice is wanted.
    values_wanted : tuple of float
        The user wants to choose values, beginning with these.
    values_moved : tuple of float
        Values of the slice that the slider has moved.
    """

    requested = Signal()
    values_wanted = Signal(object)
    values_moved = Signal(object)

    def __init__(self, settings: ViewSettings, row: HoldRow, marks: Marks, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._marks, self.row = settings, marks, row
        self._prepared: Prepared | None = None
        self._axes = (0, 1)
        self._moving: Hold | None = None
        row.chosen.connect(self._on_chosen)
        row.moved.connect(self._on_moved)
        row.settled.connect(self._on_settled)

    @property
    def wanted(self) -> Hold:
        """What is wanted of the other features; at their means where nothing else can be had."""
        view = self._settings.spec
        hold = self._moving or view.held
        return hold if self._prepared is None else in_force(self._prepared, hold, view.axes)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.row.set_theme(theme)

    def show(self, prepared: Prepared, axes: tuple[int, int]) -> None:
        """Take over other data, or another choice of axes."""
        if self._prepared is not prepared:
            self._moving = None
        self._prepared, self._axes = prepared, axes
        self.follow_view()

    def follow_view(self) -> None:
        """Show what is set."""
        if self._prepared is not None:
            self.row.show_hold(self._prepared, self._axes, self.wanted)

    def fits(self, old: Prepared, new: Prepared) -> bool:
        """Whether the slice means the same in both: the sample that it goes through has not become another."""
        row = self._settings.spec.held.row
        if row is None:
            return True
        if not (has_row(old, row) and has_row(new, row)):
            return False
        before, after = (data.features(*row) for data in (old, new))
        return np.array_equal(before, after)

    def forget(self) -> None:
        """Do what is usual with the other features: what was chosen belonged to other data."""
        self.row.stop()
        self._moving = None
        if self._settings.spec.hold in ("row", "values"):
            self._edit(Hold("auto"))

    def keep(self) -> None:
        """Go on with what is shown, where it was chosen for the user so far."""
        prepared, view = self._prepared, self._settings.spec
        if prepared is not None and prepared.train.n_features > 2 and view.hold == "auto":
            self._edit(self.wanted)

    def put_through(self, row: RowId | None) -> None:
        """Put a slice through a sample, or back through the means; averages and components stay what they are."""
        kind = self.wanted.kind
        if self._prepared is None or self._prepared.train.n_features <= 2:
            return
        if kind in ("average", "components") or (row is None and kind != "row"):
            return
        self.row.stop()
        self._edit(Hold() if row is None else Hold("row", row))

    def follow_values(self, values: tuple[float, ...]) -> None:
        """Let a slice through chosen values follow the example that is being tried."""
        if self.wanted.kind == "values" and self.wanted.values != values:
            self._moving = None
            self._edit(Hold("values", values=values))

    def example_at(self, place: tuple[float, float], row: RowId | None, values: tuple[float, ...]) -> tuple[float, ...]:
        """Return the example at a place of the map: the sample there, else `values` moved along the two axes."""
        prepared = self._prepared
        if prepared is None or len(values) != prepared.train.n_features:
            return values
        if row is not None:
            return tuple(prepared.features(*row).tolist())
        return example_at(place, values, prepared, self._axes, self.wanted)

    def _edit(self, hold: Hold) -> None:
        view = self._settings.spec
        self._moving = None
        # What was chosen for the user so far is chosen now, the features along the axes too.
        axes = self._axes if view.hold == "auto" and hold.kind != "auto" else view.axes
        self._settings.edit({"axes": axes, "hold": hold.kind, "through": hold.row, "held_values": hold.values})

    def _nearest_row(self, prepared: Prepared) -> RowId:
        """Return the row that is marked, or else the training row nearest to the present slice."""
        for part in PARTS:
            rows = self._marks.rows.part(part)
            if len(rows):
                return part, int(rows[0])
        distances = slice_distances(prepared, self._axes, self.wanted)
        return ("train", 0 if distances is None else int(np.argmin(distances[0])))

    @Slot(str)
    def _on_chosen(self, kind: str) -> None:
        prepared = self._prepared
        if prepared is None:
            return
        if kind == "row":
            self._edit(Hold("row", self._nearest_row(prepared)))
        elif kind == "values":
            values = tuple(middle_row(prepared, self.wanted).tolist())
            self._edit(Hold("values", values=values))
            self.values_wanted.emit(values)
        else:
            self._edit(Hold("means" if kind == "means" else "average" if kind == "average" else "components"))

    @Slot(int, float)
    def _on_moved(self, feature: int, value: float) -> None:
        if self._prepared is None:
            return
        values = middle_row(self._prepared, self.wanted).tolist()
        values[feature] = value
        self._moving = Hold("values", values=tuple(values))
        self.values_moved.emit(self._moving.values)
        self.requested.emit()

    @Slot()
    def _on_settled(self) -> None:
        if self._moving is not None:
            self._edit(self._moving)
        self.follow_view()
