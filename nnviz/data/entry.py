"""What an entry of the table of data sets is, and how it is asked for its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from msgspec import Struct, field

from nnviz import assets
from nnviz.core.bounds import SEED
from nnviz.core.choices import Choice, ChoiceTable, Parameter
from nnviz.core.errors import SettingError
from nnviz.data.dataset import Dataset, Task

Make = Callable[["DatasetEntry", int, Mapping[str, Any]], Dataset]

Role = Literal["rows", "noise", "classes", ""]
USUAL_TEST_FRACTION = 0.3


class Group(Choice, Struct, frozen=True, kw_only=True):
    """A kind of data sets, which stand together under its label in the window's list.

    Attributes
    ----------
    generated : bool
        Whether a seed draws the rows.
    measured : bool
        Whether the rows are a real table, whose origin is told and whose number of classes only the rows tell.
    complete : bool
        Whether the rows are all that there can be, so that none is kept back for testing.
    """

    generated: bool = False
    measured: bool = False
    complete: bool = False


GROUPS: ChoiceTable[Group] = ChoiceTable(
    "group of data sets",
    (
        Group(
            name="toy",
            label="Planes with classes",
            help="Points on a plane, drawn by a generator: tell their classes apart.",
            generated=True,
        ),
        Group(
            name="regression",
            label="Numbers to predict (regression)",
            help="Values of a formula, drawn by a generator: predict the number.",
            generated=True,
        ),
        Group(
            name="truth table",
            label="Truth tables",
            help="Logical functions with all their rows.",
            complete=True,
        ),
        Group(name="real", label="Real tables", help="Measured data, with their source.", measured=True),
    ),
)


class DataParameter(Parameter, Struct, frozen=True, kw_only=True):
    """A setting of a generator.

    Attributes
    ----------
    role : "rows", "noise", "classes" or ""
        What it is for any generator, whatever its name: how many rows there are; how noisy they are; how many classes,
        on which the network's outputs depend. Empty: something of this generator's own.
    """

    role: Role = ""

    @property
    def shared(self) -> bool:
        """Whether another data set of the same task takes over what the user has set."""
        return self.role in ("rows", "noise")


class DatasetEntry(Choice, Struct, frozen=True, kw_only=True):
    """One data set of the table.

    Attributes
    ----------
    group : str
        Name in `GROUPS`.
    parameters : tuple of DataParameter
        Settings of the generator beside the seed; empty where the rows are fixed.
    task : "classification" or "regression"
    n_classes : int or None
        Classes where no parameter counts them; None: only the rows tell. Does not matter for a regression.
    n_features : int
        Raw features.
    standardise_default : bool
        Whether standardising is suggested.
    test_fraction_default : float
        Suggested share of test rows; 0 for truth tables.
    make : callable
        ``(entry, seed, parameters) → Dataset``; use `load`, which checks first.
    offered : mapping of str to float
        Parameters that a picture to be chosen begins with, where the defaults would leave a network little to learn.
    """

    group: str
    task: Task
    n_features: int
    make: Make
    parameters: tuple[DataParameter, ...] = ()
    n_classes: int | None = 2
    standardise_default: bool = False
    test_fraction_default: float = USUAL_TEST_FRACTION
    offered: Mapping[str, float] = field(default_factory=dict)

    @property
    def defaults(self) -> dict[str, float]:
        """The parameters' default values by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def __post_init__(self) -> None:
        """Refuse a group that is in no table."""
        GROUPS[self.group]

    @property
    def kind(self) -> Group:
        """The entry of its group."""
        return GROUPS[self.group]

    @property
    def class_parameters(self) -> frozenset[str]:
        """Names of the parameters that the number of classes is."""
        return frozenset(parameter.name for parameter in self.parameters if parameter.role == "classes")

    def parameter_of(self, role: Role) -> DataParameter | None:
        """Return the first parameter with that role, or None."""
        return next((parameter for parameter in self.parameters if parameter.role == role), None)

    def class_count(self, parameters: Mapping[str, float]) -> int | None:
        """Return how many classes there are with these parameters; 0 for numbers, None where only the rows tell."""
        if self.task == "regression":
            return 0
        counts = [parameters.get(name, self.defaults[name]) for name in self.class_parameters]
        return int(max(counts)) if counts else self.n_classes

    @property
    def is_generated(self) -> bool:
        """Whether a seed draws the rows, so that there can be others of the same kind."""
        return self.kind.generated

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What is known of a real data set: file, rows, licence, citation, doi, changes; empty for others."""
        known: Mapping[str, Mapping[str, Any]] = assets.provenance() if self.kind.measured else {}
        return known.get(self.name, MappingProxyType({}))

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
        return self.make(self, int(SEED.check(seed)), values)
