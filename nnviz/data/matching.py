"""Which column of a new table is which of a model's: regardless of capitals, blanks and order, and never by a guess."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence

from nnviz.core.errors import DataError
from nnviz.core.translation import translated
from nnviz.data.cells import folded
from nnviz.data.recipe import Recipe, SourceColumn
from nnviz.data.table import Table
from nnviz.data.wording import joined, listed, quoted

#: How much alike two names must be for the one to be suggested where the other is missing, as `difflib` measures it.
_ALIKE = 0.6


class Columns:
    """The columns of a new table as a model's recipe names them.

    Parameters
    ----------
    table : Table
    recipe : Recipe
    needed : collection of str
        Names of the features that the network sees; columns of others may be missing.

    Attributes
    ----------
    wanted : tuple of SourceColumn
        Those of the recipe that the network sees something of.
    notes : list of str
        Sentences on columns that were found under another name.

    Raises
    ------
    DataError
        Where a column that is needed is missing, or several might be meant.
    """

    def __init__(self, table: Table, recipe: Recipe, needed: Collection[str]) -> None:
        self.table = table
        self.recipe = recipe
        self.notes: list[str] = []
        self._names = [column.name for column in table.columns]
        self._at: dict[str, int | None] = {}
        self.wanted = tuple(column for column in recipe.columns if not set(needed).isdisjoint(column.features))
        if not self._by_place():
            self._by_name()
        missing = [column.name for column in self.wanted if not self.has(column)]
        if missing:
            raise self._lacks(missing)

    def position(self, name: str) -> int | None:
        """Return where a column of the recipe stands in the table, None where it does not."""
        return self._at.get(name)

    def indicators(self, column: SourceColumn) -> list[int] | None:
        """Return the columns of 0 and 1 that stand for the categories of one that is missing; None: there are not."""
        if column.kind != "categorical":
            return None
        found = [self._at.get(feature) for feature in column.features]
        return None if None in found else [each for each in found if each is not None]

    def has(self, column: SourceColumn) -> bool:
        """Return whether a column of the recipe can be read."""
        return self.position(column.name) is not None or self.indicators(column) is not None

    @property
    def answers(self) -> list[int]:
        """Positions of the columns that hold the answers; empty where not all are there."""
        found = [self._at.get(name) for name in self.recipe.answers]
        return [] if None in found else [each for each in found if each is not None]

    def _by_place(self) -> bool:
        """Take the columns of a table without names in the order of the recipe, where their number fits."""
        recipe, n = self.recipe, len(self._names)
        if not self.table.has_made_up_names:
            return False
        features = [column.name for column in recipe.columns]
        order = recipe.known if n == len(recipe.known) else features if n == len(features) else ()
        self._at = {name: position for position, name in enumerate(order)}
        if order and list(order) != self._names:
            words = "{0} does not name its columns; they were taken for {1}, in this order."
            self.notes.append(translated(words, self.table.name, listed(order)))
        return bool(order)

    def _by_name(self) -> None:
        features = [feature for column in self.wanted for feature in column.features]
        every = dict.fromkeys((*(column.name for column in self.wanted), *self.recipe.answers, *features))
        by_key: dict[str, list[int]] = {}
        for position, name in enumerate(self._names):
            by_key.setdefault(folded(name), []).append(position)
        otherwise = []
        for name in every:
            found = self._found(name, by_key.get(folded(name), []))
            self._at[name] = found
            if found is not None and self._names[found] != name:
                otherwise.append(translated("{0} is {1}", quoted(self._names[found]), quoted(name)))
        if otherwise:
            words = "Columns were found regardless of capitals and blanks: {0}."
            self.notes.append(translated(words, joined(otherwise, 8)))

    def _found(self, name: str, candidates: Sequence[int]) -> int | None:
        names = [self._names[position] for position in candidates]
        known = set(self.recipe.known) | {name}
        if name in names:
            others = [other for other in names if other not in known]
            if name in self.table.repeated and f"{name} (2)" not in known:
                others.append(name)
        else:
            others = names[1:] or [each for each in names if each in self.table.repeated]
            if not others and names and names[0] in known:
                # It is another column of the model's own.
                return None
        if others:
            words = (
                "{0} has several columns called {1}; the model needs one of that name: rename or remove the others."
                if not (set(others) - {name})
                else "{0} has several columns that may be {1} ({2}); rename or remove the others."
            )
            raise DataError(words, self.table.name, quoted(name), listed(names))
        return candidates[names.index(name)] if name in names else candidates[0] if candidates else None

    def _lacks(self, missing: list[str]) -> DataError:
        source = self.table.name
        if self.table.has_made_up_names:
            order = listed(column.name for column in self.recipe.columns)
            words = "{0} does not name its columns, and has {1} where the model was trained on {2}; name them: {3}."
            return DataError(words, source, len(self._names), len(self.recipe.columns), order)
        taken = {position for position in self._at.values() if position is not None}
        free = {folded(name): name for position, name in enumerate(self._names) if position not in taken}
        hints = []
        for name in missing:
            close = difflib.get_close_matches(folded(name)[:200], list(free), n=1, cutoff=_ALIKE)
            if close:
                hints.append(translated("{0} for {1}", quoted(free[close[0]]), quoted(name)))
        if len(missing) == 1:
            if hints:
                words = "{0} lacks the column {1}, which the model needs; did you mean {2}?"
                return DataError(words, source, quoted(missing[0]), quoted(free[close[0]]))
            return DataError("{0} lacks the column {1}, which the model needs.", source, quoted(missing[0]))
        if hints:
            words = "{0} lacks the columns {1}, which the model needs; did you mean {2}?"
            return DataError(words, source, listed(missing), joined(hints, 4))
        return DataError("{0} lacks the columns {1}, which the model needs.", source, listed(missing))
