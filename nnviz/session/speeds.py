"""The speeds of the run bar: how many epochs are trained between two pictures, or in a second.

Only drawing is paced. At every speed each epoch is trained and recorded alike: the speed never changes a result.
"""

from __future__ import annotations

from msgspec import Struct

from nnviz.core.choices import Choice, ChoiceTable


class Speed(Choice, Struct, frozen=True, kw_only=True):
    """One speed.

    Attributes
    ----------
    epochs_per_frame : int or None
        A frame is drawn after exactly so many epochs, and training waits until it has been; None: training never
        waits for it, frames are made whenever the display is ready for one.
    epochs_per_second : float or None
        By the clock, however few of them the machine can draw; None: as fast as it trains, or draws.
    """

    epochs_per_frame: int | None = None
    epochs_per_second: float | None = None


def _timed(rate: int) -> Speed:
    noun = "epoch" if rate == 1 else "epochs"
    return Speed(
        name=str(rate),
        label=f"{rate} {noun} a second",
        help=f"Trains {rate} {noun} a second by the clock and draws as many of them as the machine can.",
        epochs_per_second=float(rate),
    )


def _counted(count: int) -> Speed:
    return Speed(
        name=f"{count}_per_frame",
        label=f"Draw every {count}th epoch",
        help=f"Trains {count} epochs, shows what has become of the network, and goes on as soon as that has been seen.",
        epochs_per_frame=count,
    )


SPEEDS: ChoiceTable[Speed] = ChoiceTable(
    "speed",
    (
        *(_timed(rate) for rate in (1, 5, 20, 60)),
        *(_counted(count) for count in (10, 100)),
        Speed(
            name="full",
            label="Full speed",
            help="Trains as fast as the machine can and draws whenever the screen is ready; every epoch is recorded.",
        ),
    ),
)
DEFAULT_SPEED = "full"
