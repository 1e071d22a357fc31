"""What the processor computes side by side: its class decides how kernels are cut, and which engine is faster."""

from __future__ import annotations

import importlib.util
import os
import platform
from collections.abc import Mapping
from functools import cache

#: Features as LLVM names them, and what the class with it is called; the first that is there counts.
_CLASSES = (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("neon", "NEON"), ("sse2", "SSE2"))
#: What every processor of an architecture has.
_LEAST = {"x86_64": "SSE2", "amd64": "SSE2", "aarch64": "NEON", "arm64": "NEON"}


def class_of(features: Mapping[str, bool], machine: str = "") -> str:
    """Return "AVX-512", "AVX2", "NEON", "SSE2" or "other", by features as LLVM names them and the architecture."""
    named = next((name for feature, name in _CLASSES if features.get(feature)), None)
    return named or _LEAST.get(machine.lower(), "other")


@cache
def processor_class() -> str:
    """Return the class of this processor, "unknown" without LLVM.

    ``NUMBA_CPU_FEATURES`` and ``NUMBA_CPU_NAME``, by which Numba compiles for another one, take precedence.
    """
    machine = platform.machine()
    told = os.environ.get("NUMBA_CPU_FEATURES")
    if told is None and os.environ.get("NUMBA_CPU_NAME") == "generic":
        told = ""
    if told is not None:
        return class_of({feature.strip()[1:]: feature.strip().startswith("+") for feature in told.split(",")}, machine)
    if importlib.util.find_spec("llvmlite") is None:
        return "unknown"
    try:
        from llvmlite import binding

        return class_of(binding.get_host_cpu_features(), machine)
    except Exception:  # Of LLVM's releases some know no features of some processors, and raise.
        return "unknown"
