"""The bounds of every setting, asked of all who judge one: the file, the trainer, the field and the slider."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from nnviz.core import bounds
from nnviz.core.choices import Parameter
from nnviz.core.errors import ExperimentError, SettingError
from nnviz.core.network import Network
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.core.settings import Settings
from nnviz.data import DATASETS
from nnviz.experiment.document import validate_experiment
from nnviz.experiment.schema import NetworkSpec, TrainingSpec
from nnviz.ui.form.number_scale import NumberScale

TRAINING = [
    bound
    for name, bound in vars(bounds).items()
    if isinstance(bound, Parameter) and bound.name in TrainingSpec.model_fields
]
NETWORK = [bounds.INIT_SCALE, bounds.SEED]
OWN = [
    *((f"{name} {parameter.name}", parameter) for name, entry in OPTIMIZERS.items() for parameter in entry.parameters),
    *((f"{name} {parameter.name}", parameter) for name, entry in SCHEDULES.items() for parameter in entry.parameters),
    *((f"{name} {parameter.name}", parameter) for name, entry in DATASETS.items() for parameter in entry.parameters),
]
ALL = [*((bound.name, bound) for bound in (*TRAINING, bounds.INIT_SCALE, bounds.UNITS)), *OWN]
Judge = Callable[[Any], Any]


def inside(bound: Parameter) -> list[float]:
    """Return the outermost values that are allowed, and the default."""
    step = 1 if bound.integer else 0.0
    low = bound.minimum if not bound.above_minimum else math.nextafter(bound.minimum, math.inf)
    high = bound.maximum if not bound.below_maximum else math.nextafter(bound.maximum, -math.inf)
    assert step == 0 or not (bound.above_minimum or bound.below_maximum)
    return [low, bound.default, high]


def outside(bound: Parameter) -> list[float]:
    """Return the values just outside of the bounds, and what is no number at all."""
    if bound.integer:
        return [bound.minimum - 1, bound.maximum + 1]
    low = bound.minimum if bound.above_minimum else math.nextafter(bound.minimum, -math.inf)
    high = bound.maximum if bound.below_maximum else math.nextafter(bound.maximum, math.inf)
    return [low, high, math.nan]


def in_a_file(section: str, bound: Parameter) -> Judge:
    return lambda value: validate_experiment({section: {bound.name: value}}, "a.toml")


def in_a_run(bound: Parameter) -> Judge:
    return lambda value: Settings().changed(**{bound.name: value})


def in_a_network(bound: Parameter) -> Judge:
    return lambda value: Network([1, 1], init="constant", **{bound.name: value})


def in_a_field(bound: Parameter) -> Judge:
    return lambda value: NumberScale(bound).parse(repr(value))


def in_a_layer(value: Any) -> Any:
    return validate_experiment({"network": {"hidden": [{"units": value}]}}, "a.toml")


def own_in_a_run(name: str, bound: Parameter) -> Judge:
    if name in OPTIMIZERS:
        return lambda value: Settings().changed(optimizer=name, **{bound.name: value})
    if name in SCHEDULES:
        return lambda value: Settings().changed(schedule=(name, {bound.name: value}))
    return lambda value: DATASETS[name].load(**{bound.name: value})


JUDGES = [
    *((f"{bound.name} in a file", bound, in_a_file("training", bound)) for bound in TRAINING),
    *((f"{bound.name} in a run", bound, in_a_run(bound)) for bound in TRAINING if bound.name != "epochs"),
    *((f"{bound.name} in a file's network", bound, in_a_file("network", bound)) for bound in NETWORK),
    *((f"{bound.name} in a file's data", bound, in_a_file("data", bound)) for bound in (bounds.SEED,)),
    *((f"{bound.name} in a network", bound, in_a_network(bound)) for bound in NETWORK),
    ("units in a file", bounds.UNITS, in_a_layer),
    *((f"{name} in a field", bound, in_a_field(bound)) for name, bound in ALL),
    *((f"{name} in use", bound, own_in_a_run(name.split()[0], bound)) for name, bound in OWN),
]


@pytest.mark.parametrize(("bound", "judge"), [judge[1:] for judge in JUDGES], ids=[judge[0] for judge in JUDGES])
def test_everyone_takes_the_bounds_and_refuses_what_lies_just_outside(bound: Parameter, judge: Judge) -> None:
    for value in inside(bound):
        judge(value)
    for value in outside(bound):
        with pytest.raises((SettingError, ExperimentError)) as refusal:
            judge(value)
        sentence = str(refusal.value)
        # A field that cannot even read it repeats what was typed.
        assert bound.label.lower() in sentence.lower() or bound.name in sentence or f"“{value}”" in sentence
        assert sentence.endswith(".")
        assert ". " not in sentence
        assert "\n" not in sentence


@pytest.mark.parametrize(("name", "bound"), ALL, ids=[name for name, _ in ALL])
def test_sliders_stay_within_the_bounds(name: str, bound: Parameter) -> None:
    scale = NumberScale(bound)
    for value in scale.values:
        assert bound.check(value) == value
        assert scale.parse(scale.text(value)) == pytest.approx(value)
    assert bound.ends[0] <= scale.values[0] < scale.values[-1] <= bound.ends[1]


def test_every_bounded_number_of_a_run_and_of_a_file_is_in_the_table() -> None:
    named = {bound.name for bound in TRAINING}
    assert set(bounds.RUN_SETTINGS) | {"epochs"} == named
    numbers = {
        name
        for spec in (TrainingSpec, NetworkSpec)
        for name, field in spec.model_fields.items()
        if isinstance(field.default, float | int) and not isinstance(field.default, bool)
    }
    assert numbers <= named | {bounds.INIT_SCALE.name}


@pytest.mark.parametrize("name", bounds.MAY_BE_NONE)
def test_what_may_be_switched_off_may_be_so_in_a_file_and_in_a_run(name: str) -> None:
    validate_experiment({"training": {name: None}}, "a.toml")
    assert getattr(Settings().changed(**{name: None}), name) is None


def test_a_whole_number_too_large_for_a_float_keeps_its_digits() -> None:
    seed = 2**62 + 1
    assert Settings().changed(seed=seed).seed == seed
    assert Network([1, 1], seed=seed).seed == seed
    assert NumberScale(bounds.SEED).parse(NumberScale(bounds.SEED).text(seed)) == seed
