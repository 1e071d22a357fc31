"""Data sets: generators, tables and what is done to them before a network sees them. No Qt."""

from nnviz.data.catalogue import DATASETS, datasets, load_dataset
from nnviz.data.choices import ColumnChoice, TableChoices, default_choices
from nnviz.data.columns import Column
from nnviz.data.dataset import Dataset
from nnviz.data.entry import DatasetEntry
from nnviz.data.inputs import DERIVED, DerivedInput, InputMap, available_inputs, input_label
from nnviz.data.summary import ImportSummary, make_dataset, summarise
from nnviz.data.table import Table, open_table
from nnviz.data.tables import read_table
from nnviz.data.wording import shown

__all__ = [
    "DATASETS",
    "DERIVED",
    "Column",
    "ColumnChoice",
    "Dataset",
    "DatasetEntry",
    "DerivedInput",
    "ImportSummary",
    "InputMap",
    "Table",
    "TableChoices",
    "available_inputs",
    "datasets",
    "default_choices",
    "input_label",
    "load_dataset",
    "make_dataset",
    "open_table",
    "read_table",
    "shown",
    "summarise",
]
