"""A line of controls of which some step back where there is no room for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget as _Base
else:
    _Base = object


class Fitting(_Base):
    """Mixin in front of a widget class: calls `fit` whenever its size, or what it needs, may have changed."""

    def fit(self) -> None:
        """Hide what there is no room for, and show the rest."""
        raise NotImplementedError

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what has room."""
        super().resizeEvent(event)
        self.fit()

    def event(self, event: QEvent) -> bool:
        """Look again when the type or what is beside has changed."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return handled
