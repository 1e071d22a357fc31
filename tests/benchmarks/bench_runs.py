"""What many runs in one window cost, and what they reach: walls of 25 and 100, and two networks side by side.

    python tests/benchmarks/bench_runs.py [--seconds 6] [--only wall|hundred|pair]

Offscreen at 1920 × 1080. The runs of a wall together are held to 0.85 × the training threads of the window times what
one thread makes without a window; the event loop to the gaps of a window with one run. Exits with 1 where one is
missed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

# Chooses the offscreen platform, before Qt is imported.
import bench_window
from bench_window import Ticks, misses, open_window, report, wait, wait_until, yardstick_ms

from nnviz.app import create_application
from nnviz.core.compiling import compile_kernels
from nnviz.experiment import Experiment
from nnviz.session.pacing import share_interpreter
from nnviz.session.runs.crew import CREW
from nnviz.session.runs.live_wall import LiveWall
from nnviz.sweeps.crews import threads
from nnviz.sweeps.plan import make_plan
from nnviz.sweeps.sweep import run_plan
from nnviz.ui.window.main_window import MainWindow

#: Long enough that no run of a wall comes to its end while it is measured.
ENDLESS = 1_000_000
ENOUGH, GAP_MS, GAP_L = 0.85, 34.0, 2.0


def experiment() -> Experiment:
    """Return what every run of a wall is: 2-8-8-1 on moons."""
    return Experiment(
        data={"name": "moons", "parameters": {"n_samples": 350}},
        network={"hidden": [8, 8]},
        training={"engine": "compiled"},
    )


def one_thread_rate(n_runs: int, epochs: int) -> float:
    """Return the epochs a second of one thread that trains the same runs without a window."""
    plan = make_plan(experiment().edited(training=experiment().training.edited(epochs=epochs)), {}, seeds=n_runs)
    with threads(1) as alone:
        start = time.perf_counter()
        result = run_plan(plan, alone)
        return sum(run.epochs for run in result.runs) / (time.perf_counter() - start)


def trained(window: MainWindow, wall: LiveWall) -> int:
    """Return the epochs of all runs of a wall, asked of the runs themselves."""
    lab = window.controller.lab
    answers = [lab.ask(tile.run_id, lambda run: run.trainer.epoch) for tile in wall.tiles]
    wait_until(lambda: all(answer.done() for answer in answers))
    return sum(answer.result() for answer in answers)


def measure_wall(n_runs: int, seconds: float) -> None:
    """Print what the runs of a wall reach, and what the window feels of them."""
    print(f"wall of {n_runs} × 2-8-8-1")
    before = one_thread_rate(n_runs, 4000 // n_runs * 4)
    window = open_window(experiment())
    n_threads = CREW.n_hands
    wall = window.walls.keeper.hang("benchmark", ENDLESS, seeds=tuple(range(n_runs)))
    wait_until(lambda: wall.is_training and all(tile.standing.epoch > 0 for tile in wall.tiles), 300.0)
    yardstick, ticks = yardstick_ms(), Ticks()
    start, done = time.perf_counter(), trained(window, wall)
    cpu = time.thread_time()
    ticks.start()
    wait(seconds)
    ticks.stop()
    cpu = time.thread_time() - cpu
    done, elapsed = trained(window, wall) - done, time.perf_counter() - start
    wall.stop()
    wait_until(lambda: not wall.is_training)
    window.close()
    wait(0.1)
    alone = statistics.mean((before, one_thread_rate(n_runs, 4000 // n_runs * 4)))
    print(f"  L = {yardstick:.1f} ms; {done / elapsed:.0f} epochs/s, one thread alone {alone:.0f}")
    report("epochs a second / (one thread × threads)", done / elapsed / alone / n_threads, "", ENOUGH, at_most=False)
    gap = statistics.quantiles(ticks.gaps, n=100)[98]
    report("p99 gap between event-loop ticks", gap, "ms", max(GAP_MS, GAP_L * yardstick), at_most=True)
    report("longest gap", max(ticks.gaps), "ms", max(100.0, 4.0 * yardstick), at_most=True)
    print(f"  ({100.0 * cpu / seconds:.0f} % of the GUI thread's time)")


def measure_pair(seconds: float) -> None:
    """Print what two networks side by side cost for each moment that is shown of both."""
    print("two networks side by side, 2-8-8-8-1 each, full speed")
    wanted = bench_window.experiment(3, "tanh")
    window = open_window(wanted)
    window.play()
    wait_until(lambda: window.epoch >= 2_000, 300.0)
    yardstick = yardstick_ms()
    alone = bench_window.frame_cpu(window, round(8 * seconds))
    window.actions_.many_runs.second.setChecked(True)
    keeper = window.second.keeper
    assert keeper is not None
    wait_until(lambda: keeper.pair is not None and keeper.pair.is_same_moment, 300.0)
    wait(1.0)
    pairs: list[object] = []
    keeper.paired.connect(pairs.append)
    ticks = Ticks()
    cpu = time.thread_time()
    ticks.start()
    wait(seconds)
    ticks.stop()
    cpu = time.thread_time() - cpu
    keeper.paired.disconnect(pairs.append)
    window.pause()
    wait_until(lambda: not window.is_training)
    window.close()
    wait(0.1)
    each = 1000.0 * cpu / max(1, len(pairs))
    print(
        f"  L = {yardstick:.1f} ms; one network {alone / yardstick:.3f} L a frame; {len(pairs) / seconds:.0f} pairs/s"
    )
    # Two diagrams, two maps and their difference, beside the main window's own.
    report("GUI thread for a moment of both / of one", each / alone, "", 3.0, at_most=True)
    gap = statistics.quantiles(ticks.gaps, n=100)[98]
    report("p99 gap between event-loop ticks", gap, "ms", max(GAP_MS, GAP_L * yardstick), at_most=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--only", choices=("wall", "hundred", "pair"))
    options = parser.parse_args()
    create_application(sys.argv)
    share_interpreter()
    compile_kernels()
    if options.only in (None, "wall"):
        measure_wall(25, options.seconds)
    if options.only in (None, "hundred"):
        measure_wall(100, options.seconds)
    if options.only in (None, "pair"):
        measure_pair(options.seconds)
    return int(bool(misses))


if __name__ == "__main__":
    sys.exit(main())
