"""Flat buttons, the ⋯ button and actions that explain themselves: how the whole window makes them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject, QSize, Qt, Slot
from PySide6.QtGui import QAction, QCursor
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

B = TypeVar("B", bound=QToolButton)
#: Between the icon of a button and its words, in pixels.
_BEFORE_WORDS = 12


class FoldingButton(QToolButton):
    """A button of icon and words that needs room for its icon alone."""

    _BESIDE, _ALONE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setToolButtonStyle(self._BESIDE)

    @property
    def is_folded(self) -> bool:
        """Whether only its icon is shown."""
        return self.toolButtonStyle() == self._ALONE

    @property
    def width_of_words(self) -> int:
        """How much wider it is with its words."""
        return self.fontMetrics().horizontalAdvance(self.text()) + _BEFORE_WORDS

    def fold(self, folded: bool) -> None:
        """Show its icon alone, or its words too."""
        if folded != self.is_folded:
            self.setToolButtonStyle(self._ALONE if folded else self._BESIDE)

    def minimumSizeHint(self) -> QSize:
        """Return room for the icon."""
        hint = self.sizeHint()
        return hint if self.is_folded else QSize(hint.width() - self.width_of_words, hint.height())


class MenuButton(QToolButton):
    """A button that opens a menu, and looks pointed at only while it is.

    WORKAROUND: where an entry of the menu opens a window, Qt 6.11 never tells the button that the mouse has left it.
    """

    def setMenu(self, menu: QMenu) -> None:
        """Open `menu`."""
        super().setMenu(menu)
        menu.aboutToHide.connect(self._on_menu_closed)

    @Slot()
    def _on_menu_closed(self) -> None:
        is_under = self.isVisible() and self.rect().contains(self.mapFromGlobal(QCursor.pos()))
        self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, is_under)
        self.update()


def flat_button(
    parent: QWidget,
    text: str,
    tooltip: str,
    *,
    name: str | None = None,
    checkable: bool = False,
    focus: Qt.FocusPolicy = Qt.FocusPolicy.TabFocus,
) -> QToolButton:
    """Return a button without a frame.

    Parameters
    ----------
    parent : QWidget
    text : str
        Empty for a button that gets an icon.
    tooltip : str
    name : str or None
        What those hear who hear the window; None: the tooltip.
    checkable : bool
    focus : Qt.FocusPolicy
        Only the tab key, unless a click shall take the focus, too.
    """
    button = dressed(QToolButton(parent), text, tooltip, name=name)
    button.setCheckable(checkable)
    button.setFocusPolicy(focus)
    return button


def dressed(button: B, text: str, tooltip: str, *, role: str = "flat", name: str | None = None) -> B:
    """Give a button of any class its text, its explanation and its look, and return it."""
    button.setText(text)
    button.setToolTip(tooltip)
    button.setAccessibleName(tooltip if name is None else name)
    button.setProperty("role", role)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def menu_button(parent: QWidget, tooltip: str, menu: QMenu | None = None, *, text: str = "⋯") -> QToolButton:
    """Return a flat button that opens `menu` when it is pressed; without one it is to be set later."""
    button = dressed(MenuButton(parent), text, tooltip)
    if menu is not None:
        button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return button


def described_action(text: str, tooltip: str, parent: QObject, *, checkable: bool = False) -> QAction:
    """Return an action that says in menus and in the status bar what it does."""
    action = QAction(text, parent)
    action.setToolTip(tooltip)
    action.setStatusTip(tooltip)
    action.setCheckable(checkable)
    return action
