"""The courses that were taken from one another: which run each is, where it left its parent, and what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.experiment.document import Experiment
from nnviz.experiment.figures import Curves
from nnviz.experiment.frame import Frame
from nnviz.session.runs.laboratory import Laboratory

#: Between two looks at courses that train without being watched.
GLANCE_MS = 1000


class Course(Struct, frozen=True):
    """One entry of the tree.

    Attributes
    ----------
    number : int
        From 1; never given twice.
    run_id : int
        The run that it is now: *Reset* and other networks exchange it.
    name : str
    parent : int
        Number of the course that it was taken off; 0: none.
    epoch : int
        After which it was taken off.
    base : Experiment or None
        Settings and data of the parent at that moment.
    is_weighed : bool
        Whether a weight was set there.
    is_starred, is_compared : bool
        Marked by the user; drawn beside others.
    """

    number: int
    run_id: int
    name: str
    parent: int = 0
    epoch: int = 0
    base: Experiment | None = None
    is_weighed: bool = False
    is_starred: bool = False
    is_compared: bool = True


class RunTree(QObject):
    """All courses of a window, from the first branch on; before that there is none.

    Parameters
    ----------
    lab : Laboratory
    parent : QObject

    Attributes
    ----------
    anew : set of int
        Runs of courses that have begun again from first weights: these go on from no other any more.

    Signals
    -------
    changed : ()
        There are others, or one of them has another name, star or place.
    progressed : object
        Number of a course: it has other figures.
    """

    changed = Signal()
    progressed = Signal(object)

    def __init__(self, lab: Laboratory, parent: QObject) -> None:
        super().__init__(parent)
        self._lab = lab
        self._courses: dict[int, Course] = {}
        self._curves: dict[int, Curves] = {}
        self._last = 0
        self.anew: set[int] = set()
        self._glances = QTimer(self, interval=GLANCE_MS)
        self._glances.setObjectName("glances at other courses")
        self._glances.timeout.connect(self._on_glance)
        lab.frame_ready.connect(self._on_frame)
        lab.run_changed.connect(self._on_run_changed)
        lab.foreground_changed.connect(self._look)
        lab.removed.connect(self._on_removed)

    def __len__(self) -> int:
        return len(self._courses)

    @property
    def last(self) -> int:
        """The highest number that was given."""
        return self._last

    @property
    def courses(self) -> tuple[Course, ...]:
        """All of them, each after its parent."""
        found: list[Course] = []

        def add(parent: int) -> None:
            for course in self._courses.values():
                if course.parent == parent or (not parent and course.parent not in self._courses):
                    found.append(course)
                    add(course.number)

        add(0)
        return tuple(found)

    def course(self, number: int) -> Course | None:
        """Return the course of a number; None where it is gone."""
        return self._courses.get(number)

    def course_of(self, run_id: int) -> Course | None:
        """Return the course that a run is."""
        return next((course for course in self._courses.values() if course.run_id == run_id), None)

    def curves_of(self, number: int) -> Curves | None:
        """Return the curves of a course as they were last seen."""
        course = self._courses.get(number)
        return self._curves.get(course.run_id) if course is not None else None

    def add(self, run_id: int, name: str, **details: object) -> Course:
        """Take in the run of a new course; ``{0}`` in its name stands for its number."""
        self._last += 1
        course = Course(self._last, run_id, name.format(self._last), **details)  # type: ignore[arg-type]
        self._note_frame(run_id)
        self.put(course.number, course)
        return course

    def restore(self, courses: Iterable[Course], last: int, curves: Mapping[int, Curves]) -> None:
        """Take in the courses of a file, and what is known of their curves by run."""
        self._courses = {course.number: course for course in courses}
        self._last = last
        self._curves |= curves
        self._look()
        self.changed.emit()

    def put(self, number: int, course: Course | None) -> None:
        """Let a course be as `course` says; None: be there no longer."""
        if course is None:
            self._courses.pop(number, None)
        else:
            self._courses[number] = course
        self._look()
        self.changed.emit()

    def move(self, run_id: int, other_id: int, *, anew: bool = False) -> None:
        """Let the course that was the one run be the other one, unless that is a course itself.

        Parameters
        ----------
        run_id, other_id : int
        anew : bool
            Whether the other one begins from first weights.
        """
        if anew:
            self.anew.add(other_id)
        course = self.course_of(run_id)
        if course is not None and run_id != other_id and self.course_of(other_id) is None:
            if not anew and run_id in self._curves:
                self._curves.setdefault(other_id, self._curves[run_id])
            self._note_frame(other_id)
            self.put(course.number, replace(course, run_id=other_id))

    def stop(self) -> None:
        """Look at nothing any more."""
        self._glances.stop()

    def _note_frame(self, run_id: int) -> None:
        if run_id in self._lab and (frame := self._lab.observer(run_id).frame) is not None:
            self._curves[run_id] = frame.curves

    @Slot(object, object)
    def _on_frame(self, run_id: int, frame: Frame) -> None:
        course = self.course_of(run_id)
        if course is not None:
            self._curves[run_id] = frame.curves
            self.progressed.emit(course.number)

    @Slot(object)
    def _on_removed(self, run_id: int) -> None:
        self._curves.pop(run_id, None)
        self.anew.discard(run_id)
        course = self.course_of(run_id)
        if course is not None:
            self.put(course.number, None)

    @Slot(object)
    def _on_run_changed(self, run_id: int) -> None:
        if self.course_of(run_id) is not None:
            self._look()

    @Slot()
    def _look(self) -> None:
        """Look now and then at courses that train in the background, and once at those that rest."""
        others = [course.run_id for course in self._courses.values() if course.run_id != self._lab.foreground]
        is_training = any(run_id in self._lab and self._lab.observer(run_id).is_training for run_id in others)
        if is_training and not self._glances.isActive():
            self._glances.start()
        elif not is_training:
            self._glances.stop()
        self._on_glance()

    @Slot()
    def _on_glance(self) -> None:
        for course in self._courses.values():
            if course.run_id != self._lab.foreground and self._lab.is_open(course.run_id):
                self._lab.glance(course.run_id)
