"""The loss on a page of its own: costs of the same errors side by side, and why a softmax has so simple a slope."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import ArrayLike

from nnviz.core.explain.arithmetic import Arithmetic
from nnviz.core.explain.matrices import matrix, side_by_side
from nnviz.core.explain.tables import compare_costs, softmax_slopes
from nnviz.core.explain.writers import HtmlWriter
from nnviz.core.translation import translated

#: Outputs of a comparison and classes of a Jacobian that are written out.
MOST_OUTPUTS, MOST_CLASSES = 12, 5


def cost_table(html: HtmlWriter, targets: ArrayLike, outputs: ArrayLike) -> str:
    """Return three costs of the same errors as a table: plain, absolute, half squared.

    Raises
    ------
    DataError
        Where there are not as many outputs as targets, or they are no finite numbers.
    """
    costs = compare_costs(targets, outputs)
    y, p = np.ravel(np.asarray(targets, dtype=float)), np.ravel(np.asarray(outputs, dtype=float))
    heads = ("y", "ŷ", "y − ŷ", "|y − ŷ|", "½(y − ŷ)²")
    lines = ["".join(f'<td class="head">{head}</td>' for head in heads)]
    for target, output, apart in zip(y[:MOST_OUTPUTS], p[:MOST_OUTPUTS], costs.differences, strict=False):
        values = (target, output, apart, abs(apart), 0.5 * apart * apart)
        lines.append("".join(f'<td class="entry">{escape(html.number(float(value)))}</td>' for value in values))
    if len(y) > MOST_OUTPUTS:
        lines.append('<td class="head">⋮</td>' * len(heads))
    sums = (costs.plain, costs.absolute, costs.half_squared)
    total = f'<td class="head" colspan="2">{escape(translated("sum"))}</td>'
    total += "".join(f'<td class="entry"><b>{escape(html.number(value))}</b></td>' for value in sums)
    body = "".join(f"<tr>{line}</tr>" for line in (*lines, total))
    words = translated(
        "In the plain sum opposite errors cancel; |y − ŷ| has a kink at 0; ½(y − ŷ)² has neither, and the slope ŷ − y."
    )
    table = f'<table class="matrix" cellspacing="1" cellpadding="3">{body}</table>'
    return f'{table}<p class="quiet">{escape(words)}</p>'


def softmax_page(html: HtmlWriter, arithmetic: Arithmetic, row: int) -> tuple[str, ...]:
    """Return a softmax's Jacobian and what becomes of it with cross-entropy; nothing where the output is none."""
    subject, passed = arithmetic.subject, arithmetic.passed
    if subject.activations[-1].elementwise or subject.loss.logit_slopes is None:
        return ()
    slopes = softmax_slopes(passed.A[-1][row], passed.targets[row])
    most = (MOST_CLASSES, MOST_CLASSES)
    jacobian = matrix(html, slopes.jacobian.T, most=most, rows=True, columns=True)
    pull = matrix(html, slopes.pull[:, None], most=most)
    delta = matrix(html, slopes.delta[:, None], most=most, rows=True)
    return (
        f"<b>{escape(translated('Softmax and cross-entropy'))}</b>",
        "<i>J<sub>ij</sub> = ∂ŷ<sub>i</sub>/∂z<sub>j</sub> = ŷ<sub>i</sub>·(1 − ŷ<sub>i</sub>)</i> "
        f"{escape(translated('where i = j, else'))} <i>−ŷ<sub>i</sub>·ŷ<sub>j</sub></i>",
        "<i>δ = J<sup>T</sup>·∂ℓ/∂ŷ = ŷ − y</i>",
        side_by_side(jacobian, "·", pull, "=", delta),
    )
