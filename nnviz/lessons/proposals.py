"""What a recorded step could wait for: proposed from what happened while it was recorded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from nnviz.lessons.facts import Facts

#: Shares of right answers that are worth waiting for, the best one first.
_ACCURACIES = (1.0, 0.99, 0.97, 0.95, 0.9, 0.8)
#: Losses without a better one in so many epochs are called rising.
_RISING = 20
#: How much longer is waited for a figure than it took when it was recorded.
_PATIENCE = 2


def proposed_waits(epoch: int | None, facts: Facts, events: Sequence[str]) -> tuple[str, ...]:
    """Return the conditions that a step could wait for, the most certain one first.

    Parameters
    ----------
    epoch : int or None
        Where the run stood at the end of the step; None: it did not learn in it.
    facts : Facts
        What was the case then.
    events : sequence of str
        What somebody did, by the names of `EVENTS`.
    """
    return (*(() if epoch is None else tuple(_of_run(epoch, facts))), *_of_pupil(events))


def _of_run(epoch: int, facts: Facts) -> Iterator[str]:
    late = max(1, _PATIENCE * epoch)
    if "diverged" in facts.events:
        yield f"diverged or epoch >= {late}"
    yield f"epoch >= {epoch}"
    accuracy = facts.value("train_accuracy")
    reached = next((share for share in _ACCURACIES if accuracy >= share), None)
    if reached is not None and facts.value("train_accuracy") > _first(facts, "train_accuracy"):
        yield f"train_accuracy >= {reached:g} or epoch >= {late}"
    loss = _rounded_up(facts.value("train_loss"))
    if loss is not None and loss < _first(facts, "train_loss"):
        yield f"train_loss <= {loss:g} or epoch >= {late}"
    for part in ("test", "validation"):
        curve = facts.curve(f"{part}_loss")
        if len(curve) > _RISING and not np.isnan(curve).any() and len(curve) - 1 - int(np.argmin(curve)) >= _RISING:
            yield f"since_best({part}_loss) >= {_RISING} or epoch >= {late}"


def _of_pupil(events: Sequence[str]) -> Iterator[str]:
    if len(events) > 1:
        yield " and ".join(events)
    yield from events


def _first(facts: Facts, name: str) -> float:
    curve = facts.curve(name)
    return float(curve[0]) if len(curve) else math.nan


def _rounded_up(value: float) -> float | None:
    """Return the next number of two digits; None where there is none."""
    if not math.isfinite(value) or value <= 0:
        return None
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{math.ceil(value / step) * step:.2g}")
