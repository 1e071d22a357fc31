"""Looking back at a run: what is shown is the epoch that one stands at, exactly, while the run goes on."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from nnviz.experiment.frame import Frame
from nnviz.session import mailbox
from nnviz.session.controller import Controller
from nnviz.session.job import Job
from nnviz.session.state import ExperimentState

Reach = Callable[[Controller, int], None]
Train = Callable[[Controller, int], Frame]


@pytest.fixture
def trained(controller: Controller, train: Train) -> Controller:
    """Paused after some epochs, some of them with another rate."""
    controller.set_needs("inspector", gradient=True)
    train(controller, 20)
    state = controller._state
    state.edit(state.experiment.edited(training=state.experiment.training.edited(learning_rate=0.2)), "rate")
    train(controller, 60)
    return controller


def settle(qtbot: QtBot, controller: Controller) -> Frame:
    """Wait until the exact epoch is shown, or the present."""
    line = controller.timeline

    def is_there() -> bool:
        frame = controller.frame
        shown = frame is not None and (frame.is_live if line.epoch is None else frame.epoch == line.epoch)
        return shown and line.is_exact and not line._is_asking

    qtbot.waitUntil(is_there, timeout=20_000)
    assert controller.frame is not None
    return controller.frame


def truth(controller: Controller, epoch: int) -> np.ndarray:
    parameters: np.ndarray = controller.ask(lambda run: run.trainer.parameters_at(epoch))
    return parameters


def test_any_epoch_is_shown_exactly_and_the_present_comes_back(qtbot: QtBot, trained: Controller) -> None:
    line, last = trained.timeline, trained.timeline.last
    present = trained.frame.parameters.copy()
    for epoch in (17, 0, last - 1, 3):
        line.go_to(epoch)
        frame = settle(qtbot, trained)
        assert (frame.epoch, frame.is_live, line.shown_epoch) == (epoch, False, epoch)
        assert np.array_equal(frame.parameters, truth(trained, epoch))
        assert frame.gradient is not None
    line.go_to_present()
    frame = settle(qtbot, trained)
    assert frame.is_live
    assert frame.epoch == last
    assert frame.gradient is not None
    assert np.array_equal(frame.parameters, present)
    assert line.edits[0].epoch >= 20
    assert line.edits[0].began == ("settings",)


def test_no_frame_of_the_present_is_handed_on_while_the_past_is_scrubbed(
    qtbot: QtBot, trained: Controller, reach: Reach
) -> None:
    handed: list[Frame] = []
    line, choose = trained.timeline, random.Random(5)
    # Not every epoch is kept: where one rests, it is computed again.
    trained.ask(lambda run: run.trainer.limit_past(2**14))
    trained.play()
    reach(trained, trained.timeline.last + 5)
    line.go_to(1)
    settle(qtbot, trained)
    trained.frame_ready.connect(handed.append)
    before = line.last
    threads = threading.active_count()
    for _ in range(1000):
        line.go_to(choose.randrange(line.first, before))
        QCoreApplication.processEvents()
        if choose.random() < 0.015:
            assert settle(qtbot, trained).epoch == line.epoch
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    # Of a thousand questions none is left behind: neither threads nor jobs.
    assert threading.active_count() <= threads + 1
    assert len(line.findChildren(Job)) <= 1
    settle(qtbot, trained)
    assert handed
    assert all(not frame.is_live for frame in handed)
    assert handed[-1].epoch == line.epoch
    qtbot.waitUntil(lambda: line.last > before, timeout=10_000)
    assert trained.is_training
    trained.pause()
    line.go_to_present()
    assert settle(qtbot, trained).epoch >= before


def test_what_was_not_kept_is_computed_again_at_rest(qtbot: QtBot, trained: Controller) -> None:
    trained.ask(lambda run: run.trainer.limit_past(8192))
    line = trained.timeline
    epoch = next(
        e
        for e in range(trained.ask(lambda run: run.trainer.first_epoch), line.last)
        if trained.ask(lambda run, e=e: run.trainer.nearest_kept(e)) != e
    )
    told: list[tuple[int | None, bool]] = []
    line.changed.connect(lambda: told.append((line.shown_epoch, line.is_exact)))
    line.go_to(epoch)
    frame = settle(qtbot, trained)
    near = next(shown for shown, is_exact in told if shown is not None and not is_exact)
    assert near != epoch
    assert told[-1] == (epoch, True)
    assert frame.epoch == epoch
    assert np.array_equal(frame.parameters, truth(trained, epoch))
    # What is asked for anew is asked of the same epoch.
    trained.set_needs("card", probe=(0.5, 0.5))
    qtbot.waitUntil(lambda: trained.frame.seen_by("card").probe is not None)
    assert (trained.frame.epoch, line.is_exact) == (epoch, True)


def test_training_lets_who_moves_through_time_go_first_but_no_replay(
    qtbot: QtBot, trained: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "HASTE_S", 1e9)
    line, post = trained.timeline, trained._run.mailbox
    trained.set_speed("10_per_frame")
    line.go_to(17)
    settle(qtbot, trained)
    assert post.is_hasty
    post._hasty_until_s = 0.0
    line.toggle_replay()
    qtbot.waitUntil(lambda: not line.is_past, timeout=20_000)
    assert not post.is_hasty


def test_the_past_is_replayed_until_the_present(qtbot: QtBot, trained: Controller) -> None:
    shown: list[int] = []
    trained.set_speed("10_per_frame")
    trained.frame_ready.connect(lambda frame: shown.append(frame.epoch))
    trained.timeline.toggle_replay()
    assert trained.timeline.is_replaying
    qtbot.waitUntil(lambda: not trained.timeline.is_past, timeout=20_000)
    settle(qtbot, trained)
    assert shown == sorted(shown)
    assert shown[0] < 20
    assert shown[-1] == trained.timeline.last
    assert not trained.timeline.is_replaying


def test_edits_and_other_runs_lead_back_to_the_present(
    qtbot: QtBot, trained: Controller, state: ExperimentState
) -> None:
    line = trained.timeline
    line.go_to(5)
    settle(qtbot, trained)
    state.edit(state.experiment.edited(training=state.experiment.training.edited(learning_rate=0.3)), "rate")
    assert not line.is_past
    line.go_to(5)
    settle(qtbot, trained)
    trained.reset()
    assert not line.is_past
    trained.wait_idle()
    assert trained.frame.epoch == 0
    state.undo_stack.undo()
    trained.wait_idle()
    assert trained.frame.epoch == line.last >= 60
    line.go_to(8)
    assert settle(qtbot, trained).epoch == 8
