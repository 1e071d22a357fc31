"""Several runs side by side: each is what it would be alone, and nothing of one reaches another or outlives it."""

from __future__ import annotations

import gc
import random
import weakref
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QMetaMethod, QObject, QThread, QTimer
from pytestqt.qtbot import QtBot

from nnviz.core.trainer import Trainer
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame, Needs
from nnviz.experiment.prepare import prepare
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec
from nnviz.experiment.subject import Subject
from nnviz.session.audience import Audience
from nnviz.session.controller import Controller
from nnviz.session.mailbox import SetParameters
from nnviz.session.run import Run
from nnviz.session.runs.crew import CREW, Crew
from nnviz.session.runs.host import Host
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.runs.load import LOAD
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState

MakeController = Callable[[ExperimentState], Controller]
NEEDS = Needs(planes={}, unit_maps=False, points=False)


@pytest.fixture
def lab(qapp: object) -> Iterator[Laboratory]:
    lab = Laboratory()
    yield lab
    lab.shutdown()


@pytest.fixture
def other(experiment: Experiment) -> Experiment:
    """Another kind of data, another network, the other engine."""
    return experiment.edited(
        data=DataSpec(name="moons", parameters={"n_samples": 60}),
        network=NetworkSpec(hidden=(LayerSpec(units=3), LayerSpec(units=3)), seed=4),
        training=experiment.training.edited(engine="compiled", optimizer="adam"),
    )


class Eyes:
    """A view that remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[Frame] = []

    def show_frame(self, frame: Frame) -> None:
        self.seen.append(frame)


def make(experiment: Experiment) -> Run:
    return Run(experiment, NEEDS, SPEEDS["full"])


def alone(experiment: Experiment, epochs: int, batches: int = 0) -> np.ndarray:
    """Return the parameters after so many epochs and mini-batches of the same training without a laboratory."""
    trainer = prepare(experiment).trainer()
    trainer.run(epochs=epochs)
    for _ in range(batches):
        trainer.step_batch()
    return np.array(trainer.network.parameters)


def is_as_alone(frame: Frame, experiment: Experiment) -> bool:
    return np.array_equal(frame.parameters, alone(experiment, frame.epoch, frame.batch))


def parameters(lab: Laboratory, run_id: int) -> np.ndarray:
    return lab.ask(run_id, lambda run: run.trainer.network.parameters.copy()).result(20.0)


def trained(lab: Laboratory, run_id: int, epochs: int) -> bool:
    """Whether a run has been trained so far and rests."""
    run, observer = lab.run(run_id), lab.observer(run_id)
    return run.trainer is not None and run.trainer.epoch == epochs and not observer.is_training


def test_runs_that_train_together_are_what_each_is_alone(
    lab: Laboratory, experiment: Experiment, other: Experiment, qtbot: QtBot
) -> None:
    wanted = [experiment, other, experiment.edited(network=experiment.network.edited(seed=9)), other]
    ids = [lab.add(make(each)).run_id for each in wanted]
    changed: list[int] = []
    lab.run_changed.connect(changed.append)
    lab.train(ids, 70)
    assert all(lab.observer(run_id).is_training for run_id in ids)
    qtbot.waitUntil(lambda: all(trained(lab, run_id, 70) for run_id in ids), timeout=30_000)
    assert list(lab) == ids
    assert set(changed) == set(ids)
    assert {lab.observer(run_id).status for run_id in ids} == {"paused"}
    # Nobody watches them: no picture has been made of any.
    assert all(lab.observer(run_id).frame is None for run_id in ids)
    for run_id, each in zip(ids, wanted, strict=True):
        assert np.array_equal(parameters(lab, run_id), alone(each, 70))
    lab.train(ids[:1], 5)
    qtbot.waitUntil(lambda: trained(lab, ids[0], 75), timeout=30_000)
    assert np.array_equal(parameters(lab, ids[0]), alone(experiment, 75))
    assert CREW.n_threads <= CREW.n_hands + 1


def test_who_is_watched_has_frames_of_its_own(
    lab: Laboratory, experiment: Experiment, other: Experiment, qtbot: QtBot
) -> None:
    frames: dict[int, list[Frame]] = {}
    lab.frame_ready.connect(lambda run_id, frame: frames.setdefault(run_id, []).append(frame))
    ids = [lab.add(make(each)).run_id for each in (experiment, other, other)]
    lab.bring_to_front(ids[0])
    lab.watch(ids[1])
    lab.train(ids)
    qtbot.waitUntil(lambda: all(len(frames.get(run_id, ())) > 5 for run_id in ids[:2]), timeout=30_000)
    shares = [lab.observer(run_id).display.share for run_id in ids[:2]]
    assert shares == [pytest.approx(2 / 3), pytest.approx(1 / 3)]
    # Two that wait for each other's frames never work at once: each has the share of both.
    LOAD.take_turns(lab.observer(ids[0]), lab.observer(ids[1]))
    assert [lab.observer(run_id).display.share for run_id in ids[:2]] == [1.0, 1.0]
    lab.unwatch(ids[1])
    assert lab.observer(ids[0]).display.share == 1.0
    lab.pause(ids)
    qtbot.waitUntil(lambda: not any(lab.observer(run_id).is_training for run_id in ids))
    for run_id, sizes in zip(ids, ((2, 4, 1), (2, 3, 3, 1)), strict=False):
        assert {frame.run_id for frame in frames[run_id]} == {run_id}
        assert {frame.layout.sizes for frame in frames[run_id]} == {sizes}
        assert [frame.epoch for frame in frames[run_id]] == sorted(frame.epoch for frame in frames[run_id])
    assert ids[2] not in frames
    for run_id, each in zip(ids, (experiment, other, other), strict=True):
        epoch, now = lab.ask(run_id, lambda run: (run.trainer.epoch, run.trainer.checkpoint())).result(20.0)
        lab.step(run_id, "epoch")
        # A question may be answered between two slices of the step.
        while lab.ask(run_id, lambda run: run.trainer.epoch).result(20.0) <= epoch:
            pass
        assert now.epoch == epoch
        assert np.array_equal(parameters(lab, run_id), alone(each, epoch + 1))


def test_an_order_to_one_run_touches_no_other(lab: Laboratory, experiment: Experiment) -> None:
    first, second = (lab.add(make(experiment)).run_id for _ in range(2))
    before = parameters(lab, second)
    lab.order(first, SetParameters(((0, 7.5),)))
    assert parameters(lab, first)[0] == 7.5
    assert np.array_equal(parameters(lab, second), before)


def connections_and_children(lab: Laboratory) -> dict[str, int]:
    """Return how many listen to each signal of a laboratory and of what paces it, and how many children it has."""
    counted = {"children": len(lab.findChildren(QObject))}
    for source in (lab, lab.screen):
        kind = source.metaObject()
        for method in map(kind.method, range(kind.methodCount())):
            if method.methodType() == QMetaMethod.MethodType.Signal:
                signature = method.methodSignature().data().decode()
                counted[f"{kind.className()}.{signature}"] = source.receivers(f"2{signature}")
    return counted


def test_nothing_is_left_of_a_run_that_is_dropped(experiment: Experiment, qtbot: QtBot) -> None:
    crew = Crew(2)
    lab, removed = Laboratory(crew=crew), []
    lab.removed.connect(removed.append)
    stays = lab.add(make(experiment)).run_id
    lab.bring_to_front(stays)
    before = connections_and_children(lab)
    left = []
    gc.disable()
    for _ in range(6):
        run = make(experiment)
        observer = lab.add(run)
        lab.watch(run.id)
        lab.train([run.id])
        qtbot.waitUntil(lambda seen=observer: seen.frame is not None and seen.frame.epoch > 3, timeout=20_000)
        left += [weakref.ref(run), weakref.ref(run.trainer), weakref.ref(observer), weakref.ref(run.mailbox)]
        left.append(weakref.ref(observer.frame))
        lab.remove(run.id)
        assert run.id not in lab
        run_id = run.id
        del run, observer
        assert removed[-1] == run_id
    qtbot.waitUntil(lambda: lab.findChildren(Host) == [], timeout=20_000)
    QCoreApplication.sendPostedEvents(None, 0)
    # What is heavy waits for no collection, which comes once a minute.
    kept = [reference() for reference in left if isinstance(reference(), (Run, Trainer))]
    gc.enable()
    assert kept == []
    gc.collect()
    assert [reference() for reference in left if reference() is not None] == []
    assert list(lab) == [stays]
    assert connections_and_children(lab) == before
    assert not any(timer.isActive() for timer in lab.findChildren(QTimer))
    assert crew.n_threads <= crew.n_hands + 1
    lab.shutdown()
    assert crew.n_threads == 0
    assert not any(thread.isRunning() for thread in lab.findChildren(QThread))


def test_a_run_that_is_asked_is_opened_for_that(lab: Laboratory, experiment: Experiment) -> None:
    run_id = lab.add(make(experiment)).run_id
    assert not lab.is_open(run_id)
    assert lab.ask(run_id, lambda run: run.id).result(20.0) == run_id
    assert lab.is_open(run_id)
    with pytest.raises(KeyError):
        lab.run(run_id + 1)
    assert lab.find(run_id + 1) is None


def test_a_run_in_the_background_goes_on_while_another_is_shown(
    controller: Controller, state: ExperimentState, other: Experiment, qtbot: QtBot
) -> None:
    lab, first = controller.lab, controller.run_id
    frames: list[Frame] = []
    controller.frame_ready.connect(frames.append)
    second = lab.add(make(other)).run_id
    controller.play()
    assert controller.show_run(second)
    assert (controller.run_id, lab.foreground, state.run_id, state.experiment) == (second, second, second, other)
    assert not controller.is_training
    controller.step_epoch()
    controller.wait_idle()
    assert {frame.run_id for frame in frames[-1:]} == {second}
    assert np.array_equal(controller.frame.parameters, alone(other, 1))
    qtbot.waitUntil(lambda: lab.run(first).trainer.epoch > 20, timeout=20_000)
    assert lab.observer(first).is_training
    assert controller.show_run(first)
    assert controller.is_training
    controller.pause()
    controller.wait_idle()
    assert controller.frame.run_id == first
    assert is_as_alone(controller.frame, state.experiment)
    assert not state.undo_stack.count()


def test_no_frame_of_a_foreign_subject_is_shown_in_ten_thousand_switches(
    controller: Controller, other: Experiment, qtbot: QtBot
) -> None:
    """Two runs train; the window turns from one to the other, and from their present to their past and back."""
    lab, line = controller.lab, controller.timeline
    ids = [controller.run_id, lab.add(make(other)).run_id]
    sizes = {ids[0]: (2, 4, 1), ids[1]: (2, 3, 3, 1)}
    shown: Counter[tuple[int, bool]] = Counter()
    foreign: list[Frame] = []
    audience, aside, front = Audience(), Eyes(), Eyes()
    audience.look_at(aside, Subject(ids[1]))

    def see(frame: Frame) -> None:
        shown[frame.run_id, frame.is_live] += 1
        is_right = frame.run_id == controller.run_id and frame.is_live != controller.looks_back
        if not is_right or frame.layout.sizes != sizes[controller.run_id]:
            foreign.append(frame)
        if controller.shown_prepared is None or controller.shown_prepared.layer_sizes != frame.layout.sizes:
            foreign.append(frame)
        audience.foreground = frame.subject
        audience.show_frame(frame, (front, aside))

    controller.frame_ready.connect(see)
    lab.train(ids)
    choose = random.Random(0)
    for number in range(10_000):
        deed = choose.random()
        if deed < 0.1:
            controller.show_run(choose.choice(ids))
        elif deed < 0.9:
            line.go_to(choose.randrange(max(line.last, 1)))
        else:
            line.go_to_present()
        if number % 7 == 0:
            QCoreApplication.processEvents()
        if number % 500 == 0:
            # However busy the computer is, everything is seen now and then.
            run_id, is_live = ids[number // 500 % 2], number // 1000 % 2 == 0
            controller.show_run(run_id)
            line.go_to_present()
            qtbot.waitUntil(lambda: line.last > 3 and line.last >= controller.live_frame.epoch)
            if not is_live:
                line.go_to(1 + number // 1000 % 2)
            n_before = shown[run_id, is_live]
            qtbot.waitUntil(lambda: shown[run_id, is_live] > n_before)  # noqa: B023
    assert foreign == []
    assert {(frame.run_id, frame.is_live) for frame in aside.seen} == {(ids[1], True)}
    assert all(shown[run_id, is_live] >= 5 for run_id in ids for is_live in (True, False))
    assert sum(shown.values()) == len(front.seen)
    line.go_to_present()
    lab.pause(ids)
    controller.wait_idle()


def test_windows_of_one_process_share_the_threads_but_nothing_else(
    make_controller: MakeController, experiment: Experiment, other: Experiment, qtbot: QtBot
) -> None:
    controllers = [make_controller(ExperimentState(each)) for each in (experiment, other)]
    for controller in controllers:
        controller.play()
    qtbot.waitUntil(
        lambda: all(each.frame is not None and each.frame.epoch > 30 for each in controllers), timeout=30_000
    )
    assert CREW.n_threads <= CREW.n_hands + 1
    assert [round(each.display.share, 3) for each in controllers] == [0.5, 0.5]
    controllers[0].pause()
    assert controllers[1].is_training
    for controller, each in zip(controllers, (experiment, other), strict=True):
        controller.pause()
        controller.wait_idle()
        assert is_as_alone(controller.frame, each)
    controllers[0].shutdown()
    controllers[1].step_epoch()
    controllers[1].wait_idle()
    assert controllers[1].display.share == 1.0
