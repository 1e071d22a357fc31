"""Data sets: generators, tables and what is done to them before a network sees them. No Qt."""

from nnviz.data.catalogue import DATASETS, datasets, load_dataset
from nnviz.data.dataset import Dataset
from nnviz.data.entry import DatasetEntry
from nnviz.data.inputs import DERIVED, DerivedInput, InputMap, available_inputs, input_label
from nnviz.data.tables import read_table

__all__ = [
    "DATASETS",
    "DERIVED",
    "Dataset",
    "DatasetEntry",
    "DerivedInput",
    "InputMap",
    "available_inputs",
    "datasets",
    "input_label",
    "load_dataset",
    "read_table",
]
