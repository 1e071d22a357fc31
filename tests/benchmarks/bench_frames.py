"""What building a frame costs while training runs: python tests/benchmarks/bench_frames.py"""

from __future__ import annotations

import statistics
import time

from nnviz.experiment import (
    DataSpec,
    Experiment,
    FrameBuilder,
    LayerSpec,
    Needs,
    NetworkSpec,
    PlaneRequest,
    TrainingSpec,
)

CASES = {
    "2-8-8-8-1 tanh, 500 points": (DataSpec(name="spiral", parameters={"n_samples": 500}), (8, 8, 8)),
    "2-8-8-8-8-8-8-1 tanh, 500 points": (DataSpec(name="spiral", parameters={"n_samples": 500}), (8,) * 6),
    "2-8-8-8-1 tanh, 20 000 points": (DataSpec(name="moons", parameters={"n_samples": 20_000}), (8, 8, 8)),
    "2-512-512-1 tanh, 500 points": (DataSpec(name="spiral", parameters={"n_samples": 500}), (512, 512)),
    "9-8-1 tanh, breast cancer": (DataSpec(name="breast_cancer_wisconsin"), (8,)),
    "784-64-10 tanh, Fashion-MNIST": (DataSpec(name="fashion_mnist"), (64,)),
}
PARTS = {
    "nothing": Needs(planes={}, unit_maps=False, points=False),
    "plane": Needs(unit_maps=False, points=False),
    "maps": Needs(planes={}, points=False),
    "points": Needs(planes={}, unit_maps=False),
    "all": Needs(planes={"": PlaneRequest()}),
    "all + gradient": Needs(planes={"": PlaneRequest()}, gradient=True),
}


def measure(builder: FrameBuilder, trainer, needs: Needs, n_frames: int = 60) -> tuple[float, float, int]:
    """Return median and 90th percentile of milliseconds per frame, and the plane's resolution at the end."""
    times, resolution = [], 0
    for _ in range(n_frames):
        trainer.advance(1)
        start = time.perf_counter()
        frame = builder.build(trainer.moment(), needs, status="running")
        times.append(1000.0 * (time.perf_counter() - start))
        resolution = frame.plane.values.shape[1] if frame.plane is not None else 0
    late = sorted(times[n_frames // 3 :])
    return statistics.median(late), late[int(0.9 * len(late))], resolution


def main() -> None:
    for title, (data, hidden) in CASES.items():
        network = NetworkSpec(hidden=tuple(LayerSpec(units=units) for units in hidden))
        experiment = Experiment(data=data, network=network, training=TrainingSpec(learning_rate=1e-3))
        prepared = experiment.prepared()
        trainer = prepared.trainer()
        print(f"{title} ({trainer.engine_name})")
        for name, needs in PARTS.items():
            builder = FrameBuilder(prepared)
            median, slow, resolution = measure(builder, trainer, needs)
            plane = f", plane {resolution}×{resolution}" if resolution else ""
            print(f"  {name:<16} {median:7.2f} ms median, {slow:7.2f} ms p90{plane}")


if __name__ == "__main__":
    main()
