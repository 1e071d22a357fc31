"""What a view looks at: a run, as it is now or as it was at the end of an epoch."""

from __future__ import annotations

from typing import Final, Literal, Protocol, TypeAlias

from msgspec import Struct

from nnviz.core.layout import Layout

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


class OfNetwork(Protocol):
    """A frame, of which no more has to be known here."""

    @property
    def run_id(self) -> int:
        """Which run it is of."""

    @property
    def layout(self) -> Layout:
        """The shape of its network."""


def network_of(frame: OfNetwork) -> Network:
    """Return of which network a frame shows the parameters."""
    return frame.run_id, frame.layout
