"""*Worked arithmetic*: the sheet, the steps through it, and how many digits are written."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import pairwise

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QActionGroup, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from nnviz.core.errors import NnvizError
from nnviz.core.explain.formula import Form
from nnviz.core.explain.overview import formula_html
from nnviz.core.explain.page import Wire
from nnviz.core.explain.rounding import FEWEST, MOST
from nnviz.core.explain.steps import PACES
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.session.working import WorkedArithmetic
from nnviz.ui.explain.cost_row import CostRow
from nnviz.ui.explain.sheet_view import SheetView
from nnviz.ui.widgets.buttons import described_action, flat_button
from nnviz.ui.widgets.calm import CalmComboBox, CalmSlider
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.hideable import Hideable, TeacherHideable, hideable_button
from nnviz.ui.widgets.style import icon
from nnviz.ui.widgets.view_header import ViewHeader

_FORMS: dict[str, Form] = {"text": "text", "latex": "latex", "python": "python"}


class TargetBox(TeacherHideable, CalmComboBox):
    """A choice that is there for typed examples only, and goes where a teacher hides it."""


class WorkedPanel(QFrame):
    """Shows what the model has worked out, and walks through it.

    Parameters
    ----------
    model : WorkedArithmetic
    theme : Theme
    parent : QWidget or None

    Signals
    -------
    wire_hovered : object
        (layer, unit, source) of the term under the mouse, or None.
    layer_hovered : object
        The layer (int) of the part of the network's formula under the mouse or the keyboard, or None.
    worksheet_wanted : int, object
        A worksheet is to be written, of so many layers of weights, with so many digits (int, or None).
    batch_wanted : bool
        The next mini-batch is to be worked out, or one example again.
    target_chosen : object
        The class (int) that a typed example should have; None: what the network answers.
    """

    wire_hovered = Signal(object)
    layer_hovered = Signal(object)
    worksheet_wanted = Signal(int, object)
    batch_wanted = Signal(bool)
    target_chosen = Signal(object)

    def __init__(self, model: WorkedArithmetic, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._model, self._theme = model, theme
        self._class_names: tuple[str, ...] = ()
        self.cost_row: CostRow | None = None
        self.header = ViewHeader(self.tr("Worked arithmetic"), self)
        self.sheet = SheetView(theme, self)
        self._build_walk()
        self._build_choices()
        self._message = ElidedLabel(parent=self)
        self._message.setProperty("role", "error")
        self._message.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(4)
        for part in (self.header, self.walk, self.title, self._message):
            column.addWidget(part)
        self._column = column
        column.addWidget(self.sheet, 1)
        walk = self.back_button, self.play_button, self.on_button, self.slider, self.digits, self.target
        for before, after in pairwise((*self.tabs.values(), self.menu_button, *walk, self.sheet)):
            self.setTabOrder(before, after)
        self.sheet.walked.connect(self._on_walked)
        self.sheet.wire_hovered.connect(self.wire_hovered)
        self.sheet.layer_hovered.connect(self.layer_hovered)
        model.worked_changed.connect(self._on_worked_changed)
        model.position_changed.connect(self._on_position_changed)
        model.playing_changed.connect(self._on_playing_changed)
        model.complained.connect(self._on_complained)
        self.set_theme(theme)
        self._on_worked_changed()

    def _build_walk(self) -> None:
        """Make the row that walks: back, on, by itself, and a slider over all steps."""
        tr = self.tr
        self.walk = QWidget(self)
        self.back_button = flat_button(self.walk, "‹", tr("Take a step back (Backspace or PgUp)"))
        self.play_button = flat_button(self.walk, "", tr("Walk through the steps by itself"), checkable=True)
        self.on_button = flat_button(self.walk, "›", tr("Make a step (Space or PgDn)"))
        self.slider = CalmSlider(self.walk)
        self.slider.setMinimum(0)
        self.slider.setAccessibleName(tr("Steps of the arithmetic"))
        self.slider.setToolTip(tr("Everything up to here has been worked out; drag it through all steps"))
        self.count = QLabel(self.walk)
        self.count.setProperty("role", "quiet")
        row = self._walk_row = QHBoxLayout(self.walk)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for part in (self.back_button, self.play_button, self.on_button):
            row.addWidget(part)
        row.addWidget(self.slider, 1)
        row.addWidget(self.count)
        self.back_button.clicked.connect(self._model.step_back)
        self.on_button.clicked.connect(self._model.step_on)
        self.play_button.clicked.connect(self._model.set_playing)
        self.slider.valueChanged.connect(self._on_slider)

    def _build_choices(self) -> None:
        """Make the tabs, the line that says where one is, and the choices."""
        tr = self.tr
        self.tabs = {
            "steps": self.header.add_tab(tr("Steps"), tr("Everything up to the present step")),
            "layer": self.header.add_tab(
                tr("Layer"), tr("The same layer as one unit, as matrix · vector and as matrix · matrix")
            ),
            "network": self.header.add_tab(
                tr("Network"), tr("The whole network as one formula, and what each layer keeps for the way back")
            ),
            "costs": self.header.add_tab(
                tr("Costs"), tr("Three costs of the same errors side by side, and why a softmax has so simple a slope")
            ),
        }
        self.tabs["steps"].setChecked(True)
        self.title = ElidedLabel(parent=self)
        self.title.setProperty("role", "quiet")
        self.digits = self._boxed(
            CalmComboBox(self.walk),
            tr("Digits"),
            tr("Exact, or rounded as on paper: what is written down is used on, and a sum of products stands in full"),
        )
        self.digits.addItem(tr("exact"), None)
        for digits in range(FEWEST, MOST + 1):
            self.digits.addItem(tr("{0} digits").format(digits), digits)
        self.target = self._boxed(
            TargetBox(self.walk),
            tr("Target"),
            tr("The class that the typed example should have; from it come loss and gradients"),
        )
        self.target.hide()
        self.menu_button = self.header.add_menu(self._menu(), tr("Length of a step; copy what is worked out"))
        for tab in self.tabs.values():
            tab.clicked.connect(self._on_position_changed)
        self.digits.activated.connect(self._on_digits)
        self.target.activated.connect(self._on_target)

    def _boxed(self, box: CalmComboBox, name: str, tooltip: str) -> CalmComboBox:
        """Name a list, and put it behind the slider."""
        box.setAccessibleName(name)
        box.setToolTip(tooltip)
        self._walk_row.addWidget(box)
        return box

    def _menu(self) -> QMenu:
        """Make the menu of what there is no room for."""
        tr, menu = self.tr, QMenu(self)
        self.pace_actions = {
            "term": described_action(tr("Step by terms"), tr("A step is one product of a sum, or one number"), self),
            "unit": described_action(tr("Step by units"), tr("A step is all that is worked out of one unit"), self),
            "layer": described_action(tr("Step by layers"), tr("A step is a whole layer"), self),
        }
        self.copy_actions = {
            "text": described_action(tr("Copy as text"), tr("Copy all of it as lines of text"), self),
            "latex": described_action(tr("Copy as LaTeX"), tr("Copy all of it for LaTeX with amsmath"), self),
            "python": described_action(tr("Copy as Python"), tr("Copy a script that computes the same numbers"), self),
        }
        words = tr("Write the present weights and biases into the formula of the network instead of W and b")
        self.numbers_action = described_action(tr("Numbers in the formula"), words, self, checkable=True)
        formula_menu = QMenu(tr("Copy the formula"), menu)
        formula_menu.setToolTipsVisible(True)
        words = tr("Copy the formula of the whole network as it stands")
        self.formula_actions = {
            "text": described_action(tr("As text"), words, self),
            "latex": described_action(tr("As LaTeX"), words, self),
            "python": described_action(tr("As Python"), words, self),
        }
        formula_menu.addActions(list(self.formula_actions.values()))
        self.batch_action = described_action(
            tr("The next mini-batch"),
            tr("Work out all rows of the mini-batch that is trained on next, one after the other, and then their mean"),
            self,
            checkable=True,
        )
        group = QActionGroup(self)
        for name, action in self.pace_actions.items():
            action.setCheckable(True)
            action.setData(name)
            group.addAction(action)
        self.pace_actions[self._model.pace].setChecked(True)
        menu.addActions(list(self.pace_actions.values()))
        menu.addSeparator()
        menu.addAction(self.batch_action)
        menu.addSeparator()
        menu.addActions(list(self.copy_actions.values()))
        menu.addMenu(formula_menu)
        menu.addAction(self.numbers_action)
        menu.addSeparator()
        self.worksheet_action = described_action(
            tr("Worksheet…"), tr("Write a PDF to be filled in by hand, in variants, and a key to it"), self
        )
        menu.addAction(self.worksheet_action)
        menu.triggered.connect(self._on_menu)
        return menu

    # What is shown

    def show_prepared(self, prepared: Prepared) -> None:
        """Take names of classes from new data."""
        if prepared.class_names != self._class_names:
            self._class_names = prepared.class_names
            self.target.clear()
            self.target.addItem(self.tr("as it answers"), None)
            for number, name in enumerate(prepared.class_names):
                self.target.addItem(name, number)

    def show_frame(self, frame: Frame) -> None:
        """Follow the network."""
        self._model.show_frame(frame)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.sheet.set_theme(theme)
        self._on_playing_changed(self._model.is_playing)

    def light(self, wire: Wire | None, layer: int | None = None) -> None:
        """Mark the terms that are about a wire, or what is about a layer."""
        self.sheet.light(wire)
        self.sheet.light_layer(layer if self.tabs["network"].isChecked() else None)

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Worked arithmetic")
        yield Hideable("worked.walk", group, self.tr("buttons and slider that walk through the steps"), (self.walk,))
        for name, tab in self.tabs.items():
            yield hideable_button(f"worked.tab.{name}", group, tab)
        for name, box in (("digits", self.digits), ("target", self.target)):
            yield Hideable(f"worked.{name}", group, box.accessibleName(), (box,))
        yield hideable_button("worked.more", group, self.menu_button)
        yield Hideable("worked.sheet", group, self.tr("the sheet"), (self.sheet,))

    def _about(self, title: str) -> str:
        """Say where one is, in which example of which network."""
        model, subject = self._model, self._model.subject
        epoch = model.moment[0]
        if subject is not None and subject.is_batch:
            n_rows = model.worked.arithmetic.n_rows if model.worked is not None else 0
            return self.tr("{0} · next mini-batch of {1} · epoch {2}").format(title, n_rows, epoch)
        if subject is None or subject.row is None:
            return self.tr("{0} · typed example · epoch {1}").format(title, epoch)
        words = {
            "train": self.tr("{0} · training row {1} · epoch {2}"),
            "validation": self.tr("{0} · validation row {1} · epoch {2}"),
            "test": self.tr("{0} · test row {1} · epoch {2}"),
        }
        return words[subject.row[0]].format(title, subject.row[1] + 1, epoch)

    @Slot()
    def _on_worked_changed(self) -> None:
        model, subject = self._model, self._model.subject
        self.slider.blockSignals(True)
        self.slider.setMaximum(model.n_steps)
        self.slider.blockSignals(False)
        self.walk.setEnabled(model.worked is not None)
        for action in (*self.copy_actions.values(), *self.formula_actions.values(), self.worksheet_action):
            action.setEnabled(model.worked is not None)
        self.digits.setCurrentIndex(self.digits.findData(model.digits))
        self.batch_action.setChecked(subject is not None and subject.is_batch)
        is_typed = subject is not None and subject.row is None and not subject.is_batch
        self.target.setVisible(is_typed and bool(self._class_names))
        self._on_position_changed()

    @Slot()
    def _on_position_changed(self) -> None:
        model = self._model
        self.slider.blockSignals(True)
        self.slider.setValue(model.position + 1)
        self.slider.blockSignals(False)
        self.count.setText(self.tr("{0} / {1}").format(model.position + 1, model.n_steps) if model.n_steps else "")
        self.back_button.setEnabled(model.position >= 0)
        self.on_button.setEnabled(model.position < model.n_steps - 1)
        self._show_costs_row()
        if model.worked is None:
            hint = self.tr("Click a point of the map or a row of the answers, or type an example in Try an input.")
            self.title.setText("")
            self.sheet.show_page("", (hint,), from_top=True)
        elif self.tabs["steps"].isChecked():
            page = model.page
            begin = self.tr("Press Space, or ›, to work out the first unit.")
            self.title.setText(self._about(page.title))
            self.sheet.show_page(page.current, page.lines if page.current else (begin,), beside=page.kept)
        elif self.tabs["layer"].isChecked():
            self.title.setText(self._about(self.tr("The same layer three times")))
            lines = tuple(f"<b>{name}</b>{html}" for name, html in model.forms(narrow=self.sheet.is_narrow))
            self.sheet.show_page("", lines, from_top=True)
        elif self.tabs["network"].isChecked():
            formula = model.formula(numbers=self.numbers_action.isChecked())
            assert formula is not None
            self.title.setText(self._about(self.tr("The whole network")))
            self.sheet.show_page("", (f"<b>{formula_html(formula)}</b>", *model.kept), from_top=True, keys=True)
        else:
            self.title.setText(self._about(self.tr("The same errors, three costs")))
            self._show_costs()

    def _show_costs_row(self) -> None:
        """Offer targets and outputs to be typed where they are compared."""
        wanted = self.tabs["costs"].isChecked() and self._model.worked is not None
        if self.cost_row is None:
            if not wanted:
                return
            self.cost_row = CostRow(self)
            self._column.insertWidget(self._column.indexOf(self.sheet), self.cost_row)
            self.cost_row.changed.connect(self._show_costs)
            for before, after in pairwise((self.target, self.cost_row.targets, self.cost_row.outputs, self.sheet)):
                self.setTabOrder(before, after)
        self.cost_row.setVisible(wanted)

    @Slot()
    def _show_costs(self) -> None:
        if self.cost_row is None or not self.tabs["costs"].isChecked():
            return
        try:
            page = self._model.loss_page(self.cost_row.numbers())
        except NnvizError as error:
            page = (escape(str(error)),)
        self.sheet.show_page("", page, from_top=True)

    @Slot(bool)
    def _on_playing_changed(self, playing: bool) -> None:
        self.play_button.setChecked(playing)
        self.play_button.setIcon(icon("pause" if playing else "play", self._theme))

    @Slot(str)
    def _on_complained(self, sentence: str) -> None:
        self._message.setText(sentence)
        self._message.setVisible(bool(sentence))

    # What the user does

    @Slot(int)
    def _on_walked(self, steps: int) -> None:
        if steps > 0:
            self._model.step_on()
        else:
            self._model.step_back()

    @Slot(int)
    def _on_slider(self, value: int) -> None:
        self._model.go_to(value - 1)

    @Slot()
    def _on_digits(self) -> None:
        self._model.set_digits(self.digits.currentData())

    @Slot()
    def _on_target(self) -> None:
        self.target_chosen.emit(self.target.currentData())

    @Slot(object)
    def _on_menu(self, action: object) -> None:
        worked = self._model.worked
        if action is self.worksheet_action and worked is not None:
            self.worksheet_wanted.emit(worked.arithmetic.subject.layout.n_layers, self._model.digits)
        if action is self.batch_action:
            self.batch_wanted.emit(self.batch_action.isChecked())
        if action is self.numbers_action:
            self.tabs["network"].click()
        for name, form in _FORMS.items():
            formula = self._model.formula(form, numbers=self.numbers_action.isChecked())
            if action is self.formula_actions[name] and formula is not None:
                QGuiApplication.clipboard().setText(formula.text)
        for pace in PACES:
            if action is self.pace_actions[pace]:
                self._model.set_pace(pace)
        if worked is None or action not in self.copy_actions.values():
            return
        if action is self.copy_actions["text"]:
            written = worked.to_text()
        else:
            written = worked.to_latex() if action is self.copy_actions["latex"] else worked.to_python()
        QGuiApplication.clipboard().setText(written)
