"""The two ends of an opened edge: a button that opens the unit, over its picture, beside the bar of the weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QToolButton, QVBoxLayout, QWidget

from nnviz.ui.network.unit_map import NARROW_WIDTH, WIDTH

#: Left of everything beside it, in a narrow card and in others.
NARROW_GAP, GAP = 12, 24
#: Columns of the card: its lists, two ends.
_LISTS, _ENDS = 1, 2


class EndOfEdge(QWidget):
    """A button over a picture; they come and go each for itself."""

    def __init__(self, button: QToolButton, picture: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._parts = button, picture
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(picture, 1)

    def follow(self) -> None:
        """Go where both have gone: nothing takes no room then, and no space beside it either."""
        self.setHidden(all(part.isHidden() for part in self._parts))


def pictures_beside(free: float, buttons: Sequence[float]) -> tuple[int, bool]:
    """Return for how many pictures of an edge's ends there is room beside its bar, and whether they are narrow.

    Parameters
    ----------
    free : float
        Width that the bar leaves, in pixels.
    buttons : sequence of float
        Widths of what stands over the pictures, whether or not there are any.
    """
    for width, gap in ((WIDTH, GAP), (NARROW_WIDTH, NARROW_GAP)):
        if sum(max(button, width) + gap for button in buttons) <= free:
            return len(buttons), width == NARROW_WIDTH
    has_one = sum(buttons[:-1]) + max(buttons[-1], NARROW_WIDTH) + NARROW_GAP * len(buttons) <= free
    return int(has_one), True


def make_room(body: QGridLayout, area: QWidget, *, has_room: bool) -> None:
    """Let the ends stand beside the list in `area`, or above it where the card is too narrow for their pictures."""
    width = 1 if has_room else _LISTS + _ENDS
    place = body.getItemPosition(body.indexOf(area))
    assert isinstance(place, tuple)
    moves = place[3] != width
    if moves:
        # Added once more, it moves.
        body.addWidget(area, 1, 0, 1, width)
    # WORKAROUND: as in `nnviz.ui.form.focus_chain`, the layout is never asked for its items, which it deletes here.
    owner = body.parentWidget()
    for end in owner.findChildren(EndOfEdge) if owner is not None else ():
        index = body.indexOf(end)
        if index < 0:
            continue
        column = cast(tuple[int, ...], body.getItemPosition(index))[1]
        end.follow()
        if moves:
            body.addWidget(end, 0, column, 2 if has_room else 1, 1)
