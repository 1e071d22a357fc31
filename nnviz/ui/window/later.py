"""A view that is made when somebody first wants it: a window builds what it shows, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.window.view import View


class BareView(View, Protocol):
    """A view that shows less to an audience."""

    def set_bare(self, bare: bool) -> None:
        """Leave only what is looked at, or bring the rest back."""


V = TypeVar("V", bound=View)
B = TypeVar("B", bound=BareView)


class Later(Generic[V]):
    """Stands for a view until there is one; whatever it should show is told to it as soon as it is made.

    Until then a frame costs it an assignment. It is a `View` itself, so that the window tells both kinds in one loop.

    Parameters
    ----------
    make : callable
        Returns the view in a theme and below a parent.
    theme : Theme

    Attributes
    ----------
    parent : QWidget or None
        Below what it is to be made: a widget that moves between parents is styled once more with every move.
    then : list of callable
        Called with the view when it is made.
    """

    def __init__(self, make: Callable[[Theme, QWidget | None], V], theme: Theme) -> None:
        self._make, self._theme = make, theme
        self._view: V | None = None
        self._prepared: Prepared | None = None
        self._frame: Frame | None = None
        self.parent: QWidget | None = None
        self.then: list[Callable[[V], object]] = []

    @property
    def made(self) -> V | None:
        """The view, where there is one already."""
        return self._view

    @property
    def view(self) -> V:
        """The view, which is made if there is none."""
        if self._view is None:
            view = self._view = self._make(self._theme, self.parent)
            prepared, frame = self._prepared, self._frame
            self._prepared = self._frame = None
            if prepared is not None:
                view.show_prepared(prepared)
            if frame is not None:
                view.show_frame(frame)
            for call in self.then:
                call(view)
        return self._view

    def set_theme(self, theme: Theme) -> None:
        """Recolour it, or know in which theme it is to be made."""
        self._theme = theme
        if self._view is not None:
            self._view.set_theme(theme)

    def show_prepared(self, prepared: Prepared) -> None:
        """Hand on other data, or keep them; frames of the data before are none of them."""
        if self._view is not None:
            self._view.show_prepared(prepared)
        else:
            self._prepared, self._frame = prepared, None

    def show_frame(self, frame: Frame) -> None:
        """Hand on a frame, or keep it."""
        if self._view is not None:
            self._view.show_frame(frame)
        else:
            self._frame = frame

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide; whoever wants to know that of a view has it made."""
        yield from self.view.hideable_parts()


class BareLater(Later[B]):
    """The same for a view that shows less to an audience."""

    def __init__(self, make: Callable[[Theme, QWidget | None], B], theme: Theme) -> None:
        super().__init__(make, theme)
        self._bare = False
        self.then.append(self._show_bare)

    def set_bare(self, bare: bool) -> None:
        """Show less, or more again, now or as soon as it is made."""
        self._bare = bare
        if self.made is not None:
            self.made.set_bare(bare)

    def _show_bare(self, view: B) -> None:
        if self._bare:
            view.set_bare(True)
