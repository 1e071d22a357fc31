"""Words for messages about data: names between quotation marks, lists of them, and small counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nnviz.core.inert import shown
from nnviz.core.translation import counted, translated


def quoted(text: str, limit: int = 40) -> str:
    """Return `shown` text between quotation marks, for use within a sentence."""
    return f"'{shown(text, limit)}'"


def rows_text(n: int) -> str:
    """Return "1 row", "2 rows"."""
    return counted(n, "{0} row", "{0} rows")


def listed(names: Iterable[str], most: int = 8) -> str:
    """Return quoted names, separated by commas; of many only the first."""
    return joined([quoted(name) for name in names], most)


def joined(texts: Sequence[str], most: int) -> str:
    """Return texts separated by commas; of many only the first."""
    some = ", ".join(texts[:most])
    return some if len(texts) <= most else translated("{0} and {1} more", some, len(texts) - most)
