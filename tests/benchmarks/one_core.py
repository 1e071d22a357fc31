"""The environment in which libraries are measured beside one another: one thread each, and one class of processor.

They read it when they are loaded, so that a benchmark begins again in it before it loads them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

#: Of every library that has threads of its own. One that spins while it waits, as OpenBLAS's do for a while after a
#: product, counts to whoever comes next: 784-512-10 took 168 ms after scikit-learn, and 85 alone.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_HASWELL = (
    *("avx2", "avx", "fma", "bmi", "bmi2", "f16c", "lzcnt", "movbe", "popcnt", "cx16", "fxsr", "mmx"),
    *("sse2", "sse3", "ssse3", "sse4.1", "sse4.2"),
)
#: By class of processor, what tells Numba, OpenBLAS, PyTorch, MKL and JAX to compute as on that.
LIMITS = {
    "AVX2": {
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": ",".join(f"+{feature}" for feature in _HASWELL),
        "OPENBLAS_CORETYPE": "Haswell",
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
    }
}


def environment_for(limit: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment to measure in; `limit` is a key of `LIMITS`, or empty for the processor as it is.

    What an environment says of OpenBLAS otherwise makes that use kernels, or blocks, for another processor.
    """
    kept = {name: value for name, value in environment.items() if not name.startswith("OPENBLAS_")}
    return {**kept, **ONE_THREAD, **LIMITS.get(limit, {})}


def begin_again() -> None:
    """Begin the program again where its environment is another one, for the ``--limit`` of its command line."""
    limit = dict(zip(sys.argv, sys.argv[1:], strict=False)).get("--limit", "")
    wanted = environment_for(limit, os.environ)
    if wanted != dict(os.environ):
        os.execve(sys.executable, [sys.executable, *sys.argv], wanted)
