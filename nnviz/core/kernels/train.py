"""The compiled training loop: what Python calls. Every choice is an integer code, as in the tables.

Two ways through the network share it: examples side by side (`batch`) and units side by side
(`online`). Neither the loop nor anything below it touches Python or holds its lock.
"""

from __future__ import annotations

from typing import Any

from nnviz.core.kernels.batch import (
    CODE,
    FIELDS,
    N_IN,
    N_OUT,
    ROW_OUT,
    activate_layer,
    backward,
    forward,
    gather,
    gather_in_order,
    output_deltas,
    weight_gradients,
)
from nnviz.core.kernels.cache import compiled, entry_point, inlined, woven
from nnviz.core.kernels.lanes import ahead, pointer
from nnviz.core.kernels.matrix import WIDTH
from nnviz.core.kernels.metrics import figures, measure_epoch
from nnviz.core.kernels.online import backward_one, forward_one, pack, take_example, unpack
from nnviz.core.kernels.slim import descend, numbers_of
from nnviz.core.kernels.types import (
    BEST_EPOCH,
    BEST_LOSS,
    DIVERGED,
    EPOCH,
    GOING_ON,
    LOSS_LIMIT,
    N_BATCHES,
    N_COLUMNS,
    N_COUNTERS,
    N_RECORDS,
    N_SNAPSHOTS,
    N_SUMS,
    ONE,
    PASSED,
    PATIENCE,
    RATE,
    SAMPLE,
    STOP,
    SUMS,
    TARGET_LOSS,
    UPDATE,
    ZERO,
    Data,
    Maps,
    Plan,
    Rules,
    State,
    Work,
    data_at,
    maps_at,
    plan_at,
    rules_at,
    size_of,
    state_at,
    work_at,
)
from nnviz.core.kernels.update import (
    CONSTANT,
    SGD,
    add_penalties,
    clear_held,
    clip,
    copy,
    dropout_factors,
    dropout_key,
    hold,
    is_finite,
    lay_out_order,
    note_held,
    penalty,
    scheduled_rate,
    step,
)

#: Of which tuples the block is made, in this order: the three of data are training, validation and test rows.
TRAINED = (Plan, Work, Data, Data, Data, Rules, State)
_WORK, _DATA, _VALIDATION, _TEST, _RULES, _STATE = (size_of(*TRAINED[:k]) for k in range(1, len(TRAINED)))


@woven
def _batch_gradient(
    plan: Any,
    data: Any,
    rules: Any,
    work: Any,
    state: Any,
    sample: int,
    count: int,
    at_once: bool,
    rate: float,
    end: int,
) -> None:
    """Sum the gradient of a mini-batch's loss up in ``work.gradient``, in chunks that fit the cache, until `end`.

    With `at_once` take the step of plain gradient descent as well; the batch must fit one chunk then.
    """
    layers, n_layers, pitch, n = plan.layers, plan.n_layers, plan.pitch, plan.n_parameters
    last = (n_layers - 1) * FIELDS
    n_out, row = layers[last + N_OUT], layers[last + ROW_OUT]
    scale = 1.0 / count if plan.mean else 1.0
    if at_once:
        scale *= -rate
    for first in range(state.counters[PASSED], end, plan.chunk):
        size = min(plan.chunk, end - first)
        lanes = (size + WIDTH - 1) // WIDTH * WIDTH
        gather(data.X, layers[N_IN], state.order, sample + first, size, work.A, pitch)
        gather(data.Y, n_out, state.order, sample + first, size, work.Y, pitch)
        if data.weighted:
            gather(data.weights, ONE, state.order, sample + first, size, work.weights, pitch)
        if work.dropping:
            key = dropout_key(rules.seed, state.counters[EPOCH], sample)
            dropout_factors(
                work.factors, plan.hidden_places, plan.n_hidden, pitch, key, first, size, ONE, rules.dropout
            )
        forward(layers, n_layers, work.parameters, work.A, work.slopes, work.factors, pitch, lanes, work.dropping)
        activate_layer(layers[last + CODE], work.A, work.slopes, row, n_out, pitch, lanes)
        output_deltas(
            layers, n_layers, plan.loss, work.A, work.Y, work.slopes, pitch, lanes, size,
            scale, work.weights, data.weighted,
        )  # fmt: skip
        backward(layers, n_layers, work.parameters, work.slopes, pitch, lanes)
        target = work.gradient if first == 0 else work.part
        weight_gradients(
            layers, n_layers, work.A, work.slopes, work.parameters, at_once, target, work.rows, pitch, lanes, plan.bias
        )
        if first > 0:
            for k in range(n):
                work.gradient[k] += work.part[k]
    for k in range(n, plan.n_packed):
        work.gradient[k] = 0.0


@woven
def _finish_update(rules: Any, plan: Any, work: Any, state: Any, rate: float) -> None:
    n, t = plan.n_packed, state.counters[UPDATE] + 1
    if rules.l1 > 0.0 or rules.l2 > 0.0:
        add_penalties(work.parameters, work.gradient, plan.is_weight, n, rules.l1, rules.l2)
    if state.n_held > 0:
        clear_held(work.gradient, state.held, state.n_held)
    if rules.clip_norm > 0.0:
        clip(work.gradient, n, rules.clip_norm)
    step(rules.optimizer, work.parameters, n, work.gradient, work.slots, rate, t, rules.optimizer_own)


@woven
def _rate(rules: Any, counters: Any, n: int) -> float:
    if rules.schedule == CONSTANT:
        return rules.learning_rate  # type: ignore[no-any-return]
    progress = counters[EPOCH] + counters[SAMPLE] / n
    return scheduled_rate(rules.schedule, rules.learning_rate, progress, rules.schedule_own)


@inlined
def _is_plain(rules: Any) -> bool:
    """Return whether the gradient of the loss alone is followed straight downhill."""
    unpenalised = rules.l1 == 0.0 and rules.l2 == 0.0 and rules.clip_norm == 0.0
    return unpenalised and rules.optimizer == SGD  # type: ignore[no-any-return]


@woven
def _count_update(state: Any, sample: int, rate: float) -> None:
    state.numbers[RATE] = rate
    state.counters[SAMPLE] = sample
    state.counters[UPDATE] += 1
    state.counters[N_BATCHES] += 1


@woven
def _sweep_online(plan: Any, data: Any, rules: Any, work: Any, state: Any, max_batches: int) -> None:
    """Make updates up to the end of the epoch or to `max_batches`, units side by side."""
    units, n_layers, counters = plan.units, plan.n_layers, state.counters
    n_features, n_outputs = plan.layers[N_IN], plan.layers[(n_layers - 1) * FIELDS + N_OUT]
    at_once = rules.batch_size == 1 and _is_plain(rules)
    while counters[SAMPLE] < data.n and counters[N_BATCHES] < max_batches:
        sample = counters[SAMPLE]
        count = min(rules.batch_size, data.n - sample)
        rate = _rate(rules, counters, data.n)
        scale = 1.0 / count if plan.mean else 1.0
        target, factor = work.parameters, -rate
        if not at_once:
            target, factor = work.gradient, 1.0
            for k in range(plan.n_packed):
                work.gradient[k] = 0.0
        for e in range(count):
            row = state.order[sample + e]
            inputs = take_example(data.X, n_features, data.Y, n_outputs, row, work.A, work.Y)
            own = scale * data.weights[row] if data.weighted else scale
            if work.dropping:
                key = dropout_key(rules.seed, counters[EPOCH], sample)
                dropout_factors(work.factors, plan.hidden_places, plan.n_hidden, ONE, key, e, ONE, ZERO, rules.dropout)
            forward_one(units, n_layers, work.parameters, work.A, work.slopes, work.factors, work.dropping, inputs)
            backward_one(
                units, n_layers, plan.loss, work.parameters, work.A, work.slopes, work.Y, plan.inside, own,
                target, factor, plan.bias,
            )  # fmt: skip
        if not at_once:
            _finish_update(rules, plan, work, state, rate)
        if state.n_held > 0:
            hold(work.parameters, work.slots, plan.n_packed, rules.n_slots, state.held, state.n_held, state.kept)
        _count_update(state, sample + count, rate)


@woven
def _sweep_slim(plan: Any, data: Any, rules: Any, work: Any, state: Any, max_batches: int) -> None:
    """Make updates up to the end of the epoch or to `max_batches`, an example each, in a `slim` network."""
    units, n_layers, counters = plan.units, plan.n_layers, state.counters
    n_features, n_outputs = plan.layers[N_IN], plan.layers[(n_layers - 1) * FIELDS + N_OUT]
    while counters[SAMPLE] < data.n and counters[N_BATCHES] < max_batches:
        sample = counters[SAMPLE]
        rate, row = _rate(rules, counters, data.n), state.order[sample]
        own = data.weights[row] if data.weighted else 1.0
        x, y = numbers_of(data.X, n_features, row), numbers_of(data.Y, n_outputs, row)
        descend(
            units, n_layers, plan.loss, work.parameters, work.A, work.slopes, x, y, plan.inside, own, rate, plan.bias
        )
        if state.n_held > 0:
            hold(work.parameters, work.slots, plan.n_packed, rules.n_slots, state.held, state.n_held, state.kept)
        _count_update(state, sample + 1, rate)


@woven
def _sweep_batches(plan: Any, data: Any, rules: Any, work: Any, state: Any, max_batches: int, piece: int) -> None:
    """Make updates up to the end of the epoch or to `max_batches`, examples side by side.

    Of a mini-batch larger than a piece, no more than that; the update is made once all of it has been summed up.
    """
    counters = state.counters
    at_once = plan.wide and rules.batch_size <= plan.chunk and _is_plain(rules)
    while counters[SAMPLE] < data.n and counters[N_BATCHES] < max_batches:
        sample = counters[SAMPLE]
        count = min(rules.batch_size, data.n - sample)
        rate = _rate(rules, counters, data.n)
        end = min(count, counters[PASSED] + piece)
        _batch_gradient(plan, data, rules, work, state, sample, count, at_once, rate, end)
        if end < count:
            counters[PASSED] = end
            break
        counters[PASSED] = 0
        if not at_once:
            _finish_update(rules, plan, work, state, rate)
        if state.n_held > 0:
            hold(work.parameters, work.slots, plan.n_packed, rules.n_slots, state.held, state.n_held, state.kept)
        _count_update(state, sample + count, rate)


@compiled
def _save(work: Any, counters: Any, n: int, n_slots: int) -> None:
    copy(work.parameters, work.saved, n)
    copy(work.slots, ahead(work.saved, n), n_slots * n)
    copy(counters, work.saved_counters, N_COUNTERS)


@compiled
def _restore(work: Any, counters: Any, n: int, n_slots: int) -> None:
    copy(work.saved, work.parameters, n)
    copy(ahead(work.saved, n), work.slots, n_slots * n)
    copy(work.saved_counters, counters, N_COUNTERS)


@woven
def _finish_epoch(
    plan: Any, data: Any, validation: Any, test: Any, rules: Any, work: Any, state: Any, stride: int
) -> int:
    """Record the epoch that is done and look at the stop conditions; return why to stop."""
    counters, numbers, sums = state.counters, state.numbers, ahead(state.numbers, SUMS)
    counters[SAMPLE] = 0
    loss, score, rmse, balanced = figures(plan, data, sums)
    if not abs(loss) <= numbers[LOSS_LIMIT]:
        return DIVERGED
    counters[EPOCH] += 1
    row = ahead(state.records, counters[N_RECORDS] * N_COLUMNS)
    counters[N_RECORDS] += 1
    row[0], row[3], row[6], row[9] = loss, score, rmse, balanced
    row[1], row[4], row[7], row[10] = figures(plan, validation, ahead(sums, N_SUMS))
    row[2], row[5], row[8], row[11] = figures(plan, test, ahead(sums, 2 * N_SUMS))
    row[12] = 0.0
    if rules.l1 > 0.0 or rules.l2 > 0.0:
        row[12] = penalty(work.parameters, plan.is_weight, plan.n_packed, rules.l1, rules.l2)
    row[13] = numbers[RATE]
    n = plan.n_parameters
    if counters[EPOCH] % stride == 0:
        copy(state.parameters, ahead(state.snapshots, counters[N_SNAPSHOTS] * n), n)
        counters[N_SNAPSHOTS] += 1
    watched = row[1] if validation.n > 0 else row[2] if test.n > 0 else loss
    if watched < numbers[BEST_LOSS]:
        numbers[BEST_LOSS] = watched
        counters[BEST_EPOCH] = counters[EPOCH]
        copy(state.parameters, state.best_parameters, n)
    if loss <= rules.target_loss:
        return TARGET_LOSS
    if rules.patience > 0 and counters[EPOCH] - counters[BEST_EPOCH] >= rules.patience:
        return PATIENCE
    return GOING_ON


@entry_point
def train(block: Any, max_batches: int, max_epochs: int, stride: int, piece: int) -> None:
    """Make up to `max_batches` updates and finish up to `max_epochs` epochs; keep the parameters every `stride`.

    Whether parameters are still finite is looked at once an epoch, for an infinity never goes away by itself. When
    one has appeared, the epoch is repeated one update at a time to find and take back the one that did it.
    `block` is what `packed` makes of `TRAINED`.

    A single update may be cut: after about `piece` examples, or three times as many rows of figures, the call returns,
    and another one with the same `block` goes on, as ``counters[PASSED]`` or ``counters[MEASURED]`` says.
    """
    numbers = pointer(block)
    plan, work, rules, state = (
        plan_at(numbers, 0), work_at(numbers, _WORK), rules_at(numbers, _RULES), state_at(numbers, _STATE)
    )  # fmt: skip
    data, validation, test = (
        data_at(numbers, _DATA), data_at(numbers, _VALIDATION), data_at(numbers, _TEST)
    )  # fmt: skip
    counters, n, n_slots, careful = state.counters, plan.n_packed, rules.n_slots, max_batches == 1
    pack(plan, state.parameters, work.parameters)
    for slot in range(n_slots):
        pack(plan, ahead(state.slots, slot * plan.n_parameters), ahead(work.slots, slot * n))
    note_held(work.parameters, work.slots, n, n_slots, state.held, state.n_held, state.kept)
    _save(work, counters, n, n_slots)
    while (
        counters[STOP] == GOING_ON
        and (counters[N_BATCHES] < max_batches or counters[SAMPLE] == data.n)
        and counters[N_RECORDS] < max_epochs
    ):
        if counters[SAMPLE] == 0 and counters[PASSED] == 0:
            lay_out_order(state.order, work.partners, data.n, rules.seed, counters[EPOCH], rules.shuffle)
        until = counters[N_BATCHES] + 1 if careful else max_batches
        if plan.slim and rules.batch_size == 1 and not work.dropping and _is_plain(rules):
            _sweep_slim(plan, data, rules, work, state, until)
        elif plan.online:
            _sweep_online(plan, data, rules, work, state, until)
        else:
            _sweep_batches(plan, data, rules, work, state, until, piece)
        if not is_finite(work.parameters, n):
            _restore(work, counters, n, n_slots)
            counters[STOP] = DIVERGED if careful else GOING_ON
            careful = True
            continue
        if counters[SAMPLE] == data.n:
            unpack(plan, work.parameters, state.parameters)
            if not measure_epoch(plan, data, validation, test, work, state, piece):
                break
            counters[STOP] = _finish_epoch(plan, data, validation, test, rules, work, state, stride)
            if counters[STOP] == DIVERGED:
                copy(work.saved, work.parameters, n)
        if counters[PASSED] > 0:
            break
        if careful or counters[SAMPLE] == 0:
            _save(work, counters, n, n_slots)
    unpack(plan, work.parameters, state.parameters)
    for slot in range(n_slots):
        unpack(plan, ahead(work.slots, slot * n), ahead(state.slots, slot * plan.n_parameters))


#: The same for `unit_maps`.
MAPPED = (Plan, Work, Data, Data, Data, Maps)
_MAPS = size_of(*MAPPED[:-1])


@entry_point
def unit_maps(block: Any) -> None:
    """Compute the activations of all units; `block` is what `packed` makes of `MAPPED`."""
    numbers = pointer(block)
    plan, work, maps = plan_at(numbers, 0), work_at(numbers, _WORK), maps_at(numbers, _MAPS)
    layers, n_layers, A, slopes, n = plan.layers, plan.n_layers, work.A, work.slopes, maps.n
    last, n_features, pitch = (n_layers - 1) * FIELDS, layers[N_IN], plan.pitch
    row, rows = layers[last + ROW_OUT], layers[last + N_OUT]
    for first in range(0, n, plan.chunk):
        count = min(plan.chunk, n - first)
        lanes = (count + WIDTH - 1) // WIDTH * WIDTH
        gather_in_order(maps.X, n_features, first, count, A, pitch)
        forward(layers, n_layers, maps.parameters, A, slopes, slopes, pitch, lanes, work.idle)
        activate_layer(layers[last + CODE], A, slopes, row, rows, pitch, lanes)
        for unit in range(row + rows - n_features):
            copy(ahead(A, (n_features + unit) * pitch), ahead(maps.result, unit * n + first), count)
