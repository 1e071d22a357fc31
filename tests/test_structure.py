"""A module reads in one sitting, and a function at one glance."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.sources import PACKAGE, files, nodes_of

MOST_LINES_OF_A_MODULE = 400
MOST_LINES_OF_A_FUNCTION = 60
#: Pure tables, one entry a line.
TABLES = {"nnviz/ui/commands/actions.py: _table"}


def sources() -> Iterator[tuple[str, str]]:
    """Yield every module's path within the package and its text."""
    for path in files():
        yield path.relative_to(PACKAGE.parent).as_posix(), path.read_text(encoding="utf-8")


def long_functions(text: str) -> Iterator[tuple[str, int]]:
    for node in nodes_of(text):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MOST_LINES_OF_A_FUNCTION:
                yield node.name, length


def test_a_long_function_is_found() -> None:
    body = "\n".join(["def short():", "    pass", "class A:", "    def long(self):", *["        x = 1"] * 60])
    assert list(long_functions(body)) == [("long", 61)]


def test_modules_read_in_one_sitting() -> None:
    lengths = {name: len(text.splitlines()) for name, text in sources()}
    assert len(lengths) > 250
    assert {name: n for name, n in lengths.items() if n > MOST_LINES_OF_A_MODULE} == {}


def test_functions_are_seen_at_one_glance() -> None:
    found = {f"{name}: {function}": n for name, text in sources() for function, n in long_functions(text)}
    assert found.keys() >= TABLES
    assert {name: n for name, n in found.items() if name not in TABLES} == {}
