"""How long a table of 200 000 rows and 11 columns takes to open: ``python tests/benchmarks/bench_tables.py``.

The bound is 1.5 s on a normal machine. The ratio to the standard library's tokeniser, measured in the same run, says
more on a busy or slow one.
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


def write(path: Path) -> None:
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


def main() -> None:
    """Print the times."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.csv"
        write(path)
        ratios, times = [], []
        for _ in range(3):
            start = time.perf_counter()
            list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
            tokenised = time.perf_counter()
            table = open_table(path)
            opened = time.perf_counter()
            choices = default_choices(table)
            dataset = make_dataset(table, choices)
            made = time.perf_counter()
            times.append(made - tokenised)
            ratios.append(times[-1] / (tokenised - start))
            print(
                f"csv.reader {tokenised - start:.2f} s, open_table {opened - tokenised:.2f} s, "
                f"make_dataset {made - opened:.2f} s"
            )
        start = time.perf_counter()
        summarise(table, choices)
        print(f"summarise again: {1000 * (time.perf_counter() - start):.0f} ms for {dataset.n_samples} rows")
        print(f"read_table: {min(times):.2f} s at best, {min(ratios):.1f} times csv.reader (bound 1.5 s)")


if __name__ == "__main__":
    main()
