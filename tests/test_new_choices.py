"""A choice that is added to its table while nnviz runs is one like all others, wherever choices are offered or used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

import nnviz
from nnviz import cli
from nnviz.core.activations import ACTIVATIONS, Activation
from nnviz.core.checkpoint import Checkpoint
from nnviz.core.choices import ChoiceTable, Parameter
from nnviz.core.errors import SettingError
from nnviz.core.initializers import INITIALIZERS, Initializer
from nnviz.core.losses import LOSSES, Loss
from nnviz.core.optimizers import OPTIMIZERS, Optimizer
from nnviz.core.schedules import SCHEDULES, Schedule
from nnviz.core.trainer import Trainer
from nnviz.data import DATASETS, Dataset, DatasetEntry
from nnviz.data.entry import DataParameter
from nnviz.experiment import Document, Experiment, load_document
from nnviz.experiment.document import save_document
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, ScheduleSpec, TrainingSpec
from nnviz.export import run_folder
from nnviz.export.models import load_model

CAUTION = Parameter(name="caution", label="Caution", help="How much it doubts.", default=0.5, minimum=0.0, maximum=1.0)
DECAY = Parameter(name="decay", label="Decay", help="How fast it falls.", default=0.1, minimum=0.0, maximum=9.0)
ROWS = DataParameter(
    name="points", label="Points", help="How many.", default=60, minimum=10, maximum=500, integer=True, role="rows"
)
KINDS = DataParameter(
    name="kinds", label="Kinds", help="Classes.", default=2, minimum=2, maximum=4, integer=True, role="classes"
)


def _cautious(
    parameters: np.ndarray, gradient: np.ndarray, slots: np.ndarray, rate: float, t: int, own: tuple[float, ...]
) -> None:
    """Adam-like, and it remembers the largest second moment: three vectors."""
    (caution,), (mean, square, largest) = own, slots
    mean += (1.0 - caution) * (gradient - mean)
    square += 0.1 * (gradient * gradient - square)
    np.maximum(largest, square, out=largest)
    parameters -= rate * mean / (np.sqrt(largest) + 1e-8)


def _stripes(entry: DatasetEntry, seed: int, parameters: Mapping[str, Any]) -> Dataset:
    X = np.random.default_rng(seed).uniform(-6.0, 6.0, (parameters["points"], 2))
    classes = np.floor(X[:, 0]).astype(int) % parameters["kinds"]
    names = [f"stripe {k}" for k in range(parameters["kinds"])]
    return Dataset.of_classes(X, classes, names, ("x1", "x2"), name=entry.name, title=entry.label)


def _bent_slope(Z: np.ndarray, A: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 + 0.5 * Z / np.sqrt(Z * Z + 1.0))


def _inverse_time(base: float, progress: float, own: tuple[float, ...]) -> float:
    return base / (1.0 + own[0] * progress)


def _log_cosh(Y: np.ndarray, A: np.ndarray) -> np.ndarray:
    return np.asarray(np.logaddexp(A - Y, Y - A) - np.log(2.0))


def _orthogonal(rng: np.random.Generator, n_out: int, n_in: int) -> np.ndarray:
    return np.asarray(np.linalg.qr(rng.standard_normal((max(n_out, n_in),) * 2))[0][:n_out, :n_in])


#: Table, class of its entries and fields of a new one; a code, where entries have one, is the next that is free.
ADDITIONS: tuple[tuple[ChoiceTable[Any], type, dict[str, Any]], ...] = (
    (
        ACTIVATIONS,
        Activation,
        {
            "name": "bent_identity",
            "label": "Bent identity",
            "help": "A line with a bend.",
            "formula": "f(z) = z + (√(z² + 1) − 1)/2",
            "function": lambda Z: Z + 0.5 * (np.sqrt(Z * Z + 1.0) - 1.0),
            "derivative": _bent_slope,
            "range": (-np.inf, np.inf),
            "range_label": "−∞ … ∞",
            "failure": "It bends little.",
            "class_targets": (-2.0, 2.0),
            "usual_init": "orthogonal",
            "usual_loss": "log_cosh",
        },
    ),
    (
        LOSSES,
        Loss,
        {
            "name": "log_cosh",
            "label": "Log-cosh",
            "help": "Squared when small, absolute when large.",
            "formula": "L = 1/n Σ ln cosh(ŷ − y)",
            "terms": _log_cosh,
            "gradient": lambda Y, A: np.tanh(A - Y) / len(Y),
        },
    ),
    (
        OPTIMIZERS,
        Optimizer,
        {
            "name": "cautious",
            "label": "Cautious steps",
            "help": "It never forgets a steep place.",
            "formula": "w ← w − η·m / √s",
            "n_slots": 3,
            "parameters": (CAUTION,),
            "step": _cautious,
            "adaptive": True,
        },
    ),
    (
        SCHEDULES,
        Schedule,
        {
            "name": "inverse_time",
            "label": "Inverse time",
            "help": "Falls as one over the epochs.",
            "formula": "η(t) = η / (1 + decay·t)",
            "parameters": (DECAY,),
            "function": _inverse_time,
        },
    ),
    (
        INITIALIZERS,
        Initializer,
        {"name": "orthogonal", "label": "Orthogonal", "help": "Turns without stretching.", "draw": _orthogonal},
    ),
    (
        DATASETS,
        DatasetEntry,
        {
            "name": "stripes",
            "label": "Upright stripes",
            "help": "One class after the other.",
            "group": "toy",
            "task": "classification",
            "n_features": 2,
            "parameters": (ROWS, KINDS),
            "make": _stripes,
        },
    ),
)
NAMES = [fields["name"] for _, _, fields in ADDITIONS]


@pytest.fixture(autouse=True)
def _additions() -> Iterator[None]:
    """Put one choice more into every table, and take it away again."""
    before = [list(table) for table, _, _ in ADDITIONS]
    for table, kind, fields in ADDITIONS:
        code = {"code": table.free_code()} if hasattr(table, "free_code") else {}
        table.add(kind(**fields, **code))
    yield
    for table, _, fields in ADDITIONS:
        table.remove(fields["name"])
    assert [list(table) for table, _, _ in ADDITIONS] == before


def experiment(engine: str = "numpy", **training: Any) -> Experiment:
    """Return an experiment that chooses nothing but what is new."""
    settings: dict[str, Any] = {
        "loss": "log_cosh",
        "optimizer": "cautious",
        "optimizer_parameters": {"caution": 0.25},
        "schedule": ScheduleSpec(name="inverse_time", parameters={"decay": 0.5}),
        "engine": engine,
        "epochs": 3,
    }
    return Experiment(
        title="new",
        data=DataSpec(name="stripes", parameters={"points": 80}),
        network=NetworkSpec(
            hidden=(LayerSpec(units=4, activation="bent_identity"),),
            output_activation="bent_identity",
            init="orthogonal",
        ),
        training=TrainingSpec(**settings | training),
    )


def test_the_document_takes_it_and_prepares_it() -> None:
    prepared = experiment().prepared()
    assert prepared.activations == ("bent_identity", "bent_identity")
    assert set(prepared.Y_train.ravel()) == {-2.0, 2.0}
    trainer = prepared.trainer()
    assert trainer.settings.optimizer_parameters == {"caution": 0.25}
    assert trainer.settings.schedule_parameters == {"decay": 0.5}


def test_automatic_choices_take_what_the_activation_names() -> None:
    prepared = experiment(loss="auto").prepared()
    assert prepared.loss == "log_cosh"
    auto, orthogonal = (nnviz.Network([4, 4], [], "bent_identity", init=name) for name in ("auto", "orthogonal"))
    np.testing.assert_array_equal(auto.parameters, orthogonal.parameters)


def test_the_classes_that_its_parameter_counts_become_outputs() -> None:
    document = Experiment(data=DataSpec(name="stripes", parameters={"kinds": 3}))
    assert document.prepared().n_outputs == 3


def test_wrong_parameters_of_its_own_are_refused_in_a_sentence() -> None:
    with pytest.raises(SettingError, match="cautious has no parameter 'courage'; it has caution"):
        experiment(optimizer_parameters={"courage": 1.0}).prepared()
    with pytest.raises(SettingError, match="Caution must lie between 0 and 1"):
        experiment(optimizer_parameters={"caution": 3.0}).prepared()


@pytest.mark.parametrize("suffix", [".toml", ".nnviz"])
def test_an_experiment_is_saved_and_read_again(tmp_path: Path, suffix: str) -> None:
    experiment().save(tmp_path / f"new{suffix}")
    assert Experiment.load(tmp_path / f"new{suffix}") == experiment()


def run_on(engine: str) -> Trainer:
    trainer = experiment(engine, learning_rate=0.05).prepared().trainer()
    trainer.run(3)
    trainer.step_batch()
    return trainer


def test_every_engine_trains_it_alike_and_says_which_one_does() -> None:
    pytest.importorskip("numba")
    reference = run_on("numpy")
    assert reference.history.train_loss[-1] < reference.history.train_loss[0]
    np.testing.assert_allclose(reference.history.learning_rate[1:], 0.05 / (1.0 + 0.5 * np.arange(1, 4)), rtol=0.2)
    assert reference.engine_note == ""
    for engine in ("auto", "compiled"):
        trainer = run_on(engine)
        assert trainer.engine_name == "numpy"
        assert "no kernel for bent_identity, log_cosh, cautious, inverse_time;" in trainer.engine_note
        np.testing.assert_array_equal(trainer.network.parameters, reference.network.parameters)


def test_its_gradient_is_the_slope_of_its_loss() -> None:
    rng, h = np.random.default_rng(0), 1e-6
    network = nnviz.Network([2, 3, 1], "bent_identity", "bent_identity", seed=1)
    X, Y = rng.normal(size=(5, 2)), rng.normal(size=(5, 1))
    exact = network.gradients(X, Y, loss="log_cosh")[0][0][1, 0]
    values = []
    for shift in (h, -2.0 * h):
        network.weights[0][1, 0] += shift
        values.append(network.loss(X, Y, loss="log_cosh"))
    assert exact == pytest.approx((values[0] - values[1]) / (2.0 * h), rel=1e-6)


def test_a_run_changes_to_it_and_back_while_it_lasts() -> None:
    pytest.importorskip("numba")
    network = nnviz.Network([2, 4, 1], seed=0)
    data = nnviz.load_dataset("stripes")
    trainer = Trainer(network, data.X, data.y, optimizer="adam", engine="compiled")
    trainer.run(1)
    trainer.set(optimizer="cautious", caution=0.1)
    assert (trainer.engine_name, trainer.settings.optimizer_parameters) == ("numpy", {"caution": 0.1})
    assert "no kernel for cautious;" in trainer.engine_note
    trainer.run(1)
    trainer.set(optimizer="adam")
    assert (trainer.engine_name, trainer.engine_note) == ("compiled", "")
    assert trainer.run(1).epoch[-1] == 3


def test_three_vectors_of_memory_go_through_a_checkpoint_bit_equal(tmp_path: Path) -> None:
    trainer = run_on("numpy")
    prepared = experiment().prepared()
    checkpoint = trainer.checkpoint()
    assert checkpoint.state.slots.shape == (3, trainer.network.layout.n_parameters)
    assert checkpoint.state.slots.any(axis=1).all()
    checkpoint.save(tmp_path / "c.npz")
    rows = (prepared.X_train, prepared.Y_train, prepared.X_test, prepared.Y_test)
    again = Trainer.from_checkpoint(Checkpoint.load(tmp_path / "c.npz"), *rows)
    document = Document(experiment(), checkpoint.parameters, checkpoint, checkpoint.history)
    save_document(document, tmp_path / "run.nnviz")
    saved = load_document(tmp_path / "run.nnviz").checkpoint
    assert saved is not None
    reopened = Trainer.from_checkpoint(saved, *rows)
    for run in (trainer, again, reopened):
        run.run(2)
    for run in (again, reopened):
        np.testing.assert_array_equal(run.network.parameters, trainer.network.parameters)
        np.testing.assert_array_equal(run.checkpoint().state.slots, trainer.checkpoint().state.slots)


def test_the_command_line_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list"]) == 0
    listed = capsys.readouterr().out
    for name in NAMES:
        assert f"  {name} " in listed
    assert "Cautious steps (caution=0.5)" in listed


def test_the_command_line_sets_it_and_says_which_engine_serves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr(run_folder, "library_problem", lambda **_: "Qt is left out here.")
    settings = (
        "training.optimizer=cautious",
        "training.optimizer_parameters.caution=0.75",
        "training.schedule.name=inverse_time",
        "training.loss=log_cosh",
        "network.init=orthogonal",
        "network.output_activation=bent_identity",
        "network.hidden.0.activation=bent_identity",
    )
    arguments = [word for setting in settings for word in ("--set", setting)]
    assert cli.main(["train", "stripes", "--epochs", "2", "--out", str(tmp_path / "run"), *arguments]) == 0
    written, said = capsys.readouterr()
    assert "Upright stripes" in written
    assert "no kernel for bent_identity, log_cosh, cautious, inverse_time;" in said
    model = load_model(tmp_path / "run" / "model.npz")
    predictions = replace(model.predict(np.zeros((2, 2))), outputs=np.array([[-0.5], [0.5]]))
    assert predictions.labels.tolist() == ["stripe 0", "stripe 1"]


def _refuse(*_: object, **__: object) -> None:
    raise SettingError("there is no picture of it")


@pytest.mark.usefixtures("qapp")
def test_the_window_offers_it_explains_it_and_trains_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from nnviz.app import create_window

    window = create_window(experiment(), theme="light")
    try:
        window.controller.wait_idle()
        data, network, training = window.setup_panel.sections
        offered = {
            "bent_identity": network.layers[0].control.activation,
            "log_cosh": training.loss,
            "cautious": training.optimizer,
            "inverse_time": training.schedule,
            "orthogonal": network.init,
            "stripes": data.choice,
        }
        assert set(offered) == set(NAMES)
        for table, _, fields in ADDITIONS:
            control, name = offered[fields["name"]], fields["name"]
            item = next(item for item in control.items if item.name == name)
            assert item.enabled
            assert item.label == fields["label"]
            assert fields["help"] in item.tooltip
            assert table[name].formula in item.tooltip
        assert "bent_identity" in [item.name for item in network.output.activation.items]
        assert "bent_identity" in [option.name for option in network.layers[0].control.activation.options()]
        (tile,) = (tile for tile in data.gallery.tiles if tile.name == "stripes")
        tile.draw_picture()
        drawn = tile.grab().toImage()
        monkeypatch.setattr("nnviz.ui.setup.dataset_gallery.load_dataset", _refuse)
        tile.draw_picture()
        assert tile.grab().toImage() != drawn
        labels = [row.label.text() for section in (data, training) for row in section.rows]
        assert {"caution", "decay", "kinds"} <= set(labels)
        window.step()
        window.controller.wait_idle()
        assert window.epoch == 1
        window.setup_panel.training_section.optimizer.edited.emit("adam", "")
        window.controller.wait_idle()
        assert window.state.experiment.training.optimizer_parameters == {}
        window.grab()
    finally:
        window.close()
