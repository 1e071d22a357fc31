"""Measures the session without a window: a display that takes a fixed time a frame stands for the views.

    python tests/benchmarks/bench_session.py [--work-ms 10] [--seconds 4]

Prints frames drawn a second, the age of a frame when it arrives, gaps of the event loop, and the training throughput
beside the display as a share of `Trainer.run` alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "OPENBLAS_CORETYPE" in os.environ:
    # It makes NumPy choose slower kernels than the machine's own.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    os.execve(sys.executable, [sys.executable, *sys.argv], clean)

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QTimer, Slot

from nnviz.experiment import Experiment, prepare
from nnviz.experiment.frame import Frame, PlaneRequest
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.session.controller import Controller
from nnviz.session.pacing import share_interpreter
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState


def experiment(n_hidden: int, activation: str) -> Experiment:
    """Return 500 points of the spiral under a network of `n_hidden` layers of eight units."""
    return Experiment(
        data=DataSpec(name="spiral", parameters={"n_samples": 500, "arms": 2}),
        network=NetworkSpec(hidden=(LayerSpec(units=8, activation=activation),) * n_hidden),
        training=TrainingSpec(optimizer="sgd", learning_rate=0.003),
    )


class Display(QObject):
    """Works for a while on every frame, and notes when the event loop comes round."""

    def __init__(self, controller: Controller, work_ms: float) -> None:
        super().__init__()
        self.work_s = work_ms / 1000.0
        self.frames = 0
        self.gaps_ms: list[float] = []
        self._last_s = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start(4)
        controller.frame_ready.connect(self._on_frame)

    def restart(self) -> None:
        """Forget what was measured."""
        self.frames = 0
        self.gaps_ms.clear()

    @Slot(object)
    def _on_frame(self, _frame: Frame) -> None:
        self.frames += 1
        end = time.perf_counter() + self.work_s
        # Painting holds no interpreter lock for most of its time; a loop in Python holds it for all of it.
        while time.perf_counter() < end:
            pass

    @Slot()
    def _on_tick(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append(1000.0 * (now - self._last_s))
        self._last_s = now


def turn(seconds: float) -> None:
    """Run the event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def headless(described: Experiment, seconds: float) -> float:
    """Return epochs per second of the trainer alone."""
    trainer = prepare(described).trainer()
    trainer.run(5)
    start, first = time.perf_counter(), trainer.epoch
    while time.perf_counter() - start < seconds:
        trainer.run(100)
    return (trainer.epoch - first) / (time.perf_counter() - start)


def measure(name: str, described: Experiment, work_ms: float, seconds: float) -> None:
    """Print one line for every speed that matters."""
    alone = headless(described, seconds)
    controller = Controller(ExperimentState(described))
    controller.set_needs("display", plane=PlaneRequest(), unit_maps=True, points=True)
    controller.wait_idle()
    display = Display(controller, work_ms)
    for speed in SPEEDS:
        controller.set_speed(speed)
        controller.play()
        turn(1.0)
        display.restart()
        assert controller.frame is not None
        start, first = time.perf_counter(), controller.frame.epoch
        turn(seconds)
        elapsed = time.perf_counter() - start
        rate = (controller.frame.epoch - first) / elapsed
        gaps = statistics.quantiles(display.gaps_ms, n=100)
        print(
            f"{name:<12} {speed:<14} {display.frames / elapsed:6.1f} frames/s  {rate:10.1f} epochs/s "
            f"({rate / alone:6.1%} of {alone:.0f})  gaps ms: median {gaps[49]:.1f}, p99 {gaps[98]:.1f}, "
            f"max {max(display.gaps_ms):.1f}"
        )
    controller.pause()
    controller.wait_idle()
    start = time.perf_counter()
    controller.shutdown()
    print(f"{name:<12} shutdown {1000 * (time.perf_counter() - start):.1f} ms")


def main() -> None:
    """Measure both networks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-ms", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    _app = QCoreApplication([])
    share_interpreter()
    measure("2-8-8-8-1", experiment(3, "tanh"), options.work_ms, options.seconds)
    measure("2-8×6-1", experiment(6, "relu"), options.work_ms, options.seconds)


if __name__ == "__main__":
    main()
