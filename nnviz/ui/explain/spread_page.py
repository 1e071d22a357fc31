"""The third page of *Health*: histograms over time, layer by layer or of one unit."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Slot
from PySide6.QtGui import QFontMetricsF, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from nnviz.core.numbers import count_text, number_text
from nnviz.core.spreads import QUANTITIES, Quantity, Spreads
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.spreads import paint_spread
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import UnitId
from nnviz.session.spread_watch import SpreadWatch
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.calm import CalmComboBox
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.nested_layouts import add_layout

#: Height of a layer's picture, in lines of its type.
_LINES = 6.0


class SpreadBands(QWidget):
    """Bands of percentiles, one picture below the other."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._spreads: Spreads | None = None
        self._quantity: Quantity = "weights"
        self._titles: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Histograms over time"))
        self.setToolTip(
            self.tr("From left to right the epochs: half of all values lie in the dark band, 90 % in the light one")
        )

    @property
    def titles(self) -> tuple[str, ...]:
        """What stands above each picture."""
        return self._titles

    def show_spreads(self, spreads: Spreads | None, quantity: Quantity, titles: tuple[str, ...]) -> None:
        """Show a quantity of some layers, each with its title."""
        is_as_high = len(titles) == len(self._titles)
        self._spreads, self._quantity, self._titles = spreads, quantity, titles
        if not is_as_high:
            self.updateGeometry()
        if spreads is not None:
            last = spreads.quantiles[quantity][:, -1]
            said = (
                self.tr("{0}: median {1}, 5 to 95 % of the values from {2} to {3}").format(
                    title, *(number_text(float(values[place]), 2) for place in (2, 0, 4))
                )
                for title, values in zip(titles, last, strict=True)
            )
            self.setAccessibleDescription("; ".join(said))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    @property
    def _height(self) -> float:
        return _LINES * QFontMetricsF(ui_font(self._theme.small_font_size)).height()

    def sizeHint(self) -> QSize:
        """As high as all pictures."""
        return QSize(240, round(self._height * len(self._titles)))

    def minimumSizeHint(self) -> QSize:
        """As high as all pictures: it lives in a scroll area."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pictures."""
        if self._spreads is None:
            return
        height = self._height
        with QPainter(self) as painter:
            for row, title in enumerate(self._titles):
                rect = QRectF(0.0, row * height, self.width(), height - 4.0)
                quantiles = self._spreads.quantiles[self._quantity][row]
                paint_spread(painter, rect, title, self._spreads.epochs, quantiles, self._theme)


class SpreadPage(QWidget):
    """Chooses what is shown, and asks for it only while it is seen.

    Parameters
    ----------
    model : SpreadWatch
    theme : Theme
    parent : QWidget or None

    Attributes
    ----------
    quantity : CalmComboBox
    of_unit : QToolButton
        Checkable: only the unit that is opened in the network.
    bands : SpreadBands
    """

    def __init__(self, model: SpreadWatch, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._opened: UnitId | None = None
        self.quantity = CalmComboBox(self)
        self.quantity.setAccessibleName(self.tr("What is shown over time"))
        self.quantity.setToolTip(self.tr("Which values of a layer are shown: how they spread at each epoch"))
        for name, label in zip(
            QUANTITIES,
            (
                self.tr("weights"),
                self.tr("biases"),
                self.tr("activations"),
                self.tr("gradients"),
                self.tr("updates"),
            ),
            strict=True,
        ):
            self.quantity.addItem(label, name)
        self.of_unit = flat_button(
            self, self.tr("opened unit"), self.tr("Only the unit that is opened in the network"), checkable=True
        )
        self.of_unit.setEnabled(False)
        self.words = ElidedLabel(parent=self)
        self.words.setProperty("role", "quiet")
        self.bands = SpreadBands(theme, self)
        row = QHBoxLayout()
        row.addWidget(self.quantity, 1)
        row.addWidget(self.of_unit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        add_layout(column, row)
        column.addWidget(self.words)
        column.addWidget(self.bands)
        self.quantity.activated.connect(self._on_changed)
        self.of_unit.toggled.connect(self._on_of_unit)
        model.changed.connect(self._on_changed)

    @Slot(object)
    def open_unit(self, unit: UnitId | None) -> None:
        """Follow the unit that is opened in the network; inputs have nothing that changes."""
        self._opened = unit if unit is not None and unit[0] > 0 else None
        self.of_unit.setEnabled(self._opened is not None)
        if self._opened is None:
            self.of_unit.setChecked(False)
        elif self.of_unit.isChecked():
            self._model.set_unit(self._opened)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.bands.set_theme(theme)

    @Slot(bool)
    def _on_of_unit(self, wanted: bool) -> None:
        self._model.set_unit(self._opened if wanted else None)

    @Slot()
    def _on_changed(self) -> None:
        spreads, unit = self._model.spreads, self._model.unit
        if spreads is None:
            self.words.setText(self.tr("Nothing has been looked at yet."))
            self.bands.show_spreads(None, "weights", ())
            return
        first, last = int(spreads.epochs[0]), int(spreads.epochs[-1])
        self.words.setText(self.tr("epochs {0} to {1}").format(count_text(first), count_text(last)))
        titles: tuple[str, ...] = tuple(self.tr("layer {0}").format(layer) for layer in spreads.layers)
        if unit is not None and spreads.layers == (unit[0],):
            titles = (self.tr("layer {0}, unit {1}").format(unit[0], unit[1] + 1),)
        self.bands.show_spreads(spreads, self.quantity.currentData(), titles)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look."""
        super().showEvent(event)
        self._model.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no longer."""
        super().hideEvent(event)
        self._model.set_active(False)
