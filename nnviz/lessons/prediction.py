"""What a class expects before a run: lines on the map, a curve of the loss, votes on how it ends. No Qt."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.errors import SettingError
from nnviz.core.inert import shown
from nnviz.lessons.agreement import Area, Stroke
from nnviz.lessons.conditions import read_condition
from nnviz.lessons.facts import Facts

AskKind = Literal["line", "curve", "vote"]

MOST_OPTIONS, LONGEST_LABEL, MOST_VOTES, MOST_STROKES = 5, 24, 999, 40

ASKS: ChoiceTable[Choice] = ChoiceTable(
    "prediction",
    (
        Choice(name="line", label="Boundary", help="Draw on the map where you expect the boundary."),
        Choice(name="curve", label="Loss curve", help="Draw where you expect the training loss to go."),
        Choice(name="vote", label="Votes", help="Vote on how the run ends."),
    ),
)
"""What can be asked for, by name."""


class Option(Struct, frozen=True):
    """One way in which a run may end.

    Attributes
    ----------
    label : str
    condition : str
        When it is so; empty: when none of the others is.
    """

    label: str
    condition: str = ""


USUAL: Final = (
    Option("Solves it", "train_accuracy >= 0.95 or train_r2 >= 0.9"),
    Option("Gets stuck"),
    Option("Explodes", "diverged"),
)
"""What is voted on where nobody says otherwise."""


class Ask(Struct, frozen=True):
    """What a step of a lesson asks for.

    Attributes
    ----------
    kind : AskKind
    options : tuple of Option
        Of a vote.
    """

    kind: AskKind
    options: tuple[Option, ...] = ()


class Prediction(Struct, frozen=True):
    """All that has been predicted.

    Attributes
    ----------
    strokes : tuple of strokes
        Lines on the map, in units of the features along its axes.
    area : ((float, float), (float, float)) or None
        What the map showed when the first of them was drawn.
    axes : (int, int)
        Along which features they were drawn.
    curve : sequence of (epoch, loss)
        With growing epochs.
    votes : tuple of int
        For each of `options`.
    options : tuple of Option
    """

    strokes: tuple[Stroke, ...] = ()
    area: Area | None = None
    axes: tuple[int, int] = (0, 1)
    curve: Stroke = ()
    votes: tuple[int, ...] = (0,) * len(USUAL)
    options: tuple[Option, ...] = USUAL

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been predicted."""
        return not self.strokes and not self.curve and not any(self.votes)

    def with_stroke(self, stroke: Stroke, area: Area, axes: tuple[int, int]) -> Prediction:
        """Return it with one more line; over other features the lines from before are gone."""
        if axes != self.axes or self.area is None:
            return replace(self, strokes=(stroke,), area=area, axes=axes)
        return replace(self, strokes=(*self.strokes, stroke)[-MOST_STROKES:])

    def with_vote(self, index: int, change: int = 1) -> Prediction:
        """Return it with another count of votes for one of the options."""
        votes = list(self.votes)
        votes[index] = max(0, min(MOST_VOTES, votes[index] + change))
        return replace(self, votes=tuple(votes))

    def with_options(self, options: tuple[Option, ...]) -> Prediction:
        """Return it with other things to vote on; without votes, where they differ."""
        options = options or USUAL
        return self if options == self.options else replace(self, options=options, votes=(0,) * len(options))


def outcome(options: tuple[Option, ...], facts: Facts) -> int | None:
    """Return which of the options has come true: the first whose condition holds, else the one without a condition.

    Examples
    --------
    >>> outcome(USUAL, Facts(figures={"train_accuracy": 0.97}))
    0
    >>> USUAL[outcome(USUAL, Facts(figures={"train_accuracy": 0.5}))].label
    'Gets stuck'
    """
    for index, option in enumerate(options):
        if option.condition and read_condition(option.condition).holds(facts):
            return index
    return next((index for index, option in enumerate(options) if not option.condition), None)


def read_ask(text: str) -> Ask:
    """Return what is asked for by ``line``, ``curve``, ``vote`` or ``vote Label: condition; Label; …``.

    Raises
    ------
    SettingError
        Where there is no such thing.

    Examples
    --------
    >>> read_ask("vote It works: train_accuracy >= 0.9; It does not").options[1]
    Option(label='It does not', condition='')
    """
    name, _, rest = text.strip().partition(" ")
    kind = ASKS[name].name
    if kind != "vote":
        if rest.strip():
            raise SettingError("The action 'predict {0}' takes nothing, so leave {1!r} out.", kind, shown(rest))
        return Ask("line" if kind == "line" else "curve")
    return Ask("vote", _read_options(rest) if rest.strip() else ())


def _read_options(text: str) -> tuple[Option, ...]:
    options = []
    for part in text.split(";"):
        label, _, condition = (piece.strip() for piece in part.partition(":"))
        if not 0 < len(label) <= LONGEST_LABEL:
            words = "What is voted on needs a name of 1 to {0} characters, not {1!r}."
            raise SettingError(words, LONGEST_LABEL, shown(label))
        if condition:
            read_condition(condition)
        options.append(Option(label, condition))
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise SettingError("A vote needs 2 to {0} options, such as 'vote Works: epoch >= 9; Fails'.", MOST_OPTIONS)
    if sum(not option.condition for option in options) > 1 or len({option.label for option in options}) < len(options):
        raise SettingError("Of what is voted on, each needs its own name, and all but one a condition.")
    return tuple(options)
