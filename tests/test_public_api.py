"""The names that scripts, notebooks and checks import, and what importing them costs."""

import subprocess
import sys

import pytest

import nnviz

HEAVY = ("numpy", "numba", "pydantic", "PySide6", "pyqtgraph", "threadpoolctl")


def modules_after(code):
    """Return which of the heavy packages a fresh interpreter has imported after running `code`."""
    report = f"import sys; {code}; print(*(name for name in {HEAVY} if name in sys.modules))"
    return set(
        subprocess.run([sys.executable, "-c", report], check=True, capture_output=True, text=True).stdout.split()
    )


def test_every_public_name_is_there():
    for name in nnviz.__all__:
        assert getattr(nnviz, name) is not None
        assert name in dir(nnviz)


def test_errors_are_value_errors():
    for error in (nnviz.DataError, nnviz.SettingError, nnviz.ExperimentError):
        assert issubclass(error, nnviz.NnvizError)
        assert issubclass(error, ValueError)


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="has no attribute 'Netwrok'"):
        _ = nnviz.Netwrok


def test_importing_nnviz_imports_nothing_heavy():
    assert modules_after("import nnviz") == set()


def test_networks_and_trainers_need_neither_numba_nor_qt():
    code = "import nnviz; nnviz.Trainer(nnviz.Network([1, 1]), [[0.0]], [[1.0]], engine='numpy').run(1)"
    assert modules_after(code) == {"numpy", "threadpoolctl"}
