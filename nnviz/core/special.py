"""The error function over arrays, which NumPy lacks and the exact GELU needs."""

from __future__ import annotations

import numpy as np

from nnviz.core.layout import Array

# Coefficients, highest power first, of W. J. Cody, "Rational Chebyshev approximations for the error function",
# Mathematics of Computation 23 (1969), 631-637: erf(x)/x in x² up to 0.46875, exp(x²)·erfc(x) in x up to 4.
# Beyond 4 the second form errs by less than 1e-17 in erf, because erfc itself is below 2e-8 there.
_SMALL_NUMERATOR = (
    1.85777706184603153e-1,
    3.16112374387056560e0,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
_SMALL_DENOMINATOR = (
    1.0,
    2.36012909523441209e1,
    2.44024637934444173e2,
    1.28261652607737228e3,
    2.84423683343917062e3,
)
_LARGE_NUMERATOR = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e0,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3,
)
_LARGE_DENOMINATOR = (
    1.0,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3,
)
_BOUNDARY = 0.46875
_SATURATED = 6.0


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value *= x
        value += coefficient
    return value


def erf(x: Array) -> Array:
    """Return the error function of every element, to 3e-16."""
    size = np.minimum(np.abs(x), _SATURATED)
    square = np.minimum(size, _BOUNDARY) ** 2
    small = size * _polynomial(_SMALL_NUMERATOR, square) / _polynomial(_SMALL_DENOMINATOR, square)
    large = 1.0 - np.exp(-size * size) * _polynomial(_LARGE_NUMERATOR, size) / _polynomial(_LARGE_DENOMINATOR, size)
    return np.asarray(np.copysign(np.where(size <= _BOUNDARY, small, large), x))
