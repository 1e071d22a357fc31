"""Entries of the data sets whose rows are fixed: truth tables and the real sets that ship with nnviz."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnviz.data import real, truth_tables
from nnviz.data.dataset import Dataset
from nnviz.data.entry import DatasetEntry, Make


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


TRUTH_TABLES = (
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
        n_classes=None,
        n_features=n_features,
        standardise_default=standardise,
        make=_shipped,
    )


REAL = (
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
