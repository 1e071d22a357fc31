from __future__ import annotations

import pytest

from nnviz.experiment.part_budgets import LADDER, MAX_AGE_FRAMES, Renewed, Resolution

BUDGET_S = 0.003


def settled(seconds_per_sample: float, maximum: int = 120, start: Resolution | None = None) -> tuple[Resolution, int]:
    resolution = start or Resolution(BUDGET_S)
    step = maximum
    for _ in range(40):
        step = resolution.choose(maximum)
        resolution.measured(step * step, seconds_per_sample * step * step)
    return resolution, step


@pytest.mark.parametrize(("cost_at_full_s", "expected"), [(0.001, 120), (0.0038, 120), (0.006, 72), (1.0, 40)])
def test_resolution_fits_the_budget(cost_at_full_s, expected):
    assert settled(cost_at_full_s / 120**2)[1] == expected


def test_resolution_comes_back_when_there_is_time_again():
    resolution, coarse = settled(1e-5)
    assert coarse == LADDER[0]
    assert settled(1e-8, start=resolution)[1] == 120


def test_resolution_does_not_flicker_at_the_edge():
    resolution, step = settled(BUDGET_S / 90**2)
    seen = set()
    for i in range(50):
        seen.add(resolution.choose(120))
        resolution.measured(step * step, (BUDGET_S / 90**2) * step * step * (1.1 if i % 2 else 0.9))
    assert len(seen) == 1


def test_the_first_measurement_with_its_compilation_counts_nothing():
    resolution = Resolution(BUDGET_S)
    resolution.choose(120)
    resolution.measured(120**2, 2.0)
    assert resolution.choose(120) == 120


def test_a_maximum_below_the_ladder_is_kept():
    assert settled(1.0, maximum=24)[1] == 24


def test_cheap_parts_are_made_for_every_frame():
    made = []
    part: Renewed[int] = Renewed(10.0)
    for i in range(5):
        part.get(lambda i=i: made.append(i) or i, exact=False)
    assert made == [0, 1, 2, 3, 4]


def test_dear_parts_are_made_now_and_then_and_always_where_exact():
    part: Renewed[int] = Renewed(0.0)
    values = [part.get(lambda i=i: i, exact=False) for i in range(MAX_AGE_FRAMES + 1)]
    assert values == [0] * MAX_AGE_FRAMES + [MAX_AGE_FRAMES]
    assert part.get(lambda: 99, exact=True) == 99
    assert part.get(lambda: 100, key="other", exact=False) == 100
