"""Rows as comma-separated text."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.csv_files import csv_text, without_apostrophe, write_csv
from nnviz.core.errors import ExperimentError

CELLS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0")) | st.integers() | st.floats()


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=4), st.sampled_from([",", "\t"]))
def test_rows_read_back_cell_by_cell(rows: list[list[object]], delimiter: str) -> None:
    text = io.StringIO(csv_text(rows, delimiter=delimiter), newline="")
    read = [[without_apostrophe(cell) for cell in row] for row in csv.reader(text, delimiter=delimiter)]
    assert read == [[str(cell) for cell in row] for row in rows]


@given(st.from_regex(r"'?'?[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20].*", fullmatch=True))
def test_no_text_is_a_formula_for_a_spreadsheet(cell: str) -> None:
    row = next(csv.reader(io.StringIO(csv_text([[cell, 1]]), newline="")))
    is_number = re.fullmatch(r"[+-]?[\d.]+([eE][+-]?\d+)?|[+-]?(inf|nan)", row[0])
    assert is_number or row[0][0] not in "=+-@\t\r\n\uff0b\uff0d\uff1d\uff20"
    assert without_apostrophe(row[0]) == cell


@pytest.mark.parametrize("cell", ["-1", "+2.5", "-1e-05", -3, -0.25, "-inf", "a=b", "1-2", "−5"])
def test_numbers_and_harmless_texts_are_spared(cell: object) -> None:
    assert csv_text([[cell, "x"]]) == f"{cell},x\n"


def test_a_file_is_written_whole_in_utf_8(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", [("größe", "Σ, x"), (1000, 0.1)])
    assert (tmp_path / "t.csv").read_bytes() == 'größe,"Σ, x"\r\n1000,0.1\r\n'.encode()


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExperimentError, match="cannot be written"):
        write_csv(tmp_path / "no" / "t.csv", [])
