"""Large tables of whole numbers are read in another way than others, and are the same tables."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from nnviz.core.errors import DataError
from nnviz.data import default_choices, idx, make_dataset, open_table, read_table, whole_numbers
from nnviz.data.dialects import PreparedText
from nnviz.data.steps import Steps
from nnviz.data.whole_numbers import whole_grid

STEPS = Steps(None, None)
ODD = ("", " 1", "01", "-1", "1.0", "+1", "x", "1e3", "?", "1234567890", "1\n2", "1,2", "٣")


@pytest.fixture(scope="module", autouse=True)
def _every_table_is_large():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole_numbers, "FEWEST_CHARACTERS", 0)
        patch.setattr(whole_numbers, "_BYTES_PER_STEP", 16)
        yield


def as_others_are(text: str):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole_numbers, "FEWEST_CHARACTERS", 10**9)
        return open_table(text.encode(), name="t.csv")


def whole(text: str, delimiter: str = ","):
    return whole_grid(PreparedText(text, delimiter, (), 0), "t.csv", STEPS)


def written(rows, delimiter: str, end: str, header: bool) -> str:
    lines = [delimiter.join(map(str, row)) for row in rows]
    names = [delimiter.join(f"a{column}" for column in range(len(rows[0])))] if header else []
    return end.join([*names, *lines]) + end


widths = st.integers(2, 5)
tables = widths.flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(st.integers(0, 255), st.integers(0, 999_999_999)), min_size=width, max_size=width),
        min_size=2,
    )
)


@given(tables, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_it_is_the_table_that_it_would_be(rows, delimiter, end, header):
    text = written(rows, delimiter, end, header)
    table, same = open_table(text.encode(), name="t.csv"), as_others_are(text)
    assert table.columns == same.columns or [asdict(one) for one in table.columns] == [
        asdict(one) for one in same.columns
    ]
    assert (table.notes, table.dialect, table.n_rows) == (same.notes, same.dialect, same.n_rows)
    assert table.lines.tolist() == same.lines.tolist()
    assert table.preview(9) == same.preview(9)
    for one, other in zip(table.data, same.data, strict=True):
        assert np.array_equal(one.numbers, other.numbers)
        assert list(one.texts) == list(other.texts)
        assert (one.is_numeric, one.n_missing, one.strays, one.largest) == (True, 0, [], other.largest)


def test_large_tables_take_this_way():
    text = written([[0, 255], [7, 8], [9, 1]], ",", "\n", header=True)
    grid = whole(text)
    assert grid.whole.dtype == np.uint8
    assert grid.whole.tolist() == [[0, 7, 9], [255, 8, 1]]
    assert open_table(text.encode()).preview(1) == [["0", "255"]]
    assert whole(written([[0, 256]] * 200, ",", "\n", header=False)).whole.dtype == np.int32


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("row", [0, 170])
def test_what_is_not_plainly_a_whole_number_is_left_to_the_usual_way(odd, row):
    rows: list[list[object]] = [[1, 2, 3] for _ in range(180)]
    rows[row][1] = odd
    assert whole(written(rows, ",", "\n", header=True)) is None


@pytest.mark.parametrize("text", ["", "a,b\n", "a,b\n\n1,2\n3,4\n", "Title\n\na,b\n1,2\n3,4\n", "a,b\n1,2\n3\n4,5,6\n"])
def test_tables_with_anything_else_are_too(text):
    assert whole(text) is None


def test_pictures_stay_small_until_they_are_learnt():
    rng = np.random.default_rng(0)
    rows = np.column_stack([np.arange(40) % 3, rng.integers(0, 256, (40, 64))])
    table = open_table(written(rows.tolist(), ",", "\n", header=False).encode())
    data = make_dataset(table, default_choices(table))
    assert data.image_shape == (8, 8)
    assert np.array_equal(data.X, rows[:, 1:])
    assert not data.X.flags.writeable


def test_too_many_cells_are_refused(monkeypatch):
    monkeypatch.setattr(whole_numbers, "MOST_SMALL_CELLS", 300)
    with pytest.raises(DataError, match="cells; take a part of its rows"):
        open_table(written([[1, 2]] * 151, ",", "\n", header=True).encode())


def test_pictures_that_do_not_fit_are_drawn_at_random(tmp_path, monkeypatch):
    n = 100
    pictures = np.repeat(np.arange(n, dtype=np.uint8), 4)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(struct.pack(">4i", 2051, n, 2, 2) + pictures.tobytes())
    labels = (np.arange(n) // 50).astype(np.uint8)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(struct.pack(">2i", 2049, n) + labels.tobytes())
    monkeypatch.setattr(idx, "MOST_SMALL_CELLS", 200)
    data = read_table(tmp_path / "train-images-idx3-ubyte")
    assert data.n_samples == 40
    assert min(data.class_counts) >= 12  # the first 40 are all of one class
    assert (data.class_index == (data.X[:, 0] >= 50)).all()
    assert "40 of 100 pictures, drawn at random, were read; they are as many as fit." in data.notes
