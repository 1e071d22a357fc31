"""Tables of choices: one entry per activation, loss, data set and so on.

Menus, tooltips, the command line, the file schema and the tests are derived from these tables, so that a new choice
is one new entry.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from nnviz.core.arguments import real
from nnviz.core.errors import SettingError
from nnviz.core.inert import shown
from nnviz.core.numbers import exact_text
from nnviz.core.translation import translated

NO_BOUND = 1e12
"""Larger bounds only keep the arithmetic finite; people are not told of them."""
#: What is said of a number outside of the bounds, by whether the minimum and the maximum are excluded themselves.
_BETWEEN = {
    (False, False): "{0} must lie between {1} and {2}, not {3}.",
    (True, False): "{0} must be greater than {1} and at most {2}, not {3}.",
    (False, True): "{0} must be at least {1} and less than {2}, not {3}.",
    (True, True): "{0} must be greater than {1} and less than {2}, not {3}.",
}
#: The same where a number is too small and the maximum is none that matters.
_AT_LEAST = {
    (False, False): "{0} must be at least {1}, not {3}.",
    (True, False): "{0} must be greater than {1}, not {3}.",
    (False, True): "{0} must be at least {1}, not {3}.",
    (True, True): "{0} must be greater than {1}, not {3}.",
}


def closest(name: str, names: Iterable[str]) -> list[str]:
    """Return the one of `names` that is most like `name`, or none where none is like it."""
    # Only who has misspelt a name waits for it.
    import difflib

    return difflib.get_close_matches(name, list(names), n=1)


class Parameter(Struct, frozen=True, kw_only=True):
    """A number that belongs to a choice, such as the momentum of an optimiser or the noise of a data set.

    Attributes
    ----------
    name, label, help : str
        Spelling in files and keywords; what the control says; one sentence for the tooltip.
    default, minimum, maximum : float
        Bounds are inclusive unless the next two say otherwise.
    above_minimum, below_maximum : bool
        Whether a value must be greater than the minimum, or less than the maximum.
    integer : bool
        Whether only whole numbers make sense.
    logarithmic : bool
        Whether a slider should move through it by factors.
    unit : str
        Shown after the number, such as "epochs"; empty for a pure number.
    slider : (float, float) or None
        The useful part of the bounds, which is all that a slider goes through; None: all between the bounds.
    """

    name: str
    label: str
    help: str
    default: float
    minimum: float
    maximum: float
    above_minimum: bool = False
    below_maximum: bool = False
    integer: bool = False
    logarithmic: bool = False
    unit: str = ""
    slider: tuple[float, float] | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest value of a slider."""
        return (self.minimum, self.maximum) if self.slider is None else self.slider

    @property
    def is_bounded_above(self) -> bool:
        """Whether the maximum means anything to people, rather than only keeping the arithmetic finite."""
        return self.maximum < NO_BOUND

    def check(self, value: float) -> float:
        """Return `value`, or raise `SettingError` where it is no number within the bounds."""
        number = self._number(value)
        over = number > self.minimum if self.above_minimum else number >= self.minimum
        under = number < self.maximum if self.below_maximum else number <= self.maximum
        if not (over and under):
            sentence = _AT_LEAST if under and not self.is_bounded_above else _BETWEEN
            raise SettingError(
                sentence[self.above_minimum, self.below_maximum],
                translated(self.label),
                *map(exact_text, (self.minimum, self.maximum, number)),
            )
        if self.integer and (math.isinf(number) or number != int(number)):
            raise SettingError("{0} must be a whole number, not {1}.", translated(self.label), exact_text(number))
        return int(number) if self.integer else float(number)

    def _number(self, value: Any) -> float:
        number = real(value)
        if number is None or (math.isnan(number) and not self.is_bounded_above):
            raise SettingError("{0} must be a number, not {1!r}.", translated(self.label), value)
        return number


class Choice(Struct, frozen=True, kw_only=True):
    """One entry of a table.

    Attributes
    ----------
    name : str
        Spelling in files, on the command line and in the API.
    label : str
        What menus say.
    help : str
        One sentence that explains the concept.
    formula : str
        Unicode text, empty where there is none.
    """

    name: str
    label: str
    help: str
    formula: str = ""


C = TypeVar("C", bound=Choice)


class ChoiceTable(Mapping[str, C], Generic[C]):
    """An ordered mapping from name to entry whose failed look-ups help.

    Whoever needs its names asks for them when they are needed and keeps no list, for a script may add entries.

    Parameters
    ----------
    kind : str
        What an entry is, for messages: "activation", "data set".
    entries : iterable of Choice
        In the order in which menus show them.
    """

    def __init__(self, kind: str, entries: Iterable[C]) -> None:
        self.kind = kind
        self._entries: dict[str, C] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: C) -> None:
        """Append an entry; `ValueError` where its name is taken."""
        if entry.name in self._entries:
            raise ValueError(f"two {self.kind} entries are called {entry.name!r}")
        self._entries[entry.name] = entry

    def remove(self, name: str) -> None:
        """Take an entry away; `SettingError` where there is none of that name."""
        del self._entries[self[name].name]

    def __getitem__(self, name: str) -> C:
        try:
            return self._entries[name]
        except (KeyError, TypeError):
            raise self._unknown(name) from None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the entry called `name`, or `default`."""
        return self._entries.get(name, default)

    def _unknown(self, name: object) -> SettingError:
        name = shown(name) if isinstance(name, str) else name
        close = closest(name.lower(), self._entries) if isinstance(name, str) else []
        kind = translated(self.kind)
        if close:
            return SettingError("There is no {0} called {1!r}; did you mean {2!r}?", kind, name, close[0])
        names = ", ".join(self._entries)
        return SettingError("There is no {0} called {1!r}; choose one of: {2}.", kind, name, names)


class Coded(Choice, Struct, frozen=True, kw_only=True):
    """An entry that the engines know by a number, because compiled code compares no names.

    Attributes
    ----------
    code : int
        Unique in its table. Files hold the name instead.
    """

    code: int


K = TypeVar("K", bound=Coded)


class CodedTable(ChoiceTable[K]):
    """A table whose entries are found by their code as well."""

    def add(self, entry: K) -> None:
        """Append an entry; `ValueError` where its name or its code is taken."""
        for other in self._entries.values():
            if other.code == entry.code:
                raise ValueError(f"the {self.kind} entries {other.name!r} and {entry.name!r} have the same code")
        super().add(entry)

    def free_code(self) -> int:
        """Return a code that no entry has: one more than the largest."""
        return 1 + max((entry.code for entry in self._entries.values()), default=-1)

    def by_code(self, code: int) -> K:
        """Return the entry with that code; `SettingError` where there is none."""
        for entry in self._entries.values():
            if entry.code == code:
                return entry
        raise SettingError("There is no {0} with the code {1}.", translated(self.kind), code)
