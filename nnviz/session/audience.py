"""Who looks at what: hands every frame to the views whose subject it is of, and to no other one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from nnviz.experiment.frame import Frame
from nnviz.experiment.subject import Subject


class ShowsFrames(Protocol):
    """Whatever shows frames."""

    def show_frame(self, frame: Frame) -> None:
        """Show the moment that `frame` is a picture of."""


class Audience:
    """The subjects of views. One that was given none looks at the run in the foreground, live.

    Attributes
    ----------
    foreground : Subject or None
        The run in the foreground, live; None while there is none.
    """

    def __init__(self) -> None:
        self.foreground: Subject | None = None
        self._subjects: dict[ShowsFrames, Subject] = {}

    def look_at(self, view: ShowsFrames, subject: Subject | None) -> None:
        """Let `view` look at `subject` from now on; None: at whatever is in the foreground.

        What it shows stays until a frame of its subject comes.
        """
        self._subjects.pop(view, None)
        if subject is not None:
            self._subjects[view] = subject

    def subject_of(self, view: ShowsFrames) -> Subject | None:
        """Return what `view` looks at; None while nothing is in the foreground."""
        return self._subjects.get(view, self.foreground)

    @property
    def subjects(self) -> frozenset[Subject]:
        """What is looked at besides the foreground: frames of these are wanted."""
        return frozenset(self._subjects.values())

    def show_frame(self, frame: Frame, views: Iterable[ShowsFrames]) -> None:
        """Hand `frame` to those of `views` that look at its subject."""
        subject = frame.subject
        for view in views:
            if self.subject_of(view) == subject:
                view.show_frame(frame)
