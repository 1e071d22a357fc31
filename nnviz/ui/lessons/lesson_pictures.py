"""Small pictures of lessons: the points that each one begins with, drawn when they are first looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QIcon, QPixmap

from nnviz.core.errors import NnvizError
from nnviz.data import Dataset
from nnviz.drawing.dataset_picture import few_rows, picture
from nnviz.drawing.theme import Theme
from nnviz.experiment.prepare import prepare

if TYPE_CHECKING:
    from nnviz.lessons.schema import LessonSpec


#: Enough points to recognise a shape.
N_POINTS = 90
SIDE = 44


class LessonPictures:
    """Draws each picture once for a theme; no widget.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        # With the lesson, so that no other one can have its identity.
        self._points: dict[int, tuple[LessonSpec, Dataset | None]] = {}
        self._icons: dict[int, QIcon] = {}

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours from now on."""
        self._theme = theme
        self._icons.clear()

    def icon(self, lesson: LessonSpec) -> QIcon:
        """Return the picture of `lesson`; an empty one where its data cannot be had."""
        key = id(lesson)
        if key not in self._icons:
            if key not in self._points:
                self._points[key] = lesson, _points_of(lesson)
            points = self._points[key][1]
            # Twice as fine as shown, for screens that are.
            self._icons[key] = QIcon(picture(points, self._theme, SIDE, 2.0) if points is not None else QPixmap())
        return self._icons[key]


def _points_of(lesson: LessonSpec) -> Dataset | None:
    """Return a part of the lesson's rows with the two features that a picture shows."""
    try:
        rows = prepare(lesson.experiment).dataset
    except NnvizError:
        return None
    return few_rows(rows, N_POINTS)
