"""The class of the processor: the best that it has, or that Numba is told to compile for."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from nnviz.core import processor
from nnviz.core.processor import class_of, processor_class

CLASSES = [
    ({"avx512f": True, "avx2": True, "sse2": True}, "x86_64", "AVX-512"),
    ({"avx512f": False, "avx2": True, "sse2": True}, "x86_64", "AVX2"),
    ({"neon": True}, "arm64", "NEON"),
    ({"sse2": True}, "x86_64", "SSE2"),
    ({}, "AMD64", "SSE2"),
    ({}, "aarch64", "NEON"),
    ({}, "riscv64", "other"),
]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("NUMBA_CPU_FEATURES", raising=False)
    monkeypatch.delenv("NUMBA_CPU_NAME", raising=False)
    processor_class.cache_clear()
    yield
    processor_class.cache_clear()


@pytest.mark.parametrize(("features", "machine", "name"), CLASSES)
def test_the_class_is_the_best_that_there_is(features: dict[str, bool], machine: str, name: str) -> None:
    assert class_of(features, machine) == name


def test_the_processor_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    binding = pytest.importorskip("llvmlite.binding")
    monkeypatch.setattr(binding, "get_host_cpu_features", lambda: {"avx512f": True})
    assert processor_class() == "AVX-512"


@pytest.mark.parametrize(
    ("variable", "value", "name"),
    [
        ("NUMBA_CPU_FEATURES", "+sse2,+avx2,-avx512f", "AVX2"),
        ("NUMBA_CPU_FEATURES", "+sse2, -avx2", "SSE2"),
        ("NUMBA_CPU_NAME", "generic", "SSE2"),
    ],
)
def test_what_numba_compiles_for_counts(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, name: str) -> None:
    monkeypatch.setattr(processor.platform, "machine", lambda: "x86_64")
    monkeypatch.setenv(variable, value)
    assert processor_class() == name


def test_a_processor_that_llvm_does_not_know_has_no_class(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> None:
        raise RuntimeError("no features known")

    binding = pytest.importorskip("llvmlite.binding")
    monkeypatch.setattr(binding, "get_host_cpu_features", unknown)
    assert processor_class() == "unknown"
    processor_class.cache_clear()
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    assert processor_class() == "unknown"
