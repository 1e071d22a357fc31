"""How the lists of an opened unit share its card: beside each other, or below, with whole names and long bars."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from nnviz.ui.network.number_bar import EASY_BAR
from nnviz.ui.network.number_list import NumberList
from nnviz.ui.network.number_view import NumberView
from nnviz.ui.widgets.elided_label import FittingLabel
from nnviz.ui.widgets.nested_layouts import add_layout


class Needed(Struct, frozen=True):
    """What a list would like to have.

    Attributes
    ----------
    full : float
        Width of whole names, bars that are easily dragged, numbers and notes.
    bare : float
        The same without notes.
    height : float
        Of all rows and what stands above them.
    """

    full: float
    bare: float
    height: float


def stands_below(lists: Sequence[Needed], width: float, height: float, gap: float) -> bool:
    """Return whether lists stand below each other in a room, rather than beside.

    Beside each other with everything; else below each other where all rows are seen then; else beside each other
    without notes; where names or bars would be cut even so, below.
    """
    if len(lists) < 2:
        return False
    free = width - gap * (len(lists) - 1)
    if sum(each.full for each in lists) <= free:
        return False
    is_seen = sum(each.height for each in lists) <= height and max(each.full for each in lists) <= width
    return is_seen or sum(each.bare for each in lists) > free


def shares(wanted: Sequence[float], free: float) -> list[int]:
    """Return which share of a width each list gets: long names have the room that is left beside short ones."""
    if not wanted or sum(wanted) <= free:
        return [round(width) for width in wanted]
    least = round(min(*wanted, free / 2))
    return [max(least, min(round(width), round(free) - least)) for width in wanted]


class ListCaption(FittingLabel):
    """What stands above a list: of gradients, written with ∂, it speaks only while the list has room for them."""

    def __init__(self, numbers: NumberView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers = numbers
        numbers.notes_came_or_went.connect(self.update)

    def offered_texts(self) -> tuple[str, ...]:
        """Return what may be said, best first."""
        texts = super().offered_texts()
        return texts if self._numbers.shows_notes else tuple(text for text in texts if "∂" not in text)


class Lists(QScrollArea):
    """The lists under their captions, scrolled together.

    Parameters
    ----------
    blocks : sequence of (captions, list)
        What stands in a line above each list, the first one stretched.
    parent : QWidget or None
    """

    GAP = 24

    def __init__(self, blocks: Sequence[tuple[Sequence[QWidget], NumberList]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        content = QWidget(self)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(self.GAP)
        self._blocks: list[tuple[QWidget, NumberList]] = []
        for captions, numbers in blocks:
            block = QWidget(content)
            column = QVBoxLayout(block)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            line = QHBoxLayout()
            for place, widget in enumerate(captions):
                line.addWidget(widget, 0 if place else 1)
            add_layout(column, line)
            column.addWidget(numbers)
            column.addStretch(1)
            self._row.addWidget(block)
            self._blocks.append((block, numbers))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        # After setWidget, which switches it on: the card's own colour shall shine through.
        for part in (self.viewport(), content):
            part.setAutoFillBackground(False)

    @property
    def is_below(self) -> bool:
        """Whether the second list stands below the first one."""
        return self._row.direction() == QBoxLayout.Direction.TopToBottom

    def show_block(self, numbers: NumberList, *, shown: bool) -> None:
        """Show a list with its captions, or hide it."""
        next(block for block, each in self._blocks if each is numbers).setHidden(not shown)

    def wanted_width(self) -> float:
        """Return the width in which all lists stand beside each other with everything."""
        needed = [self._needed(numbers) for _, numbers in self._shown()]
        return sum(each.full for each in needed) + self.GAP * max(len(needed) - 1, 0)

    def fit(self) -> None:
        """Let the lists stand beside each other in the room there is, or below."""
        shown, height = self._shown(), float(self.height())
        # As if the bar that scrolls were there: coming and going, it would turn the lists to and fro.
        width = float(self.width() - (self.verticalScrollBar().sizeHint().width() if len(shown) > 1 else 0))
        needed = [self._needed(numbers) for _, numbers in shown]
        below = stands_below(needed, width, height, self.GAP)
        direction = QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
        if direction != self._row.direction():
            self._row.setDirection(direction)
            self._row.setSpacing(6 if below else self.GAP)
        free = width - self.GAP * max(len(shown) - 1, 0)
        has_notes = sum(each.full for each in needed) <= free
        widths = shares([each.full if has_notes else each.bare for each in needed], free)
        stretches = {id(numbers): share for (_, numbers), share in zip(shown, widths, strict=True)}
        for place, (_, numbers) in enumerate(self._blocks):
            self._row.setStretch(place, 0 if below else stretches.get(id(numbers), 0 if shown else 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the room."""
        super().resizeEvent(event)
        self.fit()

    def _shown(self) -> list[tuple[QWidget, NumberList]]:
        return [(block, numbers) for block, numbers in self._blocks if numbers.rows]

    @staticmethod
    def _needed(numbers: NumberList) -> Needed:
        full, bare = (numbers.readable_width(with_notes=notes, bar=EASY_BAR) for notes in (True, False))
        return Needed(full, bare, numbers.line_height() * (len(numbers.rows) + 1))
