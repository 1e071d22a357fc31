"""Processes of one user that start at once with no kernels kept: ``python tests/benchmarks/crowd.py [--processes 30]``.

They have to share one compilation: whoever comes first compiles, the others wait and take what it has made. Prints how
long each took and how often a kernel was compiled. Exit status 1 where one failed, or one was compiled twice.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

#: Prints how many kernels this process had to compile, of how many.
CHILD = """
import time
from nnviz import doctor
from nnviz.core.kernels import cache, train
from nnviz.drawing import raster
start = time.monotonic()
print(doctor.compile_ahead())
kernels = [train.train, train.unit_maps, raster.RASTER._edges, raster.RASTER._maps, raster.RASTER._dabs]
taken = [sum(kernel._kernel.stats.cache_hits.values()) for kernel in kernels]
print("compiled", sum(not hits for hits in taken), "of", len(kernels), f"in {time.monotonic() - start:.1f} s")
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Start them, wait, and say what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=30)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="crowd") as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder, "PYTHONPATH": str(Path(__file__).parents[2])}
        start_s = time.monotonic()
        crowd = [
            subprocess.Popen(
                [sys.executable, "-c", CHILD],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(options.processes)
        ]
        said = [process.communicate() for process in crowd]
        elapsed_s = time.monotonic() - start_s
    compiled = failed = 0
    for process, (told, errors) in zip(crowd, said, strict=True):
        line = told.strip().splitlines()[-1] if told.strip() else ""
        if process.returncode or errors or not line.startswith("compiled"):
            failed += 1
            print("failed:", process.returncode, errors[-2000:] or told)
            continue
        compiled += int(line.split()[1])
        print(" ", line)
    print(f"{len(crowd)} processes, {elapsed_s:.0f} s; compiled {compiled} times (5 kernels); {failed} failed")
    return int(failed > 0 or compiled > 5)


if __name__ == "__main__":
    sys.exit(main())
