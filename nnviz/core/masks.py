"""Masks: which weights and biases training leaves alone, and which units are silent.

A mask is of one weight or bias, of all that leads into a unit, or of a whole layer. What is held keeps its value to
the last bit, whatever the optimiser, its memory, weight decay, penalties and clipping would do; its gradient counts as
zero. A muted unit is one whose answer reaches nobody: what leads out of it is held at zero, and remembered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace
from numpy.typing import NDArray

from nnviz.core.arguments import instance, items, real, whole
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array, Layout

MaskKind: TypeAlias = Literal["frozen", "pinned", "cut", "muted"]
MASK_KINDS: tuple[MaskKind, ...] = get_args(MaskKind)
#: Values of `Masks.codes`.
FREE, FROZEN, PINNED, CUT, MUTED = range(5)
_NOT_FREE = {
    PINNED: "This weight is pinned; pin it to another value, or release it.",
    CUT: "This weight is cut; release it before it is given a value.",
    MUTED: "This weight leads out of a muted unit; let the unit speak before it is given a value.",
}


class Mask(Struct, frozen=True):
    """One mask; layers are counted from 1, the first one with weights, units and sources from 0.

    Attributes
    ----------
    kind : "frozen", "pinned", "cut" or "muted"
        Frozen and pinned values stay, cut ones are 0; pinned and cut are single ones.
    layer : int
    unit : int or None
        None: all units of the layer.
    source : int or None
        The unit of the layer before that the weight comes from. None: all that leads into the unit, its bias too; where
        it is pinned, its bias.
    value : float or None
        Where it is pinned.
    kept : tuple of float
        What led out of a muted unit before, to be there again when it speaks.
    """

    kind: MaskKind
    layer: int
    unit: int | None = None
    source: int | None = None
    value: float | None = None
    kept: tuple[float, ...] = ()

    @property
    def place(self) -> tuple[int, int | None, int | None, bool]:
        """Where it is, whatever is done there; muting goes with everything else."""
        return self.layer, self.unit, self.source, self.kind == "muted"


class Masks(Struct, frozen=True, dict=True):
    """The masks of a network.

    Attributes
    ----------
    layout : Layout
    entries : tuple of Mask
        One for each place.
    """

    layout: Layout
    entries: tuple[Mask, ...] = ()

    def __post_init__(self) -> None:
        """Refuse masks of what there is not, and two of one place."""
        instance(self.layout, Layout, "layout")
        places = set()
        for entry in items(self.entries, "masks"):
            _check(instance(entry, Mask, "masks"), self.layout)
            if entry.place in places:
                raise SettingError("There are two masks of one weight, unit or layer; leave one of them out.")
            places.add(entry.place)

    def __bool__(self) -> bool:
        return bool(self.entries)

    @classmethod
    def fitting(cls, layout: Layout, entries: Iterable[Mask]) -> Masks:
        """Return those of the masks whose place there is."""
        return cls(layout, tuple(entry for entry in entries if fits(entry, layout)))

    @cached_property
    def codes(self) -> NDArray[np.uint8]:
        """What holds each parameter, ``(n_parameters,)``: `FREE`, `FROZEN`, `PINNED`, `CUT`, or `MUTED` where it leads
        out of a muted unit. What leads into one counts as frozen.
        """
        codes = np.zeros(self.layout.n_parameters, dtype=np.uint8)
        for kinds, code in ((("frozen", "muted"), FROZEN), (("pinned",), PINNED), (("cut",), CUT)):
            for entry in self.entries:
                if entry.kind in kinds:
                    codes[_places(entry, self.layout)] = code
        for entry in self.muted:
            codes[_places_out(entry, self.layout)] = MUTED
        codes.flags.writeable = False
        return codes

    @cached_property
    def held(self) -> NDArray[np.int64]:
        """Places in the flat vector that training leaves alone, in order."""
        return np.flatnonzero(self.codes).astype(np.int64)

    @cached_property
    def fixed(self) -> tuple[NDArray[np.int64], Array]:
        """Those of them that have a value of their own, and which: pinned, cut, or leading out of a muted unit."""
        values = np.zeros(self.layout.n_parameters)
        for entry in self.entries:
            if entry.kind == "pinned":
                values[_places(entry, self.layout)] = entry.value
        values[self.codes >= CUT] = 0.0
        places = np.flatnonzero(self.codes >= PINNED).astype(np.int64)
        return places, values[places]

    def write(self, parameters: Array) -> None:
        """Write into `parameters` what is pinned, cut or muted."""
        if self:
            places, values = self.fixed
            parameters[places] = values

    @cached_property
    def muted(self) -> tuple[Mask, ...]:
        """Those of units that are silent."""
        return tuple(entry for entry in self.entries if entry.kind == "muted")

    def muted_units(self, layer: int) -> list[int]:
        """Return the silent units of `layer`."""
        return [int(entry.unit) for entry in self.muted if entry.layer == layer and entry.unit is not None]

    def is_frozen(self, layer: int, unit: int | None = None) -> bool:
        """Whether a mask freezes all that leads into a unit, or into all units of `layer`."""
        wanted = {(layer, None), (layer, unit)}
        return any(
            entry.kind == "frozen" and entry.source is None and (entry.layer, entry.unit) in wanted
            for entry in self.entries
        )

    def is_muted(self, layer: int, unit: int) -> bool:
        """Whether a unit is silent."""
        return unit in self.muted_units(layer)

    def touches(self, layer: int, unit: int) -> bool:
        """Whether any weight into or out of a unit, or its bias, is held."""
        codes = self.codes
        into, biases = self.layout.weights(codes)[layer - 1][unit], self.layout.biases(codes)[layer - 1]  # type: ignore[arg-type]
        out = self.layout.weights(codes)[layer][:, unit] if layer < self.layout.n_layers else codes[:0]  # type: ignore[arg-type]
        return bool(into.any() or biases[unit] or out.any())

    def adding(self, *masks: Mask) -> Masks:
        """Return these and further ones, which take the place of those that are at the same."""
        places = {mask.place for mask in masks}
        return Masks(self.layout, (*(entry for entry in self.entries if entry.place not in places), *masks))

    def written(self) -> list[dict[str, Any]]:
        """Return plain values, for a file."""
        return [
            {name: value for name, value in asdict(entry).items() if value is not None and value != ()}
            for entry in self.entries
        ]

    @classmethod
    def read(cls, layout: Layout, written: Iterable[Mapping[str, Any]]) -> Masks:
        """Return the masks of `written`, checked again."""
        return cls(layout, tuple(Mask(**{**entry, "kept": tuple(entry.get("kept", ()))}) for entry in written))


def fits(mask: Mask, layout: Layout) -> bool:
    """Whether there is what a mask is of."""
    n_before = layout.sizes[mask.layer - 1] if mask.layer <= layout.n_layers else 0
    last = layout.n_layers - (mask.kind == "muted")
    return (
        1 <= mask.layer <= last
        and (mask.unit is None or 0 <= mask.unit < layout.sizes[mask.layer])
        and (mask.source is None or 0 <= mask.source < n_before)
    )


def change_masks(parameters: Array, old: Masks, new: Masks) -> Masks:
    """Write into `parameters` what other masks ask for, and return these with what leads out of units that they mute.

    Units that speak again get back what led out of them; what is cut becomes 0, what is pinned its value.
    """
    layout, weights = new.layout, new.layout.weights(parameters)
    before = {entry.place: entry for entry in old.muted}
    entries = []
    for entry in new.entries:
        kept = entry.kept
        if entry.kind == "muted":
            known = before.pop(entry.place, None)
            kept = kept or (known.kept if known else tuple(map(float, weights[entry.layer][:, entry.unit])))
        entries.append(replace(entry, kept=kept))
    for entry in before.values():
        weights[entry.layer][:, entry.unit] = entry.kept
    masks = Masks(layout, tuple(entries))
    masks.write(parameters)
    return masks


def check_free(masks: Masks, place: int) -> None:
    """Raise `SettingError` where a parameter cannot be written to: masks give it its value."""
    code = masks.codes[place] if masks else FREE
    if code >= PINNED:
        raise SettingError(_NOT_FREE[int(code)])


def silent(values: list[Array], masks: Masks) -> list[Array]:
    """Set what muted units answer to zero, in ``[A1, …, AL]``, each ``(n_units, n_samples)``, and return it."""
    for mask in masks.muted:
        values[mask.layer - 1][mask.unit] = 0.0
    return values


def release(slots: Array, old: Masks | None, new: Masks | None) -> None:
    """Empty what an optimiser remembers, ``(n_slots, n_parameters)``, of parameters that are held no more."""
    if old is None or new is None or not old:
        return
    slots[:, np.flatnonzero((old.codes != FREE) & (new.codes == FREE))] = 0.0


def _places(mask: Mask, layout: Layout) -> NDArray[np.int64]:
    """Return which parameters lead into what a mask is of."""
    layer, unit, source = mask.layer, mask.unit, mask.source
    if unit is None:
        return np.arange(layout.weight_slices[layer - 1].start, layout.bias_slices[layer - 1].stop)
    if source is not None:
        return np.array([layout.weight_index(layer, unit, source)])
    bias = np.array([layout.bias_index(layer, unit)])
    if mask.kind == "pinned":
        return bias
    first = layout.weight_index(layer, unit, 0)
    return np.concatenate([np.arange(first, first + layout.sizes[layer - 1]), bias])


def _places_out(mask: Mask, layout: Layout) -> NDArray[np.int64]:
    """Return which parameters lead out of the unit of a mask."""
    first, n_in = layout.weight_index(mask.layer + 1, 0, int(mask.unit or 0)), layout.sizes[mask.layer]
    return first + n_in * np.arange(layout.sizes[mask.layer + 1])


def _check(mask: Mask, layout: Layout) -> None:
    """Raise `SettingError` where a mask says what none can."""
    if mask.kind not in MASK_KINDS:
        raise SettingError("A mask is frozen, pinned, cut or muted, not {0!r}.", mask.kind)
    whole(mask.layer, "layer", 1)
    for value, name in ((mask.unit, "unit"), (mask.source, "source")):
        if value is not None:
            whole(value, name)
    single = mask.kind in ("pinned", "cut")
    if (mask.unit is None) and (mask.kind == "muted" or single or mask.source is not None):
        raise SettingError("A mask that is {0} needs a unit.", mask.kind)
    if mask.kind == "cut" and mask.source is None:
        raise SettingError("A weight that is cut needs the unit that it comes from as its source.")
    if mask.kind == "muted" and mask.source is not None:
        raise SettingError("Units are muted, not single weights; cut those.")
    number = real(mask.value)
    if (mask.kind == "pinned") != (mask.value is not None) or (
        mask.value is not None and (number is None or not math.isfinite(number))
    ):
        raise SettingError("A pinned weight needs the finite number that it is pinned to; no other mask has one.")
    if not fits(mask, layout):
        raise SettingError(
            "There is no such unit or weight to be {0} (layer {1}, unit {2}, source {3}).",
            mask.kind,
            mask.layer,
            "–" if mask.unit is None else mask.unit,
            "–" if mask.source is None else mask.source,
        )
    n_out = layout.sizes[mask.layer + 1] if mask.kind == "muted" else 0
    kept = items(mask.kept, "kept")
    if kept and (len(kept) != n_out or not all(math.isfinite(number) for number in map(_number, kept))):
        raise SettingError("A muted unit keeps one finite number for each weight that leads out of it.")


def _number(value: object) -> float:
    number = real(value)
    return math.nan if number is None else float(number)
