"""Measures what large things cost: deep and wide networks, a million rows, and how each cost grows with its size.

    python tests/benchmarks/bench_scale.py [--only cases|slopes] [--rows 1000000] [--seconds 4]

Cases are opened and trained in a full-HD window. A frame is held to 1.5 L, L being the time of 340 antialiased lines;
the 99th percentile of the gaps between two turns of the event loop to 2 L + 10 ms; the memory, beyond that of a window
of a small experiment, to three times the inputs of all rows. What grows with a size is timed at several sizes, in the
time of this process's threads, the quick ones in three rounds over all sizes: the slope of the two largest on log-log
paper is held to 1.1, one being linear. Exit status 1 where a bound is missed.
"""

from __future__ import annotations

import argparse
import gc
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import bench_window as window_bench
import numpy as np
from bench_window import FrameMeter, Ticks, report, wait, wait_until, yardstick_ms
from PySide6.QtWidgets import QApplication

from nnviz.app import create_application, create_window
from nnviz.experiment import Experiment, prepare
from nnviz.experiment.curves import curves_of
from nnviz.experiment.document import Document, load_document, save_document
from nnviz.experiment.rows import Labels
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, RowsSource, TableSource, TrainingSpec
from nnviz.session.freed_memory import give_back
from nnviz.session.garbage import GarbageCollector
from nnviz.session.pacing import share_interpreter
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.message_bar import ENDED
from tests.memory import resident_bytes

LARGEST_SLOPE = 1.1
FRAME_L, GAP_L, GAP_MS, INPUTS = 1.5, 2.0, 10.0, 3.0


def spiral(n: int = 500) -> DataSpec:
    """Return `n` points of the two-armed spiral."""
    return DataSpec(name="spiral", parameters={"n_samples": n, "arms": 2, "noise": 0.1})


def of_layers(n_layers: int, units: int, n: int = 500, batch_size: int | None = 100) -> Experiment:
    """Return an experiment with `n_layers` hidden layers of `units` units on `n` points."""
    return Experiment(
        data=spiral(n),
        network=NetworkSpec(hidden=(LayerSpec(units=units),) * n_layers),
        training=TrainingSpec(optimizer="sgd", learning_rate=0.001, batch_size=batch_size),
    )


def write_pictures(path: Path, n_rows: int = 2_000) -> None:
    """Write `n_rows` pictures of 28 × 28 with their labels."""
    random = np.random.default_rng(0)
    values = random.integers(0, 256, (n_rows, 784)) * (random.random((n_rows, 784)) < 0.2)
    header = ",".join(["label", *(f"pixel{number}" for number in range(784))])
    table = np.column_stack([np.arange(n_rows) % 10, values])
    np.savetxt(path, table, fmt="%d", delimiter=",", header=header, comments="")


def write_rows(path: Path, n_rows: int) -> None:
    """Write `n_rows` rows of twenty numbers and a class."""
    random = np.random.default_rng(0)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join([*(f"x{column}" for column in range(20)), "class"]) + "\n")
        for start in range(0, n_rows, 50_000):
            X = random.normal(size=(min(50_000, n_rows - start), 20))
            table = np.column_stack([X, X[:, 0] + X[:, 1] > 0.0])
            np.savetxt(file, table, fmt=["%.3f"] * 20 + ["%d"], delimiter=",")


def open_window(wanted: Experiment) -> MainWindow:
    """Return a full-HD window whose first frame is drawn, however long it takes."""
    window = create_window(wanted, theme="light")
    window.resize(1920, 1080)
    window.show_proportioned()
    controller = window.controller
    wait_until(lambda: controller.frame is not None or controller.status in ENDED, 600.0)
    if controller.frame is None:
        raise ValueError(f"nothing is drawn: {window.message_bar.text.text()}")
    controller.wait_idle(600.0)
    return window


def measure_case(name: str, wanted: Experiment, seconds: float, small_bytes: int = 0) -> int:
    """Print what a large experiment costs in the window, and return the bytes that it takes.

    The memory is held to the inputs where these are large, without what a window of a small experiment takes.
    """
    print(name)
    gc.collect()
    give_back()
    empty, start = resident_bytes(), time.perf_counter()
    window = open_window(wanted)
    print(f"  opened in {time.perf_counter() - start:.1f} s")
    before = yardstick_ms()
    window.run_bar.set_speed("full")
    window.play()
    wait_until(lambda: window.controller.ask(lambda run: run.trainer.epoch) >= 1, 600.0)
    wait(1.0)
    meter, ticks = FrameMeter(window), Ticks()
    ticks.start()
    wait(max(seconds, 1.0))
    wait_until(lambda: meter.frames >= 3, 60.0)
    ticks.stop()
    grown = resident_bytes() - empty
    yardstick = 0.5 * (before + yardstick_ms())
    window.pause()
    wait_until(lambda: not window.is_training, 120.0)
    trained = window.controller.ask(lambda run: run.trainer.epoch)
    # Not X.nbytes: that would make the inputs of all rows, which nobody has together.
    inputs = window.controller.ask(lambda run: 8 * run.prepared.dataset.n_samples * run.prepared.dataset.n_features)
    report("epochs trained", trained, "", 1.0, at_most=False)
    report("CPU of a frame in the GUI thread", statistics.median(meter.cpu_ms) / yardstick, "L", FRAME_L, at_most=True)
    gap = statistics.quantiles(ticks.gaps, n=100)[98]
    report("p99 gap between event-loop ticks", gap, "ms", GAP_L * yardstick + GAP_MS, at_most=True)
    if inputs >= 2**24:
        report("memory above a small window", (grown - small_bytes) / inputs, "inputs", INPUTS, at_most=True)
    print(f"  (memory: {grown / 1e6:.0f} MB)")
    window.close()
    wait(0.1)
    gc.collect()
    return grown


def measure_cases(rows: int, seconds: float) -> None:
    """Print the three large cases."""
    # What a window and the engine take by themselves is no growth; the first one loads what all need.
    measure_case("2-8-1, 500 points, for comparison", of_layers(1, 8), seconds)
    small = measure_case("2-8-1, 500 points, once more", of_layers(1, 8), seconds)
    measure_case("20 hidden layers of 64 units, 500 points", of_layers(20, 64), seconds)
    with tempfile.TemporaryDirectory() as folder:
        pictures, table = Path(folder) / "pictures.csv", Path(folder) / "rows.csv"
        write_pictures(pictures)
        wide = NetworkSpec(hidden=(LayerSpec(units=512),) * 2)
        wanted = Experiment(data=DataSpec(name=None, table=TableSource(path=str(pictures))), network=wide)
        measure_case("784-512-512-10, 2 000 pictures", wanted, seconds, small)
        write_rows(table, rows)
        wanted = Experiment(
            data=DataSpec(name=None, table=TableSource(path=str(table), target="class", task="classification")),
            network=NetworkSpec(hidden=(LayerSpec(units=8),)),
            training=TrainingSpec(batch_size=1000),
        )
        measure_case(f"{rows} rows of 20 columns, 20-8-1", wanted, seconds, small)


def cpu_s(call: Callable[[], object]) -> float:
    """Return the time that `call` takes of all threads of this process."""
    gc.collect()
    start = time.process_time()
    call()
    return time.process_time() - start


def in_window(wanted: Experiment) -> dict[str, float]:
    """Return the seconds of opening a window, of one epoch with its frame, of another theme, and of closing it."""
    opened: list[MainWindow] = []
    times = {"open": cpu_s(lambda: opened.append(open_window(wanted)))}
    window = opened.pop()

    def step() -> None:
        epoch = window.epoch
        window.controller.step_epoch()
        wait_until(lambda: window.epoch > epoch, 600.0)
        window.controller.wait_idle(600.0)

    step()
    times["an epoch and its frame"] = min(cpu_s(step) for _ in range(3))
    times["a paint of everything"] = min(cpu_s(window.grab) for _ in range(3))
    window.close()
    wait(0.05)
    return times


def of_weights(n: int) -> dict[str, float]:
    """Return the seconds of a window on two layers with `n` weights between them."""
    return in_window(of_layers(2, math.isqrt(n)))


def of_epochs(epochs: int) -> dict[str, float]:
    """Return the seconds of training for `epochs`, of its curves, of saving it and of its table."""
    wanted = of_layers(1, 2, 20, None)
    prepared = prepare(wanted)
    trainer = prepared.trainer()
    times = {"train": cpu_s(lambda: trainer.run(epochs=epochs))}
    history = trainer.history
    assert history.epoch[-1] == epochs
    times["curves"] = min(cpu_s(lambda: curves_of(trainer.moment(), prepared)) for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        document = Document(wanted, checkpoint=trainer.checkpoint())
        times["save"] = cpu_s(lambda: save_document(document, path.with_suffix(".nnviz")))
        # At times the system takes as long again for memory that nobody has used yet.
        times["open"] = min(cpu_s(lambda: load_document(path.with_suffix(".nnviz"))) for _ in range(3))
        times["table"] = cpu_s(lambda: history.to_csv(path.with_suffix(".csv")))
    return times


def of_rows(n: int) -> dict[str, float]:
    """Return the seconds of preparing `n` rows that a document carries, and of an epoch of them."""
    random = np.random.default_rng(0)
    X = random.normal(size=(n, 2))
    labels = Labels.coded(("left", "right"), (X[:, 0] > 0.0).astype(np.int32))
    rows = RowsSource(feature_names=("x1", "x2"), features=X, labels=labels)
    wanted = of_layers(1, 8).edited(data=DataSpec(name=None, rows=rows))
    prepared = []
    times = {"prepare": cpu_s(lambda: prepared.append(prepare(wanted)))}
    trainer = prepared[0].trainer()
    trainer.run(1)
    times["an epoch"] = min(cpu_s(lambda: trainer.run(1)) for _ in range(3))
    return times


def measure_slopes(
    what: str, sizes: Sequence[int], timed: Callable[[int], dict[str, float]], n_rounds: int = 1
) -> None:
    """Print how each time grows over `sizes`, the median of some rounds over all of them, and judge the last step."""
    print(f"{what}: {', '.join(f'{size:,}' for size in sizes)}")
    rounds = [[timed(size) for size in sizes] for _ in range(n_rounds)]
    for phase in rounds[0][0]:
        seconds = [statistics.median(times[at][phase] for times in rounds) for at in range(len(sizes))]
        # Below a millisecond it is noise, and nothing that anybody waits for.
        low, high = (max(1e-3, seconds[at]) for at in (-2, -1))
        slope = math.log(high / low) / math.log(sizes[-1] / sizes[-2])
        print(f"  ({phase}: {', '.join(f'{1000 * value:.1f}' for value in seconds)} ms)")
        report(f"slope of {phase}", slope, "", LARGEST_SLOPE, at_most=True)


def main() -> int:
    """Run what was asked for; the exit status says whether every bound was met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("cases", "slopes"))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    app = create_application(sys.argv)
    share_interpreter()
    GarbageCollector(parent=app).start()
    print(f"L, 340 antialiased lines across 1000 x 880: {yardstick_ms():.1f} ms of a processor")
    if options.only != "cases":
        measure_slopes("points in the window", (2_000, 6_000, 20_000), lambda n: in_window(of_layers(2, 8, n)))
        measure_slopes("hidden layers in the window", (4, 16, 64), lambda n: in_window(of_layers(n, 8)))
        measure_slopes("weights of a layer in the window", (32**2, 128**2, 512**2), of_weights)
        measure_slopes("epochs", (10_000, 100_000, 1_000_000), of_epochs, n_rounds=3)
        measure_slopes("rows of a document", (2_000, 10_000, 50_000), of_rows, n_rounds=3)
    if options.only != "slopes":
        measure_cases(options.rows, options.seconds)
    missed = window_bench.misses
    print(f"missed: {', '.join(missed)}" if missed else "every bound met")
    QApplication.processEvents()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
