"""Edits of an experiment that open the network: masks, and units and layers more or less in its midst."""

from __future__ import annotations

from nnviz.core.masks import Mask
from nnviz.core.surgery import Operation
from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import MAX_HIDDEN_LAYERS, MAX_UNITS, with_network
from nnviz.experiment.mask_spec import MaskSpec
from nnviz.experiment.schema import LayerSpec


def masks_of(experiment: Experiment) -> tuple[Mask, ...]:
    """Return the masks of an experiment as the engine has them."""
    return tuple(spec.mask for spec in experiment.network.masks)


def with_masks(experiment: Experiment, masks: tuple[Mask, ...]) -> Experiment:
    """Return `experiment` with other masks; explicit first weights stay."""
    specs = tuple(MaskSpec.of(mask) for mask in masks)
    return with_network(experiment, explicit=experiment.network.explicit, masks=specs)


def with_mask(experiment: Experiment, mask: Mask) -> Experiment:
    """Return `experiment` with one more mask, in the place of what is there."""
    return with_masks(experiment, (*(m for m in masks_of(experiment) if m.place != mask.place), mask))


def without_mask(experiment: Experiment, mask: Mask) -> Experiment:
    """Return `experiment` without what is at the place of a mask."""
    return with_masks(experiment, tuple(m for m in masks_of(experiment) if m.place != mask.place))


def can_be(experiment: Experiment, operation: Operation) -> bool:
    """Whether a network may be changed so: units and layers have their bounds."""
    hidden = experiment.network.hidden
    n_units = hidden[operation.layer - 1].units if 0 < operation.layer <= len(hidden) else 0
    if operation.kind in ("clone", "add"):
        return 0 < n_units < MAX_UNITS
    if operation.kind == "remove":
        return n_units > 1
    return len(hidden) < MAX_HIDDEN_LAYERS if operation.kind == "insert_layer" else n_units > 0


def operated(experiment: Experiment, operation: Operation, n_before: int) -> Experiment:
    """Return `experiment` with the shape after an operation, masks moved along.

    Parameters
    ----------
    experiment : Experiment
    operation : Operation
    n_before : int
        Units of the layer, or inputs, that a new layer passes on.
    """
    hidden, at = list(experiment.network.hidden), operation.layer - 1
    n_units = hidden[at].units if at < len(hidden) else 0
    if operation.kind == "insert_layer":
        hidden.insert(at, LayerSpec(units=n_before, activation="linear"))
    elif operation.kind == "remove_layer":
        del hidden[at]
    else:
        hidden[at] = hidden[at].edited(units=len(operation.places(n_units)))
    masks = tuple(MaskSpec.of(mask) for mask in operation.moved(masks_of(experiment), n_units))
    return with_network(experiment, hidden=tuple(hidden), masks=masks)
