"""Buttons for what else may be meant by a table: one click joins spellings, fills gaps, or adds the weekday."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nnviz.data.offers import Offer

#: Room for the frame of a button beside its words, in pixels.
_FRAME = 28


class OfferButton(QPushButton):
    """A button that takes an offer; words that do not fit are elided, and whole in its tooltip."""

    def __init__(self, offer: Offer, parent: QWidget) -> None:
        super().__init__(offer.action, parent)
        self.offer = offer
        self.setAutoDefault(False)
        self.setAccessibleName(offer.action)
        self.setToolTip(offer.action)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """As high as any button, and as narrow as the panel."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide the words anew."""
        super().resizeEvent(event)
        room = max(0, self.width() - _FRAME)
        # An ampersand would become a shortcut.
        words = self.offer.action.replace("&", "&&")
        self.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room))


class OfferButtons(QWidget):
    """The offers of a summary, one below the other; hidden where there are none.

    Signals
    -------
    chosen : object
        The `TableChoices` of the offer that was taken.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.buttons: list[OfferButton] = []

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Show other offers."""
        for button in self.buttons:
            self._column.removeWidget(button)
            # Its own click may be what led here.
            button.hide()
            button.deleteLater()
        self.buttons = [OfferButton(offer, self) for offer in offers]
        for button in self.buttons:
            button.clicked.connect(self._on_clicked)
            self._column.addWidget(button)
        self.setVisible(bool(self.buttons))

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        assert isinstance(button, OfferButton)
        self.chosen.emit(button.offer.choices)
