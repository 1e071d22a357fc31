"""Stars and notes at epochs: what somebody wants to find again in the past of a run, and in its file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from nnviz.core.arguments import flag, text, whole
from nnviz.core.errors import ExperimentError
from nnviz.core.inert import shown
from nnviz.core.numbers import count_text
from nnviz.experiment.document import Document
from nnviz.session.commands import OneRunCommand
from nnviz.session.run import Run
from nnviz.session.run_tree import RunTree
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.state import ExperimentState

if TYPE_CHECKING:
    from nnviz.session.beside import Asked

LONGEST_NOTE: Final = 200
MOST_MARKS: Final = 1000


class EpochMark(Struct, frozen=True):
    """A mark at the end of an epoch.

    Attributes
    ----------
    epoch : int
    is_starred : bool
    note : str
        One line; empty: none.
    """

    epoch: int
    is_starred: bool = False
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is marked."""
        return not self.is_starred and not self.note


class MarkCommand(OneRunCommand):
    """Marks an epoch of a run otherwise than before."""

    def __init__(self, marks: EpochMarks, run_id: int, old: EpochMark, new: EpochMark, words: str) -> None:
        super().__init__(run_id, words)
        self._marks, self._old, self._new = marks, old, new

    def redo(self) -> None:
        """Mark it."""
        self._put(self._new)

    def undo(self) -> None:
        """Let it be marked as before."""
        self._put(self._old)

    def _put(self, mark: EpochMark) -> None:
        if not self._marks.put(self.run_id, mark):
            self.setObsolete(True)


class EpochMarks(QObject):
    """The marks of all runs of a window.

    Parameters
    ----------
    state : ExperimentState
    lab : Laboratory
    parent : QObject

    Signals
    -------
    changed : ()
        There are others.
    """

    group = "marks"
    needs_room = False

    changed = Signal()

    def __init__(self, state: ExperimentState, lab: Laboratory, parent: QObject) -> None:
        super().__init__(parent)
        self._state, self._lab = state, lab
        self._marks: dict[int, dict[int, EpochMark]] = {}
        self._read: dict[int, list[EpochMark]] = {}
        self._tree: RunTree | None = None
        lab.removed.connect(self._on_removed)

    def follow(self, tree: RunTree) -> None:
        """Know runs by their numbers in a tree, as files do."""
        self._tree = tree

    def of(self, run_id: int) -> tuple[EpochMark, ...]:
        """Return the marks of a run, by epoch."""
        return tuple(sorted(self._marks.get(run_id, {}).values(), key=lambda mark: mark.epoch))

    def knows(self, run_id: int) -> bool:
        """Whether an epoch of a run has been marked since it began, though no longer: undo steps speak of it."""
        return run_id in self._marks

    def at(self, run_id: int, epoch: int) -> EpochMark:
        """Return the mark at an epoch; an empty one where there is none."""
        return self._marks.get(run_id, {}).get(epoch, EpochMark(epoch))

    def move(self, run_id: int, copy_id: int) -> None:
        """Let a copy of a run have its marks, before the run goes."""
        if run_id in self._marks:
            self._marks[copy_id] = self._marks.pop(run_id)
            self._keep_near(copy_id)
            self.changed.emit()

    def toggle_star(self, run_id: int, epoch: int) -> None:
        """Star an epoch, or no longer: an undo step."""
        old = self.at(run_id, epoch)
        words = self.tr("unstar epoch {0}") if old.is_starred else self.tr("star epoch {0}")
        self._change(run_id, old, replace(old, is_starred=not old.is_starred), words)

    def set_note(self, run_id: int, epoch: int, note: str) -> None:
        """Write a note at an epoch, or none: an undo step."""
        old, line = self.at(run_id, epoch), shown(" ".join(note.split()), LONGEST_NOTE)
        words = self.tr("set the note at epoch {0}") if line else self.tr("remove the note at epoch {0}")
        self._change(run_id, old, replace(old, note=line), words)

    def _change(self, run_id: int, old: EpochMark, new: EpochMark, words: str) -> None:
        is_room = new.is_empty or old.epoch in self._marks.get(run_id, {}) or len(self.of(run_id)) < MOST_MARKS
        if new != old and run_id in self._lab and is_room:
            self._state.push(MarkCommand(self, run_id, old, new, words.format(count_text(old.epoch))))

    def put(self, run_id: int, mark: EpochMark) -> bool:
        """Let an epoch be marked so; return whether the run is there. For commands."""
        if run_id not in self._lab:
            return False
        marks = self._marks.setdefault(run_id, {})
        marks.pop(mark.epoch, None)
        if not mark.is_empty:
            marks[mark.epoch] = mark
        self._keep_near(run_id)
        self.changed.emit()
        return True

    def _keep_near(self, run_id: int) -> None:
        """Let a run remember what it has to for its marks, those that were set last above all."""
        run = self._lab.run(run_id)
        run.marked = tuple(self._marks.get(run_id, ()))
        if self._lab.is_open(run_id):
            self._lab.ask(run_id, Run.limit_past)

    @Slot(object)
    def _on_removed(self, run_id: int) -> None:
        self._marks.pop(run_id, None)

    # -- in the file of the document ----------------------------------------------------------------------------

    @property
    def has_any(self) -> bool:
        """Whether there are any to save."""
        return any(self._marks.values())

    def ask_written(self, _n_bytes: int, _path: Path | None) -> Asked:
        """Return the marks of the run in front and of those in the tree, by their numbers there; 0: in front."""
        from nnviz.experiment.beside import described
        from nnviz.session.beside import Asked

        numbers = {} if self._tree is None else {course.run_id: course.number for course in self._tree.courses}
        numbers[self._state.run_id] = 0
        content = {
            str(number): [[mark.epoch, mark.is_starred, mark.note] for mark in self.of(run_id)]
            for run_id, number in numbers.items()
            if self._marks.get(run_id)
        }
        return Asked((), lambda _answers: (described({"marks": content}), ""))

    def read(self, document: Document) -> str:
        """Judge the marks of another document; return what is to be said of them, or nothing."""
        from nnviz.experiment.beside import judged

        self._read = {}
        try:
            self._read = judged(document.beside, self.group, lambda content, _: _judged(content["marks"])) or {}
        except ExperimentError as error:
            return str(error)
        return ""

    def take_back(self) -> None:
        """Mark the runs of the document that was read, which are there by now."""
        read, self._read = self._read, {}
        for number, marks in read.items():
            course = self._tree.course(number) if self._tree is not None else None
            run_id = self._state.run_id if not number else course.run_id if course is not None else 0
            if run_id in self._lab:
                self._marks[run_id] = {mark.epoch: mark for mark in marks}
                self._keep_near(run_id)
        self.changed.emit()


def _judged(content: Mapping[str, Any]) -> dict[int, list[EpochMark]]:
    read = {}
    for number, marks in content.items():
        if len(marks) > MOST_MARKS:
            raise ValueError
        read[whole(int(number), "number")] = [
            EpochMark(whole(epoch, "epoch"), flag(is_starred, "star"), shown(text(note, "note"), LONGEST_NOTE))
            for epoch, is_starred, note in marks
        ]
    return read
