"""What every plot offers in its menu: copy it, save it as PNG or SVG, save its numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from nnviz.core.errors import NnvizError
from nnviz.ui.widgets.buttons import described_action
from nnviz.ui.widgets.file_dialogs import file_to_save

if TYPE_CHECKING:
    from nnviz.export.plots import Figure

Report = Callable[[str, str], None]
"""Takes a severity ("info", "error") and one sentence."""
SCALES = (1, 2, 3, 4)
"""Pixels of a PNG per device-independent pixel of the figure."""
#: A copied picture is as sharp as a good screen.
COPY_SCALE = 2


class PlotMenu(QObject):
    """Adds the export actions to a menu, and opens that menu where the plot is clicked with the right button.

    Parameters
    ----------
    menu : QMenu
        The plot's own switches may be in it already.
    plot : QWidget
    figure : callable
        Returns the `Figure` of what the plot shows now, or None where there is nothing yet.
    report : callable
        Told what was written and what could not be.

    Attributes
    ----------
    copy, save_svg, save_pdf, save_table : QAction
    save_png : dict of int to QAction
        By scale.
    """

    def __init__(self, menu: QMenu, plot: QWidget, figure: Callable[[], Figure | None], report: Report) -> None:
        super().__init__(menu)
        self._menu, self._plot = menu, plot
        self._figure, self._report = figure, report
        if not menu.isEmpty():
            menu.addSeparator()
        self.copy = described_action(
            self.tr("Copy picture"), self.tr("Put this plot on the clipboard as a picture"), self
        )
        self.copy.triggered.connect(self._on_copy)
        menu.addAction(self.copy)
        png_menu = menu.addMenu(self.tr("Save picture as PNG"))
        png_menu.setToolTipsVisible(True)
        self.save_png: dict[int, QAction] = {}
        for scale in SCALES:
            action = described_action(
                self.tr("{0} × size…").format(scale),
                self.tr("Write a picture with {0} times the pixels that the plot has on the screen").format(scale),
                self,
            )
            action.setData(scale)
            action.triggered.connect(self._on_save_png)
            png_menu.addAction(action)
            self.save_png[scale] = action
        self.save_svg = described_action(
            self.tr("Save picture as SVG…"), self.tr("Write a drawing that stays sharp at any size"), self
        )
        self.save_svg.triggered.connect(self._on_save_svg)
        self.save_pdf = described_action(
            self.tr("Save picture as PDF…"), self.tr("Write a page as large as the plot, for a paper or a slide"), self
        )
        self.save_pdf.triggered.connect(self._on_save_pdf)
        self.save_table = described_action(
            self.tr("Save its numbers as CSV…"), self.tr("Write the numbers behind this plot as a table"), self
        )
        self.save_table.triggered.connect(self._on_save_table)
        menu.addActions([self.save_svg, self.save_pdf, self.save_table])
        menu.setToolTipsVisible(True)
        plot.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        plot.customContextMenuRequested.connect(self._on_menu_requested)

    @Slot(QPoint)
    def _on_menu_requested(self, position: QPoint) -> None:
        buttons = [owner for owner in self._menu.menuAction().associatedObjects() if isinstance(owner, QToolButton)]
        if buttons and all(button.isHidden() for button in buttons):
            # A teacher hides the menu.
            return
        self._menu.popup(self._plot.mapToGlobal(position))

    @Slot()
    def _on_copy(self) -> None:
        from nnviz.export.plots import figure_image

        figure = self._figure()
        if figure is not None:
            QGuiApplication.clipboard().setImage(figure_image(figure, COPY_SCALE))
            self._report("info", self.tr("The picture is on the clipboard."))

    @Slot()
    def _on_save_png(self) -> None:
        from nnviz.export.plots import save_png

        sender = self.sender()
        scale = int(sender.data()) if isinstance(sender, QAction) else 1
        self._save(self.tr("PNG pictures (*.png)"), ".png", lambda figure, path: save_png(figure, path, scale))

    @Slot()
    def _on_save_svg(self) -> None:
        from nnviz.export.plots import save_svg

        self._save(self.tr("SVG drawings (*.svg)"), ".svg", save_svg)

    @Slot()
    def _on_save_pdf(self) -> None:
        from nnviz.export.plots import save_pdf

        self._save(self.tr("PDF documents (*.pdf)"), ".pdf", save_pdf)

    @Slot()
    def _on_save_table(self) -> None:
        self._save(self.tr("CSV tables (*.csv)"), ".csv", lambda figure, path: figure.write_table(path))

    def _save(self, kinds: str, ending: str, write: Callable[[Figure, Path], object]) -> None:
        figure = self._figure()
        if figure is None:
            return
        path = file_to_save(self._plot, self.tr("Save as"), figure.name + ending, kinds, ending)
        if path is None:
            return
        try:
            write(figure, path)
        except NnvizError as error:
            self._report("error", str(error))
        else:
            self._report("info", self.tr("Saved as {0}.").format(path.name))
