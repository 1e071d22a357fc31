"""What every epoch records, computed with the examples side by side in the lanes: loss, score, squared error."""

from __future__ import annotations

import math
from typing import Any

from nnviz.core.kernels.batch import (
    CODE,
    FIELDS,
    N_IN,
    N_OUT,
    ROW_OUT,
    activate_layer,
    forward,
    gather_in_order,
)
from nnviz.core.kernels.cache import compiled, inlined, woven
from nnviz.core.kernels.functions import CROSS_ENTROPY, loss_per_example
from nnviz.core.kernels.lanes import (
    absolute,
    ahead,
    first_lanes,
    load,
    logarithm_of_one_plus,
    spread,
    store,
    total,
    where_greater,
    zeros8,
)
from nnviz.core.kernels.matrix import WIDTH
from nnviz.core.kernels.types import BALANCED, ERRORS, FORWARD_ROWS, LOSSES, MEASURED, N_SUMS, RIGHT, SUMS, ZERO


@compiled
def measure(plan: Any, parameters: Any, data: Any, work: Any, sums: Any, begin: int, end: int) -> None:
    """Add to `sums` what the rows from `begin` to `end` have; chunks begin at multiples of their length."""
    layers = plan.layers
    last = (plan.n_layers - 1) * FIELDS
    n_out = layers[last + N_OUT]
    losses, right, errors = sums[LOSSES], sums[RIGHT], sums[ERRORS]
    balanced = load(sums, BALANCED, zeros8())
    for first in range(begin, end, plan.chunk):
        count = min(plan.chunk, end - first)
        lanes = (count + WIDTH - 1) // WIDTH * WIDTH
        pitch = plan.pitch
        gather_in_order(data.X, layers[N_IN], first, count, work.A, pitch)
        gather_in_order(data.Y, n_out, first, count, work.Y, pitch)
        forward(layers, plan.n_layers, parameters, work.A, work.slopes, work.factors, pitch, lanes, work.idle)
        for unit in range(n_out):
            at = (layers[last + ROW_OUT] + unit) * pitch
            for lane in range(0, lanes, WIDTH):
                store(work.Z, unit * pitch + lane, load(work.A, at + lane, zeros8()))
        activate_layer(layers[last + CODE], work.A, work.slopes, layers[last + ROW_OUT], n_out, pitch, lanes)
        for lane in range(0, lanes, WIDTH):
            inside = first_lanes(count - lane, zeros8())
            at = layers[last + ROW_OUT] * pitch + lane
            loss_here = _loss(plan.loss, work.Z, work.A, work.slopes, work.Y, at, lane, n_out, pitch)
            if data.weighted:
                loss_here = loss_here * load(data.weights, first + lane, loss_here)
            losses += _kept(inside, loss_here)
            if plan.classification:
                hits = _right(work.A, work.Y, at, lane, n_out, pitch, plan.threshold)
                right += _kept(inside, hits)
                balanced = balanced + hits * load(data.shares, first + lane, hits)
            else:
                errors += _kept(inside, _squared_error(work.A, work.Y, data.scale, at, lane, n_out, pitch))
    sums[LOSSES], sums[RIGHT], sums[ERRORS] = losses, right, errors
    store(sums, BALANCED, balanced)


@inlined
def _measure_part(plan: Any, part: Any, before: int, sums: Any, work: Any, state: Any, goal: int) -> None:
    """Sum the figures of a part up, which comes after `before` rows of others, until about `goal` are measured."""
    counters = state.counters
    first, room = counters[MEASURED] - before, goal - counters[MEASURED]
    if first < 0 or first >= part.n or room <= 0:
        return
    end = min(part.n, first + max(room // plan.chunk, 1) * plan.chunk)
    measure(plan, state.parameters, part, work, sums, first, end)
    counters[MEASURED] = before + end


@woven
def measure_epoch(plan: Any, data: Any, validation: Any, test: Any, work: Any, state: Any, piece: int) -> bool:
    """Sum the figures of all rows up, or of a piece of them; return whether that was the last."""
    counters, sums = state.counters, ahead(state.numbers, SUMS)
    if counters[MEASURED] == 0:
        for k in range(3 * N_SUMS):
            sums[k] = 0.0
    goal, n_held_back = counters[MEASURED] + FORWARD_ROWS * piece, data.n + validation.n
    _measure_part(plan, data, ZERO, sums, work, state, goal)
    _measure_part(plan, validation, data.n, ahead(sums, N_SUMS), work, state, goal)
    _measure_part(plan, test, n_held_back, ahead(sums, 2 * N_SUMS), work, state, goal)
    if counters[MEASURED] < n_held_back + test.n:
        return False
    counters[MEASURED] = 0
    return True


@compiled
def figures(plan: Any, data: Any, sums: Any) -> tuple[float, float, float, float]:
    """Return loss, score, RMSE and balanced accuracy; NaN where there are no rows or it does not apply."""
    if data.n == 0:
        return math.nan, math.nan, math.nan, math.nan
    loss = sums[LOSSES] / data.whole if plan.mean else sums[LOSSES]
    if plan.classification:
        return loss, sums[RIGHT] / data.n, math.nan, total(load(sums, BALANCED, zeros8()))
    errors, n_out = sums[ERRORS], plan.layers[(plan.n_layers - 1) * FIELDS + N_OUT]
    score = 1.0 - errors / data.variation if data.variation > 0.0 else math.nan
    return loss, score, math.sqrt(errors / (data.n * n_out)), math.nan


@inlined
def _kept(inside: Any, values: Any) -> float:
    """Return the sum over the lanes in use; not as a product, for the others may hold infinities."""
    return total(where_greater(inside, 0.0, values, zeros8()))  # type: ignore[no-any-return]


@inlined
def _loss(loss: int, Z: Any, A: Any, slopes: Any, Y: Any, at: int, lane: int, n_out: int, pitch: int) -> Any:
    if loss == CROSS_ENTROPY:
        return _cross_entropy(Z, A, Y, at, lane, n_out, pitch)
    whole = zeros8()
    for unit in range(n_out):
        here = unit * pitch
        y, z, a = load(Y, lane + here, whole), load(Z, lane + here, whole), load(A, at + here, whole)
        whole = whole + loss_per_example(loss, y, z, a, load(slopes, at + here, whole))
    return whole


@inlined
def _cross_entropy(Z: Any, A: Any, Y: Any, at: int, lane: int, n_out: int, pitch: int) -> Any:
    """Return ``Σ y·(ln Σ eᶻ − z)`` from the logits, shifted by the largest so that no exponential overflows.

    What the exponentials of the others are beside that of the largest, their probabilities know already.
    """
    largest, top = load(Z, lane, zeros8()), load(A, at, zeros8())
    for unit in range(1, n_out):
        z, a = load(Z, unit * pitch + lane, largest), load(A, unit * pitch + at, largest)
        top = where_greater(largest, z, top, a)
        largest = where_greater(largest, z, largest, z)
    others, largest_ones, products, targets = zeros8(), zeros8(), zeros8(), zeros8()
    for unit in range(n_out):
        z, y = load(Z, unit * pitch + lane, largest) - largest, load(Y, unit * pitch + lane, largest)
        # All but the largest, whose 1 would leave no digits for the others where one class is all but certain.
        others = others + where_greater(0.0, z, load(A, unit * pitch + at, z), z)
        largest_ones = largest_ones + where_greater(0.0, z, 0.0, 1.0)
        products = products + y * z
        targets = targets + y
    return targets * logarithm_of_one_plus(others / top + (largest_ones - 1.0)) - products


@inlined
def _right(A: Any, Y: Any, at: int, lane: int, n_out: int, pitch: int, threshold: float) -> Any:
    """Return ones where the class is predicted right: same side of the threshold, or same largest entry."""
    a, y = load(A, at, zeros8()), load(Y, lane, zeros8())
    if n_out == 1:
        predicted = where_greater(a, threshold, 1.0, zeros8())
        return 1.0 - absolute(predicted - where_greater(y, threshold, 1.0, zeros8()))
    a_index, y_index = zeros8(), zeros8()
    for unit in range(1, n_out):
        a_next, y_next = load(A, at + unit * pitch, a), load(Y, lane + unit * pitch, a)
        a_index, a = where_greater(a_next, a, float(unit), a_index), where_greater(a_next, a, a_next, a)
        y_index, y = where_greater(y_next, y, float(unit), y_index), where_greater(y_next, y, y_next, y)
    return where_greater(0.5, absolute(a_index - y_index), 1.0, zeros8())


@inlined
def _squared_error(A: Any, Y: Any, scale: Any, at: int, lane: int, n_out: int, pitch: int) -> Any:
    whole = zeros8()
    for unit in range(n_out):
        error = load(A, at + unit * pitch, whole) - load(Y, lane + unit * pitch, whole)
        error = error * spread(scale, unit, whole)
        whole = whole + error * error
    return whole
