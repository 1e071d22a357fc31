import math

import numpy as np

from nnviz.core.special import erf


def test_erf_agrees_with_the_standard_library():
    x = np.concatenate([np.linspace(-7, 7, 20_001), [0.46875, -0.46875, 0.0, 1e-300, 30.0, -1e9]])
    expected = [math.erf(value) for value in x]
    np.testing.assert_allclose(erf(x), expected, rtol=0, atol=3e-16)


def test_erf_at_the_ends():
    assert erf(np.array([np.inf, -np.inf])).tolist() == [1.0, -1.0]
    assert np.isnan(erf(np.array([np.nan]))).all()
