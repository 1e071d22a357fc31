"""The environment in which the engine is measured beside others."""

from __future__ import annotations

import pytest

from nnviz.core.processor import processor_class
from tests.benchmarks.one_core import LIMITS, environment_for


def test_no_library_has_a_second_thread_or_kernels_for_another_processor():
    environment = environment_for("", {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "8", "PATH": "/bin"})
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    assert environment == {"PATH": "/bin", **dict.fromkeys(threads, "1")}
    assert environment_for("", environment) == environment


@pytest.mark.parametrize("limit", LIMITS)
def test_who_is_limited_to_a_class_is_taken_for_it(limit, monkeypatch):
    for name, value in environment_for(limit, {}).items():
        monkeypatch.setenv(name, value)
    processor_class.cache_clear()
    try:
        assert processor_class() == limit
    finally:
        processor_class.cache_clear()
