"""What a teacher can hide, and widgets that come and go by themselves too: neither wish may overwrite the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtWidgets import QToolButton, QWidget

if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object


class Hideable(Struct, frozen=True, eq=False):
    """Something that a teacher can hide; every view names its own (`hideable_parts`).

    Attributes
    ----------
    name : str
        In files; never translated.
    group, label : str
        What the list in the teacher's view says.
    widgets : tuple of QWidget
        All that is hidden with it.
    """

    name: str
    group: str
    label: str
    widgets: tuple[QWidget, ...]


def hideable_button(name: str, group: str, button: QToolButton) -> Hideable:
    """Return a part that is one button, called by its words, or by what it does where it only has a sign."""
    text = button.text()
    return Hideable(name, group, text if any(map(str.isalpha, text)) else button.accessibleName(), (button,))


class TeacherHideable(_Base):
    """Mixin in front of a widget class: it is seen only while it is wanted and no teacher hides it.

    Attributes
    ----------
    is_wanted : bool
        Whether it makes sense at present, whether or not a teacher hides it.
    is_hidden_by_teacher : bool
    """

    is_wanted = True
    is_hidden_by_teacher = False

    def setVisible(self, visible: bool) -> None:
        """Show or hide it; what a teacher hides stays hidden."""
        self.is_wanted = visible
        super().setVisible(visible and not self.is_hidden_by_teacher)

    def set_hidden_by_teacher(self, hidden: bool) -> None:
        """Hide it whether or not it is wanted, or let it be seen again."""
        self.is_hidden_by_teacher = hidden
        super().setVisible(self.is_wanted and not hidden)
