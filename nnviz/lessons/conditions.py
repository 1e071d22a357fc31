"""Conditions over a run, such as ``test_loss > 2 * best(test_loss) or epoch >= 500``: read, checked and judged.

The grammar is that of Python's expressions, cut down to what is listed here, so that nothing has to be learnt twice:

- numbers, and the figures of `FIGURES` by name (``train_accuracy``, ``epoch``, ``weights`` …)
- what has happened since the step began, by the names of `EVENTS` (``unit_selected``, ``diverged`` …)
- ``+ - * /``, comparisons (``< <= > >= == !=``, chains such as ``0.4 < test_accuracy < 0.6``), ``and or not``
- the functions of `FUNCTIONS`, whose first argument is a figure with a past: ``best(test_loss)``,
  ``since_best(test_loss) >= 10``, ``change(train_loss, 50)``, ``at(train_loss, 100)``

A comparison with a figure that does not apply (NaN) does not hold.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import numpy as np
from msgspec import Struct

from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.errors import SettingError
from nnviz.core.inert import shown
from nnviz.core.layout import Array
from nnviz.lessons.facts import EVENTS, FIGURES, Facts

LONGEST = 300
"""Characters that a condition may have."""

_Number: TypeAlias = Callable[[Facts], float]
_Truth: TypeAlias = Callable[[Facts], bool]


class Function(Choice, Struct, frozen=True, kw_only=True):
    """A function of a figure's curve.

    Attributes
    ----------
    extra : str
        What its second argument is; empty where it takes none.
    of : callable
        From curve, name of the figure and second argument (NaN where it takes none) to the value.
    """

    extra: str = ""
    of: Callable[[Array, str, float], float]


def _is_better_low(name: str) -> bool:
    return name.endswith("_loss")


def _best_at(curve: Array, name: str) -> int:
    """Index of the best value: the lowest of a loss, the highest of anything else; -1 where there is none."""
    finite = np.isfinite(curve)
    if not finite.any():
        return -1
    return int(
        np.argmin(np.where(finite, curve, np.inf) if _is_better_low(name) else -np.where(finite, curve, -np.inf))
    )


def _best(curve: Array, name: str, _: float) -> float:
    index = _best_at(curve, name)
    return float(curve[index]) if index >= 0 else math.nan


def _since_best(curve: Array, name: str, _: float) -> float:
    index = _best_at(curve, name)
    return float(len(curve) - 1 - index) if index >= 0 else math.nan


def _at(curve: Array, _: str, epoch: float) -> float:
    return float(curve[int(epoch)]) if 0 <= epoch < len(curve) else math.nan


def _first(curve: Array, _: str, __: float) -> float:
    return float(curve[0]) if len(curve) else math.nan


def _change(curve: Array, _: str, epochs: float) -> float:
    return float(curve[-1] - curve[-1 - int(epochs)]) if 0 <= epochs < len(curve) else math.nan


def _mean(curve: Array, _: str, epochs: float) -> float:
    return float(np.mean(curve[-int(epochs) :])) if 1 <= epochs <= len(curve) else math.nan


def _rising(curve: Array, _: str, epochs: float) -> float:
    if not 1 <= epochs < len(curve):
        return math.nan
    return float(np.mean(np.diff(curve[-1 - int(epochs) :]) > 0))


FUNCTIONS: ChoiceTable[Function] = ChoiceTable(
    "function",
    (
        Function(name="first", label="At first", help="The value before the first update.", of=_first),
        Function(name="best", label="Best", help="The best value so far: lowest of a loss, else highest.", of=_best),
        Function(name="since_best", label="Since the best", help="Epochs since the best value.", of=_since_best),
        Function(name="at", label="At an epoch", help="The value after that epoch.", extra="an epoch", of=_at),
        Function(
            name="change",
            label="Change",
            help="The value less that of so many epochs ago.",
            extra="a number of epochs",
            of=_change,
        ),
        Function(
            name="mean", label="Mean", help="The mean of the last so many epochs.", extra="a number of epochs", of=_mean
        ),
        Function(
            name="rising",
            label="Share of rises",
            help="The share of the last so many epochs in which it rose, 0 to 1.",
            extra="a number of epochs",
            of=_rising,
        ),
    ),
)
"""Every function by its name."""

#: Whatever a name in a condition can mean; its refusals name the nearest one.
_NAMES: ChoiceTable[Choice] = ChoiceTable("figure or event", [*FIGURES.values(), *EVENTS.values()])
#: What is said of a function's arguments, by whether it takes a second one.
_TAKES = {
    False: "{0}() takes one figure with a past, such as test_loss, in the condition {2!r}.",
    True: "{0}() takes a figure with a past, such as test_loss, and {1}, in the condition {2!r}.",
}
_COMPARED: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    # NaN differs from everything, and still says nothing.
    ast.NotEq: lambda a, b: a != b and not (math.isnan(a) or math.isnan(b)),
}
_CALCULATED: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: a / b if b else math.nan,
}


class Part(Struct, frozen=True):
    """One comparison or event of a condition, as a meter shows it.

    Attributes
    ----------
    text : str
        As written.
    holds : bool
    value : float
        What stands on its left at present; NaN for an event.
    """

    text: str
    holds: bool
    value: float


class _Leaf(Struct, frozen=True):
    text: str
    truth: _Truth
    left: _Number | None


class Condition(Struct, frozen=True):
    """Something that holds or does not, of the facts of a run; made by `read_condition`.

    Attributes
    ----------
    text : str
        As written.
    names : frozenset of str
        The figures and events that it speaks of.
    """

    text: str
    names: frozenset[str]
    _truth: _Truth
    _leaves: tuple[_Leaf, ...]

    @property
    def is_for_pupil(self) -> bool:
        """Whether it speaks of what only a pupil can do."""
        return any(name in EVENTS and not EVENTS[name].is_of_run for name in self.names)

    def holds(self, facts: Facts) -> bool:
        """Return whether it is so."""
        return self._truth(facts)

    def parts(self, facts: Facts) -> Iterator[Part]:
        """Yield its comparisons and events in the order in which they are written, each judged by itself."""
        for leaf in self._leaves:
            yield Part(leaf.text, leaf.truth(facts), math.nan if leaf.left is None else leaf.left(facts))


def read_condition(text: str) -> Condition:
    """Return the condition that `text` says.

    Parameters
    ----------
    text : str
        In the language of this module; at most 300 characters.

    Raises
    ------
    SettingError
        Where it is none, or speaks of what there is not.

    Examples
    --------
    >>> from nnviz.lessons.facts import Facts
    >>> condition = read_condition("train_accuracy >= 0.95 or epoch >= 300")
    >>> condition.holds(Facts(figures={"epoch": 12, "train_accuracy": 0.97}))
    True
    """
    if len(text) > LONGEST:
        raise SettingError("A condition has at most {0} characters, this one has {1}.", LONGEST, len(text))
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        words = "{0!r} is no condition; write one such as 'train_accuracy >= 0.95 or epoch >= 300'."
        raise SettingError(words, shown(text)) from None
    reader = _Reader(text.strip())
    truth = reader.truth(tree.body)
    return Condition(text.strip(), frozenset(reader.names), truth, tuple(reader.leaves))


class _Reader:
    """Turns the parser's tree into functions, and refuses every node that is not listed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.names: set[str] = set()
        self.leaves: list[_Leaf] = []

    def truth(self, node: ast.expr) -> _Truth:
        """Return what a node that holds or does not says."""
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                truths = [self.truth(value) for value in values]
                return lambda facts: all(truth(facts) for truth in truths)
            case ast.BoolOp(op=ast.Or(), values=values):
                truths = [self.truth(value) for value in values]
                return lambda facts: any(truth(facts) for truth in truths)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                truth = self.truth(operand)
                return lambda facts: not truth(facts)
            case ast.Compare(left=left, ops=operators, comparators=others):
                return self._comparison(node, [left, *others], operators)
            case ast.Name(id=name) if name in EVENTS:
                self.names.add(name)
                return self._leaf(node, lambda facts: name in facts.events, None)
            case ast.Name(id=name) if name not in FIGURES:
                _ = _NAMES[name]  # Raises, with the nearest name.
        raise SettingError(
            "{0!r} in the condition {1!r} neither holds nor does not; compare it with a number.",
            *(self._written(node), shown(self._text)),
        )

    def number(self, node: ast.expr) -> _Number:
        """Return what a node that is a number says."""
        match node:
            case ast.Constant(value=value) if isinstance(value, int | float) and not isinstance(value, bool):
                return self._constant(value)
            case ast.Name(id=name) if name in FIGURES:
                self.names.add(name)
                return lambda facts: facts.value(name)
            case ast.Name(id=name) if name in EVENTS:
                words = "{0!r} in the condition {1!r} has happened or has not; it is no number to compare."
                raise SettingError(words, name, shown(self._text))
            case ast.Name(id=name):
                _ = _NAMES[name]  # Raises, with the nearest name.
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                number = self.number(operand)
                return lambda facts: -number(facts)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _CALCULATED:
                first, second, calculated = self.number(left), self.number(right), _CALCULATED[type(op)]
                return lambda facts: calculated(first(facts), second(facts))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments)
        raise self._refused(node)

    def _comparison(self, node: ast.expr, sides: list[ast.expr], operators: list[ast.cmpop]) -> _Truth:
        numbers = [self.number(side) for side in sides]
        if not all(type(op) in _COMPARED for op in operators):
            raise self._refused(node)
        compared = [_COMPARED[type(op)] for op in operators]

        def holds(facts: Facts) -> bool:
            values = [number(facts) for number in numbers]
            return all(each(a, b) for each, a, b in zip(compared, values[:-1], values[1:], strict=True))

        # Of ``0.4 < accuracy < 0.6`` the middle is what a meter shows.
        return self._leaf(node, holds, numbers[1 if isinstance(sides[0], ast.Constant) else 0])

    def _call(self, name: str, arguments: list[ast.expr]) -> _Number:
        function = FUNCTIONS[name]
        wanted = 2 if function.extra else 1
        figure = arguments[0].id if arguments and isinstance(arguments[0], ast.Name) else ""
        if len(arguments) != wanted or figure not in FIGURES or not FIGURES[figure].has_past:
            words = _TAKES[bool(function.extra)]
            raise SettingError(words, function.name, function.extra, shown(self._text))
        self.names.add(figure)
        extra = self.number(arguments[1]) if function.extra else self._constant(math.nan)
        return lambda facts: function.of(facts.curve(figure), figure, extra(facts))

    def _leaf(self, node: ast.expr, truth: _Truth, left: _Number | None) -> _Truth:
        self.leaves.append(_Leaf(self._written(node), truth, left))
        return truth

    def _constant(self, value: float) -> _Number:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        return lambda _: number

    def _written(self, node: ast.expr) -> str:
        return shown(ast.get_source_segment(self._text, node) or self._text)

    def _refused(self, node: ast.expr) -> SettingError:
        words = "{0!r} cannot be part of the condition {1!r}: it has numbers, figures, functions and comparisons only."
        return SettingError(words, self._written(node), shown(self._text))
