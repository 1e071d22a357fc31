"""The panel in which the card of an opened unit is while somebody wants it as a dock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.widgets.view_header import ViewHeader

if TYPE_CHECKING:
    from nnviz.experiment.prepare import Prepared


class UnitPanel(QFrame):
    """A place for the card, and a sentence while nothing is open; the diagram's area fills it and shows frames in it.

    Attributes
    ----------
    header : ViewHeader
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.header = ViewHeader(self.tr("Opened unit"), self)
        self._hint = QLabel(self.tr("Click a unit or an edge of the network to open it here."), self)
        self._hint.setProperty("role", "quiet")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 6, 10, 10)
        self._column.addWidget(self._hint, 1)

    def take(self, card: QWidget) -> None:
        """Have the card here."""
        self._column.insertWidget(0, card, 100)

    def show_open(self, is_open: bool) -> None:
        """Say what can be done while nothing is open."""
        self._hint.setHidden(is_open)

    def set_theme(self, theme: Theme) -> None:
        """Leave that to the style sheet and to the card."""

    def show_prepared(self, prepared: Prepared) -> None:
        """Leave that to the card, which is the area's."""

    def show_frame(self, frame: Frame) -> None:
        """Leave that to the card, which is the area's."""

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield nothing: what a click opens is a part of the network's."""
        yield from ()
