"""How layers, units and edges are called wherever they are shown: headers, cards, the inspector, exported figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.numbers import filled, number_text
from nnviz.data import input_label
from nnviz.drawing.diagram_edges import EdgeId
from nnviz.drawing.diagram_header import HeaderControl
from nnviz.drawing.diagram_masks import mask_words
from nnviz.drawing.diagram_shape import DiagramShape
from nnviz.experiment.frame import Frame, UnitId

if TYPE_CHECKING:
    from nnviz.experiment.prepare import Prepared


def _tr(text: str) -> str:
    return QCoreApplication.translate("diagram", text)


def activation_name(name: str) -> str:
    """Return how an activation is called in running text: "ReLU", but "tanh"."""
    label = QCoreApplication.translate("tables", ACTIVATIONS[name].label) if name in ACTIVATIONS else name
    return label if label[1:] != label[1:].lower() else label.lower()


def diagram_shape(frame: Frame, prepared: Prepared | None, *, editable: bool = True) -> DiagramShape:
    """Return what there is to lay out of `frame`, with the names that `prepared` knows.

    While a new run is being prepared the two may not fit each other for a moment; names are then made up.
    """
    sizes = frame.layout.sizes
    inputs = tuple(f"x{k + 1}" for k in range(sizes[0]))
    outputs: tuple[str, ...] = tuple(input_label(f"y{k + 1}") for k in range(sizes[-1]))
    notes: tuple[str, ...] = ()
    n_classes = 0
    image_shape: tuple[int, int] | None = None
    if prepared is not None and prepared.inputs.n_inputs == sizes[0]:
        inputs = prepared.inputs.names
        # Chosen or derived inputs are no picture any more.
        is_picture = inputs == prepared.dataset.feature_names
        image_shape = prepared.dataset.image_shape if is_picture else None
        n_classes = len(prepared.class_names)
        counts = prepared.dataset.class_counts if n_classes else ()
        if n_classes == sizes[-1]:
            outputs = prepared.class_names
            notes = tuple(filled(_tr("{0} points"), count) for count in counts)
        elif n_classes == 2 and sizes[-1] == 1:
            outputs, notes = _one_for_two(frame.activations[-1], *prepared.class_names)
        elif len(prepared.dataset.target_names) == sizes[-1]:
            outputs = tuple(input_label(name) for name in prepared.dataset.target_names)
    return DiagramShape(
        sizes=sizes,
        activations=tuple(activation_name(name) for name in frame.activations),
        input_names=tuple(input_label(name) for name in inputs),
        output_names=outputs,
        output_notes=notes,
        n_classes=n_classes,
        editable=editable,
        image_shape=image_shape,
    )


def _one_for_two(activation: str, first: str, second: str) -> tuple[tuple[str], tuple[str]]:
    """Return what one output for two classes says, and in a second line what that means for the other class."""
    entry = ACTIVATIONS[activation]
    if entry.probability:
        return (_tr("P({0})").format(second),), (_tr("1 − P: {0}").format(first),)
    low, high = (number_text(value, 0) for value in entry.class_targets)
    return (_tr("{0}: {1}").format(high, second),), (_tr("{0}: {1}").format(low, first),)


def told_apart(
    names: Sequence[str],
    rects: Sequence[QRectF],
    metrics: QFontMetricsF,
    first: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
) -> list[str]:
    """Return `names`, shortened to their room in the first of the ways in which different ones stay different."""
    modes = (first, Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideLeft)
    ways = [
        [metrics.elidedText(name, mode, rect.width()) for name, rect in zip(names, rects, strict=True)]
        for mode in modes
    ]
    return max(ways, key=lambda shown: len(set(shown)))


def unit_name(shape: DiagramShape, unit: UnitId) -> str:
    """Return the short name of a unit: "x₁", "h2·4" or "setosa"."""
    layer, index = unit
    if layer == 0:
        return shape.input_names[index]
    if layer == len(shape.sizes) - 1:
        return shape.output_names[index]
    return f"h{layer}·{index + 1}"


def unit_title(shape: DiagramShape, unit: UnitId, *, with_kind: bool = True) -> str:
    """Return the long name of a unit: "Input x₁", "Unit 4 of hidden 2 · tanh" or "Output setosa · softmax".

    Without its kind, the activation is left out.
    """
    layer, index = unit
    if layer == 0:
        return _tr("Input {0}").format(shape.input_names[index])
    kind = shape.activations[layer - 1]
    if layer == len(shape.sizes) - 1:
        name = shape.output_names[index]
        return _tr("Output {0} · {1}").format(name, kind) if with_kind else _tr("Output {0}").format(name)
    if not with_kind:
        return _tr("Unit {0} of hidden {1}").format(index + 1, layer)
    return _tr("Unit {0} of hidden {1} · {2}").format(index + 1, layer, kind)


def edge_title(shape: DiagramShape, edge: EdgeId) -> str:
    """Return "x₁ → h1·3"."""
    source = unit_name(shape, (edge.layer - 1, edge.source))
    return f"{source} → {unit_name(shape, (edge.layer, edge.unit))}"


def card_lines(frame: Frame, shape: DiagramShape, part: UnitId | EdgeId | HeaderControl | None) -> tuple[str, ...]:
    """Return what the card beside the cursor says about a unit or an edge; empty for anything else."""
    if part is None or isinstance(part, HeaderControl):
        return ()
    if isinstance(part, EdgeId):
        value = frame.parameters[frame.layout.weight_index(part.layer, part.unit, part.source)]
        words = edge_title(shape, part), _tr("weight {0}").format(number_text(float(value), 3))
        return (*words, *mask_words(frame, part))
    layer, unit = part
    lines = [unit_title(shape, part)]
    if layer > 0 and frame.has_biases:
        bias = frame.parameters[frame.layout.bias_index(layer, unit)]
        lines.append(_tr("bias {0}").format(number_text(float(bias), 3)))
    if frame.class_means is not None and not (layer == 1 and shape.image_shape is not None):
        lines.append(_tr("bars: its mean value for each class"))
    if frame.probe is not None:
        value = frame.probe.activations[layer][unit]
        lines.append(_tr("for the example {0}").format(number_text(float(value), 3)))
    lines += mask_words(frame, part)
    return tuple(lines)


def control_help(control: HeaderControl) -> str:
    """Return the tooltip of a control."""
    texts = {
        "add_unit": _tr("Add a unit to hidden layer {0}"),
        "remove_unit": _tr("Remove the last unit of hidden layer {0}"),
        "remove_layer": _tr("Remove hidden layer {0}"),
        "insert_layer": _tr("Insert a hidden layer here"),
        "activation": _tr("Choose the activation of this layer, and see what each does to its units"),
        "show_layers": _tr("Show the hidden layers from {0} on; the wheel of the mouse turns them one by one"),
    }
    return texts[control.kind].format(control.index)
