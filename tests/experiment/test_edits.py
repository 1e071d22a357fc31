"""What the set-up does to an experiment, and what it says about settings that make no sense together."""

from __future__ import annotations

import msgspec
import pytest

from nnviz.core.losses import LOSSES
from nnviz.data import DATASETS
from nnviz.experiment import edits
from nnviz.experiment.document import Experiment, load_document
from nnviz.experiment.edits import Facts
from nnviz.experiment.effects import Effect, effect_of
from nnviz.experiment.lessons import default_experiment
from nnviz.experiment.prepare import prepare
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TableSource, TrainingSpec, WeightsSpec
from nnviz.ui.setup.setup_hints import (
    DATA_HINTS,
    NETWORK_HINTS,
    TRAINING_HINTS,
    data_hints,
    network_hints,
    training_hints,
)


def experiment(**data: object) -> Experiment:
    return Experiment(data=DataSpec(**({"name": "spiral", "parameters": {"n_samples": 90, "arms": 3}} | data)))


def facts(of: Experiment) -> Facts:
    return Facts.of(prepare(of))


def test_facts_of_the_spiral() -> None:
    known = facts(experiment())
    assert (known.n_rows, known.n_classes, known.n_inputs, known.n_outputs) == (90, 3, 2, 3)
    assert known.available_inputs == ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)")


def test_parameters_are_counted_with_and_without_biases() -> None:
    start = experiment()
    known = facts(start)
    assert edits.parameter_count(start, known) == prepare(start).network().parameters.size == 123
    assert edits.parameter_count(edits.with_network(start, bias=False), known) == 16 + 64 + 24


@pytest.mark.parametrize("name", list(DATASETS))
def test_every_data_set_can_be_chosen_from_every_task(name: str) -> None:
    for old in ("spiral", "sine", "xor_table"):
        start = Experiment(
            data=DataSpec(name=old, inputs=None, test_fraction=0.0),
            network=NetworkSpec(hidden=(LayerSpec(units=3),)),
            training=TrainingSpec(loss="huber"),
        )
        chosen = edits.with_dataset(start, name, DATASETS[old].task)
        assert chosen.network.hidden == start.network.hidden
        prepare(chosen)


def test_another_data_set_keeps_what_means_the_same_and_resets_the_rest() -> None:
    start = experiment(parameters={"n_samples": 90, "arms": 3, "noise": 0.4}, inputs=("x1",), seed=4, test_fraction=0.5)
    start = start.edited(view=start.view.edited(axes=(1, 0), x_range=(0.0, 1.0)))
    chosen = edits.with_dataset(start, "moons", "classification")
    assert chosen.data == DataSpec(name="moons", parameters={"n_samples": 90, "noise": 0.4}, seed=4)
    assert chosen.view == Experiment().view
    other_task = edits.with_dataset(start, "plane", "classification")
    assert other_task.data.parameters == {}


def test_training_that_nobody_changed_becomes_the_usual_one_of_the_data() -> None:
    start = edits.with_training(default_experiment(), seed=7)
    measured = edits.with_dataset(start, "breast_cancer_wisconsin", "classification")
    opened = load_document("breast_cancer_wisconsin").experiment.training
    assert measured.training == opened.edited(seed=7, epochs=start.training.epochs)
    back = edits.with_dataset(measured, "moons", "classification")
    assert back.training == TrainingSpec(seed=7, epochs=start.training.epochs)
    table = edits.with_table(start, TableSource(path="/a.csv"), "classification", "classification", 4)
    assert table.training.learning_rate == opened.learning_rate


def test_training_that_the_user_changed_stays() -> None:
    start = edits.with_training(default_experiment(), learning_rate=0.3)
    assert edits.with_dataset(start, "wine", "classification").training == start.training


def test_another_task_brings_output_and_loss_back_to_automatic() -> None:
    start = edits.with_training(edits.with_network(experiment(), output_activation="softmax"), loss="cross_entropy")
    chosen = edits.with_dataset(start, "sine", "classification")
    assert (chosen.network.output_activation, chosen.training.loss) == ("auto", "auto")


def test_more_arms_bring_a_loss_for_two_classes_back_to_automatic() -> None:
    start = edits.with_training(experiment(parameters={"arms": 2}), loss="binary_cross_entropy")
    prepare(start)
    chosen = edits.with_data_parameter(start, "arms", 3)
    prepare(chosen)
    assert effect_of(start, chosen) is Effect.RESTART


def test_noise_keeps_the_run() -> None:
    start = experiment()
    assert effect_of(start, edits.with_data_parameter(start, "noise", 0.5)) is Effect.DATA


@pytest.mark.parametrize("output", ["sigmoid", "softmax", "tanh", "linear", "relu"])
@pytest.mark.parametrize("loss", list(LOSSES))
def test_no_choice_of_output_leads_to_a_loss_that_does_not_fit(output: str, loss: str) -> None:
    start = experiment()
    known = facts(start)
    for pairing in LOSSES[loss].pairs_with[:1]:
        fitting = edits.with_training(edits.with_network(start, output_activation=pairing), loss=loss)
        prepare(edits.with_output(fitting, output, known))


def test_layers_come_and_go_at_the_end() -> None:
    start = edits.with_layer(experiment(), 1, units=5, activation="relu")
    grown = edits.with_hidden_count(start, 4)
    assert [layer.units for layer in grown.network.hidden] == [8, 5, 5, 5]
    assert edits.with_hidden_count(grown, 2) == start
    none = edits.with_hidden_count(start, 0)
    assert none.network.hidden == ()
    assert len(edits.with_hidden_count(none, 1).network.hidden) == 1


def test_all_layers_at_once() -> None:
    changed = edits.with_layer(edits.with_hidden_count(experiment(), 3), None, activation="relu")
    assert {layer.activation for layer in changed.network.hidden} == {"relu"}


def test_a_change_of_the_network_lets_explicit_weights_go() -> None:
    explicit = WeightsSpec(weights=(((1.0, 2.0),),), biases=((0.0,),))
    start = edits.with_network(experiment(), hidden=(), explicit=explicit)
    assert network_hints(start, facts(experiment()))["init"].startswith("This experiment brings")
    assert edits.with_hidden_count(start, 1).network.explicit is None


def test_all_raw_inputs_are_the_default() -> None:
    assert edits.with_inputs(experiment(), ("x1", "x2"), ("x1", "x2")).data.inputs is None
    assert edits.with_inputs(experiment(), ("x1", "x1^2"), ("x1", "x2")).data.inputs == ("x1", "x1^2")


@pytest.mark.parametrize("stop", ["never", "epochs", "target_loss", "patience"])
def test_a_stop_condition_replaces_the_others(stop: edits.Stop) -> None:
    several = edits.with_training(experiment(), stop_at_epochs=True, patience=7, target_loss=0.2)
    assert edits.stop_of(several) == "several"
    assert edits.with_stop(several, "several") == several
    assert edits.stop_of(edits.with_stop(several, stop)) == stop


def test_another_optimiser_or_schedule_starts_at_its_defaults() -> None:
    start = edits.with_optimizer_parameter(edits.with_optimizer(experiment(), "momentum"), "momentum", 0.5)
    assert edits.with_optimizer(start, "adam").training.optimizer_parameters == {}
    scheduled = edits.with_schedule_parameter(edits.with_schedule(start, "cosine"), "period", 50)
    assert scheduled.training.schedule.parameters == {"period": 50}
    assert edits.with_schedule(scheduled, "step").training.schedule.parameters == {}
    prepare(scheduled)


def trained(**changes: object) -> Experiment:
    return edits.with_training(experiment(), **changes)


PLANE = Experiment(data=DataSpec(name="plane"))
SIGMOID = edits.with_network(experiment(), output_activation="sigmoid")
SUMMED = edits.with_training(SIGMOID, loss="sum_squared_error", optimizer="sgd", learning_rate=1.0, batch_size=None)
#: (control, what its sentence contains, experiment)
SENSELESS = (
    ("test_share", "Early stopping, chosen below", edits.with_training(experiment(test_fraction=0.0), patience=5)),
    ("standardise", "Inputs reach", experiment(name="wine", parameters={}, standardise=False)),
    (
        "standardise_targets",
        "Targets (up to",
        experiment(name="auto_mpg", parameters={}, standardise_targets=False),
    ),
    ("hidden", "has no slope: it", edits.with_layer(experiment(), 0, activation="step")),
    ("hidden", "only one linear layer", edits.with_layer(experiment(), None, activation="linear")),
    ("hidden", "Gradients shrink", edits.with_layer(edits.with_hidden_count(experiment(), 6), None, activation="tanh")),
    ("init", "Equal weights", edits.with_network(experiment(), init="zeros")),
    (
        "init",
        "its own first weights",
        edits.with_network(experiment(), explicit=WeightsSpec(weights=(((1.0,),),), biases=((0.0,),))),
    ),
    ("output", "has no slope: with it", edits.with_network(experiment(), output_activation="step")),
    ("output", "compares classes", edits.with_network(PLANE, output_activation="softmax")),
    ("output", "bounded", edits.with_network(PLANE, output_activation="tanh")),
    ("loss", "does not go with", trained(loss="mean_squared_error")),
    ("loss", "learn slowly", edits.with_training(SIGMOID, loss="mean_squared_error")),
    ("learning_rate", "A sum of errors", SUMMED),
    ("learning_rate", "steps about as far", trained(optimizer="adam", learning_rate=0.5)),
    ("learning_rate", "jump about or explode", trained(optimizer="sgd", learning_rate=5.0)),
    ("learning_rate", "this momentum", trained(optimizer="momentum", learning_rate=1.0)),
    ("batch_size", "All 63 training rows", trained(batch_size=500)),
    ("schedule", "before the schedule", edits.with_schedule(trained(stop_at_epochs=True, epochs=100), "cosine")),
    ("shuffle", "order makes no difference", trained(batch_size=None)),
    ("dropout", "no hidden layer", edits.with_training(edits.with_hidden_count(experiment(), 0), dropout=0.5)),
    ("dropout", "So few units", trained(dropout=0.9)),
    ("l2", "shrinks the weights already", trained(optimizer="adamw", l2=0.1)),
    ("l2", "penalty this strong", trained(l2=1.0)),
    ("l1", "penalty this strong", trained(l1=1.0)),
    ("stop", "Without other rows", edits.with_training(experiment(test_fraction=0.0), patience=5)),
    ("stop", "no honest estimate any more", trained(patience=5)),
    ("stop", "hardly ever", trained(target_loss=0.0)),
)


def hints_of(of: Experiment) -> dict[str, str]:
    """Return all sentences; facts of the data alone where the whole cannot be prepared."""
    known = facts(Experiment(data=of.data))
    return {**data_hints(of, known), **network_hints(of, known), **training_hints(of, known)}


@pytest.mark.parametrize(("key", "part", "senseless"), SENSELESS)
def test_what_makes_no_sense_is_said_at_its_control(key: str, part: str, senseless: Experiment) -> None:
    sentence = hints_of(senseless)[key]
    assert part in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("key", "start", "senseless"),
    [
        ("hidden", "A step has no slope", edits.with_layer(experiment(), 0, activation="step")),
        ("output", "A step has no slope", edits.with_network(experiment(), output_activation="step")),
        ("output", "Softmax compares", edits.with_network(PLANE, output_activation="softmax")),
        ("loss", "With a sigmoid output", edits.with_training(SIGMOID, loss="mean_squared_error")),
        ("l2", "AdamW shrinks", trained(optimizer="adamw", l2=0.1)),
    ],
)
def test_hints_name_the_choice_that_they_speak_of(key: str, start: str, senseless: Experiment) -> None:
    assert hints_of(senseless)[key].startswith(start)


def test_every_hint_has_a_case_and_none_applies_at_the_start() -> None:
    hints = (*DATA_HINTS, *NETWORK_HINTS, *TRAINING_HINTS)
    for hint in hints:
        assert any(
            key == hint.key and part in str(hint.sentence).replace("{n_train}", "63") for key, part, _ in SENSELESS
        )
    assert len(SENSELESS) == len(hints)
    assert not hints_of(experiment())
    assert not training_hints(experiment(), None)


def test_early_stopping_by_validation_rows_leaves_nothing_to_be_said() -> None:
    assert "stop" not in hints_of(edits.with_training(experiment(validation_fraction=0.2), patience=5))


def test_shares_that_leave_too_few_rows_make_room_for_each_other() -> None:
    start = edits.with_test_share(experiment(), 90)
    both = edits.with_validation_share(start, 40, facts(experiment()))
    assert (both.data.test_fraction, both.data.validation_fraction) == (0.5, 0.4)
    assert edits.with_test_share(both, 70).data.validation_fraction == 0.2
    prepared = prepare(both)
    assert min(part.n_samples for part in (prepared.train, prepared.validation, prepared.test)) > 0


def test_nothing_is_said_of_the_batches_of_an_empty_canvas() -> None:
    start = trained(batch_size=500)
    assert "batch_size" not in training_hints(start, msgspec.structs.replace(facts(start), n_train=0))


def test_a_large_rate_of_a_summed_loss_is_fine_on_a_truth_table() -> None:
    start = SUMMED
    assert "learning_rate" not in training_hints(start, msgspec.structs.replace(facts(start), n_train=4))


def test_a_title_that_nobody_chose_follows_the_data() -> None:
    start = default_experiment()
    iris = edits.with_dataset(start, "iris", "classification")
    assert (iris.title, iris.notes) == ("Iris", "")
    table = edits.with_table(iris, TableSource(path="/tmp/pets.csv"), "classification", "classification", 2)
    assert table.title == "pets"
    assert edits.with_dataset(table, "wine", "classification").title == "Wine"
    own = start.edited(title="my lesson", notes="look")
    own = edits.with_dataset(own, "iris", "classification")
    assert (own.title, own.notes) == ("my lesson", "look")


@pytest.mark.parametrize("name", [e.name for e in DATASETS.values() if e.group == "toy" and e.task == "classification"])
def test_every_picture_that_can_be_chosen_leaves_something_to_learn(name: str) -> None:
    chosen = edits.with_dataset(default_experiment(), name, "classification")
    chosen = edits.with_training(chosen, engine="numpy")
    assert chosen.prepared().trainer().history.train_accuracy[0] < 0.95


def test_what_a_table_suggests_goes_with_it_whatever_stops_the_training_or_weighs_the_classes() -> None:
    start = experiment()
    on_iris = edits.with_dataset(start, "iris", "classification")
    assert on_iris.training.l2 > 0
    stopped = edits.with_training(on_iris, patience=20, restore_best=True, class_weights="balanced")
    on_wine = edits.with_dataset(stopped, "wine", "classification")
    back = edits.with_dataset(on_wine, "spiral", "classification")
    assert back.training.l2 == 0
    assert back.training.schedule == TrainingSpec().schedule
    assert (back.training.patience, back.training.restore_best) == (20, True)
    assert back.training.class_weights == "balanced"
