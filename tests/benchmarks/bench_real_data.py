"""What the default network learns of the bundled real data: ``python tests/benchmarks/bench_real_data.py``.

Each data set is opened as ``nnviz NAME`` does: standardised, its usual split, the default network, 200 epochs, five
seeds (of split, weights and shuffling). Prints the median and the best test score on the way, and fails where a median
at the end is below its bound. A table of one's own with the same rows gives the same.
"""

from __future__ import annotations

import statistics
import sys

from nnviz import assets
from nnviz.experiment import DataSpec, Experiment, load_document
from nnviz.experiment.schema import TableSource

EPOCHS = 200
SEEDS = range(5)
#: Test accuracy (classes) or R² (values).
BOUNDS = {
    "breast_cancer_wisconsin": 0.95,
    "iris": 0.93,
    "wine": 0.95,
    "penguins": 0.97,
    "digits8x8": 0.94,
    "auto_mpg": 0.80,
    "concrete": 0.80,
}


def opened(data: DataSpec, seed: int) -> Experiment:
    """Return the experiment that opening the data gives, with other seeds."""
    start = load_document(data.name or str(data.table.path)).experiment
    experiment: Experiment = start.edited(
        data=start.data.edited(split_seed=seed),
        network=start.network.edited(seed=seed),
        training=start.training.edited(seed=seed),
    )
    return experiment


def scores(data: DataSpec) -> tuple[float, float]:
    """Return the medians of the test score after the last epoch and of the best one within them."""
    last, best = [], []
    for seed in SEEDS:
        history = opened(data, seed).trainer().run(epochs=EPOCHS)
        values = history.test_score  # accuracy or R²
        last.append(float(values[-1]))
        best.append(float(max(values)))
    return statistics.median(last), statistics.median(best)


def main() -> int:
    """Print a line per data set; return 1 where one misses its bound."""
    missed = 0
    for name, bound in BOUNDS.items():
        last, best = scores(DataSpec(name=name))
        missed += last < bound
        verdict = "" if last >= bound else "  MISSED"
        print(f"{name:25} median {last:.3f}, best epoch {best:.3f}, bound {bound:.2f}{verdict}", flush=True)
    for name in ("iris", "penguins"):
        table = TableSource(path=str(assets.data_file(f"{name}.csv")))
        last, best = scores(DataSpec(name=None, table=table))
        print(f"{name + ' as a file':25} median {last:.3f}, best epoch {best:.3f}", flush=True)
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main())
