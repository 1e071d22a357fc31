"""What there is to know about the data: the first notes at once, the others when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.core.translation import counted
from nnviz.ui.form.form import sentence_label
from nnviz.ui.widgets.buttons import flat_button

#: More letters than these push the settings below out of sight: some eight lines of the panel.
LETTERS = 280


def n_shown(notes: Sequence[str], letters: int = LETTERS) -> int:
    """Return how many of the first notes have room: one at least, and all where only a few words would be left out."""
    total = 0
    for number, note in enumerate(notes):
        total += len(note)
        if number and total > letters:
            return number
    return len(notes)


class NoteList(QWidget):
    """Notes below each other, and a button for those that have no room.

    Attributes
    ----------
    more : QToolButton
        Shows all of them, and fewer again.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._notes: tuple[str, ...] = ()
        self._label = sentence_label("quiet", self)
        explained = self.tr("What was noticed in these data, and what was made of them")
        self.more = flat_button(self, "", explained, checkable=True)
        self.more.toggled.connect(self._show)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._label)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def text(self) -> str:
        """Return what is shown."""
        return self._label.text()

    def show_notes(self, notes: Sequence[str]) -> None:
        """Show notes; other ones than before are folded."""
        if self._notes != tuple(notes):
            self._notes = tuple(notes)
            self.more.setChecked(False)
            self._show()

    @Slot()
    def _show(self) -> None:
        first = n_shown(self._notes)
        count = len(self._notes) if self.more.isChecked() else first
        self._label.setText("\n".join(self._notes[:count]))
        left = len(self._notes) - first
        self.more.setText(
            self.tr("fewer notes") if self.more.isChecked() else counted(left, "1 more note", "{0} more notes")
        )
        self.more.setVisible(left > 0)
        self.setVisible(bool(self._notes))
