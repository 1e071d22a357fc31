"""What "auto" stands for, and that everyone who needs to know is told the same."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.errors import SettingError
from nnviz.core.losses import LOSSES
from nnviz.experiment import DataSpec, Experiment, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.experiment.automatic import resolve
from nnviz.experiment.edits import Facts, with_data_parameter, with_dataset
from nnviz.experiment.overrides import with_settings
from nnviz.export import run_folder
from nnviz.export.models import load_model

OUTPUTS = [entry.name for entry in ACTIVATIONS.values() if entry.output and entry.trainable]


@pytest.mark.parametrize(
    ("task", "n_classes", "output", "loss"),
    [
        ("classification", 2, "sigmoid", "binary_cross_entropy"),
        ("classification", 3, "softmax", "cross_entropy"),
        ("regression", 0, "linear", "mean_squared_error"),
    ],
)
def test_both_follow_the_data(task, n_classes, output, loss):
    found = resolve(Experiment(), task, n_classes)
    assert (found.output_activation, found.loss) == (output, loss)


@pytest.mark.parametrize("output", OUTPUTS)
def test_an_automatic_loss_goes_with_every_output_that_is_chosen(output):
    experiment = Experiment(network=NetworkSpec(output_activation=output))
    assert output in LOSSES[resolve(experiment, "classification", 2).loss].pairs_with
    assert resolve(experiment, "regression", 0).loss == "mean_squared_error"


@pytest.mark.parametrize("loss", list(LOSSES))
def test_what_is_chosen_stays(loss):
    experiment = Experiment(network=NetworkSpec(output_activation="tanh"), training=TrainingSpec(loss=loss))
    found = resolve(experiment, "classification", 3)
    assert (found.output_activation, found.loss) == ("tanh", loss)


def test_the_losses_that_compare_classes_are_the_cross_entropies():
    assert {name for name, loss in LOSSES.items() if loss.for_classes} == {"binary_cross_entropy", "cross_entropy"}


@pytest.mark.parametrize(
    ("data", "output"),
    # Softmax compares classes; a regression is told so before it trains.
    [pair for pair in product(("moons", "iris", "sine"), ("auto", *OUTPUTS)) if pair != ("sine", "softmax")],
)
def test_window_file_trainer_and_exports_agree(data, output, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(run_folder, "library_problem", lambda **_: "no pictures")
    experiment = Experiment(
        data=DataSpec(name=data),
        network=NetworkSpec(hidden=(LayerSpec(units=2),), output_activation=output),
        training=TrainingSpec(engine="numpy"),
    )
    prepared = experiment.prepared()
    trainer = prepared.trainer()
    wanted = (prepared.output_activation, prepared.loss)
    trainer.run(1)
    run_folder.write_run(trainer, prepared, tmp_path, elapsed_s=0.0)
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    experiment.save(tmp_path / "again.toml")
    again = Experiment.load(tmp_path / "again.toml")
    window = Facts.of(prepared).resolved(experiment)

    assert (window.output_activation, window.loss) == wanted
    assert (trainer.network.activations[-1], trainer.loss) == wanted
    assert (summary["activations"][-1], summary["loss"]) == wanted
    assert load_model(tmp_path / "model.npz").network.activations[-1] == wanted[0]
    # In files it stays "auto", so that other data get what fits them.
    assert (again.network.output_activation, again.training.loss) == (output, "auto")
    assert (again.prepared().output_activation, again.prepared().loss) == wanted
    # The command line names the same choice where it is made there.
    named = with_settings(experiment, [f"output_activation={wanted[0]}", f"loss={wanted[1]}"])
    assert (named.prepared().output_activation, named.prepared().loss) == wanted


@pytest.mark.parametrize("name", ["moons", "spiral", "iris", "sine", "auto_mpg", "xor_table"])
def test_a_loss_survives_another_data_set_where_it_fits_what_auto_becomes_there(name):
    for loss in LOSSES:
        start = Experiment(data=DataSpec(name="moons"), training=TrainingSpec(loss=loss))
        with_dataset(start, name, "classification").prepared()


@pytest.mark.parametrize("arms", [2, 3])
def test_other_classes_keep_a_loss_that_fits_them(arms):
    fitting = {2: "binary_cross_entropy", 3: "cross_entropy"}
    for loss in fitting.values():
        start = Experiment(data=DataSpec(name="spiral"), training=TrainingSpec(loss=loss))
        edited = with_data_parameter(start, "arms", arms)
        assert edited.training.loss == (loss if loss == fitting[arms] else "auto")
        edited.prepared()


def test_an_activation_that_there_is_not_changes_nothing_of_the_loss() -> None:
    experiment = Experiment(network=NetworkSpec(output_activation="1e400"))
    resolved = resolve(experiment, "classification", 2)
    assert (resolved.output_activation, resolved.loss) == ("1e400", "binary_cross_entropy")
    with pytest.raises(SettingError, match="no activation called '1e400'"):
        experiment.trainer()
