"""Texts for which a pattern that tries all ways of matching takes hours, while nothing else of Python can run."""

from __future__ import annotations

import contextlib
import time

import pytest

from nnviz.core.errors import NnvizError
from nnviz.core.reading import parse_toml
from nnviz.data import default_choices, open_table

#: Each takes milliseconds; where ways are tried it takes from ten seconds to years.
SOON_S = 3.0
_HEAD = "@relation r\n@attribute a string\n@attribute b numeric\n@data\n"
_LONG = 40_000
TABLES = {
    "comments": "%a\n\n" * 30 + "x,y\n1,2\n3,4\n",
    "blanks": _HEAD + f"a{' ' * _LONG}b,1\n" * 3,
    "escapes": _HEAD + "'" + "\\'" * _LONG + "%,1\n",
    "sparse": _HEAD + f"{{0 a{' ' * _LONG}b,1 1}}\n" * 3,
    "weight": _HEAD + f"a,{' ' * _LONG}1}}\n" * 3,
    "names": "_ident" * 20_000 + "!,y\n1,2\n3,4\n5,6\n",
}
TOML = {
    "never closed": "a=1\n#\n" + '\n\\"""' * 20_000,
    "never closed, cut": "a=1\n#\n" + '\n\\"""' * 20_000 + "\\",
    "never closed in its line": "a=1\n" + '\\"' * 40_000,
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_a_table_is_read_or_refused_soon(text: str) -> None:
    begin = time.perf_counter()
    with contextlib.suppress(NnvizError):
        default_choices(open_table(text.encode(), name="t"))
    assert time.perf_counter() - begin < SOON_S


@pytest.mark.parametrize("text", TOML.values(), ids=TOML)
def test_toml_is_refused_soon(text: str) -> None:
    begin = time.perf_counter()
    with pytest.raises(ValueError, match=r"(?i)invalid|expected|unescaped"):
        parse_toml(text)
    assert time.perf_counter() - begin < SOON_S
