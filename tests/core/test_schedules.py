import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.schedules import SCHEDULES

BASE = 0.1


def rate(name, progress, *parameters):
    entry = SCHEDULES[name]
    values = parameters or tuple(parameter.default for parameter in entry.parameters)
    return entry.function(BASE, progress, values)


def test_the_names_that_files_rely_on_are_there():
    assert {"constant", "step", "exponential", "cosine", "one_cycle", "cyclical"} <= set(SCHEDULES)


@pytest.mark.parametrize("entry", SCHEDULES.values(), ids=lambda entry: entry.name)
def test_an_entry_says_whether_the_rate_stays_and_which_parameter_is_its_period(entry):
    rates = {rate(entry.name, progress) for progress in range(0, 200, 7)}
    assert entry.constant == (rates == {BASE})
    assert entry.period in ("", *(parameter.name for parameter in entry.parameters))


@pytest.mark.parametrize(
    ("name", "parameters", "points"),
    [
        ("constant", (), {0: 0.1, 1e6: 0.1}),
        ("step", (0.5, 10), {0: 0.1, 9.999: 0.1, 10: 0.05, 35: 0.0125}),
        ("exponential", (0.9,), {0: 0.1, 1: 0.09, 2: 0.081, 0.5: 0.1 * 0.9**0.5}),
        ("cosine", (100, 0.0), {0: 0.1, 50: 0.05, 100: 0.0, 500: 0.0}),
        ("cosine", (100, 0.5), {0: 0.1, 50: 0.075, 100: 0.05}),
        ("one_cycle", (100, 10), {0: 0.1, 15: 0.55, 30: 1.0, 65: 0.5005, 100: 0.001, 900: 0.001}),
        ("cyclical", (100, 10), {0: 0.1, 25: 0.55, 50: 1.0, 75: 0.55, 100: 0.1, 150: 1.0}),
    ],
)
def test_known_points(name, parameters, points):
    for progress, expected in points.items():
        assert rate(name, progress, *parameters) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@given(st.sampled_from(list(SCHEDULES)), st.floats(0, 1e7))
def test_rates_are_never_negative_nor_above_the_top(name, progress):
    top = max((p.default for p in SCHEDULES[name].parameters if p.name == "maximum"), default=1.0)
    assert 0.0 <= rate(name, progress) <= BASE * top * (1 + 1e-12)


@pytest.mark.parametrize("entry", SCHEDULES.values(), ids=lambda entry: entry.name)
def test_parameters_explain_themselves(entry):
    assert all(parameter.help.endswith(".") for parameter in entry.parameters)
