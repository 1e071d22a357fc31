"""An unexpected exception, told in one line above the network, and the report of a problem for whoever can mend it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget

from nnviz.drawing.theme import Theme
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.message_bar import MessageBar


class ProblemReport(QObject):
    """Copies what a report needs, for *Help → Report a problem*.

    Parameters
    ----------
    window : MainWindow
    found : callable
        Returns what is found on this computer.

    Attributes
    ----------
    logged : callable
        Returns the log of faults; empty as long as nobody keeps one.
    """

    def __init__(self, window: MainWindow, found: Callable[[], str]) -> None:
        super().__init__(window)
        self._controller = window.controller
        self._found = found
        self.logged: Callable[[], str] = str
        window.actions_.report_problem.triggered.connect(self.copy)

    def text(self) -> str:
        """Return what nnviz finds on this computer, and the log: no name, no path that tells of its user."""
        return f"{self._found()}\n\n{self.logged() or 'No fault has been logged.'}\n"

    @Slot()
    def copy(self) -> None:
        """Put the report into the clipboard, and say so."""
        QGuiApplication.clipboard().setText(self.text())
        self._controller.message.emit(
            "info",
            self.tr(
                "A report is in the clipboard: versions and the latest faults, no data and no names. "
                "Paste it where nnviz is developed, with what you did before."
            ),
        )


class FaultBar(MessageBar):
    """Says that something has gone wrong inside nnviz, until it is closed."""

    def __init__(self, report: ProblemReport, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.report = QPushButton(self.tr("Copy a report"), self)
        self.report.setToolTip(self.tr("Copy versions and the latest faults, to be pasted where nnviz is developed"))
        self.report.clicked.connect(report.copy)
        self.add_buttons(self.report)

    @Slot()
    def show_fault(self) -> None:
        """Say it."""
        self.show_message(
            "error",
            self.tr(
                "Something went wrong inside nnviz. The network and your work are still here and have been kept on "
                "disk; go on, and please report it."
            ),
        )
