"""What each column of a table holds: numbers, categories, dates, running numbers, or nothing to learn from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from nnviz.core.layout import Array
from nnviz.core.patterns import late_pattern
from nnviz.core.translation import counted, translated
from nnviz.data.cells import MISSING, WORDS_OR_MISSING, has_unit, is_date
from nnviz.data.column_data import MOSTLY, ColumnData
from nnviz.data.declared import DeclaredKind
from nnviz.data.wording import listed, quoted, rows_text

Kind = Literal["numeric", "categorical", "date", "text", "id", "index", "constant", "empty"]

#: Texts that repeat are categories where there are no more different ones than this, even if that is over half.
_FEW_CATEGORIES = 10
#: A running number of any name is taken for an index only in tables of at least so many rows.
_ROWS_FOR_INDEX = 5
_N_EXAMPLES = 5
#: What forms write between several answers in one cell.
_BETWEEN_ANSWERS = (";", "|", ", ")
_ID_NAME = late_pattern(
    r"(?:.*[\s_.-])?(?:id|ids|uuid|guid|key|code nr|nr|no|num|number|nummer|matrikel\w*|ident\w*|lfd\w*)[.#]?"
    r"|.*[a-z]Id|(?:sample|patient|row|case|subject|customer|student|car|record)s?[ _]?(?:name|number|index|no|nr)?"
    r"|index|idx|#|row ?names?|\w*name|unnamed: ?\d+|obs|rownames",
    re.IGNORECASE,
)
_QUANTITY_NAME = late_pattern(
    r"[a-z]\d*|time|zeit|t|year|jahr|day|tag|hour|week|month|monat|age|alter|epoch|step|dose|\w+[ _]?[\[(].*",
    re.IGNORECASE,
)
_CODE = late_pattern(r"[A-Za-z]{0,6}[-_ /]?[0-9]+")
#: Longer names are sentences, and none of them is looked for what a column may be called: that may take for ever.
_LONGEST_NAME = 200


class Column(Struct, frozen=True, eq=False):
    """One column of a table, as it is shown to a user.

    Attributes
    ----------
    name : str
        Data: pass it through `shown` before it is displayed.
    kind : str
        "numeric", "categorical", "date", "text" (mostly different), "id", "index" (a running number), "constant" or
        "empty".
    n_missing, n_distinct : int
        Missing cells, stray words among numbers included; different values.
    examples : tuple of str
        A few different cells, as typed.
    reason : str
        Why the column is left out by default; empty where it is not.
    declared : "nominal", "numeric", "text", "date" or ""
        What the file says that it is.
    """

    name: str
    kind: Kind
    n_missing: int
    n_distinct: int
    examples: tuple[str, ...]
    reason: str = ""
    declared: DeclaredKind = ""


class Place(Struct, frozen=True):
    """Where a column stands.

    Attributes
    ----------
    first, last : bool
    unnamed : bool
        Whether only this column has no name in the header.
    headless : bool
        Whether there is no header, so that the name says nothing.
    picture : bool
        Whether it is a pixel, which may be dark everywhere and is needed all the same.
    """

    first: bool = False
    last: bool = False
    unnamed: bool = False
    headless: bool = False
    picture: bool = False


def describe(name: str, data: ColumnData, place: Place) -> Column:
    """Return what a column holds, and whether it is left out by default."""
    found = replace(_described(name, data, place), declared=data.declared.kind)
    if data.declared.role == "left out":
        return replace(found, reason=translated("the file says so"))
    if data.declared.role == "weight":
        return replace(found, reason=translated("weights of the rows"))
    return found


def _described(name: str, data: ColumnData, place: Place) -> Column:
    examples = _examples(data)

    def column(kind: Kind, n_distinct: int, reason: str = "", n_missing: int = data.n_missing) -> Column:
        return Column(name, kind, n_missing, n_distinct, examples, reason)

    if data.declared.kind == "nominal":
        n_distinct = len(data.labels(target=False)[1])
        if n_distinct < 2:
            return column("constant", n_distinct, translated("one value only"))
        return column("categorical", n_distinct)
    if data.is_numeric:
        known = data.numbers[np.isfinite(data.numbers)]
        n_missing, n_distinct = len(data) - len(known), _n_distinct(known)
        if n_distinct == 1 and not place.picture:
            return column("constant", 1, translated("one value only"), n_missing)
        if place.picture or data.declared.kind == "numeric":
            return column("numeric", n_distinct, "", n_missing)
        kind, reason = _numeric_kind(name, data, place)
        return column(kind, n_distinct, reason, n_missing)
    return _of_words(name, data, place, column)


def _of_words(name: str, data: ColumnData, place: Place, column: Callable[..., Column]) -> Column:
    _, names = data.labels(target=False)
    n_known, n_distinct = len(data) - data.n_missing, len(names)
    if n_distinct == 0:
        return column("empty", 0, translated("no values"))
    if n_distinct == 1:
        return column("constant", 1, translated("one value only"))
    if data.dates is not None:
        return column("date", n_distinct, n_missing=int((~data.has_value).sum()))
    if sum(n for cell, n in data.counts.items() if is_date(cell)) >= MOSTLY * n_known:
        return column("date", n_distinct, translated("dates or times"))
    if 2 * n_distinct <= n_known or (n_distinct < n_known and n_distinct <= _FEW_CATEGORIES):
        return column("categorical", n_distinct)
    named_so = is_name(name) or place.unnamed
    codes_only = not place.last and n_distinct == n_known and all(map(_CODE.fullmatch, names[:100]))
    if n_distinct == n_known and ((named_so and not place.last) or codes_only or _is_id(name)):
        return column("id", n_distinct, translated("different in every row"))
    texts = counted(n_distinct, "{0} different text", "{0} different texts")
    return column("text", n_distinct, translated("{0} in {1}", texts, rows_text(n_known)))


def column_notes(name: str, data: ColumnData, line_of: Callable[[int], int]) -> list[str]:
    """Return sentences on what was assumed about the cells of a column."""
    if not data.is_numeric:
        return _notes_on_words(name, data)
    notes = []
    if data.strays:
        stray = data.strays[0]
        line = line_of(data.texts.index(stray))
        notes.append(
            counted(
                len(data.strays),
                "Column {1}: {2} (line {3}) is no number and was taken as missing.",
                "Column {1}: {2} (line {3}) and {4} more are no numbers and were taken as missing.",
                quoted(name),
                quoted(stray.strip()),
                line,
                len(data.strays) - 1,
            )
        )
    if data.is_plain and data.decimal == ".":
        return notes
    if not data.is_quick and any(map(has_unit, data.words)):
        words = "Column {0}: the percent or currency sign was left out; 12 % is 12."
        notes.append(translated(words, quoted(name)))
    point, comma, either = data.evidence
    if either and not point and not comma:
        example = quoted(next(cell for cell in data.words if "," in cell or "." in cell).strip())
        words = (
            "Column {0}: the decimal sign in {1} is a guess; check it."
            if data.decimal in example
            else "Column {0}: the thousands separator in {1} is a guess; check it."
        )
        notes.append(translated(words, quoted(name), example))
    return notes


def _notes_on_words(name: str, data: ColumnData) -> list[str]:
    notes = []
    if data.dates is not None and data.dates.is_guess:
        words = "Column {0}: whether the day or the month comes first in {1} is a guess; check it."
        notes.append(translated(words, quoted(name), quoted(_examples(data)[0])))
    codes, labels = data.labels(target=False)
    doubtful = [label for label in labels if label.lower() in WORDS_OR_MISSING]
    if doubtful and data.declared.kind == "" and data.dates is None and len(labels) > len(doubtful):
        n_rows = int(np.isin(codes, [labels.index(label) for label in doubtful]).sum())
        words = "Column {0}: {1} ({2}) is an answer like the others, not a missing cell."
        notes.append(translated(words, quoted(name), listed(doubtful), rows_text(n_rows)))
    several = several_answers(data)
    if several:
        words = (
            "Column {0} holds several answers in one cell, such as {1}; each combination counts as a text of its own."
        )
        notes.append(translated(words, quoted(name), quoted(several)))
    return notes


def several_answers(data: ColumnData) -> str:
    """Return an example of cells that hold several answers, such as "bus;bike"; empty where there are none."""
    for sign in _BETWEEN_ANSWERS:
        cells = [cell for cell in data.words if sign in cell]
        if 10 * len(cells) < 3 * len(data.words) or len(cells) < 2:
            continue
        answers = Counter(part.strip() for cell in data.words for part in cell.split(sign))
        # Answers come again in other combinations; the parts of a sentence or an address do not.
        if 2 * len(answers) <= sum(answers.values()) and len(answers) < len(data.words):
            return cells[0].strip()
    return ""


def is_name(name: str) -> bool:
    """Return whether a column is called like one that only names its rows."""
    return len(name) <= _LONGEST_NAME and _ID_NAME.fullmatch(name) is not None


def _is_id(name: str) -> bool:
    return re.fullmatch(r"(?:.*[\s_.-])?ids?|.*[a-z]Id|index|uuid", name, re.IGNORECASE) is not None


def _numeric_kind(name: str, data: ColumnData, place: Place) -> tuple[Kind, str]:
    """Tell running numbers and numbers that only name a row from quantities."""
    numbers = data.numbers
    n_rows = len(numbers)
    if not np.isfinite(numbers).all() or n_rows < 2:
        return "numeric", ""
    named_so = is_name(name)
    steps = np.diff(numbers)
    if (steps == 1.0).all():
        usual_start = numbers[0] in (0.0, 1.0)
        is_called_so = len(name) <= _LONGEST_NAME and _QUANTITY_NAME.fullmatch(name) is not None
        quantity = is_called_so and not place.headless
        if named_so or (place.unnamed and place.first):
            return "index", translated("a running number")
        if place.first and usual_start and n_rows >= _ROWS_FOR_INDEX and not quantity:
            return "index", translated("a running number")
        return "numeric", ""
    # Numbers that name something hardly ever repeat, and there are more of them than of grades.
    whole = named_so and n_rows >= _ROWS_FOR_INDEX and (numbers == np.round(numbers)).all()
    if whole and 10 * _n_distinct(numbers) >= 9 * n_rows:
        return "id", translated("numbers that only name a row")
    return "numeric", ""


def _n_distinct(numbers: Array) -> int:
    # The first np.unique of a process imports numpy.ma, which takes a third of a second.
    ordered = np.sort(numbers)
    return int(np.count_nonzero(np.diff(ordered))) + (len(ordered) > 0)


def _examples(data: ColumnData) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in range(min(len(data), 200)):
        cell = data.text(row).strip()
        if cell.lower() not in MISSING:
            found[cell] = None
        if len(found) == _N_EXAMPLES:
            break
    return tuple(found)
