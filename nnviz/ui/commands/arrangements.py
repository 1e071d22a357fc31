"""The arrangements of the window that the View menu and the keys Ctrl+1 … Ctrl+3 offer, as a table."""

from __future__ import annotations

from msgspec import Struct

from nnviz.core.choices import Choice, ChoiceTable

#: Grows when docks come or go, so that an arrangement of another version is not restored.
STATE_VERSION = 8


class Arrangement(Choice, Struct, frozen=True, kw_only=True):
    """One arrangement.

    Attributes
    ----------
    setup : bool
        Whether the set-up is open.
    tabbed : bool
        Whether boundary and loss share one place, so that the map is large.
    views : float
        Share of the window's width that boundary and loss take.
    boundary : float
        Share of the height that the boundary takes above the loss.
    """

    setup: bool
    tabbed: bool
    views: float
    boundary: float = 0.6


LAYOUTS: ChoiceTable[Arrangement] = ChoiceTable(
    "layout",
    (
        Arrangement(
            name="explore",
            label="Explore",
            help="Set-up, network, decision boundary and loss side by side: for trying things out.",
            setup=True,
            tabbed=False,
            views=0.31,
        ),
        Arrangement(
            name="inspect",
            label="Inspect",
            help="No set-up and one large map: room for an opened unit and for what it computes.",
            setup=False,
            tabbed=True,
            views=0.36,
        ),
        Arrangement(
            name="present",
            label="Present",
            help="No set-up, large decision boundary and loss: for showing what happens to others.",
            setup=False,
            tabbed=False,
            views=0.44,
            boundary=0.66,
        ),
    ),
)
