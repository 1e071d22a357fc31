"""What a map contrasts the present answer with: the network before the last surgery, or the network without a unit.

Surgery is noted as it happens, which keeps what the last frame has anyway; nothing is computed until it is asked for.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.core.layout import Layout
from nnviz.experiment.contrast import Contrast, Reference
from nnviz.experiment.frame import UnitId

#: Before: the other network's answer. After: the present one. Difference: the second minus the first.
Aspect = Literal["before", "after", "difference"]
ASPECTS: tuple[Aspect, ...] = ("before", "after", "difference")


class Contrasting(QObject):
    """The model behind the map's row of before, after and difference; views listen.

    Attributes
    ----------
    reference : Reference or None
        The network before the last surgery.
    unit : (layer, unit) or None
        Whose contribution is asked for; None: the surgery is.
    is_on : bool
        Whether anything is asked for.
    aspect : Aspect

    Signals
    -------
    changed : ()
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reference: Reference | None = None
        self.unit: UnitId | None = None
        self.is_on = False
        self.aspect: Aspect = "difference"

    @property
    def contrast(self) -> Contrast | None:
        """What the map is to show instead of the answer, None where that is the answer."""
        if not self.is_on or self.aspect == "after":
            return None
        other = None if self.unit is not None else self.reference
        return Contrast(self.aspect, self.unit, other)

    @Slot(object)
    def note(self, reference: Reference) -> None:
        """Keep the network as it is just before surgery."""
        self.reference = reference
        self.changed.emit()

    def show_surgery(self) -> None:
        """Contrast the network with that before the last surgery, where there was one."""
        if self.reference is not None:
            self._show(None)

    def show_unit(self, unit: UnitId) -> None:
        """Contrast the network with itself without a hidden unit."""
        self._show(unit)

    def _show(self, unit: UnitId | None) -> None:
        if not self.is_on or unit is None or self.unit is None:
            self.aspect = "difference"
        self.unit, self.is_on = unit, True
        self.changed.emit()

    @Slot(str)
    def set_aspect(self, aspect: Aspect) -> None:
        """Show before, after or the difference."""
        if aspect != self.aspect:
            self.aspect = aspect
            self.changed.emit()

    @Slot()
    def close(self) -> None:
        """Show the answer again."""
        if self.is_on:
            self.is_on = False
            self.changed.emit()

    def forget(self) -> None:
        """Know of no surgery: it was done to something else."""
        if self.reference is not None:
            self.reference = None
            if self.unit is None:
                self.is_on = False
            self.changed.emit()

    def keep_within(self, layout: Layout) -> None:
        """Close where the network shown has no such unit any more, or does not fit the one before."""
        if self.is_on:
            other = None if self.unit is not None else self.reference
            if not Contrast("difference", self.unit, other).fits(layout):
                self.close()
