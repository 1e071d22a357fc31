"""Whether nnviz lasts: ``QT_QPA_PLATFORM=offscreen python tests/benchmarks/soak.py [--hours 8] [--only KIND]``.

| kind | what |
| --- | --- |
| `soak` | one window that trains while data, theme, speed and docks change: memory, `None`'s count, gaps |
| `cycles` | `--cycles` times in one process: open, train, close; memory, threads and timers |
| `windows` | `--windows` windows of one process that train at once, then are closed |
| `frames` | `--frames` frames and `--epochs` epochs of one window, as many as it can; 60 frames stand for a second |

Prints a line a minute, or every 10 000 frames, beside the bounds that it is held to. Exit status 1 where one is missed.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import statistics
import sys
import threading
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar
from unittest.mock import patch

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from nnviz.app import create_application, create_window
from nnviz.core.compiling import compile_kernels
from nnviz.experiment import Experiment
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.session import observer, pacing
from nnviz.session.freed_memory import give_back
from nnviz.session.garbage import GarbageCollector
from nnviz.session.pacing import share_interpreter
from nnviz.session.runs import laboratory, load
from nnviz.ui.window.main_window import MainWindow
from tests.memory import held_bytes, resident_mb

#: Growth beyond histories, pasts and weights of the runs that are kept (the present one, and for *Undo* up to twenty
#: within 512 MB), MB an hour, from `SETTLED_S` on; a shorter run sees them come, and is forgiven more.
MOST_GROWTH_MB_PER_HOUR, FORGIVEN_MB, FORGIVEN_EARLY_MB = 1.0, 20.0, 100.0
SETTLED_S = 600.0
#: Of `cycles`: from the tenth cycle to the last.
MOST_GROWTH_MB_PER_CYCLE = 0.5
#: `None` is mortal before Python 3.12: a library that drops references to it would end the process by and by. That they
#: grow is harmless: PySide keeps one for each virtual method that it first looks for in an object of its own, such as
#: six for an image that is painted on and one for a signal that is connected; no memory goes with it.
MOST_LOST_REFERENCES = 2000
#: The last third of the gaps between two turns of the event loop, beside the first: p99.
MOST_SLOWER = 2.0
TICK_MS = 20
SOAK_DEEDS = ("theme", "data", "weights", "speed", "dock", "unit", "reset", "pause")
#: Of `frames`: frames a second of what is simulated, and between two deeds. Runs are begun anew in few of them.
SHOWN_PER_SECOND, FRAMES_PER_DEED, FRAMES_PER_LINE = 60.0, 500, 10_000
#: And between two full collections, which `nnviz.session.garbage` makes once a minute by the clock.
FRAMES_PER_COLLECTION = 3600
FRAME_DEEDS = (
    *("theme", "unit", "dock", "data", "paced", "loss", "weight", "undo", "data", "paced", "dock", "redo", "weights"),
    *("theme", "unit", "boundary", "pause", "weight", "loss", "data", "undo", "boundary", "reset"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--windows", type=int, default=20)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--epochs", type=int, default=100_000_000)
    parser.add_argument("--only", choices=("soak", "cycles", "windows", "frames"))
    options = parser.parse_args(argv)
    app = create_application(["soak"])
    share_interpreter()
    compile_kernels()
    collector = GarbageCollector(parent=app)
    collector.start()
    kinds = {
        "soak": lambda: soak(app, options.hours * 3600.0),
        "cycles": lambda: cycles(app, options.cycles),
        "windows": lambda: windows(app, options.windows),
        "frames": lambda: Frames(options.frames, options.epochs).run(),
    }
    found = [fault for name, run in kinds.items() if options.only in (None, name) for fault in run()]
    collector.stop()
    for fault in found:
        print("FOUND:", fault, flush=True)
    return int(bool(found))


class Gaps:
    """How long the event loop does not come round, in ms."""

    def __init__(self) -> None:
        self.ms: list[float] = []
        self._before_s = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def end(self) -> None:
        """Measure no more."""
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.ms.append(1000.0 * (now - self._before_s))
        self._before_s = now


def soak(app: QApplication, seconds: float) -> list[str]:
    """Train and change things for so long."""
    window = create_window(theme="light")
    window.controller.wait_idle()
    window.run_bar.set_speed("full")
    window.play()
    gaps, start_s = Gaps(), time.monotonic()
    memory: list[tuple[float, float]] = []
    references, epochs, told_s = sys.getrefcount(None), 0, start_s
    for number in range(10**9):
        passed_s = time.monotonic() - start_s
        if passed_s >= seconds:
            break
        turn(max(1.0, min(5.0, seconds / 40.0)))
        # Before the deed: a run that it lets go of leaves in the next turns of the event loop.
        counted_mb = history_mb(window)
        memory.append((passed_s, resident_mb() - counted_mb))
        if time.monotonic() - told_s >= 60.0:
            told_s = time.monotonic()
            print(
                f"soak: {passed_s / 60.0:.0f} min, {memory[-1][1]:.0f} MB beyond {counted_mb:.0f} MB of "
                f"{len(window.controller.lab)} runs, {free_mb():.0f} MB free in pieces, epoch {window.epoch}",
                flush=True,
            )
        epochs += do(window, SOAK_DEEDS[number % len(SOAK_DEEDS)])
    gaps.end()
    window.close()
    lost = references - sys.getrefcount(None)
    is_long = seconds > 2.0 * SETTLED_S
    # In a short run, everything has at least been done twice by then.
    once = len(SOAK_DEEDS)
    settled = [entry for entry in memory if entry[0] >= SETTLED_S] if is_long else memory[2 * once :]
    if len(settled) < 2 * once:
        return ["it was too short to say anything"]
    growth = statistics.median([mb for _, mb in settled[-once:]]) - statistics.median([mb for _, mb in settled[:once]])
    third = len(gaps.ms) // 3
    first, last = percentile(gaps.ms[:third], 0.99), percentile(gaps.ms[-third:], 0.99)
    print(
        f"soak: {seconds / 60.0:.1f} min, {epochs} epochs; memory {growth:+.1f} MB beyond the history, "
        f"{lost} references of None lost, gaps p99 {first:.0f} → {last:.0f} ms"
    )
    found = []
    forgiven = FORGIVEN_MB if is_long else FORGIVEN_EARLY_MB
    if growth > forgiven + MOST_GROWTH_MB_PER_HOUR * seconds / 3600.0:
        found.append(f"memory grew by {growth:.1f} MB")
    if sys.version_info < (3, 12) and lost > MOST_LOST_REFERENCES:
        found.append(f"{lost} references of None were lost")
    if last > MOST_SLOWER * max(first, 2.0 * TICK_MS):
        found.append(f"gaps of the event loop grew from {first:.0f} to {last:.0f} ms")
    return found


def do(window: MainWindow, deed: str) -> int:
    """Change something; return the epochs of a run that ends by it."""
    controller, before = window.controller, window.epoch
    deeds: dict[str, Callable[[], object]] = {
        "theme": window.actions_.dark.trigger,
        "data": controller.regenerate_data,
        "weights": controller.new_weights,
        "speed": lambda: window.run_bar.set_speed("60" if window.run_bar.speed == "full" else "full"),
        "paced": lambda: window.run_bar.set_speed("100_per_frame" if window.run_bar.speed == "full" else "full"),
        "dock": window.docks["answers"].menu_action.trigger,
        "loss": window.docks["loss"].menu_action.trigger,
        "boundary": window.docks["boundary"].menu_action.trigger,
        "unit": lambda: window.diagram_area.diagram.select((1, before % 4)),
        "weight": lambda: controller.edit_parameters({0: 0.001 * (before % 1000)}, "set a weight"),
        "undo": window.state.undo_stack.undo,
        "redo": window.state.undo_stack.redo,
        "reset": controller.reset,
        "pause": controller.pause,
    }
    run = controller.run_id
    deeds[deed]()
    if not window.is_training:
        controller.play()
    return before if controller.run_id != run else 0


def cycles(app: QApplication, count: int) -> list[str]:
    """Open, train and close a window so many times."""
    memory, threads = [], threading.active_count()
    for number in range(1, count + 1):
        window = create_window(theme="light")
        window.run_bar.set_speed("full")
        window.play()
        window.controller.wait_idle()
        window.close()
        window.deleteLater()
        del window
        app.processEvents()
        gc.collect()
        turn(0.0)
        memory.append(resident_mb())
        if number % 10 == 0 or number == count:
            print(f"cycles: {number}, {memory[-1]:.0f} MB, {len(app.allWidgets())} widgets", flush=True)
    early = memory[min(9, len(memory) - 1)]
    growth = (memory[-1] - early) / max(1, count - 10)
    print(f"cycles: {count}; {growth:+.2f} MB a cycle, {threading.active_count() - threads:+d} threads")
    found = [f"memory grew by {growth:.2f} MB a cycle"] if growth > MOST_GROWTH_MB_PER_CYCLE else []
    left = threading.active_count() - threads
    return [*found, *([f"{left} threads are left"] if left > 1 else [])]


def windows(app: QApplication, count: int) -> list[str]:
    """Open so many windows, let all of them train, and close them."""
    opened = [create_window(theme="light") for _ in range(count)]
    for window in opened:
        window.controller.wait_idle(600.0)
        window.run_bar.set_speed("full")
        window.play()
    start_s, before = time.monotonic(), [window.epoch for window in opened]
    while any(window.epoch <= epoch for window, epoch in zip(opened, before, strict=True)):
        turn(0.2)
        if time.monotonic() - start_s > 300.0:
            break
    stuck = sum(window.epoch <= epoch for window, epoch in zip(opened, before, strict=True))
    print(f"windows: {count}; all had got on after {time.monotonic() - start_s:.1f} s, {resident_mb():.0f} MB")
    start_s = time.monotonic()
    for window in opened:
        window.close()
    elapsed_s = time.monotonic() - start_s
    print(f"windows: closed in {elapsed_s:.1f} s")
    found = [f"{stuck} windows did not get on"] if stuck else []
    return [*found, *([f"closing a window took {elapsed_s / count:.1f} s"] if elapsed_s > 2.0 * count else [])]


class Frames:
    """A window whose frames follow one another without a rest, and what is done to it meanwhile.

    An hour of it is as many frames as a screen shows in an hour.

    Parameters
    ----------
    frames, epochs : int
        So many of both are made, whichever takes longer.
    """

    def __init__(self, frames: int, epochs: int) -> None:
        self.wanted, self.epochs = frames, epochs
        # Room that is written to now does not grow later.
        self.took_ms = array("f", bytes(4 * frames))
        self.shown = self.deeds = self._told = self._collected = 0
        self.trained: dict[int, int] = {}
        self.memory: list[tuple[int, float]] = []
        self.found: list[str] = []
        self._told_s = time.monotonic()
        self._loop = QEventLoop()

    def run(self) -> list[str]:
        """Make them; return what is not as it should be."""
        data = DataSpec(name="xor", parameters={"n_samples": 40})
        training = TrainingSpec(optimizer="sgd", learning_rate=0.05, batch_size=None)
        network = NetworkSpec(hidden=(LayerSpec(units=4, activation="tanh"),))
        window = self.window = create_window(
            Experiment(title="soak", data=data, network=network, training=training), theme="light"
        )
        window.resize(1280, 720)
        window.controller.wait_idle()
        references, start_s = sys.getrefcount(None), time.monotonic()
        window.frame_shown.connect(self._on_shown)
        with at_once():
            window.run_bar.set_speed("100_per_frame")
            window.play()
            self._loop.exec()
        window.frame_shown.disconnect(self._on_shown)
        window.close()
        return [*self.found, *self._judged(references - sys.getrefcount(None), time.monotonic() - start_s)]

    def _on_shown(self, _epoch: object) -> None:
        """Count a frame; between two of them, do something from time to time."""
        if self.shown < self.wanted:
            # The clock still holds the work of the frame before this one.
            self.took_ms[self.shown] = 1000.0 * self.window.controller.display.work_s
        self.shown += 1
        if self.shown % FRAMES_PER_DEED == 0:
            QTimer.singleShot(0, self._on_deed)

    def _on_deed(self) -> None:
        """Note what there is in memory, do the next thing, or end."""
        window = self.window
        if self.shown - self._collected >= FRAMES_PER_COLLECTION:
            self._collected = self.shown
            gc.collect()
            give_back()
        counted_mb, run = history_mb(window), window.controller.run_id
        # An undo may bring back a run that has been counted.
        self.trained[run] = max(window.epoch, self.trained.get(run, 0))
        self.memory.append((self.shown, resident_mb() - counted_mb))
        if self.shown - self._told >= FRAMES_PER_LINE:
            self._tell(counted_mb)
        if self.shown >= self.wanted and sum(self.trained.values()) >= self.epochs:
            self._loop.quit()
            return
        do(window, FRAME_DEEDS[self.deeds % len(FRAME_DEEDS)])
        self.deeds += 1

    def _tell(self, counted_mb: float) -> None:
        window, now_s = self.window, time.monotonic()
        rate = (self.shown - self._told) / (now_s - self._told_s)
        self._told, self._told_s = self.shown, now_s
        print(
            f"frames: {self.shown}, {rate:.0f} a second, {sum(self.trained.values())} epochs; "
            f"{self.memory[-1][1]:.1f} MB beyond {counted_mb:.0f} MB of {len(window.controller.lab)} runs, "
            f"{free_mb():.0f} MB free in pieces, {sys.getrefcount(None)} references of None, "
            f"{len(QApplication.allWidgets())} widgets, {window.state.undo_stack.count()} steps",
            flush=True,
        )

    def _judged(self, lost: int, seconds: float) -> Iterator[str]:
        settled_frames = SETTLED_S * SHOWN_PER_SECOND
        settled = [mb for number, mb in self.memory if number >= settled_frames] or [mb for _, mb in self.memory]
        if len(settled) < 4:
            yield "it was too short to say anything"
            return
        quarter, third = len(settled) // 4, self.wanted // 3
        # Resident memory goes up and down by some 20 MB within minutes. From the middle of the first quarter to that of
        # the last are three quarters of the time.
        quarters = [statistics.median(settled[place * quarter : (place + 1) * quarter]) for place in range(4)]
        growth, later = (quarters[3] - quarters[0]) * 4.0 / 3.0, quarters[3] - quarters[2]
        hours = self.shown / SHOWN_PER_SECOND / 3600.0
        parts = self.took_ms[:third], self.took_ms[third : 2 * third], self.took_ms[-third:]
        medians, slowest = ([percentile(part, share) for part in parts] for share in (0.5, 0.99))
        print(
            f"frames: {self.shown} in {seconds / 60.0:.1f} min for {hours:.2f} h, {sum(self.trained.values())} epochs, "
            f"{self.deeds} deeds; memory {growth:+.1f} MB beyond the history, {later:+.1f} in the last quarter, "
            f"{lost} references of None lost, a frame {medians[0]:.1f} → {medians[1]:.1f} → {medians[2]:.1f} ms, "
            f"p99 {slowest[0]:.1f} → {slowest[1]:.1f} → {slowest[2]:.1f} ms",
            flush=True,
        )
        if growth > FORGIVEN_MB + MOST_GROWTH_MB_PER_HOUR * hours:
            yield f"memory grew by {growth:.1f} MB"
        if sys.version_info < (3, 12) and lost > MOST_LOST_REFERENCES:
            yield f"{lost} references of None were lost"
        if slowest[-1] > MOST_SLOWER * slowest[0]:
            yield f"frames grew from {slowest[0]:.1f} to {slowest[-1]:.1f} ms"


@contextmanager
def at_once() -> Iterator[None]:
    """Let the display ask for the next frame as soon as one is painted, and training stop for it as soon."""
    with (
        patch.object(laboratory, "FRAME_RATE", 1e6),
        patch.object(observer, "GUI_LOAD", 1.0),
        patch.object(load, "GUI_LOAD", 1.0),
        patch.object(pacing, "SHORTEST_SLICE_S", 0.001),
    ):
        yield


def turn(seconds: float) -> None:
    """Run the event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000.0 * seconds), loop.quit)
    loop.exec()


def history_mb(window: MainWindow) -> float:
    """Return what the present run, and those that undo would bring back, hold of what grows with them."""
    parked = sum(held_bytes(run) for run in window.controller.parked._kept())
    return (window.controller.ask(held_bytes) + parked) / 2**20


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def free_mb() -> float:
    """Return what the C library keeps of what was freed, given back or not; 0 where that is not glibc."""
    about = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if about is None:
        return 0.0
    about.restype = AllocatorFigures
    return float(about().fordblks) / 2**20


class AllocatorFigures(ctypes.Structure):
    """`struct mallinfo2` of glibc: ten sizes."""

    _fields_: ClassVar = [
        *((f"other_{number}", ctypes.c_size_t) for number in range(8)),
        ("fordblks", ctypes.c_size_t),
        ("keepcost", ctypes.c_size_t),
    ]


if __name__ == "__main__":
    sys.exit(main())
