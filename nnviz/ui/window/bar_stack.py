"""The bars above the network that the audience of a projector need not see, hidden and shown together."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.lessons.record_bar import RecordBar
from nnviz.ui.window.change_bar import ChangeBar
from nnviz.ui.window.hang_bar import HangBar
from nnviz.ui.window.learnt_bar import LearntBar
from nnviz.ui.window.message_bar import MessageBar
from nnviz.ui.window.notes_bar import NotesBar


class BarStack(QWidget):
    """A column that takes no room while none of its bars is shown."""

    def __init__(
        self,
        notes_bar: NotesBar,
        state: ExperimentState,
        controller: Controller,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.change_bar = ChangeBar(state, theme)
        self.learnt_bar = LearntBar(state, controller, theme)
        self.hang_bar = HangBar(controller, theme)
        self._bars: list[MessageBar | NotesBar | RecordBar] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.add(notes_bar)
        self.add(self.change_bar)
        self.add(self.learnt_bar)
        self.add(self.hang_bar)

    def add(self, bar: MessageBar | NotesBar | RecordBar) -> None:
        """Put another bar above the others."""
        self._column.insertWidget(0, bar)
        self._bars.append(bar)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        for bar in self._bars:
            bar.set_theme(theme)
