"""The slim bar of the paint mode: tools, size and density of the brush, and the classes or the value that it paints."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.drawing.markers import paint_marker
from nnviz.drawing.theme import Theme
from nnviz.experiment.painting import MAX_CLASSES, kind_of_rows
from nnviz.experiment.schema import RowsSource
from nnviz.ui.painting.paint_tools import ToolSettings
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.calm import FreedSlider
from nnviz.ui.widgets.flow_layout import FlowLayout
from nnviz.ui.widgets.number_box import NumberBox
from nnviz.ui.widgets.restart_mark import RestartMark
from nnviz.ui.widgets.style import icon

SIZES = (6, 90)
DENSITIES = (1, 20)
TOOL_KEYS = {"brush": "B", "point": "O", "eraser": "E", "select": "V", "jitter": "J"}


class NameField(QLineEdit):
    """A name; Return commits it, Escape takes the typing back."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the typing back on Escape, and keep the key."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.undo()
            self.setModified(False)
            event.accept()
        else:
            super().keyPressEvent(event)


class PaintBar(QWidget):
    """Shows and changes the `ToolSettings` of the tools, and asks for other classes.

    Attributes
    ----------
    tools : dict of str to QToolButton
    class_buttons : list of QToolButton
    reason : QLabel
        Why the present data cannot be painted on, instead of everything else.

    Signals
    -------
    changed : ()
        A setting differs.
    class_added, class_removed : ()
        One more class, or the present one no more.
    class_renamed : str
        The present class.
    """

    changed = Signal()
    class_added = Signal()
    class_removed = Signal()
    class_renamed = Signal(str)

    def __init__(self, settings: ToolSettings, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._theme = settings, theme
        self._names: tuple[str, ...] = ()
        self._is_dressed = False
        self.hide()
        self.setAccessibleName(self.tr("Paint tools"))
        self.reason = QLabel(self)
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setProperty("role", "quiet")
        self.reason.setWordWrap(True)
        self._content = QWidget(self)
        self._flow = FlowLayout(3, self._content)
        self._boxes: list[QWidget] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(0)
        column.addWidget(self.reason)
        column.addWidget(self._content)
        for widget in (self, self._content):
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            policy.setHeightForWidth(True)
            widget.setSizePolicy(policy)
        self._build_tools()
        self._build_sliders()
        self._build_classes()
        self._build_value()
        self.set_theme(theme)

    # -- parts --------------------------------------------------------------------------------------------------

    def _group(self) -> tuple[QWidget, QHBoxLayout]:
        box = QWidget(self._content)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(2)
        self._flow.addWidget(box)
        self._boxes.append(box)
        return box, row

    def _button(self, row: QHBoxLayout, name: str, tooltip: str, *, checkable: bool = True) -> QToolButton:
        button = flat_button(self, "", tooltip, name=name, checkable=checkable)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        row.addWidget(button)
        return button

    def _label(self, row: QHBoxLayout, text: str, buddy: QWidget) -> None:
        label = QLabel(text, self)
        label.setProperty("role", "quiet")
        label.setBuddy(buddy)
        row.addWidget(label)

    def _build_tools(self) -> None:
        _, row = self._group()
        words = {
            "brush": (self.tr("Brush"), self.tr("Paint points by holding the mouse button down")),
            "point": (self.tr("Single points"), self.tr("Set one point at a click")),
            "eraser": (self.tr("Eraser"), self.tr("Erase the points that the circle touches")),
            "select": (
                self.tr("Select and move"),
                self.tr("Draw a frame around points and drag them; Delete removes them, Ctrl+A takes all"),
            ),
            "jitter": (self.tr("Jitter"), self.tr("Shake the points that the circle touches")),
        }
        self._tool_group = QButtonGroup(self)
        self.tools: dict[str, QToolButton] = {}
        for name, (label, help_) in words.items():
            button = self._button(row, label, f"{label}: {help_}  ({TOOL_KEYS[name]})")
            button.setObjectName(name)
            self._tool_group.addButton(button)
            self.tools[name] = button
        self._point_help = words["point"]
        self.tools[self._settings.tool].setChecked(True)
        self._tool_group.buttonClicked.connect(self._on_tool)

    def _build_sliders(self) -> None:
        self.size_slider = self._slider(
            self.tr("size"),
            SIZES,
            self._settings.size,
            self.tr("How large the brush is: [ and ] make it smaller and larger"),
        )
        self.density_slider = self._slider(
            self.tr("density"),
            DENSITIES,
            self._settings.density,
            self.tr("How many points the brush drops while it moves by its own radius"),
        )
        self.size_slider.valueChanged.connect(self._on_slider)
        self.density_slider.valueChanged.connect(self._on_slider)

    def _slider(self, text: str, bounds: tuple[int, int], value: int, tooltip: str) -> FreedSlider:
        _, row = self._group()
        row.setSpacing(6)
        slider = FreedSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(*bounds)
        slider.setValue(value)
        slider.setFixedWidth(68)
        slider.setToolTip(tooltip)
        slider.setAccessibleName(tooltip)
        self._label(row, text, slider)
        row.addWidget(slider)
        return slider

    def _build_classes(self) -> None:
        self._class_box, class_row = self._group()
        self._class_group = QButtonGroup(self)
        self._class_group.idClicked.connect(self._on_class)
        self.class_buttons: list[QToolButton] = []
        for index in range(MAX_CLASSES):
            button = self._button(class_row, "", "")
            self._class_group.addButton(button, index)
            self.class_buttons.append(button)
        self._name_box, name_row = self._group()
        self.name = NameField(self)
        self.name.setMaxLength(60)
        self.name.setAccessibleName(self.tr("Name of the class that is painted"))
        self.name.setToolTip(self.tr("Name of the class that is painted; type another and press Return"))
        self.name.editingFinished.connect(self._on_renamed)
        self.add = self._button(
            name_row,
            self.tr("Add a class"),
            self.tr("One more class, ten at the most. The network gets another output, so that training starts over."),
            checkable=False,
        )
        self.remove = self._button(
            name_row,
            self.tr("Remove this class"),
            self.tr("Remove this class and its points. The network loses an output, so that training starts over."),
            checkable=False,
        )
        self.mark = RestartMark(self)
        self.mark.set_on(True)
        name_row.insertWidget(0, self.name)
        name_row.addWidget(self.mark)
        self.add.clicked.connect(self.class_added)
        self.remove.clicked.connect(self.class_removed)

    def _build_value(self) -> None:
        self._value_box, row = self._group()
        row.setSpacing(6)
        self.value = NumberBox(self)
        self.value.setDecimals(3)
        self.value.setRange(-1e9, 1e9)
        tooltip = self.tr(
            "Value of the points that are painted; the wheel over the map changes it, over a point that one's"
        )
        self.value.setToolTip(tooltip)
        self.value.setAccessibleName(tooltip)
        self.value.setKeyboardTracking(False)
        self._label(row, self.tr("value"), self.value)
        row.addWidget(self.value)
        self.value.valueChanged.connect(self._on_value)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes that are offered."""
        return self._names

    # -- showing ------------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Recolour icons and markers, and size them with the type, now or before they are shown."""
        self._theme, self._is_dressed = theme, False
        if not self.isHidden():
            self._dress()

    def setVisible(self, visible: bool) -> None:
        """Show or hide it; most never paint, and its thirty pictures take their time."""
        if visible:
            self._dress()
        super().setVisible(visible)

    def _dress(self) -> None:
        if self._is_dressed:
            return
        self._is_dressed, theme = True, self._theme
        side = round(1.45 * theme.font_size)
        for name, button in self.tools.items():
            button.setIcon(icon(name, theme))
        self.add.setIcon(icon("plus", theme))
        self.remove.setIcon(icon("minus", theme))
        for button in (*self.tools.values(), self.add, self.remove, *self.class_buttons):
            button.setIconSize(QSize(side, side))
        for index, button in enumerate(self.class_buttons):
            button.setIcon(self._marker(index, side))
        self.name.setFixedWidth(round(9.5 * theme.font_size))
        self.value.setFixedWidth(round(9.5 * theme.font_size))
        # What stands in one line is equally high, so that words and icons share their middle.
        self._content.ensurePolished()
        height = max(box.sizeHint().height() for box in self._boxes)
        for box in self._boxes:
            box.setFixedHeight(height)
        self.updateGeometry()

    def _marker(self, index: int, side: int) -> QIcon:
        result = QIcon()
        for scale in (1, 2, 3):
            pixmap = QPixmap(QSize(side, side) * scale)
            pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(pixmap) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.scale(scale, scale)
                paint_marker(painter, index, QPointF(side / 2, side / 2), 0.8 * side, self._theme)
            pixmap.setDevicePixelRatio(scale)
            result.addPixmap(pixmap)
        return result

    def show_rows(self, rows: RowsSource | None, reason: str) -> None:
        """Offer what painting on `rows` needs, or say why there is no painting."""
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self._content.setVisible(not reason)
        if rows is None:
            return
        kind = kind_of_rows(rows)
        classes, names = kind == "classes", rows.class_names or ()
        self._settings.code = min(self._settings.code, max(0, len(names) - 1))
        for box, wanted in ((self._class_box, classes), (self._name_box, classes), (self._value_box, kind == "values")):
            box.setVisible(wanted)
        self._names = tuple(names)
        for index, button in enumerate(self.class_buttons):
            button.setVisible(classes and index < len(names))
            if index < len(names):
                button.setToolTip(self.tr("Paint {0}").format(_inert(names[index])))
                button.setAccessibleName(names[index])
        self.add.setEnabled(len(names) < MAX_CLASSES)
        self.remove.setEnabled(len(names) > 2)
        label, help_ = self._point_help
        if kind == "curve":
            help_ = self.tr("Set one point at a click, or drag one to another place")
        elif kind == "values":
            help_ = self.tr("Set one point at a click; dragging up and down, or the wheel, sets its value")
        self.tools["point"].setToolTip(f"{label}: {help_}  ({TOOL_KEYS['point']})")
        self.show_settings()
        self._content.updateGeometry()
        self.updateGeometry()

    def show_settings(self) -> None:
        """Show the settings; no signal."""
        settings = self._settings
        self.tools[settings.tool].setChecked(True)
        for control, value in (
            (self.size_slider, settings.size),
            (self.density_slider, settings.density),
            (self.value, settings.value),
        ):
            control.blockSignals(True)
            control.setValue(value)  # type: ignore[arg-type]
            control.blockSignals(False)
        if settings.code < len(self._names):
            self.class_buttons[settings.code].setChecked(True)
            if self.name.text() != self._names[settings.code]:
                self.name.setText(self._names[settings.code])
                self.name.setCursorPosition(0)
            self.name.setModified(False)

    def set_value_step(self, step: float) -> None:
        """Let the arrows of the value take steps of this size."""
        self.value.setSingleStep(step)

    # -- changes ------------------------------------------------------------------------------------------------

    @Slot()
    def _on_tool(self) -> None:
        button = self._tool_group.checkedButton()
        if button is not None:
            self.choose(button.objectName())

    def choose(self, tool: str) -> None:
        """Take another tool."""
        self._settings.tool = tool  # type: ignore[assignment]
        self.show_settings()
        self.changed.emit()

    def grow(self, factor: float) -> None:
        """Make the brush larger or smaller."""
        self.size_slider.setValue(round(self._settings.size * factor))

    @Slot()
    def _on_slider(self) -> None:
        self._settings.size, self._settings.density = self.size_slider.value(), self.density_slider.value()
        self.changed.emit()

    @Slot(int)
    def _on_class(self, index: int) -> None:
        self._settings.code = index
        self.show_settings()
        self.changed.emit()

    @Slot(float)
    def _on_value(self, value: float) -> None:
        self._settings.value = value
        self.changed.emit()

    @Slot()
    def _on_renamed(self) -> None:
        if self.name.isModified():
            self.name.setModified(False)
            self.class_renamed.emit(self.name.text())


def _inert(name: str) -> str:
    """Return a name as plain text for a tooltip, shortened."""
    text = name if len(name) <= 40 else name[:39] + "…"
    return text.replace("&", "&amp;").replace("<", "&lt;")
