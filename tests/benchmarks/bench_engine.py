"""How fast the engine is beside JAX, PyTorch and scikit-learn on the same work, in one run, on one core.

    python tests/benchmarks/bench_engine.py [--rows 1,4] [--repeats 7] [--limit AVX2]

Ours is `Trainer.run` per epoch, in float64, with shuffling and the metrics of every epoch; the peers only train, in
their float32, which is their advantage. scikit-learn trains in float64, and so do, in rows of many units, JAX a second
time (jax64) and PyTorch (torch64), this also with loss and accuracy of every epoch, as we do. Times are the process's
on the processor, and no library has a second thread: one that spins while it waits, as OpenBLAS's do for a while after
scikit-learn has used them, would count to whoever comes next and made 784-512-10 take 168 ms instead of 85. Peers that
are not installed are named and left out (`pip install -e .[bench]`). Exit status 1 where a floor is missed, or `auto`
has picked an engine that takes more than 1.1 times as long as the other. With `--limit AVX2` everybody computes as on a
processor without AVX-512.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.one_core import LIMITS, begin_again

if __name__ == "__main__":
    begin_again()

import numpy as np

import nnviz
from nnviz.core.engines import resolve_engine
from nnviz.core.layout import Layout
from nnviz.core.processor import processor_class

#: One timing should take about this long.
TIMING_S = 0.15
RATE = 0.03


@dataclass(frozen=True)
class Row:
    """A network, its batch size and the least ratios of the peers' times to ours."""

    sizes: tuple[int, ...]
    activation: str
    batch_size: int
    data: str
    jax: float
    torch: float
    sklearn: float
    torch64: float = 0.0
    jax64: float = 0.0

    @property
    def title(self) -> str:
        return f"{'-'.join(map(str, self.sizes))} {self.activation}, {self.batch_size}"

    @property
    def output(self) -> str:
        return "sigmoid" if self.sizes[-1] == 1 else "softmax"


ROWS = (
    Row((2, 4, 2, 1), "tanh", 1, "spiral", 1.15, 400, 250),
    Row((2, 4, 2, 1), "tanh", 10, "spiral", 4.5, 180, 140),
    Row((2, 8, 8, 8, 1), "tanh", 1, "spiral", 2, 200, 120),
    Row((2, 8, 8, 8, 1), "tanh", 10, "spiral", 1.8, 55, 38),
    Row((2, 8, 8, 8, 8, 8, 8, 1), "relu", 10, "spiral", 1.9, 45, 28),
    Row((64, 64, 10), "relu", 32, "digits", 0.3, 1.5, 2, jax64=1.2),
    Row((784, 128, 10), "relu", 64, "images", 0.15, 0.75, 1.2, 0.95),
    Row((784, 512, 10), "relu", 64, "images", 0.0, 0.0, 0.0, 0.95),
    Row((30, 512, 512, 512, 1), "relu", 10, "thirty", 0.0, 0.0, 0.0, 0.95),
    Row((512, 512, 512, 512, 10), "relu", 4, "few", 0.0, 0.0, 0.0, 0.95),
    Row((784, 512, 10), "relu", 1, "few", 0.0, 0.0, 0.0, 0.95),
)
#: Of titles and peers, floors where vectors are half as wide: there the products of an epoch and of its figures take us
#: at the peak of the processor about as long as those of an epoch take peers that leave the figures out. These had the
#: same times with AVX-512 (MKL on an AMD processor, JAX), so that what they reach is near that peak too. Half as many
#: registers are too few for what an update of 2-4-2-1 waits for.
WITHOUT_AVX_512 = {
    ("2-4-2-1 tanh, 1", "jax"): 1.1,
    ("64-64-10 relu, 32", "jax64"): 0.65,
    ("784-128-10 relu, 64", "torch"): 0.45,
    ("784-128-10 relu, 64", "torch64"): 0.85,
    ("784-128-10 relu, 64", "sklearn"): 1.0,
    ("784-512-10 relu, 64", "torch64"): 0.8,
}
#: `auto` may pick an engine that takes so many times as long as the other.
MOST_OF_AUTO = 1.1
EpochTimer = Callable[[int], float]
"""Trains so many epochs and returns the seconds that took."""


def make_data(row: Row) -> tuple[np.ndarray, np.ndarray]:
    """Return X and one-column or one-hot Y."""
    if row.data == "spiral":
        data = nnviz.load_dataset("spiral", n_samples=250, seed=0)
        return data.X, data.y
    if row.data == "digits":
        data = nnviz.load_dataset("digits8x8")
        return data.X / max(data.X.max(), 1.0), data.y
    rng = np.random.default_rng(0)
    X = rng.random(({"images": 4096, "thirty": 512, "few": 256}[row.data], row.sizes[0]))
    if row.sizes[-1] == 1:
        return X, (X[:, :1] > 0.5) * 1.0
    return X, np.eye(row.sizes[-1])[rng.integers(0, row.sizes[-1], len(X))]


def ours(row: Row, X: np.ndarray, Y: np.ndarray, engine: str) -> EpochTimer:
    network = nnviz.Network(list(row.sizes), row.activation, row.output)
    trainer = nnviz.Trainer(network, X, Y, learning_rate=RATE, batch_size=row.batch_size, shuffle=True, engine=engine)

    def run(n_epochs: int) -> float:
        started = time.process_time()
        trainer.run(n_epochs)
        return time.process_time() - started

    return run


def jax64_peer(row: Row, X: np.ndarray, Y: np.ndarray) -> EpochTimer | None:
    return jax_peer(row, X, Y, "float64") if row.jax64 else None


def jax_peer(row: Row, X: np.ndarray, Y: np.ndarray, kind: str = "float32") -> EpochTimer:
    import jax
    import jax.numpy as jnp

    hidden = {"tanh": jnp.tanh, "relu": jax.nn.relu}[row.activation]
    network = nnviz.Network(list(row.sizes), row.activation, row.output)
    n_full = len(X) // row.batch_size * row.batch_size
    # JAX makes float32 of everything but inside of this.
    with jax.enable_x64(kind == "float64"):
        start = [
            (jnp.asarray(W.T, kind), jnp.asarray(b, kind)) for W, b in zip(network.weights, network.biases, strict=True)
        ]
        inputs, targets = jnp.asarray(X, kind), jnp.asarray(Y, kind)
        batches = (
            inputs[:n_full].reshape(-1, row.batch_size, row.sizes[0]),
            targets[:n_full].reshape(-1, row.batch_size, row.sizes[-1]),
        )

    def loss(parameters, x, y):
        for W, b in parameters[:-1]:
            x = hidden(x @ W + b)
        z = x @ parameters[-1][0] + parameters[-1][1]
        if row.output == "sigmoid":
            return jnp.mean(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))
        return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(z), axis=1))

    def update(parameters, batch):
        gradients = jax.grad(loss)(parameters, *batch)
        return jax.tree.map(lambda p, g: p - RATE * g, parameters, gradients), None

    def epoch(parameters, _):
        parameters, _ = jax.lax.scan(update, parameters, batches)
        if n_full < len(X):
            parameters, _ = update(parameters, (inputs[n_full:], targets[n_full:]))
        return parameters, None

    train = jax.jit(
        lambda parameters, n_epochs: jax.lax.scan(epoch, parameters, None, length=n_epochs)[0], static_argnums=1
    )
    state = start
    compiled: set[int] = set()

    def run(n_epochs: int) -> float:
        nonlocal state
        with jax.enable_x64(kind == "float64"):
            if n_epochs not in compiled:
                jax.block_until_ready(train(state, n_epochs))
                compiled.add(n_epochs)
            started = time.process_time()
            state = jax.block_until_ready(train(state, n_epochs))
            taken = time.process_time() - started
        if any(array.dtype != kind for layer in state for array in layer):
            raise TypeError(f"JAX has not computed in {kind}")
        return taken

    return run


def torch64_peer(row: Row, X: np.ndarray, Y: np.ndarray) -> EpochTimer | None:
    return torch_peer(row, X, Y, "float64") if row.torch64 else None


def torch64_with_figures(row: Row, X: np.ndarray, Y: np.ndarray) -> EpochTimer | None:
    return torch_peer(row, X, Y, "float64", with_figures=True) if row.torch64 else None


def torch_peer(row: Row, X: np.ndarray, Y: np.ndarray, kind: str = "float32", with_figures: bool = False) -> EpochTimer:
    import torch

    torch.set_num_threads(1)
    number = getattr(torch, kind)
    layers: list[torch.nn.Module] = []
    for n_in, n_out in zip(row.sizes[:-1], row.sizes[1:], strict=True):
        layers += [torch.nn.Linear(n_in, n_out), {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[row.activation]()]
    model = torch.nn.Sequential(*layers[:-1]).to(number)
    binary = row.output == "sigmoid"
    criterion = torch.nn.BCEWithLogitsLoss() if binary else torch.nn.CrossEntropyLoss()
    inputs = torch.tensor(X, dtype=number)
    targets = torch.tensor(Y, dtype=number) if binary else torch.tensor(Y.argmax(axis=1))
    batches = list(zip(inputs.split(row.batch_size), targets.split(row.batch_size), strict=True))
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

    def run(n_epochs: int) -> float:
        started = time.process_time()
        for _ in range(n_epochs):
            for x, y in batches:
                optimizer.zero_grad()
                criterion(model(x), y).backward()
                optimizer.step()
            if with_figures:
                with torch.no_grad():
                    z = model(inputs)
                    float(criterion(z, targets))
                    float(((z > 0) == targets if binary else z.argmax(1) == targets).double().mean())
        return time.process_time() - started

    return run


def sklearn_peer(row: Row, X: np.ndarray, Y: np.ndarray) -> EpochTimer:
    from sklearn.neural_network import MLPClassifier

    targets = Y[:, 0] if Y.shape[1] == 1 else Y.argmax(axis=1)

    def run(n_epochs: int) -> float:
        model = MLPClassifier(
            row.sizes[1:-1], activation=row.activation, solver="sgd", alpha=0.0, batch_size=row.batch_size,
            learning_rate_init=RATE, max_iter=n_epochs, shuffle=True, momentum=0.0, nesterovs_momentum=False,
            tol=0.0, n_iter_no_change=n_epochs + 1, random_state=0,
        )  # fmt: skip
        started = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(X, targets)
        return time.process_time() - started

    return run


PEERS: dict[str, Callable[[Row, np.ndarray, np.ndarray], EpochTimer | None]] = {
    "jax": jax_peer,
    "jax64": jax64_peer,
    "torch": torch_peer,
    "torch64": torch64_peer,
    "torch64 with figures": torch64_with_figures,
    "sklearn": sklearn_peer,
}
ENGINES = ("compiled", "numpy")


def floor_of(row: Row, peer: str) -> float:
    """Return the least ratio of a peer's time to ours, on this class of processor."""
    usual: float = getattr(row, peer.partition(" ")[0])
    return usual if processor_class() == "AVX-512" else WITHOUT_AVX_512.get((row.title, peer), usual)


def epochs_for(timer: EpochTimer) -> int:
    """Return how many epochs make one timing; what is compiled on the first call is compiled here."""
    timer(1)
    seconds = min(timer(1), timer(1))
    return max(1, min(int(TIMING_S / seconds), 20_000))


def measure(row: Row, repeats: int) -> bool:
    """Print one row; return whether every floor is reached."""
    X, Y = make_data(row)
    timers: dict[str, EpochTimer] = {engine: ours(row, X, Y, engine) for engine in ENGINES}
    for name, peer in PEERS.items():
        try:
            if (timer := peer(row, X, Y)) is not None:
                timers[name] = timer
        except ImportError as error:
            print(f"  without {name}: {error}")
    epochs = {name: epochs_for(timer) for name, timer in timers.items()}
    times: dict[str, list[float]] = {name: [] for name in timers}
    for _ in range(repeats):
        for name, timer in timers.items():
            times[name].append(timer(epochs[name]) / epochs[name])
    median = {name: statistics.median(values) for name, values in times.items()}
    picked = resolve_engine("auto", Layout(row.sizes), row.batch_size)
    median["nnviz"] = median[picked]
    print(f"{row.title:34s}{median['nnviz'] * 1e6:11.1f} µs  ({picked})")
    reached = True
    for name in timers:
        if name in ENGINES:
            print(f"    {name:30s}{median[name] * 1e6:11.1f} µs{median[name] / median['nnviz']:10.2f} ×")
            continue
        ratio, floor = median[name] / median["nnviz"], floor_of(row, name)
        reached &= ratio >= floor
        verdict = "ok" if ratio >= floor else "MISSED"
        print(f"    {name:30s}{median[name] * 1e6:11.1f} µs{ratio:10.2f} ×   floor {floor:<6g} {verdict}")
    most = median["nnviz"] / min(median[engine] for engine in ENGINES)
    verdict = "ok" if most <= MOST_OF_AUTO else "MISSED"
    print(f"    auto: {most:.2f} of the faster engine, at most {MOST_OF_AUTO:g}: {verdict}")
    return reached and most <= MOST_OF_AUTO


def measure_plane(repeats: int) -> bool:
    """Print how long every unit of 2-8-8-8-1 on a 100×100 grid takes."""
    axis = np.linspace(-6.0, 6.0, 100)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    data = nnviz.load_dataset("spiral", n_samples=250, seed=0)
    trainer = nnviz.Trainer(nnviz.Network([2, 8, 8, 8, 1]), data.X, data.y)
    # NumPy's engine serves until training begins.
    trainer.run(1)
    trainer.activations(grid)
    times = []
    for _ in range(50 * repeats):
        started = time.process_time()
        trainer.activations(grid)
        times.append(time.process_time() - started)
    median_ms = statistics.median(times) * 1e3
    verdict = "ok" if median_ms <= 0.6 else "MISSED"
    print(f"every unit of 2-8-8-8-1 on 100×100: {median_ms:.2f} ms, at most 0.6: {verdict}")
    return median_ms <= 0.6


_FIRST_USE = """
import time; started = time.perf_counter()
import numpy as np, nnviz
X = np.random.default_rng(0).normal(size=(50, 2)); Y = (X[:, :1] > 0) * 1.0
imported = time.perf_counter()
trainer = nnviz.Trainer(nnviz.Network([2, 4, 1]), X, Y, engine="compiled")
trainer.run(1); trainer.activations(X)
print(time.perf_counter() - imported)
"""


def _seconds(code: str, **environment: str) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={**os.environ, **environment}
    )
    return float(done.stdout) if done.stdout.strip() else time.perf_counter() - started


def measure_start(repeats: int) -> bool:
    """Print what importing costs, and the first use of the engine with an empty and with a full cache."""
    numpy_s = statistics.median(_seconds("import numpy") for _ in range(repeats))
    nnviz_s = statistics.median(_seconds("import nnviz") for _ in range(repeats))
    verdict = "ok" if nnviz_s - numpy_s <= 0.15 else "MISSED"
    print(f"import nnviz: {nnviz_s - numpy_s:+.3f} s beside NumPy's {numpy_s:.3f} s, at most +0.15: {verdict}")
    with tempfile.TemporaryDirectory() as folder:
        first, second = _seconds(_FIRST_USE, NUMBA_CACHE_DIR=folder), _seconds(_FIRST_USE, NUMBA_CACHE_DIR=folder)
    print(f"first use of the compiled engine: {first:.1f} s; from the cache {second:.2f} s (Numba's import included)")
    return nnviz_s - numpy_s <= 0.15


def main() -> int:
    """Measure what the command line asks for and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default=",".join(str(k + 1) for k in range(len(ROWS))), help="such as 1,4")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--core", type=int, default=0, help="the processor core to stay on")
    parser.add_argument("--limit", choices=LIMITS, help="the class of processor that everybody takes this one for")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    print(f"processor class {processor_class()}")
    reached = [measure(ROWS[int(k) - 1], options.repeats) for k in options.rows.split(",") if k]
    reached += [measure_plane(options.repeats), measure_start(options.repeats)]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
