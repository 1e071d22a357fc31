"""Lets the tree of runs be saved with the document of a window, and be there again once that is opened."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnviz.core.errors import ExperimentError
from nnviz.core.storage import Arrays
from nnviz.experiment.curves import stored_curves
from nnviz.experiment.document import Document, Experiment
from nnviz.session.kept_courses import GROUP, KeptCourse, KeptTree, at_run, read_courses, written_courses
from nnviz.session.run import Run
from nnviz.session.run_tree import RunTree
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.state import ExperimentState

if TYPE_CHECKING:
    from nnviz.session.beside import Asked


class CourseKeeper:
    """Writes and reads the courses of a window.

    Parameters
    ----------
    state : ExperimentState
    lab : Laboratory
    tree : RunTree
    """

    group = GROUP
    needs_room = True

    def __init__(self, state: ExperimentState, lab: Laboratory, tree: RunTree) -> None:
        self._state, self._lab, self._tree = state, lab, tree
        self._read: KeptTree | None = None

    @property
    def has_any(self) -> bool:
        """Whether there is more than the run in front."""
        return len(self._tree) > 0

    def ask_written(self, n_bytes: int, path: Path | None) -> Asked:
        """Ask every run of the tree for itself; the one in front is the document itself."""
        from nnviz.session.beside import Asked

        present, front = self._state.experiment, self._state.run_id
        courses = [course for course in self._tree.courses if course.run_id in self._lab]
        others = [self._lab.run(course.run_id) for course in courses if course.run_id != front]
        room = n_bytes // max(len(others), 1)
        known = {run.id: run.wanted for run in others} | {front: present}
        answers = [self._ask(run, room, path) for run in others]

        def written(documents: list[Any]) -> tuple[Arrays, str]:
            by_run = dict(zip((run.id for run in others), documents, strict=True))
            kept = [
                KeptCourse(course, known[course.run_id], by_run.get(course.run_id))
                for course in courses
                if course.run_id == front or by_run[course.run_id] is not None
            ]
            return written_courses(kept, self._tree.last, present, path, n_bytes)

        return Asked(answers, written)

    def _ask(self, run: Run, n_bytes: int, path: Path | None) -> Future[Document]:
        if run.trainer is None and not run.is_to_be_carried:
            answer: Future[Document] = Future()
            answer.set_result(run.unprepared(path))
            return answer
        return self._lab.ask_copy(run.id, partial(_saved, n_bytes, path))

    def read(self, document: Document) -> str:
        """Judge the courses of another document; return what is to be said of them, or nothing."""
        self._read = None
        try:
            self._read = read_courses(document)
        except ExperimentError as error:
            return str(error)
        return ""

    def take_back(self, front: Run, begin: Callable[[Experiment, Document], Run]) -> None:
        """Let the courses that were read rest beside the run of their document.

        Parameters
        ----------
        front : Run
            That of the document.
        begin : callable
            Takes in a run of an experiment that goes on from another document.
        """
        kept, self._read = self._read, None
        if kept is None:
            return
        courses, curves = [], {}
        for each in kept.courses:
            run = front if each.document is None else begin(each.wanted, each.document)
            courses.append(at_run(each, run.id))
            if each.document is not None:
                self._lab.rest(run.id)
                if each.document.history is not None:
                    curves[run.id] = stored_curves(each.document.history)
        self._tree.restore(courses, kept.last, curves)


def _saved(n_bytes: int, path: Path | None, run: Run) -> Document:
    """Called in a training thread: the past gets what weights and history leave of the room."""
    return run.saved(path, max(n_bytes - (run.nbytes - run.past_nbytes), 0))
