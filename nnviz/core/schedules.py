"""The learning-rate schedules: how the rate changes while training goes on.

A schedule is a function of the progress in epochs (finished epochs plus the share of the present one), so that every
update has its rate and the curve does not depend on the batch size.
"""

# ruff: noqa: ARG005 - the functions of a table share one signature, whether they need it all or not
from __future__ import annotations

import math
from collections.abc import Callable

from msgspec import Struct

from nnviz.core.choices import Coded, CodedTable, Parameter

#: One-cycle: share of the period in which the rate rises, and what remains of the base rate at the end.
RISING_SHARE = 0.3
FINAL_SHARE = 0.01
#: How far, relative to it, rounding carries a whole number of periods: that of an epoch's share, of the sum with the
#: finished epochs, of the period (0.1 is no binary fraction) and of the quotient are four times 2⁻⁵³ together.
ROUNDING = 2.0**-50


class Schedule(Coded, Struct, frozen=True, kw_only=True):
    """A learning-rate schedule.

    Attributes
    ----------
    parameters : tuple of Parameter
        Its own.
    function : callable
        ``(base_rate, progress, parameters) -> rate``; progress in epochs ≥ 0, parameters as numbers in order.
    constant : bool
        Whether the rate stays as it is.
    period : str
        Name of the parameter after whose epochs it has come to its end or begins again; empty where there is none.
    """

    parameters: tuple[Parameter, ...] = ()
    function: Callable[[float, float, tuple[float, ...]], float]
    constant: bool = False
    period: str = ""


def periods(progress: float, period: float) -> float:
    """Return how many periods have passed, whole ones as whole numbers: 0.6 epochs are 3 periods of 0.2, not 2.99….

    Parameters
    ----------
    progress, period : float
        In epochs.
    """
    ratio = progress / period
    whole = math.floor(ratio + 0.5)
    return float(whole) if abs(ratio - whole) <= ROUNDING * whole else ratio


def _step(base: float, progress: float, parameters: tuple[float, ...]) -> float:
    factor, period = parameters
    return base * factor ** math.floor(periods(progress, period))


def _cosine(base: float, progress: float, parameters: tuple[float, ...]) -> float:
    period, minimum = parameters
    falling = 0.5 * (1.0 + math.cos(math.pi * min(periods(progress, period), 1.0)))
    return base * (minimum + (1.0 - minimum) * falling)


def _one_cycle(base: float, progress: float, parameters: tuple[float, ...]) -> float:
    period, maximum = parameters
    q = min(periods(progress, period), 1.0)
    if q < RISING_SHARE:
        return base * (maximum - (maximum - 1.0) * 0.5 * (1.0 + math.cos(math.pi * q / RISING_SHARE)))
    falling = 0.5 * (1.0 + math.cos(math.pi * (q - RISING_SHARE) / (1.0 - RISING_SHARE)))
    return base * (FINAL_SHARE + (maximum - FINAL_SHARE) * falling)


def _cyclical(base: float, progress: float, parameters: tuple[float, ...]) -> float:
    period, maximum = parameters
    q = periods(progress, period)
    phase = q - math.floor(q)
    return base * (1.0 + (maximum - 1.0) * (1.0 - abs(2.0 * phase - 1.0)))


def _period(default: float, help_: str) -> Parameter:
    return Parameter(
        name="period",
        label="Period",
        help=help_,
        default=default,
        minimum=1e-3,
        maximum=1e9,
        logarithmic=True,
        unit="epochs",
        slider=(1.0, 10_000.0),
    )


_MAXIMUM = Parameter(
    name="maximum",
    label="Highest rate",
    help="The top of the curve, as a multiple of the learning rate.",
    default=10.0,
    minimum=1.0,
    maximum=1000.0,
    logarithmic=True,
    unit="×",
    slider=(1.0, 100.0),
)

SCHEDULES: CodedTable[Schedule] = CodedTable(
    "schedule",
    (
        Schedule(
            name="constant",
            label="Constant",
            help="The same rate from beginning to end.",
            formula="η(t) = η",
            code=0,
            function=lambda base, progress, parameters: base,
            constant=True,
        ),
        Schedule(
            name="step",
            label="Step",
            help="Multiplies the rate by a factor every so many epochs.",
            formula="η(t) = η · factor^⌊t / period⌋",
            code=1,
            parameters=(
                Parameter(
                    name="factor",
                    label="Factor",
                    help="What the rate is multiplied by at each step.",
                    default=0.5,
                    minimum=1e-6,
                    maximum=1.0,
                ),
                _period(100.0, "Epochs from one step to the next."),
            ),
            function=_step,
            period="period",
        ),
        Schedule(
            name="exponential",
            label="Exponential",
            help="Lowers the rate by the same share in every epoch.",
            formula="η(t) = η · factorᵗ",
            code=2,
            parameters=(
                Parameter(
                    name="factor",
                    label="Factor",
                    help="What the rate is multiplied by over each epoch.",
                    default=0.99,
                    minimum=1e-6,
                    maximum=1.0,
                ),
            ),
            function=lambda base, progress, parameters: base * parameters[0] ** progress,
        ),
        Schedule(
            name="cosine",
            label="Cosine",
            help="Falls slowly, then fast, then slowly again along half a cosine, and stays at the end.",
            formula="η(t) = η · [m + (1 − m)·½(1 + cos(π·min(t / period, 1)))]",
            code=3,
            parameters=(
                _period(300.0, "Epochs until the lowest rate is reached."),
                Parameter(
                    name="minimum",
                    label="Lowest rate m",
                    help="Where the curve ends, as a share of the learning rate.",
                    default=0.0,
                    minimum=0.0,
                    maximum=1.0,
                ),
            ),
            function=_cosine,
            period="period",
        ),
        Schedule(
            name="one_cycle",
            label="One-cycle",
            help="Warms up to a high rate for the first third or so, then cools down to almost nothing.",
            formula=(
                "q = min(t / period, 1); q < 0.3: η · [M − (M − 1)·½(1 + cos(π·q / 0.3))]; "
                "else η · [0.01 + (M − 0.01)·½(1 + cos(π·(q − 0.3) / 0.7))]"
            ),
            code=4,
            parameters=(_period(300.0, "Epochs of the whole cycle."), _MAXIMUM),
            function=_one_cycle,
            period="period",
        ),
        Schedule(
            name="cyclical",
            label="Cyclical",
            help="Swings between the learning rate and a higher one in a triangle, again and again.",
            formula="φ = t / period − ⌊t / period⌋; η(t) = η · [1 + (M − 1)·(1 − |2φ − 1|)]",
            code=5,
            parameters=(_period(100.0, "Epochs of one swing up and down."), _MAXIMUM),
            function=_cyclical,
            period="period",
        ),
    ),
)
