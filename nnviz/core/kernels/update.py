"""What happens between a gradient and the next: random numbers, learning rates, penalties, optimisers.

All arrays are flat and a multiple of eight long; entries beyond the parameters are zeros and stay so.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnviz.core.kernels.cache import compiled, inlined
from nnviz.core.kernels.lanes import ahead, load, root, store, total, where_greater, zeros8
from nnviz.core.rng import DROPOUT_STREAM, GOLDEN, MULTIPLIER_1, MULTIPLIER_2
from nnviz.core.schedules import FINAL_SHARE, RISING_SHARE, ROUNDING

SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM, ADAMW = range(6)
CONSTANT, STEPS, EXPONENTIAL, COSINE, ONE_CYCLE, CYCLICAL = range(6)
#: Codes with a branch below. `engine` refuses all others, for the last branch of each function takes whatever comes.
OPTIMIZER_CODES = frozenset((SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM, ADAMW))
SCHEDULE_CODES = frozenset((CONSTANT, STEPS, EXPONENTIAL, COSINE, ONE_CYCLE, CYCLICAL))

WIDTH = 8
_GOLDEN, _DROPOUT_STREAM = np.uint64(GOLDEN), np.uint64(DROPOUT_STREAM)
_MULTIPLIER_1, _MULTIPLIER_2 = np.uint64(MULTIPLIER_1), np.uint64(MULTIPLIER_2)
_ONE = np.uint64(1)


@inlined
def mix64(x: Any) -> Any:
    """Return the hash of `nnviz.core.rng.mix64`."""
    x ^= x >> np.uint64(30)
    x *= _MULTIPLIER_1
    x ^= x >> np.uint64(27)
    x *= _MULTIPLIER_2
    return x ^ (x >> np.uint64(31))


@inlined
def epoch_key(seed: Any, epoch: int) -> Any:
    """Return the key of an epoch, as `nnviz.core.rng.epoch_key`."""
    return mix64(mix64(np.uint64(seed) + _GOLDEN) + (np.uint64(epoch) + _ONE) * _GOLDEN)


@compiled
def lay_out_order(order: Any, partners: Any, n: int, seed: Any, epoch: int, shuffle: bool) -> None:
    """Fill `order` with the rows of an epoch; `partners` is scratch of the same length."""
    for i in range(n):
        order[i] = i
    if not shuffle:
        return
    key = epoch_key(seed, epoch)
    for i in range(n):
        position = np.uint64(i)
        partners[i] = ((mix64(key + position * _GOLDEN) >> np.uint64(32)) * (position + _ONE)) >> np.uint64(32)
    for i in range(n - 1, 0, -1):
        j = partners[i]
        order[i], order[j] = order[j], order[i]


@compiled
def dropout_factors(
    factors: Any, places: Any, n_hidden: int, step: int, key: Any, first: int, count: int, row_step: int, p: float
) -> None:
    """Put what `nnviz.core.rng.dropout_mask` draws for rows `first` … of a batch where the kernels want it.

    Hidden unit h of the row `first` + r belongs at ``factors[places[h]·step + r·row_step]``.
    """
    kept = 1.0 / (1.0 - p)
    for row in range(count):
        for unit in range(n_hidden):
            counter = np.uint64((first + row) * n_hidden + unit) + _ONE
            uniform = float(mix64(key + counter * _GOLDEN) >> np.uint64(11)) * 2.0**-53
            factors[places[unit] * step + row * row_step] = kept if uniform >= p else 0.0


@inlined
def dropout_key(seed: Any, epoch: int, sample: int) -> Any:
    """Return the key of a mini-batch's dropout masks."""
    return mix64((epoch_key(seed, epoch) ^ _DROPOUT_STREAM) + (np.uint64(sample) + _ONE) * _GOLDEN)


@inlined
def _periods(progress: float, period: float) -> float:
    """Return ``progress / period``, as `nnviz.core.schedules.periods`."""
    ratio = progress / period
    whole = math.floor(ratio + 0.5)
    return whole if abs(ratio - whole) <= ROUNDING * whole else ratio


@compiled
def scheduled_rate(schedule: int, base: float, progress: float, own: Any) -> float:
    """Return the learning rate at `progress` epochs; `own` are the schedule's parameters in order."""
    if schedule == CONSTANT:
        return base
    a: float = own[0]
    if schedule == EXPONENTIAL:
        return float(base * a**progress)
    b: float = own[1]
    if schedule == STEPS:
        return float(base * a ** math.floor(_periods(progress, b)))
    q = _periods(progress, a)
    if schedule == COSINE:
        return base * (b + (1.0 - b) * (0.5 * (1.0 + math.cos(math.pi * min(q, 1.0)))))
    if schedule == ONE_CYCLE:
        q = min(q, 1.0)
        if q < RISING_SHARE:
            return base * (b - (b - 1.0) * 0.5 * (1.0 + math.cos(math.pi * q / RISING_SHARE)))
        falling = 0.5 * (1.0 + math.cos(math.pi * (q - RISING_SHARE) / (1.0 - RISING_SHARE)))
        return base * (FINAL_SHARE + (b - FINAL_SHARE) * falling)
    phase = q - math.floor(q)
    return base * (1.0 + (b - 1.0) * (1.0 - abs(2.0 * phase - 1.0)))


@compiled
def add_penalties(parameters: Any, gradient: Any, is_weight: Any, n: int, l1: float, l2: float) -> None:
    """Add ``l1·sign(w) + l2·w`` to the gradients of the weights, which `is_weight` marks by ones."""
    for at in range(0, n, WIDTH):
        w = load(parameters, at, zeros8())
        sign = where_greater(w, 0.0, 1.0, where_greater(0.0, w, -1.0, w))
        store(gradient, at, load(gradient, at, w) + load(is_weight, at, w) * (l1 * sign + l2 * w))


@compiled
def penalty(parameters: Any, is_weight: Any, n: int, l1: float, l2: float) -> float:
    """Return ``l1·Σ|w| + l2/2·Σw²`` over the weights."""
    whole = 0.0
    for k in range(n):
        w = parameters[k] * is_weight[k]
        whole += l1 * abs(w) + 0.5 * l2 * w * w
    return whole


@compiled
def clip(gradient: Any, n: int, limit: float) -> None:
    """Scale the first `n` entries down to the Euclidean norm `limit`."""
    squares = zeros8()
    for at in range(0, n, WIDTH):
        g = load(gradient, at, squares)
        squares = squares + g * g
    norm = math.sqrt(total(squares))
    if norm > limit:
        scale = limit / norm
        for at in range(0, n, WIDTH):
            store(gradient, at, load(gradient, at, squares) * scale)


@compiled
def is_finite(parameters: Any, n: int) -> bool:
    """Return whether no entry is NaN or infinite: 0·x sums to zero only then."""
    whole = zeros8()
    for at in range(0, n, WIDTH):
        whole = whole + 0.0 * load(parameters, at, whole)
    return bool(total(whole) == 0.0)


@compiled
def step(optimizer: int, parameters: Any, n: int, gradient: Any, slots: Any, rate: float, t: int, own: Any) -> None:
    """Make one update; the optimisers are those of `nnviz.core.optimizers`.

    `slots` are their vectors of `n` numbers, one after the other, `own` their parameters in order; `t` counts from 1.
    """
    if optimizer == SGD:
        for at in range(0, n, WIDTH):
            g = load(gradient, at, zeros8())
            store(parameters, at, load(parameters, at, g) - rate * g)
    elif optimizer in (MOMENTUM, NESTEROV):
        _momentum_step(optimizer == NESTEROV, parameters, n, gradient, slots, rate, own[0])
    elif optimizer == RMSPROP:
        alpha, epsilon = own[0], own[1]
        for at in range(0, n, WIDTH):
            g = load(gradient, at, zeros8())
            square = alpha * load(slots, at, g) + (1.0 - alpha) * g * g
            store(slots, at, square)
            store(parameters, at, load(parameters, at, g) - rate * g / (root(square) + epsilon))
    else:
        if optimizer == ADAMW:
            keep = 1.0 - rate * own[3]
            for at in range(0, n, WIDTH):
                store(parameters, at, keep * load(parameters, at, zeros8()))
        _adam_step(parameters, n, gradient, slots, ahead(slots, n), rate, t, own)


@inlined
def _momentum_step(
    nesterov: bool, parameters: Any, n: int, gradient: Any, velocities: Any, rate: float, momentum: float
) -> None:
    for at in range(0, n, WIDTH):
        g = load(gradient, at, zeros8())
        velocity = momentum * load(velocities, at, g) + g
        store(velocities, at, velocity)
        direction = g + momentum * velocity if nesterov else velocity
        store(parameters, at, load(parameters, at, g) - rate * direction)


@inlined
def _adam_step(parameters: Any, n: int, gradient: Any, means: Any, squares: Any, rate: float, t: int, own: Any) -> None:
    beta1, beta2, epsilon = own[0], own[1], own[2]
    scaled_rate = rate / (1.0 - beta1**t)
    correction = math.sqrt(1.0 - beta2**t)
    for at in range(0, n, WIDTH):
        g = load(gradient, at, zeros8())
        mean = beta1 * load(means, at, g) + (1.0 - beta1) * g
        square = beta2 * load(squares, at, g) + (1.0 - beta2) * g * g
        store(means, at, mean)
        store(squares, at, square)
        change = scaled_rate * mean / (root(square) / correction + epsilon)
        store(parameters, at, load(parameters, at, g) - change)


@compiled
def note_held(parameters: Any, slots: Any, n: int, n_slots: int, held: Any, n_held: int, kept: Any) -> None:
    """Note in `kept` the `n_held` parameters at the places `held`, and what the optimiser remembers of them."""
    for k in range(n_held):
        kept[k] = parameters[held[k]]
        for slot in range(n_slots):
            kept[(slot + 1) * n_held + k] = slots[slot * n + held[k]]


@compiled
def hold(parameters: Any, slots: Any, n: int, n_slots: int, held: Any, n_held: int, kept: Any) -> None:
    """Put back what `note_held` noted."""
    for k in range(n_held):
        parameters[held[k]] = kept[k]
        for slot in range(n_slots):
            slots[slot * n + held[k]] = kept[(slot + 1) * n_held + k]


@compiled
def clear_held(gradient: Any, held: Any, n_held: int) -> None:
    """Let the gradients of what is held be zero, before they are clipped together."""
    for k in range(n_held):
        gradient[held[k]] = 0.0


@compiled
def copy(source: Any, target: Any, n: int) -> None:
    """Copy `n` numbers."""
    whole = n // WIDTH * WIDTH
    for at in range(0, whole, WIDTH):
        store(target, at, load(source, at, zeros8()))
    for k in range(whole, n):
        target[k] = source[k]
