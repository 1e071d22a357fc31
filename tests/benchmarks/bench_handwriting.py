"""How many of the ten digits, drawn in two hands, small, large and out of the middle, a default network recognises.

Run: ``QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_handwriting.py``. At least 8 of 10 plainly drawn ones on
average over both hands and three seeds; exit status 1 where that is missed.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from PySide6.QtGui import QGuiApplication

from nnviz.core.trainer import Trainer
from nnviz.drawing.ink import Ink
from nnviz.experiment import DataSpec, Experiment, LayerSpec, NetworkSpec, Prepared, TrainingSpec, prepare
from nnviz.experiment.handwriting import picture_style
from tests.ui.answers.drawn_digits import QUICK_HAND, ROUND_HAND, Line, placed

LAYERS = ((8, 8), (32,))
EPOCHS, AT_LEAST = 100, 8.0
PLACES = {"plain": (1.0, 0.0, 0.0), "small, aside": (0.6, -0.15, 0.1), "large": (1.15, 0.0, 0.0)}


@cache
def trained(units: tuple[int, ...], seed: int) -> tuple[Prepared, Trainer]:
    """Return a trained network."""
    network = NetworkSpec(hidden=tuple(LayerSpec(units=n) for n in units), seed=seed)
    data, training = DataSpec(name="digits8x8"), TrainingSpec(seed=seed)
    prepared = prepare(Experiment(data=data, network=network, training=training))
    trainer = prepared.trainer()
    trainer.run(EPOCHS)
    return prepared, trainer


def recognised(
    hand: dict[int, list[Line]], place: tuple[float, float, float], units: tuple[int, ...], seed: int, *, framed: bool
) -> int:
    """Return how many digits of a hand a network recognises."""
    prepared, trainer = trained(units, seed)
    style = picture_style(prepared.train)
    rows = []
    for lines in hand.values():
        ink = Ink(style.shape)
        for line in placed(lines, *place):
            ink.stroke(line, style.pen)
        rows.append(style.values(ink.seen(style, framed=framed)))
    answers = trainer.network.predict(prepared.inputs.transform(np.array(rows))).argmax(axis=1)
    return int((answers == np.array(list(hand))).sum())


def main() -> int:
    """Measure everything."""
    application = QGuiApplication.instance() or QGuiApplication([])
    plain = []
    for units in LAYERS:
        for name, hand in (("round hand", ROUND_HAND), ("quick hand", QUICK_HAND)):
            for where, place in PLACES.items():
                counts = [
                    float(np.mean([recognised(hand, place, units, seed, framed=framed) for seed in range(3)]))
                    for framed in (True, False)
                ]
                layers = "-".join(map(str, units))
                print(f"64-{layers}-10, {name}, {where:13} {counts[0]:4.1f} of 10, {counts[1]:4.1f} as drawn")
                plain += [counts[0]] if where == "plain" else []
    del application
    return 0 if np.mean(plain) >= AT_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
