"""What every page of the answers is: a view of the answers to all rows, for data that it suits."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame


class AnswersPage(QWidget):
    """A page of `AnswersPanel`; subclasses say what suits them and draw.

    Attributes
    ----------
    name : str
        By which a page is known to tests and to the panel; never translated.
    label, help : str
        Of its tab.
    content : QWidget
        All that is on the page, which a teacher can hide.
    content_label : str
        What the list in the teacher's view calls it.
    """

    name = ""
    content: QWidget
    content_label = ""

    def __init__(self, label: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label, self.help = label, help_text

    def suits(self, prepared: Prepared) -> bool:
        """Whether there is something to show of these data."""
        raise NotImplementedError

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        raise NotImplementedError

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data; called only where they suit."""
        raise NotImplementedError

    def show_frame(self, frame: Frame) -> None:
        """Show the answers of a frame, which has them; called only while the page is seen."""
        raise NotImplementedError

    def set_open(self, is_open: bool) -> None:
        """Learn whether the panel is open, seen or not, on data that suit the page: most pages do not mind."""

    def set_seen(self, seen: bool) -> None:
        """Learn whether the page is seen: what it asks of the worker besides is asked only then."""
