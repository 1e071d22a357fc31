"""A past comes back from a file exact, within the room that it was given, or with one sentence."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnviz.core.errors import Cancelled, ExperimentError, NnvizError
from nnviz.core.network import Network
from nnviz.core.past import KEYFRAME_S
from nnviz.core.storage import json_array, json_content
from nnviz.core.stored_past import StoredPast
from nnviz.core.trainer import Trainer
from tests.core.past_runs import RARELY, Watched, data, events, rows
from tests.core.past_runs import settings as any_settings
from tests.core.test_past import CASES, PHASES, make
from tests.experiment.hostile_files import ARRAYS, STRANGE

engines = pytest.mark.parametrize("engine", ["numpy", "compiled"])
DATA = (*rows(0, 23), *rows(1, 9))
DAMAGED_CASES = 4 * CASES


def reopened(trainer, n_bytes=2**20, given=None):
    again = Trainer.from_checkpoint(trainer.checkpoint(), *(DATA if given is None else ()), **(given or {}))
    again.remember(StoredPast({name: array.copy() for name, array in trainer.stored_past(n_bytes).arrays.items()}))
    return again


@engines
@settings(max_examples=CASES // 2, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(
    first=data(),
    chosen=any_settings,
    class_weights=st.sampled_from([None, "balanced"]),
    gap_s=st.sampled_from([0.0, RARELY]),
    course=st.lists(events, max_size=10),
    later=st.lists(events, max_size=3),
)
def test_every_epoch_is_what_it_was_after_reopening(engine, first, chosen, class_weights, gap_s, course, later):
    watched = Watched(engine, first, chosen, class_weights, gap_s)
    for kind, value in [*course, ("train", 3)]:
        watched.do(kind, value)
    before = watched.trainer
    again = reopened(before, given=watched.data)
    assert again.segments == before.segments
    watched.trainer = again
    for kind, value in later:
        watched.do(kind, value)
    epochs = sorted(watched.parameters)
    for epoch in {*epochs[:: max(len(epochs) // 6, 1)], *(segment.epoch for segment in again.segments), epochs[-1]}:
        np.testing.assert_array_equal(again.parameters_at(epoch), watched.parameters[epoch])
        np.testing.assert_array_equal(again.route_to(epoch).follow().state.parameters, watched.parameters[epoch])


def edited():
    trainer = make(optimizer="adam", dropout=0.2)
    trainer._past._gap_s = 0.0
    for rate in (0.1, 0.2, 0.3):
        trainer.run(5)
        trainer.step_batch()
        trainer.set(learning_rate=rate)
        trainer.run(3)
        trainer.set_parameter(2, rate)
        trainer.network.freeze(1, 0)
        trainer.step_batch()
        trainer.replace_data(*rows(int(10 * rate), 23), *DATA[2:])
    trainer.run(5)
    trainer.replace_data(*DATA)
    trainer.run(5)
    trainer._past._gap_s = KEYFRAME_S
    return trainer


def test_what_a_reopened_run_saves_again_is_the_same():
    trainer = edited()
    again = reopened(trainer)
    first, second = trainer.stored_past(2**20).arrays, again.stored_past(2**20).arrays
    assert first.keys() == second.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name], err_msg=name)


@pytest.mark.parametrize("kib", [2000, 100, 60, 40, 20])
def test_a_part_keeps_to_its_room_and_stays_exact(kib):
    random = np.random.default_rng(0)
    trainer = make(n=40, batch_size=8)
    trainer._past._gap_s = 0.0
    seen = {}
    for _ in range(120):
        trainer.run(2)
        trainer.replace_data(random.normal(size=(40, 2)), random.random((40, 1)).round())
        seen[trainer.epoch] = trainer.network.parameters.copy()
    trainer.run(1)
    past = trainer.stored_past(kib * 2**10)
    assert past.nbytes < kib * 2**10 + 2**16
    again = Trainer.from_checkpoint(trainer.checkpoint(), trainer.problem.X, trainer.problem.Y)
    again.remember(past)
    first = again._past.first_epoch
    assert (first > 0) == (kib < 2000)
    for epoch, parameters in seen.items():
        if epoch >= first:
            np.testing.assert_array_equal(again.parameters_at(epoch), parameters)


def test_too_little_room_keeps_nothing():
    assert edited().stored_past(100) is None


def test_snapshots_and_ways_of_weights_come_back():
    trainer = make()
    trainer.run(300)
    again = reopened(trainer)
    for one, other in zip(trainer.parameters_over_time([0, 3]), again.parameters_over_time([0, 3]), strict=True):
        np.testing.assert_array_equal(one, other)
    again.run(100)
    assert again.nearest_kept(350) == 350
    few = reopened(trainer, 2**13)
    epochs, _ = few.parameters_over_time([0])
    assert 2 < len(epochs) < 40


def test_the_past_of_other_data_or_another_run_is_refused():
    trainer = edited()
    past, checkpoint = trainer.stored_past(2**20), trainer.checkpoint()
    other = Trainer.from_checkpoint(checkpoint, *rows(7, 23), *DATA[2:])
    with pytest.raises(ExperimentError, match="is of other rows than the data have now"):
        other.remember(past)
    assert other.segments == (other._past._start,)
    further = Trainer.from_checkpoint(checkpoint, *DATA)
    further.run(1)
    with pytest.raises(ExperimentError, match="is damaged and was left out"):
        further.remember(past)
    wider = Trainer(Network([2, 4, 1], seed=0), *DATA)
    with pytest.raises(ExperimentError, match="was left out"):
        wider.remember(past)


def changed_description(arrays, draw):
    content = json_content(arrays, "description", "past")
    key = draw(st.sampled_from(sorted(content)))
    if isinstance(content[key], list) and content[key] and draw(st.booleans()):
        content[key][draw(st.integers(0, len(content[key]) - 1))] = draw(st.sampled_from(STRANGE))
    else:
        content[key] = draw(st.sampled_from(STRANGE))
    return {**arrays, "description": json_array(content)}


def changed_number(arrays, draw):
    name = draw(st.sampled_from([name for name, array in arrays.items() if array.dtype.kind in "iuf" and array.size]))
    array = arrays[name].copy()
    place = draw(st.integers(0, array.size - 1))
    array.reshape(-1)[place] = draw(st.sampled_from([0, 1, 2, 40, 2**31 - 1]))
    return {**arrays, name: array}


def changed_array(arrays, draw):
    name = draw(st.sampled_from(sorted(set(arrays) - {"description"})))
    with np.errstate(all="ignore"):
        return {**arrays, name: draw(st.sampled_from(ARRAYS))(arrays[name])}


def missing(arrays, draw):
    name = draw(st.sampled_from(sorted(arrays)))
    return {key: array for key, array in arrays.items() if key != name}


class Originals:
    """One run, made once."""

    trainer = None

    @classmethod
    def get(cls):
        if cls.trainer is None:
            cls.trainer = edited()
            cls.arrays = cls.trainer.stored_past(2**20).arrays
        return cls.trainer, cls.arrays


@settings(max_examples=DAMAGED_CASES, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_past_is_refused_or_harmless(data):
    trainer, arrays = Originals.get()
    damage = data.draw(st.sampled_from([changed_description, changed_number, changed_number, changed_array, missing]))
    again = Trainer.from_checkpoint(trainer.checkpoint(), *DATA)
    before = again.network.parameters.copy()
    told, deadline = [], iter(range(10))
    try:
        again.remember(StoredPast(damage(arrays, data.draw)))
        for epoch in (again._past.first_epoch, 20, again.epoch):
            again.checkpoint_at(epoch, lambda: next(deadline, None) is None)
    except (NnvizError, Cancelled) as error:
        told.append(str(error))
    assert all(0 < len(sentence) < 300 for sentence in told)
    np.testing.assert_array_equal(again.network.parameters, before)
