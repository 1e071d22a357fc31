"""Branches of the run that a window shows: where they are made, shown, left and thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import Slot

from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.effects import Effect, effect_of
from nnviz.experiment.second import kept_of
from nnviz.session.branching import Branch, Branching, CourseCommand, RemoveCommand
from nnviz.session.commands import Change
from nnviz.session.course_keeper import CourseKeeper
from nnviz.session.edited_run import EditedRun
from nnviz.session.mailbox import Adopt
from nnviz.session.parked_runs import ParkedRuns
from nnviz.session.run import Run
from nnviz.session.run_tree import Course, RunTree
from nnviz.session.state import ExperimentState

if TYPE_CHECKING:
    from nnviz.session.beside import KeptBeside


class BranchedRun(EditedRun):
    """The part of a controller that knows of other courses. Signals are those of `ShownRun`."""

    parked: ParkedRuns
    tree: RunTree
    branching: Branching
    #: Who has something that is saved with the document.
    beside: list[KeptBeside]
    courses: CourseKeeper

    def _begin_branching(self, state: ExperimentState) -> None:
        """Make what takes off branches, and what saves them with the document."""
        self.branching = Branching(state, self, self.tree)
        self.courses = CourseKeeper(state, self.lab, self.tree)
        self.timeline.marks.follow(self.tree)
        self.beside = [self.courses, self.timeline.marks]
        self.lab.given_up.connect(self._on_given_up)

    @Slot(object, object)
    def _on_given_up(self, run_id: int, document: Document) -> None:
        """Let a run that steps or courses name be one that rests where it had come to."""
        if self.tree.course_of(run_id) is not None or run_id in self._state.named_runs():
            run = self._new_resting(document.experiment, document)
            self.lab.rest(run.id)
            self._stand_in(run.id, run_id)
            self.tree.move(run_id, run.id, anew=run_id in self.tree.anew)

    def _stand_in(self, run_id: int, former: int) -> None:
        """Let a copy of a run take its place for every step that names it, and have its marks."""
        self._state.follow_copy(former, run_id)
        self.timeline.marks.move(former, run_id)

    def experiment_at(self, epoch: int | None) -> Experiment:
        """Return settings and data that were in force when an epoch had ended; None: those of now."""
        if epoch is None:
            return self._state.experiment
        return kept_of(self._state.experiment, self._run.experiment_at(epoch))

    def continue_from(self, epoch: int | None, wanted: Experiment | None = None, *, plays: bool = True) -> None:
        """Take another course from the end of an epoch, None: from now; an undo step, once the moment is there.

        Parameters
        ----------
        epoch : int or None
        wanted : Experiment or None
            Settings and data from there on, for a network with as many parameters; None: those of then.
        plays : bool
            Whether it trains on at once.
        """
        if not self._closed:
            self.branching.branch(epoch, wanted, plays=plays)

    def edit_parameters(self, values: Mapping[int, float], text: str, merge_key: str = "") -> None:
        """Overwrite weights or biases as an undo step: of the present run, or on a branch from the past one."""
        if self._closed or not values:
            return
        if self.looks_back or self.branching.is_waiting:
            self.branching.set_weights(values, text, merge_key)
        else:
            super().edit_parameters(values, text, merge_key)

    def request_document(self, path: Path | None = None, past_bytes: int = 0) -> Future[Document]:
        """Return what `document` returns, once threads have come to it: with what stands beside the run."""
        from nnviz.session.beside import gathered, shares

        kept = [each for each in self.beside if each.has_any and (past_bytes > 0 or not each.needs_room)]
        room = shares(past_bytes, [each.group for each in kept])
        front = super().request_document(path, room["past"])
        return gathered(front, {each.group: each.ask_written(room[each.group], path) for each in kept})

    def _show_document(self, experiment: Experiment, document: Document | None) -> None:
        """Show another document, and let what was saved with it rest beside it."""
        document = document or Document(experiment)
        notes = [document.note, *(each.read(document) for each in self.beside)]
        document = replace(document, note=" ".join(filter(None, notes)))
        self._show(self._new_run(experiment, document=document), playing=False)
        self.parked.clear()
        self.lab.keep_only({self.run_id})
        self.courses.take_back(self._run, self._new_resting)
        self.timeline.marks.take_back()

    def _new_resting(self, experiment: Experiment, document: Document) -> Run:
        return self._new_run(experiment, document=document)

    def set_aside(self, run_id: int) -> None:
        """Let a run rest for *Undo*, which keeps a few; a course is kept until it is taken out of the tree."""
        if self.tree.course_of(run_id) is None:
            self.parked.park(run_id)
        else:
            self.lab.rest(run_id)

    # -- for commands -------------------------------------------------------------------------------------------

    def begin_branch(self, branch: Branch) -> Experiment:
        """Take in a run that goes on from there, and show it; the one before rests. Return the document of that."""
        document, parent = branch.document, self._run
        base = document.experiment
        present = self._state.experiment
        wanted = kept_of(present, branch.wanted or base)
        effect = effect_of(base, wanted)
        carries = effect is Effect.RESTART
        start = wanted if carries else base
        run = self._new_run(
            start, document=replace(document, experiment=start), prepared=branch.prepared, carries=carries
        )
        self.lab.pause([parent.id])
        if self.tree.course_of(parent.id) is None:
            self.tree.add(parent.id, self.tr("run {0}"))
        above = self.tree.course_of(parent.id)
        assert above is not None
        assert document.checkpoint is not None
        self._show(run, playing=False)
        details = {"base": base, "is_weighed": branch.is_weighed}
        self.tree.add(run.id, self.tr("run {0}"), parent=above.number, epoch=document.checkpoint.epoch, **details)
        if not carries and effect is not Effect.NONE:
            run.mailbox.post(Adopt(wanted))
        run.wanted = wanted
        self._state.apply(Change(present, wanted, "show"))
        if branch.plays:
            self.lab.train([run.id])
        return present

    def show_branch(self, course: Course) -> bool:
        """Show a course again that was left; return whether it is there."""
        former = self.run_id
        if not self.show_run(course.run_id):
            return False
        self.lab.pause([former])
        self.tree.put(course.number, course)
        return True

    def leave_branch(self, run_id: int, before: Experiment) -> Course:
        """Show a run again, and let the course that is shown rest outside the tree.

        Where the run is gone (it was taken out of the tree), one of the document `before` begins instead.
        """
        left = self.run_id
        course = self.tree.course_of(left) or self.tree.add(left, self.tr("run {0}"))
        self.show_or_begin(run_id, before)
        self.tree.put(course.number, None)
        self.parked.park(left)
        return course

    def show_or_begin(self, run_id: int, before: Experiment) -> None:
        """Show a run; where it is gone (it was taken out of the tree), one of the document `before` begins instead."""
        if run_id not in self.lab:
            gone, run_id = run_id, self._new_run(kept_of(self._state.experiment, before)).id
            # So that steps before this one find what they can be undone in.
            self._state.rename_run(gone, run_id, is_begun_anew=True)
            self.tree.add(run_id, self.tr("run {0}"))
        self.show_run(run_id)

    def put_course(self, number: int, course: Course | None) -> bool:
        """Let a course be as `course` says, None: be gone; return whether its run is there."""
        former = self.tree.course(number)
        if course is None:
            if former is None or former.run_id == self.run_id:
                return False
            self.tree.put(number, None)
            self.parked.park(former.run_id)
            return True
        # Since then a reset may have exchanged its run.
        kept = course if former is None else replace(course, run_id=former.run_id)
        if kept.run_id not in self.lab:
            return False
        self.parked.take(kept.run_id)
        self.tree.put(number, kept)
        return True

    # -- what one does to the tree ------------------------------------------------------------------------------

    def change_course(self, number: int, **details: Any) -> None:
        """Rename or star a course, or compare it or not: an undo step."""
        course = self.tree.course(number)
        if course is None or (changed := replace(course, **details)) == course:
            return
        texts = {
            "name": self.tr("rename {0}"),
            "is_starred": self.tr("star {0}") if changed.is_starred else self.tr("unstar {0}"),
            "is_compared": self.tr("show {0} in the charts")
            if changed.is_compared
            else self.tr("hide {0} in the charts"),
        }
        self._state.push(CourseCommand(self, course, changed, texts[next(iter(details))].format(course.name)))

    def remove_course(self, number: int) -> None:
        """Take a course out of the tree, as an undo step; the one that is shown stays."""
        course = self.tree.course(number)
        if course is not None and course.run_id != self.run_id:
            text = self.tr("remove {0}").format(course.name)
            self._state.push(RemoveCommand(self, course, self._state.experiment, text))

    def show_course(self, number: int) -> None:
        """Show a course: no undo step. The one before goes on where it trains."""
        course = self.tree.course(number)
        if course is not None:
            self.timeline.go_to_present()
            self.bring(course.run_id)

    def _show(self, run: Run, *, playing: bool) -> None:
        raise NotImplementedError
