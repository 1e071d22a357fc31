"""The line above a view: its title on the left, what it shows and its switches on the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QToolButton, QWidget

from nnviz.ui.widgets.buttons import FoldingButton, dressed, menu_button
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.hideable import TeacherHideable


class Tab(TeacherHideable, QToolButton):
    """A tab that goes where its page does not suit the data, and where a teacher hides it."""


class Switch(TeacherHideable, QToolButton):
    """A flat button that goes where there is nothing to switch, and where a teacher hides it."""


class ViewHeader(QWidget):
    """Title, quiet explanation, flat buttons."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # The title gives way last, but before a narrow dock is cut off.
        self.title = ElidedLabel(title, self)
        self.title.setProperty("role", "heading")
        self.info = ElidedLabel(parent=self, least=1.0)
        self.info.setProperty("role", "quiet")
        self.info.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # Its own widget, so that all switches go and come at once.
        self._switches = QWidget(self)
        self._switch_row = QHBoxLayout(self._switches)
        self._row = QHBoxLayout(self)
        for row in (self._row, self._switch_row):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(6)
        # Flat buttons bring their own room: the title needs it more.
        self._switch_row.setSpacing(2)
        self._row.addWidget(self.title)
        self._row.addWidget(self.info, 1)
        self._row.addWidget(self._switches)

    def add_button(self, text: str, tooltip: str, *, checkable: bool = False) -> QToolButton:
        """Append a flat button and return it."""
        button = dressed(Switch(self._switches), text, tooltip)
        button.setCheckable(checkable)
        self._switch_row.addWidget(button)
        return button

    def add_tab(self, text: str, tooltip: str) -> QToolButton:
        """Put a tab in the place of the title, which is hidden, and return it; one of the tabs is checked."""
        button = dressed(Tab(self), text, tooltip, role="tab")
        button.setCheckable(True)
        button.setAutoExclusive(True)
        self.title.hide()
        self._row.insertWidget(self._row.indexOf(self.info), button)
        return button

    def add_menu(self, menu: QMenu, tooltip: str) -> QToolButton:
        """Append the button with the dots, which opens what there is no room for, and return it."""
        button = menu_button(self._switches, tooltip, menu)
        self._switch_row.addWidget(button)
        return button

    def add_widget(self, widget: QWidget) -> None:
        """Append any other small control; what is no button, such as a key to the curves, stands before the buttons."""
        if isinstance(widget, QAbstractButton):
            self._switch_row.addWidget(widget)
        else:
            self._row.insertWidget(self._row.count() - 1, widget)

    def event(self, event: QEvent) -> bool:
        """Leave buttons their words as far as there is room beside the title."""
        handled = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            room = self.width() - self.readable_width()
            for button in self.findChildren(FoldingButton):
                room -= button.width_of_words
                button.fold(room < 0)
        return handled

    def readable_width(self) -> int:
        """Return the room in which the title can be read beside all switches."""
        least = self.minimumSizeHint().width()
        if self.title.isHidden():
            return least
        return least + max(0, self.title.readable_width() - self.title.minimumSizeHint().width())

    def set_bare(self, bare: bool) -> None:
        """Hide the switches, for an audience, or show them again."""
        self._switches.setHidden(bare)
