"""What ``nnviz doctor`` tells, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnviz import cli, doctor
from nnviz.core import engines


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SPEED_TEST_S", 0.0)
    monkeypatch.setattr(doctor, "paint_ms", lambda: 8.0)


def told() -> dict[str, str]:
    return dict(line.split(":", 1) for line in doctor.report().splitlines())


def test_a_report_has_everything_that_a_fault_may_hang_on(
    qapp: object, compiled_kernels: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The kernels are there; that nothing of the folder is missing, only `doctor --compile` notes.
    monkeypatch.setattr(doctor, "is_compiled", lambda: True)
    facts = told()
    for name in ("nnviz", "Python", "numpy", "numba", "PySide6-Essentials", "pyqtgraph", "System"):
        assert facts[name].strip()
        assert "not installed" not in facts[name]
    assert facts["Engine"].strip().startswith("compiled")
    assert " MB, compiled" in facts["Kernel cache"]
    assert facts["System libraries"].strip() == "all there"
    assert facts["Platform plugin"].strip() == "offscreen"
    assert "scale 1" in facts["Screen"]
    assert "8.0 ms" in facts["Painting (L)"]
    assert {"Speed, compiled", "Speed, numpy"} <= set(facts)


def test_no_path_names_the_user(compiled_kernels: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = doctor._kernel_folder()
    monkeypatch.setattr(Path, "home", lambda: cache.parent)
    text = doctor.report()
    assert str(cache.parent) not in text
    assert f"~/{cache.name}" in text


def test_without_qts_libraries_it_names_the_remedy_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    remedy = "Qt cannot start without libEGL.so.1; install it with `sudo apt install libegl1`."
    monkeypatch.setattr(doctor, "library_problem", lambda: remedy)
    facts = told()
    assert facts["System libraries"].strip() == remedy
    assert "Painting (L)" not in facts
    assert "Speed, numpy" in facts


def test_without_numba_it_says_why_and_measures_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "compiled_unavailable_reason", lambda: "Numba is not installed.")
    monkeypatch.setattr(doctor, "library_problem", lambda: "Qt is missing.")
    facts = told()
    assert facts["Engine"].strip() == "NumPy. Numba is not installed."
    assert "Kernel cache" not in facts
    assert "Speed, compiled" not in facts


def test_an_engine_that_is_not_compiled_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "is_compiled", lambda: False)
    monkeypatch.setattr(doctor, "library_problem", lambda: "Qt is missing.")
    facts = told()
    assert "nnviz doctor --compile" in facts["Kernel cache"]
    assert "not measured" in facts["Speed, compiled"]


def test_compiling_ahead_from_the_command_line(compiled_kernels: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--compile"]) == 0
    assert capsys.readouterr().out.startswith("The engine is ready in ")


def test_what_cannot_be_compiled_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engines.compiled_unavailable_reason.cache_clear()
    monkeypatch.setattr(engines, "COMPILED_AVAILABLE", False)
    assert cli.main(["doctor", "--compile"]) == cli.EXIT_USER_ERROR
    engines.compiled_unavailable_reason.cache_clear()
    assert "needs Numba, which is not installed" in capsys.readouterr().err
