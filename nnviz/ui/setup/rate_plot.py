"""A tiny plot of the learning rate over the epochs to come, below the choice of the schedule."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.core.layout import Array
from nnviz.core.numbers import count_text, exact_text
from nnviz.core.schedules import SCHEDULES
from nnviz.drawing.function_plot import paint_rate, rate_curve
from nnviz.drawing.theme import Theme
from nnviz.experiment.document import Experiment
from nnviz.ui.widgets.help_text import plain_tooltip
from nnviz.ui.widgets.hideable import TeacherHideable

#: Epochs shown where neither a stop nor a period says how many matter.
DEFAULT_EPOCHS = 300.0
#: Periods shown of a schedule that has one: enough to see what follows.
PERIODS = 1.5


def shown_epochs(experiment: Experiment) -> float:
    """Return how many epochs of the schedule are worth showing: to the stop, or somewhat beyond the period."""
    training = experiment.training
    if training.stop_at_epochs:
        return float(training.epochs)
    schedule = SCHEDULES.get(training.schedule.name)
    for parameter in schedule.parameters if schedule is not None else ():
        if parameter.name == schedule.period:
            return PERIODS * training.schedule.parameters.get(parameter.name, parameter.default)
    return DEFAULT_EPOCHS


class RatePlot(TeacherHideable, QWidget):
    """The learning rate from the first epoch on, its highest value at the top, and nothing where it is constant.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[object, ...] = ()
        self._curve: tuple[Array, Array] | None = None
        self.setProperty("role", "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("learning rate over the epochs"))
        self.setToolTip(plain_tooltip(self.tr("The learning rate over the epochs to come, from 0 to its highest.")))
        self.hide()

    def sizeHint(self) -> QSize:
        """Return room for the curve and a line of numbers."""
        return QSize(120, 30 + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Return a width that gives way."""
        return QSize(40, self.sizeHint().height())

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the schedule of `experiment`."""
        training = experiment.training
        schedule = SCHEDULES.get(training.schedule.name)
        if schedule is None or schedule.constant:
            self.hide()
            return
        epochs = shown_epochs(experiment)
        values = tuple(training.schedule.parameters.get(entry.name, entry.default) for entry in schedule.parameters)
        shown = (schedule.name, training.learning_rate, values, epochs)
        if shown != self._shown:
            self._shown = shown
            self._curve = rate_curve(schedule, training.learning_rate, values, epochs)
            self.update()
        self.show()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the curve, its highest value and the last epoch."""
        if self._curve is None:
            return
        epochs, rates = self._curve
        with QPainter(self) as painter:
            line = self.fontMetrics().height()
            area = QRectF(self.rect()).adjusted(0.5, 2.0, -0.5, -line - 1.0)
            painter.setPen(self._theme.colour("line"))
            painter.drawLine(area.bottomLeft(), area.bottomRight())
            paint_rate(painter, area, self._theme, epochs, rates)
            painter.setPen(self._theme.colour("quiet"))
            below = QRectF(0.0, area.bottom() + 1.0, float(self.width()), line)
            highest = self.tr("at most {0}").format(exact_text(float(f"{rates.max():.3g}")))
            last = self.tr("{0} epochs").format(count_text(epochs[-1]))
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft, highest)
            painter.drawText(below, Qt.AlignmentFlag.AlignRight, last)
