"""Cells of long columns, kept as they were typed."""

from __future__ import annotations

import pytest

from nnviz.data.column_data import ColumnData
from nnviz.data.packed_texts import PackedTexts

TEXTS = [f"{k}.50" for k in range(10_000)]


def test_it_is_the_sequence_that_was_packed() -> None:
    packed = PackedTexts(TEXTS)
    assert list(packed) == TEXTS
    assert len(packed) == len(TEXTS)
    assert [packed[at] for at in (0, 4095, 4096, 9999, -1)] == [TEXTS[at] for at in (0, 4095, 4096, 9999, -1)]
    assert packed[4090:4100:3] == TEXTS[4090:4100:3]
    assert packed.index("9999.50") == 9999
    for beyond in (10_000, -10_001):
        with pytest.raises(IndexError):
            packed[beyond]


def test_what_would_fall_apart_is_not_packed() -> None:
    assert PackedTexts.can_hold(TEXTS)
    assert not PackedTexts.can_hold([*TEXTS, "1\n"])
    assert not PackedTexts.can_hold(TEXTS[:10])


def test_a_long_column_of_numbers_keeps_what_was_typed_and_no_text_for_each_cell() -> None:
    column = ColumnData(list(TEXTS))
    assert isinstance(column.texts, PackedTexts)
    assert (column.text(7), column.numbers[7], len(column)) == ("7.50", 7.5, 10_000)
    assert column.texts.index("8.50") == 8
