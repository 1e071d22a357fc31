"""The row above a map that contrasts: of what, and whether before, after or the difference is shown."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from nnviz.session.contrasting import ASPECTS, Contrasting
from nnviz.ui.widgets.buttons import dressed, flat_button
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.hideable import TeacherHideable


class ContrastRow(TeacherHideable, QWidget):
    """Shows the state of a `Contrasting`, and changes it; empty until something is contrasted for the first time.

    Attributes
    ----------
    model : Contrasting
    buttons : dict of str to QToolButton
        By aspect.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = Contrasting(self)
        self.buttons: dict[str, QToolButton] = {}
        self.hide()
        self.model.changed.connect(self._on_changed)

    def _build(self) -> None:
        self.label = ElidedLabel(parent=self, least=1.0)
        self.label.setProperty("role", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.label, 1)
        self._group = QButtonGroup(self)
        for number, aspect in enumerate(ASPECTS):
            button = self.buttons[aspect] = flat_button(self, "", "", checkable=True)
            self._group.addButton(button, number)
            row.addWidget(button)
        words = self.tr("End the comparison: show the answer again")
        self.close_button = flat_button(self, "✕", words, name=self.tr("End the comparison"))
        row.addWidget(self.close_button)
        self._group.idClicked.connect(self._on_clicked)
        self.close_button.clicked.connect(self.model.close)

    @Slot(int)
    def _on_clicked(self, number: int) -> None:
        self.model.set_aspect(ASPECTS[number])

    @Slot()
    def _on_changed(self) -> None:
        model, tr = self.model, self.tr
        if model.is_on:
            if not self.buttons:
                self._build()
            if model.unit is not None:
                name = f"h{model.unit[0]}·{model.unit[1] + 1}"
                self.label.setText(tr("answer and unit {0}").format(name), name)
                words = {
                    "before": (tr("without"), tr("What the network would answer if nobody heard the unit")),
                    "after": (tr("with"), tr("What the network answers")),
                    "difference": (tr("contribution"), tr("The answer minus the answer without the unit")),
                }
            else:
                words = {
                    "before": (tr("before"), tr("What the network answered just before the last change by hand")),
                    "after": (tr("after"), tr("What the network answers now")),
                    "difference": (tr("difference"), tr("The present answer minus the one before the change")),
                }
                self.label.setText(model.reference.words if model.reference is not None else "")
            for aspect, button in self.buttons.items():
                text, help_ = words[aspect]
                dressed(button, text, help_, name=text)
                button.setChecked(aspect == model.aspect)
        if self.is_wanted != model.is_on:
            self.setVisible(model.is_on)
