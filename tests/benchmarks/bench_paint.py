"""How much of a processor a paint of the network diagram takes, in L: 340 antialiased lines of Qt's raster engine.

Run: ``QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_paint.py``. Every figure is a median with flow, beside
its limit; L is measured between the paints, so that the figures hold on any machine. Exit status 1 where one is missed.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable
from time import thread_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPen

from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.layout import Layout
from nnviz.data import Dataset
from nnviz.drawing.diagram import DiagramShape, choose_edges, layout_diagram, paint_diagram, paint_flow
from nnviz.drawing.pixel_picture import PixelPicture
from nnviz.drawing.plane import plane_image
from nnviz.drawing.theme import DARK
from nnviz.experiment.figures import Curves, Metrics
from nnviz.experiment.frame import Frame, Plane

WIDTH, HEIGHT, REPEATS = 1000, 880, 40
#: Compiled, then by Qt alone (files, and where nothing can be compiled): in L.
LIMITS = {(2, 8, 8, 8, 1): (0.4, 1.0), (2, 8, 8, 8, 8, 8, 8, 1): (0.6, 1.4), (784, 128, 10): (1.2, 2.0)}


def synthetic_frame(sizes: tuple[int, ...], seed: int = 0) -> Frame:
    """Return a frame with random weights and smooth random maps."""
    random = np.random.default_rng(seed)
    layout = Layout(sizes)
    grid = np.linspace(-3.0, 3.0, 40)
    slopes = random.normal(size=(max(sizes), 3))
    x, y = np.meshgrid(grid, grid)
    maps = [np.tanh(a * x + b * y + c).astype(np.float32) for a, b, c in slopes[:64]]
    curve = np.zeros(1)
    return Frame(
        run_id=0,
        epoch=1,
        batch=0,
        n_batches=1,
        status="running",
        message="",
        layout=layout,
        activations=("tanh",) * (len(sizes) - 2) + ("sigmoid",),
        parameters=random.normal(size=layout.n_parameters),
        metrics=Metrics(*[0.0] * len(RECORD_COLUMNS)),
        curves=Curves(curve, curve, curve, curve, curve, 1),
        epochs_per_second=0.0,
        scaled_targets=False,
        engine="numpy",
        unit_maps=tuple(np.stack(maps[: min(n, 64)]) for n in sizes),
    )


def yardstick_ms() -> float:
    """Return what this machine needs for 340 lines."""
    image, times = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied), []
    for _ in range(3):
        start = thread_time()
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("#1f6fb5"), 3.0))
        for k in range(340):
            painter.drawLine(10, 10 + 2 * k, 990, 870 - 2 * k)
        painter.end()
        times.append(1e3 * (thread_time() - start))
    return statistics.median(times)


def share_of_l(draw: Callable[[], object]) -> tuple[float, float]:
    """Return the median time of `draw` in L, and in milliseconds."""
    times, yardsticks = [], []
    draw()
    for index in range(REPEATS):
        if index % 8 == 0:
            yardsticks.append(yardstick_ms())
        start = thread_time()
        draw()
        times.append(1e3 * (thread_time() - start))
    took = statistics.median(times)
    return took / statistics.median(yardsticks), took


def held(name: str, draw: Callable[[], object], limit: float) -> bool:
    """Print one figure and return whether it keeps its limit."""
    share, took = share_of_l(draw)
    print(f"{name:44} {took:6.2f} ms  {share:6.3f} L  ≤ {limit:g}  {'ok' if share <= limit else 'MISSED'}", flush=True)
    return share <= limit


def on_canvas(draw: Callable[[QPainter], object]) -> Callable[[], None]:
    """Return what draws on a fresh canvas with Qt's painter."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)

    def draw_once() -> None:
        painter = QPainter(image)
        painter.fillRect(0, 0, WIDTH, HEIGHT, DARK.colour("canvas"))
        draw(painter)
        painter.end()

    return draw_once


def measure(sizes: tuple[int, ...], image_shape: tuple[int, int] | None = None) -> bool:
    """Print the figures of a network, of pictures where they have a shape; return whether it keeps its limits."""
    frame = synthetic_frame(sizes)
    names = [tuple(f"{kind}{k}" for k in range(n)) for kind, n in (("x", sizes[0]), ("y", sizes[-1]))]
    n_classes = max(sizes[-1], 2)
    shape = DiagramShape(sizes, frame.activations, *names, n_classes=n_classes, image_shape=image_shape)
    geometry = layout_diagram(WIDTH, HEIGHT, shape, DARK)
    edges, picture = choose_edges(geometry, frame), PixelPicture()
    picture.place(QSize(WIDTH, HEIGHT), 1.0, (0.0, 0.0))

    def by_qt(painter: QPainter) -> None:
        paint_flow(painter, geometry, paint_diagram(painter, geometry, frame, DARK), DARK, 0.3)

    def compiled() -> None:
        painter = picture.painter()
        paint_flow(painter, geometry, paint_diagram(painter, geometry, frame, DARK, picture=picture), DARK, 0.3)
        painter.end()

    name = "-".join(map(str, sizes)) + (" pictures" if image_shape else "") + f", {len(edges)} edges"
    limits = LIMITS[sizes]
    kept = [held(f"{name}, Qt alone", on_canvas(by_qt), limits[1])]
    if picture.raster.prepare():
        kept.append(held(f"{name}, compiled", compiled, limits[0]))
    flow = on_canvas(lambda painter: paint_flow(painter, geometry, edges, DARK, 0.3))
    kept.append(held(f"{name}, dots alone", flow, 0.15))
    return all(kept)


def measure_plane() -> bool:
    """Print the time of a three-class map; return whether it keeps its limit."""
    shares = np.random.default_rng(0).dirichlet(np.ones(3), size=(120, 120)).astype(np.float32)
    plane = Plane((0.0, 1.0), (0.0, 1.0), (0, 1), None, shares)
    data = Dataset.of_classes(np.zeros((3, 2)), np.arange(3), ("a", "b", "c"), ("x1", "x2"))
    return held("plane 120×120×3", lambda: plane_image(plane, data, DARK), 0.1)


def main() -> int:
    """Measure everything."""
    application = QGuiApplication.instance() or QGuiApplication([])
    print(f"{WIDTH}×{HEIGHT}, offscreen raster, median of {REPEATS}, L = {yardstick_ms():.1f} ms of a processor")
    kept = [measure(sizes) for sizes in LIMITS] + [measure((784, 128, 10), (28, 28)), measure_plane()]
    del application
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
