"""One finding of a run's health: what was measured, by which threshold, whose threshold it is, and a way out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnviz.core.diagnose import Finding
from nnviz.core.numbers import number_text
from nnviz.drawing.badges import SIGNS, kind_title
from nnviz.ui.widgets.buttons import dressed
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.help_text import plain_tooltip
from nnviz.ui.widgets.nested_layouts import add_layout


class FindingCard(QFrame):
    """Shows a finding; its button asks for the change that it proposes.

    Parameters
    ----------
    number : int
        Of the finding in its list.
    parent : QWidget or None

    Signals
    -------
    mend_wanted : int
        The number of the finding whose proposal is to be done.
    """

    mend_wanted = Signal(int)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self.setProperty("role", "card")
        self.sign, self.title = QLabel(self), ElidedLabel(parent=self)
        self.sign.setProperty("role", "key")
        self.title.setProperty("role", "heading")
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        # A label whose text can be marked asks for the width of its longest paragraph otherwise.
        self.sentence.setMinimumWidth(1)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.measured, self.source = ElidedLabel(parent=self), ElidedLabel(parent=self)
        for label in (self.measured, self.source):
            label.setProperty("role", "quiet")
        self.button = dressed(QToolButton(self), "", "", role="button")
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.button.setMinimumWidth(1)
        self._fix = ""
        # What is told of, and what was told of when the button was pressed: while a run goes on, another finding may
        # take this place before the button is let go.
        self._told = self._meant = ("", 0)
        self.button.pressed.connect(self._on_pressed)
        self.button.clicked.connect(self._on_clicked)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.sign)
        top.addWidget(self.title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 7, 10, 8)
        column.setSpacing(4)
        add_layout(column, top)
        for part in (self.sentence, self.measured, self.source):
            column.addWidget(part)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_finding(self, finding: Finding) -> None:
        """Show another finding, or the same with other numbers."""
        self._told = finding.kind, finding.layer or 0
        title = kind_title(finding.kind)
        if finding.layer is not None:
            title = self.tr("{0} · layer {1}").format(title, finding.layer)
        words = (
            self.tr("measured {0} · told below {1}")
            if finding.is_told_below
            else self.tr("measured {0} · told above {1}")
        )
        self.sign.setText(SIGNS[finding.kind])
        self.title.setText(title)
        self.sentence.setText(finding.sentence)
        self.measured.setText(words.format(number_text(finding.measured, 2), number_text(finding.threshold, 2)))
        self.source.setText(self.tr("by {0}").format(finding.source))
        self._fix = finding.fix.label
        self._fit_button()
        self.button.setAccessibleName(self._fix)
        self.button.setToolTip(
            plain_tooltip(
                self.tr(
                    "{0}: what would mend it, as one step that Undo takes back; nothing is changed by itself"
                ).format(self._fix)
            )
        )
        self.setAccessibleName(title)
        self.setAccessibleDescription(finding.sentence)

    def _fit_button(self) -> None:
        """Shorten what the button says where the panel is narrow; its tooltip says all of it."""
        room = self.width() - 5 * self.fontMetrics().height()
        text = self.fontMetrics().elidedText(self._fix, Qt.TextElideMode.ElideRight, max(room, 60))
        if text != self.button.text():
            self.button.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the button follow the width."""
        super().resizeEvent(event)
        self._fit_button()

    @Slot()
    def _on_pressed(self) -> None:
        self._meant = self._told

    @Slot()
    def _on_clicked(self) -> None:
        if self._meant == self._told:
            self.mend_wanted.emit(self._number)
