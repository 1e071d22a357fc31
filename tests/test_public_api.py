"""The names that scripts, notebooks and checks import, what importing them costs, and the reference of them."""

import doctest
import pydoc
import subprocess
import sys

import pytest

import nnviz
import nnviz.data
import nnviz.experiment
from tests.tools import api_reference

HEAVY = ("numpy", "numba", "pydantic", "msgspec", "PySide6", "pyqtgraph", "threadpoolctl")


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


@pytest.mark.parametrize("package", [nnviz, nnviz.data, nnviz.experiment], ids=lambda package: package.__name__)
def test_help_explains_every_name_of_a_package(package):
    for name in package.__all__:
        if not name.startswith("__"):
            assert pydoc.render_doc(getattr(package, name)), name


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="has no attribute 'Netwrok'"):
        _ = nnviz.Netwrok


def test_importing_nnviz_imports_nothing_heavy():
    assert modules_after("import nnviz") == set()


def test_networks_and_trainers_need_neither_numba_nor_qt():
    code = "import nnviz; nnviz.Trainer(nnviz.Network([1, 1]), [[0.0]], [[1.0]], engine='numpy').run(1)"
    assert modules_after(code) == {"msgspec", "numpy", "threadpoolctl"}


@pytest.mark.parametrize("name", [name for name in nnviz.__all__ if not name.startswith("__")])
def test_the_examples_in_the_docstrings_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tests = doctest.DocTestFinder(exclude_empty=True).find(getattr(nnviz, name), name, globs={})
    assert tests[0].examples, f"nnviz.{name} has no example"
    told = []
    for test in tests:
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append)
    assert not told, "".join(told)


def test_the_reference_is_that_of_the_docstrings():
    written = api_reference.PAGE.read_text(encoding="utf-8")
    assert written == api_reference.page(), f"write it again: {api_reference.COMMAND}"
