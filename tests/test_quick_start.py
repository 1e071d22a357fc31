"""A start collects nothing and makes no class that nobody uses; what it has made counts as old afterwards."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from nnviz.quick_start import collecting_later


@pytest.fixture(autouse=True)
def _automatic() -> Iterator[None]:
    # The tests themselves are run without, with frozen objects.
    was_on, was_frozen = gc.isenabled(), bool(gc.get_freeze_count())
    gc.unfreeze()
    gc.enable()
    yield
    gc.disable()
    if was_frozen:
        gc.freeze()
    if was_on:
        gc.enable()


def test_nothing_is_collected_meanwhile_and_all_of_it_is_old_then():
    with collecting_later():
        assert not gc.isenabled()
        made = [[] for _ in range(5000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    # Young ones would be looked at by the very next collection.
    assert not any(other is made for other in gc.get_objects(generation=0))
    assert any(other is made for other in gc.get_objects(generation=2))


def test_a_fault_gives_collection_back():
    with pytest.raises(ValueError, match="meant"), collecting_later():
        raise ValueError("meant")
    assert gc.isenabled()


def test_it_serves_as_a_decorator_more_than_once():
    @collecting_later()
    def is_on() -> bool:
        return gc.isenabled()

    assert (is_on(), is_on(), gc.isenabled()) == (False, False, True)


def test_who_has_switched_collection_off_or_keeps_objects_out_of_it_is_left_alone():
    gc.disable()
    with collecting_later():
        pass
    assert not gc.isenabled()

    gc.enable()
    gc.freeze()
    with collecting_later():
        assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def _after(code: str) -> str:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, env=environment
    ).stdout


_NAMES = """
from PySide6 import QtCore, QtGui, QtWidgets
from nnviz.quick_start import copying_on_demand
names = [dir(module) for module in (QtCore, QtGui, QtWidgets)]
with copying_on_demand():
    assert [dir(module) for module in (QtCore, QtGui, QtWidgets)] == names
    import pyqtgraph
assert all(set(old) <= set(dir(module)) for old, module in zip(names, (QtCore, QtGui, QtWidgets)))
copy = pyqtgraph.Qt.QtWidgets
"""


def test_pyqtgraph_asks_for_a_class_when_it_needs_it_and_gets_qts_own():
    code = (
        _NAMES
        + """
assert "QDial" not in vars(copy) and "QDial" in names[2]
assert copy.QDial is QtWidgets.QDial and not hasattr(copy, "QNone")
app = QtWidgets.QApplication([])
plot = pyqtgraph.PlotWidget()
plot.plot([1, 2, 3])
plot.show()
app.processEvents()
print(len(vars(copy)), not plot.grab().isNull())
"""
    )
    count, drawn = _after(code).split()
    assert int(count) < 30
    assert drawn == "True"


def test_where_pyqtgraph_is_there_already_it_stays_as_it_is():
    assert int(_after("import pyqtgraph" + _NAMES + "print(len(vars(copy)))")) > 150


def test_import_is_pythons_own_meanwhile_and_pysides_again_then():
    assert _after("""
import builtins
from nnviz.quick_start import importing_plainly
plain = builtins.__import__
from PySide6 import QtCore
pysides = builtins.__import__
try:
    with importing_plainly():
        print(builtins.__import__ is plain, pysides is not plain)
        import no_such_module
except ImportError:
    print(builtins.__import__ is pysides)
""").split() == ["True", "True", "True"]


def test_import_stays_as_it_is_where_pysides_was_there_first():
    assert _after("""
import builtins
from PySide6 import QtCore
from nnviz.quick_start import importing_plainly
with importing_plainly():
    print(builtins.__import__.__name__)
""").split() == ["__feature_import__"]
