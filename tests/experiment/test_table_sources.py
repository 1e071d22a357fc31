"""Tables in experiments: the choices that a file keeps, and tables that the experiment carries along."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nnviz.core.errors import ExperimentError
from nnviz.data import default_choices, open_table
from nnviz.experiment import DataSpec, Experiment, TableSource
from nnviz.experiment.document import Document, is_table, load_document, save_document
from nnviz.experiment.prepare import prepare
from nnviz.experiment.short_text import from_short_text, to_short_text
from nnviz.experiment.sources import TABLE_PATTERNS, load_source, open_source

TEXT = "id,parameters,b,c\r\n" + "".join(f"{i},{i * 1.5},{'uvw'[i % 3]},{'xy'[i % 2]}\r\n" for i in range(1, 31))


@pytest.fixture
def table():
    return open_table(TEXT.encode(), name="t.csv")


def changed(table):
    """Return choices that differ from the proposal in three ways."""
    choices = default_choices(table, target="b")
    columns = dict(choices.columns)
    columns["id"] = replace(columns["id"], role="feature")
    columns["parameters"] = replace(columns["parameters"], missing="median")
    return replace(choices, columns=columns)


def of(source: TableSource) -> Experiment:
    return Experiment(data=DataSpec(name=None, table=source))


def test_the_proposal_needs_no_words(table):
    assert TableSource.of(default_choices(table), path="t.csv", table=table) == TableSource(path="t.csv")


def test_choices_come_back(table):
    choices = changed(table)
    source = TableSource.of(choices, path="t.csv", table=table)
    assert list(source.columns) == ["id", "parameters"]
    assert source.choices(table) == choices
    assert TableSource.of(choices, path="t.csv").choices(table) == choices


@pytest.mark.parametrize("suffix", [".toml", ".nnviz"])
def test_a_table_is_saved_with_its_choices(table, tmp_path, suffix):
    experiment = of(TableSource.of(changed(table), text=TEXT, table=table))
    save_document(Document(experiment), tmp_path / f"e{suffix}")
    loaded = load_document(tmp_path / f"e{suffix}").experiment
    assert loaded == experiment
    assert prepare(loaded).dataset.feature_names == ("id", "parameters", "c=x", "c=y")


@pytest.mark.parametrize("target", [None, "c", ("b", "c")])
def test_choices_go_through_short_text(target, table):
    source = TableSource.of(changed(table), path="a b.csv", table=table).edited(target=target, sheet="One,two")
    assert from_short_text(to_short_text(of(source))) == of(source)


def test_old_files_and_short_ones(tmp_path):
    (tmp_path / "t.csv").write_text(TEXT)
    (tmp_path / "e.toml").write_text("[data.table]\npath = 't.csv'\ntarget = 'c'\n")
    experiment = load_document(tmp_path / "e.toml").experiment
    save_document(Document(experiment), tmp_path / "again.toml")
    assert "columns" not in (tmp_path / "again.toml").read_text()
    assert prepare(experiment).class_names == ("x", "y")


def test_a_table_has_one_place():
    for places in ({}, {"path": "a", "text": "b"}):
        with pytest.raises(ExperimentError, match="exactly one of path and text"):
            TableSource(**places)
    with pytest.raises(ExperimentError, match="5 MB"):
        TableSource(text="a" * 5_000_001)


def test_any_file_opens_as_a_table(tmp_path):
    odd = tmp_path / "results.from.today"
    odd.write_text(TEXT)
    assert is_table(odd)
    assert load_document(odd).experiment.data.table == TableSource(path=str(odd))
    (tmp_path / "e.toml").write_text("")
    for other in (tmp_path / "e.toml", tmp_path / "nothing.csv", tmp_path, "source-a", "iris", "a\0b", "x" * 5000):
        assert not is_table(other)
    with pytest.raises(ExperimentError, match="folder"):
        load_document(tmp_path)
    assert {"*.csv", "*.xlsx"} <= set(TABLE_PATTERNS.split())


def test_a_file_is_read_anew_only_once_it_changes(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(TEXT)
    first = open_source(TableSource(path=str(path)))
    assert open_source(TableSource(path=str(path), target="b")) is first
    path.write_text(TEXT + "31,2.5,u,x\r\n")
    assert open_source(TableSource(path=str(path))).n_rows == 31


def test_pasted_rows_are_named_in_messages():
    data = load_source(DataSpec(name=None, table=TableSource(text="a\tc\n1\tx\n2\ty\n3\tx\n"))).dataset
    assert (data.title, data.labels.tolist()) == ("The pasted table", ["x", "y", "x"])


OLD_TEXT = "c,day,plan,a\n" + "".join(
    f"{'xy'[i % 2]},2021-01-{i + 1:02},{['none', 'bank', 'stores', 'bank'][i % 4]},{i * 0.5}\n" for i in range(24)
)


def test_a_table_of_the_first_format_is_read_as_it_was(tmp_path):
    (tmp_path / "old.toml").write_text(f"format = 1\n[data.table]\ntext = '''\n{OLD_TEXT}'''\ntarget = 'c'\n")
    (tmp_path / "new.toml").write_text(f"[data.table]\ntext = '''\n{OLD_TEXT}'''\ntarget = 'c'\n")
    old, new = (load_document(tmp_path / f"{age}.toml").experiment for age in ("old", "new"))
    assert (old.data.table.rules, new.data.table.rules) == (1, 2)
    assert prepare(old).dataset.feature_names == ("plan=bank", "plan=stores", "a")
    assert prepare(old).dataset.n_samples == 18
    assert prepare(new).dataset.feature_names == (
        "day (days since 2021-01-01)",
        *("plan=bank", "plan=none", "plan=stores", "a"),
    )
    for suffix in (".toml", ".nnviz"):
        save_document(Document(old), tmp_path / f"again{suffix}")
        assert load_document(tmp_path / f"again{suffix}").experiment == old
    assert from_short_text(to_short_text(old)) == old


def test_roles_of_an_old_table_are_changed_by_its_rules():
    old = TableSource(text=OLD_TEXT, rules=1)
    table = open_source(old)
    choices = default_choices(table)
    assert TableSource.of(choices, text=OLD_TEXT, table=table) == old


def test_joined_words_and_parts_are_saved(tmp_path):
    table = open_table(OLD_TEXT.encode(), name="t.csv")
    choices = default_choices(table, target="c")
    columns = {
        **choices.columns,
        "plan": replace(choices.columns["plan"], joined=True, as_missing=("none",)),
        "day": replace(choices.columns["day"], parts=("weekday",)),
    }
    experiment = of(TableSource.of(replace(choices, columns=columns), text=OLD_TEXT, table=table))
    save_document(Document(experiment), tmp_path / "e.toml")
    loaded = load_document(tmp_path / "e.toml").experiment
    assert loaded == experiment == from_short_text(to_short_text(experiment))
    dataset = prepare(loaded).dataset
    assert dataset.n_samples == 18
    assert "day (weekday)=Mon" in dataset.feature_names
