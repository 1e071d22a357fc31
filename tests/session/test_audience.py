"""Views are shown what they look at, and nothing else."""

from __future__ import annotations

from collections import deque
from random import Random

import numpy as np

from nnviz.experiment import DataSpec, Experiment, FrameBuilder, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.experiment.builders import Builders
from nnviz.experiment.frame import Frame, Needs
from nnviz.experiment.subject import LIVE, Subject
from nnviz.session.audience import Audience

NOTHING = Needs(planes={}, unit_maps=False, points=False)
SWITCHES = 10_000


class Eyes:
    """A view that remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[Frame] = []

    def show_frame(self, frame: Frame) -> None:
        self.seen.append(frame)


def small(units: int) -> Experiment:
    return Experiment(
        data=DataSpec(name="xor_table"),
        network=NetworkSpec(hidden=(LayerSpec(units=units),), seed=units),
        training=TrainingSpec(engine="numpy"),
    )


def test_a_view_follows_the_foreground_until_it_looks_at_something_else() -> None:
    audience, one, two = Audience(), Eyes(), Eyes()
    prepared = small(2).prepared()
    trainer, builder = prepared.trainer(), FrameBuilder(prepared)
    trainer.run(3)
    live = builder.build(trainer.moment(5), NOTHING, status="running")
    past = builder.build(trainer.moment_at(2, run_id=5), NOTHING)
    audience.show_frame(live, (one, two))
    assert one.seen == two.seen == []
    audience.foreground = Subject(5)
    audience.look_at(two, Subject(5, 2))
    assert (audience.subject_of(one), audience.subjects) == (Subject(5), {Subject(5, 2)})
    for frame in (live, past):
        audience.show_frame(frame, (one, two))
    assert (one.seen, two.seen) == ([live], [past])
    audience.look_at(two, None)
    audience.show_frame(live, (one, two))
    assert two.seen == [past, live]


def test_no_frame_of_a_foreign_subject_reaches_a_view_in_ten_thousand_switches() -> None:
    """Two runs train, their frames and those of their past arrive late, and views turn to other things meanwhile."""
    random, audience, views = Random(0), Audience(), [Eyes() for _ in range(4)]
    runs = {}
    for run_id in (1, 2):
        prepared = small(run_id + 1).prepared()
        runs[run_id] = prepared.trainer(), FrameBuilder(prepared)
    on_the_way: deque[Frame] = deque()
    n_due = n_shown = n_past = 0
    for number in range(SWITCHES):
        run_id = random.choice((1, 2))
        trainer, builder = runs[run_id]
        if number % 10 == 0:
            trainer.step_epoch()
            on_the_way.append(builder.build(trainer.moment(run_id), NOTHING, status="running"))
        elif number % 40 == 1:
            moment = trainer.moment_at(random.randrange(min(trainer.epoch, 3) + 1), run_id=run_id)
            on_the_way.append(builder.build(moment, NOTHING, status="running"))
        if random.random() < 0.2:
            audience.foreground = Subject(random.choice((1, 2)))
        else:
            choices = (None, Subject(1), Subject(2), *(Subject(run, epoch) for run in (1, 2) for epoch in range(3)))
            audience.look_at(random.choice(views), random.choice(choices))
        while len(on_the_way) > random.randrange(12):
            frame = on_the_way.popleft()
            before = [len(view.seen) for view in views]
            audience.show_frame(frame, views)
            for view, n_seen in zip(views, before, strict=True):
                subject = audience.subject_of(view)
                is_due = subject is not None and (
                    (frame.run_id, frame.is_live) == (subject.run_id, subject.when == LIVE)
                    and (frame.is_live or frame.epoch == subject.when)
                )
                assert len(view.seen) - n_seen == is_due
                n_due += is_due
                n_past += is_due and not frame.is_live
            n_shown += 1
    assert n_shown > 1200
    assert n_due > 400
    assert n_past > 20


def test_the_past_is_shown_on_the_data_of_then() -> None:
    first = small(2).prepared()
    other = small(2).edited(data=DataSpec(name="moons", parameters={"n_samples": 30}))
    changed = other.prepared()
    trainer = first.trainer()
    builders = Builders(first)
    trainer.run(2)
    trainer.replace_data(changed.X_train, changed.Y_train, **changed.held_back)
    builders.renew(changed, trainer.problem.version, trainer.data_versions)
    trainer.run(2)
    then, later = trainer.moment_at(2), trainer.moment_at(4)
    assert builders.of(trainer.moment()) is builders.present is builders.of(later)
    assert builders.of(then).prepared is first
    assert builders.of(then) is builders.of(trainer.moment_at(1))
    frame = builders.of(then).build(then, Needs())
    assert (len(frame.correct_train), len(builders.of(later).build(later, Needs()).correct_train)) == (
        first.train.n_samples,
        changed.train.n_samples,
    )
    np.testing.assert_array_equal(frame.parameters, trainer.checkpoint_at(2).parameters)
