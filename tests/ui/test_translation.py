"""Whatever people can read passes through Qt's translation: a translator marks it, and nothing unmarked may be seen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html import unescape
from itertools import product
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QDialog,
)

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.errors import DataError, ExperimentError, SettingError
from nnviz.core.translation import counted, set_translation
from nnviz.data import default_choices, make_dataset, open_table, summarise
from nnviz.drawing.diagram import EdgeId
from nnviz.experiment.document import load_document
from nnviz.experiment.edits import with_optimizer, with_schedule
from nnviz.experiment.lessons import LESSONS
from nnviz.experiment.schema import DataSpec, ViewSpec
from nnviz.export.plots import save_svg
from nnviz.ui.form.number_field import NumberField
from nnviz.ui.widgets.help_text import install_translation
from nnviz.ui.window.main_window import MainWindow
from tests.sources import PACKAGE, files, name_of, nodes_of
from tests.ui.conftest import OpenWindow, show_another
from tests.ui.translation_marks import items_of_models, left_over, unmarked


def visit(window: MainWindow) -> Iterator[None]:
    """Lead `window` through data sets, an opened unit and weight, and a tried input; stop at each."""
    window.resize(1900, 1000)
    yield
    for data in ("iris", "moons", "sine"):
        present = window.state.experiment
        window.state.edit(present.edited(data=DataSpec(name=data)), QCoreApplication.translate("test", "choose data"))
        window.controller.wait_idle()
        edited = with_schedule(with_optimizer(window.state.experiment, "adam"), "cosine")
        window.state.edit(edited, QCoreApplication.translate("test", "choose training"))
        window.step()
        window.controller.wait_idle()
        window.diagram_area.diagram.select((1, 0))
        yield
        window.diagram_area.diagram.select(EdgeId(1, 0, 0))
        yield
        window.actions_.try_input.setChecked(True)
        yield


@pytest.mark.usefixtures("marking")
def test_everything_in_the_window_can_be_translated(open_window: OpenWindow, painted: set[str]) -> None:
    window = open_window()
    found: set[str] = set()
    for _ in visit(window):
        found |= unmarked(window)
        window.grab()
    found |= {text for text in items_of_models(window) if left_over(text)}
    assert found == set()
    assert {text for text in painted if left_over(text)} == set()
    assert any("«" in text for text in painted)


@pytest.mark.usefixtures("marking")
@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_dialogs_can_be_translated(window: MainWindow) -> None:
    actions = window.actions_
    for action in (actions.teacher_view, actions.shortcut_sheet):
        action.trigger()
    dialogs = window.findChildren(QDialog)
    assert len(dialogs) == 2
    assert set().union(*(unmarked(dialog) for dialog in dialogs)) == set()
    for dialog in dialogs:
        dialog.close()


@pytest.mark.usefixtures("marking")
def test_lessons_and_their_notes_can_be_translated(open_window: OpenWindow) -> None:
    name, lesson = next(iter(LESSONS.items()))
    window = open_window()
    assert window.document_actions.open_path(name)
    window.controller.wait_idle()
    assert window.notes_bar.title.text().startswith("«")
    assert window.notes_bar.text.text() == f"«{lesson.help}»"
    assert all(not left_over(action.text()) for action in window.lessons.menus.actions_())


@pytest.mark.usefixtures("marking")
def test_saved_pictures_can_be_translated(window: MainWindow, tmp_path: Path) -> None:
    for data, curve in product(("moons", "sine"), ("loss", "score", "learning_rate")):
        show_another(window, data=DataSpec(name=data), view=ViewSpec(curve=curve))
        window.step()
        window.controller.wait_idle()
        for view in (window.boundary_view, window.loss_view, window.diagram_area):
            figure = view.figure()
            assert figure is not None
            save_svg(figure, tmp_path / "figure.svg")
            texts = re.findall(r"<text[^>]*>([^<]*)</text>", (tmp_path / "figure.svg").read_text())
            assert any("«" in text for text in texts), (data, curve, figure.name)
            assert [text for text in texts if left_over(unescape(text).strip())] == []


@pytest.mark.usefixtures("marking")
def test_what_a_number_field_says_can_be_translated(window: MainWindow) -> None:
    section = window.setup_panel.training_section
    rows = (section.rate_row, section.batch_row, section.l2_row, section.dropout_row)
    for typed, row in product(("many", "1e9", "-4"), rows):
        field = row.control.focus_widget()
        field = field if isinstance(field, NumberField) else row.control.findChild(NumberField)
        field.setText(typed)
        field.setModified(True)
        field.commit()
        if row.error is not None:
            assert left_over(row.error.text().replace(f"“{typed}”", "")) == ""
        if row is section.rate_row:
            assert row.error is not None, typed
            assert row.error.text().startswith("«")


@pytest.mark.usefixtures("marking")
def test_sentences_of_modules_without_qt_can_be_translated(window: MainWindow) -> None:
    with pytest.raises(SettingError, match=r"^«There is no «activation» called"):
        ACTIVATIONS["rleu"]
    with pytest.raises(ExperimentError, match=r"^«There is no lesson"):
        load_document("no such thing")
    assert left_over(str(SettingError("{0} must be a number.", 5))) == ""
    assert window.isVisible()


#: Tables about which there is much to say.
TELLING_TABLES = {
    "preamble, blank rows, units, dates": (
        "made by hand\n\nrow,when,share,value,const,label\n"
        + "".join(f"{k},2024-01-{k:02d},{k} %,{k}.5,7,{'ab'[k % 2]}\n" for k in range(1, 29))
        + ",,,,,\n"
    ),
    "decimal commas, strays, missing": (
        "x;y;z;kind\n"
        + "".join(f"{k},5;{k * k};{'stray' if k == 9 else k};{'uvw'[k % 3]}\n" for k in range(1, 30))
        + ";4;5;u\n1,5;?;2;v\n"
    ),
    "no header": "".join(f"{k} {k * k} {k % 3}\n" for k in range(30)),
    "same names, comments": "# a comment\na,a,,b\n"
    + "".join(f"{k},{k % 5},{k % 7},{'pq'[k % 2]}\n" for k in range(30)),
    "categories": "c,d,y\n" + "".join(f"{'rgb'[k % 3]},{'mn'[k % 2]},{k}.25\n" for k in range(30)) + "r,,\n",
    "one hot": "x,k=a,k=b\n" + "".join(f"{k}.5,{k % 2},{1 - k % 2}\n" for k in range(30)),
    "ids and texts": "id,name,v,t\n" + "".join(f"{900 + 7 * k},n{k}q,{k}.5,{k % 2}\n" for k in range(30)),
}
REFUSED_TABLES = {
    "ragged": "a,b\n1,2\n3\n4,5\n6,7\n",
    "mostly ragged": "a,b,c\n1,2,3\n3\n4,5\n6,7\n",
    "too long": "a,b\n1,2\n3,4,5\n6,7\n8,9\n",
    "one class": "a,b\n" + "".join(f"{k},x\n" for k in range(9)),
    "one column": "a\n1\n2\n3\n",
    "labels all different": "a,b\n" + "".join(f"{k},w{k}\n" for k in range(30)),
    "quote": 'a,b\n1,"2\n3,4\n',
    "web page": "<html><body>no table</body></html>",
    "empty": "   \n",
}


def what_is_left(texts: Iterator[str]) -> list[str]:
    """Return what no translation would reach, names and cells of the table apart."""
    return [text for text in texts if left_over(re.sub(r"'[^']*'|t\.csv", "", text))]


def said_of(content: bytes) -> Iterator[str]:
    """Yield every sentence about a table and what would become of it."""
    table = open_table(content, name="t.csv")
    yield from (table.dialect, *table.notes)
    yield from (column.reason for column in table.columns)
    for missing in ("drop", "mean", "median", "most_frequent"):
        choices = default_choices(table)
        columns = {name: replace(choice, missing=missing) for name, choice in choices.columns.items()}
        for columns_ in (choices.columns, columns):
            summary = summarise(table, replace(choices, columns=columns_))
            yield from (summary.problem, summary.shape, *summary.warnings)
            yield from (re.sub(r": [^«]*$", "", text) for text in summary.becomes.values())


@pytest.mark.usefixtures("marking", "window")
def test_what_is_said_of_a_table_can_be_translated() -> None:
    for name, table in TELLING_TABLES.items():
        texts = list(said_of(table.encode()))
        assert sum("«" in text for text in texts) > 5, name
        assert what_is_left(iter(texts)) == [], name


def read(content: bytes) -> None:
    table = open_table(content, name="t.csv")
    make_dataset(table, default_choices(table))


@pytest.mark.usefixtures("marking", "window")
def test_why_a_table_is_refused_can_be_translated() -> None:
    for name, table in REFUSED_TABLES.items():
        with pytest.raises(DataError) as caught:
            read(table.encode())
        assert str(caught.value).startswith("«"), name
        assert what_is_left(iter([str(caught.value)])) == [], name


def test_a_sentence_about_one_thing_and_about_many_are_two() -> None:
    assert counted(1, "{0} row is {1}.", "{0} rows are {1}.", "short") == "1 row is short."
    assert counted(3, "{0} row is {1}.", "{0} rows are {1}.", "short") == "3 rows are short."
    asked: list[tuple[str, int]] = []

    def note(text: str, n: int) -> str:
        asked.append((text, n))
        return text

    set_translation(note)
    counted(4, "{0} row", "{0} rows")
    install_translation()
    assert asked == [("{0} rows", 4)]


@pytest.mark.usefixtures("marking")
def test_the_title_of_a_lesson_can_be_translated(window: MainWindow) -> None:
    assert window.document_actions.open_path(next(iter(LESSONS)))
    assert left_over(window.windowTitle()) == ""


def test_sentences_are_english_without_a_translation() -> None:
    assert str(SettingError("{0} must be at most {1:g}.", "Rate", 0.5)) == "Rate must be at most 0.5."
    assert str(SettingError("Braces {} stay.")) == "Braces {} stay."


def sources(*folders: str) -> Iterator[tuple[str, ast.Call]]:
    """Yield where each call in our modules is, and the call."""
    for path in files(*folders):
        for node in nodes_of(path.read_text(encoding="utf-8")):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node


def test_no_error_is_assembled_from_fragments_and_only_whole_texts_are_translated() -> None:
    """`tr` of something put together would find no translation."""
    whole = {"NnvizError", "DataError", "SettingError", "ExperimentError", "ShortRowsError"}
    whole |= {"tr", "_tr", "translated", "counted", "table_text"}
    joined = [
        where
        for where, call in sources()
        if name_of(call) in whole and call.args and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert joined == []


def test_no_reason_in_a_file_is_assembled_from_fragments() -> None:
    """What a field of an experiment file refuses becomes part of a sentence."""
    untranslated = [
        where
        for where, call in sources("experiment")
        if name_of(call) == "ValueError"
        and call.args
        and not isinstance(call.args[0], ast.Call)
        # Caught where it is raised.
        and "short_text" not in where
    ]
    assert untranslated == []


def test_no_note_is_assembled_from_fragments() -> None:
    joined = [
        where
        for where, call in sources("data")
        if name_of(call) == "append"
        and isinstance(call.func, ast.Attribute)
        and getattr(call.func.value, "id", getattr(call.func.value, "attr", "")) in {"notes", "sentences", "remarks"}
        and isinstance(call.args[0], ast.JoinedStr | ast.BinOp | ast.Constant)
    ]
    assert joined == []
