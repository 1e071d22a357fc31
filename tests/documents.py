"""What a document names in backticks and in its commands, and whether the repository has it.

Nothing is imported and nothing is run: names are looked up in the sources as they stand.
"""

from __future__ import annotations

import argparse
import ast
import keyword
import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NoReturn

from nnviz import cli
from tests.sources import nodes_of

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "nnviz"
#: Commands that are neither nnviz's nor Python's; what they are told is not looked at.
OTHER_COMMANDS = {"awk", "git", "sudo", "py"}
#: Names that are spoken of and not used: of libraries, and the mark of a comment.
SPOKEN_OF = {"QGraphicsLineItem", "QTest", "SVGExporter", "axisOrder", "autoDownsample", "setDownsampling"}
SPOKEN_OF |= {"WORKAROUND", "fastmath", "genfromtxt", "numba"}
#: They name what does not exist, to see that it is found.
OWN = {"documents.py", "test_documents.py"}
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_PATH = re.compile(r"[\w.*-]*/[\w./*-]*|[\w-]+\.(?:py|md|toml|svg|png|json)|\.ci/run")
_COMMAND = re.compile(r"(\.venv/bin/)?(nnviz|python3?|ruff|mypy|pytest|coverage)( |$)|\.ci/\w+$|git |sudo ")
_OWN = re.compile(r"\bself\.(\w+)")
_DOTTED = re.compile(r"_*[A-Za-z]\w*(?:\.\w+)*(?:\(\))?")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def spans(text: str) -> list[str]:
    """Return what stands in backticks outside of fenced blocks, line breaks as spaces."""
    return [" ".join(match[2].split()) for match in _CODE.finditer(_FENCED.sub("", text))]


def command_lines(text: str) -> list[str]:
    """Return the commands of a document: the lines of fenced blocks that are a shell's, and those in backticks."""
    lines = [
        line
        for language, body in _FENCED.findall(text)
        if language in ("bash", "sh", "")
        for line in body.replace("\\\n", " ").splitlines()
    ]
    return [line for line in (*lines, *spans(text)) if _is_command(line)]


def _is_command(text: str) -> bool:
    return (
        re.match(r"(\.venv/bin/)?(nnviz|python3?|ruff|mypy|pytest|coverage)( |$)|\.ci/\w+$|git |sudo ", text)
        is not None
    )


def complaint_of_command(line: str) -> str:
    """Return why a line would not do what it says, or an empty string."""
    # In a list of usages an explanation follows after some spaces, and brackets and dots mark what may be left out.
    line = re.split(r" {3,}", line)[0]
    if " [" in line:
        line = re.sub(r"[\[\]…]", " ", line)
    for part in re.split(r"&&|;", line):
        words = [word for word in shlex.split(part, comments=True) if not re.fullmatch(r"[A-Z_]+=\S*", word)]
        complaint = _complaint(words) if words else ""
        if complaint:
            return complaint
    return ""


def _complaint(words: list[str]) -> str:
    name, *rest = words
    name = name.removeprefix(".venv/bin/")
    if name == "nnviz":
        return _complaint_of_nnviz(rest)
    if name.startswith("python"):
        return _complaint_of_python(rest)
    if name in ("ruff", "mypy", "pytest", "coverage"):
        return _missing_paths(rest)
    if name.startswith(".ci/"):
        return "" if (ROOT / name).is_file() else f"there is no {name}"
    return "" if name in OTHER_COMMANDS else f"nobody knows the command {name}"


def _complaint_of_nnviz(words: list[str]) -> str:
    if not words or words[0] not in cli.COMMANDS:
        return f"nnviz has no option {words}" if any(word.startswith("-") for word in words) else ""
    parser = _Parser(prog=f"nnviz {words[0]}")
    cli.COMMANDS[words[0]][0](parser)
    try:
        # A command that is only named is not given.
        parser.parse_args(["1" if word == "N" else word for word in words[1:]]) if words[1:] else None
    except ValueError as error:
        return str(error)
    return ""


def _complaint_of_python(words: list[str]) -> str:
    if words[:2] == ["-m", "nnviz"]:
        return _complaint_of_nnviz(words[2:])
    if words[:2] == ["-m", "pip"]:
        return _unknown_extras(words)
    if words[:1] == ["-m"]:
        module, rest = words[1], words[2:]
        if module in ("venv", "pytest", "build"):
            return _missing_paths(rest)
        path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    else:
        path, rest = ROOT / words[0], words[1:]
    if not path.is_file():
        return f"there is no {path.relative_to(ROOT)}"
    known = set(_strings(path))
    return ", ".join(f"{path.name} has no {word}" for word in rest if word.startswith("--") and word not in known)


def _missing_paths(words: list[str]) -> str:
    paths = [word.split("::")[0] for word in words if "/" in word and not word.startswith("-")]
    return ", ".join(f"there is no {path}" for path in paths if not (ROOT / path).exists())


def _unknown_extras(words: list[str]) -> str:
    named = [name for word in words for name in ",".join(re.findall(r"[\[<]([\w,]+)\]?", word)).split(",") if name]
    return ", ".join(f"there is no extra called {name}" for name in named if name not in _extras())


@cache
def _extras() -> frozenset[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return frozenset(project["optional-dependencies"])


def complaints(text: str, folder: Path) -> list[str]:
    """Return what is wrong with the names in backticks of a document that lies in `folder`."""
    named = spans(text)
    # A folder that the document names need not be said again with each of its files.
    folders = [folder, *(ROOT / span for span in named if _PATH.fullmatch(span) and (ROOT / span).is_dir())]
    folders += [(ROOT / span).parent for span in named if "/" in span and _PATH.fullmatch(span)]
    found = (complaint_of_span(span, folders) for span in named)
    return [complaint for complaint in found if complaint]


def complaint_of_span(text: str, folders: Sequence[Path]) -> str:
    """Return why something in backticks names nothing that exists, or an empty string.

    Parameters
    ----------
    text : str
    folders : sequence of Path
        Where a file that is named without its folder may lie, beside the root.
    """
    if _is_command(text):
        return complaint_of_command(text)
    if _PATH.fullmatch(text):
        found = any(list(base.glob(text.rstrip("/"))) for base in (*folders, ROOT))
        return "" if found or text.rstrip("/") in _words() else f"there is no file {text}"
    if _DOTTED.fullmatch(text):
        return "" if _is_known(text.removesuffix("()")) else f"nothing is called {text}"
    return ""


def _is_known(name: str) -> bool:
    if name.startswith("nnviz."):
        return _resolves(name.split(".")[1:])
    first, *rest = name.split(".")
    if keyword.iskeyword(name) or first in SPOKEN_OF:
        return True
    members = _members().get(first)
    if members is not None and rest:
        return rest[0] in members
    if name in _words() or all(part in _words() for part in (first, *rest)):
        return True
    # The beginning of names, such as `show_`.
    return name.endswith("_") and any(word.startswith(name) for word in _words())


def _resolves(parts: list[str]) -> bool:
    """Whether nnviz has such a package, module, or something that a module defines or imports."""
    place = PACKAGE
    for position, part in enumerate(parts):
        if (place / part).is_dir():
            place = place / part
            continue
        module = place / f"{part}.py"
        if module.is_file():
            rest = parts[position + 1 :]
        else:
            module, rest = place / "__init__.py", parts[position:]
        if not rest:
            return True
        return rest[0] in _top(module) and (len(rest) == 1 or rest[1] in _members().get(rest[0], set()))
    return (place / "__init__.py").is_file()


@cache
def _top(module: Path) -> frozenset[str]:
    """Names that a module gives a meaning to, wherever in it."""
    nodes = nodes_of(module.read_text(encoding="utf-8"))
    return frozenset(name for node in nodes for name in _bound(node))


def _bound(node: ast.AST) -> Iterator[str]:
    """Names that a statement of a module or class gives a meaning to."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (leaf.id for target in targets for leaf in ast.walk(target) if isinstance(leaf, ast.Name))


@cache
def _sources() -> tuple[Path, ...]:
    paths = [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    return tuple(sorted(path for path in paths if path.name not in OWN))


def _strings(path: Path) -> Iterator[str]:
    for node in nodes_of(path.read_text(encoding="utf-8")):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _members() -> dict[str, set[str]]:
    """Return by class what its body and `self.` define, bases of nnviz included."""
    return _named()[0]


def _words() -> frozenset[str]:
    """Every name and every short string of the sources, the modules' own, and the names of files that they write."""
    return _named()[1]


@cache
def _named() -> tuple[dict[str, set[str]], frozenset[str]]:
    """Return members by class, and words, both found in one go: a thousand files are read for them."""
    own: dict[str, set[str]] = {}
    bases: dict[str, set[str]] = {}
    words = {"nnviz", "tests", *_extras()}
    for path in _sources():
        words |= {path.stem, *path.relative_to(ROOT).parts[:-1]}
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for node in nodes_of(text):
            words.update(_words_of(node))
            if isinstance(node, ast.ClassDef):
                names = own.setdefault(node.name, set())
                names.update(name for child in node.body for name in _bound(child))
                names.update(_OWN.findall("\n".join(lines[node.lineno : node.end_lineno])))
                bases.setdefault(node.name, set()).update(leaf.id for leaf in node.bases if isinstance(leaf, ast.Name))
    for _ in range(4):
        for name in own:
            own[name].update(*(own.get(base, set()) for base in bases[name]))
    return own, frozenset(words)


def _words_of(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name():
            return (node.id,)
        case ast.Attribute():
            return (node.attr,)
        case ast.arg() | ast.keyword():
            return (node.arg or "",)
        case ast.alias():
            return node.name.split(".")
        case ast.FunctionDef() | ast.ClassDef():
            return (node.name,)
        case ast.Constant(value=str()) if len(node.value) < 40:
            return (node.value,)
    return ()
