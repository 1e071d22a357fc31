"""The functions of the tables over lanes: exponentials, activations with their derivatives, losses and their slopes.

One definition serves every kernel; a choice is its integer code, as in the tables (a test compares every entry). The
exponentials are written out because Numba calls the C library's number by number.
"""

# ruff: noqa: ARG001, ARG005 - all formulas of a table take the same
from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from nnviz.core.kernels.lanes import traced
from nnviz.core.kernels.tracing import (
    Formula,
    Results,
    Traced,
    absolute,
    choose,
    copysign,
    cosine,
    error_function,
    fused,
    power_of_two,
    sine,
    vector,
    where_greater,
)

_WIDTH = 8
STEP, LINEAR, SIGMOID, TANH, RELU, LEAKY_RELU, ELU, SOFTPLUS, GELU, SILU, SINE, SOFTMAX = range(12)
(
    BINARY_CROSS_ENTROPY,
    CROSS_ENTROPY,
    MEAN_SQUARED_ERROR,
    HALF_SQUARED_ERROR,
    SUM_SQUARED_ERROR,
    MEAN_ABSOLUTE_ERROR,
    HUBER,
) = range(7)
LEAKY_SLOPE = 0.01

# Every exponential starts alike: x/2 = y + k·ln2/2 with whole k and |y| ≤ ln2/4, so that with u = y²
#     tanh y = y·P(u)/Q(u)   and   eˣ = 2ᵏ·(Q + y·P)/(Q − y·P),
# which leaves one division for each function. P and Q are the quadratics that interpolate tanh(√u)/√u at the Chebyshev
# nodes of 0 … (ln2/4)²; they err by 5e-18. Adding 1.5·2⁵² rounds to a whole number and leaves k in the low bits; 1023
# more make it an exponent.
_PER_LOG_2 = 1.4426950408889634
_HALF_LOG_2 = 0.34657359027997264
_HALF_LOG_2_REST = 1.1597301595529806e-17
_ROUNDER = 6755399441055744.0 + 1023.0
_P1, _P2 = 0.11109906832300308147, 0.0010573988083425791149
_Q1, _Q2 = 0.44443240165632833356, 0.015868199362607691094
# ln(1 + w) = 2·artanh(s), s = w/(2 + w): the polynomial of artanh(s)/s in s² ≤ 1/9, by the same method, errs by 1e-18.
_LOG = (
    2.0,
    0.66666666666666149594,
    0.40000000000185747468,
    0.28571428545454114534,
    0.22222224080747673173,
    0.1818174083250480451,
    0.15386614042304007762,
    0.13300374032674624337,
    0.12110168728069217655,
    0.083245065118608205757,
    0.17044163562781398129,
)
_LOG_0, _LOG_1, _LOG_2, _LOG_3, _LOG_4, _LOG_5, _LOG_6, _LOG_7, _LOG_8, _LOG_9, _LOG_10 = _LOG
#: Below it eˣ leaves the normal numbers; it counts as zero.
_TINY = -708.0
#: Beyond it tanh x is 1 for long, and 2ᵏ still a number.
_VAST = 300.0
#: So many numbers side by side leave a processor enough to do: fewer operations count more than a short chain of them.
_MANY = 8
_ROOT_HALF = 0.7071067811865476
_ONE_OVER_ROOT_TWO_PI = 0.3989422804014327


def _ones(x: Traced) -> Traced:
    """Return ones of the same width, whatever `x` holds."""
    return where_greater(x, x, x, 1.0)


def tanh(x: Traced) -> Traced:
    """Return ``tanh x`` to 5e-16, also relative to results near zero."""
    shifted = x * (2.0 * _PER_LOG_2) + _ROUNDER
    y, scale = x - (shifted - _ROUNDER) * _HALF_LOG_2, power_of_two(shifted)
    if x.width < _MANY:
        return _tanh_at_once(x, y, scale)
    u, above, below = y * y, scale + 1.0, scale - 1.0
    # (2ᵏ(Q + yP) − (Q − yP)) / (2ᵏ(Q + yP) + (Q − yP)), sorted by powers of u to shorten the chain of dependencies.
    ya, yb = y * above, y * below
    top = (below + ya) + u * ((_Q1 * below + _P1 * ya) + u * (_Q2 * below + _P2 * ya))
    bottom = (above + yb) + u * ((_Q1 * above + _P1 * yb) + u * (_Q2 * above + _P2 * yb))
    return where_greater(absolute(x), 20.0, copysign(_ones(x), x), top / bottom)


def _tanh_at_once(x: Traced, y: Traced, scale: Traced) -> Traced:
    """Do the same with more operations, but sooner: where nothing else can be done meanwhile."""
    # Where 2ᵏ would overflow, any number that 1 is nothing beside does, or none.
    y = where_greater(absolute(x), _VAST, 0.0, y)
    scale = where_greater(absolute(x), _VAST, where_greater(x, 0.0, 2.0**60, 0.0 * _ones(x)), scale)
    return _bent(y, y * y, scale, 1.0) / _bent(y, y * y, scale, -1.0)


def _bent(y: Traced, u: Traced, scale: Traced, sign: float) -> Traced:
    """Return ``(2ᵏ + sign)·y·P(u) + (2ᵏ − sign)·Q(u)``, with nothing to wait for after y but three sums."""
    odd, even = scale + sign, scale - sign
    first = fused(fused(scale, _P1, sign * _P1), y, fused(scale, _Q1, -sign * _Q1))
    second = fused(fused(scale, _P2, sign * _P2), y, fused(scale, _Q2, -sign * _Q2))
    return fused(u, fused(u, second, first), fused(odd, y, even))


def _exponential(x: Traced) -> Traced:
    """Return ``eˣ`` for x ≤ 709; results below 1e-307 are zero."""
    shifted = x * _PER_LOG_2 + _ROUNDER
    k = shifted - _ROUNDER
    y = (x * 0.5 - k * _HALF_LOG_2) - k * _HALF_LOG_2_REST
    u = y * y
    even, odd = 1.0 + u * (_Q1 + u * _Q2), y * (1.0 + u * (_P1 + u * _P2))
    return where_greater(_TINY, x, 0.0, power_of_two(shifted) * ((even + odd) / (even - odd)))


def exponential_minus_one(x: Traced) -> Traced:
    """Return ``eˣ − 1`` for x ≤ 0, accurate near zero."""
    shifted = x * _PER_LOG_2 + _ROUNDER
    y = x * 0.5 - (shifted - _ROUNDER) * _HALF_LOG_2
    u = y * y
    scale = power_of_two(shifted)
    even, odd = 1.0 + u * (_Q1 + u * _Q2), y * (1.0 + u * (_P1 + u * _P2))
    return where_greater(-40.0, x, -1.0, ((scale - 1.0) * even + (scale + 1.0) * odd) / (even - odd))


def sigmoid(x: Traced) -> Traced:
    """Return ``1/(1 + e⁻ˣ)`` to 5e-16, also relative to tiny results."""
    return _sigmoids(x)[0]


def _sigmoids(x: Traced) -> Results:
    """Return the sigmoid of x and, of −x, what it lacks to 1."""
    shifted = x * _PER_LOG_2 + _ROUNDER
    k = shifted - _ROUNDER
    about = where_greater(absolute(x), -_TINY, 0.0, x * 0.5 - k * _HALF_LOG_2)
    rest = where_greater(absolute(x), -_TINY, 0.0, k * _HALF_LOG_2_REST)
    scale = where_greater(absolute(x), -_TINY, where_greater(x, 0.0, 2.0**60, 0.0 * _ones(x)), power_of_two(shifted))
    y, u = about - rest, about * about
    even, odd = 1.0 + u * (_Q1 + u * _Q2), y * (1.0 + u * (_P1 + u * _P2))
    # The sum of what rises and what falls, without waiting for them.
    whole = fused(scale - 1.0, odd, (scale + 1.0) * even)
    return scale * (even + odd) / whole, where_greater(x, -_TINY, 0.0, even - odd) / whole


def softplus(x: Traced) -> Traced:
    """Return ``ln(1 + eˣ)``."""
    w = _exponential(0.0 - absolute(x))
    return where_greater(0.0, x, 0.0, x) + _logarithm(w / (2.0 + w))


def _logarithm(s: Traced) -> Traced:
    """Return ``2·artanh(s)``, which is ln(1 + w) for s = w/(2 + w); 0 ≤ s ≤ 1/3."""
    v = s * s
    v2 = v * v
    v4 = v2 * v2
    low = (_LOG_0 + v * _LOG_1) + v2 * (_LOG_2 + v * _LOG_3)
    middle = (_LOG_4 + v * _LOG_5) + v2 * (_LOG_6 + v * _LOG_7)
    high = (_LOG_8 + v * _LOG_9) + v2 * _LOG_10
    return s * (low + v4 * (middle + v4 * high))


def _tanh_and_slope(z: Traced) -> Results:
    a = tanh(z)
    return a, 1.0 - a * a


def _sigmoid_and_slope(z: Traced) -> Results:
    a, lacking = _sigmoids(z)
    return a, a * lacking


def _relu_and_slope(z: Traced) -> Results:
    return where_greater(0.0, z, 0.0, z), where_greater(z, 0.0, 1.0, 0.0 * _ones(z))


def _leaky_relu_and_slope(z: Traced) -> Results:
    slope = where_greater(z, 0.0, 1.0, LEAKY_SLOPE * _ones(z))
    return z * slope, slope


def _elu_and_slope(z: Traced) -> Results:
    a = where_greater(z, 0.0, z, exponential_minus_one(where_greater(z, 0.0, 0.0, z)))
    return a, where_greater(z, 0.0, 1.0, a + 1.0)


def _silu_and_slope(z: Traced) -> Results:
    gate, lacking = _sigmoids(z)
    return z * gate, gate + gate * (z * lacking)


def _gelu_and_slope(z: Traced) -> Results:
    share = 0.5 * (1.0 + error_function(z * _ROOT_HALF))
    return z * share, share + z * (_ONE_OVER_ROOT_TWO_PI * _exponential(-0.5 * z * z))


def _as_it_is(z: Traced) -> Results:
    return z, _ones(z)


#: The sigmoid before its cross-entropy, whose derivative takes what it lacks to 1, not f'(z). It is in no table.
SIGMOID_OUTPUT = 12
#: Softmax, which is not elementwise, passes z on.
_ACTIVATIONS = {
    SIGMOID_OUTPUT: _sigmoids,
    STEP: lambda z: (where_greater(0.0, z, 0.0, _ones(z)), 0.0 * _ones(z)),
    SIGMOID: _sigmoid_and_slope,
    TANH: _tanh_and_slope,
    RELU: _relu_and_slope,
    LEAKY_RELU: _leaky_relu_and_slope,
    ELU: _elu_and_slope,
    SOFTPLUS: lambda z: (softplus(z), sigmoid(z)),
    GELU: _gelu_and_slope,
    SILU: _silu_and_slope,
    SINE: lambda z: (sine(z), cosine(z)),
}
#: Those without calls, whose code is short.
_BRIEF = {code: formula for code, formula in _ACTIVATIONS.items() if code not in (GELU, SINE)}
#: Those that `activate_briefly` knows.
BRIEF_CODES = frozenset((*_BRIEF, LINEAR))
#: Codes with a formula. `engine` refuses all others, for what is left over would serve whatever comes.
ACTIVATION_CODES = frozenset((*_ACTIVATIONS, LINEAR, SOFTMAX)) - {SIGMOID_OUTPUT}


def _activate(code: Any, z: Traced) -> Results:
    """Return the activations f(z) and the slopes f'(z)."""
    return choose(z.builder, code, _ACTIVATIONS, _as_it_is, z)


def _activate_rows(_context: Any, code: Any, A: Any, slopes: Any, at: Any, pitch: Any, rows: Any, lanes: Any) -> Any:
    """Replace vectors of eight, of rows from position `at` on, by their activations, and put slopes into `slopes`.

    The choice is made once for all of them: at each vector it took longer than a formula like ReLU's.
    """

    def emit(context: Any, builder: Any, _sig: Any, values: Any) -> Any:
        code, A, slopes, at, pitch, rows, lanes = values
        step, kind = ir.Constant(at.type, _WIDTH), vector(_WIDTH).as_pointer()

        def over_all(formula: Formula) -> Formula:
            def loops() -> Results:
                with cgutils.for_range(builder, rows) as row:
                    begin = builder.add(at, builder.mul(row.index, pitch))
                    with cgutils.for_range_slice(builder, begin, builder.add(begin, lanes), step) as (here, _):
                        places = [builder.bitcast(builder.gep(numbers, [here]), kind) for numbers in (A, slopes)]
                        made = formula(Traced(builder, builder.load(places[0], align=8)))
                        for place, one in zip(places, made, strict=True):
                            builder.store(one.value, place, align=8)
                return ()

            return loops

        choose(builder, code, {key: over_all(formula) for key, formula in _ACTIVATIONS.items()}, over_all(_as_it_is))
        return context.get_dummy_value()

    number = types.intp
    return types.void(number, A, slopes, number, number, number, number), emit


def _activate_briefly(code: Any, z: Traced) -> Results:
    """Do the same with those of `BRIEF_CODES`."""
    return choose(z.builder, code, _BRIEF, _as_it_is, z)


# Losses: what one output contributes, of y, z and a; and dL/dz, of y, a and f'(z), or for cross-entropies 1 − a.


def _cross_entropy_slope(y: Traced, a: Traced, lacking: Traced) -> Results:
    # Near 1, `lacking` alone still knows what `a` lacks to 1. Which of both is told by y, for that is known before.
    return (where_greater(y, 0.5, (1.0 - y) - lacking, a - y),)


def _absolute_slope(y: Traced, a: Traced, slope: Traced) -> Results:
    error = a - y
    return (where_greater(error, 0.0, 1.0, where_greater(0.0, error, -1.0, error)) * slope,)


def _huber_slope(y: Traced, a: Traced, slope: Traced) -> Results:
    error = a - y
    return (where_greater(error, 1.0, 1.0, where_greater(-1.0, error, -1.0, error)) * slope,)


_SLOPES = {
    BINARY_CROSS_ENTROPY: _cross_entropy_slope,
    CROSS_ENTROPY: _cross_entropy_slope,
    HALF_SQUARED_ERROR: lambda y, a, slope: ((a - y) * slope,),
    MEAN_ABSOLUTE_ERROR: _absolute_slope,
    HUBER: _huber_slope,
}


def _slope_of_loss(loss: Any, y: Traced, a: Traced, slope: Traced) -> Traced:
    """Return ``dL/dz`` of one example's loss, with f'(z) in `slope`, or 1 − a for cross-entropies."""
    return choose(y.builder, loss, _SLOPES, lambda y, a, slope: (2.0 * (a - y) * slope,), y, a, slope)[0]


def _cross_entropy(y: Traced, z: Traced, a: Traced, lacking: Traced) -> Results:
    # max(z, 0) − z·y + ln(1 + w), w = e⁻ˡᶻˡ being the lesser of `a` and `lacking` over the greater.
    lesser, greater = where_greater(a, lacking, lacking, a), where_greater(a, lacking, a, lacking)
    return ((where_greater(0.0, z, 0.0, z) - z * y) + _logarithm(lesser / (1.0 + greater)),)


def _huber(y: Traced, z: Traced, a: Traced, lacking: Traced) -> Results:
    error = a - y
    size = absolute(error)
    return (where_greater(size, 1.0, size - 0.5, 0.5 * error * error),)


#: Cross-entropy, which needs all outputs, is computed in `metrics`.
_LOSSES = {
    BINARY_CROSS_ENTROPY: _cross_entropy,
    HALF_SQUARED_ERROR: lambda y, z, a, lacking: (0.5 * (a - y) * (a - y),),
    MEAN_ABSOLUTE_ERROR: lambda y, z, a, lacking: (absolute(a - y),),
    HUBER: _huber,
}
#: As `ACTIVATION_CODES`.
LOSS_CODES = frozenset((*_SLOPES, MEAN_SQUARED_ERROR, SUM_SQUARED_ERROR))


def _loss_per_example(loss: Any, y: Traced, z: Traced, a: Traced, lacking: Traced) -> Traced:
    """Return what one output contributes to the loss; `lacking` is 1 − a where the loss is a cross-entropy."""
    squared: Formula = lambda y, z, a, lacking: ((a - y) * (a - y),)  # noqa: E731
    return choose(y.builder, loss, _LOSSES, squared, y, z, a, lacking)[0]


exponential = traced(_exponential)
activate_rows = intrinsic(_activate_rows)
activate, activate_briefly = traced(_activate, 2), traced(_activate_briefly, 2)
slope_of_loss = traced(_slope_of_loss)
loss_per_example = traced(_loss_per_example)
