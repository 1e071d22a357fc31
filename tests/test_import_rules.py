"""The import rules of the package: who may know whom, where Qt and threads may live, and what an import costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Set
from functools import cache

import pytest

from tests.import_rules import BELOW, PACKAGE, TOP, Module, imports_of, modules
from tests.sources import nodes_of

WITHOUT_QT = {
    "_version",
    "__init__",
    "__main__",
    "cli",
    "headless",
    "lesson_command",
    "qt_libraries",
    "quick_start",
    "sklearn",
    "core",
    "assets",
    "data",
    "experiment",
    "sweep_command",
    "sweeps",
}
WITHOUT_WIDGETS = {"drawing", "export", "session"}
CORE_LIBRARIES = {"msgspec", "numpy", "numba", "llvmlite", "threadpoolctl", "tqdm"}
"""llvmlite is the half of Numba in which its intrinsics are written; the two come together. tqdm is imported where a
progress bar is asked for."""
# The `excel` extra is imported only once a workbook is opened.
DATA_LIBRARIES = {"msgspec", "numpy", "python_calamine"}
THREADS = {
    "threading",
    "_thread",
    "concurrent",
    "multiprocessing",
    "asyncio",
    "QThread",
    "QThreadPool",
    "QRunnable",
    "QtConcurrent",
}
SETTERS = {
    "core.kernels.cache": "_uncollected",
    "session.fault_log": "FaultLog",
    "session.garbage": "GarbageCollector",
    "session.pacing": "share_interpreter",
}
"""Where a process-wide setting is offered, and under which name the application alone may take it up."""
PROCESS_WIDE = {
    "gc.disable",
    "gc.set_threshold",
    "signal.signal",
    "sys.setswitchinterval",
    "sys.setrecursionlimit",
    "locale.setlocale",
    "faulthandler.enable",
    "np.seterr",
    "numpy.seterr",
    "pg.setConfigOption",
    "pg.setConfigOptions",
    "pyqtgraph.setConfigOption",
    "pyqtgraph.setConfigOptions",
}


def _complaints(offences: Iterator[tuple[Module, str]]) -> list[str]:
    return [f"{module.path.relative_to(PACKAGE.parent)} uses {what}" for module, what in offences]


def _circles(imports: Mapping[str, Set[str]]) -> list[list[str]]:
    """Return every largest group of modules of which each reaches each other one, sorted (Tarjan's algorithm)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_, found = [], []

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        open_.append(name)
        for other in sorted(imports.get(name, ())):
            if other not in order:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in open_:
                lowest[name] = min(lowest[name], order[other])
        if lowest[name] == order[name]:
            start = open_.index(name)
            group = sorted(open_[start:])
            del open_[start:]
            if len(group) > 1 or name in imports.get(name, ()):
                found.append(group)

    for name in sorted(imports):
        if name not in order:
            visit(name)
    return sorted(found)


@cache
def _imported_modules() -> dict[str, set[str]]:
    """Return by module which modules of the package it imports, for types alone included."""
    known = {module.name for module in modules()}

    def owner(name: str) -> str:
        while name and name not in known:
            name = name.rpartition(".")[0]
        return name

    return {module.name: {owner(name) for name in module.own_imports} - {""} for module in modules()}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import a.b", "a.b"),
        ("from a import b", "a.b"),
        ("from . import b", "nnviz.ui.b"),
        ("from .b import c", "nnviz.ui.b.c"),
        ("from ..core import c", "nnviz.core.c"),
        ("def f():\n    from a import b", "a.b"),
        ("if TYPE_CHECKING:\n    import a", "a"),
    ],
)
def test_imports_are_found_wherever_and_however_they_are_written(code, found):
    assert list(imports_of(nodes_of(code), "nnviz.ui")) == [found]


def test_every_part_is_known():
    assert {module.part for module in modules()} <= set(BELOW) | TOP


def test_nothing_imports_upwards():
    def offences():
        for module in modules():
            if module.part in TOP:
                continue
            allowed = BELOW.get(module.part, set()) | {module.part, "_version", "__version__"}
            for name in module.own_imports:
                # "from nnviz import assets" is the module, not something of nnviz/__init__.
                if name.split(".")[0] not in allowed:
                    yield module, f"nnviz.{name}"

    assert _complaints(offences()) == []


def test_every_room_of_the_window_is_known():
    assert {module.room for module in modules()} - {""} == {name for name in BELOW if name.startswith("ui.")}


def test_no_room_imports_upwards_or_sideways():
    def offences():
        for module in modules():
            for name in _imported_modules()[module.name] if module.room else ():
                room = ".".join(name.split(".")[:2])
                if room.startswith("ui.") and room not in BELOW[module.room] | {module.room}:
                    yield module, f"nnviz.{name}"

    assert _complaints(offences()) == []


@pytest.mark.parametrize(
    ("imports", "circles"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a", "c"}, "c": set()}, [["a", "b"]]),
        ({"a": {"b", "d"}, "b": {"c"}, "c": {"a"}, "d": {"e"}, "e": {"d"}}, [["a", "b", "c"], ["d", "e"]]),
        ({"a": {"a"}}, [["a"]]),
    ],
)
def test_circles_are_found(imports, circles):
    assert _circles(imports) == circles


def test_no_modules_import_each_other_in_a_circle():
    assert _circles(_imported_modules()) == []


def test_only_the_top_imports_the_public_package():
    # `import nnviz` from below would be a cycle through the lazy public API.
    assert _complaints((m, "nnviz") for m in modules() if m.part not in TOP and "nnviz" in m.imports) == []


def test_core_and_data_use_few_libraries():
    def offences():
        for part, libraries in (("core", CORE_LIBRARIES), ("data", DATA_LIBRARIES), ("assets", set())):
            for module in modules():
                for name in module.foreign_imports if module.part == part else ():
                    top = name.split(".")[0]
                    if top not in sys.stdlib_module_names and top not in libraries:
                        yield module, name

    assert _complaints(offences()) == []


def test_qt_stays_out_of_the_layers_below_the_window():
    def offences():
        for module in modules():
            for name in module.foreign_imports if module.part in WITHOUT_QT else ():
                if name.split(".")[0] in {"PySide6", "shiboken6", "pyqtgraph"}:
                    yield module, name

    assert _complaints(offences()) == []


def test_widgets_stay_in_the_window():
    def offences():
        for module in modules():
            for name in module.foreign_imports if module.part in WITHOUT_WIDGETS else ():
                # pyqtgraph imports QtWidgets itself.
                if "QtWidgets" in name.split(".") or name.split(".")[0] == "pyqtgraph":
                    yield module, name
                if (
                    module.part == "session"
                    and name.startswith("PySide6")
                    and name.split(".")[1] not in {"QtCore", "QtGui"}
                ):
                    yield module, name

    assert _complaints(offences()) == []


def test_threads_live_in_the_session_and_in_sweeps():
    def offences():
        for module in modules():
            if module.part in ("session", "sweeps"):
                continue
            for name in module.foreign_imports:
                if name.split(".")[0] in THREADS or name.split(".")[-1] in THREADS:
                    yield module, name
            for name in module.used:
                if name.split(".")[-1] in THREADS:
                    yield module, name

    # A view may name the thread's class in a check ("is this the GUI thread?"); nothing here does.
    assert _complaints(offences()) == []


def test_the_window_does_not_know_the_worker():
    def offences():
        for module in modules():
            for name in module.own_imports if module.part == "ui" else ():
                if name.startswith(("session.loop", "session.runs.host", "session.runs.crew")):
                    yield module, f"nnviz.{name}"

    assert _complaints(offences()) == []


def test_process_wide_settings_are_made_at_the_top():
    def offences():
        for module in modules():
            if module.part in {"app", "cli", "quick_start", "terminal", "__main__"}:
                continue
            if module.name not in SETTERS:
                yield from ((module, name) for name in module.used if name in PROCESS_WIDE)
            forbidden = {f"{owner}.{name}" for owner, name in SETTERS.items()}
            yield from ((module, name) for name in module.own_imports if name in forbidden)

    assert _complaints(offences()) == []


def test_resources_have_one_reader():
    def offences():
        for module in modules():
            if module.part != "assets":
                yield from ((module, name) for name in module.imports if name.startswith("importlib.resources"))
                yield from ((module, repr(text)) for text in module.texts if text == "resources")

    assert _complaints(offences()) == []


def _run(code: str) -> set[str]:
    """Return the top-level modules that are loaded after `code`, in a fresh interpreter."""
    listing = "; import sys; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code + listing],
        capture_output=True,
        text=True,
        cwd=PACKAGE.parent,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import nnviz",
        "import nnviz.data",
        "import nnviz.core.trainer",
        "import nnviz.experiment",
        "import nnviz.sweeps.sweep",
    ],
)
def test_importing_the_layers_below_the_window_loads_no_qt(code):
    assert not _run(code) & {"PySide6", "shiboken6", "pyqtgraph"}


def test_importing_nnviz_is_light():
    assert not _run("import nnviz") & {"PySide6", "numba", "pydantic", "llvmlite", "tqdm"}


def test_data_needs_neither_numba_nor_pydantic():
    assert not _run("import nnviz.data; nnviz.data.load_dataset('spiral')") & {"numba", "pydantic"}
