"""When a run has diverged, and why one stopped that met a stop condition, in one sentence."""

from __future__ import annotations

import math
import sys

from nnviz.core.engine import LOSS_GROWTH, Hyper, Problem, RunState, StopCode
from nnviz.core.translation import translated

#: By whether the test loss is watched, and whether the patience is one epoch.
_STALLED = {
    (True, True): "The test loss has not improved for 1 epoch; its best was {1:.4g} in epoch {2}.",
    (True, False): "The test loss has not improved for {0} epochs; its best was {1:.4g} in epoch {2}.",
    (False, True): "The training loss has not improved for 1 epoch; its best was {1:.4g} in epoch {2}.",
    (False, False): "The training loss has not improved for {0} epochs; its best was {1:.4g} in epoch {2}.",
}


def loss_limit(loss: float) -> float:
    """Return the loss that counts as diverged where a run begins at `loss`."""
    growth = LOSS_GROWTH * max(1.0, abs(float(loss)))
    return growth if math.isfinite(growth) else sys.float_info.max


def why_stopped(stop: StopCode, problem: Problem, hyper: Hyper, state: RunState) -> str:
    """Return the sentence for `TARGET_LOSS` and `PATIENCE`; empty for the other codes."""
    if stop is StopCode.TARGET_LOSS:
        return translated("The training loss reached its target of {0:g} in epoch {1}.", hyper.target_loss, state.epoch)
    if stop is StopCode.PATIENCE:
        sentence = _STALLED[bool(len(problem.X_test)), hyper.patience == 1]
        return translated(sentence, hyper.patience, state.best_loss, state.best_epoch)
    return ""
