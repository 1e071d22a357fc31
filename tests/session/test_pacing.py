"""Slices, rates and epochs per frame, on a clock of the test's own."""

from __future__ import annotations

import sys
import time

import pytest
from PySide6.QtCore import QMetaObject, Qt, QTimer, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnviz.session.observer import RunObserver
from nnviz.session.pacing import (
    GUI_LOAD,
    GUI_LOAD_AT_REST,
    SHORTEST_SLICE_S,
    SIDE_LOAD,
    SLICE_S,
    DisplayClock,
    DisplayForecast,
    Pace,
    RateMeter,
    Rhythm,
    SliceMeter,
    share_interpreter,
)
from nnviz.session.speeds import SPEEDS


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_slices_begin_with_one_batch_and_grow_to_their_length() -> None:
    meter, lengths = SliceMeter(), []
    for _ in range(8):
        batches = meter.batches(SLICE_S)
        lengths.append(batches)
        meter.measured(batches, batches * 1e-5)
    assert lengths[:3] == [1, 8, 64]
    assert lengths[-1] == pytest.approx(2000, abs=1)


def test_a_slice_is_never_empty_however_slow_a_batch_is() -> None:
    meter = SliceMeter()
    meter.measured(1, 5.0)
    assert meter.batches(SLICE_S) == 1


def test_a_slow_slice_is_believed_at_once_and_a_fast_one_by_and_by() -> None:
    meter = SliceMeter()
    meter.measured(100, 0.010)
    assert meter.batches(SLICE_S) == 200
    meter.measured(100, 0.100)
    assert meter.batches(SLICE_S) == 20
    meter.measured(100, 0.010)
    assert 20 < meter.batches(SLICE_S) < 40


def test_nothing_is_learnt_from_a_slice_without_batches() -> None:
    meter = SliceMeter()
    meter.measured(0, 1.0)
    assert meter.batches(SLICE_S) == 1


def test_the_rate_is_that_of_the_last_second(clock: Clock) -> None:
    meter = RateMeter(clock)
    assert meter.rate == 0.0
    epochs = 0.0
    for step in range(60):
        meter.add(epochs)
        clock.now_s += 0.05
        epochs += 1.0 if step < 30 else 10.0
    assert meter.rate == pytest.approx(200.0, rel=0.02)
    meter.clear()
    assert meter.rate == 0.0


def test_the_rate_of_one_epoch_a_second_needs_two_epochs(clock: Clock) -> None:
    meter = RateMeter(clock)
    for epoch in range(3):
        meter.add(epoch)
        clock.now_s += 1.0
    assert meter.rate == pytest.approx(1.0)


def test_at_full_speed_training_never_waits(clock: Clock) -> None:
    pace = Pace(SPEEDS["full"], clock)
    pace.epochs_done(1000)
    assert pace.epochs_allowed is None
    assert not pace.frame_due
    assert pace.delay_s == 0.0


def test_counted_speeds_wait_for_their_frame(clock: Clock) -> None:
    pace = Pace(SPEEDS["10_per_frame"], clock)
    pace.epochs_done(4)
    assert pace.epochs_allowed == 6
    pace.frame_sent()
    assert pace.epochs_allowed == 6
    pace.epochs_done(6)
    assert pace.frame_due
    pace.frame_sent()
    assert (pace.epochs_allowed, pace.delay_s) == (10, 0.0)


def test_timed_speeds_keep_their_rhythm_over_small_delays(clock: Clock) -> None:
    pace = Pace(SPEEDS["5"], clock)
    assert (pace.delay_s, pace.epochs_allowed) == (0.0, 1)
    pace.epochs_done(1)
    assert pace.delay_s == pytest.approx(0.2)
    clock.now_s += 0.25
    assert (pace.delay_s, pace.epochs_allowed) == (0.0, 1)
    pace.epochs_done(1)
    assert pace.delay_s == pytest.approx(0.15)


def test_timed_speeds_do_not_catch_up_after_a_long_delay(clock: Clock) -> None:
    pace = Pace(SPEEDS["5"], clock)
    pace.epochs_done(1)
    clock.now_s += 10.0
    pace.epochs_done(1)
    assert pace.delay_s == pytest.approx(0.2)


@pytest.mark.parametrize("name", ["1", "5", "20", "60"])
@pytest.mark.parametrize("draws_s", [0.001, 0.016, 0.1, 0.35])
def test_timed_speeds_are_kept_however_long_a_frame_takes(clock: Clock, name: str, draws_s: float) -> None:
    speed = SPEEDS[name]
    pace, begun_s, trained = Pace(speed, clock), clock.now_s, 0
    shown: list[float] = []
    while clock.now_s < begun_s + 20.0:
        # A machine that can do one thing at a time: an epoch takes half a millisecond, a frame as long as it is given.
        if pace.delay_s > 0.0:
            clock.now_s += min(pace.delay_s, 0.05)
            continue
        epochs = pace.epochs_allowed
        assert epochs is not None
        clock.now_s += 0.0005 * epochs
        pace.epochs_done(epochs)
        trained += epochs
        assert not pace.frame_due
        assert not pace.between_frames
        clock.now_s += draws_s
        shown.append(clock.now_s)
        pace.frame_sent()
        assert pace.between_frames
    assert speed.epochs_per_second is not None
    elapsed_s = clock.now_s - begun_s
    assert trained == pytest.approx(speed.epochs_per_second * elapsed_s, abs=2.0 + speed.epochs_per_second * draws_s)
    assert trained / elapsed_s == pytest.approx(speed.epochs_per_second, rel=1.0 / 30.0)
    # As many frames as there are epochs, or as there is time for.
    assert len(shown) >= 0.9 * min(trained, elapsed_s / (draws_s + 1.0 / speed.epochs_per_second))


def test_an_engine_too_slow_for_a_timed_speed_trains_all_the_time_and_owes_nothing(clock: Clock) -> None:
    pace = Pace(SPEEDS["60"], clock)
    for _ in range(100):
        assert pace.delay_s <= 1.0 / 60.0
        clock.now_s += pace.delay_s + 0.1
        pace.epochs_done(1)
    assert pace.epochs_allowed is not None
    assert pace.epochs_allowed <= 60.0 * Pace.CATCH_UP_S + 1


def test_slices_end_when_the_display_is_expected(clock: Clock) -> None:
    forecast = DisplayForecast(clock)
    for _ in range(60):
        forecast.frame_sent()
        clock.now_s += 0.030
        forecast.frame_wanted()
    forecast.frame_sent()
    assert forecast.slice_s == pytest.approx(0.015, rel=0.05)
    clock.now_s += forecast.slice_s
    assert forecast.slice_s == pytest.approx(0.015, rel=0.05)
    clock.now_s += 0.014
    assert forecast.slice_s == SHORTEST_SLICE_S


def test_slices_are_never_longer_than_a_stop_may_take(clock: Clock) -> None:
    forecast = DisplayForecast(clock)
    forecast.frame_sent()
    clock.now_s += 30.0
    forecast.frame_wanted()
    forecast.frame_sent()
    assert forecast.slice_s <= SLICE_S


def test_the_display_asks_again_after_it_has_painted_and_rested(qtbot: QtBot) -> None:
    clock = DisplayClock()
    clock.frame_interval_s, clock.load = 0.0, GUI_LOAD
    assert clock.ready
    with qtbot.waitSignal(clock.frame_wanted, timeout=2000):
        begun_s = time.perf_counter()
        clock.frame_arrived()
        while time.perf_counter() < begun_s + 0.025:
            pass
        clock.frame_delivered()
        assert not clock.ready
    rested_s = time.perf_counter() - begun_s
    assert clock.work_s >= 0.02
    assert rested_s >= 0.95 * clock.work_s / GUI_LOAD - 0.002


def test_the_display_rests_less_while_nothing_trains(qtbot: QtBot) -> None:
    observer = RunObserver()
    assert observer.display.load == GUI_LOAD_AT_REST
    observer.show_status("running", is_training=True)
    assert observer.display.load == GUI_LOAD
    observer.show_status("paused", is_training=False)
    assert observer.display.load == GUI_LOAD_AT_REST


class Scene(QWidget):
    """Repaints a turn late, as a graphics scene does, and slowly."""

    def __init__(self) -> None:
        super().__init__()
        self.painted = 0

    @Slot()
    def show_frame(self) -> None:
        QMetaObject.invokeMethod(self, "update", Qt.ConnectionType.QueuedConnection)

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted += 1


def test_the_display_waits_for_repaints_that_take_two_turns(qtbot: QtBot) -> None:
    scene, clock = Scene(), DisplayClock()
    qtbot.addWidget(scene)
    scene.show()
    qtbot.waitUntil(lambda: scene.painted > 0, timeout=2000)
    painted = scene.painted

    def deliver() -> None:
        clock.frame_arrived()
        scene.show_frame()
        clock.frame_delivered()

    with qtbot.waitSignal(clock.frame_wanted, timeout=2000, check_params_cb=lambda: scene.painted > painted):
        QTimer.singleShot(0, deliver)


@pytest.mark.parametrize("late_s", [0.0, 0.002, 0.007, 0.015])
def test_frames_that_are_a_little_late_are_as_many_as_they_should_be(late_s: float) -> None:
    rhythm, interval_s = Rhythm(), 1.0 / 60.0
    begun_s = first_s = 5.0
    for _ in range(600):
        begun_s = rhythm.next_s(begun_s, interval_s) + late_s
    assert begun_s - first_s == pytest.approx(10.0, abs=interval_s)


def test_frames_that_are_far_too_late_are_not_made_up_for() -> None:
    rhythm, interval_s = Rhythm(), 1.0 / 60.0
    rhythm.next_s(5.0, interval_s)
    assert rhythm.next_s(8.0, interval_s) == pytest.approx(8.0)
    assert rhythm.next_s(8.0 + interval_s, interval_s) == pytest.approx(8.0 + interval_s)
    # Asked for at once, as after a change: the next ones do not wait for it.
    assert rhythm.next_s(8.1, 0.0) == 8.1


def test_a_stopped_display_asks_no_more(qtbot: QtBot) -> None:
    clock = DisplayClock()
    clock.frame_arrived()
    clock.frame_delivered()
    clock.stop()
    with qtbot.assertNotEmitted(clock.frame_wanted, wait=30):
        pass


def test_the_switch_interval_is_set_for_the_process() -> None:
    before = sys.getswitchinterval()
    try:
        share_interpreter(0.002)
        assert sys.getswitchinterval() == pytest.approx(0.002)
    finally:
        sys.setswitchinterval(before)


def test_while_nobody_can_see_it_a_training_display_asks_for_nothing(qtbot: QtBot) -> None:
    clock, asked, told = DisplayClock(), [], []
    clock.frame_wanted.connect(lambda: asked.append(clock.ready))
    clock.seen_changed.connect(told.append)
    clock.set_load(GUI_LOAD)
    clock.set_seen(False)
    clock.frame_arrived()
    clock._on_rested()
    assert (asked, clock.ready) == ([], False)
    clock.set_seen(True)
    assert (asked, told) == ([True], [False, True])

    clock.set_seen(False)
    clock.frame_arrived()
    clock._on_rested()
    assert len(asked) == 1
    clock.set_load(GUI_LOAD_AT_REST)
    assert len(asked) == 2, "what has come of a run is shown as soon as it rests"
    clock.frame_arrived()
    clock._on_rested()
    assert len(asked) == 3
    clock.stop()


def test_what_other_threads_paint_leaves_training_its_core(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr("nnviz.session.pacing.N_CORES", 2)
    clock, beside = DisplayClock(), [5.0]
    clock.seconds_beside = lambda: beside[0]
    clock.set_load(GUI_LOAD)
    assert clock._rest_for_others() == 0.0, "what was painted before says nothing"
    clock.work_s = 0.010
    beside[0] += 0.020
    assert clock._rest_for_others() == pytest.approx(0.030 / SIDE_LOAD - 0.010)
    assert clock._rest_for_others() == 0.0
    beside[0] += 0.020
    clock.set_load(GUI_LOAD_AT_REST)
    assert clock._rest_for_others() == 0.0
    monkeypatch.setattr("nnviz.session.pacing.N_CORES", 8)
    clock.set_load(GUI_LOAD)
    beside[0] += 0.020
    assert clock._rest_for_others() < 0.0, "the other cores have time"
