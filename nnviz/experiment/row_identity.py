"""Whether data are still the same rows after something else was changed: three questions of increasing strictness."""

from __future__ import annotations

import numpy as np

from nnviz.data import Dataset, compact
from nnviz.experiment.figures import PARTS
from nnviz.experiment.prepare import Prepared


def same_features(old: Prepared, new: Prepared) -> bool:
    """Whether all parts have the same features in the same rows: then a marked row or a picture is still that one."""
    return all(compact.same_features(old.part(name), new.part(name)) for name in PARTS)


def same_values(old: Dataset, new: Dataset) -> bool:
    """Whether all rows have the same features and the same targets: then reading a file again has brought no news."""
    return old is new or (np.array_equal(old.y, new.y) and compact.same_features(old, new))


def same_table(old: Prepared, new: Prepared) -> bool:
    """Whether all parts have the same values under the same names: then a list of the rows can stay as it is."""
    names = [
        (data.feature_names, data.target_names, data.class_names, data.image_shape)
        for data in (old.dataset, new.dataset)
    ]
    return names[0] == names[1] and all(same_values(old.part(name), new.part(name)) for name in PARTS)
