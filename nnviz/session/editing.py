"""What a set-up edits and a diagram shows: the document and the run of a window, or those of a second network."""

from __future__ import annotations

from typing import Any, Protocol

from nnviz.experiment.document import Experiment


class EditedExperiment(Protocol):
    """Holds an experiment that is edited in undo steps, as `ExperimentState` does."""

    @property
    def experiment(self) -> Experiment:
        """The present one, frozen."""

    def edit(self, experiment: Experiment, text: str, merge_key: str = "") -> None:
        """Replace it by an edited one, as an undo step that is called `text`."""


class ShownNetwork(Protocol):
    """Has frames of a run, as a `Controller` does."""

    @property
    def frame_ready(self) -> Any:
        """Signal with every `Frame`."""

    def set_needs(self, owner: str, **parts: Any) -> None:
        """Say what `owner` needs of every frame."""

    def new_weights(self) -> None:
        """Begin again with other first weights, as an undo step."""
