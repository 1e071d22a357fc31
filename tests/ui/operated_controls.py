"""The controls of a window that people can use, and which of them no teacher can hide."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QTabBar,
    QWidget,
)

from nnviz.ui.window.main_window import MainWindow


def is_operated(widget: QWidget) -> bool:
    """Whether people can use `widget`, or it is a plot or a picture that answers to the pointer."""
    return (
        isinstance(widget, QAbstractButton | QAbstractSlider | QLineEdit | QComboBox | QAbstractScrollArea)
        or widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        or widget.contextMenuPolicy() is Qt.ContextMenuPolicy.CustomContextMenu
    )


def uncovered(window: MainWindow) -> list[str]:
    """Return the visible controls that are inside no part smaller than a panel or a section."""
    # A message or the notes have nothing smaller that makes sense.
    wholes = {"panel.setup", "panel.boundary", "panel.loss", "panel.network", "panel.run_bar"}
    wholes |= {"setup.data", "setup.network", "setup.training", "network.header"}
    small = [part for part in window.teacher_view.parts() if part.name not in wholes]
    owners = [widget for part in small for widget in part.widgets]
    setup_scroll = window.setup_panel.scroll_area
    return [
        f"{type(widget).__name__} “{widget.accessibleName()}” in {type(widget.parentWidget()).__name__}"
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and is_operated(widget)
        # Qt's own tabs go with the docks that share a place.
        and not isinstance(widget, QTabBar)
        # Takes the keys after a click on its ground; whole panels can be hidden.
        and not isinstance(widget, QDockWidget)
        # Moves the set-up and goes with it.
        and widget is not setup_scroll
        and widget is not setup_scroll.verticalScrollBar()
        and not any(owner is widget or owner.isAncestorOf(widget) for owner in owners)
    ]
