"""Controls made of two parts: a seed and the button for the next one, a tick, a tick that switches a number on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from nnviz.core.bounds import SEED
from nnviz.session.commands import next_gesture
from nnviz.ui.form.controls import Control
from nnviz.ui.form.number_field import NumberField
from nnviz.ui.form.number_scale import NumberScale


class SeedField(Control):
    """A seed that can be typed, and a button that moves on to the next one.

    Signals
    -------
    next_requested()
        The button was clicked. What happens then is the owner's business; nothing is edited here.
    """

    next_requested = Signal()

    def __init__(self, button_text: str, button_tooltip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row.setSpacing(4)
        self.field = NumberField(NumberScale(SEED), self)
        self.field.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.button = QPushButton(button_text, self)
        self.button.setProperty("role", "small")
        self.button.setToolTip(button_tooltip)
        self._row.addWidget(self.field, 1)
        self._row.addWidget(self.button)
        self.field.committed.connect(self._on_typed)
        self.field.failed.connect(self.failed)
        self.field.stepped.connect(self._on_stepped)
        self.button.clicked.connect(self.next_requested)
        self._gesture = next_gesture()

    def set_value(self, value: int) -> None:
        """Show `value`; no signal."""
        self._value = value
        self.field.set_value(value)

    def focus_widget(self) -> QWidget:
        """Return the field; the button is next in the tab order."""
        return self.field

    @Slot(object)
    def _on_typed(self, value: int) -> None:
        self.set_value(value)
        self.edited.emit(value, "")

    @Slot(int, bool)
    def _on_stepped(self, step: int, held: bool) -> None:
        if not held:
            self._gesture = next_gesture()
        value = int(min(max(self._value + step, SEED.minimum), SEED.maximum))
        self.set_value(value)
        self.edited.emit(value, self._gesture)


class CheckControl(Control):
    """A tick box."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QCheckBox(text, self)
        self._row.addWidget(self.box, 1)
        self.box.clicked.connect(self._on_clicked)

    def set_value(self, value: bool) -> None:
        """Show `value`; no signal (`clicked` is the user's alone)."""
        self._value = value
        self.box.setChecked(value)

    def focus_widget(self) -> QWidget:
        """Return the tick box."""
        return self.box

    @Slot(bool)
    def _on_clicked(self, checked: bool) -> None:
        self._value = bool(checked)
        self.edited.emit(self._value, "")


class OptionalNumber(Control):
    """A number that is in force only where its box is ticked; its value is None where it is not.

    Parameters
    ----------
    scale : NumberScale
        Its parameter's default is what ticking the box brings at first.
    text : str
        Beside the tick.
    """

    def __init__(self, scale: NumberScale, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QCheckBox(text, self)
        self.field = NumberField(scale, self)
        self.field.make_compact()
        self._last = scale.parameter.check(scale.parameter.default)
        self._row.addWidget(self.box, 1)
        self._row.addWidget(self.field)
        self.field.set_value(self._last)
        self.box.clicked.connect(self._on_clicked)
        self.field.committed.connect(self._on_typed)
        self.field.failed.connect(self.failed)
        self.set_value(None)

    def set_value(self, value: float | None) -> None:
        """Show `value`, or the box unticked; no signal."""
        self._value = value
        self.box.setChecked(value is not None)
        self.field.setEnabled(value is not None)
        if value is not None:
            self._last = value
            self.field.set_value(value)

    def focus_widget(self) -> QWidget:
        """Return the tick box; the field is next in the tab order."""
        return self.box

    def describe(self, name: str, tooltip: str) -> None:
        """Name both parts."""
        super().describe(name, tooltip)
        self.field.setAccessibleName(self.tr("{0}, number").format(name))

    @Slot(bool)
    def _on_clicked(self, checked: bool) -> None:
        self.set_value(self._last if checked else None)
        self.edited.emit(self._value, "")

    @Slot(object)
    def _on_typed(self, value: float) -> None:
        self.set_value(value)
        self.edited.emit(value, "")
