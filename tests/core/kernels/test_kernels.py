"""Every entry of the tables against the compiled kernels that know it by its code, and the parts they are made of."""

import importlib.util
import math

import numpy as np
import pytest

numba = pytest.importorskip("numba")

from nnviz.core.activations import ACTIVATIONS  # noqa: E402
from nnviz.core.engine import StopCode  # noqa: E402
from nnviz.core.kernels import cache, drafts  # noqa: E402
from nnviz.core.kernels import functions as kernels_math  # noqa: E402
from nnviz.core.kernels import matrix as kernels_matrix  # noqa: E402
from nnviz.core.kernels import update as kernels_update  # noqa: E402
from nnviz.core.kernels.drafts import WHOLE  # noqa: E402
from nnviz.core.kernels.lanes import load, pointer, store, total, totals4, totals8, zeros4, zeros8  # noqa: E402
from nnviz.core.kernels.matrix import ADD, SET, TIMES, turn_eight  # noqa: E402
from nnviz.core.kernels.tiles import RESUMED, WITH_BIAS  # noqa: E402
from nnviz.core.losses import LOSSES  # noqa: E402
from nnviz.core.optimizers import OPTIMIZERS  # noqa: E402
from nnviz.core.rng import dropout_mask, epoch_key, epoch_order  # noqa: E402
from nnviz.core.schedules import SCHEDULES  # noqa: E402
from nnviz.core.settings import Settings  # noqa: E402

Z = np.concatenate(
    [
        np.linspace(-40.0, 40.0, 4001),
        np.geomspace(1e-12, 1.0, 500),
        -np.geomspace(1e-12, 1.0, 500),
        [0.0, -0.0, 300.0, -300.0, 1e5, -1e5, 0.5],
    ]
)
Z = Z[: len(Z) // 8 * 8]


@numba.njit(error_model="numpy", **WHOLE)
def activate_all(code, z, a, slope):
    for at in range(0, len(z), 8):
        values = kernels_math.activate(code, load(pointer(z), at, zeros8()))
        store(pointer(a), at, values[0])
        store(pointer(slope), at, values[1])


@numba.njit(error_model="numpy", **WHOLE)
def tanh_of_four(z, a, slope):
    for at in range(0, len(z), 4):
        values = kernels_math.activate_briefly(kernels_math.TANH, load(pointer(z), at, zeros4()))
        store(pointer(a), at, values[0])
        store(pointer(slope), at, values[1])


@numba.njit(error_model="numpy", **WHOLE)
def losses_of(loss, y, z, a, slopes, values, gradients):
    for at in range(0, len(y), 8):
        here_y, here_z, here_a = (
            load(pointer(y), at, zeros8()),
            load(pointer(z), at, zeros8()),
            load(pointer(a), at, zeros8()),
        )
        slope = load(pointer(slopes), at, zeros8())
        store(pointer(values), at, kernels_math.loss_per_example(loss, here_y, here_z, here_a, slope))
        store(pointer(gradients), at, kernels_math.slope_of_loss(loss, here_y, here_a, slope))


@numba.njit(error_model="numpy", **WHOLE)
def take_step(optimizer, parameters, gradient, slots, rate, t, own):
    n = len(parameters)
    kernels_update.step(optimizer, pointer(parameters), n, pointer(gradient), pointer(slots), rate, t, pointer(own))


@numba.njit(error_model="numpy", **WHOLE)
def draw(order, partners, factors, places, seed, epoch, sample, p):
    kernels_update.lay_out_order(pointer(order), pointer(partners), len(order), seed, epoch, True)
    key = kernels_update.dropout_key(seed, epoch, sample)
    rows = len(factors) // len(places)
    kernels_update.dropout_factors(pointer(factors), pointer(places), len(places), 1, key, 0, rows, len(places), p)


@numba.njit(error_model="numpy", **WHOLE)
def add_lanes(x, result):
    p, out = pointer(x), pointer(result)
    a, b, c, d = load(p, 0, zeros8()), load(p, 8, zeros8()), load(p, 16, zeros8()), load(p, 24, zeros8())
    e, f, g, h = load(p, 32, zeros8()), load(p, 40, zeros8()), load(p, 48, zeros8()), load(p, 56, zeros8())
    store(out, 0, totals8(a, b, c, d, e, f, g, h))
    out[8] = total(a)
    store(out, 9, totals4(load(p, 0, zeros4()), load(p, 4, zeros4()), load(p, 8, zeros4()), load(p, 12, zeros4())))


@numba.njit(error_model="numpy", **WHOLE)
def turn(x, columns, result, pitch):
    rows = (0, columns, 2 * columns, 3 * columns, 4 * columns, 5 * columns, 6 * columns, 7 * columns)
    turn_eight(pointer(x), rows, rows, columns, pointer(result), 0, pitch)


@numba.njit(error_model="numpy", **WHOLE)
def rate_at(schedule, base, progress, own):
    return kernels_update.scheduled_rate(schedule, base, progress, pointer(own))


@numba.njit(error_model="numpy", **WHOLE)
def products(weights, start, rows, wide, source, of_many, of_one):
    pitch = wide + 8
    w, s = pointer(weights), pointer(source)
    kernels_matrix._rows_of_many(w, start, rows, wide, s, 0, pitch, pointer(of_many), 0, pitch)
    kernels_matrix._rows_of_one(w, start, rows, wide, s, 0, pitch, pointer(of_one), 0, pitch)


def evaluated(code, z):
    a, slope = np.empty_like(z), np.empty_like(z)
    activate_all(code, z, a, slope)
    return a, slope


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_activation_is_the_tables(name):
    entry = ACTIVATIONS[name]
    assert getattr(kernels_math, name.upper()) == entry.code
    a, slope = evaluated(entry.code, Z)
    expected = entry.function(Z)
    np.testing.assert_allclose(a, expected, rtol=2e-15, atol=1e-15)
    np.testing.assert_allclose(slope, entry.derivative(Z, expected), rtol=2e-15, atol=1e-14)


def test_exponentials_are_accurate_also_relative_to_small_results():
    usual = np.abs(Z) < 100.0
    exact = Z[usual].astype(np.longdouble)
    tanh = evaluated(kernels_math.TANH, Z)[0][usual]
    np.testing.assert_allclose(tanh, np.tanh(exact).astype(np.float64), rtol=1e-15, atol=0.0)
    sigmoid = evaluated(kernels_math.SIGMOID, Z)[0][usual]
    np.testing.assert_allclose(sigmoid, (1.0 / (1.0 + np.exp(-exact))).astype(np.float64), rtol=5e-15, atol=0.0)


def test_the_tanh_with_the_shorter_chain_is_as_accurate_saturates_and_hides_no_nan():
    z = np.concatenate([Z, [355.0, -355.0, 1e300, -1e300, np.inf, -np.inf, np.nan, 0.0]])
    a, slope = np.empty_like(z), np.empty_like(z)
    tanh_of_four(z, a, slope)
    np.testing.assert_allclose(a, np.tanh(z.astype(np.longdouble)).astype(np.float64), rtol=1e-15, atol=0.0)
    np.testing.assert_allclose(slope, 1.0 - a * a, rtol=0.0, atol=1e-15)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name not in ("softmax", "step")])
def test_activation_does_not_hide_nan(name):
    z = np.full(8, np.nan)
    assert np.isnan(evaluated(ACTIVATIONS[name].code, z)[0]).all()


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "elu", "relu"])
def test_activation_saturates_at_infinity(name):
    z = np.array([np.inf, -np.inf, 1e300, -1e300, 800.0, -800.0, 0.0, 0.0])
    a, _ = evaluated(ACTIVATIONS[name].code, z)
    np.testing.assert_allclose(a, ACTIVATIONS[name].function(z), rtol=1e-15)


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "cross_entropy"])
def test_loss_is_the_tables(name):
    entry, rng = LOSSES[name], np.random.default_rng(0)
    assert getattr(kernels_math, name.upper()) == entry.code
    output = ACTIVATIONS["sigmoid"]
    z = rng.normal(scale=3.0, size=64)
    y = (rng.random(64) > 0.5) * 3.0 if entry.logit_terms is None else (rng.random(64) > 0.5) * 1.0
    a = output.function(z)
    slope = output.derivative(z, a)
    values, gradients = np.empty(64), np.empty(64)
    taken = 1.0 - a if name == "binary_cross_entropy" else slope
    losses_of(entry.code, y, z, a, taken, values, gradients)
    scale = 64.0 if entry.mean else 1.0
    np.testing.assert_allclose(values.sum(), entry.function(y[:, None], a[:, None]) * scale, rtol=1e-13)
    expected = entry.gradient(y[:, None], a[:, None])[:, 0] * scale * slope
    np.testing.assert_allclose(gradients, expected, rtol=1e-12, atol=1e-14)


def test_what_a_sigmoid_lacks_to_one_is_exact_also_where_it_is_next_to_nothing():
    exact = Z.astype(np.longdouble)
    value, lacking = evaluated(kernels_math.SIGMOID_OUTPUT, Z)
    usual = np.abs(Z) < 100.0
    np.testing.assert_allclose(lacking[usual], (1.0 / (1.0 + np.exp(exact[usual]))).astype(float), rtol=5e-15)
    np.testing.assert_array_equal(value, evaluated(kernels_math.SIGMOID, Z)[0])
    far = np.array([709.0, 1e5, np.inf, -709.0, -1e5, -np.inf, 720.0, -720.0])
    value, lacking = evaluated(kernels_math.SIGMOID_OUTPUT, far)
    np.testing.assert_array_equal(value, far > 0.0)
    np.testing.assert_array_equal(lacking, far < 0.0)


def test_cross_entropy_has_the_tables_code():
    assert LOSSES["cross_entropy"].code == kernels_math.CROSS_ENTROPY
    assert ACTIVATIONS["softmax"].code == kernels_math.SOFTMAX


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimiser_is_the_tables(name):
    entry, rng = OPTIMIZERS[name], np.random.default_rng(1)
    assert getattr(kernels_update, name.upper()) == entry.code
    own = Settings().changed(optimizer=name).hyper(10).optimizer_parameters
    expected, slots = rng.normal(size=16), entry.memory(16)
    parameters, ours = expected.copy(), entry.memory(16)
    for t in range(1, 6):
        gradient = rng.normal(size=16)
        entry.step(expected, gradient.copy(), slots, 0.1, t, own)
        take_step(entry.code, parameters, gradient, ours.reshape(-1), 0.1, t, np.array(own))
    np.testing.assert_allclose(parameters, expected, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(ours, slots, rtol=1e-13, atol=1e-15)


def test_every_entry_has_a_kernel():
    for table, codes in (
        (ACTIVATIONS, kernels_math.ACTIVATION_CODES),
        (LOSSES, kernels_math.LOSS_CODES),
        (OPTIMIZERS, kernels_update.OPTIMIZER_CODES),
        (SCHEDULES, kernels_update.SCHEDULE_CODES),
    ):
        assert {entry.code for entry in table.values()} == codes


CODE_OF_SCHEDULE = {"step": "STEPS"}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_is_the_tables(name):
    entry = SCHEDULES[name]
    assert getattr(kernels_update, CODE_OF_SCHEDULE.get(name, name.upper())) == entry.code
    given = [parameter.default for parameter in entry.parameters]
    for progress in (0.0, 0.5, 29.99, 30.0, 89.9, 90.0, 100.0, 150.25, 299.9, 300.0, 1000.5):
        rate = rate_at(entry.code, 0.03, progress, np.array(given))
        assert rate == pytest.approx(entry.function(0.03, progress, tuple(given)), rel=1e-14)


@pytest.mark.parametrize(("seed", "epoch"), [(0, 0), (3, 1), (2**63 - 1, 10**6)])
def test_random_numbers_are_those_of_the_reference(seed, epoch):
    order, partners = np.empty(97, dtype=np.int64), np.empty(97, dtype=np.int64)
    factors, places = np.empty(5 * 7), np.arange(7)
    draw(order, partners, factors, places, np.uint64(seed), epoch, 20, 0.3)
    np.testing.assert_array_equal(order, epoch_order(seed, epoch, 97))
    np.testing.assert_array_equal(factors.reshape(5, 7), dropout_mask(seed, epoch, 20, 5, 7, 0.3))
    assert epoch_key(seed, epoch) != epoch_key(seed, epoch + 1)


def test_lanes_add_up_and_turn():
    x, result = np.arange(64.0), np.empty(13)
    add_lanes(x, result)
    np.testing.assert_array_equal(result[:8], x.reshape(8, 8).sum(axis=1))
    assert result[8] == x[:8].sum()
    np.testing.assert_array_equal(result[9:], x[:16].reshape(4, 4).sum(axis=1))
    for columns in (8, 11, 24):
        x, turned = np.random.default_rng(0).normal(size=(8, columns)), np.full((columns, 8), math.nan)
        turn(x.ravel(), columns, turned.ravel(), 8)
        np.testing.assert_array_equal(turned, x.T)


def test_stop_codes_are_those_of_the_interface():
    from nnviz.core.kernels import types as kernels

    assert tuple(StopCode) == (kernels.GOING_ON, kernels.TARGET_LOSS, kernels.PATIENCE, kernels.DIVERGED)


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 7, 8, 9, 10, 14])
@pytest.mark.parametrize("wide", [8, 16, 32])
@pytest.mark.parametrize("mode", [SET, ADD, TIMES])
@pytest.mark.parametrize("columns", [1, 4, 5])
def test_blocks_of_all_classes_of_processors_agree_to_the_last_bit(rows, wide, mode, columns):
    rng = np.random.default_rng(0)
    weights = rng.normal(size=rows * columns + rows)
    source, before = rng.normal(size=(columns, wide + 8)), rng.normal(size=(rows, wide + 8))
    of_many, of_one = before.copy(), before.copy()
    begin = RESUMED if mode == ADD else WITH_BIAS
    start = (0, columns, 1, rows * columns, columns, int(mode), int(begin))
    products(weights, start, rows, wide, source, of_many, of_one)
    np.testing.assert_array_equal(of_many, of_one)
    expected = weights[: rows * columns].reshape(rows, columns) @ source[:, :wide]
    expected += before[:, :wide] if mode == ADD else weights[rows * columns :, None]
    if mode == TIMES:
        expected *= before[:, :wide]
    np.testing.assert_allclose(of_one[:, :wide], expected, rtol=1e-12, atol=1e-13)
    np.testing.assert_array_equal(of_one[:, wide:], before[:, wide:])


def test_where_numbas_internals_have_moved_parts_are_compiled_as_numba_does(monkeypatch):
    from numba.core import codegen

    spec = importlib.util.spec_from_file_location("drafts_elsewhere", drafts.__file__)
    elsewhere = importlib.util.module_from_spec(spec)
    monkeypatch.delattr(codegen, "JITCodeLibrary")
    spec.loader.exec_module(elsewhere)
    assert (elsewhere.PART, elsewhere.WHOLE) == ({}, {})


def test_a_part_cannot_be_called_from_python():
    @cache.compiled
    def doubled(x):
        return 2.0 * x

    with pytest.raises(ValueError, match="not in list"):
        doubled(1.0)
