"""Source files as tests look at them: a dozen tests read all there are.

Syntax trees are large and hold no knots: kept, or looked through while they grow, they cost the collector more than
reading them costs.
"""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

import nnviz

PACKAGE = Path(nnviz.__file__).parent


def nodes_of(text: str) -> list[ast.AST]:
    """Return all nodes of a source, from the outside in, with the collector at rest meanwhile."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return list(ast.walk(ast.parse(text)))
    finally:
        if was_enabled:
            gc.enable()


@cache
def files(*folders: str) -> tuple[Path, ...]:
    """Return the modules below some folders of the package, in order; of all of it where none is named."""
    return tuple(path for folder in folders or (".",) for path in sorted((PACKAGE / folder).rglob("*.py")))


def name_of(call: ast.Call) -> str:
    """Return what is called, without what it belongs to."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
