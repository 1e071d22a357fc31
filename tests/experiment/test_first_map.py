"""The first map of data with many features does not lie: points lie near it, and a category stays a whole one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.data import DATASETS, Dataset
from nnviz.experiment import DataSpec, Experiment, load_document, prepare
from nnviz.experiment.first_map import NEAR, SOME
from nnviz.experiment.frame import Hold, Needs, PlaneRequest
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.held import Slice
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.schema import TableSource
from nnviz.experiment.slice_words import slice_sentence
from nnviz.experiment.slices import held_features, raw_rows, slice_distances
from nnviz.experiment.typical import one_hot_groups, typical_row

CASES = Path(__file__).parents[1] / "data" / "cases"
MEASURED = [name for name, entry in DATASETS.items() if entry.kind.measured and entry.n_features < 784]


def first_plane(prepared: Prepared):
    trainer = prepared.trainer()
    plane = (
        FrameBuilder(prepared)
        .build(trainer.moment(), Needs(planes={"": PlaneRequest(hold=Hold("auto"), max_resolution=12)}))
        .plane
    )
    assert plane is not None
    return plane


def check(prepared: Prepared) -> None:
    """The first map is near some points, or averaged, or says in words that it is near none."""
    plane, first = first_plane(prepared), prepared.first_map
    assert (plane.axes, plane.hold) == (first.axes, first.hold)
    sentence = slice_sentence(prepared, plane)
    if first.hold.kind == "average":
        assert "averaged" in sentence
        return
    distances = slice_distances(prepared, first.axes, first.hold)
    assert distances is not None
    share = np.mean(np.concatenate(distances) <= NEAR)
    if prepared.dataset.image_shape is None:
        assert share >= 0.04
    # Where hardly a point lies near, no count of them sounds like one of points that the map shows.
    assert (" points lie near it, others" in sentence) == (SOME <= share < 1.0)
    assert (f"All {len(np.concatenate(distances))} points lie near it." in sentence) == (share == 1.0)
    assert ("Hardly any of the" in sentence) == (share < SOME)
    x, y = np.linspace(-1, 1, 7), np.linspace(-1, 1, 7)
    rows = raw_rows(prepared, first.axes, first.hold, x, y)
    for group in one_hot_groups(prepared.train):
        if not set(group) & set(first.axes):
            assert np.isin(rows[:, group], (0.0, 1.0)).all()
            np.testing.assert_array_equal(rows[:, group].sum(axis=1), 1.0)


@pytest.mark.parametrize("name", MEASURED)
def test_the_first_map_of_measured_data_does_not_lie(name: str) -> None:
    prepared = prepare(Experiment(data=DataSpec(name=name)))
    if prepared.dataset.n_features > 2:
        check(prepared)


@pytest.mark.parametrize("name", ["deals.arff", "form_answers.csv", "loans.csv", "beats.arff", "purchased_last.csv"])
def test_the_first_map_of_a_table_does_not_lie(name: str) -> None:
    check(load_document(CASES / name).experiment.prepared())


@given(
    seed=st.integers(0, 10_000),
    n_numbers=st.integers(0, 3),
    sizes=st.lists(st.integers(2, 4), min_size=1, max_size=3),
    n_rows=st.integers(12, 60),
)
@settings(deadline=None, max_examples=25)
def test_the_first_map_of_generated_tables_does_not_lie(
    seed: int, n_numbers: int, sizes: list[int], n_rows: int
) -> None:
    rng = np.random.default_rng(seed)
    columns = {f"n{k}": rng.normal(size=n_rows).round(3) for k in range(n_numbers)}
    columns |= {f"c{k}": rng.choice(list("abcd")[:size], n_rows) for k, size in enumerate(sizes)}
    columns["kind"] = np.array(["x", "y"])[np.arange(n_rows) % 2]
    text = "\n".join([",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))])
    source = TableSource(text=text + "\n", target="kind")
    prepared = prepare(Experiment(data=DataSpec(name=None, table=source)))
    if prepared.dataset.n_features <= 2:
        return
    first = prepared.first_map
    assert " 0 of " not in slice_sentence(prepared, first_plane(prepared))
    if first.hold.kind == "means":
        away = Slice(prepared.spread, prepared.typical).distances(prepared.train.X, first.axes)
        assert (away <= NEAR).any()


def test_penguins_are_held_at_an_island_that_there_is() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="penguins")))
    groups = one_hot_groups(prepared.train)
    assert len(groups) == 2
    for group in groups:
        assert sorted(prepared.typical[list(group)]) == [0.0] * (len(group) - 1) + [1.0]
    assert prepared.first_map.hold.kind == "components"
    rows = raw_rows(prepared, (0, 1), Hold("components"), np.array([-2.0, 0.7]), np.array([1.0, 3.3]))
    for group in groups:
        np.testing.assert_array_equal(rows[:, group], prepared.typical[list(group)][np.newaxis].repeat(2, axis=0))


def test_other_categories_give_way_to_one_on_an_axis() -> None:
    X = np.array([[0.0, 1, 0, 0], [1, 0, 1, 0], [2, 0, 1, 0], [3, 0, 0, 1]])
    data = Dataset.of_classes(X, [0, 1, 0, 1], ["x", "y"], ["n", "c=a", "c=b", "c=c"])
    prepared = prepare(Experiment(data={"rows": _rows(data), "standardise": False, "test_fraction": 0.0}))
    assert typical_row(data).tolist() == [1.5, 0.0, 1.0, 0.0]
    assert raw_rows(prepared, (0, 1), Hold(), np.array([5.0, 5.0]), np.array([0.0, 1.0])).tolist() == [
        [5.0, 0.0, 1.0, 0.0],
        [5.0, 1.0, 0.0, 0.0],
    ]
    assert held_features(prepared, (0, 1)) == ()
    distances = slice_distances(prepared, (0, 1))
    assert distances is not None
    # Only the row of the third category lies off the slice.
    assert (distances[0] > 0.0).tolist() == [False, False, False, True]


def test_axes_that_were_chosen_stay() -> None:
    experiment = Experiment(data=DataSpec(name="iris"), view={"axes": (2, 3)})
    prepared = prepare(experiment)
    request = PlaneRequest(axes=experiment.view.axes, hold=experiment.view.held, max_resolution=8)
    plane = FrameBuilder(prepared).build(prepared.trainer().moment(), Needs(planes={"": request})).plane
    assert plane is not None
    assert (plane.axes, plane.hold.kind) == ((2, 3), "means")


def _rows(data: Dataset) -> dict[str, object]:
    return {"feature_names": data.feature_names, "features": data.X.tolist(), "labels": data.labels.tolist()}
