"""Nothing in the window is cut off or lies on top of something else, at any usual size, font and theme.

The widgets are walked in the real window: every label and button has room for its text, and no two siblings of one
layout overlap. A text may be elided only where a tooltip says the whole. What scrolls is not clipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations

import msgspec
import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QToolButton,
    QWidget,
)

from nnviz.app import apply_theme, create_window
from nnviz.drawing.theme import THEMES, Theme
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, ScheduleSpec, TrainingSpec
from nnviz.ui.form.fold import FoldButton
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.giving_label import GivingLabel
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import small_experiment

SIZES = ((1280, 720), (1366, 768), (1920, 1080), (3840, 2160))
#: Pixels by which rounding and antialiasing may exceed a rectangle.
SLACK = 1


def scaled(theme: Theme, factor: float) -> Theme:
    """Return `theme` with larger type."""
    names = ("font_size", "small_font_size", "figure_font_size")
    return msgspec.structs.replace(theme, **{name: factor * getattr(theme, name) for name in names})


OpenScaled = Callable[..., MainWindow]


@pytest.fixture
def open_scaled(qapp: QApplication) -> Iterator[OpenScaled]:
    """A function that opens a window in a theme, its type scaled, and waits for its first frame."""
    sheet, palette = qapp.styleSheet(), qapp.palette()
    opened: list[MainWindow] = []

    def open_one(name: str, factor: float, **changes: object) -> MainWindow:
        theme = scaled(THEMES[name], factor)
        window = create_window(small_experiment(**changes), theme=name)
        opened.append(window)
        apply_theme(qapp, theme)
        window.set_theme(theme)
        window.controller.wait_idle()
        return window

    yield open_one
    for window in opened:
        window.close()
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)


def settle(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    window.show_proportioned()
    # Heights that follow from widths go up through rows, folds and sections, one turn each.
    for _ in range(8):
        QApplication.processEvents()


def plain(text: str) -> str:
    """Return a text without markup and mnemonics."""
    return re.sub(r"<[^>]*>", "", text).replace("&", "").strip()


def scrolls(widget: QWidget) -> bool:
    """Whether `widget` lies in something that scrolls, so that its edge is no end."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea) and not isinstance(parent, QMainWindow):
            return True
        parent = parent.parentWidget()
    return False


def describe(widget: QWidget) -> str:
    parents, parent = [], widget
    while parent is not None and len(parents) < 4:
        parents.append(type(parent).__name__)
        parent = parent.parentWidget()
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton | QLineEdit) else widget.objectName()
    return f"{' < '.join(parents)} {text!r} {widget.geometry().getRect()}"


def room(widget: QWidget) -> tuple[int, int]:
    """Return width and height in which the text of `widget` is drawn."""
    rect = widget.contentsRect() if isinstance(widget, QLabel) else widget.rect()
    return rect.width(), rect.height()


def needed(widget: QWidget) -> tuple[int, int] | None:
    """Return width and height that the text of `widget` takes, or None where it has none or draws it elided."""
    metrics = widget.fontMetrics()
    if isinstance(widget, GivingLabel):
        lines = widget.shown_lines()
        return max(map(metrics.horizontalAdvance, lines), default=0), metrics.lineSpacing() * len(lines)
    if isinstance(widget, QLabel):
        text = widget.text()
        if not plain(text):
            return None
        if widget.wordWrap():
            return 0, widget.heightForWidth(widget.width())
        if plain(text) != text.replace("&", "").strip():
            return widget.sizeHint().width(), metrics.height()
        lines = text.splitlines()
        return max(metrics.horizontalAdvance(line) for line in lines), metrics.height() * len(lines)
    if isinstance(widget, QLineEdit):
        # What is typed scrolls sideways; letters must not be cut off at top and bottom.
        return 0, metrics.height()
    if isinstance(widget, QComboBox):
        return 0, metrics.height()
    if isinstance(widget, FoldButton):
        return 0, metrics.height()
    icon_only = isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    if icon_only and not widget.icon().isNull():
        return None
    if isinstance(widget, QPushButton | QToolButton | QCheckBox) and plain(widget.text()):
        return metrics.horizontalAdvance(plain(widget.text())), metrics.height()
    return None


def clipped(window: MainWindow) -> Iterator[str]:
    for widget in window.findChildren(QWidget):
        if (
            not widget.isVisible()
            or widget.window() is not window
            or not isinstance(widget, QLabel | QAbstractButton | QLineEdit | QComboBox)
        ):
            continue
        size = needed(widget)
        if size is None:
            continue
        width, height = room(widget)
        elided = isinstance(widget, QLabel) and type(widget) is not QLabel and bool(widget.toolTip())
        if size[1] > height + SLACK:
            yield f"too low: {describe(widget)} needs {size[1]}"
        if size[0] > width + SLACK and not elided:
            yield f"too narrow: {describe(widget)} needs {size[0]}"
        corner = widget.mapTo(window, widget.rect().bottomRight())
        if not scrolls(widget) and not window.rect().adjusted(0, 0, SLACK, SLACK).contains(corner):
            yield f"outside the window: {describe(widget)}"


def shortened(window: MainWindow) -> Iterator[str]:
    """Yield the lists and folds that do not show their whole text and have no tooltip that does."""
    for box in window.findChildren(QComboBox):
        text = box.closed_text() if hasattr(box, "closed_text") else box.currentText()
        if box.isVisible() and box.fontMetrics().horizontalAdvance(text) > box.width() - 20:
            tooltip = plain(box.toolTip() or box.parentWidget().toolTip())
            if not tooltip:
                yield f"shortened without a tooltip: {describe(box)} {text!r}"


def half_said(window: MainWindow) -> Iterator[str]:
    """Yield the titles, captions and hints that end in "…": they have shorter forms; a formula may be too long."""
    for label in window.findChildren(ElidedLabel):
        if label.isVisible() and "…" in label.shown_text() and " = " not in label.text():
            yield f"half said: {describe(label)} {label.shown_text()!r}"


def is_handle(widget: QWidget) -> bool:
    """Whether `widget` is a line between docks, made a little wider by Qt than it looks so that it can be caught."""
    return isinstance(widget.parentWidget(), QMainWindow) and min(widget.width(), widget.height()) <= 5


def overlapping(window: MainWindow) -> Iterator[str]:
    for parent in [window, *window.findChildren(QWidget)]:
        layout = parent.layout()
        if layout is None or not parent.isVisible():
            continue
        children = [
            child
            for child in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if child.isVisible() and not child.isWindow() and not is_handle(child)
        ]
        for first, second in combinations(children, 2):
            # Qt parks the tab bars of panels that are all closed beyond the window's edge, one upon another.
            common: QRect = first.geometry().intersected(second.geometry()).intersected(parent.rect())
            if common.width() > SLACK and common.height() > SLACK:
                yield f"overlap {common.getRect()}: {describe(first)} and {describe(second)}"


def problems_of(window: MainWindow) -> list[str]:
    return [*clipped(window), *shortened(window), *overlapping(window)]


@pytest.mark.parametrize("factor", [1.0, 1.5])
@pytest.mark.parametrize("name", list(THEMES))
def test_nothing_is_clipped_and_nothing_overlaps(open_scaled: OpenScaled, name: str, factor: float) -> None:
    window = open_scaled(name, factor)
    problems = []
    for size in (*SIZES[::-1], SIZES[0]):
        settle(window, size)
        found = problems_of(window)
        if window.width() > size[0] or window.height() > size[1]:
            found.append(f"the window takes {window.width()} × {window.height()} pixels")
        problems += [f"{size[0]}×{size[1]}: {problem}" for problem in found]
        # At last once more with the way back to the whole network, which is offered while a part of it is on show.
        if size == SIZES[0]:
            window.diagram_area.diagram.zoom(2.0, QPointF(100.0, 100.0))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("factor", [1.0, 1.5])
def test_a_crowded_set_up_has_room(open_scaled: OpenScaled, factor: float) -> None:
    training = TrainingSpec(
        optimizer="momentum",
        learning_rate=2.0,
        batch_size=500,
        l2=1.0,
        patience=5,
        target_loss=0.1,
        stop_at_epochs=True,
        clip_norm=1.0,
        engine="numpy",
        schedule=ScheduleSpec(name="one_cycle"),
    )
    hidden = tuple(LayerSpec(units=4, activation="leaky_relu") for _ in range(4))
    window = open_scaled(
        "light",
        factor,
        data=DataSpec(name="wine", standardise=False, test_fraction=0.0),
        network=NetworkSpec(hidden=hidden),
        training=training,
    )
    settle(window, SIZES[0])
    panel = window.setup_panel
    assert sum(row.hint is not None for section in panel.sections for row in section.rows) > 4
    assert not problems_of(window)
    assert panel.scroll_area.widget().width() <= panel.scroll_area.viewport().width()


@pytest.mark.parametrize(("name", "factor"), [("light", 1.0), ("light", 1.5), ("projector", 1.0)])
def test_cards_below_the_network_have_room(open_scaled: OpenScaled, name: str, factor: float) -> None:
    window = open_scaled(name, factor)
    problems = []
    for size in SIZES:
        window.diagram_area.diagram.select((1, 1))
        window.controller.wait_idle()
        settle(window, size)
        problems += [f"unit, {size[0]}×{size[1]}: {problem}" for problem in problems_of(window)]
        halves = list(half_said(window))
        window.actions_.try_input.setChecked(True)
        window.controller.wait_idle()
        settle(window, size)
        problems += [f"input, {size[0]}×{size[1]}: {problem}" for problem in problems_of(window)]
        # A person who has chosen type of one and a half times the size has tooltips.
        problems += [f"{size[0]}×{size[1]}: {half}" for half in [*halves, *half_said(window)] if factor == 1.0]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("name", "factor", "data"), [*((name, 1.5, "blobs") for name in THEMES), ("projector", 1.0, "plane")]
)
def test_the_paint_tools_have_room(open_scaled: OpenScaled, name: str, factor: float, data: str) -> None:
    window = open_scaled(name, factor, data=DataSpec(name=data, parameters={"n_samples": 60}))
    painting, problems = window.boundary_view.painting, []
    painting.set_active(True)
    for _ in range(7 if data == "blobs" else 0):
        painting.bar.add.click()
    window.controller.wait_idle()
    for size in (SIZES[0], SIZES[2]):
        settle(window, size)
        found = problems_of(window)
        if window.width() > size[0] or window.height() > size[1]:
            found.append(f"the window takes {window.width()} × {window.height()} pixels")
        if window.boundary_view.plot.height() < (90 if window.theme.font_size < 20.0 else 50):
            found.append(f"the map is {window.boundary_view.plot.height()} pixels high")
        problems += [f"{size[0]}×{size[1]}: {problem}" for problem in found]
    assert not problems, "\n".join(problems)


def test_the_walk_notices_what_is_cut_off_and_what_lies_on_top(open_scaled: OpenScaled) -> None:
    window = open_scaled("light", 1.0)
    settle(window, SIZES[0])
    title, summary = window.setup_panel.data_section.title, window.setup_panel.data_section.summary
    title.resize(10, 4)
    summary.move(title.pos())
    found = "\n".join(problems_of(window))
    for problem in ("too low", "too narrow", "overlap"):
        assert problem in found
