"""What looking back costs, and what remembering costs while training: python tests/benchmarks/bench_past.py

Exits with 1 where a bound is missed. `--epochs 100000` is the full length, with which memory is measured over a million
epochs; shorter runs show the same.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from nnviz.core.errors import Cancelled
from nnviz.core.layer_statistics import layer_statistics
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer
from nnviz.session.run import PAST_BYTES
from nnviz.session.runs.memory import BUDGET_BYTES

Case = tuple[list[int], int, int]
#: Layers, training rows, and rows in a batch; those of the memory have short epochs.
SMALL, WIDE = ([2, 8, 8, 8, 1], 500, 10), ([784, 128, 10], 1000, 32)
SHORT, SHORT_WIDE = ([2, 4, 2, 1], 4, 4), ([784, 128, 10], 96, 32)
#: Seconds within which an epoch is there: the exact one, the nearest one that is kept; and within which one that takes
#: longer can be given up.
EXACT_S, EXACT_WIDE_S, NEAREST_S, GIVEN_UP_S = 0.1, 2.0, 0.05, 0.2
#: Of the time of training.
SHARE = 0.01
#: Times that are asked about the past while a run trains, and that its memory is looked at.
TURNS, LOOKS = 12, 50
#: Epochs of the wide network at least, and those over which it remembers: a run of some seconds, for what remembering
#: costs comes at the beginning, where every epoch is kept.
LEAST_WIDE, REMEMBERED_WIDE = 200, 1000
#: Epochs over which memory is measured with `--epochs 100000`, of the small network and of the wide one.
LONG, LONG_WIDE = 1_000_000, 2_000


def make(case: Case, seed: int = 0) -> Trainer:
    sizes, n, batch = case
    random = np.random.default_rng(seed)
    X, Y = random.normal(size=(n, sizes[0])), random.random((n, sizes[-1])).round()
    network = Network(sizes, "tanh", "sigmoid", seed=seed)
    return Trainer(network, X, Y, optimizer="adam", batch_size=batch, learning_rate=1e-3)


def seconds(call: Callable[[], object]) -> float:
    start = time.thread_time()
    call()
    return time.thread_time() - start


class Judge:
    """Prints figures beside their bounds, and knows whether one was missed."""

    def __init__(self) -> None:
        self.missed = False

    def __call__(self, what: str, value: float, bound: float | None = None) -> None:
        is_missed = bound is not None and not value <= bound
        self.missed |= is_missed
        told = "" if bound is None else f" (bound {bound:g}){' MISSED' if is_missed else ''}"
        print(f"  {what:<52} {value:10.5f}{told}", flush=True)


def remembering(case: Case, epochs: int) -> float:
    """Return the share of training's time that remembering takes: keyframes, the look for edits, and snapshots."""
    trainer, spent = make(case, 1), [0.0]
    trainer.run(2)

    class Timed:
        def __init__(self, timed: object, names: tuple[str, ...]) -> None:
            self._timed, self._names = timed, names

        def __getattr__(self, name: str) -> object:
            value = getattr(self._timed, name)
            if name not in self._names:
                return value

            def call(*args: object, **more: object) -> None:
                spent[0] += seconds(lambda: value(*args, **more))

            return call

    trainer._past = Timed(trainer._past, ("pause", "resume"))  # type: ignore[assignment]
    history = trainer.history
    history.snapshots = Timed(history.snapshots, ("add_until", "pin"))  # type: ignore[assignment]
    start = time.perf_counter()
    trainer.run(epochs)
    # Keyframes are taken by the clock, which goes on while other programs have the processor.
    return spent[0] / (time.perf_counter() - start)


def asked(trainer: Trainer, epochs: int, judge: Judge) -> None:
    """Train, and ask on the way about moments before: once costs no more than a share of the time of training."""
    random = np.random.default_rng(2)
    n = trainer.network.layout.n_parameters
    chosen = random.choice(n, min(8, n), replace=False)
    trained = 0.0
    ways, figures = [], []
    for _ in range(TURNS):
        trained += seconds(lambda: trainer.run(max(epochs // TURNS, 1)))
        epoch = trainer.nearest_kept(int(random.integers(trainer.epoch)))
        ways.append(seconds(partial(trainer.parameters_over_time, chosen)))
        figures.append(seconds(lambda epoch=epoch: layer_statistics(trainer.moment_at(epoch))))
    print(f"  {trainer.epoch} epochs in {trained:.1f} s")
    # Of one that asks; the worst one of so few is whatever else the machine did.
    judge("way of 8 weights, share of training", statistics.median(ways) / trained, SHARE)
    judge("statistics of all layers, share of training", statistics.median(figures) / trained, SHARE)


def looked_back(trainer: Trainer, n_asked: int, within_s: float, judge: Judge) -> None:
    epochs = np.random.default_rng(1).integers(1, trainer.epoch + 1, n_asked).tolist()
    exact = [seconds(partial(trainer.checkpoint_at, epoch)) for epoch in epochs]
    nearest = [seconds(lambda epoch=epoch: trainer.moment_at(trainer.nearest_kept(epoch))) for epoch in epochs]
    judge("nearest kept, worst [s]", max(nearest), NEAREST_S)
    judge("exact state, median [s]", statistics.median(exact))
    worst = max(exact)
    if worst <= within_s:
        judge("exact state, worst [s]", worst, within_s)
        return
    judge("exact state, worst [s]", worst)
    judge("exact state, given up after [s]", max(given_up(trainer, epoch) for epoch in epochs), GIVEN_UP_S)


def given_up(trainer: Trainer, epoch: int) -> float:
    """Return the longest time in which computing an epoch does not ask whether it is still wanted."""
    times = [time.thread_time()]

    def cancelled() -> bool:
        times.append(time.thread_time())
        return False

    try:
        trainer.checkpoint_at(epoch, cancelled)
    except Cancelled:
        return 0.0
    return float(np.diff([*times, time.thread_time()]).max())


def memory(case: Case, epochs: int, budget: int, judge: Judge) -> None:
    trainer = make(case)
    trainer.limit_past(budget)
    most = 0
    for _ in range(LOOKS):
        trainer.run(max(epochs // LOOKS, 1))
        most = max(most, trainer.past_nbytes)
    judge(f"most of {budget // 2**20} MB over {trainer.epoch} epochs [MB]", most / 2**20, budget / 2**20)


def measure(title: str, case: Case, epochs: int, n_asked: int, within_s: float, judge: Judge, least: int = 0) -> None:
    """Print the figures of one network, which remembers `least` epochs at least."""
    print(title)
    trainer = make(case)
    asked(trainer, epochs, judge)
    looked_back(trainer, n_asked, within_s, judge)
    judge("remembering, share of training", remembering(case, max(epochs, least)), SHARE)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--epochs", type=int, default=20_000, help="of the small network; the wide one has a 500th, 200 at least"
    )
    parser.add_argument("--asked", type=int, default=20)
    options = parser.parse_args()
    judge, share = Judge(), min(options.epochs / 100_000, 1.0)
    measure("2-8-8-8-1", SMALL, options.epochs, options.asked, EXACT_S, judge)
    wide = max(options.epochs // 500, LEAST_WIDE)
    measure("784-128-10", WIDE, wide, options.asked // 4, EXACT_WIDE_S, judge, REMEMBERED_WIDE)
    print("memory of 2-4-2-1, then of 784-128-10")
    for budget in (PAST_BYTES, BUDGET_BYTES):
        memory(SHORT, round(LONG * share), budget, judge)
    memory(SHORT_WIDE, max(round(LONG_WIDE * share), LOOKS), PAST_BYTES, judge)
    return int(judge.missed)


if __name__ == "__main__":
    sys.exit(main())
