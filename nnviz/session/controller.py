"""The window's hand on the run in the foreground: play, pause, step, edit, and the frames that come back.

Lives in the GUI thread and never waits there, except for the end of all threads on shutdown. The runs themselves are in
the laboratory: here is said which of them is shown, and what becomes of the one before.
"""

from __future__ import annotations

import itertools
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Slot

from nnviz.core.surgery import Operation
from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.edits import is_drawn, next_data, next_weights
from nnviz.experiment.effects import Effect, effect_of
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.subject import Subject
from nnviz.session.branched_run import BranchedRun
from nnviz.session.commands import Change, RestartCommand
from nnviz.session.gui_turn import Turnstile
from nnviz.session.keeping import Keeping
from nnviz.session.mailbox import Adopt, Met, Reload, Settle
from nnviz.session.needs import NeedsBoard
from nnviz.session.parked_runs import ParkedRuns
from nnviz.session.run import Run
from nnviz.session.run_tree import RunTree
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.speeds import DEFAULT_SPEED, SPEEDS
from nnviz.session.state import ExperimentState
from nnviz.session.timeline import Timeline
from nnviz.session.unclosed import shut_down_at_exit

#: How long after the window's first paint the first run begins.
FIRST_RUN_DELAY_MS = 20


class Controller(BranchedRun):
    """Shows one run of its laboratory at a time, and does to that what the user does.

    Parameters
    ----------
    state : ExperimentState
        Whose experiment is run; edits of it reach the run by themselves.
    parent : QObject or None

    Attributes
    ----------
    lab : Laboratory
        All runs of the window.
    parked : ParkedRuns
        Those that undo and redo bring back.
    timeline : Timeline
        Where in the time of the run the window stands.
    tree : RunTree
        The courses that were taken from one another.

    Signals
    -------
    frame_ready, prepared_changed, status_changed, message, preparation_changed
        Those of `ShownRun`.
    silence_changed, data_reloaded
        Those of `AskedRun`.
    """

    def __init__(self, state: ExperimentState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._closed = False
        shut_down_at_exit(self)
        self._needs = NeedsBoard()
        self._speed = SPEEDS[DEFAULT_SPEED]
        self.lab = Laboratory(self)
        self.lab.pulse_watch.changed.connect(self.silence_changed)
        self.parked = ParkedRuns(self.lab)
        self._keeping = Keeping(state, self.lab)
        self._tokens = itertools.count(1)
        state.applied.connect(self._on_applied)
        state.undo_stack.indexChanged.connect(self._on_undo_index_changed)
        state.bring_run = self.show_run
        # Preparing takes the interpreter from whoever paints: the window comes first.
        self._starter = QTimer(self, singleShot=True, interval=FIRST_RUN_DELAY_MS)
        self._starter.timeout.connect(self.start)
        self.timeline, self.tree = Timeline(self), RunTree(self.lab, self)
        self._begin_branching(state)
        self._turnstile = Turnstile(self)
        self._turnstile.passed.connect(self._starter.start)
        self._show(self._new_run(state.experiment), playing=False, is_open=False)
        self._turnstile.ask()

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
        if not self._closed:
            self.lab.open(self._run.id)

    @Slot()
    def play(self) -> None:
        """Train until paused. A finished run goes on past its stop; a diverged one says what to do instead."""
        self.timeline.go_to_present()
        if self._closed or self.is_training:
            return
        if self.status == "failed" and self._run.trainer is None:
            self._replace(self._new_run(self._state.experiment), playing=True)
        else:
            self.lab.train([self.run_id])

    def play_until(self, epoch: int | None, met: Met = None) -> None:
        """Train until an epoch, or the first of which `met` says so, and rest in it; nothing where that has been."""
        frame = self._frame if self._frame is not None and self._frame.run_id == self.run_id else None
        if not self._closed and (epoch is None or frame is None or frame.epoch < epoch):
            self.lab.train([self.run_id], until=epoch, met=met)

    @Slot()
    def pause(self) -> None:
        """Stop training after the present slice; the last frame is drawn. Ends a step of an epoch too."""
        if not self._closed:
            self.lab.pause([self.run_id])

    @Slot()
    def toggle(self) -> None:
        """Play or pause."""
        if self.is_training:
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
        """Begin again with the same initial weights, paused; *Undo* brings back a run that had more, or marks."""
        if self._closed:
            return
        if self._run.touched or self.timeline.marks.knows(self.run_id):
            self._state.push(RestartCommand(self, self.tr("start over")))
        else:
            self._replace(self._new_run(self._state.experiment, prepared=self._run.prepared), playing=False)

    def restart(self, run_id: int, *, is_undo: bool = False) -> bool:
        """Begin the present run again, or bring back run `run_id`; the way in for commands."""
        if is_undo and run_id not in self.lab:
            self.message.emit("info", self.tr("The run from before this reset is no longer kept."))
            self._state.rename_run(run_id, self.run_id, is_begun_anew=True)  # Steps before go on with what is shown.
            return False
        experiment = self._state.experiment
        self._exchange(Change(experiment, experiment, "undo" if is_undo else "redo", run_id=run_id), playing=False)
        return True

    def show_run(self, run_id: int) -> bool:
        """Bring another run of the laboratory to the front, with its experiment: no undo step.

        The one before stays there; where it trains, it goes on. Returns whether the run is still there.
        """
        run = self.lab.find(run_id)
        if run is None or self._closed:
            self.message.emit("info", self.tr("The run that this step changed is no longer kept."))
            return False
        if run_id != self.run_id:
            # What a view is set to belongs to the run that it looks at.
            self._run.wanted = self._run.wanted.model_copy(update={"view": self._state.experiment.view})
            self.parked.take(run_id)
            self._show(run, playing=self.lab.observer(run_id).is_training)
            present = self._state.experiment
            self._state.apply(Change(present, run.wanted.model_copy(update={"second": present.second}), "show"))
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
        present, playing = self._run, self.is_training
        run = self._keeping.other() or self._new_run(self._state.experiment, source=source if keep else None)
        self.parked.take(run.id)
        self._keeping.exchanged(present, run)
        self.tree.move(present.id, run.id, anew=not keep)
        self.set_aside(present.id)
        self._show(run, playing=playing)

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
        self.lab.set_speed(self._speed)

    def reload_data(self) -> None:
        """Read the data again, off this thread: their file has changed. The run goes on with them, playing or not."""
        if not self._closed:
            self._run.mailbox.post(Reload())
            self.data_reloaded.emit()

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
        self.timeline.stop()
        self.tree.stop()
        self.lab.shutdown()
        self.observer.show_status("paused", is_training=False)

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
            raise TimeoutError(f"run {self._run.id} is still {self.status}")

    # -- edits --------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        if change.kind == "show":
            return
        if change.kind == "replace":
            self._show_document(change.new, change.document)
            return
        effect = Effect.RESTART if change.begins else effect_of(change.old, change.new)
        if effect is Effect.RESTART or change.run_id not in (0, self.run_id):
            self._exchange(change, playing=self.is_training and change.kind != "undo" and not change.begins)
        elif effect is not Effect.NONE:
            self._adopt(change.new)
        self._run.wanted = change.new  # Whoever comes back to it finds the document as it was left.

    def _adopt(self, experiment: Experiment) -> None:
        # What is edited is the run as it is now.
        self.timeline.go_to_present()
        self._run.wanted = experiment
        self._run.mailbox.post(Adopt(experiment))

    def _exchange(self, change: Change, *, playing: bool) -> None:
        """Set the present run aside and bring back that of `change`, paused, or begin one."""
        present = self._run
        reusable = present.prepared if present.experiment == change.new else None
        back = self.parked.take(change.run_id) if change.run_id != present.id else None
        source = self._keeping.source_of(change, present) if back is None else None
        run = back or self._new_run(
            change.new, document=change.document, prepared=reusable, source=source, operation=change.operation
        )
        if back is None and change.run_id not in (0, present.id):
            # Steps before this one go on with what is begun instead of a run that is no longer kept.
            self._state.rename_run(change.run_id, run.id, is_begun_anew=True)
        if not change.begins:
            self.tree.move(present.id, run.id, anew=back is None and source is None and change.document is None)
        self.set_aside(present.id)
        self._show(run, playing=playing and back is None)
        if back is not None and back.wanted != change.new:
            self._adopt(change.new)

    @Slot()
    def _on_misfit(self) -> None:
        if not self._closed:
            self._replace(self._new_run(self._state.experiment), playing=self.is_training)

    @Slot()
    def _on_undo_index_changed(self) -> None:
        self.parked.keep_only(self._state.named_runs())

    # -- runs and their threads ---------------------------------------------------------------------------------

    def _new_run(
        self,
        experiment: Experiment,
        *,
        document: Document | None = None,
        prepared: Prepared | None = None,
        source: Run | None = None,
        operation: Operation | None = None,
        carries: bool = False,
    ) -> Run:
        folder = self._state.path.parent if self._state.path is not None else None
        run = Run(
            experiment,
            self._needs.merged,
            self._speed,
            base_path=folder,
            document=document,
            prepared=prepared,
            source=source,
            operation=operation,
            carries=carries,
        )
        self.lab.add(run)
        return run

    def _replace(self, run: Run, *, playing: bool) -> None:
        """Let `run` stand for the present one, which goes."""
        former = self._run.id
        self._state.rename_run(former, run.id, is_begun_anew=self._run.touched)
        self.tree.move(former, run.id, anew=former in self.tree.anew)
        self._show(run, playing=playing)
        self.lab.remove(former)

    def _show(self, run: Run, *, playing: bool, is_open: bool = True) -> None:
        """Bring a run to the front, and begin or go on with it where it is not being trained already."""
        self._turnstile.shut()
        self._starter.stop()
        self._run, self._state.run_id = run, run.id
        observer = self.lab.observer(run.id)
        # Those of whoever looks at the foreground, which it is about to be.
        run.mailbox.set_needs(self._needs.needs_of(Subject(run.id), None))
        if run.trainer is None:
            observer.show_status("preparing", is_training=observer.is_training)
        elif not observer.is_training:
            observer.show_status(run.ended or ("paused" if run.touched else "ready"), is_training=False)
        self.lab.bring_to_front(run.id)
        self._follow(observer)
        if self._awaited:
            run.mailbox.post(Settle(self._awaited))
        if not is_open:
            return
        self.lab.open(run.id)
        if playing and not observer.is_training:
            self.lab.train([run.id])

    def _step(self, unit: Literal["epoch", "batch"]) -> None:
        if self._closed:
            return
        self.timeline.go_to_present()
        if self.is_training:
            self.pause()
        self.lab.step(self.run_id, unit)
