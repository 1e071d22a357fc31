"""Cells of long columns, kept in less room and as they were typed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnviz.data import packed_texts
from nnviz.data.cells import plain_part
from nnviz.data.column_data import ColumnData, settle_decimals
from nnviz.data.decimals import Decimals, ReadDecimals
from nnviz.data.packed_texts import LongTexts, PackedTexts, RepeatedTexts, WrittenNumbers

TEXTS = [f"{k}.50" for k in range(10_000)]
AS_TYPED = {
    "whole numbers": [str(k % 7) for k in range(5000)],
    "decimals": [f"{(k - 2500) / 1000:.3f}" for k in range(5000)],
    "a minus before zeros": ["-0.00", "0.00", "-1.25"] * 2000,
    "decimals of different length": ["1.5", "2", "-0.25", "12.125"] * 2000,
    "what may part thousands": ["1.234", "12.000"] * 3000,
    "numbers that Python writes": [repr(k / 7) for k in range(5000)],
    "numbers that NumPy writes": [f"{k / 7:.18e}" for k in range(5000)],
    "numbers that nobody writes": ["1.50", "007", "+3", "5.", "1e2"] * 1000,
    "gaps": ["1.5", "", "2.5", "NA"] * 2000,
    "words": ["apple", "pear", "Müller", "?"] * 2000,
    "names": [f"id-{k}" for k in range(5000)],
    "decimal commas": ["1,5", "2,25", ""] * 2000,
    "days": ["2024-01-02", "2024-03-04", ""] * 2000,
}


UNEVEN = PackedTexts.of_parts(["\n".join(TEXTS[:3]), *TEXTS[3:]], [3, *[1] * 9997])


@pytest.mark.parametrize("many", [PackedTexts(TEXTS), UNEVEN])
def test_it_is_the_sequence_that_was_packed(many: LongTexts) -> None:
    assert list(many) == TEXTS
    assert len(many) == len(TEXTS)
    assert [many[at] for at in (0, 4095, 4096, 9999, -1)] == [TEXTS[at] for at in (0, 4095, 4096, 9999, -1)]
    assert many[4090:4100:3] == TEXTS[4090:4100:3]
    assert (many[4090:4100], many[5:2], many[::-4000]) == (TEXTS[4090:4100], [], TEXTS[::-4000])
    assert many.index("9999.50") == 9999
    for beyond in (10_000, -10_001):
        with pytest.raises(IndexError):
            many[beyond]


def test_what_would_fall_apart_is_not_packed() -> None:
    assert PackedTexts.can_hold(TEXTS)
    assert not PackedTexts.can_hold([*TEXTS, "1\n"])
    assert not PackedTexts.can_hold(TEXTS[:10])


def read(texts: list[str], delimiter: str = ",") -> ColumnData:
    column = ColumnData(texts)
    settle_decimals([column], delimiter)
    return column


@pytest.mark.parametrize("name", AS_TYPED)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_long_column_says_what_it_says_text_by_text(name: str, delimiter: str) -> None:
    long = read(AS_TYPED[name], delimiter)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed_texts, "PART", 10**6)
        plain = read(AS_TYPED[name], delimiter)
        assert isinstance(plain.texts, list)
    assert isinstance(long.texts, LongTexts)
    assert list(long.texts) == AS_TYPED[name]
    assert [long.text(at) for at in (0, 7, 4999)] == [plain.text(at) for at in (0, 7, 4999)]
    assert long.numbers.tobytes() == plain.numbers.tobytes()
    assert (long.plain is None) == (plain.plain is None) == (not long.is_plain)
    for what in ("has_number", "missing", "has_value"):
        assert np.array_equal(getattr(long, what), getattr(plain, what))
    for what in (
        "evidence",
        "decimal",
        "n_missing",
        "n_strays",
        "strays",
        "words",
        "is_numeric",
        "is_quick",
        "largest",
    ):
        assert getattr(long, what) == getattr(plain, what), what
    assert list(long.counts.items()) == list(plain.counts.items())
    for target in (False, True):
        codes, labels = long.labels(target=target)
        assert labels == plain.labels(target=target)[1]
        assert np.array_equal(codes, plain.labels(target=target)[0])


def test_each_kind_of_column_is_kept_in_the_form_that_takes_least() -> None:
    kept = {name: type(read(texts).texts) for name, texts in AS_TYPED.items()}
    assert [name for name, form in kept.items() if form is Decimals] == list(AS_TYPED)[:5]
    assert [name for name, form in kept.items() if form is WrittenNumbers] == list(AS_TYPED)[5:7]
    assert [name for name, form in kept.items() if form is PackedTexts] == ["numbers that nobody writes", "names"]
    assert kept["gaps"] is kept["words"] is kept["days"] is RepeatedTexts
    column = read(AS_TYPED["decimals"]).texts
    assert isinstance(column, Decimals)
    assert column.nbytes == 2 * 5000


@given(st.lists(st.from_regex(r"-?([0-9]{1,14}|[0-9]{1,7}\.[0-9]{1,8})", fullmatch=True), min_size=1, max_size=40))
@example(["-0", "0", "-0.0", "999999999999999", "0.00000000000001", "-128", "127", "32767", "-32768"])
@example(["07", "1"])
def test_decimals_give_back_what_was_typed_and_its_number_to_the_last_bit(cells: list[str]) -> None:
    part = plain_part("\n".join(cells))
    assert isinstance(part, ReadDecimals)
    if part.is_plain:
        one = Decimals.of(part)
        kept = Decimals.joined([one, one])
        assert list(kept) == 2 * cells
        assert kept.numbers().tobytes() == np.array([float(cell) for cell in 2 * cells]).tobytes()
    else:
        assert any(f"{float(cell):.{len(cell.partition('.')[2])}f}" != cell for cell in cells)


def test_texts_that_come_again_are_counted_in_the_order_in_which_they_come() -> None:
    packed = PackedTexts(["b", "a", "b", "c"] * 2000)
    repeated = RepeatedTexts.of(packed)
    assert repeated is not None
    assert list(repeated.counts.items()) == list(Counter(packed).items())
    assert repeated.codes.dtype == np.uint8
    assert RepeatedTexts.of(PackedTexts(TEXTS)) is None
