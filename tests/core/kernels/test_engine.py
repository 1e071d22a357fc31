"""The compiled engine against the NumPy engine, and against itself however the work is cut into calls."""

import ast
import importlib.abc
import math
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

pytest.importorskip("numba")

import numba

from nnviz.core import engines
from nnviz.core.activations import ACTIVATIONS
from nnviz.core.engine import RECORD_COLUMNS, Problem, RunState, StopCode
from nnviz.core.errors import SettingError
from nnviz.core.initializers import draw_parameters
from nnviz.core.kernels import cache as kernel_cache
from nnviz.core.kernels import online as kernels_online
from nnviz.core.kernels import train as kernels
from nnviz.core.kernels import update as kernels_update
from nnviz.core.kernels.engine import CompiledEngine
from nnviz.core.kernels.plan import is_online, plan_of
from nnviz.core.layout import Layout
from nnviz.core.losses import LOSSES, default_loss, loss_value
from nnviz.core.masks import Mask, Masks
from nnviz.core.metrics import class_threshold, r2, rmse
from nnviz.core.numpy_engine import NumpyEngine
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.core.settings import Settings

RECORD_RTOL = 1e-11
NO_LIMIT = 2**62


def make_problem(
    sizes=(2, 4, 2, 1),
    hidden="tanh",
    output="sigmoid",
    loss=None,
    n=57,
    n_test=20,
    n_validation=0,
    bias=True,
    classification=None,
    scale=None,
):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(n + n_test + n_validation, sizes[0]))
    if sizes[-1] == 1:
        Y = (np.sin(2.0 * X[:, :1]) + 0.3 * X[:, -1:] > 0) * 1.0
    else:
        Y = np.eye(sizes[-1])[rng.integers(0, sizes[-1], len(X))]
    names = [hidden] * (len(sizes) - 2) + [output] if isinstance(hidden, str) else [*hidden, output]
    name = loss or default_loss(output)
    return Problem(
        layout=Layout(tuple(sizes)),
        activations=tuple(ACTIVATIONS[entry].code for entry in names),
        bias=bias,
        loss=LOSSES[name].code,
        classification=LOSSES[name].logit_terms is not None if classification is None else classification,
        threshold=class_threshold(Y),
        X=X[:n],
        Y=Y[:n],
        X_test=X[n : n + n_test],
        Y_test=Y[n : n + n_test],
        X_validation=X[n + n_test :],
        Y_validation=Y[n + n_test :],
        target_scale=np.ones(sizes[-1]) if scale is None else np.array(scale),
    )


def start(problem, hyper=None):
    names = [ACTIVATIONS.by_code(code).name for code in problem.activations]
    parameters = draw_parameters(problem.layout, tuple(names), "auto", 1.0, 3)
    slots = OPTIMIZERS.by_code(hyper.optimizer if hyper else 0).memory(problem.layout.n_parameters)
    return RunState(parameters, slots, np.arange(len(problem.X)), best_parameters=parameters.copy())


def hyper_of(problem, **settings):
    return Settings().changed(**settings).hyper(len(problem.X))


def train(engine, problem, hyper, *, epochs=1, batches=NO_LIMIT, stride=1, state=None):
    state = state or start(problem, hyper)
    chunk = engine.advance(problem, hyper, state, max_batches=batches, max_epochs=epochs, snapshot_stride=stride)
    return state, chunk


def both(problem, hyper, **limits):
    return train(CompiledEngine(), problem, hyper, **limits), train(NumpyEngine(), problem, hyper, **limits)


def assert_agree(problem, hyper, *, epochs=1, atol=1e-12):
    (ours, chunk), (reference, expected) = both(problem, hyper, epochs=epochs)
    assert chunk.stop == expected.stop
    assert chunk.n_batches == expected.n_batches
    assert (ours.epoch, ours.sample, ours.update) == (reference.epoch, reference.sample, reference.update)
    assert ours.best_epoch == reference.best_epoch
    np.testing.assert_array_equal(ours.order, reference.order)
    np.testing.assert_allclose(ours.parameters, reference.parameters, rtol=0.0, atol=atol)
    np.testing.assert_allclose(ours.slots, reference.slots, rtol=1e-9, atol=atol)
    np.testing.assert_allclose(ours.best_parameters, reference.best_parameters, rtol=0.0, atol=atol)
    np.testing.assert_allclose(chunk.records, expected.records, rtol=RECORD_RTOL, atol=atol)
    np.testing.assert_allclose(chunk.snapshots, expected.snapshots, rtol=0.0, atol=atol)


@pytest.mark.parametrize(
    "sizes", [(2, 1), (3, 5), (2, 4, 2, 1), (2, 8, 8, 8, 1), (1, 9, 3, 2), (40, 35, 33, 3), (7, 70, 1)]
)
@pytest.mark.parametrize("batch_size", [1, 2, 3, 10, 57])
def test_one_epoch_agrees_for_every_shape_and_batch(sizes, batch_size):
    output = "sigmoid" if sizes[-1] == 1 else "softmax"
    problem = make_problem(sizes, output=output)
    assert_agree(problem, hyper_of(problem, batch_size=batch_size))


@pytest.mark.parametrize("n", [7, 33, 300, 700])
def test_batches_larger_than_a_chunk_agree(n):
    problem = make_problem((2, 6, 40, 1), n=n)
    assert_agree(problem, hyper_of(problem, batch_size=None), epochs=2)


@pytest.mark.parametrize(
    "hidden", [name for name in ACTIVATIONS if ACTIVATIONS[name].hidden and ACTIVATIONS[name].trainable]
)
@pytest.mark.parametrize("batch_size", [1, 10])
def test_every_activation_trains_alike(hidden, batch_size):
    problem = make_problem((2, 5, 4, 1), hidden=hidden)
    assert_agree(problem, hyper_of(problem, batch_size=batch_size))


def pairs():
    return [
        (output, loss) for loss, entry in LOSSES.items() for output in entry.pairs_with if ACTIVATIONS[output].trainable
    ]


@pytest.mark.parametrize(("output", "loss"), pairs())
def test_every_output_and_loss_trains_alike(output, loss):
    problem = make_problem((2, 5, 3), output=output, loss=loss)
    for batch_size in (1, 10):
        assert_agree(problem, hyper_of(problem, batch_size=batch_size, learning_rate=0.01))


SETTINGS = [
    *({"optimizer": name} for name in OPTIMIZERS),
    *({"schedule": (name, {entry.period: 0.7} if entry.period else {})} for name, entry in SCHEDULES.items()),
    {"optimizer": "nesterov", "momentum": 0.5},
    {"optimizer": "adamw", "weight_decay": 0.1},
    {"schedule": ("exponential", {"factor": 0.5})},
    {"schedule": ("cosine", {"period": 2.0, "minimum": 0.1})},
    {"l1": 0.01, "l2": 0.1},
    {"dropout": 0.3},
    {"clip_norm": 0.05},
    {"shuffle": False},
    {"seed": 2**52 + 1},
    {"optimizer": "adam", "dropout": 0.2, "l1": 0.001, "clip_norm": 0.1, "schedule": "cosine"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("batch_size", [1, 2, 10])
def test_every_setting_trains_alike(settings, batch_size):
    problem = make_problem((2, 6, 5, 1))
    assert_agree(problem, hyper_of(problem, **{"batch_size": batch_size, "learning_rate": 0.01, **settings}), epochs=2)


@pytest.mark.parametrize("batch_size", [10, None])
def test_fifty_epochs_of_gradient_descent_agree(batch_size):
    problem = make_problem((2, 8, 8, 8, 1))
    assert_agree(problem, hyper_of(problem, batch_size=batch_size, learning_rate=0.03), epochs=50, atol=1e-9)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("batch_size", [1, 10])
def test_without_biases_they_stay_zero(bias, batch_size):
    problem = make_problem((2, 9, 3, 1), bias=bias)
    hyper = hyper_of(problem, optimizer="adamw", batch_size=batch_size)
    assert_agree(problem, hyper)
    state, _ = train(CompiledEngine(), problem, hyper)
    assert any(state.parameters[where].any() for where in problem.layout.bias_slices) == bias


@pytest.mark.parametrize("classification", [True, False])
@pytest.mark.parametrize("sizes", [(2, 5, 1), (2, 5, 3)])
def test_scores_follow_the_task(sizes, classification):
    problem = make_problem(sizes, output="linear", classification=classification)
    assert_agree(problem, hyper_of(problem))


@pytest.mark.parametrize(("sizes", "scale"), [((2, 5, 1), [1e5]), ((2, 5, 3), [1e5, 1.0, 0.01])])
def test_scores_of_scaled_targets_are_told_in_the_units_of_the_data(sizes, scale):
    problem = make_problem(sizes, output="linear", classification=False, scale=scale)
    assert_agree(problem, hyper_of(problem))
    record = CompiledEngine().evaluate(problem, start(problem).parameters)
    A = NumpyEngine().activations(problem, start(problem).parameters, problem.X)[-1].T
    in_units = problem.Y * scale, A * scale
    figures = dict(zip(RECORD_COLUMNS, record, strict=True))
    assert figures["train_rmse"] == pytest.approx(rmse(*in_units), rel=1e-12)
    assert figures["train_score"] == pytest.approx(r2(*in_units), rel=1e-12)
    assert figures["train_loss"] == pytest.approx(loss_value(LOSSES["mean_squared_error"], problem.Y, A, A), rel=1e-12)


@pytest.mark.parametrize("value", [0.1, 1e6 / 3.0, -7e300])
def test_targets_that_do_not_vary_have_no_r2(value):
    problem = make_problem((2, 5, 1), output="linear", classification=False)
    problem = replace(problem, Y=np.full_like(problem.Y, value))
    score = RECORD_COLUMNS.index("train_score")
    with np.errstate(over="ignore"):
        assert math.isnan(NumpyEngine().evaluate(problem, start(problem).parameters)[score])
    if abs(value) < 1.0:
        _, chunk = train(CompiledEngine(), problem, hyper_of(problem), epochs=1)
        assert np.isnan(chunk.records[:, score]).all()


def test_without_test_rows_their_figures_are_nan():
    problem = make_problem(n_test=0, output="linear")
    problem = replace(problem, Y=np.ones_like(problem.Y))
    assert_agree(problem, hyper_of(problem))
    _, chunk = train(CompiledEngine(), problem, hyper_of(problem))
    told = dict(zip(RECORD_COLUMNS, chunk.records[0], strict=True))
    known = {name for name, value in told.items() if not math.isnan(value)}
    # No test and no validation rows; no R² of targets that do not vary.
    assert known == {"train_loss", "train_rmse", "penalty", "learning_rate"}


@pytest.mark.parametrize("output", ["sigmoid", "linear"])
def test_validation_rows_are_figured_and_watched_as_in_the_reference(output):
    problem = make_problem(n_validation=13, n_test=20, output=output)
    assert problem.watched == "validation"
    assert_agree(problem, hyper_of(problem))
    settings = {"learning_rate": 0.8, "optimizer": "adam", "patience": 3, "batch_size": 10}
    state, chunk = train(CompiledEngine(), problem, hyper_of(problem, **settings), epochs=400)
    told = chunk.records[:, RECORD_COLUMNS.index("validation_loss")]
    assert chunk.stop is StopCode.PATIENCE
    assert state.best_epoch == int(np.argmin(told)) + 1 == state.epoch - 3
    assert state.best_loss == told.min()


def test_validation_rows_change_nothing_but_what_is_watched():
    with_rows = make_problem(n_validation=13)
    without = replace(with_rows, X_validation=with_rows.X_validation[:0], Y_validation=with_rows.Y_validation[:0])
    hyper = hyper_of(without)
    told = [train(CompiledEngine(), problem, hyper, epochs=5) for problem in (with_rows, without)]
    np.testing.assert_array_equal(told[0][0].parameters, told[1][0].parameters)
    others = [position for position, name in enumerate(RECORD_COLUMNS) if not name.startswith("validation")]
    np.testing.assert_array_equal(told[0][1].records[:, others], told[1][1].records[:, others])


CUT = [
    {"batch_size": 1},
    {"batch_size": 1, "optimizer": "adam", "dropout": 0.2},
    {"batch_size": 10, "optimizer": "momentum", "dropout": 0.2, "schedule": "cosine"},
]


@pytest.mark.parametrize("settings", CUT, ids=str)
def test_history_is_bit_equal_however_the_work_is_cut(settings):
    problem = make_problem((2, 8, 3, 1))
    hyper = hyper_of(problem, **settings)
    whole, expected = train(CompiledEngine(), problem, hyper, epochs=7)
    engine, state, records, snapshots = CompiledEngine(), start(problem, hyper), [], []
    for batches in (1, 1, 5, 3, 40, 2) * 200:
        if state.epoch == 7:
            break
        _, chunk = train(engine, problem, hyper, epochs=7 - state.epoch, batches=batches, state=state)
        assert chunk.n_batches <= batches
        records.append(chunk.records)
        snapshots.append(chunk.snapshots)
        engine.evaluate(problem, state.parameters)
        engine = engine if batches > 2 else CompiledEngine()
    np.testing.assert_array_equal(state.parameters, whole.parameters)
    np.testing.assert_array_equal(state.slots, whole.slots)
    np.testing.assert_array_equal(np.concatenate(records), expected.records)
    np.testing.assert_array_equal(np.concatenate(snapshots), expected.snapshots)


def test_snapshots_come_at_multiples_of_the_stride():
    problem = make_problem()
    state, chunk = train(CompiledEngine(), problem, hyper_of(problem), epochs=2, stride=3)
    assert len(chunk.snapshots) == 0
    _, chunk = train(CompiledEngine(), problem, hyper_of(problem), epochs=7, stride=3, state=state)
    assert len(chunk.records) == 7
    assert len(chunk.snapshots) == 3
    np.testing.assert_array_equal(chunk.snapshots[-1], state.parameters)


def test_more_epochs_than_one_kernel_call_takes(monkeypatch):
    monkeypatch.setattr("nnviz.core.kernels.engine._MAX_RECORDS", 3)
    problem = make_problem()
    state, chunk = train(CompiledEngine(), problem, hyper_of(problem), epochs=10, stride=4)
    assert state.epoch == len(chunk.records) == 10
    assert len(chunk.snapshots) == 2


@pytest.mark.parametrize("batch_size", [1, 10])
def test_target_loss_and_patience_stop_as_in_the_reference(batch_size):
    problem = make_problem()
    for settings, stop in (({"target_loss": 0.66}, StopCode.TARGET_LOSS), ({"patience": 2}, StopCode.PATIENCE)):
        hyper = hyper_of(problem, batch_size=batch_size, learning_rate=0.3, **settings)
        (ours, chunk), (reference, expected) = both(problem, hyper, epochs=200)
        assert chunk.stop == expected.stop == stop
        assert (ours.epoch, ours.best_epoch) == (reference.epoch, reference.best_epoch)


@pytest.mark.parametrize("batch_size", [1, 10, None])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_divergence_keeps_the_last_finite_state(batch_size, optimizer):
    problem = make_problem((2, 6, 6, 1), hidden="relu", output="linear")
    hyper = hyper_of(problem, batch_size=batch_size, learning_rate=50.0, optimizer=optimizer)
    (ours, chunk), (reference, expected) = both(problem, hyper, epochs=100)
    assert chunk.stop == expected.stop == StopCode.DIVERGED
    assert (ours.epoch, ours.sample, ours.update) == (reference.epoch, reference.sample, reference.update)
    assert chunk.n_batches == expected.n_batches
    assert len(chunk.records) == len(expected.records)
    assert np.isfinite(ours.parameters).all()
    np.testing.assert_allclose(ours.parameters, reference.parameters, rtol=1e-9)


def test_divergence_does_not_depend_on_the_cut():
    problem = make_problem((2, 6, 6, 1), hidden="relu", output="linear")
    hyper = hyper_of(problem, batch_size=3, learning_rate=1e3)
    whole, _ = train(CompiledEngine(), problem, hyper, epochs=100)
    state, stop = start(problem), StopCode.NONE
    while stop is StopCode.NONE:
        _, chunk = train(CompiledEngine(), problem, hyper, batches=1, epochs=100, state=state)
        stop = chunk.stop
    assert stop is StopCode.DIVERGED
    np.testing.assert_array_equal(state.parameters, whole.parameters)
    assert (state.epoch, state.update) == (whole.epoch, whole.update)


@pytest.mark.parametrize(("sizes", "output"), [((2, 8, 8, 8, 1), "sigmoid"), ((3, 5, 4), "softmax"), ((2, 1), "step")])
@pytest.mark.parametrize("n", [1, 13, 1000])
def test_unit_maps_are_those_of_the_reference(sizes, output, n):
    problem = make_problem(sizes, output=output, loss="mean_squared_error" if output == "step" else None)
    parameters, X = start(problem).parameters, np.random.default_rng(1).normal(size=(n, sizes[0]))
    ours, expected = (engine.activations(problem, parameters, X) for engine in (CompiledEngine(), NumpyEngine()))
    assert [maps.shape for maps in ours] == [(size, n) for size in sizes[1:]]
    for maps, reference in zip(ours, expected, strict=True):
        np.testing.assert_allclose(maps, reference, rtol=1e-12, atol=1e-14)


def test_arrays_that_may_only_be_read_need_no_kernel_of_their_own():
    """It would be compiled beside a window, and again at every start."""
    problem = make_problem((2, 3, 1))
    parameters, X = start(problem).parameters, np.random.default_rng(1).normal(size=(5, 2))
    engine = CompiledEngine()
    engine.activations(problem, parameters, X)
    for fixed in (parameters, X):
        fixed.flags.writeable = False
    engine.activations(problem, parameters, X)
    for kernel in (kernels.train, kernels.unit_maps):
        assert len(getattr(kernel._kernel, "overloads", [None])) == 1


SLIM = {
    "two outputs": {"sizes": (1, 3, 2), "output": "linear", "loss": "half_squared_error"},
    "three outputs": {"sizes": (3, 2, 3), "output": "sigmoid", "loss": "sum_squared_error"},
    "four of all": {"sizes": (4, 4, 4, 4), "hidden": "sigmoid", "output": "sigmoid", "loss": "binary_cross_entropy"},
    "no biases": {"sizes": (2, 4, 2, 1), "bias": False},
    "no hidden layer": {"sizes": (3, 1)},
} | {name: {"sizes": (2, 4, 3, 1), "hidden": name} for name in ("relu", "leaky_relu", "elu", "softplus", "silu")}


@pytest.mark.parametrize("shape", SLIM.values(), ids=SLIM)
@pytest.mark.parametrize("weighted", [False, True])
def test_layers_of_one_vector_are_slim_and_train_alike(shape, weighted):
    problem = make_problem(**shape)
    if weighted:
        problem = replace(problem, weights=np.linspace(0.2, 3.0, len(problem.X)))
    assert plan_of(problem, 1).slim
    assert_agree(problem, hyper_of(problem, batch_size=1, schedule="step"), epochs=2)


@pytest.mark.parametrize(
    ("shape", "batch_size"),
    [({"sizes": (2, 5, 1)}, 1), ({"sizes": (2, 4, 3), "output": "softmax"}, 1), ({"hidden": "gelu"}, 1), ({}, 2)],
    ids=["five units", "softmax", "gelu", "two examples"],
)
def test_other_layers_are_not_slim_or_not_used_so(shape, batch_size):
    problem = make_problem(**shape)
    assert not plan_of(problem, batch_size).slim or batch_size > 1
    assert_agree(problem, hyper_of(problem, batch_size=batch_size), epochs=2)


def test_what_is_held_stays_in_a_slim_network_to_the_last_bit():
    problem = make_problem()
    hyper = hyper_of(problem, batch_size=1)
    state = start(problem, hyper)
    state.masks = Masks(problem.layout, (Mask("frozen", 1, 2), Mask("frozen", 2, 0, 1)))
    before = state.parameters.copy()
    train(CompiledEngine(), problem, hyper, epochs=3, state=state)
    changed = state.parameters != before
    assert not changed[state.held].any()
    assert changed.sum() == len(before) - len(state.held)


@pytest.mark.parametrize("units", [64, 128, 192])
def test_columns_of_weights_do_not_crowd_the_same_lines_of_the_cache(units):
    """Rows of transposed weights a multiple of 512 bytes apart were read at a fifth of the speed."""
    problem = make_problem(sizes=(3, units, units, 1))
    table = plan_of(problem, 1).units.reshape(problem.layout.n_layers, -1)
    assert (table[:, kernels_online.PADDED_OUT] % 64 != 0).all()
    assert (table[1:, kernels_online.PADDED_IN] == table[:-1, kernels_online.PADDED_OUT]).all()
    assert_agree(problem, hyper_of(problem, batch_size=1), epochs=1)


def test_one_example_at_a_time_has_units_side_by_side():
    assert is_online(Layout((784, 512, 10)), 1)
    assert is_online(Layout((2, 4, 1)), 2)
    assert not is_online(Layout((784, 512, 10)), 2)
    assert not is_online(Layout((2, 4, 1)), 3)


def test_to_pick_an_engine_needs_no_look_at_the_processor_where_all_have_the_same():
    code = (
        "import sys; from nnviz.core.engines import resolve_engine; from nnviz.core.layout import Layout;"
        "print(resolve_engine('auto', Layout((784, 512, 512, 10)), 1000), 'llvmlite' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["compiled", "False"]


WIDE = Layout((784, 512, 512, 10))


@pytest.mark.parametrize("processor", ["AVX-512", "AVX2", "SSE2", "NEON"])
def test_auto_picks_the_compiled_engine_for_wide_layers_and_large_batches_too(monkeypatch, processor):
    monkeypatch.setattr(engines, "processor_class", lambda: processor)
    for layout, batch_size in ((Layout((2, 8, 8, 1)), 10), (WIDE, 1), (WIDE, 1000), (Layout((2048, 2048, 10)), 4)):
        assert engines.resolve_engine("auto", layout, batch_size) == "compiled"
    assert engines.resolve_engine("compiled", WIDE, 1000) == "compiled"
    assert engines.resolve_engine("numpy", Layout((2, 1)), 1) == "numpy"
    with pytest.raises(ValueError, match="no engine called 'compild'"):
        engines.resolve_engine("compild", Layout((2, 1)), 1)


@pytest.mark.parametrize(("processor", "serves"), [("AVX-512", "numpy"), ("AVX2", "compiled"), ("NEON", "compiled")])
def test_auto_follows_a_table_of_shapes_and_classes_of_processor(monkeypatch, processor, serves):
    monkeypatch.setattr(engines, "processor_class", lambda: processor)
    table = {"AVX-512": ((300_000, math.inf), (math.inf, 256)), "AVX2": ((math.inf, math.inf),)}
    monkeypatch.setattr(engines, "_COMPILED_UP_TO", table)
    assert engines.resolve_engine("auto", Layout((784, 128, 10)), 1000) == "compiled"
    assert engines.resolve_engine("auto", WIDE, 64) == "compiled"
    assert engines.resolve_engine("auto", WIDE, 1000) == serves


def made(wanted="compiled", problem=None, **settings):
    problem = problem or make_problem()
    return engines.make_engine(wanted, engines.kernel_gap(wanted, problem, hyper_of(problem, **settings)))


def test_the_engine_that_is_wanted_serves_where_it_can():
    for name in ("compiled", "numpy"):
        engine = made(name)
        assert (engine.name, engine.note) == (name, "")


UNKNOWN = 999


@pytest.mark.parametrize(
    ("kind", "changes"),
    [("activation", {"activations": (UNKNOWN, 2, 2)}), ("loss", {"loss": UNKNOWN})],
)
def test_an_unknown_function_is_refused_by_both_engines_before_anything_is_computed(kind, changes):
    known = make_problem()
    problem, parameters = replace(known, **changes), start(known).parameters
    for engine in (CompiledEngine(), NumpyEngine()):
        with pytest.raises(SettingError, match=f"There is no {kind} with the code 999"):
            engine.evaluate(problem, parameters)
        with pytest.raises(SettingError, match=f"There is no {kind} with the code 999"):
            train(engine, problem, hyper_of(problem), state=start(known))


@pytest.mark.parametrize("kind", ["optimizer", "schedule"])
def test_an_unknown_rule_is_refused_by_both_engines_and_changes_nothing(kind):
    problem = make_problem()
    hyper, state = replace(hyper_of(problem), **{kind: UNKNOWN}), start(problem)
    before = state.parameters.copy()
    for engine in (CompiledEngine(), NumpyEngine()):
        with pytest.raises(SettingError, match=r"There is no (optimiser|schedule) with the code 999"):
            train(engine, problem, hyper, state=state)
    np.testing.assert_array_equal(state.parameters, before)


@pytest.mark.parametrize(
    ("table", "changes"), [(OPTIMIZERS, {"optimizer": "adam"}), (SCHEDULES, {"schedule": "cosine"})]
)
def test_what_is_in_the_table_but_has_no_kernel_is_refused_by_name(table, changes, monkeypatch):
    codes = "OPTIMIZER_CODES" if table is OPTIMIZERS else "SCHEDULE_CODES"
    monkeypatch.setattr(kernels_update, codes, frozenset({0}))
    problem, (name,) = make_problem(), changes.values()
    hyper = hyper_of(problem, **changes)
    with pytest.raises(SettingError, match=f"no kernel for {name}"):
        train(CompiledEngine(), problem, hyper)
    engine = made(problem=problem, **changes)
    assert engine.name == "numpy"
    assert f"no kernel for {name};" in engine.note


def test_a_memory_or_parameters_of_the_wrong_size_are_refused():
    problem = make_problem()
    hyper = hyper_of(problem, optimizer="adam")
    with pytest.raises(SettingError, match="the memory of adam takes 2 numbers, not 0"):
        train(CompiledEngine(), problem, hyper, state=start(problem))
    with pytest.raises(SettingError, match="adam takes 3 numbers, not 1"):
        train(CompiledEngine(), problem, replace(hyper, optimizer_parameters=(0.9,)))
    with pytest.raises(SettingError, match="cosine takes 2 numbers, not 0"):
        train(CompiledEngine(), problem, replace(hyper_of(problem, schedule="cosine"), schedule_parameters=()))


def test_one_engine_serves_optimisers_with_memories_of_all_sizes():
    problem, engine = make_problem(), CompiledEngine()
    for name, entry in OPTIMIZERS.items():
        hyper = hyper_of(problem, optimizer=name)
        ours, _ = train(engine, problem, hyper)
        alone, _ = train(CompiledEngine(), problem, hyper)
        assert len(ours.slots) == entry.n_slots
        np.testing.assert_array_equal(ours.parameters, alone.parameters)
        np.testing.assert_array_equal(ours.slots, alone.slots)


@pytest.fixture
def fresh_reason():
    engines.compiled_unavailable_reason.cache_clear()
    yield
    engines.compiled_unavailable_reason.cache_clear()


def test_without_numba_the_numpy_engine_serves_and_says_so(monkeypatch, fresh_reason):
    monkeypatch.setattr(engines, "COMPILED_AVAILABLE", False)
    engine = made()
    assert engine.name == "numpy"
    assert "not installed" in engine.note


def test_a_numba_that_cannot_be_imported_is_named(monkeypatch, fresh_reason):
    monkeypatch.setitem(sys.modules, "nnviz.core.kernels.engine", None)
    engine = made()
    assert engine.name == "numpy"
    assert "cannot start" in engine.note


@pytest.mark.parametrize("error", [RuntimeError("no such pass"), AttributeError("moved"), TypeError()])
def test_a_numba_that_raises_at_import_is_named(monkeypatch, fresh_reason, error):
    class Broken(importlib.abc.MetaPathFinder):
        def find_spec(self, name, path=None, target=None):
            if name == "nnviz.core.kernels.engine":
                raise error

    monkeypatch.delitem(sys.modules, "nnviz.core.kernels.engine")
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    engine = made()
    assert engine.name == "numpy"
    assert (str(error) or "TypeError") in engine.note


WITH_BROKEN_LANES = """
import sys, numpy as np, nnviz
class Moved:
    def find_spec(self, name, path=None, target=None):
        if name == "nnviz.core.kernels.lanes":
            raise AttributeError("module 'numba.core' has no attribute 'datamodel'")
sys.meta_path.insert(0, Moved())
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
runs = []
for engine in ("auto", "compiled", "numpy"):
    trainer = nnviz.Trainer(nnviz.Network([2, 3, 1], seed=0), X, X[:, :1], engine=engine)
    trainer.run(3)
    trainer.activations(X)
    runs.append((trainer.engine_name, trainer.network.parameters.tolist()))
    print(trainer.engine_note)
assert runs[0] == runs[1] == runs[2] and runs[0][0] == "numpy", runs
"""


def test_with_a_numba_that_has_moved_what_lanes_are_made_of_numpy_serves_and_says_so_once():
    done = subprocess.run([sys.executable, "-c", WITH_BROKEN_LANES], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    auto, compiled, numpy = done.stdout.split("\n")[:3]
    assert auto == compiled
    assert auto.count("no attribute 'datamodel'") == auto.count("serves") == 1
    assert numpy == ""


def test_a_compiler_that_is_switched_off_is_named(monkeypatch, fresh_reason):
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    engine = made()
    assert engine.name == "numpy"
    assert "NUMBA_DISABLE_JIT" in engine.note


def test_kernels_that_cannot_be_compiled_leave_the_work_to_numpy(monkeypatch):
    def broken(*_):
        raise RuntimeError("Failed in nopython mode pipeline\nand a page of the compiler's own words")

    problem = make_problem()
    expected = train(NumpyEngine(), problem, hyper_of(problem), batches=7)
    engine = made(problem=problem)
    assert (engine.name, engine.note) == ("compiled", "")
    monkeypatch.setattr(kernels, "train", broken)
    state, chunk = train(engine, problem, hyper_of(problem), batches=7)
    np.testing.assert_array_equal(state.parameters, expected[0].parameters)
    np.testing.assert_array_equal(chunk.records, expected[1].records)
    assert (engine.name, engine.holds_interpreter) == ("numpy", True)
    assert engine.note == (
        "The compiled engine cannot start (Failed in nopython mode pipeline); "
        "the NumPy engine, which is slower, serves."
    )


def test_a_fault_of_ours_is_not_taken_for_numbas(monkeypatch):
    def broken(*_):
        raise FloatingPointError

    problem = make_problem()
    engine = made(problem=problem)
    train(engine, problem, hyper_of(problem), batches=1)
    monkeypatch.setattr(kernels, "train", broken)
    with pytest.raises(FloatingPointError):
        train(engine, problem, hyper_of(problem), batches=1)


def test_trainer_is_imported_without_numba():
    code = "import sys, nnviz.core.trainer; sys.exit('numba' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_cache_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    assert kernel_cache.user_cache_folder() == tmp_path / "numba" / "nnviz"
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert kernel_cache.user_cache_folder() == tmp_path / "cache" / "nnviz"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert kernel_cache.user_cache_folder().parts[-3:] == ("Library", "Caches", "nnviz")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert kernel_cache.user_cache_folder() == tmp_path / "local" / "nnviz" / "Cache"


@pytest.fixture
def fresh_folder(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    kernel_cache.kernel_folder.cache_clear()
    yield tmp_path
    kernel_cache.kernel_folder.cache_clear()


def test_where_the_cache_cannot_be_written_a_private_temporary_folder_serves(monkeypatch, fresh_folder):
    (fresh_folder / "file").write_text("no folder can be made below a file")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(fresh_folder / "file"))
    folder = kernel_cache.kernel_folder()
    assert fresh_folder in folder.parents
    assert folder.is_dir()
    if os.name == "posix":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name != "posix", reason="owners of folders are a matter of POSIX")
def test_a_folder_that_is_somebody_elses_is_not_trusted(monkeypatch, fresh_folder):
    monkeypatch.setattr(os, "getuid", lambda: 123456789)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(fresh_folder))
    folder = kernel_cache.kernel_folder()
    assert folder.parent == fresh_folder
    assert not folder.name.startswith("kernels-")


def test_an_edit_of_any_kernel_source_means_another_folder(tmp_path):
    core = Path(kernel_cache.__file__).parents[1]
    (tmp_path / "kernels").mkdir()
    names = ("kernels/train.py", "kernels/functions.py", "kernels/lanes.py", "rng.py", "schedules.py")
    for name in names:
        (tmp_path / name).write_bytes((core / name).read_bytes())
    before = kernel_cache.source_hash(tmp_path)
    assert before == kernel_cache.source_hash(tmp_path)
    for name in names:
        with (tmp_path / name).open("a") as file:
            file.write("# another line\n")
        after = kernel_cache.source_hash(tmp_path)
        assert after != before, name
        before = after


def test_every_source_that_a_kernel_imports_is_in_the_hash(tmp_path):
    core = Path(kernel_cache.__file__).parents[1]
    used = {
        (module if module != "kernels" else f"kernels/{alias.name}").replace(".", "/") + ".py"
        for path in (core / "kernels").glob("*.py")
        if path.name not in ("engine.py", "plan.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nnviz.core.")
        for module, alias in ((node.module.removeprefix("nnviz.core."), alias) for alias in node.names)
    }
    # What compiles nothing does not count: how processes wait for each other, and what is said.
    for name in used - {"errors.py", "translation.py", "locks.py"}:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        before = kernel_cache.source_hash(tmp_path)
        (tmp_path / name).write_text("")
        assert kernel_cache.source_hash(tmp_path) != before, name


def test_a_folder_in_the_hash_is_this_packages():
    assert kernel_cache.kernel_folder().name == f"kernels-{kernel_cache.source_hash()}"


def test_nothing_is_asked_of_no_epochs():
    problem = make_problem()
    state, chunk = train(CompiledEngine(), problem, hyper_of(problem), batches=0)
    assert chunk.n_batches == 0
    assert chunk.records.shape == (0, len(RECORD_COLUMNS))
    assert not math.isfinite(state.best_loss)
