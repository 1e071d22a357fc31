"""A mask as an experiment file has it: which weights stay as they are, and which units are silent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from nnviz.core.errors import SettingError
from nnviz.core.layout import Layout
from nnviz.core.masks import Mask, MaskKind, Masks, fits
from nnviz.core.translation import translated
from nnviz.experiment.fields import Number, Position, Several
from nnviz.experiment.spec import Spec

#: Inputs and outputs, whose numbers the data say.
_ANY = 2**31


class MaskSpec(Spec):
    """One mask; see `nnviz.core.masks.Mask`. Layers are counted from 1, units and sources from 0."""

    kind: MaskKind
    layer: Annotated[int, Field(ge=1)]
    unit: Position | None = None
    """None: the whole layer."""
    source: Position | None = None
    """The unit of the layer before, or the input, that a weight comes from; None: all that leads into the unit."""
    value: Number | None = None
    """Where it is pinned."""

    @property
    def mask(self) -> Mask:
        """The same as the engine has it."""
        return Mask(self.kind, self.layer, self.unit, self.source, self.value)

    @classmethod
    def of(cls, mask: Mask) -> MaskSpec:
        """Return what stands for `mask` in a file."""
        return cls(kind=mask.kind, layer=mask.layer, unit=mask.unit, source=mask.source, value=mask.value)


class MaskedSpec(Spec):
    """What a network with masks has in common with one without: masks of hidden units that there are not are refused.

    Masks of inputs and outputs that there are not, which only the data tell, are passed over.
    """

    hidden: Any = ()
    bias: bool = True
    masks: Several[MaskSpec] = ()
    """What training leaves alone, and which units are silent."""

    @model_validator(mode="after")
    def _masks_fit(self) -> Self:
        try:
            Masks(_layout(self.hidden), tuple(spec.mask for spec in self.masks))
        except SettingError as error:
            raise ValueError(translated("has masks that cannot be: {0}", str(error).rstrip("."))) from None
        if not self.bias and any(_is_bias(spec) for spec in self.masks):
            raise ValueError(translated("has no biases, so that none can be pinned"))
        return self

    def edited(self, **changes: Any) -> Any:
        """Return a copy with some fields replaced, and without masks of what it has no more."""
        if "masks" in changes or not self.masks:
            return super().edited(**changes)
        bare = super().edited(**changes, masks=())
        layout = _layout(bare.hidden)
        masks = tuple(spec for spec in self.masks if fits(spec.mask, layout) and (bare.bias or not _is_bias(spec)))
        return super().edited(**changes, masks=masks)


def _is_bias(spec: MaskSpec) -> bool:
    return spec.kind == "pinned" and spec.source is None


def _layout(hidden: Iterable[Any]) -> Layout:
    return Layout((_ANY, *(layer.units for layer in hidden), _ANY))
