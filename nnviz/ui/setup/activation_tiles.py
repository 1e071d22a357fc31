"""The small and the large plot of the activation picker: one function each, over the weighted sums of a layer."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from nnviz.core.activations import ACTIVATIONS
from nnviz.drawing.function_plot import paint_activation
from nnviz.drawing.theme import Theme
from nnviz.experiment.distribution import Distribution
from nnviz.ui.widgets.help_text import table_text


class Option(Struct, frozen=True):
    """One function that is offered.

    Attributes
    ----------
    name : str
        What choosing it stands for: an activation, or "auto".
    label : str
    activation : str
        Whose curve is shown.
    reason : str
        Why it cannot be chosen; empty where it can.
    """

    name: str
    label: str
    activation: str
    reason: str = ""


class ActivationTile(QAbstractButton):
    """One function: its name over a small plot, framed in the accent colour where it is the present one.

    Signals
    -------
    pointed(str)
        The pointer or the keyboard came to it.
    """

    pointed = Signal(str)

    def __init__(self, option: Option, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.option = option
        self._theme = theme
        self._sums: Distribution | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setText(option.label)
        self.setAccessibleName(option.label)
        entry = ACTIVATIONS[option.activation]
        self.setAccessibleDescription(option.reason or table_text(entry.help))

    def show_sums(self, sums: Distribution | None) -> None:
        """Put the sums of the layer under the curve."""
        self._sums = sums
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the name and a plot of golden proportions."""
        metrics = self.fontMetrics()
        width = max(7 * metrics.height(), metrics.horizontalAdvance(self.text()) + 18)
        return QSize(width, metrics.height() + 72)

    def minimumSizeHint(self) -> QSize:
        """Return the same: names are never cut."""
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Tell that the pointer is here."""
        self.pointed.emit(self.option.name)
        self.update()
        super().enterEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard is here."""
        self.pointed.emit(self.option.name)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave all keys to the picker: only it knows what lies above and below."""
        event.ignore()

    def nextCheckState(self) -> None:
        """Stay as it is: the picker closes at a choice."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw frame, plot and name."""
        theme, lit = self._theme, self.underMouse() or self.hasFocus()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width = 2.0 if self.isChecked() else 1.0
            role = "positive" if self.isChecked() else "text" if self.hasFocus() else "quiet" if lit else "line"
            painter.setPen(QPen(theme.colour(role), width))
            painter.setBrush(theme.colour("field" if lit else "panel"))
            frame = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
            painter.drawRoundedRect(frame, 6, 6)
            line = self.fontMetrics().height()
            plot = frame.adjusted(5, line + 7, -5, -5)
            paint_activation(painter, plot, theme, self.option.activation, self._sums)
            painter.setPen(theme.colour("quiet" if self.option.reason else "text"))
            painter.drawText(
                frame.adjusted(8, 4, -8, 0), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, self.text()
            )


class LargePlot(QWidget):
    """The function that is pointed at, large enough for numbers at its axes."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._activation = "linear"
        self._sums: Distribution | None = None

    def show_function(self, activation: str, sums: Distribution | None) -> None:
        """Show an activation over the sums of the layer."""
        self._activation, self._sums = activation, sums
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the plot on the canvas colour."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._theme.colour("panel"))
            paint_activation(painter, QRectF(self.rect()), self._theme, self._activation, self._sums, labels=True)
