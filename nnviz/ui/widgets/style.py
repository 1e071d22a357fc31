"""One look for all widgets: a palette and one style sheet, both made from a `Theme`.

Widgets choose a look by the dynamic property ``role`` (heading, quiet, figure, chip, primary, card …) and never by a
colour of their own.
"""

from __future__ import annotations

from functools import lru_cache
from string import Template

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nnviz.assets import icon_file
from nnviz.drawing.colormap import mix
from nnviz.drawing.theme import Theme


def palette_of(theme: Theme) -> QPalette:
    """Return the Qt palette of `theme`: Fusion draws everything from it."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: "window",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "panel",
        QPalette.ColorRole.AlternateBase: "canvas",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.Button: "field",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.BrightText: "warning",
        QPalette.ColorRole.Highlight: "positive",
        QPalette.ColorRole.HighlightedText: "on_accent",
        QPalette.ColorRole.Accent: "positive",
        QPalette.ColorRole.Link: "positive_text",
        QPalette.ColorRole.ToolTipBase: "panel",
        QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.PlaceholderText: "quiet",
        QPalette.ColorRole.Mid: "line",
        QPalette.ColorRole.Midlight: "line",
    }
    for role, name in roles.items():
        palette.setColor(role, theme.colour(name))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.colour("quiet"))
    return palette


_SHEET = Template("""
QMainWindow, QDialog { background: $window; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $positive; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 6px; }
QToolBar { background: $panel; border: none; padding: 0; spacing: 0; }
QMenuBar { background: $panel; border-bottom: 1px solid $line; padding: 2px 6px; }
QMenuBar::item { padding: 5px 10px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $field; }
QMenu { background: $panel; border: 1px solid $line; padding: 5px; }
QMenu::item { padding: 5px 26px 5px 22px; border-radius: 5px; }
QMenu::item:selected { background: $positive; color: $on_accent; }
QMenu::item:disabled { color: $quiet; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QLabel { background: transparent; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="section"] { font-weight: 700; font-size: ${small}pt; letter-spacing: 1px; color: $quiet; }
QLabel[role="quiet"] { color: $quiet; font-size: ${small}pt; }
QLabel[role="key"] { background: $field; border: 1px solid $line; border-radius: 5px; padding: 1px 7px; }
QLabel[role="figure"] { font-weight: 700; font-size: ${figure}pt; }
QLabel[role="error"] { color: $warning; font-size: ${small}pt; }
QFrame[role="panel"], QScrollArea[role="panel"] { background: $panel; border: none; }
QFrame[role="foot"] { background: $panel; border: none; border-top: 1px solid $line; }
QFrame[role="bar"] { background: $panel; border: none; border-bottom: 1px solid $line; }
QFrame[role="canvas"] { background: $canvas; border: none; }
QFrame[role="card"] { background: $panel; border: 1px solid $line; border-radius: 9px; }
QFrame[role="rule"] { background: $line; border: none; }
QPushButton, QToolButton[role="button"] {
    background: $field; border: 1px solid $line; border-radius: 7px; padding: 5px 11px; }
QPushButton:hover, QToolButton[role="button"]:hover { border-color: $positive; }
QPushButton:pressed, QToolButton[role="button"]:pressed,
QToolButton[role="button"]:checked { background: $line; }
QPushButton:focus, QToolButton[role="button"]:focus { border-color: $positive; }
QPushButton:disabled, QToolButton[role="button"]:disabled { color: $quiet; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton[role="primary"], QToolButton[role="primary"] {
    background: $positive; color: $on_accent; border: 1px solid $positive; border-radius: 7px;
    font-weight: 700; font-size: ${larger}pt; padding: 7px 14px; }
QPushButton[role="primary"]:focus, QToolButton[role="primary"]:focus { border: 2px solid $text; padding: 6px 13px; }
QPushButton[role="primary"]:disabled { background: $field; color: $quiet; border-color: $line; }
QToolButton[role="flat"] { background: transparent; border: 1px solid transparent; border-radius: 5px; padding: 3px 6px;
    color: $quiet; font-size: ${small}pt; }
QToolButton[role="flat"]:hover { border-color: $line; color: $text; }
QToolButton[role="flat"]:focus { border-color: $positive; color: $text; }
QToolButton[role="flat"]:checked { background: $field; color: $text; }
QToolButton[role="flat"]:disabled { color: $faint; }
QToolButton[role="flat"]::menu-indicator { image: none; width: 0; }
QToolButton[role="tab"] { background: transparent; border: none; border-bottom: 2px solid transparent;
    padding: 3px 4px; color: $quiet; font-weight: 600; }
QToolButton[role="tab"]:hover { border-bottom-color: $line; color: $text; }
QToolButton[role="tab"]:checked { border-bottom-color: $positive; color: $text; }
QToolButton[role="tab"]:focus { border: 1px solid $positive; border-bottom-width: 2px; padding: 2px 3px;
    color: $text; }
QToolButton[role="chip"] { background: $field; border: 1px solid $field; border-radius: 10px; padding: 2px 9px; }
QToolButton[role="chip"]:checked { background: $positive; color: $on_accent; border-color: $positive; }
QToolButton[role="chip"]:hover, QToolButton[role="chip"]:focus { border-color: $text; }
QToolButton[role="chip"]:disabled { color: $quiet; }
QDockWidget { border: 2px solid $quiet; }
QFrame[role="panel"][floating="true"] { background: $field; }
QMainWindow > QTabBar { background: $window; }
QMainWindow > QTabBar::tab { background: $panel; color: $quiet; border: none; border-top: 2px solid $line;
    padding: 6px 14px; }
QMainWindow > QTabBar::tab:selected { color: $text; border-top-color: $positive; }
QMainWindow > QTabBar::tab:hover { color: $text; }
QTreeWidget { background: $canvas; border: 1px solid $line; border-radius: 6px; padding: 4px; }
QTreeWidget:focus, QTableView:focus { border-color: $positive; }
QTextBrowser[role="sheet"] { border: 1px solid transparent; }
QTextBrowser[role="sheet"]:focus { border-color: $positive; }
QTreeWidget::item { padding: 2px; }
QTreeWidget::item:selected { background: $field; color: $text; }
QTreeWidget::indicator { width: 14px; height: 14px; border: 1px solid $quiet; border-radius: 4px; background: $canvas; }
QTreeWidget::indicator:checked { background: $positive; border-color: $positive; image: url("$check"); }
QTableView { background: $canvas; alternate-background-color: $panel; border: 1px solid $line; border-radius: 6px;
    selection-background-color: $field; selection-color: $text; outline: none; }
QTableView::item { padding: 0 6px; border: none; }
QTableView QTableCornerButton::section { background: $panel; border: none; }
QHeaderView { background: $panel; border: none; }
QHeaderView::section { background: $panel; color: $quiet; border: none; border-bottom: 1px solid $line;
    padding: 4px 6px; font-size: ${small}pt; }
QHeaderView::section:vertical { border-bottom: none; border-right: 1px solid $line; }
QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit, QPlainTextEdit {
    background: $canvas; border: 1px solid $line; border-radius: 6px; padding: 3px 6px; min-height: ${line_height}px;
    selection-background-color: $positive; selection-color: $on_accent; }
QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover, QLineEdit:hover { border-color: $quiet; }
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus { border-color: $positive; }
QComboBox:disabled, QSpinBox:disabled, QLineEdit:disabled { color: $quiet; background: $panel; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url("$arrow_down"); width: 10px; height: 10px; }
QComboBox::down-arrow:disabled { image: none; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: top right; width: 16px; border: none; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-position: bottom right; width: 16px; border: none; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("$arrow_up"); width: 8px; height: 8px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("$arrow_down"); width: 8px; height: 8px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; selection-background-color: $positive;
    selection-color: $on_accent; padding: 3px; outline: none; }
QLineEdit[invalid="true"], QSpinBox[invalid="true"] { border-color: $warning; }
QCheckBox { spacing: 7px; background: transparent; }
QCheckBox::indicator { width: 15px; height: 15px; border: 1px solid $quiet; border-radius: 4px; background: $canvas; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $positive; }
QCheckBox::indicator:checked { background: $positive; border-color: $positive; image: url("$check"); }
QCheckBox::indicator:disabled { border-color: $line; }
QCheckBox:focus { color: $positive_text; }
QSlider { background: transparent; min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $positive; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: $positive; }
QSlider::handle:horizontal:focus { border: 2px solid $text; width: 12px; height: 12px; margin: -6px 0;
    border-radius: 8px; }
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled { background: $quiet; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $line; border-radius: 4px; min-height: 30px; margin: 1px; }
QScrollBar::handle:vertical:hover { background: $quiet; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: $line; border-radius: 4px; min-width: 30px; margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; border: none;
    width: 0; height: 0; }
""")


def sheet_of(theme: Theme) -> str:
    """Return the application's style sheet in the colours and sizes of `theme`."""
    colours = {
        name: getattr(theme, name)
        for name in (
            "window",
            "panel",
            "canvas",
            "field",
            "line",
            "text",
            "quiet",
            "positive",
            "positive_text",
            "negative",
            "on_accent",
            "warning",
        )
    }
    return _SHEET.substitute(
        colours,
        # Flat buttons are quiet anyway: what cannot be pressed has to be quieter still.
        faint=mix(theme.quiet, theme.panel, 0.5).name(),
        arrow_down=icon_file("arrow-down.svg").as_posix(),
        check=icon_file("check-black.svg" if theme.dark else "check-white.svg").as_posix(),
        arrow_up=icon_file("arrow-up.svg").as_posix(),
        font_size=theme.font_size,
        # A line of text in pixels: a smaller minimum would let layouts cut letters off at the bottom.
        line_height=round(1.8 * theme.font_size),
        small=theme.small_font_size,
        larger=theme.font_size + 1,
        figure=theme.figure_font_size,
    )


def icon(name: str, theme: Theme, role: str = "text", size: int = 24) -> QIcon:
    """Return an icon of ``resources/icons`` in a colour of the theme (``currentColor`` in the SVG is replaced)."""
    return _icon(name, getattr(theme, role), size)


@lru_cache(maxsize=256)
def _icon(name: str, colour: str, size: int) -> QIcon:
    source = icon_file(f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    result = QIcon()
    for scale in (1, 2, 3):
        pixmap = QPixmap(QSize(size, size) * scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            renderer.render(painter, QRectF(0, 0, size * scale, size * scale))
        pixmap.setDevicePixelRatio(scale)
        result.addPixmap(pixmap)
    return result
