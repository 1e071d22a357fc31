"""How runs that are trained side by side stand: in order, solved or stuck, spread, and all of them together. No Qt."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array
from nnviz.core.translation import counted
from nnviz.experiment.answers import class_shares
from nnviz.experiment.frame import Plane

Verdict = Literal["solved", "open", "stuck", "diverged", "failed"]
#: In the order in which a bar shows them.
VERDICTS: tuple[Verdict, ...] = ("solved", "open", "stuck", "diverged", "failed")
#: From which accuracy, and from which R², a run counts as solved where nobody says otherwise.
USUAL_ACCURACY, USUAL_R2 = 0.95, 0.9
#: Points of the curves that median and quartiles are taken of.
CURVE_POINTS = 160


@dataclass(frozen=True)
class Standing:
    """Where one run stands.

    Attributes
    ----------
    number : int
        Of the run.
    epoch : int
    loss, score : float
        Of the rows that it is judged by; NaN as long as there is no figure.
    ended : bool
        Whether it trains no further.
    fault : "diverged", "failed" or ""
    """

    number: int
    epoch: int = 0
    loss: float = math.nan
    score: float = math.nan
    ended: bool = False
    fault: Literal["", "diverged", "failed"] = ""

    def verdict(self, threshold: float) -> Verdict:
        """Return what has become of it, where a score from `threshold` on counts as solved."""
        if self.fault:
            return self.fault
        if self.score >= threshold:
            return "solved"
        return "stuck" if self.ended else "open"


def usual_threshold(task: str) -> float:
    """Return the score from which a run counts as solved where nobody says otherwise."""
    return USUAL_ACCURACY if task == "classification" else USUAL_R2


def ranked(standings: Iterable[Standing]) -> list[int]:
    """Return the numbers of the runs, that with the lowest loss first; those without a figure or at fault last."""
    return [
        standing.number
        for standing in sorted(
            standings,
            key=lambda each: (each.fault != "", math.inf if math.isnan(each.loss) else each.loss, each.number),
        )
    ]


def outcomes(standings: Iterable[Standing], threshold: float) -> dict[Verdict, int]:
    """Return how many runs have come to what, in the order of `VERDICTS`; only what there is."""
    found = Counter(standing.verdict(threshold) for standing in standings)
    return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}


def outcome_words(found: dict[Verdict, int]) -> list[tuple[Verdict, str]]:
    """Return each outcome in words: "17 solved"."""
    words: dict[Verdict, tuple[str, str]] = {
        "solved": ("1 solved", "{0} solved"),
        "open": ("1 not yet", "{0} not yet"),
        "stuck": ("1 stuck", "{0} stuck"),
        "diverged": ("1 diverged", "{0} diverged"),
        "failed": ("1 failed", "{0} failed"),
    }
    return [(verdict, counted(n, *words[verdict])) for verdict, n in found.items()]


def mean_and_sd(values: Iterable[float]) -> tuple[float, float, int]:
    """Return mean and standard deviation (divided by their number, as `numpy.std`) of the known ones, and their number.

    NaN, NaN and 0 where none is known.
    """
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return math.nan, math.nan, 0
    return *mean_and_sd_of_all(known), len(known)


def mean_and_sd_of_all(values: Sequence[float]) -> tuple[float, float]:
    """Return mean and standard deviation (divided by their number), infinite where a double cannot hold them.

    NaN where that is among the values; there must be one.
    """
    try:
        mean = math.fsum(values) / len(values)
        return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    except (ValueError, OverflowError):
        # ∞ − ∞, or squares beyond what a double holds, as of the losses of a run that has diverged.
        with np.errstate(all="ignore"):
            return float(np.mean(values)), float(np.std(values))


@dataclass(frozen=True)
class Spread:
    """Quartiles of many curves at the same epochs.

    Attributes
    ----------
    epoch, low, median, high : ndarray ``(n,)``
        At each epoch that at least one curve has reached, of those that have: a quarter of them lie below `low`.
    n : ndarray of int ``(n,)``
        How many those are.
    """

    epoch: Array
    low: Array
    median: Array
    high: Array
    n: NDArray[np.int64]


def spread_of(curves: Sequence[tuple[Array, Array]], n_points: int = CURVE_POINTS) -> Spread:
    """Return median and quartiles of curves, each (epochs that rise, values); NaN and infinities count for nothing."""
    curves = [(x, y) for x, y in curves if len(x)]
    last = max((float(x[-1]) for x, _ in curves), default=0.0)
    epoch = np.linspace(0.0, last, n_points) if last > 0.0 else np.zeros(min(len(curves), 1))
    values = np.full((len(curves), len(epoch)), math.nan)
    for row, (x, y) in enumerate(curves):
        reached = (epoch >= x[0]) & (epoch <= x[-1])
        values[row, reached] = np.interp(epoch[reached], x, y)
    values[~np.isfinite(values)] = math.nan
    n = np.isfinite(values).sum(axis=0) if len(curves) else np.zeros(len(epoch), dtype=np.int64)
    keep = n > 0
    if not keep.any():
        nothing = np.empty(0)
        return Spread(nothing, nothing, nothing, nothing, np.empty(0, dtype=np.int64))
    low, median, high = np.nanpercentile(values[:, keep], (25.0, 50.0, 75.0), axis=0)
    return Spread(epoch[keep], low, median, high, n[keep])


@dataclass(frozen=True)
class Together:
    """What several networks answer on the same plane, taken together.

    Attributes
    ----------
    mean : ndarray float32 ``(n_y, n_x, n_outputs)``
        Of their outputs.
    disagreement : ndarray float32 ``(n_y, n_x)``
        Of classes: the share of the networks that answer otherwise than most. Of a regression: the standard deviation
        of their answers, in the units of the target.
    n : int
        Networks.
    """

    mean: NDArray[np.float32]
    disagreement: NDArray[np.float32]
    n: int


def together(planes: Sequence[Plane], output_activation: str, n_classes: int) -> Together | None:
    """Return mean and disagreement of the planes that have the same grid as most; None where there is none.

    Parameters
    ----------
    planes : sequence of Plane
    output_activation : str
    n_classes : int
        0 for a regression.
    """
    shapes = Counter(plane.values.shape for plane in planes)
    if not shapes:
        return None
    shape = shapes.most_common(1)[0][0]
    values = np.stack([plane.values for plane in planes if plane.values.shape == shape]).astype(np.float32)
    mean = values.mean(axis=0)
    if not n_classes:
        return Together(mean, values[..., 0].std(axis=0), len(values))
    answers = class_shares(values, output_activation, n_classes).argmax(axis=-1)
    votes = np.stack([(answers == index).sum(axis=0) for index in range(n_classes)])
    return Together(mean, (1.0 - votes.max(axis=0) / len(values)).astype(np.float32), len(values))
