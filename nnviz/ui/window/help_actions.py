"""Help that is generated: the sheet of shortcuts from the actions, *What is this?* from the tooltips."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMenuBar, QWhatsThis, QWidget

from nnviz.ui.commands.actions import Actions


class HelpActions(QObject):
    """Connects the help that explains the window itself.

    Parameters
    ----------
    window : QWidget
        Whose controls explain themselves.
    bar : QMenuBar
        Of its menus, whose keys the sheet lists.
    actions : Actions

    Attributes
    ----------
    explained : callable
        Returns what is said of a control; its tooltip, unless somebody knows more.
    """

    def __init__(self, window: QWidget, bar: QMenuBar, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._bar = window, bar
        self.explained: Callable[[QWidget], str] = QWidget.toolTip
        actions.shortcut_sheet.triggered.connect(self._on_sheet)
        actions.whats_this.triggered.connect(self._on_whats_this)
        self.explain()

    def explain(self) -> None:
        """Let every control explain itself in the words of its tooltip."""
        for widget in self._window.findChildren(QWidget):
            if widget.toolTip():
                widget.setWhatsThis(self.explained(widget))

    @Slot()
    def _on_sheet(self) -> None:
        from nnviz.ui.window.shortcut_sheet import ShortcutSheet

        ShortcutSheet(self._bar, self._window).open()

    @Slot()
    def _on_whats_this(self) -> None:
        # Some tooltips have changed since, and some controls are new.
        self.explain()
        QWhatsThis.enterWhatsThisMode()
