"""Contour lines: on the level, between the classes, gaps where nothing is known."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.experiment.contours import class_lines, contour_lines, plane_contour, steps_between
from nnviz.experiment.grids import cell_centres

LIMITS = (-2.0, 2.0)


def plane() -> tuple[np.ndarray, np.ndarray]:
    centres = cell_centres(LIMITS, 80)
    return np.meshgrid(centres, centres)


def test_a_circle_is_found_where_it_is() -> None:
    x, y = plane()
    lines = contour_lines((x**2 + y**2).astype(np.float32), 1.0, LIMITS, LIMITS)
    assert np.hypot(lines[:, 0], lines[:, 1]) == pytest.approx(np.ones(len(lines)), abs=2e-3)
    length = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]).sum()
    assert length == pytest.approx(2 * np.pi, rel=2e-3)


def test_a_saddle_has_two_lines_in_its_cell() -> None:
    field = np.array([[1.0, -1.0], [-1.0, 1.0]], dtype=np.float32)
    assert len(contour_lines(field, 0.0, (0.0, 2.0), (0.0, 2.0))) == 2


def test_three_classes_meet_along_the_borders_between_them() -> None:
    x, y = plane()
    angle = np.arctan2(y, x)
    values = np.stack([np.cos(angle - turn) for turn in (0.0, 2 * np.pi / 3, -2 * np.pi / 3)], axis=2)
    lines = class_lines(values.astype(np.float32), LIMITS, LIMITS)
    away = np.hypot(lines[:, 0], lines[:, 1]) > 0.2
    found = np.round(np.degrees(np.arctan2(lines[away, 1], lines[away, 0])) / 60.0)
    assert set(np.abs(found)) == {1.0, 3.0}


def test_nan_leaves_a_gap_and_one_class_no_line() -> None:
    x, _ = plane()
    field = x.astype(np.float32)
    field[40:, :] = np.nan
    assert contour_lines(field, 0.0, LIMITS, LIMITS)[:, 1].max() < 0.0
    assert class_lines(np.ones((5, 5, 3), dtype=np.float32), LIMITS, LIMITS).shape == (0, 4)
    assert plane_contour(np.zeros((1, 9, 1), dtype=np.float32), LIMITS, LIMITS, (0.0,)).shape == (0, 4)


def test_levels() -> None:
    assert steps_between(0.0, 10.0) == pytest.approx((1, 2, 3, 4, 5, 6, 7, 8, 9))
