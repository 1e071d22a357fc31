"""The only reader of `resources/`: data sets, lessons, icons and fonts that ship with nnviz.

An installed nnviz carries the folder inside the package, a checkout has it beside the package; nobody else needs to
know which.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nnviz.core.errors import NnvizError

LESSON_SUFFIX = ".toml"


@cache
def resources_root() -> Path:
    """Return the folder that holds `data/`, `lessons/`, `icons/` and `fonts/`.

    Raises
    ------
    NnvizError
        Where the installation lacks it.
    """
    package = Path(__file__).resolve().parent
    for root in (package / "resources", package.parent / "resources"):
        if (root / "data").is_dir():
            return root
    raise NnvizError("The resources of nnviz are missing beside {0}; install nnviz again.", package)


def data_file(name: str) -> Path:
    """Return the path of a data file, such as ``"iris.csv"``; `NnvizError` where there is none."""
    return _file("data", name)


def lesson_file(name: str) -> Path:
    """Return the path of a lesson, such as ``"source-a"``; `NnvizError` where there is none."""
    return _file("lessons", name + LESSON_SUFFIX)


def course_file(name: str) -> Path:
    """Return the path of a lesson in steps, such as ``"xor"``; `NnvizError` where there is none."""
    return _file("course", name + LESSON_SUFFIX)


def icon_file(name: str) -> Path:
    """Return the path of an icon, such as ``"play.svg"``; `NnvizError` where there is none."""
    return _file("icons", name)


def font_file(name: str) -> Path:
    """Return the path of a font, such as ``"DejaVuSans.ttf"``; `NnvizError` where there is none."""
    return _file("fonts", name)


def lesson_names() -> tuple[str, ...]:
    """Return the names of all lessons in alphabetical order."""
    return tuple(sorted(path.stem for path in (resources_root() / "lessons").glob(f"*{LESSON_SUFFIX}")))


def course_names() -> tuple[str, ...]:
    """Return the names of all lessons in steps in alphabetical order."""
    return tuple(sorted(path.stem for path in (resources_root() / "course").glob(f"*{LESSON_SUFFIX}")))


@cache
def provenance() -> Mapping[str, Mapping[str, Any]]:
    """Return what is known of each shipped data file: file, rows, sha256, licence, citation, doi, changes and more."""
    text = data_file("PROVENANCE.json").read_text(encoding="utf-8")
    entries: dict[str, dict[str, Any]] = json.loads(text)
    return MappingProxyType({name: MappingProxyType(entry) for name, entry in entries.items()})


def attribution() -> str:
    """Return the shipped statement of sources, licences and changes (Markdown)."""
    return data_file("ATTRIBUTION.md").read_text(encoding="utf-8")


def _file(folder: str, name: str) -> Path:
    # Names arrive from the command line and from files, so that a path in disguise is refused.
    path = resources_root() / folder / name
    if Path(name).name != name or not path.is_file():
        raise NnvizError("nnviz has no file {0!r} among its {1}; check the name, or install nnviz again.", name, folder)
    return path
