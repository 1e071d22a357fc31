"""What the map shows instead of the answer: the unit that was chosen or that the mouse is over, or a contrast."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from nnviz.experiment.contrast import Contrast
from nnviz.experiment.frame import Frame, UnitId


class ShownUnit(Struct):
    """The unit that was chosen, and the one that takes its place for as long as the mouse rests on it.

    Attributes
    ----------
    chosen, previewed : (int, int) or None
        Layer and unit.
    contrast : Contrast or None
        What is shown in the place of the chosen unit, too.
    """

    chosen: UnitId | None = None
    previewed: UnitId | None = None
    contrast: Contrast | None = None

    @property
    def contrast_on_map(self) -> Contrast | None:
        """What the map is to contrast, while no unit is looked at in passing."""
        return None if self.previewed is not None else self.contrast

    @property
    def to_be_told(self) -> UnitId | None:
        """The unit of which it has to be said that the map shows it."""
        return None if self.contrast is not None else self.chosen

    def choose(self, unit: UnitId | None) -> None:
        """Choose another unit, or none; the preview ends."""
        self.chosen, self.previewed = unit, None

    def keep_within(self, sizes: Sequence[int]) -> None:
        """Go on with the unit that was chosen where a network of other data has it, as the diagram does."""
        unit = self.chosen
        exists = unit is not None and unit[0] < len(sizes) and unit[1] < sizes[unit[0]]
        self.choose(unit if exists else None)

    def on_map(self, frame: Frame | None, *, parts: bool) -> UnitId | None:
        """Return the unit whose function the map is to show; None: the answer."""
        if self.on_curve(frame, parts=parts) is not None or self.contrast_on_map is not None:
            return None
        return self.previewed or self.chosen

    def on_curve(self, frame: Frame | None, *, parts: bool) -> int | None:
        """Return the unit of the last hidden layer whose part of the curve stands out instead of taking its place.

        Only where `parts` of the curve are drawn, and the plane of `frame` has them.
        """
        unit = self.previewed or self.chosen
        if unit is None or not parts or frame is None or frame.plane is None or frame.plane.parts is None:
            return None
        return unit[1] if unit[0] == frame.layout.n_layers - 1 else None
