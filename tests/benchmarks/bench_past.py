"""What looking back costs, and what remembering costs while training: python tests/benchmarks/bench_past.py

Exits with 1 where a bound is missed. `--epochs 100000` is the full length; shorter runs show the same.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from nnviz.core.layer_statistics import layer_statistics
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer

CASES = {
    "2-8-8-8-1": ([2, 8, 8, 8, 1], 500, 10, 0.1),
    "784-128-10": ([784, 128, 10], 1000, 32, 2.0),
}
"""Layers, training rows, rows in a batch, and seconds within which any epoch is computed again."""
NEAREST_S, OVERHEAD = 0.05, 0.01


def make(sizes: list[int], n: int, batch: int, seed: int = 0) -> Trainer:
    random = np.random.default_rng(seed)
    X, Y = random.normal(size=(n, sizes[0])), random.random((n, sizes[-1])).round()
    network = Network(sizes, "tanh", "sigmoid", seed=seed)
    return Trainer(network, X, Y, optimizer="adam", batch_size=batch, learning_rate=1e-3)


def seconds(call: Callable[[], object]) -> float:
    start = time.thread_time()
    call()
    return time.thread_time() - start


def overhead(sizes: list[int], n: int, batch: int, epochs: int) -> float:
    """Return the share of training's time that remembering takes: keyframes, and looking for edits."""
    trainer = make(sizes, n, batch, 1)
    trainer.run(2)
    past, spent = trainer._past, [0.0]

    class Timed:
        def __getattr__(self, name: str) -> object:
            value = getattr(past, name)
            if name not in ("pause", "resume"):
                return value

            def call(*args: object, **more: object) -> None:
                spent[0] += seconds(lambda: value(*args, **more))

            return call

    trainer._past = Timed()  # type: ignore[assignment]
    start = time.perf_counter()
    trainer.run(epochs)
    # Keyframes are taken by the clock, which goes on while other programs have the processor.
    return spent[0] / (time.perf_counter() - start)


def measure(title: str, epochs: int, n_asked: int) -> bool:
    """Print the figures of one case; return whether a bound is missed."""
    sizes, n, batch, within_s = CASES[title]
    trainer = make(sizes, n, batch)
    trained = seconds(lambda: trainer.run(epochs))
    asked = np.random.default_rng(1).integers(1, epochs + 1, n_asked).tolist()
    recalled = [seconds(partial(trainer.checkpoint_at, epoch)) for epoch in asked]
    nearest = [seconds(lambda epoch=epoch: trainer.moment_at(trainer.nearest_kept(epoch))) for epoch in asked]
    one = statistics.median(seconds(partial(layer_statistics, trainer.moment())) for _ in range(20))
    bounds = (
        ("exact state, worst", max(recalled), within_s),
        ("nearest kept, worst", max(nearest), NEAREST_S),
        ("remembering, share of training", overhead(sizes, n, batch, max(epochs // 10, 20)), OVERHEAD),
    )
    past = trainer._past
    print(f"{title}: {epochs} epochs in {trained:.1f} s, {past.n_keyframes} keyframes, {past.nbytes / 2**20:.1f} MB")
    for what, value, bound in bounds:
        print(f"  {what:<32} {value:8.4f} (bound {bound}){' MISSED' if value > bound else ''}")
    print(f"  {'exact state, median':<32} {statistics.median(recalled):8.4f}")
    print(f"  {'statistics of all layers, once':<32} {one:8.4f}")
    print(f"  {'way of 8 weights':<32} {seconds(lambda: trainer.parameters_over_time(range(8))):8.4f}")
    return any(value > bound for _, value, bound in bounds)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=20_000, help="of the small network; the wide one has a 500th")
    parser.add_argument("--asked", type=int, default=20)
    options = parser.parse_args()
    small, wide = CASES
    missed = [
        measure(small, options.epochs, options.asked),
        measure(wide, max(options.epochs // 500, 20), options.asked),
    ]
    return int(any(missed))


if __name__ == "__main__":
    sys.exit(main())
