"""Source E's printed arithmetic: rounded to two digits it comes out as printed, exactly it does not round at all."""

import numpy as np
import pytest

import nnviz
from nnviz.core.errors import SettingError
from nnviz.core.explain.rounding import Rounding
from nnviz.core.explain.tables import compare_costs


def network():
    net = nnviz.Network([3, 3, 1], "sigmoid", "sigmoid", bias=False)
    net.weights = [[[0.9, 0.8, 0.1], [0.3, 0.5, 0.6], [0.2, 0.4, 0.7]], [[0.3, 0.5, 0.9]]]
    return net


def worked(digits):
    return nnviz.worked_example(
        network(), [1, 0, 1], [0], loss="half_squared_error", learning_rate=0.5, optimizer=None, digits=digits
    )


def test_two_digits_come_out_as_printed():
    paper = worked(2)
    assert paper.z[0].tolist() == [1.0, 0.9, 0.9]
    assert paper.a[0].tolist() == [0.73, 0.71, 0.71]
    assert paper.z[1].tolist() == [1.213]
    assert paper.a[1].tolist() == [0.77]
    assert paper.loss == 0.29645
    assert paper.weight_gradients[1][0, 0] == 0.1
    assert paper.updated_weights[1][0, 0] == 0.25
    text = paper.to_text()
    assert "0.3·0.73 + 0.5·0.71 + 0.9·0.71 = 1.213\n" in text
    assert "ŷ₁ = σ(z⁽²⁾₁) = σ(1.213) ≈ 0.77\n" in text
    assert "0.5·(0.77 − 0)² = 0.29645\n" in text
    assert "w⁽²⁾₁₁ ← w⁽²⁾₁₁ − η·∂L/∂w⁽²⁾₁₁ = 0.3 − 0.5·0.1 = 0.25\n" in text


def test_exact_mode_gives_the_unrounded_values():
    exact = worked(None)
    np.testing.assert_allclose(exact.a[0], [0.731058578630, 0.710949502625, 0.710949502625], rtol=0, atol=5e-13)
    assert exact.z[1][0] == pytest.approx(1.2146468773, abs=5e-11)
    assert exact.a[1][0] == pytest.approx(0.7711201275, abs=5e-11)
    assert exact.loss == pytest.approx(0.2973131255, abs=5e-11)
    assert exact.weight_gradients[1][0, 0] == pytest.approx(0.0994955962, abs=5e-11)
    assert exact.updated_weights[1][0, 0] == pytest.approx(0.2502522019, abs=5e-11)
    assert "= 0.7711201275\n" in exact.to_text()


def test_the_three_costs():
    costs = compare_costs([2, 3, 5, 9], [1, 5, 3, 6])
    assert (costs.plain, costs.absolute, costs.half_squared) == (4.0, 8.0, 9.0)
    with pytest.raises(nnviz.DataError, match="2 targets but 1 outputs"):
        compare_costs([1, 2], [1])


def test_halves_are_rounded_as_people_do():
    rounding = Rounding(2)
    assert rounding.used_on(np.array([0.125, 0.285, -0.125, 1.005, 0.0049, 1e300])).tolist() == [
        *(0.13, 0.29, -0.13, 1.01, 0.0),
        1e300,
    ]


@pytest.mark.parametrize("digits", [1, 7, 2.5, "2", True])
def test_other_digits_are_refused(digits):
    with pytest.raises(SettingError, match="from 2 to 6"):
        worked(digits)
