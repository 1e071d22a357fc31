"""How other runs are drawn beside the one that is shown: told apart by colour and by dash."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from nnviz.core.inert import shown
from nnviz.core.layout import Array
from nnviz.drawing.curve_choice import chosen_curves
from nnviz.drawing.curves import Dash, curve_lines, draw_lines
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import Curves
from nnviz.experiment.schema import ViewSpec

_DASHES: tuple[Dash, ...] = ((16.0, 4.0), (5.0, 4.0), (22.0, 8.0), (9.0, 9.0), (3.0, 6.0))
#: Of the theme's classes the first are too near the curves of the parts of the data.
_COLOURS = (1, 2, 0, 5, 7, 8, 3, 9)


class DrawnCourse(Struct, frozen=True, eq=False):
    """A run that is drawn beside the one that is shown.

    Attributes
    ----------
    number : int
        From 1; colour and dash hang on it.
    name : str
    curves : Curves
    """

    number: int
    name: str
    curves: Curves


def course_colour(theme: Theme, number: int) -> QColor:
    """Return the colour of a run."""
    return theme.class_colour(_COLOURS[(number - 1) % len(_COLOURS)])


def course_dash(number: int) -> Dash:
    """Return length of dash and gap of a run's line, in pixels."""
    return _DASHES[(number - 1) % len(_DASHES)]


def course_line(course: DrawnCourse, view: ViewSpec) -> tuple[Array, Array]:
    """Return the one line of a run that is drawn of what `view` chooses: that of the rows that are watched."""
    chosen = chosen_curves(course.curves, view)
    y = chosen.curve_of(chosen.watched)
    return chosen.x, y if np.isfinite(y).any() else chosen.train


def paint_courses(
    painter: QPainter,
    courses: Sequence[DrawnCourse],
    view: ViewSpec,
    theme: Theme,
    points: Callable[[Array, Array], Array],
) -> None:
    """Paint the lines of other runs; `points` says where something lies, in pixels ``(n, 2)``."""
    for course in courses:
        places = points(*course_line(course, view))
        painter.setPen(QPen(course_colour(theme, course.number), theme.line_width))
        draw_lines(painter, curve_lines(places[:, 0], places[:, 1], dashed=True, dash=course_dash(course.number)))


def paint_course_key(painter: QPainter, courses: Sequence[DrawnCourse], box: QRectF, line: float, theme: Theme) -> None:
    """Name other runs one below the other, from the top right of a box, each beside a piece of its line."""
    y, length, metrics = box.top(), 2.6 * line, QFontMetricsF(painter.font())
    for course in courses:
        name = shown(course.name)
        painter.setPen(theme.colour("text"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(box.left(), y, box.width(), line), right, name)
        pen = QPen(course_colour(theme, course.number), theme.line_width)
        pen.setDashPattern([part / theme.line_width for part in course_dash(course.number)])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        end = box.right() - metrics.horizontalAdvance(name) - 0.5 * line
        painter.drawLine(QPointF(end - length, y + line / 2), QPointF(end, y + line / 2))
        y += 1.25 * line
