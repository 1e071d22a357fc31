"""The course: four plans of 45 minutes each. It names its lessons without reading one."""

from __future__ import annotations

from msgspec import Struct

from nnviz.core.choices import Choice, ChoiceTable

PLAN_MINUTES = 45


class Plan(Choice, Struct, frozen=True, kw_only=True):
    """Lessons for one period of a class.

    Attributes
    ----------
    lessons : tuple of str
        Names in `LIBRARY`, in the order in which they are given.
    """

    lessons: tuple[str, ...]

    @property
    def minutes(self) -> int:
        """How long its lessons take together."""
        from nnviz.lessons.files import LIBRARY

        return sum(LIBRARY[name].minutes for name in self.lessons)


PLANS: ChoiceTable[Plan] = ChoiceTable(
    "plan",
    (
        Plan(
            name="drawing",
            label="First period: what a network can draw",
            help="One unit draws a line; layers, bends and width make rings, spirals and curves of lines.",
            lessons=(
                *("xor-needs-a-hidden-layer", "what-the-bias-is-for", "no-hidden-layer", "depth-without-bends"),
                *("a-ring-needs-three", "three-arms", "depth-pays", "any-curve"),
            ),
        ),
        Plan(
            name="learning",
            label="Second period: how it learns",
            help="Steps down a slope: their length, what they are worked out from, and what gives them momentum.",
            lessons=(
                *("too-slow-too-fast", "one-row-or-all", "a-ball-with-mass", "each-weight-its-own-step"),
                *("features-on-one-scale", "confidently-wrong", "source-c-by-the-digit"),
            ),
        ),
        Plan(
            name="failing",
            label="Third period: what goes wrong",
            help="Twins, dead units, gradients that vanish or explode, runs that are stuck: seen, and cured.",
            lessons=(
                *("all-weights-equal", "how-large-weights-begin", "one-run-is-an-anecdote", "relu-units-die"),
                *("sigmoid-in-depth", "when-the-loss-explodes", "what-cannot-be-known"),
            ),
        ),
        Plan(
            name="understanding",
            label="Fourth period: what it has understood",
            help="Learning by heart, its cures, and how sure a network is where it knows nothing.",
            lessons=(
                *("learning-by-heart", "how-much-room", "drawn-back", "noise-is-learnt-too"),
                *("sure-where-it-has-never-been", "beyond-the-data", "the-accuracy-paradox"),
            ),
        ),
    ),
)
"""The plans in the order of the course, by name."""
