"""Teacher's view: any control or panel can be hidden, and stays hidden wherever the experiment is opened.

What is hidden is a set of names in the experiment, so that it is saved, undone and shared like any other setting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDockWidget,
    QLabel,
    QMenu,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnviz.ui.form.form import FieldRow
from nnviz.ui.widgets.hideable import Withholdable
from nnviz.ui.window.docks import Dock
from nnviz.ui.window.message_bar import MessageBar

if TYPE_CHECKING:
    from nnviz.ui.window.main_window import MainWindow


@dataclass(frozen=True)
class Part:
    """Something that can be hidden.

    Attributes
    ----------
    name : str
        In files; never translated.
    group, label : str
        What the list says.
    widgets : tuple of QWidget
        All that goes with it.
    """

    name: str
    group: str
    label: str
    widgets: tuple[QWidget, ...]


class TeacherView(QObject):
    """Hides what the experiment says is hidden, and offers the list of all that could be."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._withheld: frozenset[str] = frozenset()
        self.dialog: TeacherDialog | None = None
        window.actions_.teacher_view.triggered.connect(self._on_open)
        window.actions_.show_everything.triggered.connect(self.show_everything)
        window.state.experiment_changed.connect(self.apply)
        window.controller.prepared_changed.connect(self.apply)
        self.apply()

    @property
    def hidden(self) -> tuple[str, ...]:
        """Names of what the experiment hides."""
        return self._window.state.experiment.view.hidden

    def set_hidden(self, names: tuple[str, ...]) -> None:
        """Hide just `names`, as an undoable edit."""
        state = self._window.state
        view = state.experiment.view.edited(hidden=names)
        state.edit(state.experiment.edited(view=view), self.tr("choose what is shown"), "teacher's view")

    @Slot()
    def show_everything(self) -> None:
        """Hide nothing any more."""
        self.set_hidden(())

    @Slot()
    def apply(self) -> None:
        """Hide and show what differs; rows that have come since are hidden too."""
        hidden = frozenset(self.hidden)
        self._window.actions_.show_everything.setEnabled(bool(hidden))
        if not hidden and not self._withheld:
            return
        for part in self.parts():
            if part.name in hidden or part.name in self._withheld:
                for widget in part.widgets:
                    _withhold(widget, part.name in hidden)
        self._window.run_bar.set_withheld(hidden)
        for section in self._window.setup_panel.sections:
            # What is left moves together: the layout still knows the height of what has gone.
            section.column.invalidate()
            section.updateGeometry()
        self._withheld = hidden

    def parts(self) -> Iterator[Part]:
        """Yield everything that can be hidden, in the order of the window."""
        yield from self._panels()
        widgets = self._window.run_bar.part_widgets()
        for name, label in self._window.run_bar.part_labels().items():
            yield Part(name, self.tr("Run bar"), label, (widgets[name],))
        yield from self._setup_parts()
        yield from self._network_parts()
        yield from self._boundary_parts()
        yield from self._loss_parts()
        yield from self._answers_parts()
        yield from self._menu_parts()

    def _panels(self) -> Iterator[Part]:
        window, group = self._window, self.tr("Panels")
        for dock in (window.setup_dock, window.boundary_dock, window.loss_dock, window.answers_dock):
            yield Part(f"panel.{dock.objectName()}", group, dock.windowTitle(), (dock,))
        yield Part("panel.network", group, window.diagram_area.header.title.text(), (window.diagram_area,))
        yield Part("panel.run_bar", group, window.run_tool_bar.windowTitle(), (window.run_tool_bar,))
        yield Part("panel.notes", group, self.tr("notes of the lesson"), (window.notes_bar,))
        bars = window.findChildren(MessageBar)
        yield Part("panel.messages", group, self.tr("messages above the network"), tuple(bars))

    def _setup_parts(self) -> Iterator[Part]:
        panel = self._window.setup_panel
        for section, name in zip(panel.sections, ("data", "network", "training"), strict=True):
            group = self.tr("Set-up: {0}").format(section.title.text().lower())
            yield Part(f"setup.{name}", group, self.tr("this whole section"), (section,))
            if name == "data":
                yield from self._data_parts(group)
            rows: dict[str, list[FieldRow]] = {}
            for row in section.rows:
                rows.setdefault(f"{name}.{row.key}", []).append(row)
            for key, same in rows.items():
                if any(row.is_wanted for row in same):
                    yield Part(key, group, same[0].label.text(), tuple(same))
            if name == "training":
                yield from self._training_parts(group)
        yield from self._title_parts(self.tr("Set-up"), self._window.setup_dock)

    def _data_parts(self, group: str) -> Iterator[Part]:
        section = self._window.setup_panel.data_section
        yield Part("data.gallery", group, self.tr("pictures of the data sets"), (section.gallery,))
        for name, row, button in (
            ("open", section.open_row, section.open_button),
            ("columns", section.columns_row, section.columns_button),
            ("empty", section.empty_row, section.empty),
        ):
            yield Part(f"data.{name}", group, button.text(), (row,))

    def _training_parts(self, group: str) -> Iterator[Part]:
        section = self._window.setup_panel.training_section
        for name, fold in (("optimizer_fold", section.optimizer_fold), ("more_fold", section.more)):
            if fold.is_wanted:
                label = self.tr("folded lines: {0}").format(fold.button.text())
                yield Part(f"training.{name}", group, label, (fold,))
        if section.rate_plot.is_wanted:
            yield Part("training.rate_plot", group, self.tr("curve of the schedule"), (section.rate_plot,))

    def _title_parts(self, group: str, dock: Dock) -> Iterator[Part]:
        for name, button in (("float", dock.title_bar.float_button), ("close", dock.title_bar.hide_button)):
            yield Part(f"{dock.objectName()}.{name}", group, button.accessibleName(), (button,))

    def _network_parts(self) -> Iterator[Part]:
        area, group = self._window.diagram_area, self.tr("Network")
        yield Part("network.header", group, self.tr("the line above the network"), (area.header,))
        yield _button_part("network.try_input", group, area.probe_button)
        yield _button_part("network.fit", group, area.fit_button)
        yield _button_part("network.more", group, area.menu_button)
        for name, label, widget in (
            ("diagram", self.tr("the diagram"), area.diagram),
            ("inspector", self.tr("what a click on a unit or an edge opens"), area.inspector),
            ("probe", self.tr("the card of an input that is tried"), area.probe),
        ):
            yield Part(f"network.{name}", group, label, (widget,))

    def _boundary_parts(self) -> Iterator[Part]:
        view, dock = self._window.boundary_view, self._window.boundary_dock
        switches, group = view.switches, dock.windowTitle()
        for name, button in (
            ("paint", switches.paint),
            ("train", switches.train),
            ("test", switches.test),
            ("fit", switches.fit),
            ("more", switches.more),
        ):
            yield _button_part(f"boundary.{name}", group, button)
        for name, label, widget in (
            ("axes", self.tr("choice of the two features"), view.axis_row),
            ("others", self.tr("what becomes of the other features"), view.hold_row),
            ("plot", self.tr("the map"), view.plot),
            ("legend", self.tr("legend"), view.legend),
        ):
            yield Part(f"boundary.{name}", group, label, (widget,))
        yield from self._title_parts(group, dock)

    def _loss_parts(self) -> Iterator[Part]:
        view, dock = self._window.loss_view, self._window.loss_dock
        footer, group = view.footer, dock.windowTitle()
        for name, button in (
            ("loss_button", view.loss_button),
            ("score_button", view.score_button),
            ("rate_button", view.rate_button),
            ("log_button", view.log_button),
            ("menu_button", view.menu_button),
        ):
            yield _button_part(f"loss.{name}", group, button)
        yield Part("loss.plot", group, self.tr("the curves"), (view.plot,))
        yield Part("loss.legend", group, self.tr("legend"), (footer.key,))
        smoothing = (footer.slider_label, footer.slider)
        yield Part("loss.smoothing", group, self.tr("smoothing"), smoothing)
        yield Part("loss.x_axis", group, self.tr("choice of the x axis"), (footer.x_button,))
        yield from self._title_parts(group, dock)

    def _answers_parts(self) -> Iterator[Part]:
        panel, dock = self._window.answers_panel, self._window.answers_dock
        group = dock.windowTitle()
        for name, tab in panel.tabs.items():
            yield _button_part(f"answers.{name}", group, tab)
        for name, label in (
            ("rows", self.tr("the list of all rows")),
            ("confusion", self.tr("the confusion matrix")),
            ("predicted", self.tr("the plot of predicted and true values")),
            ("worst", self.tr("the pictures that are wrong")),
            ("draw", self.tr("the pad and the answer to it")),
        ):
            yield Part(f"answers.{name}_content", group, label, (panel.pages[name].content,))
        yield from self._title_parts(group, dock)

    def _menu_parts(self) -> Iterator[Part]:
        """Yield all menus but the one that leads back here."""
        way_back = self._window.actions_.teacher_view
        for action in self._window.menuBar().actions():
            menu = action.menu()
            if isinstance(menu, QMenu) and way_back not in menu.actions():
                label = action.text().replace("&", "")
                yield Part(f"menu.{menu.objectName()}", self.tr("Menus"), label, (menu,))

    @Slot()
    def _on_open(self) -> None:
        if self.dialog is None:
            self.dialog = TeacherDialog(self, self._window)
        self.dialog.fill()
        self.dialog.show()
        self.dialog.raise_()


def _button_part(name: str, group: str, button: QToolButton) -> Part:
    """Return a part that is one button, called by its words, or by what it does where it only has a sign."""
    text = button.text()
    return Part(name, group, text if any(map(str.isalpha, text)) else button.accessibleName(), (button,))


def _withhold(widget: QWidget, hidden: bool) -> None:
    if isinstance(widget, QDockWidget):
        widget.toggleViewAction().setEnabled(not hidden)
    if isinstance(widget, Withholdable):
        widget.set_withheld(hidden)
    elif isinstance(widget, QMenu):
        widget.menuAction().setVisible(not hidden)
    else:
        widget.setVisible(not hidden)


class TeacherDialog(QDialog):
    """The list of all controls and panels, a tick before each that is shown; it never blocks the window."""

    def __init__(self, teacher: TeacherView, parent: QWidget) -> None:
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
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        everything = buttons.addButton(self.tr("Show everything"), QDialogButtonBox.ButtonRole.ResetRole)
        everything.setToolTip(self.tr("Bring back every control and panel that is hidden"))
        everything.clicked.connect(teacher.show_everything)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(text)
        column.addWidget(self.tree, 1)
        column.addWidget(buttons)
        self.resize(400, 560)
        self.tree.itemChanged.connect(self._on_item_changed)
        parent.state.view_changed.connect(self.fill)  # type: ignore[attr-defined]

    @Slot()
    def fill(self) -> None:
        """List what there is at present."""
        tree, hidden = self.tree, set(self._teacher.hidden)
        tree.blockSignals(True)
        names = [(part.group, part.name, part.label) for part in self._teacher.parts()]
        if names != [
            (group.text(0), item.data(0, Qt.ItemDataRole.UserRole), item.text(0)) for group, item in self._items()
        ]:
            self._rebuild(names)
        for _, item in self._items():
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

    def _items(self) -> Iterator[tuple[QTreeWidgetItem, QTreeWidgetItem]]:
        for row in range(self.tree.topLevelItemCount()):
            group = self.tree.topLevelItem(row)
            assert group is not None
            for inner in range(group.childCount()):
                item = group.child(inner)
                assert item is not None
                yield group, item

    @Slot(QTreeWidgetItem, int)
    def _on_item_changed(self, item: QTreeWidgetItem, _column: int) -> None:
        name = str(item.data(0, Qt.ItemDataRole.UserRole))
        others = tuple(other for other in self._teacher.hidden if other != name)
        shown = item.checkState(0) is Qt.CheckState.Checked
        self._teacher.set_hidden(others if shown else (*others, name))
