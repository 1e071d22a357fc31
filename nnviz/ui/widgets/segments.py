"""The line above a page: choices between a few words, side by side or in a small menu, and a text that gives way."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from nnviz.ui.widgets.buttons import MenuButton, described_action, flat_button


class Segments(QWidget):
    """Flat buttons of which one is checked.

    Parameters
    ----------
    entries : tuple of (name, text, tooltip)
    label : str
        What is chosen, for those who hear the window.
    parent : QWidget or None

    Attributes
    ----------
    buttons : dict of str to QToolButton

    Signals
    -------
    chosen : str
        The user clicked this name, be it the present one again.
    """

    chosen = Signal(str)

    def __init__(self, entries: tuple[tuple[str, str, str], ...], label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for name, text, tooltip in entries:
            button = self.buttons[name] = flat_button(self, text, tooltip, checkable=True)
            button.setAutoExclusive(True)
            button.clicked.connect(self._on_clicked)
            row.addWidget(button)
        self.choose(entries[0][0])

    @property
    def choice(self) -> str:
        """The name that is checked."""
        return next(name for name, button in self.buttons.items() if button.isChecked())

    def choose(self, name: str) -> None:
        """Check `name`; no signal."""
        self.buttons[name].setChecked(True)

    def offer(self, names: Iterable[str]) -> None:
        """Show the buttons of just `names`; where the checked one goes, the first of them is checked."""
        offered = list(names)
        for name, button in self.buttons.items():
            button.setVisible(name in offered)
        if offered and self.choice not in offered:
            self.choose(offered[0])

    @Slot()
    def _on_clicked(self) -> None:
        self.chosen.emit(self.choice)


class ChoiceButton(MenuButton):
    """The same choice as one flat button with a menu, for where there is less room.

    Parameters
    ----------
    entries : tuple of (name, text, tooltip)
    label : str
        What is chosen; the tooltip.
    parent : QWidget or None

    Signals
    -------
    chosen : str
    """

    chosen = Signal(str)

    def __init__(self, entries: tuple[tuple[str, str, str], ...], label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "flat")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(label)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu, group = QMenu(self), QActionGroup(self)
        menu.setToolTipsVisible(True)
        self.actions_: dict[str, QAction] = {}
        for name, text, tooltip in entries:
            action = self.actions_[name] = described_action(text, tooltip, self, checkable=True)
            action.setData(name)
            group.addAction(action)
            menu.addAction(action)
        self.setMenu(menu)
        group.triggered.connect(self._on_triggered)
        self.choose(entries[0][0])

    @property
    def choice(self) -> str:
        """The name that is checked."""
        return next(name for name, action in self.actions_.items() if action.isChecked())

    def choose(self, name: str) -> None:
        """Check `name`; no signal."""
        action = self.actions_[name]
        action.setChecked(True)
        self.setText(self.tr("{0} ▾").format(action.text()))
        self.setAccessibleName(self.tr("{0}: {1}").format(self.toolTip(), action.text()))

    def offer(self, names: Iterable[str]) -> None:
        """Offer just `names`; where the checked one goes, the first of them is checked."""
        offered = list(names)
        for name, action in self.actions_.items():
            action.setVisible(name in offered)
        if offered and self.choice not in offered:
            self.choose(offered[0])

    @Slot(object)
    def _on_triggered(self, action: QAction) -> None:
        self.choose(str(action.data()))
        self.chosen.emit(self.choice)
