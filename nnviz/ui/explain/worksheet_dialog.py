"""*Worksheet…*: which results are left blank, how many variants there are, and where the PDF goes."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from nnviz.core.errors import NnvizError
from nnviz.core.explain.rounding import FEWEST, MOST
from nnviz.core.explain.worksheet import BlankChoice
from nnviz.export.worksheets import save_worksheet
from nnviz.session.worksheets import WorksheetExamples
from nnviz.ui.widgets.file_dialogs import file_to_save
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.number_box import CountBox

MOST_VARIANTS, MOST_EVERY, LARGEST_SEED = 40, 20, 9999
KINDS = "PDF (*.pdf)"


class WorksheetDialog(QDialog):
    """Asks for what is left blank, and writes a worksheet and its key.

    Parameters
    ----------
    examples : WorksheetExamples
    n_layers : int
        Of the network.
    digits : int or None
        As of the sheet in the window.
    parent : QWidget

    Attributes
    ----------
    files : tuple of Path
        What has been written.
    """

    def __init__(self, examples: WorksheetExamples, n_layers: int, digits: int | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._examples = examples
        self.files: tuple[object, ...] = ()
        self.setWindowTitle(self.tr("Worksheet"))
        tr = self.tr
        self.blanks, self.digits = QComboBox(self), QComboBox(self)
        for number in range(1, MOST_EVERY + 1):
            text = tr("every result") if number == 1 else tr("every {0}. result").format(number)
            self.blanks.addItem(text, BlankChoice("every", number))
        for layer in range(1, n_layers + 1):
            self.blanks.addItem(tr("all results of layer {0}").format(layer), BlankChoice("layer", layer))
        self.blanks.addItem(tr("only the update"), BlankChoice("update"))
        self.digits.addItem(tr("exact"), None)
        for count in range(FEWEST, MOST + 1):
            self.digits.addItem(tr("{0} digits").format(count), count)
        self.digits.setCurrentIndex(self.digits.findData(FEWEST if digits is None else digits))
        self.variants, self.seed = CountBox(self), CountBox(self)
        self.variants.setRange(1, MOST_VARIANTS)
        self.seed.setRange(0, LARGEST_SEED)
        form = QFormLayout()
        rows: tuple[tuple[str, QWidget, str], ...] = (
            (tr("left blank"), self.blanks, tr("Which results pupils fill in; the key has all of them")),
            (tr("digits"), self.digits, tr("How numbers are rounded; what is written down is used on")),
            (tr("variants"), self.variants, tr("How many sheets there are, each about another training row")),
            (tr("seed"), self.seed, tr("Which training rows are drawn; the same number draws the same ones again")),
        )
        for name, field, tooltip in rows:
            field.setToolTip(tooltip)
            field.setAccessibleName(name)
            form.addRow(name, field)
        self.message = QLabel(self)
        self.message.setProperty("role", "error")
        self.message.setWordWrap(True)
        self.message.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, self)
        self.save_button = buttons.button(QDialogButtonBox.StandardButton.Save)
        buttons.accepted.connect(self._on_save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        add_layout(column, form)
        column.addWidget(self.message)
        column.addWidget(buttons)
        examples.made.connect(self._on_made)
        examples.complained.connect(self._on_complained)

    @Slot()
    def _on_save(self) -> None:
        self.save_button.setEnabled(False)
        self._examples.ask(self.variants.value(), self.seed.value(), self.digits.currentData())

    @Slot(object)
    def _on_made(self, worked: object) -> None:
        self.save_button.setEnabled(True)
        assert isinstance(worked, list)
        path = file_to_save(self, self.tr("Save worksheet"), self.tr("worksheet.pdf"), KINDS, ".pdf")
        if path is None:
            return
        try:
            self.files = save_worksheet(path, worked, self.blanks.currentData())
        except NnvizError as error:
            self._on_complained(str(error))
        else:
            self.accept()

    @Slot(str)
    def _on_complained(self, sentence: str) -> None:
        self.save_button.setEnabled(True)
        self.message.setText(sentence)
        self.message.show()
