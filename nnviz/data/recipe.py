"""How the columns of a table became the features of a data set: kept with a model, so that new rows are read alike.

The names of features alone do not say it: ``colour=red`` does not tell which other colours there were, nor what a
missing one became.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import asdict

from nnviz.core.errors import SettingError
from nnviz.data.column_words import Part

if TYPE_CHECKING:
    from nnviz.data.dates import Order

SourceKind = Literal["numeric", "categorical", "date"]


class SourceColumn(Struct, frozen=True):
    """A column of a table and the features that it became.

    Attributes
    ----------
    name : str
    kind : "numeric", "categorical" or "date"
    features : tuple of str
        In order: the number; one for each category; or the days (hours) and then one for each part's category.
    categories : tuple of str
        Of a categorical column, as many as features.
    as_missing : tuple of str
        Categories that stand for a missing cell.
    reference : datetime.date or None
        From when the days of dates are counted; None: hours since midnight.
    order : "day first" or "month first"
        How dates are read that may be either.
    parts : tuple of ("weekday" | "month" | "hour", int)
        Which category of which part each feature after the first stands for.
    fill : float or None
        What a missing cell becomes: a number, or the position of a category. None: the row has no prediction.
    part_fills : tuple of ("weekday" | "month" | "hour", int)
        What the parts of a missing date become.
    """

    name: str
    kind: SourceKind
    features: tuple[str, ...]
    categories: tuple[str, ...] = ()
    as_missing: tuple[str, ...] = ()
    reference: dt.date | None = None
    order: Order = "day first"
    parts: tuple[tuple[Part, int], ...] = ()
    fill: float | None = None
    part_fills: tuple[tuple[Part, int], ...] = ()


class Recipe(Struct, frozen=True):
    """How a table became a data set.

    Attributes
    ----------
    columns : tuple of SourceColumn
        Those that became features, in their order.
    answers : tuple of str
        Columns that hold what is predicted: one of classes, several of 0 and 1 that stand for classes, or the values.
    known : tuple of str
        All columns of the table.
    """

    columns: tuple[SourceColumn, ...]
    answers: tuple[str, ...]
    known: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features, in order."""
        return tuple(feature for column in self.columns for feature in column.features)

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as plain lists, for model files (JSON)."""
        columns = []
        for column in self.columns:
            day = column.reference.isoformat() if column.reference is not None else None
            columns.append({**asdict(column), "reference": day})
        return {"columns": columns, "answers": list(self.answers), "known": list(self.known)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Recipe:
        """Return the recipe that `to_dict` described.

        Raises
        ------
        SettingError
            Where it is none.
        """
        try:
            columns = tuple(_column(each) for each in stored["columns"])
            answers, known = (tuple(map(str, stored[name])) for name in ("answers", "known"))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise SettingError("The description of the table's columns is damaged; save the model again.") from None
        return cls(columns, answers, known)


def recipe_of_names(feature_names: Sequence[str], answers: Sequence[str], header: Sequence[str] = ()) -> Recipe:
    """Return what the names of features tell: of data without a table, and of models of nnviz 0.1.

    Parameters
    ----------
    feature_names, answers : sequence of str
    header : sequence of str
        Columns of the table that is to be read: where one of them is called like a feature, it is that.
    """
    found: dict[tuple[SourceKind, str], list[tuple[str, Any]]] = {}
    for name in feature_names:
        kind, column, detail = _told_by(name, feature_names, header)
        found.setdefault((kind, column), []).append((name, detail))
    columns = []
    for (kind, column), features in found.items():
        names, details = tuple(name for name, _ in features), [detail for _, detail in features]
        if kind == "date":
            features.sort(key=lambda feature: isinstance(feature[1], tuple))
            (first, day), *others = features
            names = (first, *(name for name, _ in others))
            columns.append(SourceColumn(column, kind, names, reference=day, parts=tuple(part for _, part in others)))
        else:
            columns.append(SourceColumn(column, kind, names, tuple(details) if kind == "categorical" else ()))
    return Recipe(tuple(columns), tuple(answers))


def _told_by(name: str, others: Sequence[str], header: Sequence[str]) -> tuple[SourceKind, str, Any]:
    """Return what kind of column a feature's name speaks of, its name, and the day, the part or the category."""
    from nnviz.data.cells import folded
    from nnviz.data.dates import PARTS, input_column, part_names

    columns = set(map(folded, header))
    if folded(name) in columns:
        return "numeric", name, None
    dated = input_column(name)
    if dated is not None:
        return "date", dated[0], dated[1]
    head, _, category = name.rpartition("=")
    for part in PARTS:
        column = head.removesuffix(f" ({part})")
        is_dated = any(dated is not None and dated[0] == column for dated in map(input_column, others))
        if column != head and is_dated and category in part_names(part):
            return "date", column, (part, part_names(part).index(category))
    splits = [(name[:at], name[at + 1 :]) for at, character in enumerate(name) if character == "=" and at]
    for column, category in splits:
        if folded(column) in columns:
            return "categorical", column, category
    for column, category in splits:
        if sum(other.startswith(f"{column}=") for other in others) > 1:
            return "categorical", column, category
    return "numeric", name, None


def _column(stored: Mapping[str, Any]) -> SourceColumn:
    day, fill = stored["reference"], stored["fill"]
    column = SourceColumn(
        str(stored["name"]),
        stored["kind"],
        tuple(map(str, stored["features"])),
        tuple(map(str, stored["categories"])),
        tuple(map(str, stored["as_missing"])),
        None if day is None else dt.date.fromisoformat(day),
        stored["order"],
        _parts(stored["parts"]),
        None if fill is None else float(fill),
        _parts(stored["part_fills"]),
    )
    n_expected = {"numeric": 1, "categorical": len(column.categories), "date": 1 + len(column.parts)}[column.kind]
    has_category = fill is None or column.kind != "categorical" or 0 <= fill < n_expected
    if len(column.features) != n_expected or not has_category:
        raise ValueError(column.name)
    return column


def _parts(stored: Sequence[Sequence[Any]]) -> tuple[tuple[Part, int], ...]:
    from nnviz.data.dates import PARTS, part_names

    pairs: list[tuple[Part, int]] = []
    for part, code in stored:
        if part not in PARTS or not 0 <= code < len(part_names(part)):
            raise ValueError(part)
        pairs.append((part, int(code)))
    return tuple(pairs)
