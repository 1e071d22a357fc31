"""Lessons from files: those that nnviz ships, and those of others, through the gate that every file passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from nnviz import assets
from nnviz.core.errors import ExperimentError
from nnviz.core.reading import brief, gate, name_of, read_bytes
from nnviz.core.storage import expanded
from nnviz.experiment.schema_errors import describe
from nnviz.experiment.toml_text import parse_toml
from nnviz.lessons.schema import LESSON_FORMAT, LessonSpec

MOST_LESSON_BYTES = 2**20
"""Longest file of a lesson."""


def load_lesson(source: str | Path) -> LessonSpec:
    """Return the lesson that ships under the name `source`, or is in that file.

    Raises
    ------
    ExperimentError
        In one sentence that names the file, where it is no lesson.
    """
    text = str(source)
    path = assets.course_file(text) if text in assets.course_names() else expanded(text)
    with gate(path, "lesson"):
        return read_lesson(read_bytes(path, MOST_LESSON_BYTES).decode("utf-8-sig"), name_of(path))


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
        raise brief(ExperimentError("{0}: {1}", where, describe(error, LessonSpec))) from None


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
