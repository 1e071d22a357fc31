"""What a second window costs: processor time that a stage adds to the main window's paints of a run that goes on.

Run: ``QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_stage.py``. Both windows are 1920 × 1080; the same frames
are shown without the stage and with it, which passes over frames where its pictures would take more than their share;
what is painted beside the GUI thread counts, too. Printed besides: one paint of the stage, and how many frames it has
shown. Every ratio is of sums over all frames; exit status 1 where it is too high with 1, 2 or 4 views.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
from collections.abc import Callable
from time import thread_time

from msgspec.structs import replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QThreadPool
from PySide6.QtWidgets import QApplication

from nnviz.app import create_application, create_window
from nnviz.experiment import Experiment
from nnviz.experiment.frame import Frame
from nnviz.session.side_painter import SidePainter
from nnviz.ui.window.main_window import MainWindow

SIZE = (1920, 1080)
#: Of the main window's paint, at the most.
LIMIT = 0.6
VIEWS: tuple[tuple[str, ...], ...] = (
    ("network",),
    ("boundary",),
    ("network", "boundary"),
    ("network", "boundary", "loss", "score"),
)


def frames_of(window: MainWindow, n_frames: int) -> list[Frame]:
    """Return frames as they come while the network learns."""
    frames = []
    for _ in range(n_frames):
        window.controller.step_epoch()
        window.controller.wait_idle()
        frame = window.controller.frame
        assert frame is not None
        frames.append(replace(frame, status="running"))
    return frames


def cost_ms(show: Callable[[Frame], object], frame: Frame) -> float:
    """Return the processor time, in this thread and beside it, until a frame is on show."""
    start, beside = thread_time(), SidePainter.spent_s
    show(frame)
    for _ in range(4):
        QApplication.processEvents()
        QThreadPool.globalInstance().waitForDone()
    return 1e3 * (thread_time() - start + SidePainter.spent_s - beside)


def main() -> int:
    """Print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--data", default="", help="a data set instead of the default experiment's")
    options = parser.parse_args()
    create_application([])
    experiment = Experiment()
    # Whatever trains, paints are the same, and nothing has to be compiled first.
    experiment = experiment.edited(training=experiment.training.edited(engine="numpy"))
    if options.data:
        experiment = experiment.edited(data=experiment.data.edited(name=options.data, parameters={}))
    window = create_window(experiment, theme="light")
    window.resize(*SIZE)
    window.show()
    window.show_proportioned()
    window.controller.wait_idle()
    frames = frames_of(window, options.frames)
    missed = False
    for views in VIEWS:
        led = window.stage.presentation
        led.views = views
        led.present(None)
        assert led.stage is not None
        led.stage.resize(*SIZE)
        first, added, shown = _measured(window, frames)
        share = added / first
        missed |= share > LIMIT
        verdict = "ok" if share <= LIMIT else "MISSED"
        name = f"{len(views)} view{'s' * (len(views) > 1)} ({', '.join(views)})"
        each = f"{added / max(shown, 1e-9):4.1f} each of the {shown:.0%} that it shows"
        told = f"{name}: stage {added:5.1f} ms a frame ({each}), window {first:5.1f} ms, {share:4.2f} ≤ {LIMIT}"
        print(f"{told}  {verdict}", flush=True)
        led.leave()
    window.close()
    return int(missed)


def _measured(window: MainWindow, frames: list[Frame]) -> tuple[float, float, float]:
    """Return a frame's cost in the main window, what the stage adds to it, and the share of frames it shows."""
    led = window.stage.presentation
    assert led.stage is not None
    shown = 0
    show_on_stage = led.stage.show_frame

    def count(frame: Frame) -> None:
        nonlocal shown
        shown += 1
        show_on_stage(frame)

    led.stage.show_frame = count  # type: ignore[method-assign]
    # As on a machine that draws ten frames a second: never less than the time that the stage leaves between two.
    moments = itertools.count()
    led._now = lambda: 0.1 * next(moments)
    costs: dict[bool, list[float]] = {True: [], False: []}
    # The first ones fill caches.
    for is_counted in (False, True, True):
        for is_frozen in (True, False):
            led.is_frozen = is_frozen
            taken = [cost_ms(window._on_frame_ready, frame) for frame in frames]
            costs[is_frozen] += taken if is_counted else []
        shown = shown if is_counted else 0
    alone, both = statistics.mean(costs[True]), statistics.mean(costs[False])
    return alone, both - alone, shown / len(costs[False])


if __name__ == "__main__":
    sys.exit(main())
