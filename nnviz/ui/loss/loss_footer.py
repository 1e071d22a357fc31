"""The line under the loss plot: which curve is which, how smooth they are, and what runs along x."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from nnviz.drawing.courses import DrawnCourse
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PartName
from nnviz.experiment.schema import ViewSpec
from nnviz.ui.loss.curve_key import CurveKey
from nnviz.ui.widgets.buttons import menu_button
from nnviz.ui.widgets.calm import CalmSlider
from nnviz.ui.widgets.fitting import Fitting

#: Positions of the slider: each ten leave a tenth of what the ten before left to the newest point.
POSITIONS = 20


class LossFooter(Fitting, QWidget):
    """Key, smoothing and the choice of the x axis.

    Signals
    -------
    x_chosen : str
        A name of `ViewSpec.curve_x`.
    smoothing_chosen : float
    """

    x_chosen = Signal(str)
    smoothing_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bare = False
        self._named: tuple[object, ...] = ()
        self.key = CurveKey((), self)
        self.show_key(("train", "test"), "test")
        # Its own widget, so that all controls go and come at once.
        self._controls = QWidget(self)
        self._smoothing = QWidget(self._controls)
        self.slider = CalmSlider(self._smoothing)
        self.slider.setRange(0, POSITIONS)
        self.slider.setFixedWidth(64)
        self.slider.setAccessibleName(self.tr("Smoothing"))
        self.slider.setToolTip(
            self.tr("Average over past epochs to see the trend in a noisy curve; what was measured stays behind, faint")
        )
        label = self.slider_label = QLabel(self.tr("smooth"), self._smoothing)
        label.setProperty("role", "quiet")
        label.setBuddy(self.slider)
        label.setToolTip(self.slider.toolTip())
        self.x_actions: dict[str, QAction] = {}
        self.x_button = self._x_button()
        row, controls, smoothing = QHBoxLayout(self), QHBoxLayout(self._controls), QHBoxLayout(self._smoothing)
        for line in (row, controls, smoothing):
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(6)
        for control in (label, self.slider):
            smoothing.addWidget(control)
        controls.addWidget(self._smoothing)
        controls.addWidget(self.x_button)
        row.addWidget(self.key)
        row.addStretch(1)
        row.addWidget(self._controls)
        self.slider.valueChanged.connect(self._on_slider)

    def _x_button(self) -> QToolButton:
        """Return the button that opens the choice of the x axis, its actions in `x_actions`."""
        words = self.tr("What runs along the axis: epochs, updates of the weights, or seconds of training")
        button = menu_button(self._controls, words, text="")
        menu = QMenu(button)
        group = QActionGroup(self)
        for name, text in (
            ("epoch", self.tr("epochs")),
            ("updates", self.tr("updates")),
            ("elapsed_s", self.tr("seconds")),
        ):
            action = QAction(text, self)
            action.setData(name)
            action.setCheckable(True)
            group.addAction(action)
            menu.addAction(action)
            self.x_actions[name] = action
        button.setMenu(menu)
        group.triggered.connect(self._on_x)
        return button

    def show_key(
        self,
        drawn: tuple[PartName, ...],
        best_of: PartName | None,
        *,
        carried: bool = False,
        others: tuple[DrawnCourse, ...] = (),
    ) -> None:
        """Name the curves of the parts that are drawn, the ★ of the best epoch, a changed network, and other runs."""
        named = (drawn, best_of, carried, tuple((course.name, course.number) for course in others))
        if named == self._named:
            return
        self._named = named
        curves = {
            "train": (self.tr("train"), "train", "solid"),
            "validation": (self.tr("validation"), "validation", "dotted"),
            "test": (self.tr("test"), "test", "dashed"),
        }
        star = () if best_of is None else ((self.tr("best"), str(best_of), "star"),)
        change = ((self.tr("changed"), "quiet", "upright"),) if carried else ()
        beside = tuple((course.name, str(course.number), "course") for course in others)
        self.key.show_entries((*(curves[part] for part in drawn), *beside, *star, *change))
        words = (
            self.tr("The ★ marks the epoch with the lowest validation loss")
            if best_of == "validation"
            else self.tr("The ★ marks the epoch with the lowest test loss")
        )
        if carried:
            line = self.tr("The upright line marks where what had been learnt was carried into a changed network")
            words = f"{words}\n{line}"
        if others:
            line = self.tr("Of other runs the loss of the watched rows is drawn: {0}")
            words = f"{words}\n{line.format(', '.join(course.name for course in others))}"
        self.key.setToolTip(words)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.key.set_theme(theme)

    def set_bare(self, bare: bool) -> None:
        """Leave only the key, for an audience, or bring the controls back."""
        self._bare = bare
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """Return room for the key and the choice of the axis: smoothing steps back where there is no more."""
        width = self.key.minimumSizeHint().width() + self._width_of(self.x_button)
        return QSize(width, super().minimumSizeHint().height())

    def fit(self) -> None:
        """Hide what there is no room for, and show the rest."""
        self._controls.setHidden(self._bare)
        self._smoothing.setHidden(self._width_of(self.key, self._smoothing, self.x_button) > self.width())

    def _width_of(self, *widgets: QWidget) -> int:
        return sum(min(widget.sizeHint().width(), widget.maximumWidth()) + 6 for widget in widgets)

    def show_view(self, view: ViewSpec) -> None:
        """Show what is chosen; no signal."""
        self.x_actions[view.curve_x].setChecked(True)
        self.x_button.setText(self.tr("{0} ▾").format(self.x_actions[view.curve_x].text()))
        self.slider.blockSignals(True)
        self.slider.setValue(round(-10.0 * math.log10(1.0 - view.smoothing)))
        self.slider.blockSignals(False)
        self.slider.setEnabled(view.curve != "learning_rate")

    @Slot(object)
    def _on_x(self, action: QAction) -> None:
        self.x_chosen.emit(str(action.data()))

    @Slot(int)
    def _on_slider(self, position: int) -> None:
        self.smoothing_chosen.emit(1.0 - 10.0 ** (-position / 10.0))
