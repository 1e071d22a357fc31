"""Large tables of plain cells are read in another way than others, and are the same tables."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import asdict

from nnviz.core.errors import Cancelled, DataError
from nnviz.data import default_choices, make_dataset, open_table, plain_columns
from nnviz.data.dialects import PreparedText
from nnviz.data.plain_columns import plain_grid
from nnviz.data.steps import Steps

STEPS = Steps(None, None)
CELLS = st.one_of(
    st.sampled_from(["1.5", "-0.25", "12", "NA", "", "apple", "Müller", " x", "1,5", "2024-01-02", "'=1", 'a"b', "#"]),
    st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,3})?", fullmatch=True),
)


@pytest.fixture(scope="module", autouse=True)
def _every_table_is_large():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_columns, "FEWEST_CHARACTERS", 0)
        patch.setattr(plain_columns, "_CHARACTERS_PER_STEP", 40)
        yield


def outcome(text: str):
    """Return all that a table says, or why there is none."""
    try:
        table = open_table(text.encode(), name="t.csv")
    except DataError as error:
        return str(error)
    cells = [(list(column.texts), column.numbers.tobytes(), column.decimal) for column in table.data]
    columns = [asdict(column) for column in table.columns]
    return columns, table.notes, table.dialect, table.n_rows, table.lines.tolist(), cells, table.has_made_up_names


def as_others_are(text: str):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_columns, "FEWEST_CHARACTERS", 10**9)
        return outcome(text)


def grid(text: str, delimiter: str = ","):
    return plain_grid(PreparedText(text, delimiter, (), 0), "t.csv", STEPS)


@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=12)),
    st.sampled_from([",", ";", "\t", ", "]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from(["", "\n", "\n\n"]),
)
@example([["1.5", "2"], ["", ""], ["3", "4"]], ",", "\n", True, "")
@example([["1", "2"], ["3", ""]], ",", "\n", True, "")
def test_it_is_the_table_that_it_would_be(rows, delimiter, end, header, last):
    names = [delimiter.join(f"name{column}" for column in range(len(rows[0])))] if header else []
    text = end.join([*names, *(delimiter.join(row) for row in rows)]) + last
    assert outcome(text) == as_others_are(text)


def test_large_tables_take_this_way():
    found = grid('"a",b,c\n1.5,x,2\n2.5,y,\n')
    assert (found.rows, found.n_rows, found.lines.tolist()) == ([], 2, [2, 3])
    assert [list(cells) for cells in found.columns] == [["1.5", "2.5"], ["x", "y"], ["2", ""]]
    assert grid("a;b\r\n1;2\r\n3;4\r\n", ";").names == ("a", "b")
    assert list(grid("a, b\n1,  2\n 3,4\n").columns[1]) == ["2", "4"]


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3\n",
        "a,b\n1,2\n3,4,5\n",
        "a,b\n1,2\n\n3,4\n",
        "a,b\n1,2\n,\n3,4\n",
        "a,b\n1,2\n , \n3,4\n",
        'a,b\n1,"2"\n3,4\n',
        "a,b\n1,'=2\n3,4\n",
        "a,b\r1,2\r3,4\r",
        "Title\n\na,b\n1,2\n3,4\n",
        "C#a,D#b\n1,2\n3,4\n",
        "a,b\n",
        "",
    ],
)
def test_what_is_not_plainly_such_a_table_is_left_to_the_usual_way(text):
    assert grid(text) is None


def test_too_many_cells_are_refused_and_reading_can_be_given_up(monkeypatch):
    text = "a,b\n" + "1.5,2\n" * 200
    with pytest.raises(Cancelled):
        plain_grid(PreparedText(text, ",", (), 0), "t.csv", Steps(None, lambda: True))
    monkeypatch.setattr(plain_columns, "MOST_CELLS", 300)
    with pytest.raises(DataError, match="cells; take a part of its rows"):
        grid(text)


def test_reading_takes_little_more_than_the_text_and_keeps_a_fraction_of_the_numbers(monkeypatch):
    monkeypatch.setattr(plain_columns, "_CHARACTERS_PER_STEP", 200_000)
    rng = np.random.default_rng(0)
    lines = [",".join(f"{value:.3f}" for value in row) for row in rng.normal(size=(20_000, 10))]
    data = ("\n".join([",".join(f"x{column}" for column in range(10)), *lines]) + "\n").encode()
    del lines
    open_table(data)  # What is imported on the way.
    tracemalloc.start()
    table = open_table(data)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    n_bytes = 8 * 20_000 * 10
    assert kept < 0.5 * n_bytes
    assert peak < 8 * len(data)
    assert make_dataset(table, default_choices(table)).X.nbytes == 0.9 * n_bytes
