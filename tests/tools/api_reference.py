"""Write `.github/API.md`, the reference of the public names, from their docstrings.

Run with ``python -m tests.tools.api_reference``; `tests/test_public_api.py` compares the page with the docstrings.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import nnviz
import nnviz.sklearn

PAGE = Path(__file__).parents[2] / ".github" / "API.md"
COMMAND = "python -m tests.tools.api_reference"
INTRODUCTION = f"""# The public API

What scripts and notebooks may rely on: `import nnviz`, then the names below. They are imported when they are first
used, so that `import nnviz` costs next to nothing, and none of them needs Qt. Every example runs as a test.

Arrays are float64; rows are samples: `X (n_samples, n_features)`, `Y (n_samples, n_outputs)`,
`W (n_out, n_in)`. Whatever a user can put right is raised as an `NnvizError`, a `ValueError` of one plain sentence.
`nnviz list` names every data set, lesson, activation, loss, initialiser, optimiser and schedule.

`repr` of a network, a trainer, a history, a checkpoint, a data set or an experiment is a line with what matters; a
notebook shows a table, and the curve of a run.

The estimators for scikit-learn are in `nnviz.sklearn`, which needs scikit-learn 1.6 or later.

The window can be driven too, where Qt is there: `nnviz.app.create_application` and `nnviz.app.create_window` give a
`nnviz.ui.window.main_window.MainWindow` with `play`, `pause`, `step`, `reset`, `is_training`, `epoch`,
`epochs_per_second` and the signal `frame_shown`, which carries the epoch that has just been drawn.

This page is written from the docstrings by `{COMMAND}`; edit those.
"""
WIDTH = 120
_STARS = {inspect.Parameter.VAR_KEYWORD: "**", inspect.Parameter.VAR_POSITIONAL: "*"}
_HEADING = re.compile(r"^([A-Z][A-Za-z ]*)\n-{3,}\n", re.MULTILINE)


def page() -> str:
    """Return the whole reference as Markdown."""
    parts = [INTRODUCTION]
    for name in nnviz.__all__:
        value = getattr(nnviz, name)
        if not isinstance(value, str):
            parts += [f"\n## {name}\n", *_described(name, value)]
    for name in nnviz.sklearn.__all__:
        parts += [f"\n## sklearn.{name}\n", *_described(name, getattr(nnviz.sklearn, name))]
    return "\n".join(parts).rstrip() + "\n"


def _described(name: str, value: Any) -> Iterator[str]:
    yield f"*{'Class' if isinstance(value, type) else 'Function'}, in `{value.__module__}`.*\n"
    # A frozen document is made of keywords that its attributes name, an error is caught rather than made.
    if not (isinstance(value, type) and issubclass(value, BaseModel | Exception)):
        yield f"```python\n{_signature(name, value)}\n```\n"
    yield _markdown(inspect.getdoc(value) or "")
    members = list(_members(value)) if isinstance(value, type) else []
    if members:
        yield "\n| | |\n| --- | --- |"
        yield from members


def _signature(name: str, function: Any) -> str:
    """Return how `function` is called, as it would be written; a long one takes a line for each parameter."""
    parameters = []
    # The signature of a record has the types themselves.
    written = vars(function).get("__annotations__", {}) if isinstance(function, type) else {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in "".join(parameters):
            parameters.append("*")
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        annotation = written.get(parameter.name, parameter.annotation)
        parameters.append(f"{_STARS.get(parameter.kind, '')}{parameter.name}: {annotation}{default}")
    result = "" if isinstance(function, type) else f" -> {inspect.signature(function).return_annotation}"
    line = f"{name}({', '.join(parameters)}){result}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"{name}(", *(f"    {text}," for text in parameters), f"){result}"])


def _members(kind: type) -> Iterator[str]:
    """One row of a table for every public method and property that the class, or one of ours below it, defines."""
    ours = [base for base in reversed(kind.__mro__) if base.__module__.startswith("nnviz.")]
    found = {name: member for base in ours for name, member in vars(base).items()}
    for name, member in found.items():
        is_method = inspect.isfunction(member) or isinstance(member, classmethod)
        is_property = isinstance(member, property | cached_property)
        if name.startswith("_") or not (is_method or is_property):
            continue
        summary = re.split(r"\n\s*\n", inspect.getdoc(getattr(kind, name) if is_method else member) or "")[0]
        call = f"({_names(getattr(kind, name))})" if is_method else ""
        yield f"| `{name}{call}` | {summary.replace(chr(10), ' ')} |"


def _names(function: Any) -> str:
    parameters = inspect.signature(function).parameters.values()
    return ", ".join(
        _STARS.get(parameter.kind, "") + parameter.name + ("" if parameter.default is parameter.empty else "=…")
        for parameter in parameters
        if parameter.name != "self"
    )


def _markdown(doc: str) -> str:
    """Return a numpydoc docstring as Markdown."""
    pieces = _HEADING.split(doc)
    text = [pieces[0].strip()]
    for heading, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if heading == "Examples":
            text.append(f"```python\n{body.strip()}\n```")
        else:
            text.append(f"**{heading}**\n\n{_entries(body)}")
    return "\n\n".join(text)


def _entries(body: str) -> str:
    """Return the entries of a section, such as the parameters, as a list."""
    entries: list[str] = []
    for entry in re.split(r"\n(?=\S)", body.strip()):
        head, *text = entry.splitlines()
        names, _, kind = head.partition(" : ")
        described = " ".join(line.strip() for line in text if line.strip())
        entries.append(": ".join(filter(None, [f"- `{names}`" + (f" ({kind})" if kind else ""), described])))
    return "\n".join(entries)


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(Path.cwd())}.")
