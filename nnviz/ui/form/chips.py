"""Pills that can be switched on and off and wrap like words; for long lists a box that opens them as a menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from nnviz.ui.form.choice_box import Item
from nnviz.ui.form.controls import Control
from nnviz.ui.widgets.calm import CalmComboBox
from nnviz.ui.widgets.flow_layout import FlowLayout
from nnviz.ui.widgets.help_text import menu_text, plain_tooltip


class Chip(QToolButton):
    """One pill, no wider than its text and round ends need."""

    def sizeHint(self) -> QSize:
        """Return the text's size with the pill around it."""
        metrics = self.fontMetrics()
        return QSize(max(28, metrics.horizontalAdvance(self.text()) + 14), metrics.height() + 7)

    def minimumSizeHint(self) -> QSize:
        """Return the same: a pill is never cut."""
        return self.sizeHint()


def toggled(names: Sequence[str], chosen: Sequence[str], name: str) -> tuple[str, ...]:
    """Return `chosen` with `name` switched, in the order of `names`; the last one left cannot go."""
    wanted = set(chosen) ^ {name}
    return tuple(each for each in names if each in wanted) or tuple(chosen)


class ChipRow(Control):
    """Pills, any number of which may be on; the value is a tuple of names in the order of the pills."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QWidget(self)
        self._flow = FlowLayout(4, self._box)
        self._row.addWidget(self._box)
        self._items: tuple[Item, ...] = ()
        self.chips: list[Chip] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_items(self, items: Sequence[Item]) -> None:
        """Show other pills."""
        if tuple(items) == self._items:
            return
        self._items = tuple(items)
        for chip in self.chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = [self._chip(item) for item in items]
        self.set_value(self._value or ())
        self.updateGeometry()

    def _chip(self, item: Item) -> Chip:
        chip = Chip(self._box)
        chip.setProperty("role", "chip")
        chip.setText(menu_text(item.label))
        chip.setObjectName(item.name)
        chip.setToolTip(item.tooltip)
        chip.setAccessibleName(item.label)
        chip.setCheckable(True)
        chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        chip.clicked.connect(self._on_clicked)
        self._flow.addWidget(chip)
        chip.show()
        return chip

    def set_value(self, value: Sequence[str]) -> None:
        """Show which are on; no signal (`clicked` is the user's alone)."""
        self._value = tuple(value)
        for chip in self.chips:
            chip.setChecked(chip.objectName() in self._value)

    def focus_widget(self) -> QWidget:
        """Return the first pill."""
        return self.chips[0] if self.chips else self

    @Slot()
    def _on_clicked(self) -> None:
        chip = self.sender()
        if chip is None:
            return
        value = toggled([item.name for item in self._items], self._value, chip.objectName())
        if value == self._value:
            self.set_value(value)
            self.failed.emit(self.tr("At least one input must stay on."))
            return
        self.failed.emit("")
        self.set_value(value)
        self.edited.emit(value, "")


class _StayingMenu(QMenu):
    """A menu that stays open while its items are ticked."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isEnabled() and not action.isSeparator():
            action.trigger()
            event.accept()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None:
            action.trigger()
        else:
            super().keyPressEvent(event)


class _MenuBox(CalmComboBox):
    """A drop-down box that opens a menu instead of a list."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.menu = _StayingMenu(self)
        self.menu.setToolTipsVisible(True)

    def showPopup(self) -> None:
        self.menu.setMinimumWidth(self.width())
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height())))


class CheckList(Control):
    """A box such as "9 of 30 inputs" that opens the list to tick; the value is a tuple of names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = _MenuBox(self)
        self.menu = self.box.menu
        self._row.addWidget(self.box)
        self._names: tuple[str, ...] = ()
        self._actions: dict[str, QAction] = {}

    def set_names(self, names: Sequence[str]) -> None:
        """List other names."""
        if tuple(names) == self._names:
            return
        # What is being deleted is nobody's any more.
        self._names, self._actions = tuple(names), {}
        self.menu.clear()
        every = self.menu.addAction(self.tr("All"))
        every.triggered.connect(self._on_all)
        self.menu.addSeparator()
        for name in names:
            action = self.menu.addAction(menu_text(name))
            action.setData(name)
            action.setCheckable(True)
            action.setToolTip(plain_tooltip(name))
            action.triggered.connect(self._on_triggered)
            self._actions[name] = action
        self.set_value(self._value or ())

    def set_value(self, value: Sequence[str]) -> None:
        """Show which are on; no signal."""
        self._value = tuple(value)
        for name, action in self._actions.items():
            action.setChecked(name in self._value)
        text = self.tr("{0} of {1} inputs").format(len(self._value), len(self._names))
        self.box.setPlaceholderText(text)
        self.box.setAccessibleDescription(text)
        self.box.update()

    def focus_widget(self) -> QWidget:
        """Return the box."""
        return self.box

    @Slot()
    def _on_triggered(self) -> None:
        action = self.sender()
        if not isinstance(action, QAction):
            return
        self._set_edited(toggled(self._names, self._value, str(action.data())))

    @Slot()
    def _on_all(self) -> None:
        self._set_edited(self._names)

    def _set_edited(self, value: tuple[str, ...]) -> None:
        if value == self._value:
            self.set_value(value)
            self.failed.emit(self.tr("At least one input must stay on.") if len(value) == 1 else "")
            return
        self.failed.emit("")
        self.set_value(value)
        self.edited.emit(value, "")
