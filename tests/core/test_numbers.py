"""Numbers as people read and type them."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import nnviz
from nnviz.core.errors import SettingError
from nnviz.core.number_entry import parse_number
from nnviz.core.numbers import count_text, exact_text, filled, loss_text, number_text, percent_text
from nnviz.core.translation import counted, translated

WHOLE = st.integers(-(10**18), 10**18)
REAL = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1797, "1\u2009797"),
        (1_234_567, "1\u2009234\u2009567"),
        (-1797, "−1\u2009797"),
        (np.int64(1797), "1\u2009797"),
        (1797.0, "1\u2009797"),
    ],
)
def test_counts_have_their_thousands_apart(count: float, text: str) -> None:
    assert count_text(count) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.12345, 3, "0.123"),
        (123.45, 3, "123.45"),
        (-0.0001, 3, "−1.0e−4"),
        (-1e-20, 30, "−0.000000000000000000010000000000"),
        (0.0, 3, "0.000"),
        (-0.0, 3, "0.000"),
        (-0.5, 3, "−0.500"),
        (1234.5678, 3, "1234.6"),
        (1e-7, 3, "1.0e−7"),
        (2.6e33, 3, "2.6e33"),
        (-1_791_406.2, 3, "−1.8e6"),
        (math.inf, 3, "∞"),
        (2009.0, 1, "2009"),
        (12_345.6, 3, "12\u2009346"),
        (3.2e7, 3, "3.2e7"),
        (math.nan, 3, "–"),
        (-math.inf, 3, "−∞"),
    ],
)
def test_measured_values_have_as_many_decimals_as_say_something(value: float, digits: int, text: str) -> None:
    assert number_text(value, digits) == text


@pytest.mark.parametrize(("value", "text"), [(0.01234, "0.012340"), (0.5, "0.5000"), (math.nan, "–")])
def test_small_losses_have_more_decimals(value: float, text: str) -> None:
    assert loss_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (300, "300"),
        (0.01, "0.01"),
        (0.015, "0.015"),
        (1.5e-4, "1.5e−4"),
        (1e-8, "1e−8"),
        (-1e-8, "−1e−8"),
        (0.123456789, "0.123456789"),
        (0, "0"),
        (-0.5, "−0.5"),
        (100_000, "100\u2009000"),
        (1_000_000, "1e6"),
        (123_456_789, "123\u2009456\u2009789"),
        (2**31 - 1, "2\u2009147\u2009483\u2009647"),
        (1e300, "1e300"),
    ],
)
def test_exact_texts_are_short(value: float, text: str) -> None:
    assert exact_text(value) == text


@given(REAL)
@example(5e-324)
@example(1.7976931348623157e308)
@example(-12345.678)
@example(0.0001)
def test_an_exact_text_reads_back_as_the_same_number(value: float) -> None:
    assert parse_number(exact_text(value)) == value


@given(WHOLE)
def test_a_whole_number_reads_back_in_both_kinds_of_field(value: int) -> None:
    assert parse_number(exact_text(value), whole=True) == value
    assert parse_number(count_text(value), whole=True) == value
    assert parse_number(count_text(value)) == value


@given(st.floats(-1e12, 1e12), st.integers(0, 6))
def test_a_measured_value_reads_back_as_near_as_it_was_written(value: float, digits: int) -> None:
    assert parse_number(number_text(value, digits)) == pytest.approx(value, rel=0.06, abs=0.5)


@pytest.mark.parametrize(
    ("text", "real", "whole"),
    [
        ("1/3", 1 / 3, 1 / 3),
        (" -1 / 4 ", -0.25, -0.25),
        ("6/2", 3, 3),
        ("1e-3", 0.001, 0.001),
        ("1E3", 1000, 1000),
        ("0,05", 0.05, 0.05),
        (".5", 0.5, 0.5),
        (",5", 0.5, 0.5),
        ("+2.", 2, 2),
        ("−0.25", -0.25, -0.25),
        ("1,000", 1, 1000),
        ("1.000", 1, 1000),
        ("0.500", 0.5, 0.5),
        ("10.0", 10, 10),
        ("2.5", 2.5, 2.5),
        ("1 000", 1000, 1000),
        ("1'000", 1000, 1000),
        ("1’000", 1000, 1000),
        ("1\u2009000", 1000, 1000),
        ("1\u202f000", 1000, 1000),
        ("10\u20090000", 100_000, 100_000),
        ("1,234,567", 1_234_567, 1_234_567),
        ("1.234.567,5", 1_234_567.5, 1_234_567.5),
        ("1,234.5", 1234.5, 1234.5),
        ("1 234,5", 1234.5, 1234.5),
    ],
)
def test_reads_what_people_type(text: str, real: float, whole: float) -> None:
    assert parse_number(text) == real
    assert parse_number(text, whole=True) == whole


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(
    "text",
    ["", "fast", "1/2/3", "/2", "2/", "1e", "nan", "inf", "1_000", "0x10", "1 00", "12 34", "1,23,456", "1.2.3", "٣"],
)
def test_one_sentence_says_what_is_no_number(text: str, whole: bool) -> None:
    with pytest.raises(SettingError) as error:
        parse_number(text, whole=whole)
    assert str(error.value) == f"“{text}” is not a number; type one like 0.5, 1e-3 or 1/3."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1/0", "“1/0” divides by zero; type another number."),
        ("2000001/2", "The number must lie between −1e6 and 1e6."),
    ],
)
def test_refuses_what_no_field_can_hold(text: str, sentence: str) -> None:
    with pytest.raises(SettingError) as error:
        parse_number(text, largest=1e6)
    assert str(error.value) == sentence


def test_a_field_names_the_words_that_it_takes() -> None:
    with pytest.raises(SettingError, match="“x” is neither a number nor “none” or “all”"):
        parse_number("x", words=("none", "all"))


def test_sentences_write_numbers_as_the_window_does() -> None:
    assert filled("{0} of {1} rows; {n:.4g}", 5, np.int64(1797), n=1e-05) == "5 of 1\u2009797 rows; 1e−5"
    assert filled("{0}, {1}, {2!r}, {3}", True, "1797", 1797, 0.5) == "True, 1797, 1797, 0.5"
    assert translated("{0} rows", 1797) == "1\u2009797 rows"
    assert counted(1797, "{0} row", "{0} rows") == "1\u2009797 rows"
    assert str(SettingError("{0} must lie below {1:g}.", "Rate", 100_000.0)) == "Rate must lie below 100\u2009000."


def test_a_share_is_written_as_per_cent_in_one_way() -> None:
    assert (percent_text(0.975), percent_text(1, 0), percent_text(-0.0213), percent_text(np.nan)) == (
        "97.5 %",
        "100 %",
        "−2.1 %",
        "–",
    )
    # Python's own "97.5%" stands nowhere else beside it.
    written = re.compile(r"\{[^{}]*:[.0-9]*%\}")
    found = [
        path.name for path in sorted(Path(nnviz.__file__).parent.rglob("*.py")) if written.search(path.read_text())
    ]
    assert not found
