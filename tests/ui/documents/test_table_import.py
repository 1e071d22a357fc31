"""Tables of the user's own, through the window: opened, dropped, pasted, refused, and their roles changed later."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from nnviz.data import open_table as read
from nnviz.drawing.theme import LIGHT
from nnviz.experiment import Experiment
from nnviz.ui.documents.column_roles import BECOMES, KIND, MISSING, NAME, ROLE, ColumnRoles
from nnviz.ui.documents.import_dialog import ImportDialog
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import show_another

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


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_one_click_opens_a_list_and_several_columns_are_changed_at_once(
    window: MainWindow, qtbot: QtBot, school: Path
) -> None:
    dialog = open_table(window, qtbot, school)
    table, roles = dialog.editor, dialog.roles

    def click(row: int, column: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        place = table.visualRect(roles.index(row, column)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, place)

    def choose(words: str) -> None:
        assert table.menu is not None
        (action,) = [action for action in table.menu.actions() if action.text() == words]
        table.menu.close()
        action.trigger()

    click(2, ROLE)
    assert [action.text() for action in table.menu.actions()] == ["feature", "target", "leave out"]
    assert [action.isChecked() for action in table.menu.actions()] == [True, False, False]
    choose("leave out")
    assert texts(dialog, ROLE)[2] == "left out"
    assert roles.index(2, BECOMES).data().startswith("left out")

    # Shift selects more and opens nothing; a click on a cell of a selected row chooses for all of them.
    click(1, NAME)
    click(3, ROLE, Qt.KeyboardModifier.ShiftModifier)
    assert table.selected_rows == [1, 2, 3]
    assert table.menu is None
    click(2, ROLE)
    assert table.selected_rows == [1, 2, 3]
    choose("leave out")
    assert texts(dialog, ROLE)[1:4] == ["left out"] * 3
    assert dialog.problem.text()
    choose_again = [action for action in _changes(dialog) if action.text() == "feature"]
    choose_again[0].trigger()
    assert texts(dialog, ROLE)[1:4] == ["feature"] * 3

    # The groups: all numbers but the target, and all with gaps.
    dialog.selection.groups["numeric"].click()
    assert table.selected_rows == [0, 1, 2]
    assert dialog.selection.change.text() == "change 3 columns ▾"
    dialog.selection.groups["gaps"].click()
    assert table.selected_rows == [2]
    (median,) = [action for action in _changes(dialog) if action.text() == "fill with the median"]
    median.trigger()
    assert texts(dialog, MISSING) == ["none", "none", "1: median", "none", "none"]
    qtbot.keyClick(table, Qt.Key.Key_Space)
    table.setCurrentIndex(roles.index(3, ROLE))
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert table.menu is not None
    table.menu.close()
    dialog.reject()


def _changes(dialog: ImportDialog) -> list[QAction]:
    """Return what the button above the table offers for the selected columns."""
    menu = dialog.selection.change.menu()
    menu.aboutToShow.emit()
    return [action for part in menu.actions() for action in part.menu().actions()]


def test_a_mean_for_several_columns_is_the_most_frequent_value_of_categories(qtbot: QtBot) -> None:
    roles = ColumnRoles(read(CASES / "deals.arff"))
    roles.put(roles.rows_of("gaps"), MISSING, "drop")
    assert roles.summary.problem
    roles.put(roles.rows_of("all"), MISSING, "mean")
    shown = [roles.index(row, MISSING).data() for row in range(roles.rowCount())]
    assert shown == ["8: mean", "17: mean", "15: most frequent", "22: most frequent", "17: mean", "none"]
    roles.put([0, 4], ROLE, "target")
    assert roles.choices.targets == ("raise", "days")
    assert roles.summary.shape.startswith("6 inputs → 2 numbers") or not roles.summary.problem


def test_the_type_of_a_target_is_what_is_predicted(qtbot: QtBot) -> None:
    roles = ColumnRoles(read(CASES / "y_first.csv"))
    kind = roles.index(0, KIND)
    assert kind.data() == "category"
    assert roles.setData(kind, "numeric")
    assert roles.choices.task == "regression"
    assert kind.data() == "number"
    dates = ColumnRoles(read(CASES / "visitors.csv"))
    assert dates.index(0, KIND).data() == "date"
    assert dates.index(0, BECOMES).data() == "1 input: Date (days since 2021-01-01)"


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir() if path.suffix not in (".xlsx", ".md")))
def test_nothing_is_cut_at_1280_by_720(qtbot: QtBot, name: str) -> None:
    dialog = ImportDialog(read(CASES / name), LIGHT)
    qtbot.addWidget(dialog)
    dialog.resize(1177, 662)
    dialog.show()
    table, metrics = dialog.editor, dialog.editor.fontMetrics()
    assert table.horizontalScrollBar().maximum() == 0
    for row in range(min(table.model().rowCount(), 30)):
        for column in (ROLE, KIND, MISSING):
            text = f"{dialog.roles.index(row, column).data()} ▾"
            assert metrics.horizontalAdvance(text) + 12 <= table.columnWidth(column), text
    # A name is cut only where the last column would not have its words either.
    names = [str(dialog.roles.index(row, NAME).data()) for row in range(min(table.model().rowCount(), 30))]
    is_cut = any(metrics.horizontalAdvance(text) + 12 > table.columnWidth(NAME) for text in names)
    assert not is_cut or table.columnWidth(BECOMES) <= 24 * metrics.averageCharWidth()
    for box in (dialog.task, dialog.sheets):
        text = box.currentText()
        assert box.fontMetrics().horizontalAdvance(text) + 30 <= box.width() or box.isHidden(), text
    dialog.close()


def test_a_long_name_above_the_rows_is_whole_where_they_leave_room(qtbot: QtBot, tmp_path: Path) -> None:
    name, path = "hours a week before a screen at home", tmp_path / "class.csv"
    path.write_text(f"{name},grade\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(12)))
    dialog = ImportDialog(read(path), LIGHT)
    qtbot.addWidget(dialog)
    dialog.resize(1177, 662)
    dialog.show()
    header = dialog.preview.horizontalHeader()
    assert dialog.preview.fontMetrics().horizontalAdvance(name) + 12 <= header.sectionSize(0)
    assert header.length() <= dialog.preview.viewport().width()


def test_the_labels_of_pictures_are_asked_for(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures, labels = tmp_path / "pictures", tmp_path / "elsewhere" / "answers"
    labels.parent.mkdir()
    pictures.write_bytes((CASES / "t10k-images-idx3-ubyte.gz").read_bytes())
    labels.write_bytes((CASES / "t10k-labels-idx1-ubyte.gz").read_bytes())
    asked = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (asked.append(given) or str(labels), ""))
    window.document_actions.open_by_user(str(pictures))
    tables = window.document_actions.tables
    qtbot.waitUntil(lambda: tables.question is not None, timeout=20_000)
    assert "without their labels" in tables.question.text()
    tables.question.defaultButton().click()
    dialog = dialog_of(window, qtbot)
    assert "the other file is 'answers'" in dialog.warnings.text()
    accept(window, dialog)
    assert window.controller.prepared.dataset.image_shape == (8, 8)
    assert len(asked) == 1
    # It is kept, relative to the document as the pictures are.
    assert window.document_actions.save_to(tmp_path / "both.nnviz")
    loaded = Experiment.load(tmp_path / "both.nnviz")
    assert loaded.data.table.partner == str(labels)
    assert loaded.prepared().dataset.n_samples == 20


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
    # A dialog that has been left answers no more.
    window.actions_.columns.trigger()
    left, steps = dialog_of(window, qtbot), window.state.undo_stack.count()
    set_cell(left, "Gewicht", ROLE, "feature")
    left.reject()
    left._on_accepted()
    assert window.state.undo_stack.count() == steps
    # Nor is one shown where the table is that of another document once it has been read.
    tables = window.document_actions.tables
    window.actions_.columns.trigger()
    assert tables.is_reading
    show_another(window)
    qtbot.waitUntil(lambda: not tables.is_reading, timeout=20_000)
    assert tables.dialog is None


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
    assert texts(dialog, MISSING)[:3] == ["8: median", "17: median", "15: most frequent"]
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
