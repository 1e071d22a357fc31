"""What the default network learns of real data and of tables: ``python tests/benchmarks/bench_real_data.py``.

Each data set is opened as ``nnviz NAME`` does: standardised, its usual split, the default network, 200 epochs, five
seeds (of split, weights and shuffling). Prints the median and the best test score on the way, and fails where a median
at the end is below its bound. A table of one's own with the same rows gives the same.

Tables with large targets, gaps and categories (`peer_tables.py`) are learnt beside scikit-learn's networks with the
usual preprocessing: the same rows for both, written as files that `nnviz` opens and predicts without being told
anything. Both are scored on the test rows that nnviz predicts. Fails where its median of five seeds is worse by more
than 0.02.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from peer_tables import TABLES, Frame
from sklearn.compose import TransformedTargetRegressor, make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from nnviz import assets, load_model, save_model
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
#: How much worse than the peer a median may be.
WORSE = 0.02


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


def peer(is_regression: bool, seed: int) -> object:
    """Return scikit-learn's network with the usual preprocessing."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (words, make_column_selector(dtype_exclude="number")),
    )
    if is_regression:
        network = MLPRegressor(max_iter=EPOCHS, random_state=seed)
        return TransformedTargetRegressor(make_pipeline(columns, network), transformer=StandardScaler())
    return make_pipeline(columns, MLPClassifier(max_iter=EPOCHS, random_state=seed))


def beside_the_peer(table: Frame, seed: int, folder: Path) -> tuple[float, float, float]:
    """Return the scores of nnviz and of the peer on the same test rows, and the share of them that nnviz predicts."""
    order = np.random.default_rng(seed).permutation(len(table))
    n_test = round(0.3 * len(table))
    test, train = table.iloc[order[:n_test]], table.iloc[order[n_test:]]
    train.to_csv(folder / "train.csv", index=False)
    test.to_csv(folder / "test.csv", index=False)
    experiment = opened(DataSpec(name=None, table=TableSource(path=str(folder / "train.csv"))), seed)
    experiment = experiment.edited(data=experiment.data.edited(test_fraction=0.0))
    trainer = experiment.trainer()
    trainer.run(epochs=EPOCHS)
    save_model(folder / "model.npz", trainer.network, experiment.prepared())
    predictions = load_model(folder / "model.npz").predict(folder / "test.csv")
    goal = table.columns[-1]
    assert predictions.target_names == (goal,)
    rows = predictions.compared
    is_regression = not predictions.classes
    # Gaps were made in columns of objects; the peer tells numbers from words by their types.
    features = [frame.drop(columns=goal).apply(_numeric_where_possible) for frame in (train, test[rows])]
    model = peer(is_regression, seed)
    model.fit(features[0], train[goal])
    answers = model.predict(features[1])
    if is_regression:
        return predictions.r2, float(r2_score(test[goal][rows], answers)), float(rows.mean())
    return predictions.accuracy, float((answers == test[goal][rows]).mean()), float(rows.mean())


def _numeric_where_possible(column: Frame) -> Frame:
    try:
        return column.astype(float)
    except (TypeError, ValueError):
        return column


def compare(folder: Path) -> int:
    """Print a line per table beside the peer; return how many miss."""
    missed = 0
    for name, make in TABLES.items():
        runs = [beside_the_peer(make(), seed, folder) for seed in SEEDS]
        ours, theirs, share = (statistics.median(column) for column in zip(*runs, strict=True))
        missed += ours < theirs - WORSE
        verdict = "" if ours >= theirs - WORSE else "  MISSED"
        print(f"{name:25} median {ours:.3f}, scikit-learn {theirs:.3f}, {share:.0%} predicted{verdict}", flush=True)
    return missed


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
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # Its networks say that 200 epochs are too few; so they are the same number as here.
        warnings.simplefilter("ignore")
        missed += compare(Path(folder))
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main())
