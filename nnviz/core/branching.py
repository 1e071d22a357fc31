"""Another course for a run from one of its moments: what may be changed there, and what becomes of the run then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from msgspec import Struct

from nnviz.core.arguments import instance
from nnviz.core.checkpoint import Aim, Checkpoint
from nnviz.core.network import Network
from nnviz.core.problem import RowDetails
from nnviz.core.settings import SettingChanges
from nnviz.core.weighting import ClassWeightsLike, check_class_weights


class BranchChanges(RowDetails, SettingChanges, total=False):
    """What `nnviz.Trainer.from_checkpoint` takes as keywords: about rows, settings, and what the network computes."""

    activation: str | Sequence[str]
    output_activation: str
    loss: str
    class_weights: ClassWeightsLike
    engine: str


class Branch(Struct, frozen=True):
    """A checkpoint with changes, checked as far as that can be without the data.

    Attributes
    ----------
    network : Network
        A copy, perhaps with other activations.
    aim : Aim
    details : RowDetails
    settings : SettingChanges
        Those that were given.
    is_other : bool
        Whether the figures of the run mean something else from here on: other activations, loss or class weights.
    """

    network: Network
    aim: Aim
    details: RowDetails
    settings: SettingChanges
    is_other: bool

    @classmethod
    def of(cls, checkpoint: Checkpoint, changes: Mapping[str, Any]) -> Self:
        """Sort the keywords of `nnviz.Trainer.from_checkpoint`.

        Raises
        ------
        SettingError
            Where an activation or a class weight is none. What there is no such setting of, `Trainer.set` says.
        """
        before = instance(checkpoint, Checkpoint, "checkpoint").network
        given = dict(changes)
        network = _with_activations(
            before, given.pop("activation", before.activations[:-1]), given.pop("output_activation", None)
        )
        aim: Any = {**checkpoint.aim, **{name: given.pop(name) for name in ("loss", "engine") if name in given}}
        if "class_weights" in given:
            aim["class_weights"] = check_class_weights(given.pop("class_weights"))
        details: Any = {name: given.pop(name) for name in RowDetails.__annotations__ if name in given}
        settings: Any = given
        is_other = network.activations != before.activations or any(
            aim[name] != checkpoint.aim[name] for name in ("loss", "class_weights")
        )
        return cls(network, aim, details, settings, is_other)


def _with_activations(before: Network, hidden: str | Sequence[str], output: str | None) -> Network:
    """Return a copy of a network with the same parameters and perhaps other activations."""
    network = before.copy()
    output = before.activations[-1] if output is None else output
    # The constructor checks the names; what it draws is not needed.
    network.activations = Network(before.layer_sizes, hidden, output, init="zeros").activations
    return network
