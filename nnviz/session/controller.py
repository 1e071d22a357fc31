"""The window's hand on the run: play, pause, step, edit, and the frames that come back.

Lives in the GUI thread and never waits there, except for the end of all threads on shutdown. Runs come and go by id;
what arrives from a hosting that is over is dropped.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Slot

from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.edits import is_drawn, next_data, next_weights
from nnviz.experiment.effects import Effect, effect_of
from nnviz.experiment.frame import Status
from nnviz.experiment.prepare import Prepared
from nnviz.session.asking import AskedRun
from nnviz.session.commands import Change, ParametersCommand, RestartCommand
from nnviz.session.gui_turn import Turnstile
from nnviz.session.keeping import Keeping
from nnviz.session.mailbox import Adopt, Command, Go, Halt, Reload, SetParameters, Settle, Step
from nnviz.session.needs import NeedsBoard
from nnviz.session.pacing import FRAME_RATE
from nnviz.session.parked_runs import ParkedRuns
from nnviz.session.present_run import Hosting
from nnviz.session.run import Report, Run
from nnviz.session.speeds import DEFAULT_SPEED, SPEEDS
from nnviz.session.state import ExperimentState
from nnviz.session.unclosed import shut_down_at_exit

#: How long after the window's first paint the first run begins.
FIRST_RUN_DELAY_MS = 20


class Controller(AskedRun):
    """Owns the runs of one window.

    Parameters
    ----------
    state : ExperimentState
        Whose experiment is run; edits of it reach the run by themselves.
    parent : QObject or None

    Attributes
    ----------
    parked : ParkedRuns
        Runs that undo and redo bring back.

    Signals
    -------
    frame_ready, prepared_changed, status_changed, message
        Those of `RunObserver`.
    """

    def __init__(self, state: ExperimentState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._closed = False
        shut_down_at_exit(self)
        self._needs = NeedsBoard()
        self._speed = SPEEDS[DEFAULT_SPEED]
        self.parked = ParkedRuns()
        self._keeping = Keeping(state, self.parked)
        self._hosting = Hosting(self)
        self._hosting.reported.connect(self._on_report)
        self._hosting.watch.changed.connect(self.silence_changed)
        self._tokens = itertools.count(1)
        self._run = self._new_run(state.experiment)
        self._hosting.follow(self.display)
        state.applied.connect(self._on_applied)
        state.undo_stack.indexChanged.connect(self._on_undo_index_changed)
        # Preparing takes the interpreter from whoever paints: the window comes first.
        self._starter = QTimer(self, singleShot=True, interval=FIRST_RUN_DELAY_MS)
        self._starter.timeout.connect(self.start)
        self._turnstile = Turnstile(self)
        self._turnstile.passed.connect(self._starter.start)
        self._turnstile.ask()

    @property
    def run_id(self) -> int:
        """Identity of the present run; frames of others are not shown."""
        return self._run.id

    @property
    def speed(self) -> str:
        """Name of the present speed."""
        return self._speed.name

    # -- commands -----------------------------------------------------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Prepare the first run, if that has not begun; the event loop calls it otherwise."""
        self._turnstile.shut()
        self._starter.stop()
        if not self._hosting.is_active and not self._closed:
            self._host_run(self._run, playing=self._is_training)

    @Slot()
    def play(self) -> None:
        """Train until paused. A finished run goes on past its stop; a diverged one says what to do instead."""
        if self._closed or self._is_training:
            return
        if self._status == "failed" and self._run.trainer is None:
            self._begin(self._new_run(self._state.experiment), playing=True)
            return
        self._run.touch()
        self._run.mailbox.pause.clear()
        self._order(Go())
        self.show_status("preparing" if self._status == "preparing" else "running", is_training=True)

    @Slot()
    def pause(self) -> None:
        """Stop training after the present slice; the last frame is drawn. Ends a step of an epoch too."""
        if self._closed:
            return
        self._run.mailbox.pause.set()
        self._order(Halt())
        self.show_status("paused" if self._status == "running" else self._status, is_training=False)

    @Slot()
    def toggle(self) -> None:
        """Play or pause."""
        if self._is_training:
            self.pause()
        else:
            self.play()

    @Slot()
    def step_epoch(self) -> None:
        """Train to the end of the present epoch, then be paused."""
        self._step("epoch")

    @Slot()
    def step_batch(self) -> None:
        """Make one update, then be paused."""
        self._step("batch")

    @Slot()
    def reset(self) -> None:
        """Begin again with the same initial weights, paused; *Undo* brings back a run that had more than those."""
        if self._closed:
            return
        if self._run.touched:
            self._state.push(RestartCommand(self, self.tr("start over")))
        else:
            self.restart(0, "edit")

    def restart(self, token: int, kind: Literal["edit", "undo", "redo"]) -> bool:
        """Begin the present run again, or bring back the one before; the way in for commands."""
        if kind == "undo" and not self.parked.leads_back(token):
            self.message.emit("info", self.tr("The run from before this reset is no longer kept."))
            return False
        experiment = self._state.experiment
        self._exchange(Change(experiment, experiment, kind, token), playing=False)
        return True

    @Slot()
    def new_weights(self) -> None:
        """Begin again with other initial weights: the next seed, as an undo step."""
        self._state.edit(next_weights(self._state.experiment), self.tr("draw new weights"))

    @property
    def keeps_learnt(self) -> bool:
        """Whether a changed network goes on with what the one before has learnt, as far as that fits it."""
        return self._keeping.is_on

    @property
    def offers_learnt(self) -> bool:
        """Whether there is something from before the latest edit that the present network can be given."""
        return self._keeping.offered is not None

    def keep_learnt(self, keep: bool) -> None:
        """Go on with what was learnt before the latest edit, or from first weights; so do later edits.

        The run that is left is set aside: the other choice brings it back.
        """
        source, is_same = self._keeping.offered, keep == self._keeping.is_on
        self._keeping.is_on = keep
        if self._closed or is_same or source is None:
            return
        experiment, other = self._state.experiment, self._keeping.other(self._run)
        run = other or self._new_run(experiment, source=source if keep else None)
        self._begin(run, playing=self._is_training)

    @Slot()
    def regenerate_data(self) -> None:
        """Draw other data (the next seed) under the same weights, as an undo step; training goes on.

        Fixed tables are split anew instead.
        """
        experiment = self._state.experiment
        text = self.tr("regenerate data") if is_drawn(experiment) else self.tr("split data anew")
        self._state.edit(next_data(experiment), text)

    @Slot(str)
    def set_speed(self, name: str) -> None:
        """Pace drawing by an entry of `SPEEDS`, from the next epoch on.

        Raises
        ------
        SettingError
            Where there is no such speed.
        """
        self._speed = SPEEDS[name]
        # Timed speeds are paced by the worker; elsewhere more frames than are seen would only cost training.
        self.display.frame_interval_s = 0.0 if self._speed.epochs_per_second else 1.0 / FRAME_RATE
        self._run.mailbox.set_speed(self._speed)

    def set_needs(self, owner: str, **parts: Any) -> None:
        """Declare what `owner` needs of every frame; replaces what it declared before, nothing withdraws it.

        Parameters
        ----------
        owner : str
            Name of a view.
        **parts
            As of `NeedsBoard.declare`; what is asked for by name is answered by it (`Frame.seen_by`).
        """
        if self._needs.declare(owner, parts):
            self._run.mailbox.set_needs(self._needs.merged)

    def edit_parameters(self, values: Mapping[int, float], text: str, merge_key: str = "") -> None:
        """Overwrite weights or biases of the present run, as an undo step, training or not.

        Parameters
        ----------
        values : mapping
            Flat index → new value.
        text : str
            What the step is called in the Edit menu.
        merge_key : str
            Steps with the same key that follow each other closely become one.
        """
        frame = self._frame
        if self._closed or not values:
            return
        if frame is None or frame.run_id != self._run.id:
            self.message.emit("info", self.tr("The network is still being prepared; try again in a moment."))
            return
        if not all(math.isfinite(value) for value in values.values()):
            self.message.emit("error", self.tr("A weight must be a finite number."))
            return
        old = self._parameter_edits.before(frame, values)
        new = {index: float(value) for index, value in values.items()}
        if new != old:
            self._state.push(ParametersCommand(self, self._run.id, old, new, text, merge_key))

    def write_parameters(self, run_id: int, values: Mapping[int, float]) -> bool:
        """Overwrite weights or biases without an undo step, where the run is present; the way in for commands."""
        if run_id != self._run.id:
            self.message.emit("info", self.tr("The run whose weight was changed is no longer kept."))
            return False
        self._run.touch()
        post = self._run.mailbox.post(SetParameters(tuple(values.items())))
        self._parameter_edits.written(values, post)
        return True

    def reload_data(self) -> None:
        """Read the data again, in the worker: their file has changed. The run goes on with them, playing or not."""
        if not self._closed:
            self._run.mailbox.post(Reload())

    # -- documents ----------------------------------------------------------------------------------------------

    def open_document(self, document: Document) -> None:
        """Show another document: its experiment and, where it has them, its weights and history, paused."""
        self._state.replace(document.experiment, document.path, document)

    # -- the end ------------------------------------------------------------------------------------------------

    def shutdown(self) -> None:
        """End all threads and wait for them. Nothing happens in this session afterwards."""
        if self._closed:
            return
        self._closed = True
        # WORKAROUND: QUndoStack emits while it is destroyed, and the receiver may be half destroyed by then: a crash.
        self._state.undo_stack.indexChanged.disconnect(self._on_undo_index_changed)
        self._state.applied.disconnect(self._on_applied)
        self._turnstile.shut()
        self._starter.stop()
        self.display.stop()
        self._hosting.shutdown()
        self.parked.clear()
        self.show_status("paused", is_training=False)

    def wait_idle(self, timeout_s: float = 180.0) -> None:
        """Turn the event loop until everything asked for has been done and drawn; a playing run goes on playing.

        The first run ever waits for the compiler, which takes a minute on a slow computer.

        Raises
        ------
        TimeoutError
            Where it takes longer.
        """
        if self._closed:
            return
        self.start()
        self._awaited = next(self._tokens)
        self._run.mailbox.post(Settle(self._awaited))
        if not self._turn_until_settled(timeout_s):
            raise TimeoutError(f"run {self._run.id} is still {self._status}")

    # -- edits --------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        if change.kind == "replace":
            self.parked.clear()
            self._begin(self._new_run(change.new, document=change.document), playing=False)
            return
        effect = Effect.RESTART if change.begins else effect_of(change.old, change.new)
        if effect is Effect.RESTART:
            self._exchange(change, playing=self._is_training and change.kind != "undo" and not change.begins)
        elif effect is not Effect.NONE:
            self._run.mailbox.post(Adopt(change.new))

    def _exchange(self, change: Change, *, playing: bool) -> None:
        """Set the present run aside and bring back that of `change.new`, paused, or begin one."""
        reusable = self._run.prepared if self._run.experiment == change.new else None
        back = self.parked.exchange(change, self._run)
        source = self._keeping.source_of(change, self._run) if back is None else None
        run = back or self._new_run(change.new, prepared=reusable, source=source)
        self._begin(run, playing=playing and back is None)
        if back is not None and back.experiment != change.new:
            back.mailbox.post(Adopt(change.new))

    @Slot(object)
    def _on_report(self, report: Report) -> None:
        super()._on_report(report)
        if report.misfit and not self._closed:
            self._begin(self._new_run(self._state.experiment), playing=self._is_training)

    @Slot()
    def _on_undo_index_changed(self) -> None:
        self.parked.keep_only(self._state.live_tokens())

    # -- runs and their threads ---------------------------------------------------------------------------------

    def _new_run(
        self,
        experiment: Experiment,
        *,
        document: Document | None = None,
        prepared: Prepared | None = None,
        source: Run | None = None,
    ) -> Run:
        folder = self._state.path.parent if self._state.path is not None else None
        return Run(
            experiment,
            self._needs.merged,
            self._speed,
            base_path=folder,
            document=document,
            prepared=prepared,
            source=source,
        )

    def _begin(self, run: Run, *, playing: bool) -> None:
        """Make `run` the present one."""
        self._hosting.retire()
        self._run = run
        self._last_order = 0
        status: Status = run.ended or ("paused" if run.touched else "ready")
        if run.trainer is None:
            status = "preparing"
        self._host_run(run, playing=playing)
        self.show_status(status, is_training=playing)

    def _host_run(self, run: Run, *, playing: bool) -> None:
        self._turnstile.shut()
        self._starter.stop()
        self._parameter_edits.clear()
        if playing:
            run.touch()
        run.mailbox.set_needs(self._needs.merged)
        run.mailbox.set_speed(self._speed)
        if playing:
            run.mailbox.pause.clear()
        else:
            run.mailbox.pause.set()
        if self._awaited:
            run.mailbox.post(Settle(self._awaited))
        self._hosting.host(run, want_frame=self.display.ready)

    def _order(self, command: Command) -> None:
        self._last_order = self._run.mailbox.post(command)

    def _step(self, unit: Literal["epoch", "batch"]) -> None:
        if self._closed:
            return
        if self._is_training:
            self.pause()
        self._run.touch()
        self._order(Step(unit))
