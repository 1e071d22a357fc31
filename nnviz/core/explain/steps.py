"""The steps of worked arithmetic in order, for whoever walks through it: forward, loss, backward, update.

The list is as long as the network is wide, so that a step is computed when it is asked for and none is kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Literal, NamedTuple, overload

from msgspec import Struct

from nnviz.core.explain.equations import Equations
from nnviz.core.explain.expression import Equation, Product, Rest, Symbol

Phase = Literal["forward", "loss", "backward", "mean", "update"]
Kind = Literal[
    "term",
    "rest",
    "bias",
    "sum",
    "activation",
    "output",
    "example",
    "total",
    "pull",
    "slope",
    "delta",
    "gradient",
    "bias_gradient",
    "weight",
    "new_bias",
]
Pace = Literal["term", "unit", "layer"]
PACES: tuple[Pace, ...] = ("term", "unit", "layer")


class Step(NamedTuple):
    """One step.

    Attributes
    ----------
    phase : str
        "forward", "loss", "backward", "mean" (of the examples of a batch) or "update".
    row : int
        The example, from 0; that of what concerns all of them is the last one.
    layer, unit : int
        Layer from 1, unit from 0; −1 for what concerns the layer.
    kind : str
        What is written; see `Kind`.
    term : int
        Which of its kind.
    """

    phase: Phase
    row: int
    layer: int
    unit: int
    kind: Kind
    term: int

    @property
    def id(self) -> str:
        """A name that stays the same, such as "forward.0.2.1.term.3"."""
        return ".".join(map(str, self))


class Ride(Struct, frozen=True):
    """Where the number of a step stands on the diagram, and what is written there.

    Attributes
    ----------
    layer, unit : int
        Layer from 1, unit from 0.
    source : int or None
        The unit at the other end of the wire; None where it stands at the unit.
    equation : Equation
        Of which the name, or the parts, and the value are written.
    """

    layer: int
    unit: int
    source: int | None
    equation: Equation


class _Block(Struct, frozen=True):
    """Units of one layer in one phase, each with the same steps."""

    phase: Phase
    row: int
    layer: int
    first_unit: int
    n_units: int
    kinds: tuple[tuple[Kind, int], ...]

    @property
    def length(self) -> int:
        return self.n_units * len(self.kinds)


class Steps(Sequence[Step]):
    """All steps of a worked example.

    Parameters
    ----------
    equations : Equations
    """

    def __init__(self, equations: Equations) -> None:
        self._equations = equations
        self._blocks = tuple(_blocks(equations))
        self._starts = [0, *accumulate(block.length for block in self._blocks)]

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, position: int) -> Step: ...
    @overload
    def __getitem__(self, position: slice) -> list[Step]: ...
    def __getitem__(self, position: int | slice) -> Step | list[Step]:
        if isinstance(position, slice):
            return [self[place] for place in range(len(self))[position]]
        place = range(len(self))[position]
        block = self._block_at(place)
        inside = place - self._starts[block]
        found = self._blocks[block]
        unit, kind = divmod(inside, len(found.kinds))
        return Step(found.phase, found.row, found.layer, found.first_unit + unit, *found.kinds[kind])

    def position(self, step: Step) -> int:
        """Return where a step stands; `ValueError` where there is none like it."""
        for number, block in enumerate(self._blocks):
            inside = step.unit - block.first_unit
            same = (block.phase, block.row, block.layer) == (step.phase, step.row, step.layer)
            if same and 0 <= inside < block.n_units and (step.kind, step.term) in block.kinds:
                kind = block.kinds.index((step.kind, step.term))
                return self._starts[number] + inside * len(block.kinds) + kind
        raise ValueError(f"there is no step {step.id}")

    def after(self, position: int, by: Pace = "term") -> int:
        """Return where one step on leads: to the next term, to the end of a unit or of a layer."""
        last = len(self) - 1
        if position >= last:
            return last
        place = position + 1
        return place if by == "term" else self._end(place, by)

    def before(self, position: int, by: Pace = "term") -> int:
        """Return where one step back leads; −1 is before everything."""
        if by == "term":
            return max(position - 1, -1)
        return max(self._begin(position, by) - 1, -1) if position >= 0 else -1

    def equations_of(self, step: Step) -> tuple[Equation, ...]:
        """Return what is written at a step: one equation, or the lines of an update."""
        equations, (_, row, layer, unit, kind, _term) = self._equations, step
        match kind:
            case "term" | "rest" | "bias":
                return (self._part_of_sum(step),)
            case "sum":
                return (equations.pre_activation(layer, unit, row),)
            case "activation":
                return (equations.activation(layer, unit, row),)
            case "output":
                return (equations.output_loss(unit, row),)
            case "example":
                return (equations.example_loss(row),)
            case "total":
                return (equations.total_loss(),)
            case "pull":
                return (equations.pull(layer, unit, row),)
            case "slope":
                return (equations.slope(layer, unit, row),)
            case "delta":
                return (equations.delta(layer, unit, row),)
            case "gradient" | "bias_gradient":
                source = self.source_of(step)
                if step.phase == "mean" or equations.arithmetic.is_single:
                    return (equations.gradient(layer, unit, source),)
                return (equations.example_gradient(layer, unit, source, row),)
            case "weight" | "new_bias":
                return equations.update(layer, unit, self.source_of(step))

    def source_of(self, step: Step) -> int | None:
        """Return the unit at the other end of the wire that a step is about; None where it is about no wire."""
        if step.kind == "term":
            return self._equations.forward_terms(step.layer, step.unit, step.row).places[step.term]
        if step.kind in ("gradient", "weight"):
            return self._equations.strongest_sources(step.layer, step.unit)[step.term]
        return None

    def ride(self, step: Step) -> Ride:
        """Return where the number of a step stands on the diagram."""
        unit = max(step.unit, 0)
        return Ride(step.layer, unit, self.source_of(step), self.equations_of(step)[-1])

    def _part_of_sum(self, step: Step) -> Equation:
        terms = self._equations.forward_terms(step.layer, step.unit, step.row)
        whole = self._equations.pre_activation(step.layer, step.unit, step.row).right
        parts = (whole,) if isinstance(whole, Product | Symbol | Rest) else getattr(whole, "parts", ())
        place = {"term": step.term, "rest": len(terms.places), "bias": -1}[step.kind]
        part = parts[place]
        return Equation(None, part, part.value)

    def _block_at(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def _begin(self, place: int, by: Pace) -> int:
        block = self._block_at(place)
        start, found = self._starts[block], self._blocks[block]
        if by == "layer":
            return start
        return start + (place - start) // len(found.kinds) * len(found.kinds)

    def _end(self, place: int, by: Pace) -> int:
        block = self._block_at(place)
        if by == "layer":
            return self._starts[block + 1] - 1
        return self._begin(place, by) + len(self._blocks[block].kinds) - 1


def _blocks(equations: Equations) -> Iterator[_Block]:
    arithmetic = equations.arithmetic
    subject, n_rows = arithmetic.subject, arithmetic.n_rows
    sizes, n_layers, bias = subject.layout.sizes, subject.layout.n_layers, subject.bias
    for row in range(n_rows):
        for layer in range(1, n_layers + 1):
            yield _Block("forward", row, layer, 0, sizes[layer], tuple(_forward(sizes[layer - 1], equations, bias)))
        if sizes[-1] > 1:
            yield _Block("loss", row, n_layers, 0, sizes[-1], (("output", 0),))
        yield _Block("loss", row, n_layers, -1, 1, (("example", 0),))
        for layer in range(n_layers, 0, -1):
            told = subject.activations[layer - 1].elementwise
            kinds: list[tuple[Kind, int]] = [("pull", 0), ("slope", 0)] if told else []
            kinds += [("delta", 0), *_along("gradient", "bias_gradient", sizes[layer - 1], equations, bias)]
            yield _Block("backward", row, layer, 0, sizes[layer], tuple(kinds))
    if not arithmetic.is_single:
        yield _Block("mean", n_rows - 1, n_layers, -1, 1, (("total", 0),))
        for layer in range(n_layers, 0, -1):
            along = tuple(_along("gradient", "bias_gradient", sizes[layer - 1], equations, bias))
            yield _Block("mean", n_rows - 1, layer, 0, sizes[layer], along)
    for layer in range(1, n_layers + 1):
        along = tuple(_along("weight", "new_bias", sizes[layer - 1], equations, bias))
        yield _Block("update", n_rows - 1, layer, 0, sizes[layer], along)


def _forward(n_sources: int, equations: Equations, bias: bool) -> Iterator[tuple[Kind, int]]:
    yield from (("term", term) for term in range(min(n_sources, equations.most)))
    if n_sources > equations.most:
        yield "rest", 0
    if bias:
        yield "bias", 0
    yield "sum", 0
    yield "activation", 0


def _along(weight: Kind, one: Kind, n_sources: int, equations: Equations, bias: bool) -> Iterator[tuple[Kind, int]]:
    yield from ((weight, term) for term in range(min(n_sources, equations.most)))
    if bias:
        yield one, 0
