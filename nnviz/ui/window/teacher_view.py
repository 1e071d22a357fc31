"""Teacher's view: any control or panel can be hidden, and stays hidden wherever the experiment is opened.

What is hidden is a set of names in the experiment, so that it is saved, undone and shared like any other setting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions
from nnviz.ui.widgets.help_text import plain_tooltip, table_text
from nnviz.ui.widgets.hideable import Hideable, TeacherHideable
from nnviz.ui.widgets.nested_layouts import add_layout


class TeacherView(QObject):
    """Hides what the experiment says is hidden, and offers the list of all that could be.

    Parameters
    ----------
    state : ExperimentState
    prepared_changed : SignalInstance
        After which there may be other rows to hide.
    actions : Actions
    parts : callable
        Yields everything that can be hidden, in the order of the window; asked with True, only what has been made.
    parent : QWidget

    Signals
    -------
    applied : object
        The names (frozenset of str) that are hidden now; only where some are, or were.
    """

    applied = Signal(object)

    def __init__(
        self,
        state: ExperimentState,
        prepared_changed: SignalInstance,
        actions: Actions,
        parts: Callable[[bool], Iterator[Hideable]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._state, self._parent = state, parent
        self._action = actions.show_everything
        self._parts = parts
        self._applied: frozenset[str] = frozenset()
        self.dialog: TeacherDialog | None = None
        actions.teacher_view.triggered.connect(self._on_open)
        actions.show_everything.triggered.connect(self.show_everything)
        state.experiment_changed.connect(self.apply)
        prepared_changed.connect(self.apply)

    def parts(self) -> Iterator[Hideable]:
        """Yield everything that can be hidden; what nobody has wanted yet is made for that."""
        return self._parts(False)

    @property
    def hidden(self) -> tuple[str, ...]:
        """Names of what the experiment hides."""
        return self._state.experiment.view.hidden

    def set_hidden(self, names: tuple[str, ...]) -> None:
        """Hide just `names`, as an undoable edit."""
        experiment = self._state.experiment
        edited = experiment.edited(view=experiment.view.edited(hidden=names))
        self._state.edit(edited, self.tr("choose what is shown"), "teacher's view")

    def choose(self, preset: str) -> None:
        """Show what a preset of `PRESETS` shows, and nothing else."""
        from nnviz.ui.window.teacher_presets import PRESETS

        self.set_hidden(PRESETS[preset].hidden(part.name for part in self.parts()))

    @Slot()
    def show_everything(self) -> None:
        """Hide nothing any more."""
        self.set_hidden(())

    @Slot()
    def apply(self) -> None:
        """Hide and show what differs; rows that have come since are hidden too."""
        hidden = frozenset(self.hidden)
        self._action.setEnabled(bool(hidden))
        if not hidden and not self._applied:
            return
        for part in self._parts(True):
            if part.name in hidden or part.name in self._applied:
                for widget in part.widgets:
                    _set_hidden(widget, part.name in hidden)
        self._applied = hidden
        self.applied.emit(hidden)

    def hide_in(self, parts: Iterable[Hideable]) -> None:
        """Hide those of `parts`, which have just been made, that are hidden."""
        if self._applied:
            for part in parts:
                if part.name in self._applied:
                    for widget in part.widgets:
                        _set_hidden(widget, True)

    @Slot()
    def _on_open(self) -> None:
        if self.dialog is None:
            self.dialog = TeacherDialog(self, self._state, self._parent)
        self.dialog.fill()
        self.dialog.show()
        self.dialog.raise_()


def _set_hidden(widget: QWidget, hidden: bool) -> None:
    if isinstance(widget, QDockWidget):
        widget.toggleViewAction().setEnabled(not hidden)
    if isinstance(widget, TeacherHideable):
        widget.set_hidden_by_teacher(hidden)
    elif isinstance(widget, QMenu):
        widget.menuAction().setVisible(not hidden)
    else:
        widget.setVisible(not hidden)


class TeacherDialog(QDialog):
    """The list of all controls and panels, a tick before each that is shown; it never blocks the window."""

    def __init__(self, teacher: TeacherView, state: ExperimentState, parent: QWidget) -> None:
        from nnviz.ui.widgets.opening_size import opening_size
        from nnviz.ui.window.teacher_presets import PRESETS

        super().__init__(parent)
        self.setWindowTitle(self.tr("Teacher's view"))
        self._teacher = teacher
        text = QLabel(
            self.tr("Untick what your class should not see. The choice is saved with the experiment and can be undone.")
        )
        text.setWordWrap(True)
        self.tree = QTreeWidget(self)
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName(self.tr("Controls and panels that are shown"))
        self.preset_buttons: dict[str, QPushButton] = {}
        presets = QHBoxLayout()
        for preset in PRESETS.values():
            button = self.preset_buttons[preset.name] = QPushButton(table_text(preset.label), self)
            button.setToolTip(plain_tooltip(table_text(preset.help)))
            button.setAutoDefault(False)
            button.setProperty("preset", preset.name)
            button.clicked.connect(self._on_preset)
            presets.addWidget(button)
        presets.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        everything = buttons.addButton(self.tr("Show everything"), QDialogButtonBox.ButtonRole.ResetRole)
        everything.setToolTip(self.tr("Bring back every control and panel that is hidden"))
        everything.clicked.connect(teacher.show_everything)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(text)
        add_layout(column, presets)
        column.addWidget(self.tree, 1)
        column.addWidget(buttons)
        self.resize(opening_size(self, 400, 560))
        self.tree.itemChanged.connect(self._on_item_changed)
        state.view_changed.connect(self.fill)

    @Slot()
    def fill(self) -> None:
        """List what there is at present."""
        tree, hidden = self.tree, set(self._teacher.hidden)
        tree.blockSignals(True)
        names = [(part.group, part.name, part.label) for part in self._teacher.parts()]
        if names != [
            (group.text(0), item.data(0, Qt.ItemDataRole.UserRole), item.text(0)) for group, item in self.lines()
        ]:
            self._rebuild(names)
        for _, item in self.lines():
            shown = item.data(0, Qt.ItemDataRole.UserRole) not in hidden
            item.setCheckState(0, Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
        tree.blockSignals(False)

    def _rebuild(self, names: list[tuple[str, str, str]]) -> None:
        self.tree.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        for group, name, label in names:
            if group not in groups:
                groups[group] = QTreeWidgetItem(self.tree, [group])
                groups[group].setFlags(Qt.ItemFlag.ItemIsEnabled)
                groups[group].setExpanded(True)
            item = QTreeWidgetItem(groups[group], [label])
            item.setData(0, Qt.ItemDataRole.UserRole, name)

    def lines(self) -> Iterator[tuple[QTreeWidgetItem, QTreeWidgetItem]]:
        """Yield every line that can be ticked, after the group that it stands in."""
        for row in range(self.tree.topLevelItemCount()):
            group = self.tree.topLevelItem(row)
            assert group is not None
            for inner in range(group.childCount()):
                item = group.child(inner)
                assert item is not None
                yield group, item

    @Slot()
    def _on_preset(self) -> None:
        button = self.sender()
        assert isinstance(button, QPushButton)
        self._teacher.choose(str(button.property("preset")))

    @Slot(QTreeWidgetItem, int)
    def _on_item_changed(self, item: QTreeWidgetItem, _column: int) -> None:
        name = str(item.data(0, Qt.ItemDataRole.UserRole))
        others = tuple(other for other in self._teacher.hidden if other != name)
        shown = item.checkState(0) is Qt.CheckState.Checked
        self._teacher.set_hidden(others if shown else (*others, name))
