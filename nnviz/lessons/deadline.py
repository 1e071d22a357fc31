"""By which epoch a wait is over at the latest: a run that stops there shows the very figures that the lesson tells."""

from __future__ import annotations

import ast
import math

from nnviz.lessons.conditions import Condition

_AT_LEAST = {ast.GtE: 0, ast.Eq: 0, ast.Gt: 1}


def deadline(condition: Condition) -> int | None:
    """Return the epoch by which `condition` holds whatever else becomes of the run; None where there is none.

    Examples
    --------
    >>> from nnviz.lessons.conditions import read_condition
    >>> deadline(read_condition("train_accuracy >= 0.97 or epoch >= 400"))
    400
    >>> deadline(read_condition("epoch >= 3 and epoch < 2")) is None
    True
    """
    epoch = _latest(ast.parse(condition.text, mode="eval").body)
    return int(epoch) if math.isfinite(epoch) else None


def _latest(node: ast.expr) -> float:
    match node:
        case ast.BoolOp(op=ast.Or(), values=values):
            return min(map(_latest, values))
        case ast.Compare(left=ast.Name(id="epoch"), ops=[op], comparators=[ast.Constant(value=int(number))]):
            return number + _AT_LEAST[type(op)] if type(op) in _AT_LEAST else math.inf
    return math.inf
