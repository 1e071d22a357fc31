"""What reads large tables quickly says to the last bit what the slow ways say."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnviz.data.cells import plain_decimals, plain_numbers
from nnviz.data.steps import Steps
from nnviz.data.tokens import tokenise

DECIMALS = st.from_regex(r"-?([0-9]{1,14}\.?|[0-9]{0,7}\.[0-9]{1,8})", fullmatch=True)


@given(st.lists(DECIMALS, min_size=1, max_size=40))
@example(["-0", "0", "-.5", "5.", "000000000000001", "999999999999999", "0.00000000000001"])
def test_decimals_are_those_of_float_to_the_last_bit(cells: list[str]) -> None:
    values = plain_decimals("\n".join(cells).encode(), len(cells))
    assert values is not None
    assert values.tobytes() == np.array([float(cell) for cell in cells]).tobytes()


@given(st.lists(st.text("0123456789.eE+- ", max_size=20), min_size=1, max_size=12))
@example(["1", "", "1 2"])
@example(["1234567890123456", "1"])
def test_a_column_is_read_as_float_reads_its_cells_or_not_at_all(cells: list[str]) -> None:
    try:
        expected = [float(cell) for cell in cells]
    except ValueError:
        assert plain_numbers(cells) is None
        return
    values = plain_numbers(cells)
    assert values is not None
    assert values.tobytes() == np.array(expected).tobytes()


@pytest.mark.parametrize("cell", ["", "-", ".", "-.", "1.2.3", "1-2", "--1", "+1", "1e3", " 1", "0.0000000000000001"])
def test_what_is_no_plain_decimal_is_left_to_others(cell: str) -> None:
    assert plain_decimals(f"1\n{cell}\n2.5".encode(), 3) is None


@given(st.text("a1 ,;\t\n\r", max_size=60), st.sampled_from(",;\t"), st.booleans())
@example("a,b\r\n1,2\r\n", ",", False)
@example("a, b\n 1,2", ",", False)
@example("a,b\r1,2\n\n", ",", False)
def test_rows_are_those_of_the_csv_reader(text: str, delimiter: str, crlf: bool) -> None:
    if crlf:
        text = text.replace("\n", "\r\n")
    stream = io.StringIO(text, newline="")
    expected = list(csv.reader(stream, delimiter=delimiter, skipinitialspace=delimiter != "\t", strict=True))
    read = tokenise(text, delimiter, "t.csv", Steps())
    assert read.cells == expected
    assert read.lines.tolist() == list(range(1, len(expected) + 1))
