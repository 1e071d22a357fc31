"""What the network answers: to the rows of the data, each with its loss, and to one example under the pointer.

One example takes some microseconds, so the GUI asks here for what is under the pointer instead of waiting for a frame:
exact, where a map only has its cells. All rows are for the worker.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.arrays import read_only
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES, row_losses
from nnviz.core.metrics import ClassFigures, confusion
from nnviz.core.propagation import forward, silence
from nnviz.core.trainer import Trainer
from nnviz.data import Dataset
from nnviz.experiment.contrast import difference
from nnviz.experiment.figures import PartName
from nnviz.experiment.frame import Answers, Frame, Plane
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.slices import averaged_rows, raw_rows

S = TypeVar("S", bound=np.generic)


def answer_on_plane(frame: Frame, plane: Plane, prepared: Prepared, x: float, y: float) -> Array:
    """Return the outputs ``(n_outputs,)`` in the units of the data at one place of a plane.

    Of a plane of one unit: its activation ``(1,)``; of a contrast the other network's answer, or the difference to it.

    Parameters
    ----------
    frame : Frame
        Its parameters answer.
    plane : Plane
        Says which features lie along the axes, what becomes of the others, and which unit is shown.
    prepared : Prepared
        Of the same run.
    x, y : float
        In units of the raw features; `y` is ignored where there is only one.
    """
    if plane.n_averaged:
        raw = averaged_rows(prepared).copy()
        raw[:, plane.axes[1]] = y
        raw[:, plane.axes[0]] = x
    else:
        raw = raw_rows(prepared, plane.axes, plane.hold, np.array([x]), np.array([y]))
    X = prepared.inputs.transform(raw)
    activations = [ACTIVATIONS[name] for name in frame.activations]
    passed = forward(frame.layout, activations, frame.parameters, X)
    layers = (passed if frame.masks is None else silence(passed, frame.masks)).A
    layer, units = (-1, slice(None)) if plane.unit is None else (plane.unit[0], slice(plane.unit[1], plane.unit[1] + 1))
    answer: Array = layers[layer][:, units].mean(axis=0)
    if plane.unit is not None:
        return answer
    answer, contrast = prepared.targets.restore(answer), plane.contrast
    if contrast is None:
        return answer
    rows = contrast.outputs(frame.layout, frame.activations, frame.parameters, X)
    other = prepared.targets.restore(rows.mean(axis=1))
    return other if contrast.kind == "before" else difference(answer, other)


def class_shares(outputs: NDArray[np.floating], output_activation: str, n_classes: int) -> Array:
    """Return the share of every class ``(…, n_classes)``, 0 … 1, that outputs stand for.

    Parameters
    ----------
    outputs : ndarray ``(…, n_outputs)``
        One column for two classes: its distance from the first class's target. More: one per class.
    output_activation : str
        Says which outputs stand for "not this class" and "this class" (`Activation.class_targets`).
    n_classes : int
    """
    low, high = ACTIVATIONS[output_activation].class_targets
    values = np.clip(np.nan_to_num((np.asarray(outputs, dtype=float) - low) / (high - low)), 0.0, 1.0)
    if n_classes == 2 and values.shape[-1] == 1:
        return np.concatenate([1.0 - values, values], axis=-1)
    return np.asarray(values / np.maximum(values.sum(axis=-1, keepdims=True), 1e-12))


def class_figures(trainer: Trainer, prepared: Prepared, part: PartName) -> ClassFigures:
    """Return how well the network of `trainer` recognises each class of a part of the data."""
    X, Y = prepared.arrays(part)
    return ClassFigures.of(confusion(Y, trainer.network.predict(X), prepared.threshold))


def answers_of(prepared: Prepared, part: Dataset, Y: Array, Z: Array, A: Array) -> Answers:
    """Return what a network answers to the rows of a part of the data, in read-only arrays.

    Parameters
    ----------
    prepared : Prepared
    part : Dataset
        Its training or its test rows.
    Y, Z, A : ndarray ``(n_rows, n_outputs)``
        Targets, pre-activations and activations of the output layer.
    """
    outputs, losses = np.array(prepared.targets.restore(A)), row_losses(LOSSES[prepared.loss], Y, Z, A)
    if prepared.task != "classification":
        return Answers(read_only(outputs), read_only(losses))
    n_classes = len(prepared.class_names)
    if A.shape[1] == 1:
        predicted = (A[:, 0] > prepared.threshold).astype(np.int64)
    else:
        predicted = A.argmax(axis=1).astype(np.int64)
    shares = class_shares(A, prepared.activations[-1], n_classes)
    pairs = np.bincount(part.class_index * n_classes + predicted, minlength=n_classes * n_classes)
    return Answers(
        read_only(outputs),
        read_only(losses),
        predicted=read_only(predicted),
        shares=read_only(shares[np.arange(len(predicted)), predicted]),
        confusion=read_only(pairs.reshape(n_classes, n_classes)),
    )
