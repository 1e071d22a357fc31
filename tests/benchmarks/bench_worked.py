"""Measures worked arithmetic of a wide network in the window: what opening it, its pages and its steps take.

    QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_worked.py

784-128-10 on Fashion-MNIST, 1280 × 720. Milliseconds of the window's own thread, which do not count what other programs
take, beside the yardstick L of `bench_window.py`. Exits with 1 where opening takes more than 200 ms.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from nnviz.app import create_application, create_window
from nnviz.experiment import Experiment
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
from tests.benchmarks.bench_window import wait, wait_until, yardstick_ms

#: What opening may take.
MOST_MS = 200.0


def main() -> int:
    """Print the figures; return 1 where the bound is missed."""
    application = create_application(["bench"])
    window = create_window(
        Experiment(
            data=DataSpec(name="fashion_mnist"),
            network=NetworkSpec(hidden=(LayerSpec(units=128, activation="relu"),)),
            training=TrainingSpec(optimizer="adam"),
        )
    )
    window.resize(1280, 720)
    window.show()
    window.controller.wait_idle()
    wait(1.0)
    yardstick = yardstick_ms()
    model, panel = window.worked.model, window.worked.panel

    def measured(what: str, do: Callable[[], object], is_done: Callable[[], bool] = lambda: True) -> float:
        start = time.thread_time()
        do()
        wait_until(is_done)
        for _ in range(3):
            application.processEvents()
        took = 1000.0 * (time.thread_time() - start)
        print(f"  {what:<44} {took:8.1f} ms {took / yardstick:7.2f} L", flush=True)
        return took

    print(f"784-128-10, L = {yardstick:.1f} ms of a processor")
    opened = measured("open it, up to its first page", window.actions_.worked.trigger, lambda: model.worked is not None)
    measured("a step of a unit", model.step_on)
    measured("all steps of the first layer", lambda: model.go_to(model._steps.after(-1, "layer")))
    measured("a step in the middle of the way back", lambda: model.go_to(model.n_steps // 2))
    measured("the last step", lambda: model.go_to(model.n_steps - 1))
    for name in ("layer", "network", "costs", "steps"):
        measured(f"its page “{name}”", panel.tabs[name].click)
    window.state.undo_stack.setClean()
    window.close()
    return int(opened > MOST_MS)


if __name__ == "__main__":
    raise SystemExit(main())
