"""Who waits for whom: lengths of training slices, epochs per frame, and when the display asks for the next frame.

Training never waits for drawing at full speed or by the clock, drawing never falls behind at any speed, and the GUI
thread keeps two fifths of its time free, because on two cores its load is paid by training.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot

from nnviz.session.speeds import Speed

#: Length of a slice. Slices of 2 ms kept 11 % of headless speed beside a busy GUI, 20 ms 97 % (every slice has to take
#: the interpreter lock back); longer ones delay a stop.
SLICE_S = 0.020
#: Slices are cut short to end when the display is ready, but not below this.
SHORTEST_SLICE_S = 0.006
#: Length of a slice of an engine that holds the interpreter lock: so long an event waits at most until it is looked at.
YIELDING_SLICE_S = 0.004
#: So long such an engine waits for a busy GUI thread; then it takes a long slice, so that both get on.
GUI_TURN_S = 0.025
#: Share of its time that the GUI thread may spend on frames beside training.
GUI_LOAD = 0.6
#: The same while nothing trains, as when a weight of a paused network is dragged: the rest is for the mouse.
GUI_LOAD_AT_REST = 0.95
#: Share of the cores beside the training's that frames may take, with what other threads paint of them.
SIDE_LOAD = 0.85
#: Frames a second at which more is not seen any more: one every 16 ms, so that each of a screen's 60 a second has one.
FRAME_RATE = 62.5
N_CORES = os.cpu_count() or 1
#: Time over which epochs per second are averaged.
RATE_WINDOW_S = 1.0


def share_interpreter(interval_s: float = 0.001) -> None:
    """Let threads hand over the interpreter lock after `interval_s` seconds; process-wide, so the application calls it.

    With Python's default of 5 ms the event loop waits up to 75 ms beside a training loop in NumPy, with 1 ms 21 ms,
    at no loss of throughput.
    """
    sys.setswitchinterval(interval_s)


class SliceMeter:
    """How many mini-batches fill a slice, learnt from the slices before."""

    #: A slice is at most so many times as long in mini-batches as the one before, until the estimate has settled.
    GROWTH = 8

    def __init__(self) -> None:
        self._batch_s = 0.0
        self._last = 0

    def batches(self, budget_s: float) -> int:
        """Return how many mini-batches to make in `budget_s` seconds: at least 1."""
        if self._last == 0:
            return 1
        fitting = int(budget_s / self._batch_s) if self._batch_s > 0.0 else self._last * self.GROWTH
        return max(1, min(fitting, self._last * self.GROWTH))

    def measured(self, batches: int, elapsed_s: float) -> None:
        """Learn from a slice of `batches` that took `elapsed_s` seconds.

        A slower slice is believed at once, so that stopping stays quick; a faster one by and by, because the
        metrics at the end of an epoch fall into some slices only.
        """
        if batches <= 0:
            return
        batch_s = elapsed_s / batches
        settled = self._last > 0 and batch_s <= self._batch_s
        self._batch_s = 0.7 * self._batch_s + 0.3 * batch_s if settled else batch_s
        self._last = batches


class RateMeter:
    """Epochs per second over a sliding second."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._samples: deque[tuple[float, float]] = deque()

    def clear(self) -> None:
        """Forget everything: the run stood still."""
        self._samples.clear()

    def add(self, epochs: float) -> None:
        """Note that `epochs` (with the fraction of the present one) are finished now."""
        now = self._clock()
        self._samples.append((now, epochs))
        while len(self._samples) > 2 and self._samples[1][0] <= now - RATE_WINDOW_S:
            self._samples.popleft()

    @property
    def rate(self) -> float:
        """Epochs per second; 0.0 until two moments are known."""
        if len(self._samples) < 2:
            return 0.0
        (start_s, first), (end_s, last) = self._samples[0], self._samples[-1]
        return max(0.0, (last - first) / (end_s - start_s)) if end_s > start_s else 0.0


class Pace:
    """Whether a run may train on at its speed, or has to wait for the clock or for its picture.

    At a timed speed the clock alone counts, however few frames the machine can draw: epochs that came late are caught
    up with, as long as they are not many.

    Parameters
    ----------
    speed : Speed
    clock : callable
        Seconds, monotonic.
    """

    #: What comes later than that is not caught up with: the machine was asleep, or is too slow for the speed.
    CATCH_UP_S = 0.5

    def __init__(self, speed: Speed, clock: Callable[[], float] = time.perf_counter) -> None:
        self.speed = speed
        self._clock = clock
        self._left = speed.epochs_per_frame
        self._unseen = 0
        # An epoch of a timed speed is due at `_start_s` plus its number in periods; the first one at once.
        self._start_s = clock()
        self._done = 0

    @property
    def frame_due(self) -> bool:
        """Whether training waits for its picture: at a speed that counts the epochs of a frame."""
        return self._left == 0

    @property
    def between_frames(self) -> bool:
        """Whether the next frame has to wait: for the epochs of its speed, or for the first one by the clock."""
        if self.speed.epochs_per_second:
            return self._unseen == 0
        return self._left is not None and self._left > 0

    @property
    def epochs_allowed(self) -> int | None:
        """Epochs that may be trained now, where `delay_s` is 0; None: any number."""
        rate = self.speed.epochs_per_second
        if not rate:
            return self._left
        return max(1, math.floor((self._clock() - self._start_s) * rate + 1e-6) + 1 - self._done)

    @property
    def delay_s(self) -> float:
        """Seconds until the next epoch may begin."""
        rate = self.speed.epochs_per_second
        return max(0.0, self._start_s + self._done / rate - self._clock()) if rate else 0.0

    def epochs_done(self, epochs: int) -> None:
        """Count finished epochs."""
        self._unseen += epochs
        self._done += epochs
        if self._left is not None:
            self._left = max(0, self._left - epochs)
        rate = self.speed.epochs_per_second
        if rate and epochs:
            # The rhythm is kept over small delays; after a long one it starts afresh instead of catching up.
            late_s = self._clock() - (self._start_s + self._done / rate)
            if late_s > max(self.CATCH_UP_S, 1.0 / rate):
                self._start_s, self._done = self._clock() + 1.0 / rate, 0

    def frame_sent(self) -> None:
        """Allow the next epochs, where a frame was due."""
        self._unseen = 0
        if self._left == 0:
            self._left = self.speed.epochs_per_frame


class DisplayForecast:
    """When the display will ask for the next frame, so that a slice can end just then."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._sent_s = -math.inf
        self._interval_s = 1.0 / FRAME_RATE

    def frame_sent(self) -> None:
        """Note that a frame has left."""
        self._sent_s = self._clock()

    def frame_wanted(self) -> None:
        """Note that the display was found ready (at the end of a slice)."""
        interval_s = min(self._clock() - self._sent_s, 0.5)
        # Leaning towards early: a slice that ends too early costs one more slice, one that ends too late a frame.
        gain = 0.3 if interval_s < self._interval_s else 0.1
        self._interval_s += gain * (interval_s - self._interval_s)

    @property
    def slice_s(self) -> float:
        """Length of the next slice: equal parts of the time that is left, at most `SLICE_S`."""
        left_s = self._sent_s + self._interval_s - self._clock()
        if left_s <= SHORTEST_SLICE_S or not math.isfinite(left_s):
            return SHORTEST_SLICE_S
        return max(SHORTEST_SLICE_S, left_s / math.ceil(left_s / SLICE_S))


class Rhythm:
    """When frames are due, so that they are as many as they should be: one that is late does not put off the next."""

    #: Intervals by which frames may be early or late, and still be made up for.
    SLACK = 1.0

    def __init__(self) -> None:
        self._due_s = -math.inf

    def next_s(self, begun_s: float, interval_s: float) -> float:
        """Return when the next frame is due, where the present one has begun at `begun_s`."""
        slack_s = self.SLACK * interval_s
        self._due_s = min(max(self._due_s, begun_s - slack_s), begun_s + slack_s) + interval_s
        return self._due_s


class DisplayClock(QObject):
    """Asks for the next frame once the last one has been painted and the GUI thread has rested.

    The work of a frame is the time from its delivery until an event of the lowest priority has come round `HOPS`
    times. (WORKAROUND: a zero timer fires before the repaint: what is posted while posted events are sent, such as the
    repaint that a view asks for, waits for the next turn, but timers do not; a scene takes two turns to repaint.) Then
    the thread rests so long that frames take at most `load` of its time. Waiting for a frame is rest as well: the
    worker answers at the end of a slice, so the clock asks by `HEAD_START` of its usual delay before the rest is over.

    While something trains and nobody can see the window it asks for nothing: training goes on without frames.

    Attributes
    ----------
    work_s : float
        What the last frame took in this thread, painting included, in seconds.
    seconds_beside : callable
        Returns the processor time that other threads have spent on painting so far.

    Signals
    -------
    frame_wanted()
        The display is ready for a frame.
    seen_changed(bool)
        Whether anybody can see the window.
    """

    #: Share of the usual delay by which a frame is asked for early. All of it would leave frames waiting half the time.
    HEAD_START = 0.6
    #: The same while nothing trains: a frame that waits a little costs nobody anything, and the hand sees 60 a second.
    HEAD_START_AT_REST = 1.0

    #: Turns of the event loop from `update()` to pixels: the scene collects, the view asks, the window paints.
    HOPS = 3
    #: Below the priority of repaints, which is `Qt.EventPriority.LowEventPriority`.
    PRIORITY = -1000
    _HOP = QEvent.Type(QEvent.registerEventType())

    frame_wanted = Signal()
    seen_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ready = True
        self.seen = True
        self.seconds_beside: Callable[[], float] = lambda: 0.0
        self._is_held = False
        self.work_s = 0.0
        self.frame_interval_s = 1.0 / FRAME_RATE
        #: Share of its time that the GUI thread may spend on frames now.
        self.load = GUI_LOAD_AT_REST
        #: The part of that which belongs to this clock, where others ask for frames as well.
        self.share = 1.0
        self._beside_s = 0.0
        self._begun_s = 0.0
        self._asked_s: float | None = None
        self._delay_s = 0.0
        self._rhythm = Rhythm()
        self._hops_left = 0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setTimerType(Qt.TimerType.PreciseTimer)
        self._rest.timeout.connect(self._on_rested)

    def set_load(self, load: float) -> None:
        """Let frames take another share of the GUI thread's time."""
        self.load = load
        self._release()

    def set_seen(self, seen: bool) -> None:
        """Say whether anybody can see the window."""
        if seen != self.seen:
            self.seen = seen
            self.seen_changed.emit(seen)
            self._release()

    def _release(self) -> None:
        """Ask for the frame that was held back while nobody could see it."""
        if self._is_held:
            self._on_rested()

    def frame_arrived(self) -> None:
        """Note that a frame is about to be handed to the views."""
        self.ready = self._is_held = False
        self._rest.stop()
        self._begun_s = time.perf_counter()
        if self._asked_s is not None:
            self._delay_s += 0.2 * (min(self._begun_s - self._asked_s, 0.05) - self._delay_s)
            self._asked_s = None

    def frame_delivered(self) -> None:
        """Note that the views have it; what they paint comes after."""
        self._hops_left = self.HOPS
        self._hop()

    def stop(self) -> None:
        """Ask for no more frames."""
        self.ready = self._is_held = False
        self._hops_left = 0
        self._rest.stop()

    def customEvent(self, event: QEvent) -> None:
        """Count a turn of the event loop; after the last one the frame is on the screen."""
        if event.type() != self._HOP or self._hops_left == 0:
            return
        self._hops_left -= 1
        if self._hops_left:
            self._hop()
            return
        now_s = time.perf_counter()
        self.work_s = now_s - self._begun_s
        rest_s = max(
            self.work_s * (1.0 / (self.load * self.share) - 1.0),
            self._rhythm.next_s(self._begun_s, self.frame_interval_s) - now_s,
            self._rest_for_others(),
        )
        head_start = self.HEAD_START_AT_REST if self.load == GUI_LOAD_AT_REST else self.HEAD_START
        self._rest.start(max(0, math.floor((rest_s - head_start * self._delay_s) * 1000.0)))

    def _rest_for_others(self) -> float:
        """Return how long to rest so that painting in all threads leaves training its core."""
        before_s, self._beside_s = self._beside_s, self.seconds_beside()
        beside_s = self._beside_s - before_s
        if self.load != GUI_LOAD or not beside_s or not before_s:
            return 0.0
        return (self.work_s + beside_s) / (SIDE_LOAD * max(N_CORES - 1, 1)) - self.work_s

    @Slot()
    def _on_rested(self) -> None:
        self._is_held = not self.seen and self.load == GUI_LOAD
        if self._is_held:
            return
        self.ready = True
        self._asked_s = time.perf_counter()
        self.frame_wanted.emit()

    def _hop(self) -> None:
        QCoreApplication.postEvent(self, QEvent(self._HOP), self.PRIORITY)
