"""The votes of a class beside each other, and which of them has come true: on the stage and in the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.drawing.prediction import paint_votes, votes_height
from nnviz.drawing.theme import Theme
from nnviz.lessons.prediction import USUAL, Option
from nnviz.ui.widgets.help_text import table_text


def option_name(option: Option) -> str:
    """Return what an option is called: those that are always there in the language of the window."""
    return table_text(option.label) if option in USUAL else option.label


class VotesStrip(QWidget):
    """Paints the votes; hidden while there is no vote.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.options: tuple[Option, ...] = ()
        self.votes: tuple[int, ...] = ()
        self.came: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_votes(self, options: tuple[Option, ...], votes: tuple[int, ...], came: int | None) -> None:
        """Show these counts, and what has come true; no options hide it."""
        if (options, votes, came) == (self.options, self.votes, self.came):
            return
        self.options, self.votes, self.came = options, votes, came
        words = QCoreApplication.translate("VotesStrip", "{0}: {1}")
        told = [words.format(option_name(option), count) for option, count in zip(options, votes, strict=True)]
        if came is not None and options:
            words = QCoreApplication.translate("VotesStrip", "Came true: {0}")
            told.append(words.format(option_name(options[came])))
        self.setAccessibleName(", ".join(told))
        self.setVisible(bool(options))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def height_at(self, _width: int) -> int:
        """Return how high it is; nothing where it is hidden."""
        return votes_height(self._theme) if self.options else 0

    def sizeHint(self) -> QSize:
        """Return room for its two lines."""
        return QSize(120, votes_height(self._theme))

    def minimumSizeHint(self) -> QSize:
        """Return the same: it is read from afar."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the votes on a panel."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._theme.colour("panel"))
            if self.options:
                names = [option_name(option) for option in self.options]
                paint_votes(painter, QRectF(self.rect()), names, self.votes, self.came, self._theme)
