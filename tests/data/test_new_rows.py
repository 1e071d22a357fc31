"""New rows for a model: columns by name, categories by what training saw, and whatever was assumed, said."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.errors import DataError
from nnviz.data import ColumnChoice, TableChoices, default_choices, make_dataset, open_table, read_table
from nnviz.data.column_data import ColumnData
from nnviz.data.frames import table_of_columns
from nnviz.data.new_rows import GONE, UNKNOWN, read_new_rows, resolved
from nnviz.data.recipe import Recipe, recipe_of_names

TRAINING = """age,colour,joined,answer
20,red,2021-03-01,no
30,blue,2021-03-02,yes
,red,2021-03-05,no
50,,2021-03-09,yes
60,blue,2021-03-11,yes
25,red,2021-03-12,no
"""


def trained(text: str = TRAINING, **columns: ColumnChoice):
    table = open_table(text.encode(), name="old.csv")
    proposed = default_choices(table)
    return make_dataset(table, TableChoices(proposed.target, proposed.task, {**proposed.columns, **columns}))


def read(data, text: str, needed=None):
    table = open_table(text.encode(), name="new.csv")
    return read_new_rows(table, data.recipe, data.feature_names, needed or data.feature_names, data.class_names)


def said(rows, start: str) -> str:
    (sentence,) = (note for note in rows.notes if note.startswith(start))
    return sentence


def test_a_category_that_training_never_saw_is_named_and_counted():
    rows = read(
        trained(), "age,colour,joined\n1,violet,2021-03-01\n2,red,2021-03-01\n3,violet,2021-03-01\n4,pink,2021-03-01\n"
    )
    assert rows.X[:, 1:3].tolist() == [[0, 0], [0, 1], [0, 0], [0, 0]]
    sentence = said(rows, "Column 'colour'")
    assert "'violet' (2 rows), 'pink' (1 row) were never seen in training" in sentence
    assert "taken for none of 'blue', 'red'" in sentence


@pytest.mark.parametrize("header", ["AGE,Colour ,joined", " age , COLOUR,JOINED", "Joined,colour,Age,answers"])
def test_columns_match_regardless_of_capitals_blanks_and_order(header):
    plain = "age,colour,joined,answers\n20,red,2021-03-04,x\n30,blue,2021-03-01,x\n"
    positions = [
        [name.strip().lower() for name in plain.split("\n")[0].split(",")].index(each.strip().lower())
        for each in header.split(",")
    ]
    other = "\n".join([header, *(",".join(line.split(",")[i] for i in positions) for line in plain.split("\n")[1:3])])
    assert np.array_equal(read(trained(), other).X, read(trained(), plain).X)


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("age,joined", "new.csv lacks the column 'colour', which the model needs."),
        ("age,colour", "new.csv lacks the column 'joined', which the model needs."),
        ("age,color,joined", "new.csv lacks the column 'colour', which the model needs; did you mean 'color'?"),
        (
            "agee,color,joined",
            "lacks the columns 'age', 'colour', which the model needs; "
            "did you mean 'agee' for 'age', 'color' for 'colour'?",
        ),
        ("age,colour,joined,age", "new.csv has several columns called 'age'; the model needs one of that name"),
        ("age,colour,joined,Colour", "new.csv has several columns that may be 'colour' ('colour', 'Colour')"),
        ("Age,AGE,colour,joined", "new.csv has several columns that may be 'age' ('Age', 'AGE')"),
    ],
)
def test_columns_that_are_missing_or_given_twice(header, sentence):
    cells = [
        "2021-03-01" if name == "joined" else "red" if "col" in name.lower() else "5" for name in header.split(",")
    ]
    with pytest.raises(DataError) as caught:
        read(trained(), f"{header}\n{','.join(cells)}\n{','.join(cells)}\n")
    assert sentence in str(caught.value)


def test_names_that_differ_in_capitals_only_are_no_duplicates_where_training_had_both():
    data = trained("x,X,y\n1,5,no\n2,6,yes\n3,5,no\n4,5.5,yes\n")
    assert read(data, "X,x\n5,1\n6,2\n").X.tolist() == [[1, 5], [2, 6]]
    with pytest.raises(DataError, match="lacks the column 'x'"):
        read(data, "X\n5\n6\n")


def test_missing_cells_follow_the_rule_of_training():
    dropped = read(trained(), "age,colour,joined\n?,red,2021-03-01\n1,NA,2021-03-01\n1,red,\n1,red,2021-03-01\n")
    assert np.isfinite(dropped.X).all(axis=1).tolist() == [False, False, False, True]
    assert said(dropped, "3 of 4 rows") == (
        "3 of 4 rows lack a value and have no prediction: 'age' (1 row), 'colour' (1 row), 'joined' (1 row)."
    )
    data = trained(
        age=ColumnChoice("feature", "numeric", "median"),
        colour=ColumnChoice("feature", "categorical", "most_frequent"),
        joined=ColumnChoice("feature", "numeric", "mean", parts=("weekday",)),
    )
    filled = read(data, "age,colour,joined\n?,red,2021-03-01\n1,NA,2021-03-01\n1,red,\n")
    assert filled.X[:, 0].tolist() == [30.0, 1.0, 1.0]
    assert filled.X[1, 1:3].tolist() == [0.0, 1.0]
    assert filled.X[2, 3] == pytest.approx(np.mean([0, 1, 4, 8, 10, 11]))
    assert filled.X[2, 4:].sum() == 1.0
    assert said(filled, "Column 'age'") == "Column 'age': 1 missing cell became 30, as in training."
    assert said(filled, "Column 'colour'") == "Column 'colour': 1 missing cell became 'red', as in training."


def test_the_rows_of_training_are_read_as_in_training():
    for missing in ("drop", "mean", "median", "most_frequent"):
        fills = {"age": ColumnChoice("feature", "numeric", missing), "joined": ColumnChoice(parts=("weekday", "month"))}
        data = trained(**fills)
        rows = read(data, TRAINING)
        complete = np.isfinite(rows.X).all(axis=1)
        assert np.array_equal(rows.X[complete], data.X)


@given(st.data())
def test_any_order_and_spelling_of_columns_gives_the_same_rows(draws):
    data = trained()
    lines = [line.split(",") for line in TRAINING.splitlines()]
    order = draws.draw(st.permutations(range(4)))
    spell = draws.draw(
        st.lists(st.sampled_from([str.upper, str.title, lambda s: f" {s} ", str]), min_size=4, max_size=4)
    )
    header = [spell[i](lines[0][i]) for i in order]
    text = "\n".join([",".join(header), *(",".join(line[i] for i in order) for line in lines[1:])])
    rows, expected = read(data, text), read(data, TRAINING)
    assert np.array_equal(rows.X, expected.X, equal_nan=True)
    assert np.array_equal(rows.answers, expected.answers, equal_nan=True)


@given(st.lists(st.sampled_from(["red", "Blue", " blue", "RED", "mauve", "Mauve", "n/a", "?", "", "none"]), min_size=1))
def test_every_cell_is_known_missing_or_counted_as_unknown(cells):
    labels = resolved(ColumnData(cells), ("blue", "none", "red"))
    for cell, code in zip(cells, labels.codes.tolist(), strict=True):
        text = cell.strip().lower()
        expected = {"red": 2, "blue": 0, "none": 1, "mauve": UNKNOWN}.get(text, GONE)
        assert code == expected
    assert sum(labels.unknown.values()) == sum(cell.lower() == "mauve" for cell in cells)


def test_categories_that_are_numbers_are_compared_as_numbers():
    labels = resolved(ColumnData(["1", "2.0", "3", "+1", "x"]), ("1", "2"))
    assert labels.codes.tolist() == [0, 1, UNKNOWN, 0, UNKNOWN]
    assert dict(labels.unknown) == {"3": 1, "x": 1}


def test_spellings_that_training_kept_apart_are_never_guessed():
    labels = resolved(ColumnData(["yes", "Yes", "YES"]), ("Yes", "yes"))
    assert labels.codes.tolist() == [1, 0, UNKNOWN]


def test_words_taken_as_missing_in_training_are_missing():
    data = trained(colour=ColumnChoice("feature", "categorical", "most_frequent", as_missing=("blue",)))
    rows = read(data, "age,colour,joined\n1,blue,2021-03-01\n1,red,2021-03-01\n")
    assert rows.X[:, 1].tolist() == [1.0, 1.0]
    assert said(rows, "Column 'colour'") == "Column 'colour': 1 missing cell became 'red', as in training."


def test_dates_are_counted_and_read_as_in_training():
    data = trained("day,y\n13/02/2021,1.5\n14/02/2021,2.5\n15/02/2021,3\n16/02/2021,9.5\n")
    assert read(data, "day\n03/04/2021\n04/04/2021\n").X.ravel().tolist() == [49.0, 50.0]  # April in both
    data = trained("day,y\n02/13/2021,1.5\n02/14/2021,2.5\n02/15/2021,3\n02/16/2021,9.5\n")
    assert read(data, "day\n03/04/2021\n04/04/2021\n").X.ravel().tolist() == [19.0, 50.0]
    rows = read(data, "day\n02/13/2021\nsoon\n02/14/2021\n")
    assert np.isnan(rows.X[1, 0])
    assert said(rows, "Column 'day'") == "Column 'day': 'soon' is no date and was taken as missing."
    data = trained("time,y\n10:30,1.5\n12:00,2.5\n13:00,3\n14:00,9.5\n")
    assert read(data, "time;other\n10:30;a\n2021-05-05 12:00;b\n").X.ravel().tolist() == [10.5, 12.0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "age,colour,joined\n1,red,2021-03-01\nx,red,2021-03-01\n",
            r"new\.csv, line 3: 'age' must be a number, not 'x'",
        ),
        ("age,colour,joined\n1,red,2021-03-01\n1e99,red,2021-03-01\n", "must be a number, not '1e99'"),
        ("", "empty"),
        ("1,red\n2,red\n", "does not name its columns, and has 2 where the model was trained on 3; name them: 'age'"),
    ],
)
def test_tables_that_do_not_fit(text, sentence):
    with pytest.raises(DataError, match=sentence):
        read(trained(), text)


def test_a_table_without_names_is_taken_in_the_order_of_training():
    rows = read(trained(), "20,red,2021-03-04\n30,blue,2021-03-02\n")
    assert rows.X.tolist() == [[20, 0, 1, 3], [30, 1, 0, 1]]
    assert said(rows, "new.csv does not name") == (
        "new.csv does not name its columns; they were taken for 'age', 'colour', 'joined', in this order."
    )


def test_answers_are_compared_and_unknown_ones_named():
    rows = read(
        trained(), "age,colour,joined,Answer\n1,red,2021-03-01,YES\n1,red,2021-03-01,maybe\n1,red,2021-03-01,\n"
    )
    assert np.array_equal(rows.answers, [[1.0], [np.nan], [np.nan]], equal_nan=True)
    assert said(rows, "Column 'Answer': the answer") == (
        "Column 'Answer': the answer 'maybe' (1 row) is no class of the model ('no', 'yes'); its rows are not compared."
    )
    assert read(trained(), "age,colour,joined,answer\n1,red,2021-03-01,\n2,red,2021-03-01,\n").answers is None
    values = trained("a,b\n1,1.5\n2,2.5\n3,9.5\n4,1.75\n")
    assert read(values, "b,a\n1.5,2\n?,3\n").answers[0].tolist() == [1.5]
    wordy = read(values, "b,a\nmuch,2\nlittle,3\n")
    assert wordy.answers is None
    assert said(wordy, "Column 'b'") == "Column 'b' holds no numbers, so that nothing could be compared with it."


def test_answers_in_several_columns_of_0_and_1():
    data = trained("x,kind_a,kind_b\n1,1,0\n2,0,1\n3,0,1\n4,1,0\n")
    assert data.class_names == ("kind_a", "kind_b")
    assert read(data, "x,kind_a,kind_b\n1,0,1\n2,1,0\n").answers.tolist() == [[1.0], [0.0]]


def test_a_recipe_survives_a_file():
    data = trained(joined=ColumnChoice("feature", "numeric", "median", parts=("weekday", "hour")))
    assert Recipe.from_dict(data.recipe.to_dict()) == data.recipe
    assert data.recipe.features == data.feature_names


def test_names_alone_tell_of_categories_and_dates():
    names = ("x", "a=b", "kind=a=b", "kind=c", "day (days since 2021-03-01)", "day (weekday)=Mon")
    recipe = recipe_of_names(names, ("y",))
    assert [(column.name, column.kind) for column in recipe.columns] == [
        ("x", "numeric"),
        ("a=b", "numeric"),
        ("kind", "categorical"),
        ("day", "date"),
    ]
    assert recipe.columns[2].categories == ("a=b", "c")


def test_columns_that_a_program_has():
    pandas = pytest.importorskip("pandas")
    data = trained()
    frame = pandas.read_csv(io.StringIO(TRAINING), parse_dates=["joined"])
    table = table_of_columns(frame)
    rows = read_new_rows(table, data.recipe, data.feature_names, data.feature_names, data.class_names)
    assert np.array_equal(rows.X, read(data, TRAINING).X, equal_nan=True)
    assert np.array_equal(rows.answers, read(data, TRAINING).answers)
    with pytest.raises(DataError, match="several columns called 'age'"):
        table_of_columns(pandas.concat([frame, frame[["age"]]], axis=1))
    with pytest.raises(DataError, match="differ in length"):
        table_of_columns({"a": [1, 2], "b": [1]})


def test_the_bundled_tables_know_their_columns(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(TRAINING)
    assert read_table(path).recipe.known == ("age", "colour", "joined", "answer")
