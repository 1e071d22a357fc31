"""Which layers of a deep network have a column of their own in the diagram: plain counting, without any picture.

Inputs and outputs always have one. Between them stand as many hidden layers in a row as there is room for; where
others are left out, a gap says how many, and leads to them.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

SMALLEST_PITCH = 1.6
"""Where columns would stand closer than this, layers are left out; in lines of text."""
ELIDED_PITCH = 2.5
"""Distance that the columns then get."""
FEWEST_COLUMNS = 6
"""Inputs, a gap, two layers with the edges between them, a gap, outputs: below this there is nothing to see."""


class LayerGap(Struct, frozen=True):
    """Hidden layers without a column.

    Attributes
    ----------
    n_layers : int
    first : int
        Hidden layer (1 …) to begin with so as to turn one page towards them.
    """

    n_layers: int
    first: int


class LayerWindow(Struct, frozen=True):
    """A stretch of the hidden layers.

    Attributes
    ----------
    n_hidden : int
        All hidden layers.
    n_columns : int
        Columns there is room for, inputs, outputs and gaps among them.
    first : int
        Hidden layer (1 …) that the stretch is to begin with; one too far is brought back.
    """

    n_hidden: int
    n_columns: int
    first: int = 1

    @property
    def is_whole(self) -> bool:
        """Whether every layer has a column."""
        return self.n_hidden + 2 <= self._columns

    @property
    def layers(self) -> range:
        """The hidden layers that have a column, 1 … `n_hidden`."""
        if self.is_whole:
            return range(1, self.n_hidden + 1)
        # A gap never stands for one layer, which would have as much room itself.
        room, at_end = self._columns - 4, self.n_hidden - self._columns + 4
        if self.first < 3:
            return range(1, room + 2)
        if self.first >= at_end:
            return range(at_end, self.n_hidden + 1)
        return range(self.first, self.first + room)

    @property
    def _columns(self) -> int:
        return max(self.n_columns, FEWEST_COLUMNS)

    @property
    def slots(self) -> tuple[int | LayerGap, ...]:
        """What stands in the columns from left to right: layers (0: inputs) and gaps."""
        layers = self.layers
        before, after = layers.start - 1, self.n_hidden + 1 - layers.stop
        page = max(len(layers) - 1, 1)
        return (
            0,
            *((LayerGap(before, self.moved(-page).first),) if before else ()),
            *layers,
            *((LayerGap(after, self.moved(page).first),) if after else ()),
            self.n_hidden + 1,
        )

    def moved(self, steps: int) -> LayerWindow:
        """Return the stretch that begins so many layers further right, as far as there are any."""
        if self.is_whole:
            return self
        # 1, 3, 4, 5 …: a stretch from 2 on would hide one layer only.
        place = min(max(self.layers.start - 2, 0) + steps, self.n_hidden - self._columns + 2)
        return replace(self, first=place + 2 if place > 0 else 1)

    def showing(self, layer: int) -> LayerWindow:
        """Return the stretch moved as little as possible so that `layer` (0: inputs) has a column."""
        layers = self.layers
        if self.is_whole or layer in layers or not 1 <= layer <= self.n_hidden:
            return self
        first = layer if layer < layers.start else layer - (self._columns - 4) + 1
        return replace(self, first=max(first, 1))


def fitting_window(n_hidden: int, n_lines: float, first: int) -> LayerWindow:
    """Return which layers have a column in a width of `n_lines` lines of text: all, or as many as then stand apart."""
    closest = LayerWindow(n_hidden, int(n_lines / SMALLEST_PITCH), first)
    return closest if closest.is_whole else LayerWindow(n_hidden, int(n_lines / ELIDED_PITCH), first)
