"""The switches of the boundary view: the ones of every lesson in its header, the others in its menu."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from nnviz.experiment import Prepared
from nnviz.experiment.schema import ViewSpec
from nnviz.ui.boundary.class_menu import ClassMenu
from nnviz.ui.widgets.buttons import described_action
from nnviz.ui.widgets.hideable import Hideable, hideable_button
from nnviz.ui.widgets.view_header import ViewHeader


class BoundarySwitches(QObject):
    """Shows and changes the parts of a `ViewSpec` that say what the map looks like.

    Attributes
    ----------
    paint, train, validation, test, fit, more : QToolButton
    wrong_only, discretise, contour, unit_lines, unit_curves, grid, zoom_in, zoom_out, reset : QAction
    menu : QMenu

    Signals
    -------
    edited : dict
        Fields of `ViewSpec` that the user changed.
    """

    edited = Signal(object)

    def __init__(self, header: ViewHeader) -> None:
        super().__init__(header)
        self._shown_class: int | None = None
        self.paint = header.add_button(
            self.tr("paint"),
            self.tr("Paint the data: the mouse on the map adds, erases and moves points, while training goes on (P)"),
            checkable=True,
        )
        self.paint.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._add_parts(header)
        self.fit = header.add_button(
            self.tr("fit"), self.tr("Show all points again, after zooming with the wheel or dragging the map")
        )
        self.menu = QMenu(header)
        self.menu.setToolTipsVisible(True)
        self.wrong_only = self._action(
            self.tr("Only wrong points"), self.tr("Show only the points that the network gets wrong"), checkable=True
        )
        self.discretise = self._action(
            self.tr("Answers in steps"),
            self.tr("Show only which answer is given, not how sure the network is"),
            checkable=True,
        )
        self.contour = self._action(
            self.tr("Contour lines"),
            self.tr("Draw the lines on which the answer changes, where two classes are equally likely"),
            checkable=True,
        )
        self.parts = self._action(
            self.tr("Parts of the curve"),
            self.tr("Draw what each unit of the last hidden layer adds; with the dashed bias they make the curve"),
            checkable=True,
        )
        self._add_lines()
        self.grid = self._action(self.tr("Grid"), self.tr("Draw the lines of the axes over the map"), checkable=True)
        self.classes = ClassMenu(self.menu)
        self.menu.addMenu(self.classes)
        self.classes.chosen.connect(self._on_class_chosen)
        self.menu.addSeparator()
        self.zoom_in = self._action(self.tr("Zoom in"), self.tr("Show half as much of the plane (or turn the wheel)"))
        self.zoom_out = self._action(
            self.tr("Zoom out"), self.tr("Show twice as much: what the network answers far from the data")
        )
        self.reset = self._action(
            self.tr("Reset this view"), self.tr("Show all points again and set every switch of this map back")
        )
        self.more = header.add_menu(self.menu, self.tr("More switches of the map; save or copy it and its numbers"))
        self._connect()

    def _connect(self) -> None:
        self._fields: dict[str, QToolButton | QAction] = {
            "show_train": self.train,
            "show_validation": self.validation,
            "show_test": self.test,
            "wrong_only": self.wrong_only,
            "discretise": self.discretise,
            "contour": self.contour,
            "unit_lines": self.unit_lines,
            "unit_curves": self.unit_curves,
            "parts": self.parts,
            "grid": self.grid,
        }
        for button in (self.train, self.validation, self.test):
            button.clicked.connect(self._on_changed)
        switches = (self.wrong_only, self.discretise, self.contour, self.parts, self.grid)
        for action in (*switches, self.unit_lines, self.unit_curves):
            action.triggered.connect(self._on_changed)
        self.reset.triggered.connect(self._on_reset)

    def _add_parts(self, header: ViewHeader) -> None:
        self.train = header.add_button(self.tr("● train"), self.tr("Show the training points (filled)"), checkable=True)
        self.validation = header.add_button(
            self.tr("◉ val"),
            self.tr("Show the validation points (hollow with a dot), by which settings are chosen"),
            checkable=True,
        )
        self.validation.hide()
        self.test = header.add_button(self.tr("○ test"), self.tr("Show the test points (hollow)"), checkable=True)

    def _add_lines(self) -> None:
        self.unit_lines = self._action(
            self.tr("Lines of the units"),
            self.tr(
                "Draw where each unit of the first layer is zero, with an arrow to its active side; drag the lines"
            ),
            checkable=True,
        )
        self.unit_curves = self._action(
            self.tr("Curves of deeper units"),
            self.tr("Draw where each unit of the deeper hidden layers is zero: curves, bent by the lines before them"),
            checkable=True,
        )

    def show_view(self, view: ViewSpec) -> None:
        """Show what is chosen; no signal."""
        for name, control in self._fields.items():
            control.setChecked(getattr(view, name))
        self._shown_class = view.shown_class
        self.classes.show_class(view.shown_class)

    def show_task(self, prepared: Prepared) -> None:
        """Offer only what the present map can show: wrong points need classes, contours a plane, parts a curve.

        The switch of the validation points is there where there are some.
        """
        self.validation.setVisible(prepared.validation.n_samples > 0)
        class_names, one_feature = prepared.class_names, prepared.dataset.n_features == 1
        classification = bool(class_names)
        self.classes.list_classes(class_names if len(class_names) > 2 and not one_feature else ())
        self.parts.setVisible(one_feature and not classification)
        self.wrong_only.setVisible(classification)
        self.contour.setVisible(not one_feature)
        self.discretise.setVisible(not one_feature)

    def hideable_parts(self, group: str) -> Iterator[Hideable]:
        """Yield the buttons, which a teacher can hide."""
        buttons = {
            "paint": self.paint,
            "train": self.train,
            "validation": self.validation,
            "test": self.test,
            "fit": self.fit,
            "more": self.more,
        }
        for name, button in buttons.items():
            yield hideable_button(f"boundary.{name}", group, button)

    def _action(self, text: str, tooltip: str, *, checkable: bool = False) -> QAction:
        action = described_action(text, tooltip, self, checkable=checkable)
        self.menu.addAction(action)
        return action

    @Slot()
    def _on_changed(self) -> None:
        self.edited.emit({name: control.isChecked() for name, control in self._fields.items()})

    @Slot(int)
    def toggle_class(self, index: int) -> None:
        """Show the probability of a class alone, or of all where it is shown already."""
        self.edited.emit({"shown_class": None if index == self._shown_class else index})

    @Slot(object)
    def _on_class_chosen(self, index: int | None) -> None:
        self.edited.emit({"shown_class": index})

    @Slot()
    def _on_reset(self) -> None:
        plain = ViewSpec()
        self.edited.emit({name: getattr(plain, name) for name in (*self._fields, "shown_class")})
