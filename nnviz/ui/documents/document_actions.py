"""New, open, save and the two help dialogs: what the window does with documents."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QSettings, Signal, Slot
from PySide6.QtWidgets import QGraphicsView, QMessageBox, QWidget

from nnviz import __version__
from nnviz.assets import attribution
from nnviz.core.errors import Cancelled, NnvizError
from nnviz.drawing.theme import Theme
from nnviz.experiment import Document, default_experiment, load_document
from nnviz.experiment.document import OPENED_SUFFIXES, is_table
from nnviz.experiment.lessons import LESSONS
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions
from nnviz.ui.documents.experiment_clipboard import ExperimentClipboard
from nnviz.ui.documents.recent_files import RecentFiles, RecentMenu
from nnviz.ui.documents.saving import Saving
from nnviz.ui.documents.table_import import TableImport
from nnviz.ui.widgets.file_dialogs import LastFolder, file_to_open, file_to_save
from nnviz.ui.widgets.stored_settings import stored_flag

#: The setting that says so.
KEEP_BACKUP = "keep_backup"


class DocumentActions(QObject):
    """Connects the file and help actions of a window.

    A refusal is one sentence in the window's message bar; the running session stays as it was.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    actions : Actions
    theme : Theme
    window : QWidget
    settings : QSettings or None
        Where the recent files are kept; None: nowhere.

    Attributes
    ----------
    asks_before_losing : bool
        Whether a dialog asks before edits are lost. Off, for scripts and notebooks that open and close windows, until
        somebody sits in front of the window (`nnviz.ui.window.recovery`).

    Signals
    -------
    opened : object
        The `Document` of a file or lesson that has just been opened by the user.
    offered : object
        An `Offer`: a file that cannot be written or read, and what can be done instead.
    lesson_named : str
        A file that was chosen holds a lesson, which is played rather than opened.
    sweep_named : str
        A folder that was chosen holds a sweep, which is hung as a wall.
    """

    opened = Signal(object)
    offered = Signal(object)
    lesson_named = Signal(str)
    sweep_named = Signal(str)

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        actions: Actions,
        theme: Theme,
        window: QWidget,
        settings: QSettings | None = None,
    ) -> None:
        super().__init__(window)
        self._state = state
        self._controller = controller
        self._window = window
        self.asks_before_losing = False
        self.recent = RecentFiles(settings)
        self.last_folder = LastFolder(settings, window)
        self.recent_menu = RecentMenu(self.recent, window)
        self.recent_menu.chosen.connect(self.open_by_user)
        self.clipboard = ExperimentClipboard(state, controller, actions, self)
        self.saving = Saving(controller, window)
        self._settings = settings
        actions.keep_backup.setChecked(stored_flag(settings, KEEP_BACKUP))
        self.saving.keeps_old = actions.keep_backup.isChecked()
        actions.keep_backup.toggled.connect(self._on_keep_backup)
        self.tables = TableImport(state, controller, actions, theme, window)
        self.tables.opened.connect(self._remember)
        actions.new.triggered.connect(self._on_new)
        actions.open.triggered.connect(self._on_open)
        actions.save.triggered.connect(self._on_save)
        actions.save_as.triggered.connect(self._on_save_as)
        actions.save_picture.triggered.connect(self._on_save_picture)
        actions.about.triggered.connect(self._on_about)
        actions.data_sources.triggered.connect(self._on_data_sources)
        window.setAcceptDrops(True)
        for plot in window.findChildren(QGraphicsView):
            # WORKAROUND: a QGraphicsView takes whatever is dragged into it, and its scene drops none of it; the window
            # shall have it.
            plot.viewport().setAcceptDrops(False)

    # -- opening ------------------------------------------------------------------------------------------------

    def show_document(self, document: Document) -> None:
        """Replace the session by `document`: its experiment and, where it has them, its weights and curves."""
        self._state.replace(document.experiment, document.path, document)

    def open_path(self, source: str | Path) -> bool:
        """Open a file, lesson or data set; return whether it could be."""
        try:
            document = load_document(source)
        except NnvizError as error:
            self._refuse(source, error)
            return False
        self.show_document(document)
        if str(source) not in LESSONS and Path(source).is_file():
            self._remember(Path(source))
        self.opened.emit(document)
        return True

    def _refuse(self, source: str | Path, error: NnvizError) -> None:
        """Say why a file cannot be opened, and offer what of it can."""
        from nnviz.experiment.recovering import recoverable
        from nnviz.ui.widgets.offer import Offer

        left = recoverable(source)
        if left is None:
            self._controller.message.emit("error", str(error))
            return
        what = self.tr("settings and weights") if left.parameters is not None else self.tr("settings")
        words = self.tr("{0} What is left of it can be opened: {1}, without the curves.").format(error, what)
        tooltip = self.tr("Open what is whole in this file as a new experiment; the file stays as it is")
        self.offered.emit(Offer("error", words, self.tr("Open what is left"), tooltip, partial(self._open_left, left)))

    def _open_left(self, left: Document) -> None:
        if self.may_lose_edits():
            self.show_document(left)
            self.opened.emit(left)

    @Slot(str)
    def open_by_user(self, source: str) -> bool:
        """Open a file or lesson, after asking what is to become of unsaved edits; return whether it was opened.

        A table is read first and shown in a dialog: nothing is lost, for it is an edit that can be undone. A lesson in
        steps begins in its panel; of a sweep, the wall is hung.
        """
        from nnviz.lessons.files import is_lesson
        from nnviz.sweeps.folder import sweep_folder

        if (folder := sweep_folder(source)) is not None:
            if self.may_lose_edits():
                self.sweep_named.emit(str(folder))
            return False
        if is_table(source):
            self.tables.open_file(Path(source))
            return False
        if is_lesson(source):
            self.lesson_named.emit(source)
            return False
        return self.may_lose_edits() and self.open_path(source)

    def dropped_path(self, mime: QMimeData) -> str:
        """Return the file or folder that would be opened where `mime` is dropped; empty: none, or several."""
        from nnviz.sweeps.folder import sweep_folder

        paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if len(paths) != 1:
            return ""
        is_opened = Path(paths[0]).suffix.lower() in OPENED_SUFFIXES or sweep_folder(paths[0]) is not None
        return paths[0] if is_opened else ""

    def may_lose_edits(self) -> bool:
        """Ask what is to become of unsaved edits, if there are any; return whether to go on.

        Training alone is never asked about, and neither is anything as long as nobody sits in front of the window.
        """
        from nnviz.ui.documents.unsaved_question import ask_about_unsaved

        if not self.asks_before_losing or not self._state.is_dirty:
            return True
        path = self._state.path
        answer = ask_about_unsaved(path.name if path else self._state.experiment.title, self._window)
        return self.save() if answer == "save" else answer == "discard"

    @property
    def folders(self) -> list[Path]:
        """Where the user's files are, as far as is known: of those that were opened or saved last."""
        used = [path.parent for path in self.recent.paths]
        return list(dict.fromkeys([*filter(None, [self.last_folder.path]), *used]))

    @Slot()
    def _on_new(self) -> None:
        if self.may_lose_edits():
            self.show_document(Document(default_experiment()))

    @Slot()
    def _on_open(self) -> None:
        from nnviz.sweeps.folder import MANIFEST, sweep_folder

        if not self.may_lose_edits():
            return
        suffixes = " ".join([*(f"*{suffix}" for suffix in OPENED_SUFFIXES), MANIFEST])
        kinds = self.tr("Experiments, tables and sweeps ({0});;All files (*)").format(suffixes)
        path = file_to_open(self._window, self.tr("Open an experiment, a table or a sweep"), kinds)
        if path is None:
            return
        if (folder := sweep_folder(path)) is not None:
            self.sweep_named.emit(str(folder))
        elif is_table(path):
            self.tables.open_file(path)
        else:
            self.open_path(path)

    # -- saving -------------------------------------------------------------------------------------------------

    @Slot()
    def _on_save(self) -> None:
        self.save()

    @Slot()
    def _on_save_as(self) -> None:
        self.save_as()

    def save(self) -> bool:
        """Write the document to its file, or ask for one; return whether it is written."""
        return self.save_as() if self._state.path is None else self.save_to(self._state.path)

    def save_as(self) -> bool:
        """Ask for a file and write the document to it; return whether it is written."""
        proposal = self._state.path or f"{self._state.experiment.title.replace('/', '-')}.nnviz"
        kinds = self.tr("Experiments (*.nnviz);;Settings only (*.toml)")
        path = file_to_save(self._window, self.tr("Save the experiment"), str(proposal), kinds, ".nnviz")
        return path is not None and self.save_to(path)

    def save_to(self, path: Path) -> bool:
        """Write the document to `path`; return whether it could be."""
        from nnviz.ui.widgets.offer import Offer

        stand = self._state.stand
        # Where it is killed while it writes, the next start looks there for what is half written.
        self.last_folder.remember(path)
        try:
            document = self.saving.save(path)
        except Cancelled:
            return False
        except (NnvizError, OSError) as error:
            tooltip = self.tr("Choose another place or another name; nothing of the session is lost")
            self.offered.emit(Offer("error", str(error), self.tr("Save as…"), tooltip, self.save_as))
            return False
        self._state.mark_saved(path, stand)
        self._remember(path)
        if document.note:
            self._controller.message.emit("warning", document.note)
        if path.suffix.lower() == ".toml" and document.history is not None and document.history.marks:
            words = self.tr("{0} holds no weights, and the seeds in it do not give what was carried over: {1} does.")
            self._controller.message.emit("warning", words.format(path.name, path.with_suffix(".nnviz").name))
        return True

    @Slot(bool)
    def _on_keep_backup(self, keep: bool) -> None:
        self.saving.keeps_old = keep
        if self._settings is not None:
            self._settings.setValue(KEEP_BACKUP, keep)

    @Slot(object)
    def _remember(self, path: Path) -> None:
        self.recent.add(path)
        self.last_folder.remember(path)

    @Slot()
    def _on_save_picture(self) -> None:
        from nnviz.ui.widgets.grabbing import grab_now, write_picture

        proposal = f"{self._state.experiment.title.replace('/', '-')}.png"
        title, kinds = self.tr("Save a picture of the window"), self.tr("Pictures (*.png)")
        path = file_to_save(self._window, title, proposal, kinds, ".png")
        if path is not None and path.suffix.lower() != ".png":
            path = path.with_name(f"{path.name}.png")
        if path is None:
            return
        try:
            write_picture(grab_now(self._window), path)
        except NnvizError as error:
            self._controller.message.emit("error", str(error))
        else:
            self._controller.message.emit("info", self.tr("Saved as {0}.").format(path.name))

    # -- help ---------------------------------------------------------------------------------------------------

    @Slot()
    def _on_about(self) -> None:
        text = self.tr("nnviz {0}: see a neural network learn. Networks, training and explanations are its own.")
        QMessageBox.about(self._window, self.tr("About nnviz"), text.format(__version__))

    @Slot()
    def _on_data_sources(self) -> None:
        from nnviz.ui.documents.text_dialog import TextDialog

        TextDialog(self.tr("Data sources and licences"), attribution(), self._window).open()
