"""The menu that lets the map show the probability of one class alone."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from nnviz.data import input_label
from nnviz.ui.widgets.help_text import menu_text


class ClassMenu(QMenu):
    """All classes blended, or one of them; hidden where there are not more than two.

    Signals
    -------
    chosen : int or None
        The class whose probability the user wants to see; None: all.
    """

    chosen = Signal(object)

    def __init__(self, parent: QMenu) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Probability of one class"))
        self.setToolTipsVisible(True)
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._on_triggered)
        self._names: tuple[str, ...] | None = None
        self.list_classes(())

    def list_classes(self, names: tuple[str, ...]) -> None:
        """Offer these classes."""
        self.menuAction().setVisible(bool(names))
        if names == self._names:
            return
        self._names = names
        for action in self._group.actions():
            self._group.removeAction(action)
            self.removeAction(action)
            action.deleteLater()
        self._add(self.tr("All classes"), None, self.tr("Blend the colours of all classes by their probability"))
        words = self.tr("Show only how probable this class is, from 0 to 100 %")
        for index, name in enumerate(names):
            self._add(menu_text(input_label(name)), index, words)
        self.show_class(None)

    def _add(self, text: str, index: int | None, tooltip: str) -> None:
        action = QAction(text, self)
        action.setCheckable(True)
        action.setData(index)
        action.setToolTip(tooltip)
        self._group.addAction(action)
        self.addAction(action)

    def show_class(self, index: int | None) -> None:
        """Tick what is shown; no signal."""
        actions = self._group.actions()
        position = 0 if index is None or index + 1 >= len(actions) else index + 1
        actions[position].setChecked(True)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(action.data())
