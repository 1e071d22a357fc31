"""How long a paint of the network diagram takes, in Qt's raster engine, and what straight lines cost in the same run.

Run: ``QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_paint.py``. Limits (median): 2-8-8-8-1 5 ms,
2-8-8-8-8-8-8-1 9 ms, 784-128-10 16 ms, a plane of 120 × 120 × 3 1 ms. Exit status 1 where one is missed.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QLineF
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPen

from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.layout import Layout
from nnviz.data import Dataset
from nnviz.drawing.diagram import DiagramShape, choose_edges, layout_diagram, paint_diagram, paint_flow
from nnviz.drawing.plane import plane_image
from nnviz.drawing.theme import DARK
from nnviz.experiment.figures import Curves, Metrics
from nnviz.experiment.frame import Frame, Plane

WIDTH, HEIGHT, REPEATS = 1000, 880, 40
LIMITS_MS = {(2, 8, 8, 8, 1): 5.0, (2, 8, 8, 8, 8, 8, 8, 1): 9.0, (784, 128, 10): 16.0}


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


def median_ms(draw: Callable[[QPainter], object]) -> float:
    """Return the median time of `draw` on a fresh canvas."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    times = []
    for _ in range(REPEATS):
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        start = perf_counter()
        painter.fillRect(0, 0, WIDTH, HEIGHT, DARK.colour("canvas"))
        draw(painter)
        times.append(1e3 * (perf_counter() - start))
        painter.end()
    return statistics.median(times)


def measure(sizes: tuple[int, ...], image_shape: tuple[int, int] | None = None) -> bool:
    """Print one line for a network, of pictures where they have a shape; return whether it keeps its limit."""
    frame = synthetic_frame(sizes)
    names = [tuple(f"{kind}{k}" for k in range(n)) for kind, n in (("x", sizes[0]), ("y", sizes[-1]))]
    n_classes = max(sizes[-1], 2)
    shape = DiagramShape(sizes, frame.activations, *names, n_classes=n_classes, image_shape=image_shape)
    geometry = layout_diagram(WIDTH, HEIGHT, shape, DARK)
    edges = choose_edges(geometry, frame)
    lines = [QLineF(*ends) for ends in zip(edges.x0, edges.y0, edges.x1, edges.y1, strict=True)]

    def draw_lines(painter: QPainter) -> None:
        painter.setPen(QPen(DARK.colour("positive"), 2.0))
        painter.drawLines(lines)

    def draw_all(painter: QPainter) -> None:
        paint_flow(painter, geometry, paint_diagram(painter, geometry, frame, DARK), DARK, 0.3)

    whole = median_ms(draw_all)
    flow = median_ms(lambda painter: paint_flow(painter, geometry, edges, DARK, 0.3))
    straight = median_ms(draw_lines)
    limit = LIMITS_MS[sizes]
    name = "-".join(map(str, sizes)) + (" pictures" if image_shape else "")
    print(
        f"{name:20} {len(edges):4} edges  whole with flow {whole:6.2f} ms (limit {limit:g})  "
        f"flow alone {flow:5.2f} ms  straight lines {straight:5.2f} ms  ratio {whole / straight:4.1f}"
    )
    return whole <= limit


def measure_plane() -> bool:
    """Print the time of a three-class map; return whether it keeps its limit."""
    shares = np.random.default_rng(0).dirichlet(np.ones(3), size=(120, 120)).astype(np.float32)
    plane = Plane((0.0, 1.0), (0.0, 1.0), (0, 1), None, shares)
    data = Dataset.of_classes(np.zeros((3, 2)), np.arange(3), ("a", "b", "c"), ("x1", "x2"))
    took = median_ms(lambda painter: plane_image(plane, data, DARK)) - median_ms(lambda painter: None)
    print(f"plane 120×120×3    {took:5.2f} ms (limit 1)")
    return took <= 1.0


def main() -> int:
    """Measure everything."""
    application = QGuiApplication.instance() or QGuiApplication([])
    print(f"{WIDTH}×{HEIGHT}, offscreen raster, median of {REPEATS}")
    kept = [measure(sizes) for sizes in LIMITS_MS] + [measure((784, 128, 10), (28, 28)), measure_plane()]
    del application
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
