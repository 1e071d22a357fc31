"""What an entry of the table of data sets is, and how it is asked for its rows."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from nnviz import assets
from nnviz.core.choices import Choice, Parameter
from nnviz.core.errors import SettingError
from nnviz.data.dataset import Dataset, Task

Group = Literal["toy", "regression", "truth table", "real"]
#: Groups whose rows a seed draws; those of the others are fixed.
GENERATED_GROUPS: tuple[Group, ...] = ("toy", "regression")
Make = Callable[["DatasetEntry", int, Mapping[str, Any]], Dataset]

USUAL_TEST_FRACTION = 0.3


@dataclass(frozen=True, kw_only=True)
class DatasetEntry(Choice):
    """One data set of the table.

    Attributes
    ----------
    group : "toy", "regression", "truth table" or "real"
        Toy sets are planes with classes, "regression" holds the generated ones.
    parameters : tuple of Parameter
        Settings of the generator beside the seed; empty where the rows are fixed.
    task : "classification" or "regression"
    n_features : int
        Raw features.
    standardise_default : bool
        Whether standardising is suggested.
    test_fraction_default : float
        Suggested share of test rows; 0 for truth tables.
    make : callable
        ``(entry, seed, parameters) → Dataset``; use `load`, which checks first.
    """

    group: Group
    task: Task
    n_features: int
    make: Make
    parameters: tuple[Parameter, ...] = ()
    standardise_default: bool = False
    test_fraction_default: float = USUAL_TEST_FRACTION

    @property
    def defaults(self) -> dict[str, float]:
        """The parameters' default values by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    @property
    def is_generated(self) -> bool:
        """Whether a seed draws the rows, so that there can be others of the same kind."""
        return self.group in GENERATED_GROUPS

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What is known of a real data set: file, rows, licence, citation, doi, changes; empty for others."""
        return assets.provenance()[self.name] if self.group == "real" else MappingProxyType({})

    @property
    def citation(self) -> str:
        """Whom to cite; empty for what is generated."""
        return str(self.provenance.get("citation", ""))

    @property
    def licence(self) -> str:
        """On which terms the rows may be used; empty for what is generated."""
        return str(self.provenance.get("licence", ""))

    @property
    def doi(self) -> str:
        """Digital object identifier, where the source has one."""
        return str(self.provenance.get("doi", ""))

    def load(self, seed: int = 0, **parameters: float) -> Dataset:
        """Make the data set.

        Parameters
        ----------
        seed : int
            Of the generator, not negative; fixed rows do not depend on it. The same seed and parameters give the same
            bytes.
        **parameters : float
            By name; absent ones take their defaults.

        Raises
        ------
        SettingError
            Where a parameter is unknown or out of its range.
        """
        return self.generate(seed, parameters)

    def generate(self, seed: int, parameters: Mapping[str, float]) -> Dataset:
        """Make the data set of parameters in a mapping, as files hold them; otherwise the same as `load`."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in parameters:
            if name not in known:
                raise SettingError(
                    "The data set {0} has no setting {1!r}; it has: {2}."
                    if known
                    else "The data set {0} has no setting {1!r}; its rows are fixed.",
                    self.label,
                    name,
                    ", ".join(known),
                )
        values = {name: known[name].check(parameters.get(name, known[name].default)) for name in known}
        return self.make(self, _checked_seed(seed), values)


def _checked_seed(seed: int) -> int:
    try:
        number = operator.index(seed)
    except TypeError:
        raise SettingError("The seed must be a whole number, not {0!r}.", seed) from None
    if number < 0:
        raise SettingError("The seed must not be negative, but it is {0}.", number)
    return number
