"""Data sets: generators, tables, splits and derived inputs: all that happens to rows before a network sees them. No Qt.

May import of nnviz: core, assets. Libraries: NumPy, msgspec, and python-calamine once a workbook is opened.

Start with `dataset.py`, what everybody gets; `catalogue.py` is the table of data sets, `table.py` opens a file.

- `Dataset` is frozen and its arrays are read-only. Classes are 0/1 in one column where there are two, else one-hot;
  what a network's output layer wants of them is made by `Dataset.targets`.
- Means and spreads are fitted on the training rows only (`inputs.py`); what fills a gap is taken from all rows that
  are used, as the table is whole before it is split (`assembly.py`).
- A large table of whole numbers, such as pictures as text, goes another way and stays small (`whole_numbers.py`).
- What a model needs to read new rows as its own is the `Recipe` of a data set (`recipe.py`, `new_rows.py`).
- A table goes from bytes to rows to columns to a `Plan` (`content.py`, `decoding.py`, `dialects.py`, `structure.py`,
  `columns.py`, `plan.py`); every refusal is one sentence that names the line.
"""

import importlib
from typing import TYPE_CHECKING, Any

from nnviz.core.inert import shown
from nnviz.data.catalogue import DATASETS, datasets, load_dataset
from nnviz.data.dataset import Dataset
from nnviz.data.entry import DatasetEntry
from nnviz.data.inputs import DERIVED, DerivedInput, InputMap, available_inputs, input_label

if TYPE_CHECKING:
    from nnviz.data.choices import ColumnChoice, TableChoices, default_choices
    from nnviz.data.columns import Column
    from nnviz.data.opening import open_table
    from nnviz.data.summary import ImportSummary, make_dataset, summarise
    from nnviz.data.table import Table
    from nnviz.data.tables import read_table

#: What tables need is imported when somebody first asks for it.
_HOME = {
    "Column": "nnviz.data.columns",
    "ColumnChoice": "nnviz.data.choices",
    "ImportSummary": "nnviz.data.summary",
    "Table": "nnviz.data.table",
    "TableChoices": "nnviz.data.choices",
    "default_choices": "nnviz.data.choices",
    "make_dataset": "nnviz.data.summary",
    "open_table": "nnviz.data.opening",
    "read_table": "nnviz.data.tables",
    "summarise": "nnviz.data.summary",
}

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


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
