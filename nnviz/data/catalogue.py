"""The table of data sets, from which menus, help, command line and tests are derived."""

from __future__ import annotations

from nnviz.core.choices import ChoiceTable
from nnviz.data.dataset import Dataset
from nnviz.data.entry import DatasetEntry
from nnviz.data.fixed import REAL, TRUTH_TABLES
from nnviz.data.generated import CURVES, TOYS

DATASETS: ChoiceTable[DatasetEntry] = ChoiceTable("data set", (*TOYS, *CURVES, *TRUTH_TABLES, *REAL))
"""All data sets, in the order in which menus show them."""


def datasets() -> tuple[str, ...]:
    """Return the names of all data sets.

    Examples
    --------
    >>> import nnviz
    >>> "spiral" in nnviz.datasets()
    True
    """
    return tuple(DATASETS)


def load_dataset(name: str, *, seed: int = 0, **parameters: float) -> Dataset:
    """Make or read a data set.

    Parameters
    ----------
    name : str
        One of `datasets()`.
    seed : int
        Of the generator; the same seed gives the same data.
    **parameters : float
        Of the generator, such as ``n_samples``, ``noise``, ``arms``; `DATASETS` names them with their ranges.

    Returns
    -------
    Dataset

    Raises
    ------
    SettingError
        Where the name or a parameter is unknown, or a value is out of its range.

    Examples
    --------
    >>> import nnviz
    >>> data = nnviz.load_dataset("spiral", n_samples=300, noise=0.0, arms=3, seed=0)
    >>> data.X.shape, data.y.shape, data.class_counts
    ((300, 2), (300, 3), (100, 100, 100))
    """
    return DATASETS[name].load(seed, **parameters)
