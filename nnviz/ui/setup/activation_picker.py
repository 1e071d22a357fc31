"""The activation picker: every function's curve and slope, and where the weighted sums of this layer lie on them now.

It opens from the activation control of a layer. Frames carry the layer's sums only while it is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from time import monotonic
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import (
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from nnviz.core.activations import ACTIVATIONS
from nnviz.drawing.function_plot import flat_share
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame
from nnviz.ui.form.choice_box import ChoiceBox
from nnviz.ui.widgets.calm import CalmComboBox
from nnviz.ui.widgets.help_text import table_text
from nnviz.ui.widgets.nested_layouts import add_layout

if TYPE_CHECKING:
    from nnviz.experiment.distribution import Distribution
    from nnviz.session.editing import ShownNetwork
    from nnviz.ui.setup.activation_tiles import ActivationTile, Option

OWNER = "activation_picker"
COLUMNS = 4
#: While training, so many plots follow the network each time, one after the other, and so often: 3 ms at a time, where
#: all of them would take 11 ms of one frame.
REFRESHED_TILES = 3
REFRESH_S = 0.03
STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -COLUMNS,
    Qt.Key.Key_Down: COLUMNS,
}


class PickerContext(Struct):
    """What all activation controls of the set-up share: whose frames they read, and the present look."""

    controller: ShownNetwork
    theme: Theme


class ActivationPicker(QFrame):
    """A window of functions to choose from, which closes at a choice, at Escape and at a click elsewhere.

    Parameters
    ----------
    options : sequence of Option
    present : str or None
        Name of the option in force.
    layer : int or None
        1 … L: whose sums are shown; None shows none.
    context : PickerContext
    title : str
        Which layer is meant, for those who hear the window instead of seeing it.

    Signals
    -------
    chosen(str)
        The name of an option that can be chosen.
    """

    chosen = Signal(str)

    def __init__(
        self,
        options: Sequence[Option],
        present: str | None,
        layer: int | None,
        context: PickerContext,
        title: str,
        parent: QWidget,
    ) -> None:
        from nnviz.ui.setup.activation_tiles import LargePlot

        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # A click on the control that opened it closes it, and must not open it again.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self.setAccessibleName(title)
        self._theme = context.theme
        self._controller = context.controller
        self._layer = layer
        self._sums: Distribution | None = None
        self._refreshed_s = 0.0
        self._next_tile = 0
        self._is_live = False
        self._shown: Option | None = None
        self.tiles = [self._make_tile(option, present) for option in options]
        self.plot = LargePlot(self._theme, self)
        self.text = _wrapped(self)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.now = _wrapped(self)
        self._build()
        self._on_pointed(next((tile for tile in self.tiles if tile.isChecked()), self.tiles[0]).option.name)

    def _make_tile(self, option: Option, present: str | None) -> ActivationTile:
        from nnviz.ui.setup.activation_tiles import ActivationTile

        tile = ActivationTile(option, self._theme, self)
        tile.setChecked(option.name == present)
        tile.pointed.connect(self._on_pointed)
        tile.clicked.connect(self._on_clicked)
        return tile

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(6)
        for index, tile in enumerate(self.tiles):
            grid.addWidget(tile, index // COLUMNS, index % COLUMNS)
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(self.plot, 1)
        add_layout(side, self._legend())
        side.addWidget(self.now)
        side.addWidget(self.text)
        self.now.setVisible(self._layer is not None)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 14, 12)
        row.setSpacing(16)
        add_layout(row, grid)
        add_layout(row, side)

    def _fit(self) -> None:
        """Make the side as wide as a short line of text and as tall as its longest: nothing moves while one looks."""
        for widget in (self, *self.findChildren(QWidget)):
            # Fonts of the style sheet are known only then.
            widget.ensurePolished()
        width = max(260, self.text.fontMetrics().averageCharWidth() * 42)
        for part in (self.plot, self.text, self.now):
            part.setFixedWidth(width)
        heights = []
        for tile in self.tiles:
            self.text.setText(self._sentences(tile.option))
            heights.append(self.text.heightForWidth(width))
        self.text.setFixedHeight(max(heights))
        self.now.setFixedHeight(2 * self.now.fontMetrics().lineSpacing() + 2)
        self.plot.setMinimumHeight(9 * self.plot.fontMetrics().height())
        if self._shown is not None:
            self._on_pointed(self._shown.name)

    def _legend(self) -> QHBoxLayout:
        theme = self._theme
        marks = [
            ("━━", theme.positive, self.tr("output")),
            ("╍╍", theme.negative, self.tr("slope")),
        ]
        if self._layer is not None:
            marks.append(("▮", theme.quiet, self.tr("sums in this layer")))
        row = QHBoxLayout()
        row.setSpacing(12)
        for mark, colour, text in marks:
            label = QLabel(f'<span style="color:{colour}">{mark}</span> {escape(text)}', self)
            label.setProperty("role", "quiet")
            row.addWidget(label)
        row.addStretch(1)
        return row

    def _sentences(self, option: Option) -> str:
        """Return name, help, formula, range, failure mode, and why it cannot be chosen."""
        entry = ACTIVATIONS[option.activation]
        parts = [
            f"<b>{escape(option.label)}</b>",
            escape(table_text(entry.help)),
            f"<code>{escape(entry.formula)}</code>",
            escape(self.tr("Range: {0}").format(entry.range_label)),
            escape(self.tr("Beware: {0}").format(table_text(entry.failure))),
        ]
        # The reason of what has no slope is its failure, which is said already.
        if option.reason and option.reason != table_text(entry.failure):
            parts.append(f"<i>{escape(option.reason)}</i>")
        return "".join(f'<p style="margin:0 0 4px 0">{part}</p>' for part in parts)

    # Showing

    def open_at(self, place: QRect) -> None:
        """Show the picker below a place of the screen, or above where there is no room, within that screen."""
        self._fit()
        size = self.sizeHint()
        self.resize(size)
        screen = QGuiApplication.screenAt(place.center()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        top_left = QPoint(place.left(), place.top() + place.height() + 4)
        if top_left.y() + size.height() > room.bottom():
            top_left.setY(place.top() - 4 - size.height())
        self.move(_within(QRect(top_left, size), room))
        if self._layer is not None and not self._is_live:
            self._is_live = True
            self._controller.frame_ready.connect(self._on_frame_ready)
            self._controller.set_needs(OWNER, pre_activations=self._layer)
        self.show()
        self._tile(self._shown.name if self._shown is not None else "").setFocus(Qt.FocusReason.PopupFocusReason)

    def _tile(self, name: str) -> ActivationTile:
        return next((tile for tile in self.tiles if tile.option.name == name), self.tiles[0])

    @Slot(str)
    def _on_pointed(self, name: str) -> None:
        """Describe one of the functions at the side."""
        self._shown = self._tile(name).option
        self.text.setText(self._sentences(self._shown))
        self._show_now()

    def _show_now(self) -> None:
        if self._shown is None:
            return
        self.plot.show_function(self._shown.activation, self._sums)
        if self._sums is None:
            self.now.setText("")
            return
        if not ACTIVATIONS[self._shown.activation].hidden:
            self.now.setText(self.tr("How flat it is depends on all sums of the layer; here the others are 0."))
            return
        share = round(100 * flat_share(self._shown.activation, self._sums))
        self.now.setText(
            self.tr("{0} % of the sums in this layer now lie where it is flat.").format(share)
            if share
            else self.tr("None of the sums in this layer now lie where it is flat.")
        )

    @Slot(object)
    def _on_frame_ready(self, frame: Frame) -> None:
        sums, now = frame.distributions.get(OWNER), monotonic()
        early = frame.is_moving and now - self._refreshed_s < REFRESH_S
        if sums is self._sums or early or (sums is not None and sums.layer != self._layer):
            return
        all_at_once = not frame.is_moving or self._sums is None
        self._sums, self._refreshed_s = sums, now
        for tile in self.tiles if all_at_once else self.tiles_in_turn():
            tile.show_sums(sums)
        self._show_now()

    def tiles_in_turn(self) -> list[ActivationTile]:
        """Return the next few tiles, beginning anew after the last."""
        first = self._next_tile
        self._next_tile = (first + REFRESHED_TILES) % len(self.tiles)
        return [self.tiles[index % len(self.tiles)] for index in range(first, first + REFRESHED_TILES)]

    # Choosing

    @Slot()
    def _on_clicked(self) -> None:
        from nnviz.ui.setup.activation_tiles import ActivationTile

        tile = self.sender()
        if isinstance(tile, ActivationTile):
            self._choose(tile.option)

    def _choose(self, option: Option) -> None:
        """Take an option that can be chosen; another one says at the side why it cannot."""
        if not option.reason:
            self.chosen.emit(option.name)
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows, choose with Enter or Space, close with Escape."""
        key = Qt.Key(event.key())
        index = next((place for place, tile in enumerate(self.tiles) if tile.hasFocus()), 0)
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self.tiles) - 1}
        if key in STEPS or key in ends:
            target = ends.get(key, index + STEPS.get(key, 0))
            if 0 <= target < len(self.tiles):
                self.tiles[target].setFocus(Qt.FocusReason.TabFocusReason)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.tiles[index].option)
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw a panel with a thin frame."""
        with QPainter(self) as painter:
            painter.setPen(self._theme.colour("line"))
            painter.setBrush(self._theme.colour("panel"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def hideEvent(self, event: QHideEvent) -> None:
        """Need nothing of the frames any longer."""
        if self._is_live:
            self._is_live = False
            self._controller.frame_ready.disconnect(self._on_frame_ready)
            self._controller.set_needs(OWNER)
        super().hideEvent(event)


def _wrapped(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setProperty("role", "quiet")
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return label


def _within(rect: QRect, room: QRect) -> QPoint:
    """Return where the top left corner goes so that `rect` lies in `room` as far as it can."""
    x = max(room.left() + 4, min(rect.left(), room.right() - rect.width() - 4))
    y = max(room.top() + 4, min(rect.top(), room.bottom() - rect.height() - 4))
    return QPoint(x, y)


class PickerBox(CalmComboBox):
    """A drop-down whose list is the picker; keys, typing and the wheel still change it in place.

    Signals
    -------
    popup_wanted()
        The user opens it.
    """

    popup_wanted = Signal()

    def showPopup(self) -> None:
        """Ask for the picker instead of a list."""
        self.popup_wanted.emit()


class ActivationChoice(ChoiceBox):
    """The activation of one layer: a box that opens the picker.

    Parameters
    ----------
    context : PickerContext
    """

    box_type = PickerBox

    def __init__(self, context: PickerContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.layer: int | None = None
        self.automatic = ""
        assert isinstance(self.box, PickerBox)
        self.box.popup_wanted.connect(self.open_picker)

    def options(self) -> Iterator[Option]:
        """Yield what the picker offers: the lines of the box."""
        from nnviz.ui.setup.activation_tiles import Option

        for item in self.items:
            activation = self.automatic if item.name == "auto" else item.name
            if activation in ACTIVATIONS:
                yield Option(item.name, item.label, activation, item.reason)

    @Slot()
    def open_picker(self) -> None:
        """Show the picker at the box."""
        self.open_picker_at(QRect(self.box.mapToGlobal(QPoint(0, 0)), self.box.size()))

    def open_picker_at(self, place: QRect) -> None:
        """Show the picker at a place of the screen."""
        picker = ActivationPicker(
            tuple(self.options()), self.value, self.layer, self._context, self.box.accessibleName(), self.box
        )
        picker.chosen.connect(self._on_chosen)
        picker.open_at(place)

    @Slot(str)
    def _on_chosen(self, name: str) -> None:
        if name != self.value:
            self.set_value(name)
            self.edited.emit(name, "")

    def describe(self, name: str, tooltip: str) -> None:
        """Name the box and say what opening it brings."""
        super().describe(name, tooltip)
        self.box.setAccessibleDescription(self.tr("Opens all functions side by side, with curve and slope."))
