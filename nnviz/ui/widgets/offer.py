"""A sentence and the one thing that can be done about it, from any view to the bar that shows it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class Offer(Struct, frozen=True, eq=False):
    """What is said, and what a button beside it does.

    Attributes
    ----------
    severity : str
        "info", "warning" or "error".
    sentence : str
    label, tooltip : str
        Of the button.
    act : callable
    """

    severity: str
    sentence: str
    label: str
    tooltip: str
    act: Callable[[], object]
