"""How other runs are drawn beside the one that is shown: told apart by colour and by dash."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor

from nnviz.drawing.curves import Dash
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import Curves

_DASHES: tuple[Dash, ...] = ((16.0, 4.0), (5.0, 4.0), (22.0, 8.0), (9.0, 9.0), (3.0, 6.0))
#: Of the theme's classes the first are too near the curves of the parts of the data.
_COLOURS = (1, 2, 0, 5, 7, 8, 3, 9)


@dataclass(frozen=True, eq=False)
class DrawnCourse:
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
