"""New, open, save, lessons and the two help dialogs: what the window does with documents."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nnviz import __version__
from nnviz.assets import data_file
from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.experiment import Document, default_experiment, load_document, save_document
from nnviz.experiment.lessons import LESSONS
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.actions import Actions
from nnviz.ui.text_dialog import TextDialog

NNVIZ_FILTER = "nnviz (*.nnviz *.toml)"


class DocumentActions(QObject):
    """Connects the file, lesson and help actions of a window.

    A refusal is one sentence in the window's message bar; the running session stays as it was.
    """

    def __init__(self, state: ExperimentState, controller: Controller, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._state = state
        self._controller = controller
        self._window = window
        self._lessons: list[QAction] = []
        actions.new.triggered.connect(self._on_new)
        actions.open.triggered.connect(self._on_open)
        actions.save.triggered.connect(self._on_save)
        actions.save_as.triggered.connect(self._on_save_as)
        actions.save_picture.triggered.connect(self._on_save_picture)
        actions.about.triggered.connect(self._on_about)
        actions.data_sources.triggered.connect(self._on_data_sources)

    # -- opening ------------------------------------------------------------------------------------------------

    def show_document(self, document: Document) -> None:
        """Replace the session by `document`: its experiment and, where it has them, its weights and curves."""
        self._state.replace(document.experiment, document.path, document)

    def open_path(self, source: str | Path) -> bool:
        """Open a file, lesson or data set; return whether it could be."""
        try:
            document = load_document(source)
        except NnvizError as error:
            self._controller.message.emit("error", str(error))
            return False
        self.show_document(document)
        return True

    def lesson_actions(self) -> list[QAction]:
        """Return one action per lesson, its notes as the tooltip."""
        if not self._lessons:
            for name, lesson in LESSONS.items():
                action = QAction(lesson.label, self)
                action.setToolTip(lesson.help)
                action.setData(name)
                action.triggered.connect(self._on_lesson)
                self._lessons.append(action)
        return self._lessons

    @Slot()
    def _on_lesson(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        name = str(action.data())
        if self.open_path(name):
            self._controller.message.emit("info", LESSONS[name].help)

    @Slot()
    def _on_new(self) -> None:
        self.show_document(Document(default_experiment()))

    @Slot()
    def _on_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open an experiment or a table"),
            str(self._state.path.parent) if self._state.path else "",
            self.tr("Experiments and tables (*.nnviz *.toml *.csv);;All files (*)"),
        )
        if path:
            self.open_path(path)

    # -- saving -------------------------------------------------------------------------------------------------

    @Slot()
    def _on_save(self) -> None:
        if self._state.path is None:
            self._on_save_as()
        else:
            self.save_to(self._state.path)

    @Slot()
    def _on_save_as(self) -> None:
        start = self._state.path or Path(f"{self._state.experiment.title}.nnviz")
        path, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Save the experiment"),
            str(start),
            self.tr("Experiments (*.nnviz);;Settings only (*.toml)"),
        )
        if path:
            self.save_to(Path(path) if Path(path).suffix else Path(path).with_suffix(".nnviz"))

    def save_to(self, path: Path) -> bool:
        """Write the document to `path`; return whether it could be."""
        try:
            save_document(self._controller.document(path), path)
        except (ExperimentError, OSError) as error:
            self._controller.message.emit("error", str(error))
            return False
        self._state.mark_saved(path)
        return True

    @Slot()
    def _on_save_picture(self) -> None:
        start = f"{self._state.experiment.title}.png"
        path, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save a picture of the window"), start, self.tr("Pictures (*.png)")
        )
        if path and not self._window.grab().save(path if path.endswith(".png") else f"{path}.png"):
            self._controller.message.emit(
                "error", self.tr("{0} cannot be written; choose another folder.").format(Path(path).name)
            )

    # -- help ---------------------------------------------------------------------------------------------------

    @Slot()
    def _on_about(self) -> None:
        text = self.tr("nnviz {0}: see a neural network learn. Networks, training and explanations are its own.")
        QMessageBox.about(self._window, self.tr("About nnviz"), text.format(__version__))

    @Slot()
    def _on_data_sources(self) -> None:
        text = data_file("ATTRIBUTION.md").read_text(encoding="utf-8")
        TextDialog(self.tr("Data sources and licences"), text, self._window).open()
