"""What a crash has left behind, offered in one line above the network: never a dialog, never in the way."""

from __future__ import annotations

import time

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from nnviz.drawing.theme import Theme
from nnviz.session.left_work import LeftWork
from nnviz.ui.window.message_bar import MessageBar

SAME_DAY_S = 20 * 3600.0


class RestoreBar(MessageBar):
    """A message with two buttons. Closed without either, the offer comes again at the next start.

    Signals
    -------
    restore_chosen, discard_chosen : ()
    """

    restore_chosen = Signal()
    discard_chosen = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.restore = QPushButton(self.tr("Restore"), self)
        self.restore.setToolTip(self.tr("Go on with this work: settings, weights and curves"))
        self.restore.clicked.connect(self.restore_chosen)
        self.discard = QPushButton(self.tr("Discard"), self)
        self.discard.setToolTip(self.tr("Delete this work for good"))
        self.discard.clicked.connect(self.discard_chosen)
        self.add_buttons(self.restore, self.discard)
        self.close_button.setToolTip(self.tr("Not now: the offer comes again at the next start"))

    def offer(self, work: LeftWork) -> None:
        """Say what can be brought back."""
        when, recent = QDateTime.fromSecsSinceEpoch(int(work.saved_s)), time.time() - work.saved_s < SAME_DAY_S
        short = QLocale.FormatType.ShortFormat
        moment = QLocale().toString(when.time(), short) if recent else QLocale().toString(when, short)
        text = self.tr("nnviz ended without closing. “{0}” was kept as it was at {1}.")
        self.show_message("warning", text.format(work.title or self.tr("an experiment"), moment))
