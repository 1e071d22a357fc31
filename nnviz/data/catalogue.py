"""The table of data sets: one entry for each, from which menus, help, command line and tests are derived."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from nnviz import assets
from nnviz.core.choices import Choice, ChoiceTable, Parameter
from nnviz.core.errors import SettingError
from nnviz.data import generators, real, truth_tables
from nnviz.data.dataset import Dataset, Task

Group = Literal["toy", "regression", "truth table", "real"]
Make = Callable[["DatasetEntry", int, Mapping[str, Any]], Dataset]

TOY_TEST_FRACTION = 0.3
CLASS_LETTERS = "ABCDEF"


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
    test_fraction_default: float = TOY_TEST_FRACTION

    @property
    def defaults(self) -> dict[str, float]:
        """The parameters' default values by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}

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
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in parameters:
            if name not in known:
                offer = f"it has: {', '.join(known)}." if known else "its rows are fixed."
                raise SettingError(f"The data set {self.label} has no setting {name!r}; {offer}")
        values = {name: known[name].check(parameters.get(name, known[name].default)) for name in known}
        return self.make(self, _checked_seed(seed), values)


def _checked_seed(seed: int) -> int:
    try:
        number = operator.index(seed)
    except TypeError:
        raise SettingError(f"The seed must be a whole number, not {seed!r}.") from None
    if number < 0:
        raise SettingError(f"The seed must not be negative, but it is {number}.")
    return number


def _plane_of(generator: Callable[..., generators.Rows], class_names: Callable[[Mapping[str, Any]], list[str]]) -> Make:
    """Return how a plane with classes is made."""

    def make(entry: DatasetEntry, seed: int, parameters: Mapping[str, Any]) -> Dataset:
        X, classes = generator(np.random.default_rng(seed), **parameters)
        return Dataset.of_classes(X, classes, class_names(parameters), ("x1", "x2"), name=entry.name, title=entry.label)

    return make


def _values_of(generator: Callable[..., generators.Values], feature_names: tuple[str, ...]) -> Make:
    """Return how values of a formula are made."""

    def make(entry: DatasetEntry, seed: int, parameters: Mapping[str, Any]) -> Dataset:
        X, y = generator(np.random.default_rng(seed), **parameters)
        return Dataset.of_values(X, y, feature_names, ("y",), name=entry.name, title=entry.label)

    return make


def _rows_of(table: truth_tables.TruthTable) -> Make:
    """Return how a truth table is made."""

    def make(entry: DatasetEntry, _seed: int, _parameters: Mapping[str, Any]) -> Dataset:
        X = [features for features, _ in table.rows]
        y = [value for _, value in table.rows]
        return Dataset.of_classes(
            X, y, table.class_names, table.feature_names, table.target_name, name=entry.name, title=entry.label
        )

    return make


def _shipped(entry: DatasetEntry, _seed: int, _parameters: Mapping[str, Any]) -> Dataset:
    return real.load_real(entry.name, entry.label)


def _letters(count: str | int) -> Callable[[Mapping[str, Any]], list[str]]:
    """Return the class names "class A", "class B" …, as many as a number or a parameter says."""
    return lambda parameters: [
        f"class {letter}" for letter in CLASS_LETTERS[: parameters[count] if isinstance(count, str) else count]
    ]


def _samples(default: int = 500) -> Parameter:
    return Parameter(
        name="n_samples",
        label="Samples",
        help="How many points there are, training and test together.",
        default=default,
        minimum=10,
        maximum=20_000,
        integer=True,
        logarithmic=True,
    )


def _jitter(default: float, effect: str) -> Parameter:
    return Parameter(
        name="noise",
        label="Noise",
        help=f"Standard deviation of a normal jitter added to both features, in units of the axes: {effect}",
        default=default,
        minimum=0.0,
        maximum=3.0,
    )


def _error(default: float, target_range: str) -> Parameter:
    return Parameter(
        name="noise",
        label="Noise",
        help=f"Standard deviation of a normal error added to the target, which spans {target_range} without it.",
        default=default,
        minimum=0.0,
        maximum=1.0,
    )


def _n_classes(default: int = 2) -> Parameter:
    return Parameter(
        name="n_classes",
        label="Classes",
        help="How many classes there are to tell apart.",
        default=default,
        minimum=2,
        maximum=6,
        integer=True,
    )


def _spread(default: float) -> Parameter:
    return Parameter(
        name="spread",
        label="Spread",
        help="Standard deviation of each cloud in both features, before the noise; 0 makes each cloud one point.",
        default=default,
        minimum=0.0,
        maximum=3.0,
    )


_TOY = (
    DatasetEntry(
        name="circles",
        label="Circles",
        help="A disc inside a ring: no straight line parts them, three hidden units can.",
        formula="inside: r ≤ 6·factor · ring: r from 6·(factor + 0.4·(1 − factor)) to 6",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(
            _samples(),
            _jitter(0.2, "disc and ring fray and finally run into each other."),
            Parameter(
                name="factor",
                label="Inner radius",
                help="Radius of the disc as a share of the ring's; the nearer to 1, the narrower the gap.",
                default=0.5,
                minimum=0.1,
                maximum=0.9,
            ),
        ),
        make=_plane_of(generators.circles, lambda _: ["ring", "disc"]),
    ),
    DatasetEntry(
        name="xor",
        label="XOR (quadrants)",
        help="Four filled quadrants, opposite ones of one class: two units cannot part them cleanly, four can.",
        formula="class B where x₁ > 0 xor x₂ > 0",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(
            _samples(),
            _jitter(0.0, "points cross the axes and lie among those of the other class."),
            Parameter(
                name="margin",
                label="Margin",
                help="Empty distance between the points and the axes, before the noise.",
                default=0.3,
                minimum=0.0,
                maximum=3.0,
            ),
        ),
        make=_plane_of(generators.xor, _letters(2)),
    ),
    DatasetEntry(
        name="xor_blobs",
        label="XOR (four blobs)",
        help="Four clouds, opposite ones of one class: two units can part them, but not from every start.",
        formula="centres (±4, ±4) · class B where the signs differ",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(_samples(), _jitter(0.0, "the clouds grow until they touch."), _spread(0.6)),
        make=_plane_of(generators.xor_blobs, _letters(2)),
    ),
    DatasetEntry(
        name="blobs",
        label="Gaussian blobs",
        help="One cloud for each class around a circle: straight lines part them, so that no hidden layer is needed.",
        formula="centres at distance 4, evenly around the origin",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(_samples(), _jitter(0.0, "the clouds grow until they overlap."), _n_classes(), _spread(0.7)),
        make=_plane_of(generators.blobs, _letters("n_classes")),
    ),
    DatasetEntry(
        name="moons",
        label="Moons",
        help="Two half circles that reach into each other: a gently bent boundary parts them.",
        formula="(cos t, sin t) and (1 − cos t, ½ − sin t), t from 0 to π, four times enlarged",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(_samples(), _jitter(0.4, "the thin arcs become broad and finally touch.")),
        make=_plane_of(generators.moons, _letters(2)),
    ),
    DatasetEntry(
        name="spiral",
        label="Spiral",
        help="Arms that wind around each other: hard with one hidden layer, easier with two.",
        formula="r = 6t, angle = 2π·(turns·t + k/arms), t from 0.05 to 1",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(
            _samples(),
            _jitter(0.1, "the arms become broad and finally touch."),
            Parameter(
                name="arms",
                label="Arms",
                help="How many arms there are; each is a class of its own.",
                default=2,
                minimum=2,
                maximum=5,
                integer=True,
            ),
            Parameter(
                name="turns",
                label="Turns",
                help="How often each arm winds around the centre; more turns need more units.",
                default=1.75,
                minimum=0.25,
                maximum=4.0,
            ),
        ),
        make=_plane_of(generators.spiral, _letters("arms")),
    ),
    DatasetEntry(
        name="checkerboard",
        label="Checkerboard",
        help="Squares of two classes in turn: the more squares, the more units are needed.",
        formula="class A where row + column is even",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(
            _samples(1000),
            _jitter(0.0, "points stray into the neighbouring squares."),
            Parameter(
                name="squares",
                label="Squares",
                help="Squares along each side of the board.",
                default=4,
                minimum=2,
                maximum=10,
                integer=True,
            ),
        ),
        make=_plane_of(generators.checkerboard, _letters(2)),
    ),
    DatasetEntry(
        name="random_labels",
        label="Random labels",
        help="Classes drawn by lot: there is nothing to learn, but a large network can learn it by heart.",
        formula="class and position are independent",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(_samples(100), _jitter(0.0, "it moves the points, whose classes are random anyway."), _n_classes()),
        make=_plane_of(generators.random_labels, _letters("n_classes")),
    ),
)

_REGRESSION = (
    DatasetEntry(
        name="plane",
        label="Plane",
        help="A value that rises evenly across the plane: a network without hidden layer predicts it exactly.",
        formula="y = (x₁ + x₂) / 12",
        group="regression",
        task="regression",
        n_features=2,
        parameters=(_samples(), _error(0.0, "−1 to 1")),
        make=_values_of(generators.plane, ("x1", "x2")),
    ),
    DatasetEntry(
        name="multi_gaussian",
        label="Multi-Gaussian",
        help="Three hills and three hollows: each needs several hidden units to model.",
        formula="y = Σ ±exp(−d²/2), d the distance from (−4, 0 or 4; ±2.5)",
        group="regression",
        task="regression",
        n_features=2,
        parameters=(_samples(), _error(0.0, "−1 to 1")),
        make=_values_of(generators.multi_gaussian, ("x1", "x2")),
    ),
    DatasetEntry(
        name="sine",
        label="Sine",
        help="A wave of one variable: see how hidden units add up to a curve, and how it goes wrong beyond the data.",
        formula="y = sin(frequency · x), x from −6 to 6",
        group="regression",
        task="regression",
        n_features=1,
        parameters=(
            _samples(200),
            _error(0.05, "−1 to 1"),
            Parameter(
                name="frequency",
                label="Frequency",
                help="How fast the wave goes: 1 is about two waves over the range, 0.5 about one.",
                default=1.0,
                minimum=0.1,
                maximum=5.0,
            ),
        ),
        make=_values_of(generators.sine, ("x",)),
    ),
    DatasetEntry(
        name="nielsen",
        label="Nielsen's function",
        help="The wavy function of Nielsen's chapter on universal approximation: more hidden units follow it closer.",
        formula="y = 0.2 + 0.4x² + 0.3x·sin 15x + 0.05·cos 50x, x from 0 to 1",
        group="regression",
        task="regression",
        n_features=1,
        parameters=(_samples(200), _error(0.0, "about 0.1 to 0.9")),
        # The function is kept as published, on 0 … 1; that is too narrow for units that start around ±1.
        standardise_default=True,
        make=_values_of(generators.nielsen, ("x",)),
    ),
)


def _truth_table(name: str, label: str, table: truth_tables.TruthTable, formula: str, explanation: str) -> DatasetEntry:
    return DatasetEntry(
        name=name,
        label=label,
        help=explanation,
        formula=formula,
        group="truth table",
        task="classification",
        n_features=len(table.feature_names),
        test_fraction_default=0.0,
        make=_rows_of(table),
    )


_TRUTH_TABLES = (
    _truth_table("and", "AND", truth_tables.AND, "x₁ ∧ x₂", "True where both are: one unit learns it."),
    _truth_table("or", "OR", truth_tables.OR, "x₁ ∨ x₂", "True where at least one is: one unit learns it."),
    _truth_table(
        "xor_table",
        "XOR table",
        truth_tables.XOR,
        "x₁ ⊕ x₂",
        "True where exactly one is: no single unit can learn it, which stopped the field for years.",
    ),
    _truth_table(
        "source_b",
        "Diabetes table (B)",
        truth_tables.SOURCE_B,
        "",
        "Five people, three habits, diabetic or not: the table of the lesson source-b.",
    ),
    _truth_table(
        "source_c",
        "Three-bit table (C)",
        truth_tables.SOURCE_C,
        "x₁ ⊕ x₂, x₃ = 1",
        "XOR with a third input that is always 1 and stands in for a bias: the table of the lesson source-c.",
    ),
    _truth_table(
        "source_e",
        "Boolean function (E)",
        truth_tables.SOURCE_E,
        "F = x·y + ¬z",
        "All eight rows of a Boolean function of three variables: the table of the lesson source-e.",
    ),
)


def _real(name: str, label: str, n_features: int, explanation: str, standardise: bool = True) -> DatasetEntry:
    return DatasetEntry(
        name=name,
        label=label,
        help=explanation,
        group="real",
        task=real.SOURCES[name].task,
        n_features=n_features,
        standardise_default=standardise,
        make=_shipped,
    )


_REAL = (
    _real("iris", "Iris", 4, "Sepals and petals of 150 irises: tell the three species apart."),
    _real("wine", "Wine", 13, "Chemistry of 178 Italian wines: tell the three cultivars apart."),
    _real(
        "breast_cancer_wisconsin",
        "Wisconsin breast cancer (original)",
        9,
        "Nine grades (1 to 10) of cells under the microscope: benign or malignant?",
    ),
    _real(
        "wdbc",
        "Wisconsin breast cancer (diagnostic)",
        30,
        "Thirty measures of cell nuclei in pictures: benign or malignant?",
    ),
    _real("penguins", "Penguins", 9, "Bills, flippers, mass, island and sex of penguins: which of three species?"),
    _real(
        "sonar", "Sonar: mine or rock", 60, "Sixty bands of a sonar echo: the classic benchmark of back-propagation."
    ),
    _real("digits8x8", "Digits 8×8", 64, "Handwritten digits as tiny pictures of 8 × 8 pixels."),
    # All pixels share one scale, and standardising would blow up those that are almost always dark.
    _real("fashion_mnist", "Fashion-MNIST sample", 784, "A thousand pictures of clothes, 28 × 28 pixels.", False),
    _real("auto_mpg", "Auto MPG", 9, "Cars of 1970 to 1982: predict the miles that they go on a gallon."),
    _real("concrete", "Concrete strength", 8, "Recipes and age of concrete: predict its strength in megapascal."),
    _real("wine_quality_red", "Wine quality (red)", 11, "Chemistry of red wines: predict the grade that tasters gave."),
    # A plane of its own scale (±6.5), like the toy planes.
    _real(
        "two_spirals_cmu", "Two spirals (CMU)", 2, "The benchmark of 1988: two spirals, three turns, 194 points.", False
    ),
)

DATASETS: ChoiceTable[DatasetEntry] = ChoiceTable("data set", (*_TOY, *_REGRESSION, *_TRUTH_TABLES, *_REAL))
"""All data sets, in the order in which menus show them."""


def datasets() -> tuple[str, ...]:
    """Return the names of all data sets."""
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
    """
    return DATASETS[name].load(seed, **parameters)
