"""When a run has diverged, and why one stopped that met a stop condition, in one sentence."""

from __future__ import annotations

import math
import sys

import numpy as np

from nnviz.core.engine import LOSS_GROWTH, Hyper, Problem, RunState, StopCode, Watched, watched_loss
from nnviz.core.layout import Array
from nnviz.core.translation import translated

#: By whose loss is watched, and whether the patience is one epoch.
_STALLED: dict[tuple[Watched, bool], str] = {
    ("validation", True): "The validation loss has not improved for 1 epoch; its best was {1:.4g} in epoch {2}.",
    ("validation", False): "The validation loss has not improved for {0} epochs; its best was {1:.4g} in epoch {2}.",
    ("test", True): "The test loss has not improved for 1 epoch; its best was {1:.4g} in epoch {2}.",
    ("test", False): "The test loss has not improved for {0} epochs; its best was {1:.4g} in epoch {2}.",
    ("train", True): "The training loss has not improved for 1 epoch; its best was {1:.4g} in epoch {2}.",
    ("train", False): "The training loss has not improved for {0} epochs; its best was {1:.4g} in epoch {2}.",
}
_RESTORED = "{0} The weights are those of epoch {1} again."


def judged_by(watched: Watched) -> str:
    """Return the sentence that belongs beside figures of a run with patience: by which rows it judges, and what that
    makes of them; empty where nothing is to be said.
    """
    if watched == "test":
        return translated(
            "Patience judges by the test rows, so their figures are no honest estimate any more; validation rows keep "
            "them honest."
        )
    if watched == "train":
        return translated("Patience judges by the training rows, for there are no others.")
    return ""


def loss_limit(loss: float) -> float:
    """Return the loss that counts as diverged where a run begins at `loss`."""
    growth = LOSS_GROWTH * max(1.0, abs(float(loss)))
    return growth if math.isfinite(growth) else sys.float_info.max


def make_best(problem: Problem, state: RunState, record: Array) -> None:
    """Let the present epoch, which `record` is of, be the best so far."""
    watched = watched_loss(problem, record)
    state.best_loss = watched if math.isfinite(watched) else math.inf
    state.best_epoch = state.epoch
    np.copyto(state.best_parameters, state.parameters)


def restore_best(state: RunState) -> None:
    """Bring the parameters of the best epoch back, but for those that masks have held since."""
    kept = state.parameters[state.held]
    np.copyto(state.parameters, state.best_parameters)
    state.parameters[state.held] = kept


def why_stopped(stop: StopCode, problem: Problem, hyper: Hyper, state: RunState, *, restored: bool = False) -> str:
    """Return the sentence for `TARGET_LOSS` and `PATIENCE`, `restored` saying whether the best weights have come back
    with it; empty for the other codes.
    """
    if stop is StopCode.TARGET_LOSS:
        return translated("The training loss reached its target of {0:g} in epoch {1}.", hyper.target_loss, state.epoch)
    if stop is StopCode.PATIENCE:
        sentence = _STALLED[problem.watched, hyper.patience == 1]
        reason = translated(sentence, hyper.patience, state.best_loss, state.best_epoch)
        return translated(_RESTORED, reason, state.best_epoch) if restored else reason
    return ""
