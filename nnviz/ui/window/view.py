"""What the window asks of everything that shows the experiment, so that it can tell all of them in one loop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.ui.widgets.hideable import Hideable


class Themed(Protocol):
    """Whatever looks different in another theme."""

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""


class View(Themed, Protocol):
    """A widget that shows the experiment, its data or what is trained."""

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data."""

    def show_frame(self, frame: Frame) -> None:
        """Show the state of the training that `frame` is a picture of."""

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
