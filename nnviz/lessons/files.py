"""Lessons from files: those that nnviz ships, and those of others, through the gate that every file passes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct, field
from pydantic import ValidationError

from nnviz import assets
from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.core.inert import shown
from nnviz.core.reading import gate, name_of, read_bytes
from nnviz.core.storage import expanded
from nnviz.core.translation import translated
from nnviz.experiment.schema_errors import describe
from nnviz.experiment.toml_text import parse_toml
from nnviz.lessons.schema import LESSON_FORMAT, LessonSpec

MOST_LESSON_BYTES = 2**20
"""Longest file of a lesson."""
MOST_IN_A_FOLDER = 500
"""Files of a folder that are looked at."""


def load_lesson(source: str | Path) -> LessonSpec:
    """Return the lesson that ships under the name `source`, or is in that file.

    Raises
    ------
    ExperimentError
        In one sentence that names the file, where it is no lesson; with the nearest names, where there is none.
    """
    text = str(source)
    name = shipped_name(text)
    if not name and Path(text).suffix != assets.LESSON_SUFFIX and not expanded(text).exists():
        raise ExperimentError("There is no lesson {0!r}; {1}", text, _nearest(text))
    path = assets.course_file(name) if name else expanded(text)
    with gate(path, "lesson"):
        return read_lesson(read_bytes(path, MOST_LESSON_BYTES).decode("utf-8-sig"), name_of(path))


def is_lesson(source: str | Path) -> bool:
    """Return whether a file is meant as a lesson: settings with steps; whether they are right is another matter."""
    try:
        path = expanded(str(source))
        if path.suffix.lower() != assets.LESSON_SUFFIX or not path.is_file():
            return False
        with gate(path, "lesson"):
            content = parse_toml(read_bytes(path, MOST_LESSON_BYTES).decode("utf-8-sig"), name_of(path))
    except (NnvizError, OSError):
        return False
    return isinstance(content.get("steps"), list)


class Shelf(Struct, frozen=True):
    """The lessons in a folder.

    Attributes
    ----------
    lessons : mapping of str to LessonSpec
        By their paths, in the order of their names.
    complaints : tuple of str
        One sentence for each file that is none, or for the folder where it cannot be read.
    """

    lessons: Mapping[str, LessonSpec] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()


def lessons_in(folder: Path) -> Shelf:
    """Return the lessons in a folder, such as one that a school shares; those below it are not looked for."""
    lessons: dict[str, LessonSpec] = {}
    complaints: list[str] = []
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() == assets.LESSON_SUFFIX)
    except (OSError, ValueError):
        found, complaints = [], [translated("The folder {0} cannot be read.", shown(str(folder), 120))]
    if len(found) > MOST_IN_A_FOLDER:
        words = translated("{0} holds {1} files; the first {2} are listed.")
        complaints.append(words.format(shown(str(folder), 120), len(found), MOST_IN_A_FOLDER))
    for path in found[:MOST_IN_A_FOLDER]:
        try:
            lessons[str(path)] = load_lesson(path)
        except NnvizError as error:
            complaints.append(str(error))
    return Shelf(lessons, tuple(complaints))


def shipped_name(text: str) -> str:
    """Return the name of the lesson that ships and that `text` means: its name, or the beginning of just one.

    Empty where there is none.

    Examples
    --------
    >>> shipped_name("source-c")
    'source-c-by-the-digit'
    """
    names = assets.course_names()
    begun = [name for name in names if text and name.startswith(f"{text}-")]
    return text if text in names else begun[0] if len(begun) == 1 else ""


def _nearest(text: str) -> str:
    """Return the end of the sentence that there is no such lesson."""
    names = assets.course_names()
    words = [name for name in names if text and text.casefold() in name]
    close = list(dict.fromkeys([*difflib.get_close_matches(text, names, n=3, cutoff=0.5), *words]))[:3]
    if not close:
        return translated("`nnviz lesson` lists all.")
    return translated("did you mean {0}?", ", ".join(map(repr, close)))


def read_lesson(text: str, where: str) -> LessonSpec:
    """Return the lesson in the TOML `text`; `where` is what a complaint begins with.

    Raises
    ------
    ExperimentError
        In one sentence, where it is none.
    """
    content = parse_toml(text.replace("\r\n", "\n").replace("\r", "\n"), where)
    written = content.get("format", LESSON_FORMAT)
    if isinstance(written, int) and not isinstance(written, bool) and written > LESSON_FORMAT:
        words = "{0} is a lesson of a newer nnviz (format {1}, this one reads {2}); open it with that."
        raise ExperimentError(words, where, written, LESSON_FORMAT)
    try:
        return LessonSpec.model_validate(content)
    except ValidationError as error:
        raise ExperimentError("{0}: {1}", where, describe(error, LessonSpec)) from None


class Library(Mapping[str, LessonSpec]):
    """All lessons that nnviz ships, by name, each read when it is first asked for."""

    def __getitem__(self, name: str) -> LessonSpec:
        if name not in assets.course_names():
            raise KeyError(name)
        return _shipped(name)

    def __iter__(self) -> Iterator[str]:
        return iter(assets.course_names())

    def __len__(self) -> int:
        return len(assets.course_names())


LIBRARY = Library()


@cache
def _shipped(name: str) -> LessonSpec:
    return load_lesson(name)
