"""GUI time of a brush move at 20 000 points, in the real window offscreen: with training and without, for each tool.

Run: ``QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_painting.py [--points N] [--moves N] [--size WxH]``

A move is one simulated mouse move together with everything that the GUI thread does before the next: painting, edits
of the document, frames and new data from the worker. Moves come every 16 ms, as from a mouse. Two figures each: what
the clock on the wall says, waits for the interpreter and for other programs included, and the GUI thread's own work.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest

from nnviz.app import create_application, create_window
from nnviz.experiment import Experiment
from nnviz.experiment.painting import Canvas, emptied, rows_of, with_rows
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.ui.window.main_window import MainWindow

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


class GuiClock:
    """Adds up seconds of the wall and of the GUI thread, leaving out the time in which it waits for the mouse."""

    def __init__(self) -> None:
        self.wall_s = self.work_s = 0.0

    def __enter__(self) -> None:
        self._start = time.perf_counter(), time.thread_time()

    def __exit__(self, *_: object) -> None:
        self.wall_s += time.perf_counter() - self._start[0]
        self.work_s += time.thread_time() - self._start[1]


def drag(window: MainWindow, moves: int) -> np.ndarray:
    """Return milliseconds of each move of one stroke: on the wall, and of work ``(moves, 2)``."""
    view = window.boundary_view
    viewport, left = view.plot.viewport(), Qt.MouseButton.LeftButton
    box = view.plot.plotItem.getViewBox().sceneBoundingRect()
    spent = []
    for number in range(moves + 1):
        turn, centre = number / 9.0, box.center()
        x, y = centre.x() + 0.3 * box.width() * np.cos(turn), centre.y() + 0.3 * box.height() * np.sin(turn)
        position, due, clock = view.plot.mapFromScene(x, y), time.perf_counter() + INTERVAL_S, GuiClock()
        with clock:
            if number:
                QTest.mouseMove(viewport, position)
            else:
                QTest.mousePress(viewport, left, pos=position)
            QCoreApplication.processEvents()
        # What arrives while the mouse rests belongs to the move before it.
        while (rest := due - time.perf_counter()) > 0:
            time.sleep(min(rest, 0.004))
            with clock:
                QCoreApplication.processEvents()
        spent.append((1000.0 * clock.wall_s, 1000.0 * clock.work_s))
    QTest.mouseRelease(viewport, left, pos=position)
    return np.array(spent[1:])


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
            (wall, work), (wall_95, work_95) = np.percentile(spent, [50, 95], axis=0)
            state = "training" if training else "paused"
            print(
                f"{tool:7s} {state:9s} wall: median {wall:5.1f}, p95 {wall_95:5.1f} ms   "
                f"work: median {work:5.1f}, p95 {work_95:5.1f} ms   ({len(painting.strokes.canvas):,} points)"
            )
    window.close()


if __name__ == "__main__":
    main()
