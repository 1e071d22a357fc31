"""Lessons as the text of a file: what somebody has recorded or edited, as it is saved, shared and read again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.core.reading import check_toml
from nnviz.experiment.toml_text import experiment_to_toml
from nnviz.lessons.schema import LessonSpec

#: Always written, in this order: what a lesson is.
_HEAD = ("title", "summary", "minutes", "level", "topic")


#: Tables that are text, and how many bytes of one a lesson carries along.
_TEXTS = (".csv", ".tsv", ".txt")
MOST_CARRIED = 2**18


def lesson_content(lesson: LessonSpec) -> dict[str, Any]:
    """Return what the file of a lesson says, as TOML has it: steps name only what they have.

    Raises
    ------
    ExperimentError
        Where its experiment is too large for one.
    """
    said = lesson.model_dump(mode="json", exclude={"experiment", "steps"}, exclude_defaults=True)
    head = {name: getattr(lesson, name) for name in _HEAD}
    steps = [{"say": step.say, **step.model_dump(mode="json", exclude_defaults=True)} for step in lesson.steps]
    experiment = tomllib.loads(experiment_to_toml(lesson.experiment))
    return {**head, **said, "experiment": experiment, "steps": steps}


def lesson_text(lesson: LessonSpec) -> str:
    """Return the text of a `.toml` that `read_lesson` reads back as `lesson`.

    Raises
    ------
    ExperimentError
        Where it is too large for one.
    """
    return written(lesson_content(lesson))


def written(content: Mapping[str, Any]) -> str:
    """Return what a lesson's file says as its text, whether or not it is right.

    Raises
    ------
    ExperimentError
        Where it is too large for a `.toml`.
    """
    # Triple quotes would turn \r\n into \n.
    text = tomli_w.dumps(content, multiline_strings="\\r" not in repr(content))
    try:
        check_toml(text)
    except ValueError as error:
        raise ExperimentError("The lesson is too large for one file ({0}); take smaller data.", error) from None
    return text


def portable(lesson: LessonSpec) -> LessonSpec:
    """Return `lesson` with a table from a small text file written into it, so that one file is all that is shared.

    A larger table, or a workbook, stays where it is, under its path.
    """
    table = lesson.experiment.data.table
    if table is None or table.path is None or Path(table.path).suffix.lower() not in _TEXTS:
        return lesson
    try:
        if Path(table.path).stat().st_size > MOST_CARRIED:
            return lesson
        text = Path(table.path).read_bytes().decode("utf-8-sig")
        data = lesson.experiment.data.edited(table=table.edited(path=None, text=text))
        carried: LessonSpec = lesson.edited(experiment=lesson.experiment.edited(data=data))
        carried.experiment.prepared()
    except (OSError, ValueError, NnvizError):
        return lesson
    return carried
