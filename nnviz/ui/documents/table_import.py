"""Opens tables: reads them off the GUI thread, lets the user look at what was made of them, and edits the experiment.

Whatever goes wrong on the way is one sentence; the running session stays as it was until the user presses *Open*.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QMessageBox, QProgressDialog, QWidget

from nnviz.core.errors import NnvizError, PartnerNeededError, ShortRowsError
from nnviz.data import shown
from nnviz.data.column_words import Rules
from nnviz.drawing.theme import Theme
from nnviz.experiment import edits
from nnviz.experiment.schema import TableSource
from nnviz.experiment.sources import TABLE_PATTERNS, open_source
from nnviz.session.controller import Controller
from nnviz.session.job import Cancelled, Job, Progress
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions
from nnviz.ui.widgets.file_dialogs import file_to_open

if TYPE_CHECKING:
    from nnviz.data import Table, TableChoices
    from nnviz.ui.documents.import_dialog import ImportDialog

#: Reading that takes longer shows how far it has come, and can be cancelled.
PROGRESS_AFTER_MS = 1000


class Origin(Struct, frozen=True):
    """Where a table comes from, and how it is to be read.

    Attributes
    ----------
    source : Path or bytes
        A file, or what was in the clipboard.
    name : str
        What messages call it.
    sheet : str or None
    fill_short_rows : bool
    partner : Path or None
        The labels of a file of pictures, or the other way round, where they were asked for.
    present : TableSource or None
        Where its roles are changed later: what they are now.
    """

    source: Path | bytes
    name: str
    sheet: str | None = None
    fill_short_rows: bool = False
    partner: Path | None = None
    present: TableSource | None = None

    def read(self, progress: Progress, cancelled: Cancelled) -> Table:
        """Return the table; called in a thread of its own."""
        from nnviz.data import open_table

        rules: Rules = 2 if self.present is None else self.present.rules
        if isinstance(self.source, bytes):
            return open_table(
                self.source,
                name=self.name,
                fill_short_rows=self.fill_short_rows,
                rules=rules,
                progress=progress,
                cancelled=cancelled,
            )
        # It is kept: the run that is prepared afterwards finds it read.
        source = TableSource(
            path=str(self.source.resolve()),
            sheet=self.sheet,
            fill_short_rows=self.fill_short_rows,
            partner=None if self.partner is None else str(self.partner.resolve()),
            rules=rules,
        )
        return open_source(source, progress=progress, cancelled=cancelled)

    def spec(self, table: Table, choices: TableChoices) -> TableSource:
        """Return what the experiment says about the table."""
        return TableSource.of(
            choices,
            path=None if isinstance(self.source, bytes) else str(self.source.resolve()),
            text=self.source.decode("utf-8") if isinstance(self.source, bytes) else None,
            sheet=self.sheet if self.sheet is not None or len(table.sheets) < 2 else table.sheet,
            fill_short_rows=self.fill_short_rows,
            partner=None if self.partner is None else str(self.partner.resolve()),
            table=table,
        )


class TableImport(QObject):
    """Connects *Open data…*, *Paste data* and *Columns…*.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    actions : Actions
    theme : Theme
    window : QWidget

    Attributes
    ----------
    dialog : ImportDialog or None
        The one that is open.

    Signals
    -------
    opened : object
        Path of a table that has just been opened by the user.
    """

    opened = Signal(object)

    def __init__(
        self, state: ExperimentState, controller: Controller, actions: Actions, theme: Theme, window: QWidget
    ) -> None:
        super().__init__(window)
        self._state = state
        self._controller = controller
        self._actions = actions
        self._theme = theme
        self._window = window
        self._job: Job | None = None
        self._origin: Origin | None = None
        self._progress: QProgressDialog | None = None
        self.dialog: ImportDialog | None = None
        self.question: QMessageBox | None = None
        actions.open_data.triggered.connect(self._on_open)
        actions.paste_data.triggered.connect(self._on_paste)
        actions.columns.triggered.connect(self._on_columns)
        state.data_changed.connect(self._on_data_changed)
        self._on_data_changed()

    def set_theme(self, theme: Theme) -> None:
        """Show the next dialog in the colours of `theme`."""
        self._theme = theme

    # -- the ways in --------------------------------------------------------------------------------------------

    def open_file(self, path: Path) -> None:
        """Read a table, then show what is to become of it."""
        self._read(Origin(path, path.name))

    @Slot()
    def _on_open(self) -> None:
        path = self._ask_for_file(self.tr("Open data"))
        if path is not None:
            self.open_file(path)

    def _ask_for_file(self, title: str) -> Path | None:
        return file_to_open(self._window, title, self.tr("Tables ({0});;All files (*)").format(TABLE_PATTERNS))

    @Slot()
    def _on_paste(self) -> None:
        text = QApplication.clipboard().text()
        if not text.strip():
            self._controller.message.emit(
                "error", self.tr("The clipboard holds no text; copy some cells of a spreadsheet first.")
            )
            return
        self._read(Origin(text.encode("utf-8"), self.tr("the clipboard")))

    @Slot()
    def _on_columns(self) -> None:
        table = self._state.experiment.data.table
        if table is None:
            return
        source = table.text.encode("utf-8") if table.text is not None else self._beside_document(str(table.path))
        name = self.tr("the pasted table") if isinstance(source, bytes) else source.name
        partner = None if table.partner is None else self._beside_document(table.partner)
        self._read(Origin(source, name, table.sheet, table.fill_short_rows, partner, table))

    def _beside_document(self, path: str) -> Path:
        base = self._state.path.parent if self._state.path is not None else Path()
        return base / path

    @Slot()
    def _on_data_changed(self) -> None:
        self._actions.columns.setEnabled(self._state.experiment.data.table is not None)

    # -- reading ------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """End what is being read; called before the window goes."""
        self._end_job()
        for dialog in (self.dialog, self.question):
            if dialog is not None:
                dialog.close()

    @property
    def is_reading(self) -> bool:
        """Whether a table is being read at the moment."""
        return self._job is not None

    def _read(self, origin: Origin) -> None:
        self._end_job()
        if self.dialog is not None:
            self.dialog.close()
        self._origin = origin
        self._job = Job(origin.read, self)
        self._job.succeeded.connect(self._on_read)
        self._job.failed.connect(self._on_failed)
        self._progress = QProgressDialog(
            self.tr("Reading {0} …").format(shown(origin.name)), self.tr("Cancel"), 0, 100, self._window
        )
        self._progress.setWindowTitle(self.tr("Open data"))
        self._progress.setMinimumDuration(PROGRESS_AFTER_MS)
        self._progress.setAutoClose(False)
        self._progress.setAutoReset(False)
        self._progress.canceled.connect(self._on_cancelled)
        self._job.progressed.connect(self._on_progressed)
        self._progress.setValue(0)
        self._job.start()

    def _end_job(self) -> None:
        job, self._job = self._job, None
        progress, self._progress = self._progress, None
        if job is not None:
            job.cancel()
            job.deleteLater()
        if progress is not None:
            progress.canceled.disconnect(self._on_cancelled)
            progress.close()
            # WORKAROUND: closing a QProgressDialog leaves the timer running that would show it after a while.
            for timer in progress.findChildren(QTimer):
                timer.stop()
            progress.deleteLater()

    @Slot(object)
    def _on_progressed(self, share: float) -> None:
        if self._progress is not None:
            self._progress.setValue(min(99, int(100 * share)))

    @Slot()
    def _on_cancelled(self) -> None:
        self._end_job()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._end_job()
        if isinstance(error, ShortRowsError):
            self._ask_to_fill(error)
        elif isinstance(error, PartnerNeededError):
            self._ask_for_partner(error)
        elif isinstance(error, NnvizError):
            self._controller.message.emit("error", str(error))
        else:
            raise error

    def _ask_to_fill(self, error: ShortRowsError) -> None:
        words = self.tr("Take the cells that these rows lack as missing?")
        self._ask(str(error), words, self.tr("Fill them")).accepted.connect(self._on_fill)

    def _ask_for_partner(self, error: PartnerNeededError) -> None:
        if error.wants == "labels":
            words, action = self.tr("Or say which file holds the labels."), self.tr("Choose the labels…")
        else:
            words, action = self.tr("Or say which file holds the pictures."), self.tr("Choose the pictures…")
        self._ask(str(error), words, action).accepted.connect(self._on_choose_partner)

    def _ask(self, text: str, more: str, action: str) -> QMessageBox:
        self.question = box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("Open data"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        box.setInformativeText(more)
        button = box.addButton(action, QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(button)
        box.finished.connect(self._on_question_finished)
        box.open()
        return box

    @Slot()
    def _on_choose_partner(self) -> None:
        assert self._origin is not None
        path = self._ask_for_file(self.tr("Open the other file"))
        if path is not None:
            self._read(replace(self._origin, partner=path))

    @Slot()
    def _on_fill(self) -> None:
        assert self._origin is not None
        self._read(replace(self._origin, fill_short_rows=True))

    @Slot()
    def _on_question_finished(self) -> None:
        if self.question is not None:
            self.question.deleteLater()
            self.question = None

    # -- the dialog ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_read(self, table: Table) -> None:
        self._end_job()
        origin = self._origin
        assert origin is not None
        if origin.present is not None and origin.present != self._state.experiment.data.table:
            # Its columns were to be changed: another table, or another document, is there by now.
            return
        choices = origin.present.choices(table) if origin.present is not None else None
        from nnviz.ui.documents.import_dialog import ImportDialog

        self.dialog = ImportDialog(table, self._theme, choices, self._window)
        self.dialog.chosen.connect(self._on_chosen)
        self.dialog.sheet_chosen.connect(self._on_sheet_chosen)
        self.dialog.finished.connect(self._on_dialog_finished)
        self.dialog.open()

    @Slot()
    def _on_dialog_finished(self) -> None:
        if self.sender() is self.dialog:
            self.dialog = None

    @Slot(str)
    def _on_sheet_chosen(self, sheet: str) -> None:
        assert self._origin is not None
        self._read(replace(self._origin, sheet=sheet, present=None))

    @Slot(object)
    def _on_chosen(self, choices: TableChoices) -> None:
        from nnviz.data import make_dataset

        origin, dialog = self._origin, self.dialog
        if origin is None or dialog is None or dialog is not self.sender():
            # It has been left already.
            return
        prepared = self._controller.prepared
        try:
            dataset = make_dataset(dialog.table, choices)
            spec = origin.spec(dialog.table, choices)
            edited = edits.with_table(
                self._state.experiment,
                spec,
                dataset.task,
                prepared.task if prepared is not None else "",
                dataset.n_features,
            )
        except (NnvizError, ValueError) as error:
            self._controller.message.emit("error", str(error))
            return
        changes_roles = origin.present is not None
        self._state.edit(edited, self.tr("change columns") if changes_roles else self.tr("open data"))
        if isinstance(origin.source, Path) and not changes_roles:
            self.opened.emit(origin.source)
