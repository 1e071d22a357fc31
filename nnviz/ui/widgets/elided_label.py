"""A line of text that gives way: what does not fit ends in "…", and the tooltip holds all of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

from nnviz.ui.widgets.help_text import inert_tooltip


class ElidedLabel(QLabel):
    """A label of plain text that is never cut off within a letter.

    Parameters
    ----------
    text : str
    parent : QWidget or None
    least : float
        Share of the text, 0 … 1, that has to fit: of a hint of which less does, nothing is shown.
    letters : int
        How many of it, or of its short form, are shown in any case, if it has as many.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None, *, least: float = 0.0, letters: int = 3) -> None:
        self._least, self._letters = least, 0 if least else letters
        self._short = ""
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        width = QSizePolicy.Policy.Ignored if least else QSizePolicy.Policy.Preferred
        self.setSizePolicy(width, QSizePolicy.Policy.Preferred)

    def setText(self, text: str, short: str = "") -> None:
        """Show `text`; where it does not fit, `short` or the beginning of it, and offer it in full.

        The same texts again cost nothing: one that asked for room in every frame had the whole window laid out anew.
        """
        if (text, short) == (self.text(), self._short):
            return
        self._short = short
        super().setText(text)
        # For Qt nothing has changed where only the short form differs.
        self.update()
        self.updateGeometry()
        self._offer_all()

    def shown_text(self) -> str:
        """Return what there is room for."""
        room, metrics = self.contentsRect().width(), self.fontMetrics()
        if room < self._least * metrics.horizontalAdvance(self._short or self.text()):
            return ""
        text = self.text()
        if self._short and metrics.horizontalAdvance(text) > room:
            text = self._short
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)

    def readable_width(self) -> int:
        """Return the room in which no word is cut: that of the short form, or of the text where there is none."""
        return self.fontMetrics().horizontalAdvance(self._short or self.text()) + 1

    def minimumSizeHint(self) -> QSize:
        """Return room for a few letters: the layout takes the rest away first."""
        width = min(self._letters * self.fontMetrics().averageCharWidth(), self.readable_width())
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text once it no longer fits."""
        super().resizeEvent(event)
        self._offer_all()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame of the style sheet and as much text as fits."""
        with QPainter(self) as painter:
            option = QStyleOption()
            option.initFrom(self)
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.contentsRect(), self.alignment(), self.shown_text())

    def _offer_all(self) -> None:
        self.setToolTip("" if self.shown_text() == self.text() else inert_tooltip(self.text()))


class FittingLabel(ElidedLabel):
    """A label that says the first of several texts that fits, and nothing rather than half of one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, least=1.0)
        self._texts: tuple[str, ...] = ("",)

    def show_texts(self, *texts: str) -> None:
        """Show the first of `texts`, from long to short, that there is room for."""
        if texts != self._texts:
            self._texts = texts
            self.setText(texts[0])

    def shown_text(self) -> str:
        """Return what there is room for."""
        room, metrics = self.contentsRect().width(), self.fontMetrics()
        return next((text for text in self.offered_texts() if metrics.horizontalAdvance(text) <= room), "")

    def offered_texts(self) -> tuple[str, ...]:
        """Return what may be said, best first."""
        return self._texts
