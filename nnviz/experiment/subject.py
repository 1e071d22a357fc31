"""What a view looks at: a run, as it is now or as it was at the end of an epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct

from nnviz.core.layout import Layout

if TYPE_CHECKING:
    from nnviz.experiment.frame import Frame

Network: TypeAlias = tuple[int, Layout]
"""(run, shape): places in the parameter vector of one network say nothing about another's."""

When: TypeAlias = int | Literal["live"]
LIVE: Final = "live"


class Subject(Struct, frozen=True):
    """A run and the moment of it that is looked at.

    Attributes
    ----------
    run_id : int
    when : int or "live"
        An epoch of the past; "live": wherever the run stands.
    """

    run_id: int
    when: When = LIVE

    @property
    def is_live(self) -> bool:
        """Whether the run is followed."""
        return self.when == LIVE


def network_of(frame: Frame) -> Network:
    """Return of which network a frame shows the parameters."""
    return frame.run_id, frame.layout
