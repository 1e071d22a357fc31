"""A whole network as one nested formula: ``Ŷ = σ(W2·ReLU(W1·X + b1) + b2)``, with symbols or with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from nnviz.core.activations import Activation
from nnviz.core.explain.notation import function_name
from nnviz.core.explain.rounding import Rounding
from nnviz.core.layout import Array
from nnviz.core.network import Network
from nnviz.core.numbers import typeset

Form = Literal["text", "latex", "python"]
#: Numbers of a matrix that a formula writes out; a larger one is told by its shape.
MOST_NUMBERS = 64


class Part(Struct, frozen=True):
    """What a layer adds to the formula.

    Attributes
    ----------
    layer : int
        1 … L.
    spans : tuple of (int, int)
        Where its characters are, before and behind what the layer before it adds.
    """

    layer: int
    spans: tuple[tuple[int, int], tuple[int, int]]


class NetworkFormula(Struct, frozen=True):
    """The formula of a network.

    Attributes
    ----------
    text : str
    parts : tuple of Part
        ``[0]`` layer 1's.
    """

    text: str
    parts: tuple[Part, ...]


def network_formula(
    network: Network, form: Form = "text", *, numbers: bool = False, rounding: Rounding | None = None
) -> NetworkFormula:
    """Return the network as one formula of columns of inputs X, as the field writes it.

    Parameters
    ----------
    form : "text", "latex" or "python"
    numbers : bool
        Whether weights and biases are written as they are now, instead of as W1, b1.
    rounding : Rounding, optional
        How numbers are written; None: with four figures.
    """
    write = _Writing(form, Rounding(figures=4) if rounding is None else rounding)
    layers = zip(network.weights, network.biases, strict=True)
    shown = [(W, b) if numbers else None for W, b in layers]
    return _nested(write, network.activation_entries, shown, bias=network.bias)


def formula_of(
    activations: Sequence[Activation],
    *,
    bias: bool,
    values: Sequence[tuple[Array, Array]] | None = None,
    form: Form = "text",
    rounding: Rounding | None = None,
) -> NetworkFormula:
    """Return the formula of a network with these activations, with symbols, or with weights and biases `values`."""
    shown = [None] * len(activations) if values is None else values
    return _nested(_Writing(form, Rounding() if rounding is None else rounding), activations, shown, bias=bias)


def _nested(
    write: _Writing,
    activations: Sequence[Activation],
    shown: Sequence[tuple[Array, Array] | None],
    *,
    bias: bool,
) -> NetworkFormula:
    """Put the layers into one another; `shown` are weights and biases that are written out."""
    begun, inner = write.begun, "X"
    before, behind = [], []
    for layer, (entry, values) in enumerate(zip(activations, shown, strict=True), start=1):
        opening, closing = write.layer(layer, entry, values, bias=bias)
        before.append(opening)
        behind.append(closing)
    start = len(begun)
    spans_before = []
    for opening in reversed(before):
        spans_before.append((start, start + len(opening)))
        start += len(opening)
    start += len(inner)
    parts = []
    for layer, closing in enumerate(behind, start=1):
        span = (start, start + len(closing))
        parts.append(Part(layer, (spans_before[len(before) - layer], span)))
        start = span[1]
    return NetworkFormula("".join([begun, *reversed(before), inner, *behind]), tuple(parts))


class _Writing:
    def __init__(self, form: Form, rounding: Rounding) -> None:
        self.form, self.rounding = form, rounding
        self.begun = {"text": "Ŷ = ", "latex": r"\hat{Y} = ", "python": "Y_hat = "}[form]

    def layer(
        self, layer: int, entry: Activation, values: tuple[Array, Array] | None, *, bias: bool
    ) -> tuple[str, str]:
        """Return what stands before and behind the inputs of a layer."""
        times = {"text": "·", "latex": r" \cdot ", "python": " @ "}[self.form]
        symbol = {"text": "{0}{1}", "latex": "{0}_{{{1}}}", "python": "{0}{1}"}[self.form]
        matrix, vector = symbol.format("W", layer), symbol.format("b", layer)
        if values is not None:
            matrix, vector = self._matrix(values[0]) or matrix, self._matrix(values[1][:, None]) or vector
        vector = f" + {vector}" if bias else ""
        opening, closing = {"text": ("(", ")"), "latex": (r"\left(", r"\right)"), "python": ("(", ")")}[self.form]
        name = "" if entry.linear else function_name(entry, self.form)
        return f"{name}{opening}{matrix}{times}", f"{vector}{closing}"

    def _matrix(self, values: Array) -> str | None:
        if values.size > MOST_NUMBERS:
            return None
        rows = [[self.rounding.plain(float(value)) for value in row] for row in values]
        if self.form == "latex":
            body = r" \\ ".join(" & ".join(row) for row in rows)
            return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"
        if self.form == "python":
            body = ", ".join(f"[{', '.join(row)}]" for row in rows)
            return f"np.array([{body}])"
        return f"[{'; '.join(', '.join(map(typeset, row)) for row in rows)}]"
