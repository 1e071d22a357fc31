"""What the network of a frame makes of one example: exact, where a map only has its cells.

One example takes some microseconds, so the GUI asks here for what is under the pointer instead of waiting for a frame.
"""

from __future__ import annotations

import numpy as np

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.layout import Array
from nnviz.core.propagation import forward
from nnviz.experiment.frame import Frame, Plane
from nnviz.experiment.prepare import Prepared


def answer_on_plane(frame: Frame, plane: Plane, prepared: Prepared, x: float, y: float) -> Array:
    """Return the outputs ``(n_outputs,)``, or the activation ``(1,)`` of the plane's unit, at one place of a plane.

    Parameters
    ----------
    frame : Frame
        Its parameters answer.
    plane : Plane
        Says which features lie along the axes, where the others are held, and which unit is shown.
    prepared : Prepared
        Of the same run.
    x, y : float
        In units of the raw features; `y` is ignored where there is only one.
    """
    raw = np.empty((1, prepared.dataset.n_features))
    for feature, value in plane.held:
        raw[0, feature] = value
    raw[0, plane.axes[1]] = y
    raw[0, plane.axes[0]] = x
    activations = [ACTIVATIONS[name] for name in frame.activations]
    layers = forward(frame.layout, activations, frame.parameters, prepared.inputs.transform(raw)).A
    layer, units = (-1, slice(None)) if plane.unit is None else (plane.unit[0], slice(plane.unit[1], plane.unit[1] + 1))
    answer: Array = layers[layer][0, units]
    return answer
