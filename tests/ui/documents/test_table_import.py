"""Tables of the user's own, through the window: opened, dropped, pasted, refused, and their roles changed later."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from nnviz.experiment import Experiment
from nnviz.ui.documents.column_roles import BECOMES, KIND, MISSING, NAME, ROLE
from nnviz.ui.documents.import_dialog import ImportDialog
from nnviz.ui.window.main_window import MainWindow

CASES = Path(__file__).parents[2] / "data" / "cases"
SCHOOL = (
    "id;Größe (cm);Gewicht;Ort;bestanden\n"
    "1;171,5;70;Bonn;ja\n2;165;;Bonn;nein\n3;180,25;82;Köln;ja\n4;171;77;Köln;nein\n5;168;64;Bonn;ja\n6;190;90;Köln;ja\n"
)


@pytest.fixture
def school(tmp_path: Path) -> Path:
    path = tmp_path / "school.csv"
    path.write_text(SCHOOL, encoding="utf-8")
    return path


@pytest.fixture
def heard(window: MainWindow) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    window.controller.message.connect(lambda severity, sentence: told.append((severity, sentence)))
    return told


def dialog_of(window: MainWindow, qtbot: QtBot) -> ImportDialog:
    """Wait for the import dialog."""
    tables = window.document_actions.tables
    qtbot.waitUntil(lambda: tables.dialog is not None, timeout=20_000)
    assert tables.dialog is not None
    return tables.dialog


def open_table(window: MainWindow, qtbot: QtBot, path: Path) -> ImportDialog:
    window.document_actions.open_by_user(str(path))
    return dialog_of(window, qtbot)


def texts(dialog: ImportDialog, column: int) -> list[str]:
    return [dialog.roles.index(row, column).data() for row in range(dialog.roles.rowCount())]


def set_cell(dialog: ImportDialog, name: str, column: int, value: str) -> None:
    row = [each.name for each in dialog.table.columns].index(name)
    assert dialog.roles.flags(dialog.roles.index(row, column)) & Qt.ItemFlag.ItemIsEditable
    assert dialog.roles.setData(dialog.roles.index(row, column), value)


def accept(window: MainWindow, dialog: ImportDialog) -> None:
    assert dialog.open_button.isEnabled()
    dialog.open_button.click()
    window.controller.wait_idle()


def test_a_table_is_shown_then_opened_and_undone(window: MainWindow, qtbot: QtBot, school: Path) -> None:
    before = window.state.experiment
    dialog = open_table(window, qtbot, school)
    assert window.state.experiment is before
    assert texts(dialog, NAME) == ["id", "Größe (cm)", "Gewicht", "Ort", "bestanden"]
    assert texts(dialog, ROLE) == ["left out", "feature", "feature", "feature", "target"]
    assert texts(dialog, KIND)[1:] == ["number", "number", "category", "category"]
    assert dialog.shape.text() == "4 inputs → 2 classes, 5 of 6 rows"
    assert dialog.preview.model().index(1, 2).data() == ""
    assert dialog.preview.model().headerData(0, Qt.Orientation.Vertical) == 2
    accept(window, dialog)
    dataset = window.controller.prepared.dataset
    assert dataset.feature_names == ("Größe (cm)", "Gewicht", "Ort=Bonn", "Ort=Köln")
    np.testing.assert_allclose(dataset.X[:, 0], [171.5, 180.25, 171.0, 168.0, 190.0])
    assert window.state.undo_stack.undoText() == "open data"
    assert str(school.resolve()) in str(window.document_actions.recent.paths)
    window.state.undo_stack.undo()
    window.controller.wait_idle()
    assert window.state.experiment == before


def test_roles_types_and_missing_cells_can_be_chosen(window: MainWindow, qtbot: QtBot, school: Path) -> None:
    dialog = open_table(window, qtbot, school)
    assert not dialog.reset.isEnabled()
    set_cell(dialog, "Gewicht", MISSING, "median")
    set_cell(dialog, "Ort", ROLE, "ignored")
    assert texts(dialog, KIND)[3] == "–"
    assert dialog.roles.index(3, ROLE).data(Qt.ItemDataRole.FontRole).bold()
    assert not dialog.roles.index(1, ROLE).data(Qt.ItemDataRole.FontRole).bold()
    assert dialog.shape.text() == "2 inputs → 2 classes, 6 of 6 rows"
    accept(window, dialog)
    dataset = window.controller.prepared.dataset
    assert dataset.feature_names == ("Größe (cm)", "Gewicht")
    assert dataset.X[1, 1] == np.median([70, 82, 77, 64, 90])


def test_reset_brings_the_proposal_back(window: MainWindow, qtbot: QtBot, school: Path) -> None:
    dialog = open_table(window, qtbot, school)
    proposed = dialog.roles.choices
    set_cell(dialog, "Gewicht", ROLE, "target")
    assert texts(dialog, ROLE)[4] == "feature"
    assert "regression" in dialog.shape.text() or "number" in dialog.shape.text() or not dialog.bars.isVisibleTo(dialog)
    dialog.reset.click()
    assert dialog.roles.choices == proposed
    assert not dialog.reset.isEnabled()
    dialog.reject()


def test_a_bad_choice_is_told_in_the_dialog_and_cannot_be_opened(
    window: MainWindow, qtbot: QtBot, school: Path
) -> None:
    dialog = open_table(window, qtbot, school)
    for name in ("Größe (cm)", "Gewicht", "Ort"):
        set_cell(dialog, name, ROLE, "ignored")
    assert dialog.problem.text()
    assert not dialog.open_button.isEnabled()
    dialog.reject()
    assert window.state.undo_stack.count() == 0


def test_a_cell_is_edited_with_a_list(window: MainWindow, qtbot: QtBot, school: Path) -> None:
    dialog = open_table(window, qtbot, school)
    index = dialog.roles.index(2, ROLE)
    dialog.editor.setCurrentIndex(index)
    box = dialog.editor.findChild(QComboBox)
    assert [box.itemText(k) for k in range(box.count())] == ["feature", "target", "left out"]
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert index.data() == "left out"
    assert dialog.roles.index(2, BECOMES).data().startswith("left out")
    dialog.reject()


def test_roles_are_changed_later_in_the_same_dialog(window: MainWindow, qtbot: QtBot, school: Path) -> None:
    assert not window.actions_.columns.isEnabled()
    dialog = open_table(window, qtbot, school)
    set_cell(dialog, "Ort", ROLE, "ignored")
    accept(window, dialog)
    assert window.actions_.columns.isEnabled()
    assert window.setup_panel.data_section.columns_button.isVisibleTo(window)
    window.actions_.columns.trigger()
    again = dialog_of(window, qtbot)
    assert texts(again, ROLE) == ["left out", "feature", "feature", "left out", "target"]
    set_cell(again, "Gewicht", ROLE, "ignored")
    accept(window, again)
    assert window.controller.prepared.dataset.feature_names == ("Größe (cm)",)
    assert window.state.undo_stack.undoText() == "change columns"


def test_cells_of_a_spreadsheet_are_pasted_and_carried_along(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    QApplication.clipboard().setText("x\ty\tkind\n1\t2\ta\n2\t1\tb\n3\t5\ta\n0\t4\tb\n")
    window.actions_.paste_data.trigger()
    accept(window, dialog_of(window, qtbot))
    assert window.controller.prepared.dataset.feature_names == ("x", "y")
    assert window.document_actions.save_to(tmp_path / "pasted.nnviz")
    loaded = Experiment.load(tmp_path / "pasted.nnviz")
    np.testing.assert_array_equal(loaded.prepared().dataset.X, [[1, 2], [2, 1], [3, 5], [0, 4]])
    assert loaded.prepared().class_names == ("a", "b")


def test_an_empty_clipboard_is_told(window: MainWindow, heard: list[tuple[str, str]]) -> None:
    QApplication.clipboard().clear()
    window.actions_.paste_data.trigger()
    assert [severity for severity, _ in heard] == ["error"]
    assert "clipboard" in heard[0][1]


def test_a_file_is_dropped_on_the_window(window: MainWindow, qtbot: QtBot, school: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(school))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(QPoint(300, 300)), Qt.DropAction.CopyAction, mime, buttons, keys))
    accept(window, dialog_of(window, qtbot))
    assert window.controller.prepared.dataset.n_samples == 5


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("page.csv", b"<!DOCTYPE html><html><body>no</body></html>"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("one.csv", b"a,b\n1,x\n"),
    ],
)
def test_a_refusal_is_one_sentence_and_changes_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, heard: list[tuple[str, str]], name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    before, run_id = window.state.experiment, window.controller.run_id
    window.play()
    window.document_actions.open_by_user(str(tmp_path / name))
    tables = window.document_actions.tables
    qtbot.waitUntil(lambda: bool(heard) or tables.dialog is not None, timeout=20_000)
    if tables.dialog is not None:
        # What can be read but not learnt from is told in the dialog.
        assert tables.dialog.problem.text()
        assert not tables.dialog.open_button.isEnabled()
        tables.dialog.reject()
    else:
        assert [severity for severity, _ in heard] == ["error"]
        assert name in heard[0][1]
        assert "Traceback" not in heard[0][1]
    assert window.state.experiment is before
    assert window.controller.run_id == run_id
    assert window.is_training
    assert not tables.is_reading


def test_short_rows_are_filled_if_the_user_agrees(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("a,b,kind\n1,2,x\n3,4\n5,6,y\n7,8,x\n9,1,y\n")
    window.document_actions.open_by_user(str(path))
    tables = window.document_actions.tables
    qtbot.waitUntil(lambda: tables.question is not None, timeout=20_000)
    assert "short.csv" in tables.question.text()
    tables.question.defaultButton().click()
    dialog = dialog_of(window, qtbot)
    assert dialog.table.n_rows == 5
    accept(window, dialog)
    assert window.controller.prepared.dataset.n_samples == 4
    assert window.state.experiment.data.table.fill_short_rows


def test_hostile_names_are_shown_inert(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "hostile.csv"
    path.write_text(f"<b>bold</b>,\u202eevil,{'long' * 2500},kind\n" + "1,2,3,x\n4,5,7,<img src=x>\n6,7,8,x\n2,2,1,x\n")
    dialog = open_table(window, qtbot, path)
    names = texts(dialog, NAME)
    assert "<b>" not in names[0]
    assert "\u202e" not in names[1]
    assert len(names[2]) <= 40
    accept(window, dialog)
    assert window.controller.prepared.dataset.n_features == 3


def test_reading_ends_with_the_window(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text("a,b,kind\n" + "1.5,2.25,x\n3.5,4.75,y\n" * 100_000)
    window.document_actions.open_by_user(str(path))
    assert window.document_actions.tables.is_reading
    window.close()
    assert not window.document_actions.tables.is_reading
    assert window.document_actions.tables.dialog is None


def test_hidden_layers_stay_and_the_output_follows_the_table(window: MainWindow, qtbot: QtBot, school: Path) -> None:
    hidden = window.state.experiment.network.hidden
    dialog = open_table(window, qtbot, school)
    set_cell(dialog, "Gewicht", ROLE, "target")
    dialog.task.setCurrentIndex(dialog.task.findData("regression"))
    dialog.task.activated.emit(dialog.task.currentIndex())
    accept(window, dialog)
    assert window.state.experiment.network.hidden == hidden
    assert window.controller.prepared.task == "regression"
    assert window.controller.frame.activations[-1] == "linear"


def test_one_click_joins_spellings(window: MainWindow, qtbot: QtBot) -> None:
    dialog = open_table(window, qtbot, CASES / "label_case.csv")
    assert "5 classes" in dialog.shape.text()
    (button,) = dialog.offers.buttons
    assert button.toolTip() == "Join the spellings in 'answer'"
    button.click()
    assert "2 classes" in dialog.shape.text()
    assert dialog.offers.buttons == []
    assert dialog.offers.isHidden()
    accept(window, dialog)
    assert window.controller.prepared.class_names == ("no", "yes")
    assert window.state.experiment.data.table.columns["answer"].joined


def test_missing_cells_are_counted_at_every_column(window: MainWindow, qtbot: QtBot) -> None:
    dialog = open_table(window, qtbot, CASES / "deals.arff")
    assert texts(dialog, MISSING)[:3] == ["8: column's median", "17: column's median", "15: most frequent"]
    assert texts(dialog, MISSING)[-1] == "none"
    (button,) = dialog.offers.buttons
    button.click()
    assert dialog.problem.text()
    assert texts(dialog, MISSING)[0] == "8: drop the row"
    dialog.reject()


def test_the_sheet_that_was_read_is_chosen_and_kept(window: MainWindow, qtbot: QtBot) -> None:
    pytest.importorskip("python_calamine")
    dialog = open_table(window, qtbot, CASES / "readme_first.xlsx")
    assert [dialog.sheets.itemText(row) for row in range(dialog.sheets.count())] == ["Read me", "Data"]
    assert dialog.sheets.currentText() == "Data"
    accept(window, dialog)
    assert window.state.experiment.data.table.sheet == "Data"


def test_a_table_of_0_1_keeps_its_rules_when_roles_change(window: MainWindow, qtbot: QtBot) -> None:
    text = "plan,a,c\n" + "".join(f"{['none', 'bank', 'stores'][i % 3]},{i * 1.5},{'xy'[i % 2]}\n" for i in range(24))
    window.state.replace(Experiment(data={"table": {"text": text, "rules": 1}}))
    window.actions_.columns.trigger()
    dialog = dialog_of(window, qtbot)
    assert dialog.shape.text().endswith("16 of 24 rows")
    set_cell(dialog, "plan", ROLE, "ignored")
    accept(window, dialog)
    assert window.state.experiment.data.table.rules == 1
