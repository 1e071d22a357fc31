"""How long large tables take to open: ``python tests/benchmarks/bench_tables.py``.

A long one of 200 000 rows and 11 columns, and a wide one of 8 000 pictures as text (785 columns). The bound of the
long one is 1.5 s on a normal machine. The ratio to the standard library's tokeniser, measured in the same run, says
more on a busy or slow one; times are the thread's own.
"""

from __future__ import annotations

import csv
import io
import tempfile
import time
from pathlib import Path

import numpy as np

from nnviz.data import default_choices, make_dataset, open_table, summarise

N_ROWS = 200_000
N_PICTURES = 8_000


def write_long(path: Path) -> None:
    """Write ten columns of numbers (one of them with missing cells) and one of labels."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N_ROWS, 9)).round(4)
    whole = rng.integers(0, 1000, N_ROWS)
    labels = np.array(["left", "middle", "right"])[rng.integers(0, 3, N_ROWS)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"x{column}" for column in range(9)), "n", "side"])
        for row, n, label in zip(X.tolist(), whole.tolist(), labels.tolist(), strict=True):
            writer.writerow([*row[:-1], "" if n % 50 == 0 else row[-1], n, label])


def write_wide(path: Path) -> None:
    """Write pictures of 28 × 28, mostly dark, with their labels."""
    rng = np.random.default_rng(0)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["label", *(f"pixel{number}" for number in range(784))])
        for row in range(N_PICTURES):
            writer.writerow([row % 10, *(rng.integers(0, 256, 784) * (rng.random(784) < 0.2)).tolist()])


def measure(path: Path) -> None:
    """Print the times of one table."""
    ratios, times = [], []
    for _ in range(3):
        start = time.thread_time()
        list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        tokenised = time.thread_time()
        table = open_table(path)
        opened = time.thread_time()
        choices = default_choices(table)
        dataset = make_dataset(table, choices)
        made = time.thread_time()
        times.append(made - tokenised)
        ratios.append(times[-1] / (tokenised - start))
        print(
            f"csv.reader {tokenised - start:.2f} s, open_table {opened - tokenised:.2f} s, "
            f"make_dataset {made - opened:.2f} s"
        )
    start = time.thread_time()
    summarise(table, choices)
    print(f"summarise again: {1000 * (time.thread_time() - start):.0f} ms for {dataset.n_samples} rows")
    print(f"{path.stem}: {min(times):.2f} s at best, {min(ratios):.1f} times csv.reader", flush=True)


def main() -> None:
    """Print the times."""
    with tempfile.TemporaryDirectory() as folder:
        for name, write in {"long (bound 1.5 s)": write_long, "wide": write_wide}.items():
            path = Path(folder) / f"{name}.csv"
            write(path)
            measure(path)


if __name__ == "__main__":
    main()
