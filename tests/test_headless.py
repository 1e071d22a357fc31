from __future__ import annotations

import pytest

from nnviz import headless
from nnviz.experiment import LESSONS, DataSpec, Experiment, TrainingSpec
from nnviz.experiment.overrides import with_settings


def small(**training) -> Experiment:
    data = DataSpec(name="moons", parameters={"n_samples": 40})
    return Experiment(title="small", data=data, training=TrainingSpec(engine="numpy", **training))


def test_training_shows_a_bar_and_ends_on_the_epoch(capsys):
    trainer = small().trainer()
    assert headless.train(trainer, 37) == ""
    assert trainer.epoch == 37
    assert trainer.batch == 0
    assert "37/37" in capsys.readouterr().err


def test_a_stop_condition_is_told(capsys):
    assert "target" in headless.train(small(target_loss=10.0).trainer(), 50)


def test_all_three_parts_are_told_and_by_which_patience_judges(capsys):
    experiment = with_settings(small(epochs=2), ["validation_fraction=0.2", "patience=1", "restore_best=true"])
    prepared = experiment.prepared()
    assert "20 training rows, 8 validation rows, 12 test rows" in headless.describe_setting(prepared)
    trainer = prepared.trainer()
    headless.train(trainer, 2)
    capsys.readouterr()
    assert "validation loss" in headless.describe_result(trainer, prepared)
    assert trainer.settings.restore_best
    assert trainer.judged_by == ""
    judged = with_settings(small(epochs=2), ["patience=1"]).prepared().trainer()
    assert "no honest estimate any more" in judged.judged_by


def test_a_time_limit_ends_training(capsys):
    trainer = small().trainer()
    assert "stopped at epoch" in headless.train(trainer, 10**6, time_limit_s=0.0)
    assert trainer.epoch < 10**6


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("moons", ("training loss", "test loss", "accuracy")),
        ("sine", ("R²",)),
        ("xor_table", ("training loss",)),
    ],
)
def test_results_are_told_in_a_sentence(name, words):
    prepared = Experiment(data=DataSpec(name=name)).prepared()
    text = headless.describe_result(prepared.trainer(), prepared)
    assert all(word in text for word in words)
    assert ("test" in text) == bool(prepared.test.n_samples)


def test_the_setting_is_told_in_a_line():
    assert headless.describe_setting(small().prepared()) == (
        "small: Moons, 28 training rows, 12 test rows; network 2-8-8-1"
    )


def test_small_tables_are_shown_beside_their_predictions():
    prepared = LESSONS["source-c"].experiment.prepared()
    lines = headless.prediction_table(prepared.trainer(), prepared).splitlines()
    assert lines[0].split()[-2:] == ["target", "prediction"]
    assert len(lines) == 5
    assert len({len(line) for line in lines}) == 1
    many = small().prepared()
    assert headless.prediction_table(many.trainer(), many) == ""


def test_each_output_of_a_small_table_is_called_by_its_class(tmp_path):
    (tmp_path / "t.csv").write_text("x,kind\n1,fig\n2,fig\n5,pear\n6,pear\n9,plum\n8,plum\n")
    prepared = Experiment.load(tmp_path / "t.csv").prepared()
    header = headless.prediction_table(prepared.trainer(), prepared).splitlines()[0].split("  ")
    found = [name.strip() for name in header if name.strip()]
    goals = [f"{word} {name}" for word in ("target", "prediction") for name in ("fig", "pear", "plum")]
    assert found == ["x", *goals]
