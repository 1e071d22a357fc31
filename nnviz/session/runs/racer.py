"""One run of a race: who it is, how far it has come, and where it has been."""

from __future__ import annotations

import math

from msgspec import Struct, field

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.sweeps.race import Entrant, Trail


class Racer(Struct, eq=False):
    """One of them.

    Attributes
    ----------
    number : int
        From 0 on.
    entrant : Entrant
    experiment : Experiment
    run_id : int
    frame : Frame or None
        At the end of the last round; None before the first.
    trail : Trail
    ended : bool
        Whether it trains no further, because of a condition or a fault.
    fault : "diverged", "failed" or ""
    message : str
        Why, where that is a fault.
    """

    number: int
    entrant: Entrant
    experiment: Experiment
    run_id: int = 0
    frame: Frame | None = None
    trail: Trail = field(default_factory=Trail)
    ended: bool = False
    fault: str = ""
    message: str = ""

    @property
    def epoch(self) -> int:
        """How far it has come."""
        return self.frame.epoch if self.frame is not None else 0

    def loss_at(self, epoch: int) -> float:
        """Return its training loss at the end of an epoch, or of the last one before that is known."""
        if self.frame is None:
            return math.nan
        curves = self.frame.curves
        at = int(curves.epoch.searchsorted(epoch, side="right")) - 1
        return float(curves.train_loss[at]) if at >= 0 else math.nan
