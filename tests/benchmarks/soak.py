"""Whether nnviz lasts: ``QT_QPA_PLATFORM=offscreen python tests/benchmarks/soak.py [--hours 8] [--only KIND]``.

| kind | what |
| --- | --- |
| `soak` | one window that trains while data, theme, speed and docks change: memory, `None`'s count, gaps |
| `cycles` | `--cycles` times in one process: open, train, close; memory, threads and timers |
| `windows` | `--windows` windows of one process that train at once, then are closed |

Prints a line a minute beside the bounds that it is held to. Exit status 1 where one is missed.
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
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from nnviz.app import create_application, create_window
from nnviz.core.compiling import compile_kernels
from nnviz.session.garbage import GarbageCollector
from nnviz.session.pacing import share_interpreter
from nnviz.session.run import Run
from nnviz.ui.window.main_window import MainWindow

#: Growth beyond histories, pasts and weights of the runs that are kept (the present one, and for *Undo* up to twenty
#: within 512 MB), MB an hour, from `SETTLED_S` on; a shorter run sees them come, and is forgiven more.
MOST_GROWTH_MB_PER_HOUR, FORGIVEN_MB, FORGIVEN_EARLY_MB = 1.0, 20.0, 100.0
SETTLED_S = 600.0
#: Of `cycles`: from the tenth cycle to the last.
MOST_GROWTH_MB_PER_CYCLE = 0.5
#: `None` is mortal before Python 3.12: a library that drops references to it would end the process by and by.
MOST_LOST_REFERENCES = 2000
#: The last third of the gaps between two turns of the event loop, beside the first: p99.
MOST_SLOWER = 2.0
TICK_MS = 20
SOAK_DEEDS = ("theme", "data", "weights", "speed", "dock", "unit", "reset", "pause")


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--windows", type=int, default=20)
    parser.add_argument("--only", choices=("soak", "cycles", "windows"))
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
    if deed == "theme":
        window.actions_.dark.trigger()
    elif deed == "data":
        controller.regenerate_data()
    elif deed == "weights":
        controller.new_weights()
    elif deed == "speed":
        window.run_bar.set_speed("60" if window.run_bar.speed == "full" else "full")
    elif deed == "dock":
        window.docks["answers"].menu_action.trigger()
    elif deed == "unit":
        window.diagram_area.diagram.select((1, 0))
    elif deed == "reset":
        controller.reset()
    else:
        controller.pause()
    if not window.is_training:
        controller.play()
    return before if deed in ("weights", "reset") else 0


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


def turn(seconds: float) -> None:
    """Run the event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000.0 * seconds), loop.quit)
    loop.exec()


def history_mb(window: MainWindow) -> float:
    """Return what the present run, and those that undo would bring back, hold of what grows with them.

    Room for epochs to come is not counted: the system gives it once it is written to.
    """
    parked = sum(held_bytes(run) for run in window.controller.parked._kept())
    return (window.controller.ask(held_bytes) + parked) / 2**20


def held_bytes(run: Run) -> int:
    """Return what a run holds of its history, its past and its weights."""
    return run.nbytes - (run.trainer.history.spare_nbytes if run.trainer is not None else 0)


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


def resident_mb() -> float:
    """Return the memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    sys.exit(main())
