"""What the documents name exists: paths, modules, names and commands, and the rules that the packages state."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.documents import PACKAGE, ROOT, command_lines, complaint_of_command, complaint_of_span, complaints, spans
from tests.import_rules import BELOW
from tests.sources import files, nodes_of
from tests.tools import rooms_picture

DOCUMENTS = [
    ROOT / "README.md",
    *sorted((ROOT / ".github").rglob("*.md")),
]
NUMBERS = {16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty"}
PACKAGES = [path for path in sorted(PACKAGE.rglob("__init__.py")) if path.parent != PACKAGE]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_what_a_document_names_exists(path):
    assert complaints(path.read_text(encoding="utf-8"), path.parent) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_its_commands_can_be_given(path):
    found = {line: complaint_of_command(line) for line in command_lines(path.read_text(encoding="utf-8"))}
    assert {line: complaint for line, complaint in found.items() if complaint} == {}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_its_links_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", text)
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PACKAGES, ids=name_of)
def test_what_a_package_says_of_itself_exists(path):
    assert complaints(docstring(path), path.parent) == []


@pytest.mark.parametrize("path", PACKAGES, ids=name_of)
def test_a_package_says_what_it_may_import_and_where_to_start(path):
    text = " ".join(docstring(path).split())
    parts = path.parent.relative_to(PACKAGE).parts
    start = re.search(r"Start with `([\w/]+\.py)`", text)
    assert start is not None
    assert (path.parent / start[1]).is_file()
    stated = re.search(r"May import of (nnviz|ui/): ([\w, ]+)\.", text)
    assert stated is not None
    names = set() if stated[2] == "nothing" else set(stated[2].split(", "))
    if len(parts) == 1:
        assert names == BELOW[parts[0]]
    elif parts[0] == "ui":
        assert {f"ui.{name}" for name in names} == BELOW[".".join(parts)]
    else:
        # A folder of a package that is no room of the window imports what the package does, and the package.
        assert names == BELOW[parts[0]] | {parts[0]}


def test_modules_and_files_that_docstrings_name_exist():
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    found = []
    for path in files():
        for node in nodes_of(path.read_text(encoding="utf-8")):
            text = (ast.get_docstring(node) or "") if isinstance(node, documented) else ""
            named = [span for span in spans(text) if span.startswith("nnviz.") or span.endswith(".py")]
            found += [(name_of(path), complaint_of_span(span, [path.parent])) for span in named]
    assert [(name, complaint) for name, complaint in found if complaint] == []


def test_the_window_names_all_its_rooms():
    rooms = re.findall(r"^- `(\w+)`:", docstring(PACKAGE / "ui" / "__init__.py"), re.MULTILINE)
    assert sorted(f"ui.{room}" for room in rooms) == sorted(name for name in BELOW if name.startswith("ui."))


def test_the_readme_counts_and_names_the_rooms_from_the_top_down():
    row = re.search(
        r"^\| `nnviz/ui` \| the window, in (\w+) rooms: (.*) \|$", DOCUMENTS[0].read_text("utf-8"), re.MULTILINE
    )
    rooms = re.findall(r"^- `(\w+)`:", docstring(PACKAGE / "ui" / "__init__.py"), re.MULTILINE)
    assert row is not None
    assert sorted(re.findall(r"`(\w+)`", row[2])) == sorted(rooms)
    assert row[1] == NUMBERS[len(rooms)]


def test_the_picture_of_the_rooms_is_that_of_the_imports():
    written = rooms_picture.PICTURE.read_text(encoding="utf-8")
    assert written == rooms_picture.picture(), f"draw it again: {rooms_picture.COMMAND}"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("nnviz/core/network.py", ""),
        ("nnviz/core/netwrok.py", "there is no file"),
        ("nnviz.core.network.Network.predict", ""),
        ("nnviz.core.network.Network.predictt", "nothing is called"),
        ("nnviz.core.nowhere", "nothing is called"),
        ("Controller.edit_parameters", ""),
        ("Controller.edit_parametres", "nothing is called"),
        ("nnviz train source-a --epochs 5", ""),
        ("nnviz train source-a --epoch-count 5", "unrecognized"),
        ("python tests/benchmarks/bench_engine.py", ""),
        ("python tests/benchmarks/bench_engine.py --nothing", "has no --nothing"),
        ("python -m tests.tools.nothing", "there is no"),
        ("python -m pip install -e '.[nothing]'", "no extra"),
    ],
)
def test_mistakes_are_found(text, complaint):
    found = complaint_of_span(text, [ROOT])
    assert (complaint in found) if complaint else found == ""
