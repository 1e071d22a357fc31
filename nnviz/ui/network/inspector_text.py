"""The formula of an opened unit or weight, with its present numbers in it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.core.masks import CUT, FROZEN, MUTED, PINNED
from nnviz.core.numbers import number_text
from nnviz.data.targets import TargetMap
from nnviz.drawing.diagram_edges import EdgeId
from nnviz.drawing.diagram_masks import mask_words
from nnviz.drawing.diagram_names import unit_name
from nnviz.drawing.diagram_shape import DiagramShape
from nnviz.experiment.frame import Frame, UnitId

TERMS = 3
"""Strongest products that a sum is written out with."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("InspectorPanel", text)


def unit_formula(frame: Frame, shape: DiagramShape, unit: UnitId, targets: TargetMap | None = None) -> str:
    """Return "z = 1.20·x₁ − 0.30·x₂ + 0.10,   a = tanh(z)".

    Of an output that answers in standardised units, it says how the answer comes of them.
    """
    layer, index = unit
    if layer == 0:
        return _tr("{0} = {1}, as the network receives it").format(formula_letters(shape)[1], unit_name(shape, unit))
    weights = frame.layout.weights(frame.parameters)[layer - 1][index]
    bias = float(frame.layout.biases(frame.parameters)[layer - 1][index])
    strongest = np.argsort(-np.abs(weights), kind="stable")[:TERMS]
    terms = [f"{number_text(float(weights[k]), 2)}·{unit_name(shape, (layer - 1, int(k)))}" for k in strongest]
    more = " + …" if len(weights) > len(strongest) else ""
    sum_text = " + ".join(terms).replace("+ −", "− ")
    bias_text = f" {'−' if bias < 0 else '+'} {number_text(abs(bias), 2)}" if frame.has_biases else ""
    z, a = formula_letters(shape)
    text = f"{z} = {sum_text}{more}{bias_text},   {a} = {shape.activations[layer - 1]}({z})"
    if layer == frame.layout.n_layers and targets is not None and targets.is_scaled:
        offset = float(targets.offset[index])
        text += _tr(",   {0} = {1}·{4} {2} {3} ({4} is standardised)").format(
            unit_name(shape, unit),
            number_text(float(targets.scale[index]), 4),
            "−" if offset < 0 else "+",
            number_text(abs(offset), 4),
            a,
        )
    return text


def unit_example(frame: Frame, shape: DiagramShape, unit: UnitId, digits: int) -> str:
    """Return z and a of a unit for the example that is tried or marked, with so many decimals; empty without one."""
    layer, index = unit
    if frame.probe is None or not layer:
        return ""
    z, a = formula_letters(shape)
    value, answer = frame.probe.pre_activations[layer - 1][index], frame.probe.activations[layer][index]
    return _tr("for the example   {0} = {1},   {2} = {3}").format(
        z, number_text(float(value), digits), a, number_text(float(answer), digits)
    )


def formula_letters(shape: DiagramShape) -> tuple[str, str]:
    """Return letters for a unit's sum and for its answer that are no input's and no output's name."""
    taken = {name.strip().casefold() for name in (*shape.input_names, *shape.output_names)}
    sums, answers = (
        [letter for letter in letters if letter not in taken]
        for letters in (("z", "s", "u", "q"), ("a", "h", "g", "f"))
    )
    return (sums or ["Σ"])[0], (answers or ["f(Σ)"])[0]


def edge_formula(frame: Frame, shape: DiagramShape, edge: EdgeId) -> tuple[str, str]:
    """Return what one weight adds to its target and which way gradient descent would move it, in full and short."""
    source, target = unit_name(shape, (edge.layer - 1, edge.source)), unit_name(shape, (edge.layer, edge.unit))
    key = frame.layout.weight_index(edge.layer, edge.unit, edge.source)
    weight = number_text(float(frame.parameters[key]), 3)
    short = _tr("adds {0} · {1} to the sum of {2}").format(weight, source, target)
    held = mask_words(frame, edge)
    if held:
        return f"{short};   {held[0]}", short
    if frame.gradient is None:
        return short, ""
    slope = float(frame.gradient[key])
    if slope == 0.0:
        whole = _tr("adds {0} · {1} to the sum of {2};   the loss does not depend on it here")
        return whole.format(weight, source, target), short
    whole = (
        _tr("adds {0} · {1} to the sum of {2};   gradient {3}: a smaller weight would lower the loss")
        if slope > 0.0
        else _tr("adds {0} · {1} to the sum of {2};   gradient {3}: a larger weight would lower the loss")
    )
    return whole.format(weight, source, target, number_text(slope, 3)), short


def side_words(frame: Frame, keys: list[int]) -> list[str]:
    """Return what stands beside weights and biases: their gradients, or what holds them."""
    if frame.gradient is None or not keys:
        return []
    # An exponent of two digits has no room, and nothing to say.
    words = [f"∂ {number_text(g if abs(g) >= 1e-9 else 0.0, 3)}" for g in frame.gradient[keys].tolist()]
    if frame.masks:
        names = {FROZEN: _tr("frozen"), PINNED: _tr("pinned"), CUT: _tr("cut"), MUTED: _tr("muted")}
        codes = frame.masks.codes[keys].tolist()
        words = [names.get(code, word) for code, word in zip(codes, words, strict=True)]
    return words


def mask_names(frame: Frame, unit: UnitId) -> tuple[str, ...]:
    """Return what masks do to a unit, in a word each."""
    masks, (layer, index) = frame.masks, unit
    if not masks or not layer:
        return ()
    muted = (_tr("muted"),) if masks.is_muted(layer, index) else ()
    return (*muted, _tr("frozen")) if masks.is_frozen(layer, index) else muted


def unit_captions(layer: int, *, has_bias: bool, is_output: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what stands above a unit's incoming and outgoing weights, each in full and shorter and shorter."""
    incoming: tuple[str, ...]
    if not layer:
        incoming = (_tr("an input has no incoming weights"),)
    elif has_bias:
        incoming = (
            _tr("bias and incoming weights, strongest first · ∂: gradient of the loss"),
            _tr("bias and weights in · ∂: gradient"),
            _tr("bias and incoming weights, strongest first"),
            _tr("bias and weights in"),
            _tr("weights in"),
        )
    else:
        incoming = (
            _tr("incoming weights, strongest first · ∂: gradient of the loss"),
            _tr("weights in · ∂: gradient"),
            _tr("incoming weights, strongest first"),
            _tr("weights in"),
        )
    if is_output:
        return incoming, (_tr("an output has no outgoing weights"), _tr("no weights out"))
    return incoming, (_tr("outgoing weights, strongest first"), _tr("weights out"))


def edge_caption() -> tuple[str, str]:
    """Return what stands above a single weight, in full and short."""
    return _tr("the weight and ∂, the gradient of the loss"), _tr("∂: gradient of the loss")


def editing_hint() -> tuple[str, str]:
    """Return what can be done with the numbers of the card, in full and short."""
    full = _tr("drag a bar, type a number or nudge with ← →: the whole window follows")
    return full, _tr("drag, type or nudge with ← →")


def gradient_help() -> str:
    """Return what the bars and the quiet numbers behind them are."""
    return _tr(
        "A bar is a weight and can be dragged. ∂ is the gradient: by how much the loss rises for each unit that the "
        "number grows; training moves the number the other way."
    )
