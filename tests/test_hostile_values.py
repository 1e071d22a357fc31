"""Every parameter of every public callable × values that nobody should hand it: it works, or one sentence says why not.

What is public is found, not listed: a new function, method or parameter without an ordinary call in `CALLS` fails.
"""

from __future__ import annotations

import datetime as dt
import inspect
import tempfile
import warnings
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd
import pytest

import nnviz
from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.errors import NnvizError

X = np.array([[0.0, 0.5], [1.0, 0.0], [0.2, 1.0], [0.9, 0.8]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])


class Rude:
    """Refuses everything."""

    def __repr__(self):
        raise RuntimeError("no")

    def __array__(self, *_):
        raise RuntimeError("no array")

    def __str__(self):
        raise RuntimeError("no")


class Truthless:
    def __bool__(self):
        raise ValueError("neither")


HOSTILE = {
    "none": None,
    "true": True,
    "false": np.False_,
    "false as text": "false",
    "no": "no",
    "empty text": "",
    "nul": "a\0b",
    "lines": "a\nb",
    "surrogate": "\ud800",
    "long": "x" * 5000,
    "nobody's home": "~nobody-of-that-name/x",
    "bytes": b"abc",
    "digits": "12",
    "minus one": -1,
    "zero": 0,
    "one": 1,
    "a half": 0.5,
    "nan": float("nan"),
    "inf": float("inf"),
    "minus inf": -np.inf,
    "huge": 10**30,
    "huge float": 1e300,
    "tiny": 5e-324,
    "complex": 1 + 2j,
    "decimal": Decimal("0.1"),
    "decimal nan": Decimal("sNaN"),
    "fraction": Fraction(10**400, 3),
    "date": dt.date(2020, 1, 1),
    "datetime64": np.datetime64("2020-01-01"),
    "nothing": [],
    "nested nothing": [[]],
    "words": ["a", "b"],
    "ragged": [[1.0, 2.0], [3.0]],
    "ints": [1, 2],
    "rows": [[1, 2], [3, 4]],
    "deep": np.zeros((2, 2, 2, 2)),
    "no dimensions": np.array(1.5),
    "no rows": np.zeros((0, 2)),
    "nans": [[np.nan, 1.0]],
    "infinities": [[np.inf, 1.0]],
    "big numbers": np.full((4, 2), 1e200),
    "long floats": np.full((4, 2), np.finfo(np.longdouble).max),
    "complex array": np.full((4, 2), 1j),
    "masked": np.ma.masked_invalid([[np.nan, 1.0]]),
    "objects": np.array([[None, 1.0]], dtype=object),
    "texts": np.array(["a", "b", "a", "b"]),
    "dates": np.array(["2020-01-01"] * 4, dtype="datetime64[D]"),
    "records": np.zeros(4, dtype=[("a", float), ("b", float)]),
    "swapped": X.astype(">f8"),
    "frame": pd.DataFrame({"a": ["x", "y"], "b": [1, None]}),
    "series": pd.Series([1, None], dtype="Int64"),
    "dict": {"a": 1},
    "dict of arrays": {"network": np.array("{}"), "checkpoint": np.array("[]"), "parameters": np.zeros(3)},
    "set": {1, 2},
    "range": range(3),
    "generator": (n for n in (1, 2)),
    "function": lambda *_: "no",
    "class": int,
    "object": object(),
    "rude": Rude(),
    "truthless": Truthless(),
    "ellipsis": ...,
    "a network": nnviz.Network([2, 1]),
}


def network(**more):
    return nnviz.Network([2, 3, 1], seed=0, **more)


def trainer():
    """Stops after an epoch, so that nothing it is asked for takes long."""
    return nnviz.Trainer(network(), X, Y, target_loss=1e300, engine="numpy")


def history():
    run = trainer()
    run.run(1)
    return run.history


@cache
def checkpoint():
    run = trainer()
    run.run(1)
    return run.checkpoint()


@cache
def dataset():
    return nnviz.Dataset.of(X, ["a", "b", "b", "a"])


@cache
def experiment():
    return nnviz.Experiment(data={"name": "xor", "parameters": {"n_samples": 20}})


@cache
def prepared():
    return experiment().prepared()


@cache
def swept():
    return nnviz.sweep(experiment(), {"training.engine": ["numpy"]}, epochs=1)


def net_of_xor():
    return prepared().network()


@cache
def model():
    with tempfile.TemporaryDirectory() as folder:
        nnviz.save_model(f"{folder}/model.npz", net_of_xor(), prepared())
        return nnviz.load_model(f"{folder}/model.npz")


@cache
def worked():
    return nnviz.worked_example(nnviz.Network([2, 3, 2], "tanh", "softmax"), X[0], [0.0, 1.0])


def parts(value):
    return {name: getattr(value, name) for name in inspect.signature(type(value)).parameters}


RECORDS = {"records": np.zeros((1, len(RECORD_COLUMNS))), "updates": np.array([9]), "elapsed_s": np.zeros(1)}
LOSS = {"X": X, "Y": Y, "loss": None, "class_weights": None, "row_weights": [1, 2, 3, 4]}
MORE = {
    "name": "n",
    "title": "t",
    "notes": ("n",),
    "citation": "c",
    "licence": "l",
    "doi": "d",
    "recipe": None,
    "row_weights": None,
}
PICTURES = {"image_shape": (1, 2), "colour_shape": None, "colours": ""}
DATA = {"X": X, "Y": Y, "X_validation": X, "Y_validation": Y, "X_test": X, "Y_test": Y}
ROWS = {
    "target_scale": [1.0],
    "row_weights": [1, 2, 3, 4],
    "row_weights_validation": [1, 1, 1, 1],
    "row_weights_test": [1, 1, 1, 1],
}
SETTINGS = {
    "optimizer": "sgd",
    "learning_rate": 0.1,
    "batch_size": 2,
    "shuffle": True,
    "schedule": "constant",
    "l1": 0.0,
    "l2": 0.0,
    "dropout": 0.0,
    "clip_norm": 1.0,
    "target_loss": 0.1,
    "patience": 3,
    "restore_best": False,
    "seed": 0,
}
OWN = {"adamw": ("beta1", "beta2", "epsilon", "weight_decay"), "rmsprop": ("alpha",), "momentum": ("momentum",)}

#: Records that nnviz makes, and never a caller.
MADE_BY_NNVIZ = {("Model", ""), ("Predictions", ""), ("SweepResult", ""), ("WorkedExample", "")}
#: What the caller's own function raises is the caller's.
OTHERS_ERRORS = {("callback", "class")}
#: (whose, method): (what makes the object, an ordinary call). Whatever stands for `**more` is spelled out.
CALLS = {
    ("Checkpoint", ""): (None, lambda: parts(checkpoint())),
    ("Checkpoint", "from_arrays"): (None, lambda: {"arrays": checkpoint().to_arrays()}),
    ("Checkpoint", "load"): (None, lambda: {"path": "saved.npz"}),
    ("Checkpoint", "save"): (checkpoint, lambda: {"path": "other.npz"}),
    ("Checkpoint", "moment"): (checkpoint, lambda: {**DATA, **ROWS, "run_id": 0}),
    ("Dataset", ""): (None, lambda: parts(dataset())),
    ("Dataset", "of"): (
        None,
        lambda: {
            "X": X,
            "y": [0, 1, 1, 0],
            "task": None,
            "feature_names": ["a", "b"],
            "target_names": ["c"],
            "class_names": ["no", "yes"],
            **MORE,
            **PICTURES,
        },
    ),
    ("Dataset", "of_classes"): (
        None,
        lambda: {
            "X": X,
            "classes": [0, 1, 1, 0],
            "class_names": ["a", "b"],
            "feature_names": ["c", "d"],
            "target_name": "t",
            **MORE,
            **PICTURES,
        },
    ),
    ("Dataset", "of_values"): (
        None,
        lambda: {"X": X, "y": Y, "feature_names": ["c", "d"], "target_names": ["t"], **MORE, **PICTURES},
    ),
    ("Dataset", "parts"): (dataset, lambda: {"test_fraction": 0.3, "validation_fraction": 0.3, "seed": 0}),
    ("Dataset", "picture"): (
        lambda: nnviz.Dataset.of(X, [0, 1, 1, 0], image_shape=(1, 2)),
        lambda: {"features": X[0]},
    ),
    ("Dataset", "split"): (dataset, lambda: {"test_fraction": 0.3, "seed": 0, "validation_fraction": 0.3}),
    ("Dataset", "take"): (dataset, lambda: {"rows": [0, 1]}),
    ("Dataset", "targets"): (dataset, lambda: {"net": network()}),
    ("Experiment", ""): (
        None,
        lambda: {
            "format": 4,
            "title": "t",
            "notes": "n",
            "data": {"name": "xor"},
            "network": {"hidden": [3]},
            "training": {"learning_rate": 0.1},
            "view": {},
            "second": None,
        },
    ),
    ("Experiment", "edited"): (experiment, lambda: {"title": "t", "training": {}}),
    ("Experiment", "load"): (None, lambda: {"source": "source-a"}),
    ("Experiment", "save"): (experiment, lambda: {"path": "e.toml"}),
    ("History", ""): (None, lambda: {"task": "classification"}),
    ("History", "append"): (history, lambda: dict(RECORDS)),
    ("History", "column"): (history, lambda: {"name": "train_loss"}),
    ("History", "curve_points"): (history, lambda: {"max_points": 100}),
    ("History", "figures_of"): (history, lambda: {"epoch": 1}),
    ("History", "from_arrays"): (None, lambda: {"arrays": history().to_arrays()}),
    ("History", "maximum"): (history, lambda: {"name": "train_loss"}),
    ("History", "minimum"): (history, lambda: {"name": "train_loss"}),
    ("History", "upto"): (history, lambda: {"epoch": 1}),
    ("History", "to_csv"): (history, lambda: {"path": "h.csv"}),
    ("Model", "predict"): (model, lambda: {"rows": X}),
    ("Network", ""): (
        None,
        lambda: {
            "layer_sizes": [2, 3, 1],
            "activation": "tanh",
            "output_activation": "sigmoid",
            "bias": True,
            "init": "normal",
            "init_scale": 1.0,
            "seed": 0,
        },
    ),
    ("Network", "cut"): (network, lambda: {"layer": 1, "unit": 0, "source": 1}),
    ("Network", "freeze"): (network, lambda: {"layer": 1, "unit": 0}),
    ("Network", "mute"): (network, lambda: {"layer": 1, "unit": 0}),
    ("Network", "pin"): (network, lambda: {"layer": 1, "unit": 0, "source": 1, "value": 0.5}),
    ("Network", "release"): (network, lambda: {"layer": 1, "unit": 0, "source": 1}),
    ("Network", "flat_gradient"): (
        network,
        lambda: dict(LOSS),
    ),
    ("Network", "forward"): (network, lambda: {"X": X}),
    ("Network", "from_arrays"): (None, lambda: {"arrays": network().to_arrays()}),
    ("Network", "gradients"): (
        network,
        lambda: dict(LOSS),
    ),
    ("Network", "load"): (None, lambda: {"path": "net.npz"}),
    ("Network", "loss"): (
        network,
        lambda: dict(LOSS),
    ),
    ("Network", "pre_activations"): (network, lambda: {"X": X}),
    ("Network", "predict"): (network, lambda: {"X": X}),
    ("Network", "save"): (network, lambda: {"path": "net2.npz"}),
    ("Predictions", "to_csv"): (lambda: model().predict(X), lambda: {"path": "p.csv"}),
    ("Trainer", ""): (
        None,
        lambda: {
            "network": network(),
            **DATA,
            "loss": None,
            "task": "regression",
            "engine": "numpy",
            **ROWS,
            "class_weights": None,
            **SETTINGS,
        },
    ),
    **{
        ("Trainer", f"set {optimizer}"): (
            trainer,
            lambda o=optimizer, n=names: {"optimizer": o, **dict.fromkeys(n, 0.5)},
        )
        for optimizer, names in OWN.items()
    },
    ("Trainer", "activations"): (trainer, lambda: {"X": X}),
    ("Trainer", "checkpoint_at"): (trainer, lambda: {"epoch": 0, "cancelled": None}),
    ("Trainer", "limit_past"): (trainer, lambda: {"n_bytes": 10**6}),
    ("Trainer", "mark_epochs"): (trainer, lambda: {"epochs": [0, 1]}),
    ("Trainer", "updates_until"): (trainer, lambda: {"epoch": 3, "sample": 2}),
    ("Trainer", "remember"): (trainer, lambda: {"past": trainer().stored_past(10**6)}),
    ("Trainer", "stored_past"): (trainer, lambda: {"n_bytes": 10**6}),
    ("Trainer", "parameters_at"): (trainer, lambda: {"epoch": 0, "cancelled": None}),
    ("Trainer", "parameters_between"): (trainer, lambda: {"first": 0, "last": 0, "cancelled": None}),
    ("Trainer", "parameters_over_time"): (
        trainer,
        lambda: {"indices": [0, 1], "first": 0, "last": None, "max_epochs": 10},
    ),
    ("Trainer", "layer_statistics_at"): (trainer, lambda: {"epoch": 0, "cancelled": None}),
    ("Trainer", "nearest_kept"): (trainer, lambda: {"epoch": 0}),
    ("Trainer", "moment"): (trainer, lambda: {"run_id": 0}),
    ("Trainer", "moment_at"): (trainer, lambda: {"epoch": 0, "cancelled": None, "run_id": 0}),
    ("Trainer", "moment_of"): (
        trainer,
        lambda: {"route": trainer().route_to(0), "parameters": network().parameters, "run_id": 0},
    ),
    ("Trainer", "route_to"): (trainer, lambda: {"epoch": 0, "since": None}),
    ("Trainer", "take_over"): (trainer, lambda: {"checkpoint": checkpoint()}),
    ("Trainer", "advance"): (trainer, lambda: {"max_batches": 1, "max_epochs": 1, "pause": None}),
    ("Trainer", "from_checkpoint"): (
        None,
        lambda: {
            "checkpoint": checkpoint(),
            **DATA,
            **ROWS,
            "activation": "relu",
            "output_activation": "sigmoid",
            "loss": "binary_cross_entropy",
            "class_weights": None,
            "engine": "numpy",
        },
    ),
    ("Trainer", "replace_data"): (trainer, lambda: {**DATA, **ROWS}),
    ("Trainer", "run"): (trainer, lambda: {"epochs": 1, "callback": None, "progress": False}),
    ("Trainer", "worked_example"): (trainer, lambda: {"row": 0, "digits": 2}),
    ("Trainer", "worked_input"): (trainer, lambda: {"x": X[0], "y": [1.0], "digits": 2}),
    ("WorkedExample", "chain"): (worked, lambda: {"layer": 1, "unit": 0, "source": 0, "row": 0}),
    ("WorkedExample", "equations"): (worked, lambda: {"most": 3}),
    ("WorkedExample", "example_weight_gradients"): (worked, lambda: {"row": 0}),
    ("WorkedExample", "softmax_slopes"): (worked, lambda: {"row": 0}),
    ("WorkedExample", "to_latex"): (worked, lambda: {"figures": 4, "most": 3}),
    ("WorkedExample", "to_python"): (worked, lambda: {"most": 3}),
    ("WorkedExample", "to_text"): (worked, lambda: {"figures": 4, "most": 3}),
    ("Trainer", "set"): (trainer, lambda: dict(SETTINGS)),
    ("Trainer", "set_parameter"): (trainer, lambda: {"index": 0, "value": 0.1}),
    ("SweepResult", "load"): (None, lambda: {"folder": "sweep"}),
    ("SweepResult", "settings_text"): (swept, lambda: {"most": 3}),
    ("SweepResult", "to_csv"): (swept, lambda: {"path": "runs.csv"}),
    ("sweep", ""): (
        None,
        lambda: {
            "experiment": experiment(),
            "grid": {"training.engine": ["numpy"]},
            "seeds": [0],
            "folds": 2,
            "epochs": 1,
            "seed_data": False,
            "executor": None,
            "folder": tempfile.mkdtemp(dir="."),
            "progress": False,
        },
    ),
    ("load_dataset", ""): (None, lambda: {"name": "spiral", "seed": 0, "n_samples": 20, "noise": 0.1, "arms": 2}),
    ("load_model", ""): (None, lambda: {"path": "model.npz"}),
    ("save_model", ""): (None, lambda: {"path": "m.npz", "network": net_of_xor(), "prepared": prepared()}),
    **{
        ("worked_example", f" {optimizer}"): (
            None,
            lambda o=optimizer, n=names: {
                "net": network(),
                "x": X[0],
                "y": [1.0],
                "loss": None,
                "learning_rate": 0.1,
                "optimizer": o,
                "digits": 3,
                **dict.fromkeys(n, 0.5),
            },
        )
        for optimizer, names in OWN.items()
    },
    ("worked_example", ""): (
        None,
        lambda: {
            "net": network(),
            "x": X,
            "y": Y,
            "loss": "half_squared_error",
            "learning_rate": 0.1,
            "optimizer": None,
            "digits": None,
            "l1": 0.0,
            "l2": 0.1,
            "clip_norm": 1.0,
        },
    ),
    ("read_table", ""): (None, lambda: {"path": "t.csv", "target": "c", "task": None}),
}


def public_calls():
    """Yield every public callable that takes anything: (whose, method, its parameters)."""
    for name in nnviz.__all__:
        value = getattr(nnviz, name)
        if not callable(value) or (isinstance(value, type) and issubclass(value, Exception)):
            continue
        yield name, "", value
        for base in value.__mro__ if isinstance(value, type) else ():
            for method, member in vars(base).items() if base.__module__.startswith("nnviz.") else ():
                if not method.startswith("_") and (inspect.isfunction(member) or isinstance(member, classmethod)):
                    yield name, method, getattr(value, method)


def parameters_of(function):
    return [parameter for parameter in inspect.signature(function).parameters if parameter != "self"]


def test_every_public_parameter_is_tried():
    stars = {"settings", "changes", "more", "parameters", "data", "details", "weights"}
    for name, method, function in public_calls():
        wanted = set(parameters_of(function)) - stars
        if wanted and (name, method) not in MADE_BY_NNVIZ:
            assert (name, method) in CALLS, f"{name}.{method} is new: give it an ordinary call"
            assert wanted <= set(CALLS[name, method][1]()), f"{name}.{method} has a parameter that is not tried"
    own = {parameter.name for entry in nnviz.core.optimizers.OPTIMIZERS.values() for parameter in entry.parameters}
    assert own == {name for names in OWN.values() for name in names}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("files")
    checkpoint().save(place / "saved.npz")
    network().save(place / "net.npz")
    nnviz.save_model(place / "model.npz", net_of_xor(), prepared())
    nnviz.sweep(experiment(), epochs=1, folder=place / "sweep")
    (place / "t.csv").write_text("a,b,c\n1,2,u\n3,4,v\n5,6,u\n7,8,v\n")
    return place


def function_of(name, method, maker):
    owner = getattr(nnviz, name) if maker is None else maker()
    method = method.split(" ")[0]
    return getattr(owner, method) if method else owner


@pytest.mark.parametrize(("name", "method"), CALLS, ids=[".".join(filter(None, key)) for key in CALLS])
def test_it_works_or_one_sentence_says_why_not(name, method, folder, monkeypatch):
    monkeypatch.chdir(folder)
    maker, ordinary = CALLS[name, method]
    function_of(name, method, maker)(**ordinary())
    faults = []
    for parameter in ordinary():
        for kind, value in HOSTILE.items():
            if (parameter, kind) in OTHERS_ERRORS:
                continue
            arguments = {**ordinary(), parameter: value}
            function = function_of(name, method, maker)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    function(**arguments)
            except NnvizError as error:
                sentence = str(error)
                if not is_one_sentence(sentence):
                    faults.append(f"{parameter}={kind}: {sentence!r}")
            except Exception as error:
                faults.append(f"{parameter}={kind}: {type(error).__name__}: {error!s:.100}")
    assert not faults, "\n".join(faults)


def is_one_sentence(text):
    quiet = text.replace("…", "")
    return (
        bool(text) and "\n" not in text and len(text) < 700 and "http" not in text and quiet.rstrip("'\")")[-1] in ".)"
    )


@pytest.mark.parametrize("place", ["parameters", "weights", "biases", "weights[0]", "biases[1]", "weights[:]"])
def test_what_is_assigned_to_a_network_is_copied_in_or_refused(place):
    net = network()
    run = nnviz.Trainer(net, X, Y, engine="numpy")
    vector = net.parameters
    faults = []
    for kind, value in HOSTILE.items():
        before = vector.copy()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                assign(net, place, value)
            except NnvizError as error:
                faults += [] if is_one_sentence(str(error)) else [f"{kind}: {error}"]
                np.testing.assert_array_equal(vector, before)
            else:
                pytest.fail(f"{place} = {kind} was taken")
        assert net.parameters is vector
    assert not faults, "\n".join(faults)
    assert run.network.parameters is vector


def assign(net, place, value):
    name, _, index = place.partition("[")
    if not index:
        setattr(net, name, value)
    elif index == ":]":
        getattr(net, name)[:] = value
    else:
        getattr(net, name)[int(index[0])] = value
