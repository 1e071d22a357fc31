"""What nnviz finds on this computer, as text for a bug report: no Qt where it is missing, no path that names its user.

``nnviz doctor --compile`` compiles ahead what the engine and the drawing of networks need, so that the first *Play*
need not wait for it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from nnviz._version import __version__
from nnviz.core.compiling import compile_kernels, is_compiled
from nnviz.core.engines import COMPILED_AVAILABLE, compiled_unavailable_reason
from nnviz.core.errors import ExperimentError
from nnviz.core.inert import without_home
from nnviz.core.numbers import count_text
from nnviz.core.processor import processor_class
from nnviz.qt_libraries import library_problem, screen_problem

_PACKAGES = ("numpy", "numba", "llvmlite", "threadpoolctl", "PySide6-Essentials", "pyqtgraph", "pydantic", "msgspec")
#: How long each engine trains for its speed.
SPEED_TEST_S = 1.0


def report(*, measured: bool = True) -> str:
    """Return everything, a fact a line; without what takes seconds to be measured, where a window waits for it."""
    width = 20
    parts: tuple[Callable[[], Facts], ...] = (_software, _machine, _engine, _screen)
    facts = (fact for part in (*parts, *((_painting, _speed) if measured else ())) for fact in part())
    return "\n".join(f"{name + ':':<{width}}{without_home(value)}" for name, value in facts)


def compile_ahead() -> str:
    """Compile what is compiled on first use, where it is not kept already; return a sentence that says so.

    Raises
    ------
    ExperimentError
        Where nothing can be compiled, or nothing be kept.
    """
    from nnviz.drawing.raster import RASTER

    start = time.perf_counter()
    if problem := compile_kernels():
        raise ExperimentError(problem)
    RASTER.prepare()
    return f"The engine is ready in {without_home(str(_kernel_folder()))} ({time.perf_counter() - start:.1f} s)."


def paint_ms() -> float:
    """Return how long Qt's raster engine draws 340 antialiased lines over 1000 × 880: the computer's yardstick, L."""
    from PySide6.QtGui import QColor, QImage, QPainter, QPen

    image, times = QImage(1000, 880, QImage.Format.Format_ARGB32_Premultiplied), []
    for _ in range(9):
        start = time.thread_time()
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor("#1f6fb5"), 3.0))
            for k in range(340):
                painter.drawLine(10, 10 + 2 * k, 990, 870 - 2 * k)
        times.append(1000.0 * (time.thread_time() - start))
    return statistics.median(times)


Facts = Iterator[tuple[str, str]]


def _software() -> Facts:
    yield "nnviz", __version__
    yield "Python", f"{platform.python_version()} ({platform.python_implementation()})"
    for name in _PACKAGES:
        try:
            yield name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield name, "not installed"


def _machine() -> Facts:
    yield "System", platform.platform()
    yield "Processor", f"{platform.machine()}, {os.cpu_count()} cores, vectors {processor_class()}"


def _engine() -> Facts:
    reason = compiled_unavailable_reason()
    yield "Engine", f"NumPy. {reason}" if reason else "compiled"
    if reason:
        return
    folder = _kernel_folder()
    size = sum(path.stat().st_size for path in folder.glob("**/*") if path.is_file())
    state = "compiled" if is_compiled() else "not compiled yet; `nnviz doctor --compile` does that ahead"
    yield "Kernel cache", f"{folder}, {size / 1e6:.1f} MB, {state}"


def _kernel_folder() -> Path:
    from nnviz.core.kernels.cache import kernel_folder

    return kernel_folder()


def _screen() -> Facts:
    missing, dark = library_problem(), screen_problem()
    yield "System libraries", missing or "all there"
    if missing:
        return
    if dark is not None:
        yield "Screen", dark
    else:
        from PySide6.QtGui import QGuiApplication

        app = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
        assert isinstance(app, QGuiApplication)
        screen = app.primaryScreen()
        yield "Platform plugin", app.platformName()
        size = screen.size()
        yield "Screen", f"{size.width()} x {size.height()}, scale {screen.devicePixelRatio():g}"


def _painting() -> Facts:
    if not library_problem():
        yield "Painting (L)", f"{paint_ms():.1f} ms for 340 antialiased lines across 1000 x 880"


def _speed() -> Facts:
    for engine in ("compiled", "numpy"):
        if engine == "compiled" and (not COMPILED_AVAILABLE or compiled_unavailable_reason()):
            continue
        if engine == "compiled" and not is_compiled():
            yield "Speed, compiled", "not measured before the engine is compiled"
            continue
        rate = count_text(round(_epochs_per_second(engine)))
        yield f"Speed, {engine}", f"{rate} epochs a second (2-8-8, 250 examples, batches of 10)"


def _epochs_per_second(engine: str, clock: Callable[[], float] = time.perf_counter) -> float:
    from nnviz.core.network import Network
    from nnviz.core.trainer import Trainer
    from nnviz.data import load_dataset

    data = load_dataset("spiral", n_samples=250, seed=0)
    net = Network([2, 8, 8, data.y.shape[1]], activation="tanh", seed=0)
    trainer = Trainer(net, data.X, data.targets(net), batch_size=10, engine=engine)
    trainer.run(1)
    start, before = clock(), trainer.epoch
    while clock() - start < SPEED_TEST_S:
        trainer.advance(100)
    made = trainer.epoch - before + trainer.batch / trainer.n_batches
    return made / (clock() - start)
