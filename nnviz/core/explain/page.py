"""What is on the sheet, and what rides on the diagram, while somebody walks through worked arithmetic.

A page holds what has been worked out of one layer in one phase, with the step that has just been made. Its HTML is
inert but for links such as ``wire:2.0.1``, which say of which wire (layer, unit, source) a term is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from msgspec import Struct

from nnviz.core.explain.equations import Equations
from nnviz.core.explain.expression import Equation, Sum
from nnviz.core.explain.overview import kept_beside
from nnviz.core.explain.steps import Phase, Step, Steps
from nnviz.core.explain.writers import HtmlWriter, TextWriter
from nnviz.core.translation import translated

Wire = tuple[int, int, int]
"""(layer, unit, source): layer from 1, units from 0."""
#: Units whose results stay on the diagram, lines of a page, and lines that are kept.
MOST_UNITS, MOST_LINES, _MOST_KEPT = 12, 40, 2000


class Note(Struct, frozen=True):
    """A number on the diagram.

    Attributes
    ----------
    layer, unit : int
        Layer from 1, unit from 0.
    source : int or None
        The other end of the wire that it stands on; None: it stands at the unit.
    text : str
    is_current : bool
        Whether it is of the step that has just been made.
    """

    layer: int
    unit: int
    source: int | None
    text: str
    is_current: bool


class Page(Struct, frozen=True):
    """What is to be seen at a step.

    Attributes
    ----------
    title : str
    current : str
        HTML of what has just been worked out.
    lines : tuple of str
        HTML of the layer so far, without `current`; of a sum the last one is as far as it has come.
    notes : tuple of Note
    kept : str
        HTML of what the step takes out of what a layer kept on the way forward, empty where it takes nothing.
    """

    title: str
    current: str
    lines: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    kept: str = ""


class Pages:
    """The pages of a worked example, written when they are asked for; what is on several of them is written once.

    Parameters
    ----------
    equations : Equations
    steps : Steps
    """

    def __init__(self, equations: Equations, steps: Steps) -> None:
        self.equations, self.steps = equations, steps
        self.html, self.text = HtmlWriter(equations.written), TextWriter(equations.written)
        self._written: dict[int, list[str]] = {}

    def at(self, position: int) -> Page:
        """Return the page of a position in the list of steps; −1 is before the first."""
        if position < 0:
            return Page(translated("Nothing worked out yet"), "")
        step = self.steps[position]
        first = self.steps.before(position, "layer") + 1
        written = [self.html.equation(equation) for equation in self.steps.equations_of(step)]
        written = self._chain(step) + written
        # What stands out below is not said twice.
        lines = self._lines(step) if step.kind in _OF_SUM else []
        for place in range(position - 1, first - 1, -1):
            if len(lines) >= MOST_LINES:
                break
            if self._has_line(self.steps[place]):
                lines = self._kept_lines(place) + lines
        kept = kept_beside(self.html, self.equations.arithmetic, step, self.steps.source_of(step))
        notes = tuple(self._notes(position))
        return Page(self._title(step), "<br>".join(written), tuple(lines[-MOST_LINES:]), notes, kept)

    def _chain(self, step: Step) -> list[str]:
        """Write a weight's gradient as the chain rule has it, each factor by its name, where a step is about one."""
        source = self.steps.source_of(step)
        if step.kind != "gradient" or step.phase != "backward" or source is None:
            return []
        chain = self.equations.chain_rule(step.layer, step.unit, source, step.row)
        # Where an output is surely wrong, a factor is infinite, and only the product is told.
        return [self.html.equation(chain)] if math.isfinite(chain.right.value if chain.right else math.nan) else []

    def _kept_lines(self, place: int) -> list[str]:
        if place not in self._written:
            if len(self._written) > _MOST_KEPT:
                self._written.clear()
            self._written[place] = self._lines(self.steps[place])
        return self._written[place]

    def _notes(self, position: int) -> Iterator[Note]:
        """Yield the numbers on the diagram: those of the present unit, and what became of others of its layer."""
        step = self.steps[position]
        first = self.steps.before(position, "layer") + 1
        begun = self.steps.before(position, "unit") + 1
        others: list[int] = []
        place = begun - 1
        while place >= first and len(others) < MOST_UNITS:
            others += [n for n in range(self.steps.before(place, "unit") + 1, place + 1) if self._is_result(n)][-1:]
            place = self.steps.before(place, "unit")
        notes = {}
        for n in (*reversed(others), *range(begun, position)):
            note = self._note(self.steps[n], is_current=False)
            notes[note.layer, note.unit, note.source] = note
        note = self._note(step, is_current=True)
        notes.pop((note.layer, note.unit, note.source), None)
        yield from notes.values()
        yield note

    def _is_result(self, place: int) -> bool:
        return self.steps[place].kind in ("activation", "output", "delta")

    @staticmethod
    def _has_line(step: Step) -> bool:
        """A sum that is complete is written once."""
        return step.kind == "sum" or step.kind not in _OF_SUM

    def _lines(self, step: Step) -> list[str]:
        if step.kind in _OF_SUM:
            return [self._sum(step)]
        linked = self.steps.source_of(step)
        lines = [self.html.equation(equation) for equation in self.steps.equations_of(step)]
        if linked is None:
            return lines
        return [f'<a class="line" href="wire:{step.layer}.{step.unit}.{linked}">{line}</a>' for line in lines]

    def _sum(self, step: Step) -> str:
        """Write a unit's sum as far as it has come, each term a link to its wire."""
        equation = self.equations.pre_activation(step.layer, step.unit, step.row)
        terms = self.equations.forward_terms(step.layer, step.unit, step.row)
        right = equation.right
        assert right is not None
        parts = right.parts if isinstance(right, Sum) else (right,)
        done = {
            "term": step.term + 1,
            "rest": len(terms.places) + 1,
            "bias": len(parts),
            "sum": len(parts),
        }[step.kind]
        written = []
        for place, part in enumerate(parts[:done]):
            text = self.html.term(part, numbers=True, leading=place == 0)
            if place < len(terms.places):
                text = f'<a href="wire:{step.layer}.{step.unit}.{terms.places[place]}">{text}</a>'
            written.append(text)
        assert equation.name is not None
        begun = f"{self.html.name(equation.name)} = {' + '.join(written)}"
        if step.kind == "sum":
            return f"{begun} = <b>{self.html.number(equation.value)}</b>"
        return f"{begun} + …" if done < len(parts) else begun

    def _note(self, step: Step, *, is_current: bool) -> Note:
        ride = self.steps.ride(step)
        return Note(ride.layer, ride.unit, ride.source, self._said(step, ride.equation, is_current), is_current)

    def _said(self, step: Step, equation: Equation, is_current: bool) -> str:
        value = self.text.number(equation.value)
        if step.kind in ("weight", "new_bias"):
            layout = self.equations.arithmetic.subject.layout
            source = self.steps.source_of(step)
            index = (
                layout.bias_index(step.layer, step.unit)
                if source is None
                else layout.weight_index(step.layer, step.unit, source)
            )
            before = self.text.number(float(self.equations.arithmetic.subject.parameters[index]))
            return f"{before} → {value}"
        if not is_current:
            return value
        if equation.name is not None:
            return f"{self.text.name(equation.name)} = {value}"
        assert equation.right is not None
        numbers = self.text.formula(equation.right, numbers=True)
        return numbers if numbers == value else f"{numbers} = {value}"

    def _title(self, step: Step) -> str:
        n_rows = self.equations.arithmetic.n_rows
        titles = _TITLES[step.phase]
        which = titles[n_rows > 1 and step.phase in ("forward", "loss", "backward")]
        return translated(which, step.layer, max(step.unit, 0) + 1, step.row + 1)


#: Steps of a unit's sum.
_OF_SUM = ("term", "rest", "bias", "sum")
#: Headings, of the only example and of one of several; {0} layer, {1} unit, {2} example.
_TITLES: dict[Phase, tuple[str, str]] = {
    "forward": ("Forward: layer {0}, unit {1}", "Example {2}, forward: layer {0}, unit {1}"),
    "loss": ("Loss", "Example {2}, loss"),
    "backward": ("Backward: layer {0}, unit {1}", "Example {2}, backward: layer {0}, unit {1}"),
    "mean": ("All examples together: layer {0}, unit {1}", "All examples together: layer {0}, unit {1}"),
    "update": ("Update: layer {0}, unit {1}", "Update: layer {0}, unit {1}"),
}
