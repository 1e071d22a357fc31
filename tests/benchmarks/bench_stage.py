"""What a second window costs: processor time of the stage's paint of a frame beside that of the main window's.

Run: ``QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_stage.py``. Both windows are 1920 × 1080; the same frames
are shown in turn, first by one, then by the other, and what is painted beside the GUI thread counts, too. Every ratio
is of medians; exit status 1 where the stage takes more than its share with 1, 2 or 4 views.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from time import thread_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QThreadPool
from PySide6.QtWidgets import QApplication

from nnviz.app import create_application, create_window
from nnviz.experiment import Experiment
from nnviz.experiment.frame import Frame
from nnviz.session.side_painter import SidePainter
from nnviz.ui.stage.stage_window import StageWindow
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
        stage = led.stage
        assert stage is not None
        stage.resize(*SIZE)
        first, second = _measured(window, stage, frames)
        share = second / first
        missed |= share > LIMIT
        verdict = "ok" if share <= LIMIT else "MISSED"
        print(
            f"{len(views)} view{'s' * (len(views) > 1)} ({', '.join(views)}): stage {second:5.1f} ms, window "
            f"{first:5.1f} ms, {share:4.2f} ≤ {LIMIT}  {verdict}",
            flush=True,
        )
        led.leave()
    window.close()
    return int(missed)


def _measured(window: MainWindow, stage: StageWindow, frames: list[Frame]) -> tuple[float, float]:
    """Return the medians of the main window and of the stage, each shown every frame."""
    window.stage.presentation.is_frozen = True
    costs: list[tuple[float, float]] = []
    for frame in frames:
        costs.append((cost_ms(window._on_frame_ready, frame), cost_ms(stage.show_frame, frame)))
    # The first ones fill caches.
    return tuple(map(statistics.median, zip(*costs[4:], strict=True)))  # type: ignore[return-value]


if __name__ == "__main__":
    sys.exit(main())
