"""Open damaged files, 20 000 unless told: ``python tests/benchmarks/fuzz_tables.py [N] [SEED]``.

Nothing but a data set or a `DataError` may come out, and none may take long. Prints what did otherwise.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

from mutations import mutated, originals

from nnviz.core.errors import DataError
from nnviz.data import default_choices, make_dataset, open_table, summarise

LONGEST_S = 2.0


def main(n_files: int = 20_000, seed: int = 0) -> int:
    """Print the outcome and return the number of faults."""
    rng = random.Random(seed)
    files = originals()
    n_read = n_refused = n_faults = 0
    slowest = 0.0
    start = time.perf_counter()
    for number in range(n_files):
        content = mutated(rng.choice(files), rng)
        begin = time.perf_counter()
        try:
            table = open_table(content, name="t.csv")
            choices = default_choices(table)
            summarise(table, choices)
            make_dataset(table, choices)
            n_read += 1
        except DataError as error:
            n_refused += 1
            if "\n" in str(error) or len(str(error)) > 700:
                n_faults += 1
                print(f"file {number}: {str(error)!r}")
        except Exception:
            n_faults += 1
            print(f"file {number}: {content[:200]!r}")
            traceback.print_exc()
        taken = time.perf_counter() - begin
        slowest = max(slowest, taken)
        if taken > LONGEST_S:
            n_faults += 1
            print(f"file {number} took {taken:.1f} s: {content[:200]!r}")
    elapsed = time.perf_counter() - start
    print(
        f"{n_files} files in {elapsed:.0f} s: {n_read} read, {n_refused} refused, {n_faults} faults; "
        f"slowest {slowest * 1000:.0f} ms"
    )
    return n_faults


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:])), 1))
