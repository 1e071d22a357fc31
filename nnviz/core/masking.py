"""What can be done to the weights and units of a network besides training them: freeze, pin, cut, mute."""

from __future__ import annotations

import math

from nnviz.core.arguments import instance, real, whole
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array, Layout
from nnviz.core.masks import Mask, Masks, change_masks


class Maskable:
    """The part of a `nnviz.Network` that holds parameters still. All of it may be done while a trainer trains it."""

    layout: Layout
    bias: bool
    _parameters: Array
    _masks: Masks

    @property
    def masks(self) -> Masks:
        """What training leaves alone, and which units are silent; another `nnviz.core.masks.Masks` may be assigned."""
        return self._masks

    @masks.setter
    def masks(self, masks: Masks) -> None:
        if instance(masks, Masks, "masks").layout != self.layout:
            raise SettingError("These masks are of a network with other layers.")
        if not self.bias and any(mask.kind == "pinned" and mask.source is None for mask in masks.entries):
            raise SettingError("This network has no biases that could be pinned; make one with bias=True.")
        if masks.entries != self._masks.entries:
            self._masks = change_masks(self._parameters, self._masks, masks)

    def freeze(self, layer: int, unit: int | None = None) -> None:
        """Let training leave alone all that leads into a unit, its bias too, or into all units of a layer.

        Parameters
        ----------
        layer : int
            Counted from 1, the first one with weights.
        unit : int, optional
            Counted from 0; None: the whole layer.

        Examples
        --------
        >>> import nnviz
        >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
        >>> net = nnviz.Network([2, 4, 1], seed=0)
        >>> net.freeze(1)
        >>> before = net.weights[0].copy()
        >>> _ = nnviz.Trainer(net, data.X, data.y, optimizer="adam").run(epochs=5)
        >>> bool((net.weights[0] == before).all())
        True
        """
        self._add(Mask("frozen", whole(layer, "layer", 1), None if unit is None else whole(unit, "unit")))

    def pin(self, layer: int, unit: int, source: int | None = None, value: float | None = None) -> None:
        """Hold one weight at a value, that of now where none is given; without a source the unit's bias.

        Parameters
        ----------
        layer, unit : int
            Where the weight leads to, as for `freeze`.
        source : int, optional
            The unit of the layer before, or the input, that it comes from.
        value : float, optional
        """
        mask = Mask("pinned", whole(layer, "layer", 1), whole(unit, "unit"), _source(source), 0.0)
        Masks(self.layout, (mask,))
        if value is None:
            place = (
                self.layout.bias_index(mask.layer, int(mask.unit or 0))
                if mask.source is None
                else self.layout.weight_index(mask.layer, int(mask.unit or 0), mask.source)
            )
            value = float(self._parameters[place])
        number = real(value)
        if number is None or not math.isfinite(number):
            raise SettingError("A weight must be a finite number, not {0!r}.", value)
        self._add(Mask("pinned", mask.layer, mask.unit, mask.source, float(number)))

    def cut(self, layer: int, unit: int, source: int) -> None:
        """Take one connection away: its weight is 0 and stays so; `release` lets it grow again.

        Parameters
        ----------
        layer, unit, source : int
            As for `pin`.
        """
        self._add(Mask("cut", whole(layer, "layer", 1), whole(unit, "unit"), whole(source, "source")))

    def mute(self, layer: int, unit: int) -> None:
        """Let a hidden unit answer 0, whatever it is given, until it is released; it does not learn meanwhile.

        Parameters
        ----------
        layer, unit : int
            As for `freeze`.

        Examples
        --------
        >>> import nnviz
        >>> net = nnviz.Network([2, 4, 1], activation="sigmoid", seed=0)
        >>> before = net.predict([[1.0, 2.0]])
        >>> net.mute(1, 2)
        >>> float(net.forward([[1.0, 2.0]])[1][0, 2])
        0.0
        >>> net.release(1, 2)
        >>> bool((net.predict([[1.0, 2.0]]) == before).all())
        True
        """
        self._add(Mask("muted", whole(layer, "layer", 1), whole(unit, "unit")))

    def release(self, layer: int | None = None, unit: int | None = None, source: int | None = None) -> None:
        """Take masks away again: those of one weight, of a unit, of a layer with all that is in it, or all of them.

        Parameters
        ----------
        layer, unit, source : int, optional
            As for `pin`; None: all.
        """
        wanted = (
            None if layer is None else whole(layer, "layer", 1),
            None if unit is None else whole(unit, "unit"),
            _source(source),
        )
        if any(given is None and any(rest is not None for rest in wanted[n:]) for n, given in enumerate(wanted)):
            raise SettingError("A source needs its unit, and a unit its layer.")

        def is_meant(mask: Mask) -> bool:
            place = mask.layer, mask.unit, mask.source
            return all(of_all is None or of_all == own for of_all, own in zip(wanted, place, strict=True))

        self.masks = Masks(self.layout, tuple(mask for mask in self._masks.entries if not is_meant(mask)))

    def _add(self, mask: Mask) -> None:
        self.masks = self._masks.adding(mask)


def _source(source: int | None) -> int | None:
    return None if source is None else whole(source, "source")
