"""GUI time of a brush move at 20 000 points, in the real window offscreen: with training and without, for each tool.

Run: ``QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_painting.py [--points N] [--moves N] [--size WxH]``

A move is one simulated mouse move together with everything that the GUI thread does before the next: painting, edits
of the document, frames and new data from the worker. Moves come every 16 ms, as from a mouse.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest

from nnviz.app import create_application, create_window
from nnviz.experiment import Experiment
from nnviz.experiment.document import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.experiment.painting import Canvas, emptied, rows_of, with_rows
from nnviz.ui.main_window import MainWindow

BUDGET_MS = 16.0
INTERVAL_S = 0.016


def crowded(n: int) -> Experiment:
    """Return an experiment with `n` painted points of two classes."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, n)
    places = np.column_stack([np.where(codes, 2.0, -2.0), np.zeros(n)]) + rng.normal(scale=1.3, size=(n, 2))
    canvas = Canvas("classes", places, codes.astype(float), rng.integers(0, 2**16, n).astype(np.uint16))
    base = Experiment(
        data=DataSpec(name="blobs"),
        network=NetworkSpec(hidden=(LayerSpec(units=8), LayerSpec(units=8))),
        training=TrainingSpec(batch_size=32),
    )
    return with_rows(base, rows_of(canvas, emptied(None)))


class GuiClock(QObject):
    """Sums what the GUI thread works, leaving out the time in which it waits."""

    def measure(self, window: MainWindow, position: QPoint, *, press: bool = False) -> float:
        viewport = window.boundary_view.plot.viewport()
        start = time.perf_counter()
        if press:
            QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=position)
        else:
            QTest.mouseMove(viewport, position)
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return 1000.0 * (time.perf_counter() - start)


def drag(window: MainWindow, moves: int) -> list[float]:
    """Return the milliseconds of each move of one stroke."""
    view = window.boundary_view
    box = view.plot.plotItem.getViewBox().sceneBoundingRect()
    clock, spent = GuiClock(), []
    for number in range(moves + 1):
        angle = number / 9.0
        where = (
            box.center().x() + 0.3 * box.width() * np.cos(angle),
            box.center().y() + 0.3 * box.height() * np.sin(angle),
        )
        due = time.perf_counter() + INTERVAL_S
        took = clock.measure(window, view.plot.mapFromScene(*where), press=number == 0)
        if number:
            spent.append(took)
        # What arrives while the mouse rests belongs to the move before it.
        while (left := due - time.perf_counter()) > 0:
            time.sleep(min(left, 0.004))
            before = time.perf_counter()
            QCoreApplication.processEvents()
            if number:
                spent[-1] += 1000.0 * (time.perf_counter() - before)
    QTest.mouseRelease(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=view.plot.mapFromScene(*where))
    return spent


def main() -> None:
    """Print median and 95th percentile per tool."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--moves", type=int, default=300)
    parser.add_argument("--size", default="1920x1080")
    options = parser.parse_args()
    app = create_application([])
    window = create_window(crowded(options.points), theme="light")
    window.resize(*map(int, options.size.split("x")))
    window.show()
    window.show_proportioned()
    window.controller.wait_idle()
    painting = window.boundary_view.painting
    painting.set_active(True)
    app.processEvents()
    print(f"{options.points:,} points, {options.moves} moves, window {options.size}; budget {BUDGET_MS:g} ms a move")
    for training in (False, True):
        for tool in ("brush", "eraser", "jitter"):
            window.state.replace(crowded(options.points))
            window.controller.wait_idle()
            painting.set_active(True)
            painting.bar.choose(tool)
            window.run_bar.set_speed("full")
            (window.play if training else window.pause)()
            drag(window, 10)
            spent = drag(window, options.moves)
            window.pause()
            window.controller.wait_idle()
            median, p95, worst = np.percentile(spent, [50, 95, 100])
            state = "training" if training else "paused  "
            n = len(painting.strokes.canvas)
            print(
                f"{tool:8s} {state}  median {median:5.1f} ms   p95 {p95:5.1f} ms   worst {worst:5.1f} ms"
                f"   ({n:,} points)"
            )
    window.close()


if __name__ == "__main__":
    main()
