"""What is said of a race: names of its runs and of the plane, and the figures of a run in a sentence."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.core.landscape import Surface
from nnviz.core.numbers import count_text, exact_text, loss_text
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.translation import counted
from nnviz.drawing.diagram_names import diagram_shape, unit_name
from nnviz.session.runs.race import Race
from nnviz.session.runs.racer import Racer
from nnviz.sweeps.race import Entrant
from nnviz.ui.widgets.help_text import table_text

#: Parameters that can be chosen as axes: of larger networks, those that have moved most.
MOST_WEIGHTS = 1000


def _tr(text: str) -> str:
    return QCoreApplication.translate("Race", text)


def label_of(entrant: Entrant) -> str:
    """Return what a run is called: "Adam 0.01"."""
    return f"{table_text(OPTIMIZERS[entrant.optimizer].label)} {exact_text(entrant.rate)}"


def title_of(race: Race) -> str:
    """Return how many take part."""
    return counted(len(race.racers), "1 run", "{0} runs")


def plane_sentences(surface: Surface) -> tuple[str, str]:
    """Return how much of the motion the plane holds with the rows that the loss is of, and without them."""
    if len(surface.slice.origin) == 2:
        plane = _tr("All of the motion: there are two parameters")
    elif surface.slice.weights:
        plane = _tr("{0} of the motion is in these two weights").format(_percent(surface.slice.share))
    else:
        plane = _tr("{0} of the motion lies in this plane").format(_percent(surface.slice.share))
    if surface.n_rows < surface.n_all:
        rows = _tr("loss of {0} of the {1} training examples").format(
            count_text(surface.n_rows), count_text(surface.n_all)
        )
    else:
        rows = _tr("loss of all {0} training examples").format(count_text(surface.n_all))
    return _tr("{0} · {1}").format(plane, rows), plane


def _percent(share: float) -> str:
    """Return a share; nothing is everything that is only nearly so."""
    text = f"{math.floor(1000.0 * share) / 10.0:.1f}" if share < 1.0 - 1e-9 else "100"
    return _tr("{0} %").format(text)


def sentence_of(racer: Racer, epoch: int) -> str:
    """Return all that is known of a run at an epoch."""
    if racer.fault:
        return f"{label_of(racer.entrant)}: {racer.message}"
    loss = loss_text(racer.loss_at(epoch))
    return _tr("{0}: training loss {1} at epoch {2}; click to make it the main network").format(
        label_of(racer.entrant), loss, count_text(min(epoch, racer.epoch))
    )


def parameter_names(race: Race) -> dict[int, str]:
    """Return the names of the parameters that can be axes, by their places in the vector: "x₁ → h1·3"."""
    frame = race.racers[0].frame
    if frame is None:
        return {}
    shape, layout = diagram_shape(frame, race.prepared), frame.layout
    allowed = np.ones(layout.n_parameters, dtype=bool) if frame.has_biases else layout.is_weight
    places = np.flatnonzero(allowed)
    if len(places) > MOST_WEIGHTS:
        far = np.argsort(-motion(race)[places], kind="stable")[:MOST_WEIGHTS]
        places = np.sort(places[far])
    names = {}
    for place in places.tolist():
        for layer, (weights, biases) in enumerate(zip(layout.weight_slices, layout.bias_slices, strict=True), start=1):
            if weights.start <= place < weights.stop:
                unit, source = divmod(place - weights.start, layout.sizes[layer - 1])
                names[place] = f"{unit_name(shape, (layer - 1, source))} → {unit_name(shape, (layer, unit))}"
            elif biases.start <= place < biases.stop:
                names[place] = _tr("bias of {0}").format(unit_name(shape, (layer, place - biases.start)))
    return names


def motion(race: Race) -> np.ndarray:
    """Return how far each parameter has moved in any of the runs."""
    moved = [np.abs(racer.trail.points[-1] - racer.trail.points[0]) for racer in race.racers if racer.trail.points]
    return np.asarray(np.max(moved, axis=0))
