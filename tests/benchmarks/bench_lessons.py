"""Whether lessons keep their promises: ``python tests/benchmarks/bench_lessons.py [NAME …] [--seeds 10] [--first 0]``.

Every lesson that ships is rehearsed without a window over so many seeds of weights, order and data. Prints for each how
many kept every promise, the first step that was not kept, and the seconds of a rehearsal; fails where fewer kept it
than the lesson says.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from nnviz.lessons.files import LIBRARY
from nnviz.lessons.rehearsal import rehearse


def main() -> int:
    """Rehearse all lessons, or those that are named; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the first seed, so that fresh ones can be tried")
    options = parser.parse_args()
    failed = False
    for name in options.names or LIBRARY:
        lesson = LIBRARY[name]
        started = time.process_time()
        kept = 0
        broken: Counter[int] = Counter()
        for seed in range(options.first, options.first + options.seeds):
            outcomes = rehearse(lesson, seed)
            first = next((outcome.step for outcome in outcomes if not outcome.is_kept), None)
            kept += first is None
            broken.update([] if first is None else [first])
        seconds = (time.process_time() - started) / options.seeds
        where = ", ".join(f"step {step}: {count}" for step, count in sorted(broken.items()))
        share = f"{kept:3} of {options.seeds} (says {lesson.share:.0%})"
        print(f"{name:32} {share}, {seconds:6.2f} s each  {where}", flush=True)
        failed |= kept / options.seeds < lesson.share
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
