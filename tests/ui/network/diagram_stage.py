"""What the tests of the diagram and its cards stand on: real frames, and a controller that only takes notes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from nnviz.experiment import FrameBuilder, Needs, Prepared, prepare
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame, Status
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.experiment.subject import Subject
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState


class Notes:
    """Stands in for the controller: keeps what views ask of it."""

    def __init__(self, frame: Frame | None = None) -> None:
        self.frame = frame
        self.needs: dict[str, dict[str, Any]] = {}
        self.edits: list[tuple[dict[int, float], str, str]] = []
        self.messages: list[tuple[str, str]] = []
        self.message = SimpleNamespace(emit=lambda severity, text: self.messages.append((severity, text)))

    def set_needs(self, owner: str, subject: Subject | None = None, **parts: Any) -> None:
        self.needs[owner] = parts

    def edit_parameters(self, values: Mapping[int, float], text: str, merge_key: str = "") -> None:
        self.edits.append((dict(values), text, merge_key))

    @property
    def as_controller(self) -> Controller:
        return cast(Controller, self)


@cache
def stage(
    name: str = "moons", hidden: tuple[int, ...] = (4, 3), status: Status = "ready", probed: bool = False
) -> tuple[Prepared, Frame]:
    """Return prepared data and one frame of an untrained network on it."""
    network = NetworkSpec(hidden=tuple(LayerSpec(units=units) for units in hidden))
    prepared = prepare(Experiment(data=DataSpec(name=name), network=network, training=TrainingSpec(engine="numpy")))
    probes = {"probe": tuple(prepared.inputs.feature_means.tolist())} if probed else {}
    needs = Needs(gradient=True, probes=probes)
    return prepared, FrameBuilder(prepared).build(prepared.trainer().moment(), needs, status=status)


def a_state() -> ExperimentState:
    """Return a state that nothing in these tests reads."""
    return ExperimentState(Experiment())
