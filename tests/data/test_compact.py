"""Features that are decimals are kept as small whole numbers, and are the same to the last bit."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import asdict

from nnviz.data import Dataset, compact, regrouped
from nnviz.data.compact import Compact, SmallTable, columns_of, limits_of, rows_of, same_features
from nnviz.experiment import Experiment, FrameBuilder, Needs
from nnviz.experiment.frame import Hold, PlaneRequest
from nnviz.experiment.prepare import Prepared, prepare
from nnviz.experiment.rows import Labels
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, RowsSource

DECIMALS = st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 5)).map(lambda pair: pair[0] / 10 ** pair[1])


@pytest.fixture
def _every_data_set_is_large(monkeypatch):
    for module in (compact, regrouped):
        monkeypatch.setattr(module, "FEWEST_BYTES", 0)


def mixed(n: int = 40) -> np.ndarray:
    rng = np.random.default_rng(0)
    X = np.column_stack(
        [rng.normal(size=n).round(3), rng.integers(0, 256, n), rng.integers(0, 2, n), rng.normal(size=n).round(1)]
    )
    X[3] = [-0.0, 0.0, 1.0, -0.0]
    return X


@given(st.lists(st.lists(DECIMALS, min_size=3, max_size=3), min_size=1, max_size=20))
@example([[-0.0, 0.0, 0.1], [32767.0, -3276.7, 0.3]])
@example([[32768.0, 1.0, 0.1]])
@example([[-2147483648.0, 1.0, 0.1]])
@example([[float("inf"), 1.0, float("nan")]])
def test_a_small_table_holds_its_numbers_to_the_last_bit_or_is_none(rows: list[list[float]]) -> None:
    X = np.array(rows)
    small = SmallTable.of(X)
    if small is not None:
        assert small.at(slice(None)).tobytes() == X.tobytes()
        assert small.at(0).tobytes() == X[0].tobytes()
        assert np.array_equal(small.at(slice(None), [2, 0]), X[:, [2, 0]])
        assert np.array_equal(small.limits, [X.min(axis=0), X.max(axis=0)])


def test_what_is_no_decimal_is_kept_as_it_is() -> None:
    X = mixed()
    small = SmallTable.of(X)
    assert small is not None
    assert small.whole.dtype == np.int16
    assert small.powers.tolist() == [1000.0, 1.0, 1.0, 10.0]
    X[-1, 0] = 1.0 / 3.0
    assert SmallTable.of(X) is None
    assert SmallTable.of(mixed() * 1e9) is None
    wide = mixed()
    wide[5, 1] = 40_000.0
    assert SmallTable.of(wide).whole.dtype == np.int32


@pytest.mark.usefixtures("_every_data_set_is_large")
def test_it_is_the_same_data_set() -> None:
    plain = Dataset.of_classes(mixed(), np.arange(40) % 2, ["a", "b"], ["x", "y", "z", "w"])
    kept = compact.compact(plain)
    assert isinstance(kept, Compact)
    assert "X" not in vars(kept)
    for one, other in (
        (kept, plain),
        (kept.take([5, 3, 3]), plain.take([5, 3, 3])),
        (pickle.loads(pickle.dumps(kept)), plain),
    ):
        assert one.X.tobytes() == other.X.tobytes()
        assert not one.X.flags.writeable
        assert (one.y.tolist(), one.labels.tolist(), one.class_counts) == (
            other.y.tolist(),
            other.labels.tolist(),
            other.class_counts,
        )
        assert repr(one) == repr(other)
        assert rows_of(one, 2).tobytes() == rows_of(other, 2).tobytes()
        assert np.array_equal(rows_of(one, [2, 0]), rows_of(other, [2, 0]))
        assert np.array_equal(columns_of(one, (3, 1)), columns_of(other, (3, 1)))
        assert np.array_equal(limits_of(one), limits_of(other))
        assert same_features(one, other)
        assert same_features(other, one)
    assert same_features(kept, compact.compact(plain))
    assert not same_features(kept, kept.take(np.arange(39)))
    assert not same_features(kept, compact.compact(plain.take(np.arange(40)[::-1])))


def experiment() -> Experiment:
    labels = Labels.coded(("left", "right"), (np.arange(40) % 2).astype(np.int32))
    rows = RowsSource(feature_names=("x", "y", "z", "w"), features=mixed(), labels=labels)
    return Experiment(data=DataSpec(name=None, rows=rows), network=NetworkSpec(hidden=(LayerSpec(units=3),)))


def seen_of(prepared: Prepared) -> list[bytes]:
    """Return what is computed of features on the way to a picture, as bytes."""
    trainer, builder = prepared.trainer(), FrameBuilder(prepared)
    trainer.run(3)
    found = [trainer.network.parameters, trainer.problem.X, prepared.typical, *asdict(prepared.components).values()]
    for kind in ("means", "components", "average"):
        request = PlaneRequest(axes=(0, 3), hold=Hold(kind))
        frame = builder.build(trainer.moment(), Needs(planes={"main": request}, points=True, answers=True))
        plane = frame.plane
        found += [plane.values, *plane.x_range, *plane.y_range, *(plane.away or ()), frame.answers_test.outputs]
    return [np.asarray(value).tobytes() for value in found]


def test_a_run_is_the_same_to_the_last_bit(monkeypatch) -> None:
    plain = prepare(experiment())
    for module in (compact, regrouped):
        monkeypatch.setattr(module, "FEWEST_BYTES", 0)
    kept = prepare(experiment())
    assert isinstance(kept.train, Compact)
    assert isinstance(kept.test, Compact)
    assert not isinstance(plain.train, Compact)
    assert seen_of(kept) == seen_of(plain)
    assert kept.features("test", 1).tobytes() == plain.features("test", 1).tobytes()
    assert "X" not in vars(kept.train)
