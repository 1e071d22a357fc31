"""What makes a start quick and belongs to no part of it: garbage, sources and classes that nobody looks at."""

from __future__ import annotations

import builtins
import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import BuiltinFunctionType, ModuleType

#: Before PySide is there, as it is at a start.
PYTHONS_IMPORT = builtins.__import__


@contextmanager
def collecting_later() -> Iterator[None]:
    """Make modules and widgets without looking for garbage among them: nothing of a start is any yet.

    What has been made counts as old afterwards, so that the next collections do not go through it. Where collection is
    off already, or where somebody keeps objects out of it, all stays as it is.
    """
    if not gc.isenabled() or gc.get_freeze_count():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        # There and back: it ends in the oldest generation, and nothing has been looked at.
        gc.freeze()
        gc.unfreeze()
        gc.enable()


def spare_reading() -> None:
    """Keep PySide from reading the sources of nnviz's own modules; to be called once PySide is there.

    WORKAROUND: after every import PySide reads the whole source of the module, to find out whether it names PySide at
    all and could have asked for `snake_case` methods. None of nnviz's has. Where PySide works otherwise, it reads on.
    """
    feature = sys.modules.get("shibokensupport.feature")
    uses_pyside = getattr(feature, "_mod_uses_pyside", None)
    if feature is None or uses_pyside is None:
        return

    def without_ours(module: ModuleType) -> bool:
        return module.__name__.startswith("nnviz.") or bool(uses_pyside(module))

    feature._mod_uses_pyside = without_ours  # type: ignore[attr-defined]


@contextmanager
def importing_plainly() -> Iterator[None]:
    """Import with Python's own `__import__` meanwhile; to be entered once PySide is there.

    WORKAROUND: PySide puts a function of its own in its place, which every import statement calls, whether or not it
    is the first of that module, and which reads the source of each new one (`spare_reading`). A start has nine
    thousand of those statements. Where Python's own is not known any more, nothing changes.
    """
    pysides = builtins.__import__
    if isinstance(PYTHONS_IMPORT, BuiltinFunctionType):
        builtins.__import__ = PYTHONS_IMPORT
    try:
        yield
    finally:
        builtins.__import__ = pysides


@contextmanager
def copying_on_demand() -> Iterator[None]:
    """Let pyqtgraph, imported meanwhile, ask PySide for each class when it needs it.

    WORKAROUND: pyqtgraph copies all 700 names of QtCore, QtGui and QtWidgets into modules of its own, and PySide makes
    a class when it is first asked for: nearly half of pyqtgraph's import makes classes that nobody uses. Its modules
    get a `__getattr__` instead. Where either works otherwise, or pyqtgraph is there already, nothing changes.
    """
    sources = [importlib.import_module(f"PySide6.{name}") for name in ("QtCore", "QtGui", "QtWidgets")]
    if "pyqtgraph" in sys.modules or not all("__dir__" in vars(source) for source in sources):
        yield
        return
    listings = [vars(source)["__dir__"] for source in sources]
    for source, listing in zip(sources, listings, strict=True):
        vars(source)["__dir__"] = partial(_names, source, listing)
    try:
        yield
    finally:
        for source, listing in zip(sources, listings, strict=True):
            vars(source)["__dir__"] = listing


def _names(source: ModuleType, listing: Callable[[], list[str]]) -> list[str]:
    """Return the names of a module, and to pyqtgraph's copying none: its copy hands on what it is asked for."""
    asking = sys._getframe(1)
    copy = asking.f_locals.get("dst")
    if asking.f_globals.get("__name__") != "pyqtgraph.Qt" or not isinstance(copy, ModuleType):
        return listing()
    vars(copy)["__getattr__"] = partial(getattr, source)
    return []
