"""A drop-down list made from a table of choices: explained items, and items that say why they cannot be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Slot
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPalette,
)
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnviz.core.choices import Choice
from nnviz.ui.form.controls import Control
from nnviz.ui.widgets.calm import SHORT_ROLE, CalmComboBox
from nnviz.ui.widgets.help_text import choice_tooltip, table_text

#: Item data: what stands below a line.
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 2
#: Between the edge of a line of the list and its text, left and right, and above and below.
LINE_MARGINS = (3, 3)


class Item(Struct, frozen=True):
    """One line of the list.

    Attributes
    ----------
    name : str
        The value; empty for a heading, which cannot be chosen.
    label, tooltip : str
    enabled : bool
    short : str
        What the closed box says instead of the label; empty: the label.
    detail : str
        A quiet second line in the list, such as a formula.
    reason : str
        Why it cannot be chosen; empty where it can, and for headings.
    """

    name: str
    label: str
    tooltip: str = ""
    enabled: bool = True
    short: str = ""
    detail: str = ""
    reason: str = ""


def heading(label: str) -> Item:
    """Return a line that only introduces the lines below it."""
    return Item("", label, enabled=False)


def items_of(
    choices: Iterable[Choice], reasons: dict[str, str] | None = None, *, formulas: bool = False
) -> tuple[Item, ...]:
    """Return one line per choice; those in `reasons` (name → sentence) are disabled and say why.

    With `formulas`, each line has the choice's formula below its name.
    """
    reasons = reasons or {}
    return tuple(
        Item(
            choice.name,
            table_text(choice.label),
            choice_tooltip(choice, reasons.get(choice.name, "")),
            choice.name not in reasons,
            detail=choice.formula if formulas else "",
            reason=reasons.get(choice.name, ""),
        )
        for choice in choices
    )


class DetailDelegate(QStyledItemDelegate):
    """Draws a quiet second line below the names that have one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return room for both lines."""
        size, detail = super().sizeHint(option, index), index.data(DETAIL_ROLE)
        if not detail:
            return size
        metrics = QFontMetrics(option.font)
        texts = (str(index.data(Qt.ItemDataRole.DisplayRole)), str(detail))
        width = max(metrics.horizontalAdvance(text) for text in texts) + 2 * LINE_MARGINS[0]
        return QSize(max(size.width(), width), 2 * metrics.height() + 2 * LINE_MARGINS[1])

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the style's background and both lines."""
        detail = index.data(DETAIL_ROLE)
        if not detail:
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        name, option.text = option.text, ""
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        lit = selected and enabled
        name_role = QPalette.ColorRole.HighlightedText if lit else QPalette.ColorRole.Text
        # WORKAROUND: under a style sheet the list's own palette has its placeholder's colour: too pale to read.
        quiet = QGuiApplication.palette().color(QPalette.ColorRole.PlaceholderText)
        side, top = LINE_MARGINS
        area = option.rect.adjusted(side, top, -side, -top)
        left = Qt.AlignmentFlag.AlignLeft
        painter.setFont(option.font)
        painter.setPen(option.palette.color(name_role) if enabled else quiet)
        painter.drawText(area, left | Qt.AlignmentFlag.AlignTop, name)
        painter.setPen(option.palette.color(name_role) if lit else quiet)
        painter.drawText(area, left | Qt.AlignmentFlag.AlignBottom, str(detail))


class ChoiceModel(QAbstractListModel):
    """The lines of a list; other ones come all at once."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._items: tuple[Item, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """The lines."""
        return self._items

    def set_items(self, items: tuple[Item, ...]) -> None:
        """Have other lines."""
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """Return the number of lines."""
        return len(self._items) if parent is None or not parent.isValid() else 0

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a line says."""
        row = index.row()
        if not 0 <= row < len(self._items):
            return None
        item = self._items[row]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return item.label
        if role == Qt.ItemDataRole.ToolTipRole:
            return item.tooltip
        if role == SHORT_ROLE:
            return item.short
        if role == DETAIL_ROLE:
            return item.detail
        if role == Qt.ItemDataRole.FontRole and not item.name:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Return whether a line can be chosen."""
        row = index.row()
        if not 0 <= row < len(self._items) or not self._items[row].enabled:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class ChoiceBox(Control):
    """A drop-down list of named choices; its value is a name, or None where nothing of the list applies."""

    box_type: type[CalmComboBox] = CalmComboBox

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = self.box_type(self)
        self.box.setItemDelegate(DetailDelegate(self.box))
        # Filled anew with other lines: a list that is looked at does not outlive a model that is replaced below it.
        self._model = ChoiceModel(self.box)
        self.box.setModel(self._model)
        self._tooltip = ""
        self._row.addWidget(self.box)
        self.box.activated.connect(self._on_activated)

    def set_items(self, items: Sequence[Item]) -> None:
        """Show other lines; the value stays."""
        if tuple(items) == self.items:
            return
        self._model.set_items(tuple(items))
        # One line is measured for all where all are alike: each change of the style measures them again.
        view = self.box.view()
        assert isinstance(view, QListView)
        view.setUniformItemSizes(not any(item.detail for item in items))
        self.set_value(self._value)

    @property
    def items(self) -> tuple[Item, ...]:
        """The lines."""
        return self._model.items

    def set_value(self, value: str | None) -> None:
        """Show the choice called `value`; no signal (`activated` is the user's alone)."""
        self._value = value
        index = next((row for row, item in enumerate(self.items) if item.name and item.name == value), -1)
        if index != self.box.currentIndex():
            self.box.setCurrentIndex(index)
        tooltip = self.items[index].tooltip if index >= 0 else ""
        self.setToolTip(tooltip or self._tooltip)

    def set_placeholder(self, text: str) -> None:
        """Say what is in force where it is none of the lines."""
        self.box.setPlaceholderText(text)

    def describe(self, name: str, tooltip: str) -> None:
        """Name the list; its tooltip explains the present choice where there is one."""
        super().describe(name, tooltip)
        self._tooltip = tooltip
        self.set_value(self._value)

    def focus_widget(self) -> QWidget:
        """Return the list."""
        return self.box

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        item = self.items[row]
        if item.name != self._value:
            self.set_value(item.name)
            self.edited.emit(item.name, "")
