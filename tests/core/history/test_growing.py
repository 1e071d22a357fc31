"""Columns that grow at the end: nothing is lost, nothing moves below who looks at them, and no row has to wait long."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.history import growing
from nnviz.core.history.growing import GrowingColumns


@given(st.lists(st.one_of(st.integers(0, 9), st.integers(0, 900), st.just("trim")), max_size=60), st.integers(1, 64))
def test_all_rows_are_there_and_views_stay(steps: list[int | str], long: int) -> None:
    columns, rows = GrowingColumns(2), np.zeros((2, 0))
    seen: list[tuple[np.ndarray, np.ndarray]] = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(growing, "_LONG", 16 * long)
        monkeypatch.setattr(growing, "_FIRST_CAPACITY", 16)
        for step in steps:
            if isinstance(step, str):
                columns.trim()
                assert columns.spare_nbytes == 0
            else:
                more = np.arange(2.0 * step).reshape(2, step) + rows.shape[1]
                columns.append(more)
                rows = np.hstack([rows, more])
            seen.append((columns.values, rows))
            assert columns.nbytes >= columns.values.nbytes == rows.nbytes
    for view, truth in seen:
        np.testing.assert_array_equal(view, truth)


def test_no_row_waits_for_all_others_to_move(monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[int] = []
    move = GrowingColumns._move

    def counted(columns: GrowingColumns, store: np.ndarray, end: int) -> None:
        moved.append(end - columns._moved)
        move(columns, store, end)

    monkeypatch.setattr(GrowingColumns, "_move", counted)
    columns = GrowingColumns(3)
    for number in range(70_000):
        columns.append(np.full((3, 1), float(number)))
    assert max(moved) <= 2**14
    assert max(moved[moved.index(2**13) + 1 :]) <= 2**10
    np.testing.assert_array_equal(columns.values[0], np.arange(70_000.0))


def test_two_stores_are_held_only_for_a_while_however_slowly_rows_come() -> None:
    columns, capacity, row = GrowingColumns(3), 2**15, np.ones((3, 1))
    columns.append(np.ones((3, capacity)))
    columns.trim()
    store = columns.nbytes
    columns.append(row)
    columns.append(np.ones((3, capacity - capacity // 32 - 2)))
    assert (columns.nbytes, columns.spare_nbytes) == (2 * store, 2 * store - columns.values.nbytes)
    columns.append(row)
    columns.append(row)
    # What has moved is no room for rows to come.
    assert columns.nbytes == 6 * store
    assert columns.spare_nbytes == 6 * store - columns.values.nbytes - 2**11 * row.nbytes
    for _ in range(len(columns) // 2**10):
        columns.append(row)
    assert (columns.nbytes, columns.spare_nbytes) == (4 * store, 4 * store - columns.values.nbytes)
    assert (columns.values == 1.0).all()
