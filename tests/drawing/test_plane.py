import numpy as np
import pytest
from PySide6.QtGui import QColor

from nnviz.data import Dataset
from nnviz.drawing.plane import plane_image, plane_look, washed
from nnviz.drawing.theme import DARK, LIGHT, Theme
from nnviz.experiment.frame import Plane

from .conftest import MakeFrame


def _plane(values: np.ndarray) -> Plane:
    return Plane((0.0, 1.0), (0.0, 1.0), (0, 1), None, values.astype(np.float32))


def _classes(count: int) -> Dataset:
    names = tuple("abcdefghij"[:count])
    return Dataset.of_classes(np.zeros((count, 2)), np.arange(count), names, ("x1", "x2"))


def _near(found: QColor, wanted: QColor, tolerance: int = 3) -> bool:
    parts = zip(found.getRgb()[:3], wanted.getRgb()[:3], strict=True)  # type: ignore[index]
    return all(abs(a - b) <= tolerance for a, b in parts)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_two_classes_diverge_through_neutral(theme: Theme) -> None:
    image = plane_image(_plane(np.array([[[0.0], [0.5], [1.0]]])), _classes(2), theme)
    wanted = (washed(theme, 0), theme.colour("neutral"), washed(theme, 1))
    assert all(_near(image.pixelColor(k, 0), colour) for k, colour in enumerate(wanted))


def test_row_0_is_the_lowest_y() -> None:
    image = plane_image(_plane(np.array([[[0.0]], [[1.0]]])), _classes(2), LIGHT)
    assert _near(image.pixelColor(0, 0), washed(LIGHT, 0))


def test_many_classes_are_blended_by_probability() -> None:
    sure, torn = [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]
    image = plane_image(_plane(np.array([[sure, torn]])), _classes(3), LIGHT)
    assert _near(image.pixelColor(0, 0), washed(LIGHT, 1))
    mean = (washed(LIGHT, 0).red() + washed(LIGHT, 1).red()) / 2
    assert abs(image.pixelColor(1, 0).red() - mean) <= 2


def test_discretised_maps_know_only_answers() -> None:
    values = np.array([[[0.4, 0.35, 0.25], [0.1, 0.2, 0.7]]])
    image = plane_image(_plane(values), _classes(3), LIGHT, discretise=True)
    assert [image.pixelColor(k, 0) for k in (0, 1)] == [washed(LIGHT, 0), washed(LIGHT, 2)]
    two = plane_image(_plane(np.array([[[0.4], [0.6]]])), _classes(2), LIGHT, discretise=True)
    assert _near(two.pixelColor(0, 0), washed(LIGHT, 0))
    assert _near(two.pixelColor(1, 0), washed(LIGHT, 1))


def test_what_is_not_finite_is_painted_without_a_warning() -> None:
    values = np.array([[[np.nan, np.inf, 0.0], [np.nan, np.nan, np.nan]]])
    assert plane_image(_plane(values), _classes(3), LIGHT).width() == 2
    assert plane_image(_plane(values[..., :1]), _classes(2), DARK).width() == 2


def test_a_regression_spans_the_targets_of_the_training_rows(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame("plane")
    assert frame.plane is not None
    levels, _ = plane_look(frame.plane, prepared.train, LIGHT, frame)
    assert levels == (prepared.train.y.min(), prepared.train.y.max())


def test_a_tanh_output_speaks_from_minus_one_to_one(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame()
    assert frame.plane is not None
    assert plane_look(frame.plane, prepared.train, LIGHT, frame)[0] == (0.0, 1.0)


def test_one_class_alone_goes_from_the_canvas_to_its_colour() -> None:
    sure, torn, other = [0.0, 1.0, 0.0], [0.25, 0.5, 0.25], [1.0, 0.0, 0.0]
    plane = _plane(np.array([[sure, torn, other]]))
    image = plane_image(plane, _classes(3), LIGHT, shown_class=1)
    assert image.pixelColor(0, 0).name() == washed(LIGHT, 1).name()
    assert image.pixelColor(2, 0).name() == LIGHT.canvas
    between = image.pixelColor(1, 0)
    for channel in ("red", "green", "blue"):
        low, high = sorted(getattr(QColor(colour), channel)() for colour in (LIGHT.canvas, washed(LIGHT, 1)))
        assert low < getattr(between, channel)() < high
    steps = plane_image(plane, _classes(3), LIGHT, shown_class=1, discretise=True)
    assert steps.pixelColor(1, 0).name() == washed(LIGHT, 1).name()


def test_a_class_that_is_not_there_is_passed_over() -> None:
    plane = _plane(np.array([[[0.2, 0.3, 0.5]]]))
    assert plane_image(plane, _classes(3), LIGHT, shown_class=7) == plane_image(plane, _classes(3), LIGHT)
    two = _plane(np.array([[[0.2], [0.8]]]))
    assert plane_image(two, _classes(2), LIGHT, shown_class=1) == plane_image(two, _classes(2), LIGHT)
