"""Number controls of the set-up panel: a field that accepts typing, beside a slider or between − and +.

All controls speak the same language: `set_value` shows a value without any signal, `edited` tells what the user chose,
`failed` why a typed value was refused. The wheel scrolls the panel unless a control has the focus.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QHideEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from nnviz.session.commands import next_gesture, next_series
from nnviz.session.key_gesture import KeyGesture
from nnviz.ui.form.number_field import NumberField
from nnviz.ui.form.number_scale import NumberScale
from nnviz.ui.widgets.calm import CalmSlider


class Control(QWidget):
    """A widget that shows one value of the experiment and lets the user change it.

    Signals
    -------
    edited(object, str)
        The new value, and the gesture it belongs to (empty: an edit of its own).
    failed(str)
        One sentence about a value that was refused; empty once it no longer applies.
    """

    edited = Signal(object, str)
    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._value: Any = None

    @property
    def value(self) -> Any:
        """The value shown."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show `value`; no signal."""
        raise NotImplementedError

    def focus_widget(self) -> QWidget:
        """Return the widget that the label's mnemonic and the tab key reach."""
        raise NotImplementedError

    def describe(self, name: str, tooltip: str) -> None:
        """Give the control its accessible name and the sentence that explains it."""
        self.setToolTip(tooltip)
        self.focus_widget().setAccessibleName(name)
        self.focus_widget().setAccessibleDescription(tooltip)


class LabelledSlider(Control):
    """A slider and the number it stands at, which may be typed more precisely than the slider goes.

    Parameters
    ----------
    scale : NumberScale
    """

    def __init__(self, scale: NumberScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nudges = KeyGesture()
        self.slider = CalmSlider(self)
        self.field = NumberField(scale, self)
        self.field.make_compact()
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self.field)
        self._fit()
        self.slider.valueChanged.connect(self._on_moved)
        self.field.committed.connect(self._on_typed)
        self.field.failed.connect(self.failed)
        self.field.stepped.connect(self._on_stepped)

    @property
    def scale(self) -> NumberScale:
        """Bounds, positions and text."""
        return self.field.scale

    def set_scale(self, scale: NumberScale) -> None:
        """Change the bounds, as when the data has fewer rows; the value stays."""
        if scale != self.field.scale:
            self.field.scale = scale
            self._fit()
            self.set_value(self._value)

    def _fit(self) -> None:
        blocked = self.slider.blockSignals(True)
        self.slider.setRange(0, len(self.scale.values) - 1)
        self.slider.setPageStep(max(1, len(self.scale.values) // 10))
        self.slider.blockSignals(blocked)

    def set_value(self, value: float | None) -> None:
        """Show `value` on the slider and in the field; no signal."""
        self._value = value
        self.field.set_value(value)
        if self.scale.value_at(self.slider.value()) != value:
            blocked = self.slider.blockSignals(True)
            self.slider.setValue(self.scale.position_of(value))
            self.slider.blockSignals(blocked)

    def focus_widget(self) -> QWidget:
        """Return the slider; the field is next in the tab order."""
        return self.slider

    def describe(self, name: str, tooltip: str) -> None:
        """Name both parts."""
        super().describe(name, tooltip)
        self.field.setAccessibleName(self.tr("{0}, number").format(name))
        self.field.setAccessibleDescription(tooltip)

    @Slot(int)
    def _on_moved(self, position: int) -> None:
        self._move_to(position, self.slider.gesture)

    def _move_to(self, position: int, gesture: str) -> None:
        value = self.scale.value_at(position)
        if value != self._value:
            self.failed.emit("")
            self.set_value(value)
            self.edited.emit(value, gesture)

    @Slot(object)
    def _on_typed(self, value: float | None) -> None:
        self.failed.emit("")
        self.set_value(value)
        self.edited.emit(value, "")

    @Slot(int, bool)
    def _on_stepped(self, step: int, held: bool) -> None:
        position = min(max(self.slider.value() + step, self.slider.minimum()), self.slider.maximum())
        self._move_to(position, self._nudges.press(held=held))


def step_width(metrics: QFontMetrics) -> int:
    """Return the width of a − or + in pixels."""
    return metrics.height() + 2


class StepButton(QToolButton):
    """A − or + that repeats while it is held; all of that is one gesture."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._series = self.gesture = next_series()
        self.setText(text)
        self.setProperty("role", "step")
        self.setAutoRepeat(True)
        self.setAutoRepeatDelay(400)
        self.setAutoRepeatInterval(80)
        # The field between the buttons is the tab stop, and steps by Up and Down.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a new gesture."""
        self.gesture = next_gesture()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the last step, if the button was held for none yet, and end the gesture."""
        super().mouseReleaseEvent(event)
        self.gesture = self._series

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of the button: hidden under the mouse, as by a key, it would not hear of it and step for ever."""
        super().hideEvent(event)
        self._let_go()

    def event(self, event: QEvent) -> bool:
        """Let go of it where another window comes, too, such as a dialog, over which the mouse is let go."""
        if event.type() in (QEvent.Type.WindowBlocked, QEvent.Type.WindowDeactivate):
            self._let_go()
        return super().event(event)

    def _let_go(self) -> None:
        self.setDown(False)
        self.gesture = self._series

    def sizeHint(self) -> QSize:
        """Return a little more than the sign needs, so that it is easy to hit."""
        metrics = self.fontMetrics()
        return QSize(step_width(metrics), metrics.height() + 8)


class IntegerStepper(Control):
    """A whole number between − and +.

    Parameters
    ----------
    scale : NumberScale
        Of an integer parameter.
    """

    def __init__(self, scale: NumberScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row.setSpacing(0)
        self.less = StepButton("−", self)
        self.field = NumberField(scale, self)
        self.field.setProperty("tight", True)
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setPlaceholderText("…")
        self.more = StepButton("+", self)
        for widget, stretch in ((self.less, 0), (self.field, 1), (self.more, 0)):
            self._row.addWidget(widget, stretch)
        self.less.clicked.connect(self._on_less)
        self.more.clicked.connect(self._on_more)
        self.field.committed.connect(self._on_typed)
        self.field.failed.connect(self.failed)
        self.field.stepped.connect(self._on_stepped)
        self._gesture = next_gesture()

    def set_value(self, value: int | None) -> None:
        """Show `value`, or that there is none in common; no signal."""
        self._value = value
        self.field.set_value(value)
        first, last = self.field.scale.ends
        self.less.setEnabled(value is not None and value > first)
        self.more.setEnabled(value is not None and value < last)

    def focus_widget(self) -> QWidget:
        """Return the field."""
        return self.field

    def describe(self, name: str, tooltip: str) -> None:
        """Name the field and both buttons."""
        super().describe(name, tooltip)
        self.less.setAccessibleName(self.tr("{0}: one less").format(name))
        self.more.setAccessibleName(self.tr("{0}: one more").format(name))

    def _step(self, step: int, gesture: str) -> None:
        if self._value is None:
            return
        first, last = self.field.scale.ends
        value = int(min(max(self._value + step, first), last))
        if value != self._value:
            self.failed.emit("")
            self.set_value(value)
            self.edited.emit(value, gesture)

    @Slot()
    def _on_less(self) -> None:
        self._step(-1, self.less.gesture)

    @Slot()
    def _on_more(self) -> None:
        self._step(1, self.more.gesture)

    @Slot(object)
    def _on_typed(self, value: int) -> None:
        self.failed.emit("")
        self.set_value(value)
        self.edited.emit(value, "")

    @Slot(int, bool)
    def _on_stepped(self, step: int, held: bool) -> None:
        if not held:
            self._gesture = next_gesture()
        self._step(step, self._gesture)
