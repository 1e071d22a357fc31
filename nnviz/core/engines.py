"""Which engine trains a network."""

from __future__ import annotations

from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.engine import Engine
from nnviz.core.layout import Layout
from nnviz.core.numpy_engine import NumpyEngine

ENGINES: ChoiceTable[Choice] = ChoiceTable(
    "engine",
    (
        Choice(name="auto", label="Automatic", help="The engine that is faster for the network's shape."),
        Choice(
            name="compiled", label="Compiled", help="Machine code that runs many epochs at a time; for small networks."
        ),
        Choice(name="numpy", label="NumPy", help="Matrix products by BLAS; for wide networks."),
    ),
)


def choose_engine(name: str, layout: Layout, batch_size: int) -> Engine:  # noqa: ARG001
    """Return the engine called `name`; NumPy's where there is no other."""
    _ = ENGINES[name]
    return NumpyEngine()
