"""The map of all lessons by topic, and how one is found by its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from nnviz.lessons.files import LIBRARY
from nnviz.lessons.plans import PLANS
from nnviz.lessons.schema import LessonSpec, Topic

TOPICS: tuple[str, ...] = get_args(Topic)
"""All topics, in the order of the map."""


def by_topic() -> dict[str, tuple[str, ...]]:
    """Return the names of all lessons that ship, by topic; within one in the order of the course."""
    course = [name for plan in PLANS.values() for name in plan.lessons]
    ordered = [*course, *(name for name in LIBRARY if name not in course)]
    return {topic: tuple(name for name in ordered if LIBRARY[name].topic == topic) for topic in TOPICS}


def found(query: str, lessons: Mapping[str, LessonSpec] = LIBRARY) -> tuple[str, ...]:
    """Return the names of the lessons in which every word of `query` occurs, in any case; all for none.

    Those whose title has them come first.

    Examples
    --------
    >>> found("Spiral HUNDRED")
    ('three-arms',)
    """
    words = query.casefold().split()
    named = [name for name, lesson in lessons.items() if _has(words, lesson.title)]
    return (*named, *(name for name, lesson in lessons.items() if name not in named and _has(words, _text(lesson))))


def _has(words: Sequence[str], text: str) -> bool:
    return all(word in text.casefold() for word in words)


def _text(lesson: LessonSpec) -> str:
    said = " ".join(step.say for step in lesson.steps)
    return f"{lesson.title} {lesson.summary} {lesson.topic} {lesson.source} {said}"
