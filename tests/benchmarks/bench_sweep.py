"""How many epochs a second 25 runs of 2-8-8-1 make together, on all cores beside one thread.

    python tests/benchmarks/bench_sweep.py [--jobs N] [--epochs N] [--repeats N] [--cluster]

Held to 0.85 × the number of threads times what one thread makes (0.8 × the workers on a Dask cluster): it exits with 1
where that is missed. Both are measured in turn, and the best of each counts: other programs only ever slow down.
"""

from __future__ import annotations

import argparse
import sys
import time

import nnviz
from nnviz.core.compiling import compile_kernels
from nnviz.sweeps.crews import Crew, cluster, n_cores, threads
from nnviz.sweeps.plan import Plan, make_plan
from nnviz.sweeps.sweep import run_plan

N_RUNS = 25
BOUND, CLUSTER_BOUND = 0.85, 0.8


def plan_of(epochs: int) -> Plan:
    experiment = nnviz.Experiment(
        data={"name": "moons", "parameters": {"n_samples": 350}},
        network={"hidden": [8, 8]},
        training={"engine": "compiled", "epochs": epochs},
    )
    return make_plan(experiment, {}, seeds=N_RUNS)


def epochs_per_s(plan: Plan, crew: Crew) -> float:
    start = time.perf_counter()
    result = run_plan(plan, crew)
    return sum(run.epochs for run in result.runs) / (time.perf_counter() - start)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=n_cores())
    parser.add_argument("--epochs", type=int, default=4000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cluster", action="store_true", help="worker processes of a Dask cluster instead of threads")
    options = parser.parse_args()
    compile_kernels()
    plan = plan_of(options.epochs)
    bound = CLUSTER_BOUND if options.cluster else BOUND
    together = cluster("local", options.jobs) if options.cluster else threads(options.jobs)
    one, many = [], []
    with threads(1) as alone, together as crew:
        epochs_per_s(plan_of(50), crew)
        for _ in range(options.repeats):
            one.append(epochs_per_s(plan, alone))
            many.append(epochs_per_s(plan, crew))
    share = max(many) / max(one) / options.jobs
    print(f"one thread {max(one):,.0f} epochs/s; {options.jobs} at once {max(many):,.0f} epochs/s")
    print(f"{share:.2f} × the number at once (bound {bound})")
    return 0 if share >= bound else 1


if __name__ == "__main__":
    sys.exit(main())
