"""What a file itself says about a column: ARFF's attributes, Orange's header rows, labels that come with pictures."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

DeclaredKind = Literal["", "nominal", "numeric", "text", "date"]
DeclaredRole = Literal["", "target", "left out", "weight"]


class Declared(Struct, frozen=True):
    """What is declared of one column.

    Attributes
    ----------
    kind : "nominal", "numeric", "text", "date" or ""
        Categories, whatever they look like; numbers, however few they are; free text; dates. Empty: not said.
    role : "target", "left out", "weight" or ""
    marks : frozenset of str or None
        What stands for a missing cell, in lower case; None: as everywhere.
    """

    kind: DeclaredKind = ""
    role: DeclaredRole = ""
    marks: frozenset[str] | None = None


NOTHING = Declared()
