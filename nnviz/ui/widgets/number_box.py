"""Spin boxes: whole numbers, and real ones that are written and read as in all other fields."""

from __future__ import annotations

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from nnviz.core.errors import SettingError
from nnviz.core.number_entry import parse_number
from nnviz.core.numbers import typeset

#: Pixels between the frame and the number.
_INDENT = 4


def _indent(box: QAbstractSpinBox) -> None:
    """Keep the number as far from the frame as that of a field; a style sheet's padding is nothing to a spin box."""
    box.lineEdit().setTextMargins(_INDENT, 0, 0, 0)


class CountBox(QSpinBox):
    """A whole number with small arrows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _indent(self)


class NumberBox(QDoubleSpinBox):
    """A real number with small arrows; what is no number gives way to the value before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _indent(self)

    def textFromValue(self, value: float) -> str:
        """Return `value` with the decimals of the box, so that the point stays in its place."""
        return typeset(f"{value:.{self.decimals()}f}")

    def valueFromText(self, text: str) -> float:
        """Return the number that was typed, or the value in force where it is none."""
        try:
            return float(parse_number(text))
        except SettingError:
            return self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let anything be typed: only what is a number within the bounds is taken over."""
        try:
            fits = self.minimum() <= parse_number(text) <= self.maximum()
        except SettingError:
            fits = False
        return (QValidator.State.Acceptable if fits else QValidator.State.Intermediate), text, position
