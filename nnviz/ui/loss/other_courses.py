"""Curves of other runs beside those of the run that is shown, one line each: that of the rows that are watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnviz.core.layout import Array
from nnviz.drawing.courses import DrawnCourse, course_colour, course_dash, course_line
from nnviz.drawing.curve_choice import is_logarithmic
from nnviz.drawing.theme import Theme
from nnviz.experiment.schema import ViewSpec
from nnviz.ui.plots.curve_item import CurveItem
from nnviz.ui.plots.plot import Plot

if TYPE_CHECKING:
    from nnviz.drawing.prediction import Stroke

Least = tuple[float, float, float]


class OtherCourses:
    """As many lines as there are other runs.

    Attributes
    ----------
    courses : tuple of DrawnCourse
    lines : dict of int to CurveItem
        By the number of the run.
    expected : sequence of (epoch, loss)
        A curve that was drawn by hand.
    least : (last epoch, least loss, greatest loss) or None
        For which there is to be room, whatever is drawn.
    """

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self.courses: tuple[DrawnCourse, ...] = ()
        self.lines: dict[int, CurveItem] = {}
        self.expected: Stroke = ()
        self.least: Least | None = None

    def show(self, view: ViewSpec, theme: Theme) -> tuple[list[Array], float]:
        """Draw what `view` chooses of them; return all heights and where the longest one ends."""
        wanted = {course.number for course in self.courses}
        for number in set(self.lines) - wanted:
            self._plot.removeItem(self.lines.pop(number))
        heights, end = [], 0.0
        for course in self.courses:
            line = self.lines.get(course.number)
            if line is None:
                line = self.lines[course.number] = CurveItem(dashed=True, dash=course_dash(course.number))
                line.setZValue(-0.5)
                self._plot.addItem(line)
            line.set_line(course_colour(theme, course.number), theme.line_width)
            x, y = course_line(course, view)
            line.set_data(x, y)
            heights.append(y)
            end = max(end, float(x[-1]) if x.size else 0.0)
        if self.least is not None:
            last, low, high = self.least
            heights.append(np.log10([low, high]) if is_logarithmic(view) else np.array([low, high]))
            end = max(end, last)
        return heights, end

    def values_at(self, x: float) -> list[tuple[DrawnCourse, float]]:
        """Return what each has at a place of the x axis, as it is drawn; those that do not reach it are left out."""
        found = []
        for course in self.courses:
            places, heights = self.lines[course.number].data
            if len(places) and places[0] <= x <= places[-1]:
                found.append((course, float(heights[int(np.argmin(np.abs(places - x)))])))
        return found
