"""Generated data: seeded, balanced, within ±6 or so, and what their help and formulas say."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.core.errors import SettingError
from nnviz.data import DATASETS, Dataset, generators, load_dataset

GENERATED = [name for name, entry in DATASETS.items() if entry.is_generated]
PLANES = [name for name in GENERATED if name != "nielsen"]
CLASSES = [name for name in GENERATED if DATASETS[name].task == "classification"]


@st.composite
def settings_of(draw, names=GENERATED, **fixed):
    """A data set's name and settings anywhere in their ranges."""
    entry = DATASETS[draw(st.sampled_from(names))]
    values = {}
    for p in entry.parameters:
        if p.name == "n_samples":
            values[p.name] = draw(st.integers(10, 400))
        elif p.integer:
            values[p.name] = draw(st.integers(int(p.minimum), int(p.maximum)))
        else:
            values[p.name] = draw(st.floats(p.minimum, p.maximum))
    return entry.name, {**values, **fixed}


@given(settings_of(), st.integers(0, 2**31 - 1))
@settings(max_examples=150)
def test_the_same_seed_gives_the_same_bytes_and_what_was_asked_for(chosen, seed):
    name, values = chosen
    data, again = load_dataset(name, seed=seed, **values), load_dataset(name, seed=seed, **values)
    assert data.X.tobytes() == again.X.tobytes()
    assert data.y.tobytes() == again.y.tobytes()
    assert data.n_samples == values["n_samples"]
    assert data.X.dtype == data.y.dtype == np.float64
    assert np.isfinite(data.X).all()


@given(settings_of(CLASSES), st.integers(0, 1000))
@settings(max_examples=100)
def test_classes_are_equally_frequent_to_a_row(chosen, seed):
    name, values = chosen
    counts = load_dataset(name, seed=seed, **values).class_counts
    # XOR is balanced by quadrants, of which a class has two.
    assert max(counts) - min(counts) <= 1
    assert len(counts) == values.get("arms", values.get("n_classes", 2))


@given(settings_of(PLANES, noise=0.0, spread=0.6), st.integers(0, 1000))
@settings(max_examples=100)
def test_planes_span_about_six_without_noise(chosen, seed):
    name, values = chosen
    values = {key: value for key, value in values.items() if key in DATASETS[name].defaults}
    assert np.abs(load_dataset(name, seed=seed, **values).X).max() <= 7.0


@pytest.mark.parametrize("name", PLANES)
def test_planes_are_filled_by_their_defaults(name):
    X = load_dataset(name, n_samples=500, noise=0.0).X
    assert 4.5 <= np.abs(X).max() <= 7.0


@pytest.mark.parametrize("name", GENERATED)
def test_another_seed_gives_other_points_even_without_noise(name):
    first, second = load_dataset(name, noise=0.0, seed=0), load_dataset(name, noise=0.0, seed=1)
    assert not np.array_equal(first.X, second.X)


@pytest.mark.parametrize("name", GENERATED)
@pytest.mark.parametrize("n_samples", [10, 11, 20_000])
def test_the_smallest_and_largest_numbers_of_samples_work(name, n_samples):
    assert load_dataset(name, n_samples=n_samples).n_samples == n_samples


@pytest.mark.parametrize("name", CLASSES)
def test_noise_is_the_deviation_of_a_jitter_of_the_points(name):
    # The same seed places the same points; only the jitter differs.
    quiet, noisy = (load_dataset(name, n_samples=5000, noise=noise, seed=3) for noise in (0.0, 0.5))
    assert np.array_equal(quiet.y, noisy.y)
    assert (noisy.X - quiet.X).std() == pytest.approx(0.5, rel=0.05)
    assert (noisy.X - quiet.X).mean() == pytest.approx(0.0, abs=0.03)


@pytest.mark.parametrize("name", [name for name in GENERATED if name not in CLASSES])
def test_noise_is_the_deviation_of_an_error_of_the_target(name):
    quiet, noisy = (load_dataset(name, n_samples=5000, noise=noise, seed=3) for noise in (0.0, 0.5))
    assert np.array_equal(quiet.X, noisy.X)
    assert (noisy.y - quiet.y).std() == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("name", GENERATED)
def test_rows_are_mixed(name):
    data = load_dataset(name, n_samples=200)
    key = data.class_index if data.task == "classification" else data.X[:, 0]
    # Sorted rows would correlate with their position.
    assert abs(np.corrcoef(key, np.arange(200))[0, 1]) < 0.25


def radius(data: Dataset) -> np.ndarray:
    return np.hypot(data.X[:, 0], data.X[:, 1])


@pytest.mark.parametrize("factor", [0.1, 0.5, 0.8])
def test_circles_are_a_disc_inside_a_ring(factor):
    data = load_dataset("circles", noise=0.0, factor=factor)
    r, inside = radius(data), data.labels == "disc"
    assert r[inside].max() <= 6.0 * factor
    assert r[~inside].min() >= 6.0 * (factor + 0.4 * (1.0 - factor))
    assert r.max() <= 6.0


def test_xor_is_one_where_the_signs_differ_and_keeps_its_margin():
    data = load_dataset("xor", noise=0.0, margin=0.5)
    assert np.array_equal(data.y[:, 0] == 1.0, data.X[:, 0] * data.X[:, 1] < 0.0)
    assert np.abs(data.X).min() >= 0.5


def test_xor_blobs_are_four_points_without_spread():
    data = load_dataset("xor_blobs", spread=0.0)
    assert {tuple(row) for row in data.X} == {(4.0, 4.0), (4.0, -4.0), (-4.0, -4.0), (-4.0, 4.0)}
    assert np.array_equal(data.y[:, 0] == 1.0, data.X[:, 0] * data.X[:, 1] < 0.0)


@pytest.mark.parametrize("n_classes", [2, 3, 4, 5, 6])
def test_blobs_stand_around_a_circle(n_classes):
    data = load_dataset("blobs", n_classes=n_classes, n_samples=1200)
    centres = np.array([data.X[data.class_index == c].mean(axis=0) for c in range(n_classes)])
    assert np.hypot(*centres.T) == pytest.approx(4.0, abs=0.2)
    assert data.n_outputs == (1 if n_classes == 2 else n_classes)


def test_moons_are_half_circles():
    data = load_dataset("moons", noise=0.0)
    upper = data.X[data.class_index == 0] / 4.0 + [0.5, 0.25]
    lower = data.X[data.class_index == 1] / 4.0 + [0.5, 0.25]
    assert np.hypot(*upper.T) == pytest.approx(1.0)
    assert np.hypot(lower[:, 0] - 1.0, lower[:, 1] - 0.5) == pytest.approx(1.0)


@pytest.mark.parametrize("arms", [2, 3, 5])
def test_spiral_arms_follow_their_formula(arms):
    data = load_dataset("spiral", noise=0.0, arms=arms, turns=2.0)
    t = radius(data) / 6.0
    assert t.min() >= 0.05
    angle = 2.0 * np.pi * (2.0 * t + data.class_index / arms)
    assert pytest.approx(6.0 * t[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])) == data.X


@pytest.mark.parametrize("squares", [2, 3, 4, 7])
def test_checkerboard_squares_alternate(squares):
    data = load_dataset("checkerboard", noise=0.0, squares=squares)
    cell = np.floor((data.X + 6.0) / (12.0 / squares)).astype(int)
    assert np.array_equal(data.class_index, cell.sum(axis=1) % 2)
    assert len({tuple(row) for row in cell}) == squares * squares


def test_random_labels_are_independent_of_position():
    data = load_dataset("random_labels", n_samples=5000)
    assert abs(np.corrcoef(data.X[:, 0], data.y[:, 0])[0, 1]) < 0.05


def test_plane_is_its_formula():
    data = load_dataset("plane", noise=0.0)
    assert data.y[:, 0] == pytest.approx(data.X.sum(axis=1) / 12.0)


def test_multi_gaussian_peaks_at_its_centres():
    rng = np.random.default_rng(0)
    X, y = generators.multi_gaussian(rng, 20_000, 0.0)
    for c1, c2, height in ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)):
        nearest = np.hypot(X[:, 0] - c1, X[:, 1] - c2).argmin()
        assert y[nearest] == pytest.approx(height, abs=0.03)


def test_sine_is_its_formula():
    data = load_dataset("sine", noise=0.0, frequency=0.5)
    assert data.y == pytest.approx(np.sin(0.5 * data.X))


def test_nielsens_function_is_as_published():
    data = load_dataset("nielsen", noise=0.0)
    x = data.X
    assert data.y == pytest.approx(0.2 + 0.4 * x**2 + 0.3 * x * np.sin(15 * x) + 0.05 * np.cos(50 * x))
    assert x.min() >= 0.0
    assert x.max() <= 1.0
    assert DATASETS["nielsen"].standardise_default


def test_the_spiral_of_the_public_api():
    data = load_dataset("spiral", n_samples=500, noise=0.0, seed=0)
    assert data.X.shape == (500, 2)
    assert data.class_names == ("class A", "class B")


@pytest.mark.parametrize("name", GENERATED)
def test_settings_in_the_table_are_those_of_the_generator(name):
    parameters = inspect.signature(getattr(generators, name)).parameters
    assert [p.name for p in DATASETS[name].parameters] == list(parameters)[1:]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"n_samples": 9}, "Samples must lie between 10 and 20\u2009000, not 9"),
        ({"n_samples": 20_001}, "Samples must lie"),
        ({"n_samples": 10.5}, "whole number"),
        ({"noise": -0.1}, "Noise must lie"),
        ({"noise": float("nan")}, "Noise must lie"),
        ({"arms": 6}, "Arms must lie between 2 and 5"),
        ({"arms": "two"}, "Arms must be a number"),
        ({"factor": 0.5}, "Spiral has no setting 'factor'; it has: n_samples, noise, arms, turns"),
        ({"seed": -1}, "must be at least 0"),
        ({"seed": 1.5}, "must be a whole number"),
    ],
)
def test_impossible_settings_are_refused(values, reason):
    with pytest.raises(SettingError, match=reason):
        load_dataset("spiral", **values)
