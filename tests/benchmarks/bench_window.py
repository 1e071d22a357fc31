"""Measures the window: drawing, event loop, training beside it, start and memory.

    python tests/benchmarks/bench_window.py [--only live|overlays|drag|actions|start|memory] [--seconds 6]

Offscreen at 1920 × 1080, with 500 points of the two-armed spiral, full speed, flow animated. Every figure is printed
with the bound it is held to. Speeds are ratios against a peer of the same run.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "OPENBLAS_CORETYPE" in os.environ:
    # It makes NumPy choose slower kernels than the machine's own.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    os.execve(sys.executable, [sys.executable, *sys.argv], clean)
sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.app import create_application, create_window
from nnviz.drawing.diagram import EdgeId
from nnviz.experiment import Experiment, prepare
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.session.freed_memory import give_back
from nnviz.session.pacing import share_interpreter
from nnviz.session.side_painter import seconds_beside
from nnviz.ui.network.number_list import NumberList
from nnviz.ui.window.main_window import MainWindow
from tests.memory import resident_bytes

#: Name, hidden layers, activation; then the bound of a frame: in yardsticks and, at the least, in milliseconds.
WIDE = ("2-8-8-8-1", 3, "tanh", 0.35, 4.0)
DEEP = ("2-8-8-8-8-8-8-1", 6, "relu", 0.45, 5.0)
misses: list[str] = []


def report(what: str, value: float, unit: str, bound: float, *, at_most: bool) -> None:
    """Print one figure with its bound."""
    held = value <= bound if at_most else value >= bound
    sign = "≤" if at_most else "≥"
    print(f"  {what:<58} {value:>11.3f} {unit:<9} {sign} {bound:g}  {'ok' if held else 'MISSED'}", flush=True)
    if not held:
        misses.append(what)


def experiment(n_hidden: int, activation: str, samples: int = 500) -> Experiment:
    """Return the measured experiment."""
    return Experiment(
        title="benchmark",
        data=DataSpec(name="spiral", parameters={"n_samples": samples, "arms": 2, "noise": 0.1}),
        network=NetworkSpec(hidden=(LayerSpec(units=8, activation=activation),) * n_hidden),
        training=TrainingSpec(optimizer="sgd", learning_rate=0.003, batch_size=10),
    )


def wait(seconds: float) -> None:
    """Run the event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def wait_until(condition: Callable[[], bool], limit_s: float = 120.0) -> None:
    """Run the event loop until `condition` holds."""
    end = time.perf_counter() + limit_s
    while not condition():
        if time.perf_counter() > end:
            raise TimeoutError("the window did not get there")
        wait(0.02)


class Ticks(QObject):
    """Gaps between the ticks of a precise timer, in milliseconds."""

    def __init__(self, interval_ms: int = 4) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        """Begin anew."""
        self.gaps.clear()
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()

    @Slot()
    def _on_tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append(1000 * (now - self._last))
        self._last = now


class FrameMeter(QObject):
    """GUI-thread time per frame: what passes from delivery until its paints are over, and all the CPU up to the next.

    What is painted beside the GUI thread comes back later, so that only the whole counts; `paints` are those of the
    diagram, more than there are frames where dots move between two of them.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.work_ms: list[float] = []
        self.cpu_ms: list[float] = []
        self.frames = 0
        self.paints = 0
        self._since = time.thread_time()
        window.frame_shown.connect(self._on_shown)
        window.diagram_area.diagram.installEventFilter(self)

    def clear(self) -> None:
        """Begin anew."""
        self.work_ms.clear()
        self.cpu_ms.clear()
        self.frames = self.paints = 0
        self._since = time.thread_time()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Count the paints of the diagram."""
        self.paints += event.type() == QEvent.Type.Paint
        return False

    def cpu_without_dots(self, dots_ms: float) -> float:
        """Return the CPU of a frame in milliseconds, less that of the paints between two frames."""
        return (sum(self.cpu_ms) - max(0, self.paints - self.frames) * dots_ms) / max(1, self.frames)

    @Slot(object)
    def _on_shown(self, _epoch: object) -> None:
        # The clock still holds the work of the frame before this one.
        self.work_ms.append(1000 * self._window.controller.display.work_s)
        now = time.thread_time()
        self.cpu_ms.append(1000 * (now - self._since))
        self._since = now
        self.frames += 1


def yardstick_ms() -> float:
    """Return what this machine needs for a paint of its own, in thread CPU: it does not count what others take."""
    image, times = QImage(1000, 880, QImage.Format.Format_ARGB32_Premultiplied), []
    for _ in range(9):
        start = time.thread_time()
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("#1f6fb5"), 3.0))
        for k in range(340):
            painter.drawLine(10, 10 + 2 * k, 990, 870 - 2 * k)
        painter.end()
        times.append(1000 * (time.thread_time() - start))
    return statistics.median(times)


def headless_rate(wanted: Experiment, seconds: float) -> float:
    """Return epochs per second of the same training without a window."""
    trainer = prepare(wanted).trainer()
    trainer.run(epochs=20)
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        trainer.run(epochs=200)
        done += 200
    return done / (time.perf_counter() - start)


def open_window(wanted: Experiment) -> MainWindow:
    """Return a full-HD window at full speed whose first frame has been drawn."""
    window = create_window(wanted, theme="light")
    window.resize(1920, 1080)
    window.show_proportioned()
    window.run_bar.set_speed("full")
    wait_until(lambda: window.controller.frame is not None)
    wait(0.3)
    return window


def measure_live(name: str, n_hidden: int, activation: str, bound_l: float, bound_ms: float, seconds: float) -> None:
    """Print the figures of a window that trains."""
    print(f"{name} {activation}, 500 points, batch 10, 1920x1080, full speed")
    wanted = experiment(n_hidden, activation)
    before = headless_rate(wanted, seconds / 3)
    window = open_window(wanted)
    window.play()
    wait_until(lambda: window.epoch >= 10_000, 300.0)
    ticks, meter = Ticks(), FrameMeter(window)
    first_l, dots_ms = yardstick_ms(), cpu_of_dots(window)
    wait(0.5)
    meter.clear()
    start, epoch, beside = time.perf_counter(), window.epoch, seconds_beside()
    wait(seconds)
    elapsed, beside = time.perf_counter() - start, seconds_beside() - beside
    rate, frames, dots = (window.epoch - epoch) / elapsed, meter.frames, meter.paints - meter.frames
    frame_ms = meter.cpu_without_dots(dots_ms)
    yardstick = 0.5 * (first_l + yardstick_ms())
    # A timer of its own, which would count for the frames.
    ticks.start()
    wait(0.5 * seconds)
    ticks.stop()
    measure_out_of_sight(window)
    measure_timed(window)
    window.pause()
    wait_until(lambda: not window.is_training)
    measure_idle(window)
    window.close()
    wait(0.1)
    headless = statistics.mean((before, headless_rate(wanted, seconds / 3)))
    least, bound = 1.0 / yardstick, max(bound_l, bound_ms / yardstick)
    print(f"  L = {yardstick:.1f} ms")
    report("CPU of a frame in the GUI thread", least * frame_ms, "L", bound, at_most=True)
    print(f"  ({least * dots_ms:.3f} L a paint of dots between two frames, {dots} in {frames} frames)")
    print(f"  ({least * 1000 * beside / frames:.3f} L of other threads)")
    report("frames drawn a second", frames / elapsed, "", min(60.0, 1000.0 / yardstick), at_most=False)
    gap = statistics.quantiles(ticks.gaps, n=100)[98]
    report("p99 gap between event-loop ticks", gap, "ms", max(34.0, 2.0 * yardstick), at_most=True)
    report("training beside the window / headless", rate / headless, "", 0.85, at_most=False)
    print(f"  ({rate:.0f} epochs/s beside the window, {headless:.0f} headless)")


def cpu_of_dots(window: MainWindow) -> float:
    """Return the GUI thread's milliseconds for a paint in which only the dots have moved."""
    window.run_bar.set_speed("1")
    meter = FrameMeter(window)
    wait(0.5)
    meter.clear()
    cpu = time.thread_time()
    wait(0.9)
    dots_ms = 1000 * (time.thread_time() - cpu) / max(1, meter.paints)
    window.run_bar.set_speed("full")
    wait(0.3)
    return dots_ms


def measure_out_of_sight(window: MainWindow) -> None:
    """Print how many frames a minimised window takes over, and whether it trains on."""
    meter, epoch = FrameMeter(window), window.controller.ask(lambda run: run.trainer.epoch)
    window.showMinimized()
    wait(0.3)
    meter.clear()
    wait(1.0)
    trained = window.controller.ask(lambda run: run.trainer.epoch) - epoch
    report("frames of a minimised window", meter.frames, "", 0.0, at_most=True)
    report("epochs that it has trained", trained, "", 1.0, at_most=False)
    window.showNormal()
    wait(0.3)


def measure_timed(window: MainWindow) -> None:
    """Print how far from 60 the speed of 60 epochs a second is, and how many are drawn."""
    window.run_bar.set_speed("60")
    wait(0.5)
    meter = FrameMeter(window)
    start, epoch = time.perf_counter(), window.controller.ask(lambda run: run.trainer.epoch)
    wait(4.0)
    trained = window.controller.ask(lambda run: run.trainer.epoch) - epoch
    elapsed = time.perf_counter() - start
    report("|epochs a second - 60| at that speed", abs(trained / elapsed - 60.0), "", 2.0, at_most=True)
    print(f"  ({meter.frames / elapsed:.0f} of them drawn)")


def measure_idle(window: MainWindow) -> None:
    """Print the share of a processor that a paused window takes, in all its threads."""
    window.controller.wait_idle()
    wait(2.0)
    start, cpu = time.perf_counter(), time.process_time()
    loop = QEventLoop()
    QTimer.singleShot(3000, loop.quit)
    loop.exec()
    share = (time.process_time() - cpu) / (time.perf_counter() - start)
    report("share of a processor while paused", 100.0 * share, "%", 0.5, at_most=True)


class Hand(QObject):
    """A mouse that drags the first bar of a number list to and fro, faster than the screen."""

    def __init__(self, numbers: NumberList, interval_ms: int = 7) -> None:
        super().__init__()
        self._numbers = numbers
        self._bar = numbers.parts(0)[1]
        self._moves = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        """Press the button and begin to move."""
        QTest.mousePress(self._numbers.viewport(), Qt.MouseButton.LeftButton, pos=self._place(0))
        self._timer.start()

    def stop(self) -> None:
        """Let go."""
        self._timer.stop()
        QTest.mouseRelease(self._numbers.viewport(), Qt.MouseButton.LeftButton, pos=self._place(self._moves))

    def _place(self, move: int) -> QPoint:
        span = int(self._bar.width()) - 12
        offset = abs(move % (2 * span) - span)
        return QPoint(int(self._bar.left()) + 6 + offset, int(self._bar.center().y()))

    @Slot()
    def _on_tick(self) -> None:
        self._moves += 1
        QTest.mouseMove(self._numbers.viewport(), self._place(self._moves))


def switch_lines(window: MainWindow, on: bool) -> None:
    """Lines and curves of all units on the map."""
    window.boundary_view.settings.edit({"unit_lines": on, "unit_curves": on})


def switch_worked(window: MainWindow, on: bool) -> None:
    """Worked arithmetic half way through an example, whose numbers ride on the network."""
    window.docks["worked"].setVisible(on)
    if on:
        window.docks["worked"].open()
        model = window.insights.worked.model
        wait_until(lambda: model.n_steps > 0)
        model.go_to(model.n_steps // 2)


def switch_health(window: MainWindow, on: bool) -> None:
    """The badges on the network, and the histograms over time."""
    window.docks["health"].setVisible(on)
    if on:
        window.docks["health"].open()
        window.insights.health.panel.tabs["spreads"].click()


def switch_weight(window: MainWindow, on: bool) -> None:
    """The ways of a weight, and edges that glow by what an example pushes."""
    window.docks["weight"].setVisible(on)
    if on:
        window.docks["weight"].open()
        window.diagram_area.diagram.select(EdgeId(2, 3, 1))
        window.insights.weight.panel.glow_button.setChecked(True)
        window.marks.set_one(("train", 3))
    else:
        window.insights.weight.panel.glow_button.setChecked(False)
        window.diagram_area.diagram.select(None)
        window.marks.clear()


def switch_warp(window: MainWindow, on: bool) -> None:
    """The warp, half way through the network."""
    window.docks["warp"].setVisible(on)
    if on:
        window.docks["warp"].open()
        window.insights.warp.slider.setValue(window.insights.warp.slider.maximum() // 2)


def switch_importance(window: MainWindow, on: bool) -> None:
    """The bars below the units."""
    window.diagram_area.importance.action.setChecked(on)


def switch_card(window: MainWindow, on: bool) -> None:
    """The card of a unit, with z and a of a marked row, and its numbers in all units."""
    window.diagram_area.diagram.select((2, 3) if on else None)
    if on:
        window.marks.set_one(("train", 3))
    else:
        window.marks.clear()


OVERLAYS: dict[str, Callable[[MainWindow, bool], None]] = {
    "lines and curves of the units": switch_lines,
    "worked arithmetic": switch_worked,
    "health, histograms over time": switch_health,
    "a weight's way, glowing edges": switch_weight,
    "warp": switch_warp,
    "importance of the units": switch_importance,
    "card of a unit with its example": switch_card,
}


def frame_cpu(window: MainWindow, n_frames: int) -> float:
    """Return the GUI thread's milliseconds for a frame, on the average of so many."""
    meter = FrameMeter(window)
    wait(0.3)
    meter.clear()
    wait_until(lambda: meter.frames >= n_frames)
    window.frame_shown.disconnect(meter._on_shown)
    return sum(meter.cpu_ms) / meter.frames


def measure_overlays(seconds: float) -> None:
    """Print what each view into the network adds to a frame of a run that trains, and all of them together."""
    print("What is opened to look into 2-8-8-8-1, 500 points, training at full speed, in the GUI thread")
    window = open_window(experiment(3, "tanh"))
    window.play()
    wait_until(lambda: window.epoch >= 2_000, 300.0)
    # Paints of dots between two frames come as time allows: with them nothing could be compared.
    window.diagram_area.diagram.set_flow_enabled(False)
    n_frames = round(12 * seconds)
    bare, first_l = frame_cpu(window, n_frames), yardstick_ms()
    print(f"  L = {first_l:.1f} ms; a frame with all of it off: {bare / first_l:.3f} L")
    for name, switch in OVERLAYS.items():
        switch(window, True)
        wait(0.5)
        opened = frame_cpu(window, n_frames)
        switch(window, False)
        wait(0.3)
        # What else runs on the machine makes all of it slower for a while: each is compared with what is around it.
        before, bare = bare, frame_cpu(window, n_frames)
        added = opened - 0.5 * (before + bare)
        report(f"added to a frame: {name}", added / yardstick_ms(), "L", 0.1, at_most=True)
    for switch in OVERLAYS.values():
        switch(window, True)
        wait(0.3)
    # Beside each other, not behind one another's tabs.
    for name in ("worked", "health", "weight"):
        window.docks[name].setFloating(True)
        window.docks[name].resize(480, 480)
    wait(0.5)
    everything = frame_cpu(window, n_frames) - bare
    report("added to a frame: all of them at once", everything / yardstick_ms(), "L", 0.35, at_most=True)
    window.pause()
    wait_until(lambda: not window.is_training)
    window.close()
    wait(0.1)


def measure_drag(seconds: float) -> None:
    """Print how the window follows a weight that is dragged, paused and training."""
    for training in (False, True):
        print(f"A weight dragged in the inspector, 2-8-8-8-1, {'training at full speed' if training else 'paused'}")
        window = open_window(experiment(3, "tanh"))
        window.controller.step_epoch()
        wait_until(lambda window=window: window.epoch >= 1)
        window.diagram_area.diagram.select((2, 3))
        if training:
            window.play()
        wait(1.0)
        hand, meter = Hand(window.diagram_area.inspector.incoming), FrameMeter(window)
        hand.start()
        wait(0.5)
        meter.clear()
        start = time.perf_counter()
        wait(seconds)
        elapsed = time.perf_counter() - start
        hand.stop()
        report("median GUI work per frame", statistics.median(meter.work_ms), "ms", 16.0, at_most=True)
        report("frames drawn a second", meter.frames / elapsed, "", 40.0 if training else 55.0, at_most=False)
        window.pause()
        wait_until(lambda window=window: not window.is_training)
        window.close()
        wait(0.1)


def measure_actions() -> None:
    """Print the longest stall of the event loop that each action causes."""
    print("Longest stall of the event loop")
    wanted = experiment(3, "tanh")
    # An empty kernel cache, so that play has to compile first.
    window = open_window(wanted)
    ticks, yardstick = Ticks(1), yardstick_ms()

    def stall(what: str, action: Callable[[], object], seconds: float = 1.5) -> None:
        gc.collect()
        wait(0.2)
        ticks.start()
        action()
        wait(seconds)
        ticks.stop()
        report(what, max(ticks.gaps), "ms", max(100.0, 4.0 * yardstick), at_most=True)

    def add_layer() -> None:
        present = window.state.experiment
        hidden = (*present.network.hidden, LayerSpec(units=8))
        window.state.edit(present.edited(network=present.network.edited(hidden=hidden)), "add layer")

    def change_data() -> None:
        present = window.state.experiment
        data = DataSpec(name="breast_cancer_wisconsin")
        window.state.edit(present.edited(data=data), "change data")

    stall("start (first play, kernels compiled into an empty cache)", window.play, 25.0)
    stall("add a layer while training", add_layer)
    stall("reset while training", window.reset)
    stall("play", window.play)
    stall("regenerate data while training", window.controller.regenerate_data)
    stall("change data while training", change_data)
    stall("undo it", window.state.undo_stack.undo)
    stall("play", window.play)
    stall("pause", window.pause)
    window.close()
    wait(0.1)


# Both end once the event loop has painted the window: what follows is not the start any more.
_BARE = """
import os
import sys
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication
app = QApplication(sys.argv)
plot = pg.PlotWidget()
plot.plot([1, 2, 3])
plot.show()
app.processEvents()
os._exit(0)
"""
_OURS = """
import os
import sys
from nnviz.app import create_application, create_window
app = create_application(sys.argv)
window = create_window()
app.processEvents()
os._exit(0)
"""
_FIRST_FRAME = _OURS.replace(
    "os._exit(0)",
    """
from PySide6.QtCore import QEventLoop
loop = QEventLoop()
window.frame_shown.connect(loop.quit)
if window.controller.frame is None:
    loop.exec()
app.processEvents()
os._exit(0)
""",
)


def measure_start() -> None:
    """Print how long the first window and its first frame take, against a bare plot."""
    print("Start")

    # Installed packages have their byte code, and so has what was started before.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def seconds(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        return time.perf_counter() - start

    codes = {"bare": _BARE, "window": _OURS, "frame": _FIRST_FRAME}
    seconds(_FIRST_FRAME)
    times: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(7):
        for name, code in codes.items():
            times[name].append(seconds(code))
    bare, window, frame = (statistics.median(times[name]) for name in codes)
    report(f"first window / bare pyqtgraph plot ({window:.2f} s / {bare:.2f} s)", window / bare, "", 1.8, at_most=True)
    report(f"first frame / bare pyqtgraph plot ({frame:.2f} s)", frame / bare, "", 2.5, at_most=True)


def measure_memory(epochs: int) -> None:
    """Print how memory grows over many epochs in the window."""
    print(f"Memory over {epochs} epochs")
    wanted = Experiment(
        title="memory",
        data=DataSpec(name="xor", parameters={"n_samples": 20}),
        network=NetworkSpec(hidden=(LayerSpec(units=4),)),
        training=TrainingSpec(
            optimizer="sgd", learning_rate=0.001, batch_size=None, stop_at_epochs=True, epochs=epochs
        ),
    )
    window = open_window(wanted)
    window.play()
    wait_until(lambda: window.epoch >= 2_000)
    gc.collect()
    give_back()
    before, at = resident_bytes(), window.epoch
    wait_until(lambda: not window.is_training and window.epoch >= epochs, 3600.0)
    gc.collect()
    # As the application does once a minute.
    give_back()
    grown = resident_bytes() - before
    own = window.controller.ask(lambda run: run.trainer.history.nbytes + run.trainer.history.snapshots.nbytes)
    report(f"growth from epoch {at} on", grown / 2**20, "MiB", own / 2**20, at_most=True)
    window.close()
    wait(0.1)


def main() -> int:
    """Run what was asked for; the exit status says whether every bound was met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("live", "overlays", "drag", "actions", "start", "memory"))
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--epochs", type=int, default=1_000_000)
    options = parser.parse_args()
    if options.only in (None, "actions"):
        os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="nnviz-bench-")
    create_application(sys.argv)
    share_interpreter()
    print(f"L, 340 antialiased lines across 1000 x 880: {yardstick_ms():.1f} ms of a processor")
    wanted = (options.only,) if options.only else ("start", "actions", "live", "overlays", "drag", "memory")
    if "start" in wanted:
        measure_start()
    if "actions" in wanted:
        measure_actions()
    if "live" in wanted:
        for row in (WIDE, DEEP):
            measure_live(*row, options.seconds)
    if "overlays" in wanted:
        measure_overlays(options.seconds)
    if "drag" in wanted:
        measure_drag(options.seconds)
    if "memory" in wanted:
        measure_memory(options.epochs)
    print(f"missed: {', '.join(misses)}" if misses else "every bound met")
    QApplication.processEvents()
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
