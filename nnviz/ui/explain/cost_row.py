"""Targets and outputs to be typed, of which the sheet compares three costs."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from nnviz.core.number_entry import parse_number

#: The largest number that is taken.
_LARGEST = 1e9


class CostRow(QWidget):
    """Two fields; empty, they stand for the example that is worked out.

    Signals
    -------
    changed : ()
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = self.tr
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.targets = self._field(row, tr("y"), tr("Targets"), "2, 3, 5, 9")
        self.outputs = self._field(row, tr("ŷ"), tr("Outputs"), "1, 5, 3, 6")

    def _field(self, row: QHBoxLayout, letter: str, name: str, example: str) -> QLineEdit:
        label, field = QLabel(letter, self), QLineEdit(self)
        label.setBuddy(field)
        field.setAccessibleName(name)
        field.setPlaceholderText(example)
        field.setToolTip(
            self.tr("Numbers with commas between them, as {0}; empty: those of the example shown").format(example)
        )
        row.addWidget(label)
        row.addWidget(field, 1)
        field.textChanged.connect(self._on_changed)
        return field

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit()

    def numbers(self) -> tuple[list[float], list[float]] | None:
        """Return targets and outputs, None where both fields are empty.

        Raises
        ------
        NnvizError
            One sentence, where that is no list of numbers.
        """
        if not self.targets.text().strip() and not self.outputs.text().strip():
            return None
        return _read(self.targets), _read(self.outputs)


def _read(field: QLineEdit) -> list[float]:
    text = field.text()
    # Whoever writes decimal commas keeps numbers apart by semicolons.
    words = text.split(";") if ";" in text else (text.split(",") if "," in text else text.split())
    return [float(parse_number(word, largest=_LARGEST)) for word in words if word.strip()]
