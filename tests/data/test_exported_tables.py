"""What nnviz exports it reads back as it was, labels and names that look like formulas too."""

from __future__ import annotations

import numpy as np

from nnviz.data import Dataset, default_choices, make_dataset, open_table
from nnviz.data.table_file import table_text


def test_labels_and_names_like_formulas_come_back() -> None:
    names = ("=cmd|' /C calc'!A0", "+x", "@sum", "'-1", "-b", "R&D <b>", "\uff1d1+1", "\uff20x")
    classes = np.arange(24) % 8
    X = np.random.default_rng(0).normal(size=(24, 2))
    text = table_text(Dataset.of_classes(X, classes, names, ["=1+1", "-y"], target_name="@class"))
    assert not any(
        cell.startswith(("=", "+x", "@", "-b", "\uff1d", "\uff20"))
        for line in text.splitlines()
        for cell in line.split(",")
    )
    table = open_table(text.encode(), name="t.csv")
    again = make_dataset(table, default_choices(table, "@class"))
    assert again.feature_names == ("=1+1", "-y")
    assert again.target_names == ("@class",)
    assert again.labels is not None
    assert again.labels.tolist() == [names[code] for code in classes]
    np.testing.assert_array_equal(again.X, X)


def test_labels_that_are_numbers_are_spared() -> None:
    classes = np.arange(20) % 2
    X = np.random.default_rng(0).normal(size=(20, 2))
    text = table_text(Dataset.of_classes(X, classes, ["-1", "+1"], ["x", "y"]))
    assert ",-1\n" in text
    assert "'" not in text
