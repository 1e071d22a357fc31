import math

import pytest

from nnviz.core.errors import SettingError
from nnviz.core.settings import Settings


def test_defaults_are_those_of_the_example_in_the_design():
    settings = Settings().changed()
    assert (settings.optimizer, settings.learning_rate, settings.batch_size) == ("sgd", 0.03, 10)
    assert settings.shuffle
    hyper = settings.hyper(100)
    assert (hyper.optimizer, hyper.schedule, hyper.batch_size) == (0, 0, 10)
    assert (hyper.clip_norm, hyper.target_loss, hyper.patience) == (0.0, -math.inf, 0)
    assert hyper.optimizer_parameters == hyper.schedule_parameters == ()
    assert settings.changed(optimizer="adam").hyper(100).optimizer_parameters == (0.9, 0.999, 1e-8)


def test_batches_are_never_larger_than_the_data():
    assert Settings().changed(batch_size=500).hyper(20).batch_size == 20
    assert Settings().changed(batch_size=None).hyper(20).batch_size == 20


def test_schedule_by_name_or_with_parameters():
    settings = Settings().changed(schedule="step")
    assert settings.schedule_parameters == {"factor": 0.5, "period": 100.0}
    settings = settings.changed(schedule=("step", {"period": 7}))
    assert settings.hyper(5).schedule_parameters == (0.5, 7.0)
    assert settings.changed(learning_rate=1.0).schedule == "step"
    assert settings.changed(schedule=None).schedule == "constant"


def test_a_new_optimiser_starts_from_its_defaults():
    settings = Settings().changed(optimizer="momentum", momentum=0.5)
    assert settings.changed(learning_rate=1.0).optimizer_parameters == {"momentum": 0.5}
    assert settings.changed(optimizer="momentum").optimizer_parameters == {"momentum": 0.5}
    assert settings.changed(optimizer="nesterov").optimizer_parameters == {"momentum": 0.9}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": -1.0}, "Learning rate must lie between"),
        ({"learning_rate": "fast"}, "Learning rate must be a number"),
        ({"learning_rate": math.nan}, "Learning rate must lie between"),
        ({"batch_size": 0}, "Batch size must be at least 1"),
        ({"batch_size": 2.5}, "Batch size must be a whole number"),
        ({"dropout": 1.0}, "Dropout must be at least 0 and less than 1, not 1"),
        ({"patience": 0}, "Patience must be at least 1"),
        ({"clip_norm": 0.0}, "Gradient clipping must be greater than 0"),
        ({"l1": None}, "L1 penalty must be a number"),
        ({"optimizer": "adma"}, "did you mean 'adam'"),
        ({"momentum": 0.5}, "sgd has no parameter 'momentum'"),
        ({"schedule": "cosinus"}, "did you mean 'cosine'"),
        ({"schedule": ("cosine", {"periode": 1})}, "cosine has no parameter 'periode'"),
        ({"lerning_rate": 1.0}, "no training setting called 'lerning_rate'"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(changes, message):
    with pytest.raises(SettingError, match=message):
        Settings().changed(**changes)


def test_through_plain_values_and_back():
    settings = Settings().changed(
        optimizer="adamw", weight_decay=0.2, schedule=("cosine", {"period": 9}), patience=3, clip_norm=2.0, seed=4
    )
    assert Settings.from_dict(settings.to_dict()) == settings
