"""Regular expressions that are compiled when they are first asked for anything: a start has no use for most of them."""

from __future__ import annotations

import re
from typing import Any, cast


class _LatePattern:
    """Stands for a compiled pattern; once one of its methods has been used, it costs no more than that itself."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.__dict__.update(pattern=pattern, _flags=flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.__dict__["pattern"], self.__dict__["_flags"]), name)
        setattr(self, name, found)
        return found


def late_pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return what serves as the compiled `pattern`; it is compiled on first use.

    Examples
    --------
    >>> late_pattern("[0-9]+").fullmatch("42").group()
    '42'
    """
    return cast("re.Pattern[str]", _LatePattern(pattern, flags))
