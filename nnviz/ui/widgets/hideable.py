"""What comes and goes by itself and can be withheld by a teacher: two wishes that must not overwrite each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget as _Base
else:
    _Base = object


class Withholdable(_Base):
    """Mixin in front of a widget class: it is seen only while it is wanted and not withheld.

    Attributes
    ----------
    is_wanted : bool
        Whether it makes sense at present, whether or not a teacher withholds it.
    """

    is_wanted = True
    _is_withheld = False

    def setVisible(self, visible: bool) -> None:
        """Show or hide it; what is withheld stays hidden."""
        self.is_wanted = visible
        super().setVisible(visible and not self._is_withheld)

    def set_withheld(self, withheld: bool) -> None:
        """Hide it whether or not it is wanted, or let it be seen again."""
        self._is_withheld = withheld
        super().setVisible(self.is_wanted and not withheld)
