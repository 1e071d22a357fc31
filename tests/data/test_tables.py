"""Tables on disk: what they become, and one sentence with file and line for everything that is wrong with one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.errors import DataError
from nnviz.data import read_table
from nnviz.data.tables import parse_table, table_dataset


@pytest.fixture
def table(tmp_path):
    """Return a function that writes a table and returns its path."""

    def write(content: str | bytes, name: str = "people.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


GOOD = "height,weight,sex\n1.8,80,m\n1.6,55,f\n1.7,60,f\n"


def test_a_text_target_makes_classes(table):
    data = read_table(table(GOOD))
    assert data.feature_names == ("height", "weight")
    assert data.target_names == ("sex",)
    assert data.X.tolist() == [[1.8, 80], [1.6, 55], [1.7, 60]]
    assert data.class_names == ("f", "m")
    assert data.y.tolist() == [[1], [0], [0]]
    assert data.labels.tolist() == ["m", "f", "f"]
    assert (data.name, data.title, data.notes) == ("people", "people.csv", ())


def test_any_column_can_be_the_target(table):
    data = read_table(str(table("sex,a,b\n0,1.5,2\n1,2.5,3\n")), target="a")
    assert data.feature_names == ("sex", "b")
    assert data.y.tolist() == [[1.5], [2.5]]
    assert data.task == "regression"


@pytest.mark.parametrize(
    ("targets", "task", "outputs"),
    [
        (["0", "1"], "classification", 1),
        (["-1", "1", "1"], "classification", 1),
        (["1", "2", "3", "1", "2", "3"], "classification", 3),
        (["1.0", "1", "2", "2"], "classification", 1),
        (["1", "2", "3", "4"], "regression", 1),
        (["0.5", "1", "0.5", "1"], "regression", 1),
        ([str(i % 11) for i in range(44)], "regression", 1),
        ([str(i % 10) for i in range(40)], "classification", 10),
        (["a", "b", "c", "d"], "classification", 4),
    ],
)
def test_what_the_target_is_taken_for(table, targets, task, outputs):
    data = read_table(table("x,y\n" + "".join(f"{i},{t}\n" for i, t in enumerate(targets))))
    assert data.task == task
    assert data.n_outputs == outputs


def test_numbers_read_as_classes_are_said_so(table):
    path = table("x,y\n1,10\n2,9\n3,10\n4,9\n")
    assert read_table(path).notes == ("The whole numbers in 'y' were read as classes.",)
    assert read_table(path).class_names == ("9", "10")
    assert read_table(path, task="classification").notes == ()


def test_the_task_can_be_chosen(table):
    path = table("x,y\n1,0\n2,1\n3,0.5\n")
    assert read_table(path, task="classification").class_names == ("0", "0.5", "1")
    path = table("x,y\n1,0\n2,1\n")
    assert read_table(path, task="regression").y.tolist() == [[0], [1]]


@pytest.mark.parametrize("cell", ["", "?", "NA", "nan", "N/A", "null", "  "])
def test_incomplete_rows_are_left_out_and_said_so(table, cell):
    data = read_table(table(f"x,y\n1,a\n{cell},b\n3,b\n"))
    assert data.X.tolist() == [[1], [3]]
    assert data.notes == ("1 of 3 rows is incomplete and was left out.",)


def test_a_missing_target_makes_a_row_incomplete(table):
    data = read_table(table("x,y\n1,a\n2,?\n3,b\n4,\n"))
    assert data.X.tolist() == [[1], [3]]
    assert data.notes == ("2 of 4 rows are incomplete and were left out.",)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace(",", " , "),
        GOOD.replace("\n", "\n\n"),
        GOOD.rstrip("\n"),
        GOOD.replace("height", '"height"').replace("1.8", '"1.8"'),
    ],
    ids=["BOM", "CRLF", "spaces", "blank lines", "no last newline", "quotes"],
)
def test_variants_of_plain_csv_are_the_same_table(table, content):
    data = read_table(table(content))
    assert data.feature_names == ("height", "weight")
    assert data.X.tolist() == [[1.8, 80], [1.6, 55], [1.7, 60]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "people.csv is empty"),
        ("\n\n", "people.csv is empty"),
        ("a,b\n", "people.csv has a header but no rows"),
        ("a,b\n1,2\n1,2,3\n", "people.csv, line 3: there are 3 cells, but the header has 2 columns"),
        ("a,b\n1\n", "people.csv, line 2: the row has 1 cell, but the header has 2 columns"),
        (
            "a,b,c\n1,2,x\n\n1,two,y\n",
            "no column .* that can be learnt from .'a': one value only, 'b': 2 different texts",
        ),
        ("a,b\n1_0,x\n2,y\n", "no column beside the target 'b' that can be learnt from"),
        ("a,b\ninf,x\n2,y\n", "no column beside the target 'b' that can be learnt from"),
        ("a,b\n1,x\n-1e31,y\n", "line 3: column 'a' has '-1e31'; numbers must be finite and at most 1e30"),
        ("a,b\n1,1e99\n2,2.5\n", "line 2: column 'b' has '1e99'"),
        ("a,b\n" + "x" * 100 + ",1.5\n2,2.5\n", "'a': 2 different texts in 2 rows"),
        ("a,b\n1,x\n2,x\n", r"people.csv: all rows have the same 'b' \(x\)"),
        ("a,b\n1,x\n2,?\n?,?\n", "people.csv has only 1 complete row of 3"),
        ("a,b\n1,?\n2,?\n?,x\n?,y\n", "people.csv: column 'a' has no values; leave it out"),
        ("a,b\n?,x\n?,y\n", "'a': no values"),
        ("a\n1\n2\n", "people.csv has no column beside the target 'a'; add features"),
        ("a;b\n1;2\n", "people.csv has only 1 row"),
        ('a,b\n1,"x\n2,y\n', "people.csv, line 2: a quotation mark is never closed"),
        (b"a,b\n1,\xc3\xa4\n2,\xc3\xa9\n3,\xff\n", "people.csv, line 4, byte 17: the text is damaged UTF-8"),
        (b"PK\x03\x04\0\0\0", "people.csv is a damaged archive"),
        ("x,y\n" + "".join(f"{i},t{i}\n" for i in range(51)), "'y' has 51 different values, more than the 50 classes"),
    ],
)
def test_every_fault_is_one_sentence_with_its_place(table, content, sentence):
    with pytest.raises(DataError, match=sentence) as caught:
        read_table(table(content))
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text


def test_an_unknown_target_gets_a_hint(table):
    with pytest.raises(DataError, match=r"people\.csv has no column 'Sex'; did you mean 'sex'"):
        read_table(table(GOOD), target="Sex")
    with pytest.raises(DataError, match="its columns are: height, weight, sex"):
        read_table(table(GOOD), target="qqqq")


def test_text_cannot_be_the_target_of_a_regression(table):
    with pytest.raises(DataError, match="line 2: column 'sex' has 'm'; the target of a regression must be a number"):
        read_table(table(GOOD), task="regression")


def test_an_unknown_task_is_refused(table):
    with pytest.raises(DataError, match="'classification' or 'regression', not 'guess'"):
        read_table(table(GOOD), task="guess")


def test_a_table_needs_a_feature(table):
    raw = parse_table(GOOD.encode(), "people.csv")
    with pytest.raises(DataError, match="no column beside the target 'sex'"):
        table_dataset(raw, ignored=["height", "weight"])


def test_files_that_cannot_be_read(tmp_path, table):
    with pytest.raises(DataError, match=r"There is no file .*nothing\.csv"):
        read_table(tmp_path / "nothing.csv")
    with pytest.raises(DataError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(DataError, match="cannot be read"):
        read_table("a\0b.csv")
    with pytest.raises(DataError, match="cannot be read"):
        read_table(table(GOOD) / "inside.csv")


def test_a_file_without_permission(table, monkeypatch):
    def refuse(self, *arguments):
        raise PermissionError(13, "Permission denied")

    path = table(GOOD)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match="may not be read"):
        read_table(path)


@given(
    st.lists(
        st.tuples(st.floats(-1e30, 1e30), st.floats(-1e30, 1e30), st.sampled_from(["yes", "no"])),
        min_size=2,
        max_size=20,
    ).filter(lambda rows: len({row[2] for row in rows}) == 2)
)
def test_numbers_are_read_back_exactly(rows):
    text = "a,b,c\n" + "".join(f"{a!r},{b!r},{c}\n" for a, b, c in rows)
    data = table_dataset(parse_table(text.encode(), "t.csv"))
    assert np.array_equal(data.X, [[a, b] for a, b, _ in rows])
    assert data.labels.tolist() == [c for _, _, c in rows]


def refusal(content: bytes) -> str | None:
    """Return why `content` is no table, None where it is one; any other exception is a fault."""
    try:
        table_dataset(parse_table(content, "t.csv"))
    except DataError as error:
        return str(error)
    return None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_data_error(content):
    reason = refusal(content)
    assert reason is None or reason.startswith("t.csv")


@given(st.text(alphabet='ab1,.\n"?;- \t\r', max_size=80))
def test_almost_tables_are_a_table_or_a_data_error(content):
    reason = refusal(content.encode())
    assert reason is None or reason.startswith("t.csv")
