"""What becomes of the features that are not on an axis of the map, and the handle that moves one of them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from nnviz.core.numbers import number_text
from nnviz.data import input_label
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Hold, HoldKind
from nnviz.experiment.grids import feature_limits
from nnviz.experiment.slices import in_force, middle_row
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.calm import ARROW_ROOM, TEXT_MARGIN, CalmComboBox, CalmSlider
from nnviz.ui.widgets.hideable import TeacherHideable
from nnviz.ui.widgets.style import icon

#: Positions of the slider from a feature's least to its largest value.
POSITIONS = 400
#: A sweep moves the handle by so many positions, so often: from end to end in five seconds.
STEP, TICK_MS = 3, 33
WIDEST_VALUE = "−0.0e−0"
"""The number beside the slider has room for this, so that nothing moves while it changes."""
KINDS: tuple[HoldKind, ...] = ("means", "row", "values", "average", "components")


class HoldRow(TeacherHideable, QWidget):
    """A choice, and for what is held: which feature is moved, a slider, and a button that sweeps it to and fro.

    Attributes
    ----------
    kinds, feature_box : CalmComboBox
    sweep : QToolButton
    slider : CalmSlider

    Signals
    -------
    chosen : str
        The user chose a `HoldKind`.
    moved : (int, float)
        The user, or the sweep, moves a held feature to a value.
    settled : ()
        It stays where it is now.
    """

    chosen = Signal(str)
    moved = Signal(int, float)
    settled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limits: dict[int, tuple[float, float]] = {}
        self._shown: tuple[Prepared, tuple[int, int]] | None = None
        self._direction = 1
        self._build()
        # Until it is known that there are others.
        self.hide()
        self._timer = QTimer(self)
        self._timer.setObjectName("sweep of a held feature")
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self.kinds.activated.connect(self._on_kind_activated)
        self.feature_box.activated.connect(self._on_feature_activated)
        self.sweep.toggled.connect(self._on_sweep_toggled)
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.slider.sliderReleased.connect(self._on_slider_released)

    def _build(self) -> None:
        label = QLabel(self.tr("others"), self)
        label.setProperty("role", "quiet")
        self.kinds = CalmComboBox(self)
        for kind, words in (
            ("means", self.tr("at means")),
            ("row", self.tr("at a point")),
            ("values", self.tr("at values")),
            ("average", self.tr("averaged")),
            ("components", self.tr("components")),
        ):
            self.kinds.addItem(words, kind)
        self.kinds.setToolTip(
            self.tr(
                "What becomes of the features that are not on an axis: held at their means, at a point or at values, "
                "averaged over the data, or all features in the plane of two principal components"
            )
        )
        self.kinds.setAccessibleName(self.tr("What becomes of the other features"))
        label.setBuddy(self.kinds)
        self.feature_box = CalmComboBox(self)
        self.feature_box.setToolTip(self.tr("Which of the held features the slider beside it moves"))
        self.feature_box.setAccessibleName(self.tr("Held feature that is moved"))
        self.feature_box.setMinimumContentsLength(3)
        words = self.tr("Sweep: move this feature through its range and back, and watch the map change")
        self.sweep = flat_button(self, "", words, checkable=True)
        self.slider = CalmSlider(self)
        self.slider.setRange(0, POSITIONS)
        self.slider.setPageStep(POSITIONS // 10)
        self.slider.setMinimumWidth(40)
        self.slider.setAccessibleName(self.tr("Value of the held feature"))
        self.slider.setToolTip(
            self.tr("Moves the slice: the feature is held there, from its least value to its largest")
        )
        self.value = QLabel(self)
        self.value.setTextFormat(Qt.TextFormat.PlainText)
        self.value.setProperty("role", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(label)
        row.addWidget(self.kinds, 2)
        row.addWidget(self.feature_box, 4)
        row.addWidget(self.sweep)
        row.addWidget(self.slider, 2)
        row.addWidget(self.value)

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def is_moving(self) -> bool:
        """Whether the slider is dragged, or a sweep moves it."""
        return self._timer.isActive() or self.slider.isSliderDown()

    @property
    def feature(self) -> int | None:
        """The held feature that the slider moves."""
        found = self.feature_box.currentData()
        return None if found is None else int(found)

    def set_theme(self, theme: Theme) -> None:
        """Recolour the sign of the sweep, and make room for its numbers."""
        self.sweep.setIcon(icon("play", theme, "quiet"))
        # Beside a slider a name gives way, but not what is held.
        self.kinds.ensurePolished()
        metrics = self.kinds.fontMetrics()
        held = max(
            metrics.horizontalAdvance(self.kinds.itemText(KINDS.index(kind))) for kind in ("means", "row", "values")
        )
        self.kinds.setMinimumWidth(held + TEXT_MARGIN + ARROW_ROOM + 2)
        self.value.setFixedWidth(self.value.fontMetrics().horizontalAdvance(WIDEST_VALUE) + 2)

    def show_hold(self, prepared: Prepared, axes: tuple[int, int], hold: Hold) -> None:
        """Show what becomes of the other features of some data; no signal."""
        self.setVisible(prepared.train.n_features > 2)
        if self._shown is None or self._shown[0] is not prepared or self._shown[1] != axes:
            self._shown = prepared, axes
            self._list_features(prepared, axes)
        hold = in_force(prepared, hold)
        self.kinds.setCurrentIndex(KINDS.index(hold.kind))
        is_held = hold.kind not in ("average", "components") and self.feature is not None
        for widget in (self.feature_box, self.sweep, self.slider, self.value):
            widget.setVisible(is_held)
        if not is_held:
            self.stop()
        elif not self.is_moving and self.feature is not None:
            self._show_value(float(middle_row(prepared, hold)[self.feature]))

    def _list_features(self, prepared: Prepared, axes: tuple[int, int]) -> None:
        self.stop()
        before, (lows, highs) = self.feature, feature_limits(prepared.train)
        held = [k for k in range(len(lows)) if k not in axes and highs[k] > lows[k]]
        self._limits = {k: (float(lows[k]), float(highs[k])) for k in held}
        self.feature_box.clear()
        for k in held:
            self.feature_box.addItem(input_label(prepared.train.feature_names[k]), k)
        if before in self._limits:
            self.feature_box.setCurrentIndex(held.index(before))

    def _show_value(self, value: float) -> None:
        assert self.feature is not None
        low, high = self._limits[self.feature]
        with QSignalBlocker(self.slider):
            self.slider.setValue(round((value - low) / (high - low) * POSITIONS))
        self.value.setText(number_text(value, 2))

    # -- what is done -------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """End a sweep."""
        self.sweep.setChecked(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave no timer behind."""
        super().hideEvent(event)
        self.stop()

    @Slot()
    def _on_kind_activated(self) -> None:
        self.stop()
        self.chosen.emit(str(self.kinds.currentData()))

    @Slot()
    def _on_feature_activated(self) -> None:
        # Where it is held at present, the view knows.
        self.stop()
        self.settled.emit()

    @Slot(bool)
    def _on_sweep_toggled(self, on: bool) -> None:
        if on:
            self._timer.start()
        elif self._timer.isActive():
            self._timer.stop()
            self.settled.emit()

    @Slot()
    def _on_tick(self) -> None:
        position = self.slider.value() + self._direction * STEP
        if not 0 <= position <= POSITIONS:
            self._direction = -self._direction
        self.slider.setValue(position)

    @Slot(int)
    def _on_slider_moved(self, position: int) -> None:
        if self.feature is None:
            return
        low, high = self._limits[self.feature]
        value = low + position / POSITIONS * (high - low)
        self.value.setText(number_text(value, 2))
        self.moved.emit(self.feature, value)
        if not self.is_moving:
            # An arrow key or a click beside the handle.
            self.settled.emit()

    @Slot()
    def _on_slider_released(self) -> None:
        if not self._timer.isActive():
            self.settled.emit()
