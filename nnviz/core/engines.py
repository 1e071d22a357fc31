"""Which engine trains a network: a fixed table of shapes, made from measurements, and a fallback without Numba."""

from __future__ import annotations

import importlib.util
import math
from functools import cache

from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.engine import Engine
from nnviz.core.layout import Layout
from nnviz.core.numpy_engine import NumpyEngine
from nnviz.core.translation import translated

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

#: Whether Numba is installed. It is not imported before the compiled engine is wanted: that takes 0.2 s.
COMPILED_AVAILABLE = importlib.util.find_spec("numba") is not None
#: (weights up to, examples per batch up to) for which the compiled engine is the faster one, NumPy's elsewhere. Times
#: of NumPy's engine over those of the compiled one, one core with AVX-512 (`tests/benchmarks/bench_engine.py`):
#: 2-8-8-1, batch 4: 40; 64-64-10, batch 32: 4; 784-128-10, batch 64: 1.7; 30-512-512-512-1, batch 10: 1.5;
#: 784-512-512-10, batch 64: 1.1, batch 1 000: 0.95.
_COMPILED_UP_TO = ((300_000, math.inf), (math.inf, 256))


@cache
def compiled_unavailable_reason() -> str:
    """Return why the compiled engine cannot serve, one sentence, or an empty string where it can.

    Where Numba is installed this imports it: a release that does not know this Python or NumPy fails only then.
    """
    if not COMPILED_AVAILABLE:
        return translated(
            "The compiled engine needs Numba, which is not installed; the NumPy engine, which is slower, serves."
        )
    try:
        import nnviz.core.kernels.engine  # noqa: F401
    except ImportError as error:
        return translated("The compiled engine cannot start ({0}); the NumPy engine, which is slower, serves.", error)
    return ""


def choose_engine(name: str, layout: Layout, batch_size: int) -> Engine:
    """Return the engine called `name`; "auto" picks by shape, and without Numba NumPy's engine serves for all.

    Parameters
    ----------
    name : str
        Name in `ENGINES`.
    layout : Layout
    batch_size : int
        Examples per update.

    Raises
    ------
    SettingError
        Where there is no such engine.
    """
    wanted = ENGINES[name].name
    if wanted == "auto":
        wanted = "compiled" if suits_compiled(layout, batch_size) else "numpy"
    if wanted == "numpy" or compiled_unavailable_reason():
        return NumpyEngine()
    from nnviz.core.kernels.engine import CompiledEngine

    return CompiledEngine()


def suits_compiled(layout: Layout, batch_size: int) -> bool:
    """Return whether the compiled engine is the faster one for such a network and batch."""
    n_weights = sum(n_in * n_out for n_in, n_out in zip(layout.sizes[:-1], layout.sizes[1:], strict=True))
    return any(n_weights <= weights and batch_size <= examples for weights, examples in _COMPILED_UP_TO)
