"""Orange's headers: three rows of names, types and flags, or prefixes of the names such as ``cD#``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from nnviz.data.declared import Declared, DeclaredKind, DeclaredRole
from nnviz.data.tokens import Rows

#: Types of the second row, and prefixes; https://orange3.readthedocs.io/projects/orange-data-mining-library.
_TYPES: dict[str, DeclaredKind] = {
    **dict.fromkeys(("continuous", "c", "numeric", "n"), "numeric"),
    **dict.fromkeys(("discrete", "d", "categorical"), "nominal"),
    **dict.fromkeys(("string", "s", "text"), "text"),
    **dict.fromkeys(("time", "t", "datetime"), "date"),
}
_FLAGS: dict[str, DeclaredRole] = {
    **dict.fromkeys(("class", "c"), "target"),
    **dict.fromkeys(("meta", "m"), "left out"),
    **dict.fromkeys(("ignore", "i", "skip"), "left out"),
    **dict.fromkeys(("weight", "w"), "weight"),
}
_PREFIXED = re.compile(r"([cmiw]?)([CDSTN]?)#(.+)", re.DOTALL)
#: What types and flags may be beside words: listed values ("low mid high"), attributes ("format=%d").
_VALUES = re.compile(r"\S+(?:\s+\S+)+")


def orange_header(rows: Rows) -> tuple[Rows, tuple[Declared, ...]]:
    """Return rows without Orange's own header cells, and what these say of each column; nothing where there are none.

    The first of the rows is the header then.
    """
    return _three_rows(rows) or _prefixes(rows) or (rows, ())


def _three_rows(rows: Rows) -> tuple[Rows, tuple[Declared, ...]] | None:
    if len(rows.cells) < 4:
        return None
    names, types, flags = (list(map(str.strip, row)) for row in rows.cells[:3])
    kinds = [_kind(cell) for cell in types]
    if len(types) != len(names) or len(names) < 1 or not all(names) or any(kind is None for kind in kinds):
        return None
    if not any(cell.lower() in _TYPES for cell in types):
        return None
    flags += [""] * (len(names) - len(flags))
    roles = [_role(cell) for cell in flags]
    if len(flags) != len(names) or any(role is None for role in roles):
        return None
    declared = tuple(Declared(kind or "", role or "") for kind, role in zip(kinds, roles, strict=True))
    kept = Rows([names, *rows.cells[3:]], rows.lines[[0, *range(3, len(rows.cells))]], list(rows.notes))
    return _with_note(kept, declared)


def _prefixes(rows: Rows) -> tuple[Rows, tuple[Declared, ...]] | None:
    if len(rows.cells) < 2:
        return None
    matches = [_PREFIXED.fullmatch(cell.strip()) for cell in rows.cells[0]]
    if not any(match is not None and match[1] + match[2] for match in matches):
        return None
    if any(match is None and "#" in cell for match, cell in zip(matches, rows.cells[0], strict=True)):
        return None
    declared, names = [], []
    for match, cell in zip(matches, rows.cells[0], strict=True):
        if match is None or not match[1] + match[2]:
            declared.append(Declared())
            names.append(cell)
            continue
        declared.append(Declared(_TYPES.get(match[2].lower(), ""), _FLAGS.get(match[1], "")))
        names.append(match[3])
    return _with_note(Rows([names, *rows.cells[1:]], rows.lines, list(rows.notes)), tuple(declared))


def _with_note(rows: Rows, declared: Sequence[Declared]) -> tuple[Rows, tuple[Declared, ...]]:
    # Of several classes each is a target; numbers and words together are none, and the last one counts.
    targets = [position for position, each in enumerate(declared) if each.role == "target"]
    if len({declared[position].kind for position in targets}) > 1 or any(
        declared[position].kind == "nominal" for position in targets[:-1]
    ):
        declared = [
            replace(each, role="") if position in targets[:-1] else each for position, each in enumerate(declared)
        ]
    return rows, tuple(declared)


def _kind(cell: str) -> DeclaredKind | None:
    """Return the type that a cell of the second row stands for; None where it is none."""
    if cell.lower() in _TYPES:
        return _TYPES[cell.lower()]
    return "nominal" if _VALUES.fullmatch(cell) else None


def _role(cell: str) -> DeclaredRole | None:
    """Return the role that a cell of the third row stands for; None where it is no flag."""
    words = cell.split()
    known = [_FLAGS[word.lower()] for word in words if word.lower() in _FLAGS]
    if len(known) + sum("=" in word for word in words) < len(words):
        return None
    return known[0] if known else ""
