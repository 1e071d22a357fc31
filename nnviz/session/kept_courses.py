"""The tree of runs in a file: which run was taken off which, and each of them as it stands, as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from nnviz.core.arguments import flag, text, whole
from nnviz.core.inert import shown
from nnviz.core.storage import Arrays
from nnviz.core.translation import counted
from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.kept_experiments import completed, differing_parts
from nnviz.session.run_tree import Course

#: What they are called in a file.
GROUP: Final = "courses"
#: More lines nobody compares.
MOST_COURSES: Final = 100
LONGEST_NAME: Final = 100


class KeptCourse(Struct, frozen=True, eq=False):
    """A course of the tree as it is in a file.

    Attributes
    ----------
    course : Course
    wanted : Experiment
        What it is to be.
    document : Document or None
        Its run; None for the one in front, which is the document itself.
    """

    course: Course
    wanted: Experiment
    document: Document | None


def written_courses(
    kept: Sequence[KeptCourse], last: int, present: Experiment, path: Path | None, n_bytes: int
) -> tuple[Arrays, str]:
    """Return the tree as arrays, and a sentence on what there was no room for.

    Those with a star come first, then the latest; where one has no room with its past, it goes without it.

    Parameters
    ----------
    kept : sequence of KeptCourse
        With the one in front, each after its parent.
    last : int
        The highest number that was given.
    present : Experiment
        Of the one in front.
    path : Path or None
        The file that it is for.
    n_bytes : int
    """
    from nnviz.experiment.beside import described

    arrays: Arrays = {}
    by_rank = sorted(
        kept, key=lambda each: (each.document is not None, not each.course.is_starred, -each.course.number)
    )
    rooms = dict[int, Arrays]()
    for each in by_rank[:MOST_COURSES]:
        own = _own_arrays(each.document)
        for wanted in (own, {name: array for name, array in own.items() if not name.startswith("past.")}):
            size = sum(array.nbytes for array in wanted.values())
            if size <= n_bytes:
                n_bytes -= size
                rooms[each.course.number] = wanted
                break
    for each in kept:
        if each.course.number in rooms:
            arrays |= {f"{each.course.number}.{name}": array for name, array in rooms[each.course.number].items()}
    there = [each for each in kept if each.course.number in rooms]
    description = {"last": last, "courses": [_described(each, present, path) for each in there]}
    n_left = len(kept) - len(there)
    note = counted(
        n_left,
        "{0} other run had no room in the file; allow more in Run → Memory for the past….",
        "{0} other runs had no room in the file; allow more in Run → Memory for the past….",
    )
    return described(description, arrays), note if n_left else ""


def _described(each: KeptCourse, present: Experiment, path: Path | None) -> dict[str, Any]:
    course = each.course
    return {
        "number": course.number,
        "name": course.name[:LONGEST_NAME],
        "parent": course.parent,
        "epoch": course.epoch,
        "is_weighed": course.is_weighed,
        "is_starred": course.is_starred,
        "is_compared": course.is_compared,
        "is_front": each.document is None,
        "experiment": differing_parts(each.wanted, present, path),
        "base": None if course.base is None else differing_parts(course.base, present, path),
    }


def _own_arrays(document: Document | None) -> Arrays:
    if document is None:
        return {}
    arrays: Arrays = {}
    if document.checkpoint is not None:
        arrays = {f"checkpoint.{name}": array for name, array in document.checkpoint.to_arrays().items()}
        past = document.past.arrays if document.past is not None else {}
        arrays |= {f"past.{name}": array for name, array in past.items()}
    elif document.parameters is not None:
        arrays["parameters"] = document.parameters
    return arrays


class KeptTree(Struct, frozen=True, eq=False):
    """The courses of a file, parents before children, and the highest number that was given."""

    courses: tuple[KeptCourse, ...]
    last: int


def read_courses(document: Document) -> KeptTree | None:
    """Return the courses that were saved with a document; None where there were none.

    Raises
    ------
    ExperimentError
        In one sentence, where they are damaged: none of them is taken then.
    """
    from nnviz.experiment.beside import judged

    return judged(document.beside, GROUP, lambda description, arrays: _tree(description, arrays, document))


def _tree(description: Mapping[str, Any], arrays: Mapping[str, np.ndarray], document: Document) -> KeptTree:
    courses = list(description["courses"])
    if not 0 < len(courses) <= MOST_COURSES:
        raise ValueError
    kept = tuple(_read(each, arrays, document) for each in courses)
    _check(kept)
    last = whole(description["last"], "last")
    return KeptTree(kept, max(last, *(each.course.number for each in kept)))


def _read(parts: Mapping[str, Any], arrays: Mapping[str, np.ndarray], document: Document) -> KeptCourse:
    from nnviz.core.checkpoint import Checkpoint
    from nnviz.core.stored_past import StoredPast

    present, path = document.experiment, document.path
    number, base = whole(parts["number"], "number", 1), parts["base"]
    course = Course(
        number,
        0,
        shown(text(parts["name"], "name"), LONGEST_NAME),
        whole(parts["parent"], "parent"),
        whole(parts["epoch"], "epoch"),
        None if base is None else completed(base, present, path),
        *(flag(parts[name], name) for name in ("is_weighed", "is_starred", "is_compared")),
    )
    wanted = completed(parts["experiment"], present, path)
    if flag(parts["is_front"], "is_front"):
        return KeptCourse(course, wanted, None)
    own = _group(arrays, f"{number}.checkpoint.")
    checkpoint = Checkpoint.from_arrays(own) if own else None
    parameters = arrays.get(f"{number}.parameters") if checkpoint is None else checkpoint.network.parameters
    if parameters is not None and (parameters.ndim != 1 or parameters.dtype != np.float64):
        raise ValueError
    past = _group(arrays, f"{number}.past.")
    history = checkpoint.history if checkpoint is not None else None
    its_document = Document(wanted, parameters, checkpoint, history, path, StoredPast(past) if past and own else None)
    return KeptCourse(course, wanted, its_document)


def _group(arrays: Mapping[str, np.ndarray], prefix: str) -> Arrays:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _check(kept: Iterable[KeptCourse]) -> None:
    """Raise ValueError where the courses are no tree with one of them in front."""
    seen: set[int] = set()
    n_front = 0
    for each in kept:
        course = each.course
        # A parent may be gone, but comes before its children where it is there.
        if course.number in seen or course.parent >= course.number:
            raise ValueError
        seen.add(course.number)
        n_front += each.document is None
    if n_front != 1:
        raise ValueError


def at_run(each: KeptCourse, run_id: int) -> Course:
    """Return the course of a run that was made of it."""
    return replace(each.course, run_id=run_id)
