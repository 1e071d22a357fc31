"""What an object says of itself: a line in a terminal, and in a notebook a small table with a curve.

The HTML is inert: every text is escaped, and the curve is an SVG without scripts, links or fonts, drawn in the colour
of the text around it, so that it can be seen on dark pages too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import numpy as np
from msgspec import Struct

from nnviz.core.layout import Array
from nnviz.core.numbers import loss_text
from nnviz.core.translation import translated

#: Size of a curve, and what is left free around it for the figures at its ends, in pixels.
_WIDTH, _HEIGHT, _MARGIN = 360, 120, 18
#: Longest text of others, such as the title of a data set, that is repeated.
_LONGEST = 80
#: How curves are told apart: dashes, not colours.
_DASHES = ("none", "5 3", "1 3")


class Description(Struct, frozen=True):
    """What there is to say of an object.

    Attributes
    ----------
    line : str
        All that matters, in one line.
    title : str
        Above the table.
    facts : sequence of (name, value)
    curves : mapping of str to (x, y)
        By what they show; all of them share the axes.
    """

    line: str
    title: str
    facts: Sequence[tuple[str, str]] = ()
    curves: Mapping[str, tuple[Array, Array]] | None = None


class Described:
    """Base of what describes itself: `description` says what there is to say."""

    def description(self) -> Description:
        """Return what there is to say."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{self.description().line}>"

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        return html(self.description())


def html(description: Description) -> str:
    """Return a piece of a page."""
    cell = '<td style="text-align: left">{0}</td>'
    rows = "".join(
        f"<tr>{cell.format(escape(translated(name)))}{cell.format(escape(short(value)))}</tr>"
        for name, value in description.facts
    )
    table = f"<table>{rows}</table>" if rows else ""
    return f"<div><strong>{escape(short(description.title))}</strong>{table}{curve_svg(description.curves or {})}</div>"


def curve_svg(curves: Mapping[str, tuple[Array, Array]]) -> str:
    """Return curves over common axes as SVG; empty where none has two points."""
    known = {name: (x[np.isfinite(y)], y[np.isfinite(y)]) for name, (x, y) in curves.items()}
    known = {name: (x, y) for name, (x, y) in known.items() if len(y) > 1}
    if not known:
        return ""
    (left, right), (low, high) = (_ends(parts) for parts in zip(*known.values(), strict=True))
    across = (_WIDTH - 2 * _MARGIN) / ((right - left) or 1.0)
    up = (_HEIGHT - 2 * _MARGIN) / ((high - low) or 1.0)
    pieces = []
    for (x, y), dash in zip(known.values(), _DASHES, strict=False):
        points = " ".join(
            f"{_MARGIN + (a - left) * across:.1f},{_HEIGHT - _MARGIN - (b - low) * up:.1f}"
            for a, b in zip(x.tolist(), y.tolist(), strict=True)
        )
        pieces.append(
            f'<polyline points="{points}" fill="none" stroke-width="1.5" stroke-dasharray="{dash or "none"}"/>'
        )
    box = f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{_WIDTH - 2 * _MARGIN}" height="{_HEIGHT - 2 * _MARGIN}"'
    kinds = (translated("solid"), translated("dashed"), translated("dotted"))
    names = ", ".join(f"{translated(name)} ({kind})" for name, kind in zip(known, kinds, strict=False))
    said = translated("{0}; from {1} down to {2}, epochs {3} to {4}", names, *map(loss_text, (high, low)), left, right)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(said)}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" stroke="currentColor">'
        f'{box} fill="none" stroke-opacity="0.25"/>{"".join(pieces)}'
        f'<g fill="currentColor" stroke="none" font-size="11">'
        f"{_label(_MARGIN, _MARGIN - 5, 'start', loss_text(high))}"
        f"{_label(_WIDTH - _MARGIN, _MARGIN - 5, 'end', names)}"
        f"{_label(_MARGIN, _HEIGHT - 5, 'start', loss_text(low))}"
        f"{_label(_WIDTH - _MARGIN, _HEIGHT - 5, 'end', translated('epoch {0}', int(right)))}</g></svg>"
    )


def short(text: str) -> str:
    """Return text of others on one line, of a long one only the beginning."""
    line = " ".join(str(text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def sizes_text(sizes: Iterable[int]) -> str:
    """Return "2-8-8-1"."""
    return "-".join(map(str, sizes))


def _ends(arrays: Sequence[Array]) -> tuple[float, float]:
    return min(float(array.min()) for array in arrays), max(float(array.max()) for array in arrays)


def _label(x: int, y: int, anchor: str, text: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
