"""Whether rows are still the same ones."""

from __future__ import annotations

import pytest

from nnviz.experiment.document import Experiment
from nnviz.experiment.prepare import Prepared, prepare
from nnviz.experiment.row_identity import same_features, same_table, same_values
from nnviz.experiment.schema import DataSpec, RowsSource

POINTS = ((0.0, 1.0), (2.0, 3.0), (4.0, 6.0))


def table(*, name: str = "a", change: float = 0.0, target: float = 1.0) -> Prepared:
    rows = RowsSource(
        feature_names=(name, "b"), features=((change, 1.0), *POINTS[1:]), targets=((target,), (2.0,), (3.0,))
    )
    return prepare(Experiment(data=DataSpec(name=None, rows=rows, test_fraction=0.0)))


@pytest.mark.parametrize(
    ("changed", "features", "values", "whole"),
    [
        ({}, True, True, True),
        ({"name": "c"}, True, True, False),
        ({"target": 9.0}, True, False, False),
        ({"change": 9.0}, False, False, False),
    ],
)
def test_each_question_asks_for_more(changed: dict[str, object], features: bool, values: bool, whole: bool) -> None:
    old, new = table(), table(**changed)  # type: ignore[arg-type]
    assert same_features(old, new) == features
    assert same_values(old.dataset, new.dataset) == values
    assert same_table(old, new) == whole
