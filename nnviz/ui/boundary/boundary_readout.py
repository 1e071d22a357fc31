"""What a map says at one place: the position, the network's answer there, and the data point that is nearest."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.layout import Array
from nnviz.core.numbers import filled, number_text
from nnviz.data import input_label
from nnviz.experiment import Prepared
from nnviz.experiment.answers import answer_on_plane
from nnviz.experiment.contrast_words import difference_name
from nnviz.experiment.figures import PartName
from nnviz.experiment.frame import Frame, Plane, Range, RowId
from nnviz.ui.widgets.readout_card import ReadoutLine

#: Classes whose share is read out at once.
MOST_CLASSES = 4


def _tr(text: str) -> str:
    return QCoreApplication.translate("BoundaryReadout", text)


def readout_lines(
    frame: Frame, prepared: Prepared, axes: tuple[int, int], x: float, y: float, point: RowId | None
) -> tuple[ReadoutLine, ...]:
    """Return the lines of the card at (x, y)."""
    names = [input_label(name) for name in prepared.train.feature_names]
    shown = [(names[axes[0]], x)] if len(names) == 1 else [(names[axes[0]], x), (names[axes[1]], y)]
    if frame.plane is not None and frame.plane.hold.kind == "components":
        shown = [(_tr("component {0}").format(1), x), (_tr("component {0}").format(2), y)]
    ranges = (frame.plane.x_range, frame.plane.y_range) if frame.plane is not None else ((0.0, 1.0), (0.0, 1.0))
    lines = [
        ReadoutLine(name, number_text(_without_dust(value, limits), 2))
        for (name, value), limits in zip(shown, ranges, strict=False)
    ]
    if frame.plane is not None:
        lines += _answer(frame, frame.plane, prepared, answer_on_plane(frame, frame.plane, prepared, x, y))
    if point is not None:
        lines += _point(frame, prepared, *point)
    return tuple(lines)


def _without_dust(value: float, limits: Range) -> float:
    """Return 0 for what the arithmetic of pixels has left of it."""
    return 0.0 if abs(value) < 1e-6 * (limits[1] - limits[0]) else value


def _answer(frame: Frame, plane: Plane, prepared: Prepared, values: Array) -> list[ReadoutLine]:
    if plane.unit is not None:
        return [ReadoutLine(_tr("activation"), number_text(float(values[0]), 3))]
    if plane.contrast is not None and plane.contrast.kind == "difference":
        order = np.argsort(-np.abs(np.nan_to_num(values)), kind="stable")[:MOST_CLASSES].tolist()
        return [ReadoutLine(difference_name(frame, prepared, k), number_text(float(values[k]), 3)) for k in order]
    if prepared.task != "classification":
        names = prepared.dataset.target_names
        return [
            ReadoutLine(_tr("{0}, predicted").format(name), number_text(float(value), 3))
            for name, value in zip(names, values, strict=False)
        ]
    classes = prepared.class_names
    is_share = ACTIVATIONS[frame.activations[-1]].probability
    if len(values) == 1:
        winner = int(values[0] > prepared.threshold)
        shown = float(values[0]) if winner or not is_share else 1.0 - float(values[0])
        return [ReadoutLine(classes[winner], _share(shown, is_share), winner)]
    order = np.argsort(-np.nan_to_num(values), kind="stable")[:MOST_CLASSES].tolist()
    return [
        ReadoutLine(classes[k], _share(float(values[k]), is_share), k, is_minor=number > 0)
        for number, k in enumerate(order)
    ]


def _share(value: float, is_share: bool) -> str:
    return _tr("{0} %").format(f"{100.0 * value:.1f}") if is_share else number_text(value, 3)


def _point(frame: Frame, prepared: Prepared, part: PartName, row: int) -> list[ReadoutLine]:
    data, correct = prepared.part(part), frame.correct_of(part)
    words = {
        "train": _tr("training point {0}"),
        "validation": _tr("validation point {0}"),
        "test": _tr("test point {0}"),
    }
    title = filled(words[part], row + 1)
    if prepared.task != "classification":
        return [ReadoutLine(title, number_text(float(data.y[row, 0]), 3))]
    kind = int(data.class_index[row])
    lines = [ReadoutLine(title, prepared.class_names[kind], kind, part)]
    if correct is not None and len(correct) == data.n_samples and not correct[row]:
        lines.append(ReadoutLine(_tr("× the network gets it wrong")))
    return lines
