"""What the cells of one column say, without looking at each of a long one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.data import column_data
from nnviz.data.cells import decimal_evidence
from nnviz.data.column_data import ColumnData

CELLS = st.from_regex(r"[+-]?[0-9]{0,4}\.[0-9]{2,4}|[+-]?[0-9]{1,4}(e[0-9])?", fullmatch=True)


@given(st.lists(CELLS, min_size=1, max_size=6))
def test_plain_numbers_say_of_their_point_what_looking_at_each_would(cells: list[str]) -> None:
    column = ColumnData(cells)
    assert column.plain is not None
    point, comma, either = column.evidence
    all_points, all_commas, all_either = decimal_evidence(cells)
    assert (point > 0, comma) == (all_points > 0, all_commas)
    assert point or (either > 0) == (all_either > 0)


@pytest.mark.parametrize("cells", [["0.125"] * 3, ["1.250", "-0.125"], ["1.250", "2.500"]])
def test_plain_numbers_are_not_read_one_by_one_once_more(cells: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rows of twenty columns with three decimals took minutes."""
    monkeypatch.setattr(column_data, "decimal_evidence", None)
    assert any(ColumnData(cells).evidence)
