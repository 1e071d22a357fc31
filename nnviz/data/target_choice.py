"""Which column is to be predicted where nobody says so: by its name, by its place, or as the file's form has it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np

from nnviz.data.columns import is_name
from nnviz.data.table import Table

#: Names that stand for what is predicted wherever the column is, in order of how surely they do, folded.
_SURE_NAMES = (
    *("target", "targets", "label", "labels", "outcome", "survived", "diagnosis"),
    *("ziel", "zielvariable", "zielgrosse", "zielgroesse", "ergebnis", "uberlebt", "ueberlebt", "diagnose"),
    *("cible", "etiquette", "resultat", "survecu", "diagnostic"),
    *("objetivo", "etiqueta", "resultado", "sobrevivio", "diagnostico"),
)
#: Names that do so at the end or the beginning, or where no other column has one of them, folded.
_LIKELY_NAMES = frozenset(
    {
        *("class", "species", "quality", "price", "score"),
        *("klasse", "spezies", "qualitat", "qualitaet", "preis", "punktzahl"),
        *("classe", "espece", "qualite", "prix"),
        *("clase", "especie", "calidad", "precio", "puntuacion"),
    }
)
_PLAUSIBLE = ("numeric", "categorical")


def proposed_target(table: Table) -> str | tuple[str, ...] | None:
    """Return the name of the column to predict, or of several that stand for classes together; None: there is none."""
    given = table.given_targets
    if given:
        return given if len(given) > 1 else given[0]
    position = _by_rule_1(table) if table.rules == 1 else _by_name(table)
    if position is None and table.rules == 2:
        position = _by_place(table)
    if position is None:
        return None
    if isinstance(position, int):
        return table.columns[position].name
    return tuple(table.columns[index].name for index in position)


def is_one_hot(table: Table, positions: Sequence[int]) -> bool:
    """Return whether columns hold 0 and 1 such that exactly one of them is 1 in each row without missing cells."""
    total = np.zeros(table.n_rows)
    for position in positions:
        if not is_binary(table, position):
            return False
        total += table.data[position].numbers
    known = np.isfinite(total)
    return len(positions) > 1 and bool(known.any()) and bool((total[known] == 1.0).all())


def is_binary(table: Table, position: int) -> bool:
    """Return whether a column has both 0 and 1 and nothing else."""
    data = table.data[position]
    if not data.is_numeric:
        return False
    values = data.numbers[np.isfinite(data.numbers)]
    return bool(((values == 0.0) | (values == 1.0)).all()) and 0.0 < values.sum() < len(values)


def _sensible(table: Table) -> list[int]:
    return [index for index, column in enumerate(table.columns) if column.kind in _PLAUSIBLE and not column.reason]


def _by_rule_1(table: Table) -> int | list[int] | None:
    """Return the target as nnviz 0.1 has proposed it."""
    columns, last = table.columns, len(table.columns) - 1
    sensible = [index for index, column in enumerate(columns) if column.kind in _PLAUSIBLE]
    if _is_meant(table, last):
        return last
    if not sensible:
        return None
    group = _one_hot_end(table, sensible)
    if group:
        return group
    first = _first_words(table, sensible)
    return sensible[-1] if first is None else first


def _is_meant(table: Table, last: int) -> bool:
    """Return whether each row ends in words: that they cannot be learnt is better said than passed over."""
    column = table.columns[last]
    if table.data[last].declared.role:
        return False
    return column.kind == "text" or (column.kind == "constant" and not table.data[last].is_numeric)


def _first_words(table: Table, sensible: list[int]) -> int | None:
    """Return the first sensible column where it is the only one of categories."""
    categorical = [index for index in sensible if table.columns[index].kind == "categorical"]
    return sensible[0] if categorical == sensible[:1] and len(sensible) > 1 else None


def _by_name(table: Table) -> int | None:
    sensible = _sensible(table)
    last = len(table.columns) - 1
    if table.has_made_up_names:
        return None
    folded = {index: _folded(table.columns[index].name) for index in sensible}
    for name in _SURE_NAMES:
        found = [index for index in sensible if folded[index] == name]
        if found:
            return found[-1]
    # Beside an x, a y is a coordinate like it, unless it begins or ends the rows.
    others = {_folded(column.name) for column in table.columns}
    found = [index for index in sensible if folded[index] == "y"]
    if found and ("x" not in others or found[-1] == last or (found[-1] == 0 and len(others) > 2)):
        return found[-1]
    likely = [index for index in sensible if folded[index] in _LIKELY_NAMES]
    for place in (last, 0):
        if place in likely:
            return place
    return likely[0] if len(likely) == 1 else None


def _by_place(table: Table) -> int | list[int] | None:
    sensible = _sensible(table)
    columns, last = table.columns, len(table.columns) - 1
    if _is_meant(table, last) and (len(sensible) < 2 or not is_name(columns[last].name)):
        return last
    if not sensible:
        return None
    usual = next((index for index in sensible if columns[index].name == table.usual_target), None)
    if usual is not None:
        return usual
    group = _one_hot_end(table, [index for index in sensible if columns[index].kind == "numeric"])
    if group and group[-1] == sensible[-1]:
        return group
    if sensible[-1] == last and not _is_one_of_many(table, last):
        return last
    first = _first_words(table, sensible)
    return sensible[-1] if first is None else first


def _is_one_of_many(table: Table, position: int) -> bool:
    """Return whether nothing tells a measure from those before it: it has no name and is no whole number."""
    data = table.data[position]
    if not table.has_made_up_names or not data.is_numeric:
        return False
    known = data.numbers[data.has_number]
    return bool((known != np.round(known)).any())


def _one_hot_end(table: Table, sensible: list[int]) -> list[int]:
    """Return the last columns if they are one-hot; there can be no more than one such group."""
    total = np.zeros(table.n_rows)
    for n, position in enumerate(reversed(sensible), start=1):
        if n > 50 or not is_binary(table, position):
            return []
        total += table.data[position].numbers
        if n > 1 and n < len(sensible) and is_one_hot(table, sensible[-n:]):
            return sensible[-n:]
    return []


def _folded(name: str) -> str:
    """Return a name without capitals, accents and signs around it: "Überlebt?" as "uberlebt"."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip(" _-?:.!*\"'")
