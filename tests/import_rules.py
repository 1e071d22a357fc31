"""The modules of the package with what they import, and the table of who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.sources import PACKAGE, files, nodes_of

# Whom each part of the package may import beside itself. core ← data ← experiment ← session ← ui ← app; drawing and
# export beside session. assets reads resources/; everybody may know the version.
BELOW = {
    "_version": set(),
    "core": set(),
    "assets": {"core"},
    "qt_libraries": set(),
    "sklearn": {"core"},
    "data": {"core", "assets"},
    "experiment": {"core", "assets", "data"},
    "drawing": {"core", "assets", "data", "experiment"},
    "export": {"core", "assets", "data", "experiment", "drawing", "qt_libraries"},
    "lessons": {"core", "assets", "data", "experiment"},
    "sweeps": {"core", "assets", "data", "experiment"},
    "session": {"core", "assets", "data", "experiment", "sweeps"},
    "ui": {"core", "assets", "data", "experiment", "drawing", "export", "lessons", "session", "sweeps"},
    # The rooms of ui/: whom each may import inside it. A room of views knows no other one; painting is the map's tool.
    "ui.widgets": set(),
    "ui.plots": {"ui.widgets"},
    "ui.commands": {"ui.widgets"},
    "ui.form": {"ui.widgets"},
    "ui.loss": {"ui.plots", "ui.widgets"},
    "ui.painting": {"ui.plots", "ui.widgets"},
    "ui.answers": {"ui.plots", "ui.widgets"},
    "ui.walls": {"ui.widgets"},
    "ui.race": {"ui.widgets"},
    "ui.explain": {"ui.plots", "ui.widgets"},
    "ui.lessons": {"ui.widgets"},
    "ui.guide": {"ui.widgets"},
    "ui.timeline": {"ui.widgets"},
    "ui.stage": {"ui.plots", "ui.widgets"},
    "ui.network": {"ui.plots", "ui.widgets"},
    "ui.ab": {"ui.form", "ui.network", "ui.setup", "ui.widgets"},
    "ui.setup": {"ui.form", "ui.widgets"},
    "ui.boundary": {"ui.painting", "ui.plots", "ui.widgets"},
    "ui.documents": {"ui.commands", "ui.widgets"},
    "ui.window": {
        "ui.ab",
        *("ui.answers", "ui.boundary", "ui.commands", "ui.documents", "ui.explain", "ui.form", "ui.guide"),
        *("ui.lessons", "ui.loss", "ui.network", "ui.painting", "ui.plots", "ui.race", "ui.setup", "ui.stage"),
        *("ui.timeline", "ui.walls", "ui.widgets"),
    },
}
TOP = {
    "__init__",
    "__main__",
    "app",
    "cli",
    "cli_arguments",
    "doctor",
    "headless",
    "lesson_command",
    "quick_start",
    "readme_pictures",
    "screenshot_command",
    "screenshots",
    "sweep_command",
    "terminal",
}
"""Modules at the top that wire everything together; nothing below may import them."""


@dataclass(frozen=True)
class Module:
    path: Path
    name: str
    """Without the package's own: "core.network", "app"."""
    imports: tuple[str, ...]
    """Dotted names; "from a import b" counts as "a.b"."""
    used: tuple[str, ...]
    """Attributes that are read, as "gc.disable"."""
    texts: tuple[str, ...]
    """Strings in the code."""

    @property
    def part(self) -> str:
        return self.name.split(".")[0]

    @property
    def room(self) -> str:
        """Of a module in ui/, such as "ui.window"; otherwise empty."""
        parts = self.name.split(".")
        return ".".join(parts[:2]) if parts[0] == "ui" and len(parts) > 1 else ""

    @property
    def own_imports(self) -> Iterator[str]:
        return (name.removeprefix("nnviz.") for name in self.imports if name.startswith("nnviz."))

    @property
    def foreign_imports(self) -> Iterator[str]:
        return (name for name in self.imports if name.split(".")[0] != "nnviz")


def imports_of(nodes: Iterable[ast.AST], package: str) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")
                base = ".".join([*above[: len(above) - node.level + 1], *([base] if base else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _used(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for path in files():
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] == "resources":
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        package = ".".join(("nnviz", *parts[:-1]))
        nodes = nodes_of(path.read_text(encoding="utf-8"))
        found.append(Module(path, name, tuple(imports_of(nodes, package)), tuple(_used(nodes)), tuple(_texts(nodes))))
    return tuple(found)
