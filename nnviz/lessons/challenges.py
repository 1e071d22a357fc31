"""Challenges for the desk: a goal and limits as conditions, stars for doing it with less, and a result in one line.

They are judged by the same facts as lessons are, so that a challenge is one entry of a table and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from msgspec import Struct, field

from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.translation import translated
from nnviz.experiment.document import Experiment
from nnviz.lessons.conditions import Condition, Part, read_condition
from nnviz.lessons.facts import Facts

MOST_STARS = 3


class Challenge(Choice, Struct, frozen=True, kw_only=True, dict=True):
    """Something to be reached; `help` says what.

    Attributes
    ----------
    begin : callable
        Makes the experiment that it begins with.
    goal : str
        What has to hold at last: worth one star.
    limits : str
        What has to hold while it does; empty: nothing.
    stars : (str, str)
        What has to hold besides for the second and the third star.
    ranked_by : str
        The figure of which less is better: it is what a record is about.
    """

    begin: Callable[[], Experiment]
    goal: str
    limits: str = ""
    stars: tuple[str, str]
    ranked_by: str = "epoch"

    @cached_property
    def wanted(self) -> Condition:
        """The goal, read."""
        return read_condition(self.goal)

    @cached_property
    def allowed(self) -> Condition | None:
        """The limits, read."""
        return read_condition(self.limits) if self.limits else None

    @cached_property
    def better(self) -> tuple[Condition, ...]:
        """What the further stars ask for, read."""
        return tuple(map(read_condition, self.stars))


class Standing(Struct, frozen=True):
    """How far somebody is.

    Attributes
    ----------
    goal, limits : tuple of Part
        What is asked for, part by part.
    stars : int
        0 … 3; 0 as long as the goal is not reached, or a limit not kept.
    figure : float
        Of `Challenge.ranked_by`.
    """

    goal: tuple[Part, ...] = field(default=())
    limits: tuple[Part, ...] = field(default=())
    stars: int = 0
    figure: float = 0.0


def judged(challenge: Challenge, facts: Facts) -> Standing:
    """Return how far a run is that these are the facts of."""
    allowed = challenge.allowed
    limits = () if allowed is None else tuple(allowed.parts(facts))
    is_done = challenge.wanted.holds(facts) and (allowed is None or allowed.holds(facts))
    stars = 0
    if is_done:
        stars = 1
        for condition in challenge.better:
            if not condition.holds(facts):
                break
            stars += 1
    return Standing(tuple(challenge.wanted.parts(facts)), limits, stars, facts.value(challenge.ranked_by))


def result_line(challenge: Challenge, standing: Standing) -> str:
    """Return a result as one line of text that a class can share.

    Examples
    --------
    >>> result_line(CHALLENGES["spiral"], Standing(stars=2, figure=25))
    'nnviz challenge "Thirty weights": ★★☆, 25 weights'
    """
    stars = "★" * standing.stars + "☆" * (MOST_STARS - standing.stars)
    unit = challenge.ranked_by if standing.figure != 1 else challenge.ranked_by.removesuffix("s")
    unit = f"{unit}s" if challenge.ranked_by == "epoch" and standing.figure != 1 else unit
    words = translated('nnviz challenge "{0}": {1}, {2} {3}')
    return words.format(translated(challenge.label), stars, f"{standing.figure:.0f}", unit)


def _experiment(
    title: str, data: str, hidden: tuple[int, ...], *, points: dict[str, float], test: float = 0.0, **training: object
) -> Experiment:
    return Experiment.model_validate(
        {
            "title": title,
            "data": {"name": data, "parameters": points, "test_fraction": test, "standardise": True},
            "network": {"hidden": [{"units": units, "activation": "tanh"} for units in hidden]},
            "training": training,
        }
    )


CHALLENGES: ChoiceTable[Challenge] = ChoiceTable(
    "challenge",
    (
        Challenge(
            name="spiral",
            label="Thirty weights",
            help="Tell the two arms of the spiral apart with thirty weights and biases at the most. Inputs are free.",
            begin=lambda: _experiment(
                *("Thirty weights", "spiral", (2,)),
                points={"arms": 2.0, "turns": 1.0, "noise": 0.05},
                optimizer="adam",
                learning_rate=0.02,
            ),
            goal="train_accuracy >= 0.97",
            limits="weights <= 30",
            stars=("weights <= 25", "weights <= 20"),
            ranked_by="weights",
        ),
        Challenge(
            name="inputs",
            label="No hidden units",
            help="Fence in the disc without any hidden unit: choose the inputs that make a line of it.",
            begin=lambda: _experiment("No hidden units", "circles", (), points={}, learning_rate=0.1),
            goal="train_accuracy >= 0.98",
            limits="hidden_layers == 0",
            stars=("inputs <= 3", "inputs <= 2"),
            ranked_by="inputs",
        ),
        Challenge(
            name="overfit",
            label="Ill, and cured",
            help="Sixty noisy points: let it learn them by heart, then cure it: the test loss is to end near its best.",
            begin=lambda: _experiment(
                *("Ill, and cured", "moons", (20, 20)),
                points={"n_samples": 600.0, "noise": 1.0},
                test=0.9,
                optimizer="adam",
                learning_rate=0.01,
            ),
            goal="epoch >= 300 and test_accuracy >= 0.84 and test_loss <= 1.1 * best(test_loss)",
            limits="units >= 20",
            stars=("test_accuracy >= 0.86", "test_accuracy >= 0.87"),
        ),
        Challenge(
            name="diverge",
            label="Too fast",
            help="Find a learning rate at which the wave's loss explodes; the smaller it is, the better.",
            begin=lambda: _experiment(
                *("Too fast", "sine", (16,)), points={}, optimizer="sgd", learning_rate=0.01, batch_size="all"
            ),
            goal="diverged",
            stars=("learning_rate <= 2", "learning_rate <= 1"),
            ranked_by="epoch",
        ),
        Challenge(
            name="xor",
            label="Two lines by hand",
            help="Solve XOR without training: two hidden units, and weights that you set yourself in the opened units.",
            begin=lambda: _experiment("Two lines by hand", "xor_table", (2,), points={}, learning_rate=0.1),
            goal="train_accuracy >= 1",
            limits="epoch == 0 and units <= 2",
            stars=("train_loss < 0.3", "train_loss < 0.1"),
            ranked_by="units",
        ),
    ),
)
"""Every challenge by its name."""
