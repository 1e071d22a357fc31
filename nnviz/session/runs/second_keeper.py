"""The second of two networks that are compared: a run of the laboratory in step with the one in front.

Its set-up is a part of the experiment, so that every edit of it is an undo step and is saved. Its run belongs to the
run in front: where an undo brings that back, the second one comes back with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.effects import Effect, effect_of
from nnviz.experiment.frame import Frame
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.schema import SecondSpec
from nnviz.experiment.second import second_of, swapped, with_second
from nnviz.session.commands import Change
from nnviz.session.controller import Controller
from nnviz.session.in_step import InStep
from nnviz.session.mailbox import Adopt, Redraw, Reload
from nnviz.session.needs import NOTHING, NeedsBoard
from nnviz.session.run import Run
from nnviz.session.runs.frame_pairs import FramePair, FramePairs
from nnviz.session.runs.kept_second import KeptSecond
from nnviz.session.runs.load import LOAD
from nnviz.session.runs.run_copies import RunCopies
from nnviz.session.runs.second_commands import ExchangeSecondCommand
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState

#: Former runs of the second network that wait for an undo, for each run in front.
MOST_ASIDE: Final = 4


class SecondKeeper(QObject):
    """Keeps a second run in step with the one in front, as long as it is open.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    parent : QObject
    kept : KeptSecond

    Attributes
    ----------
    is_open : bool
    run : Run or None
    pair : FramePair or None
        What was shown last of both.

    Signals
    -------
    paired : object
        A `FramePair`: both have come to another moment, or one is to be seen in another way.
    run_changed : ()
        The second run is another one, or its status is.
    frame_ready : object
        A `Frame` of the second run.
    prepared_changed : object
        `Prepared`: other data or inputs of the second run.
    edited : ()
        The set-up of the second network is another one.
    said : str, str
        Severity and one sentence.
    """

    paired = Signal(object)
    run_changed = Signal()
    frame_ready = Signal(object)
    prepared_changed = Signal(object)
    edited = Signal()
    said = Signal(str, str)

    def __init__(self, state: ExperimentState, controller: Controller, parent: QObject, kept: KeptSecond) -> None:
        super().__init__(parent)
        self._kept, kept.present = kept, self._present_id
        self._state, self._controller, self._lab = state, controller, controller.lab
        self.is_open = False
        self.run: Run | None = None
        self.pair: FramePair | None = None
        self._step: InStep | None = None
        self._leader_id = 0
        self._prepared: Prepared | None = None
        self._board, self._frames = NeedsBoard(), FramePairs()
        self._aside: dict[int, list[int]] = {}
        self._expected, self._brings_back = 0, False
        self._copies = RunCopies(self._lab, self)
        self._copies.failed.connect(self._on_copy_failed)
        self._matching = QTimer(self)
        self._matching.setObjectName("second network")
        self._matching.setSingleShot(True)
        self._matching.timeout.connect(self._match)

    # -- as the set-up sees it ----------------------------------------------------------------------------------

    @property
    def experiment(self) -> Experiment:
        """That of the second network."""
        return second_of(self._state.experiment)

    def edit(self, experiment: Experiment, text: str, merge_key: str = "") -> None:
        """Set the second network up otherwise, as an undo step."""
        words, key = self.tr("{0} of B").format(text), f"{merge_key} of B" if merge_key else ""
        self._state.edit(with_second(self._state.experiment, experiment), words, key)

    @property
    def run_id(self) -> int:
        """Of the second run; 0: there is none."""
        return self.run.id if self.run else 0

    @property
    def prepared(self) -> Prepared | None:
        """Data and inputs of the second run."""
        return self._prepared

    def set_needs(self, owner: str, **parts: Any) -> None:
        """Say what a view needs of the frames of the second run."""
        self._board.declare(owner, parts)
        if self.run is not None:
            self._lab.set_needs(self.run.id, self._board.merged)

    def new_weights(self) -> None:
        """Let the second network begin with other weights: the next seed, as an undo step."""
        network = self.experiment.network
        second = self.experiment.edited(network=network.edited(seed=network.seed + 1, explicit=None))
        self.edit(second, self.tr("draw new weights"))

    # -- coming and going ---------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin to compare; the first time with a copy of what is in front."""
        if self.is_open:
            return
        self.is_open, self._brings_back = True, True
        for signal, slot in self._links():
            signal.connect(slot)
        if self._state.experiment.second is None:
            self._copies.ask(self._controller.run_id, self._begin)
        else:
            self._matching.start(0)

    def close(self) -> None:
        """Compare no more; the second run rests until it is opened again."""
        if self.is_open:
            self.is_open = False
            self._matching.stop()
            self._copies.forget()
            for signal, slot in self._links():
                signal.disconnect(slot)
            self._set_aside()

    def _links(self) -> tuple[tuple[Any, Callable[..., None]], ...]:
        state, controller, lab = self._state, self._controller, self._lab
        return (
            (state.applied, self._on_applied),
            (controller.status_changed, self._on_status_changed),
            (controller.live_frame_ready, self._on_first_frame),
            (controller.data_reloaded, self._on_data_reloaded),
            (lab.foreground_changed, self._on_foreground_changed),
            (lab.frame_ready, self._on_frame),
            (lab.run_changed, self._on_run_changed),
            (lab.removed, self._on_removed),
            (lab.given_up, self._on_given_up),
        )

    @property
    def is_settled(self) -> bool:
        """Whether both rest, or run, with what there is now, and the same moment of both is shown."""
        step, pair = self._step, self.pair
        if self._matching.isActive() or self._copies.is_busy or step is None or pair is None:
            return False
        # A picture of a run that trains was made in haste: what is made at rest is on its way.
        is_late = pair.second.is_moving and not pair.first.is_moving
        return step.is_together and pair.is_same_moment and not is_late and pair.first is self._frames.last_first

    def swap(self) -> None:
        """Let the second network be in front, and the first one be compared with it: an undo step."""
        if self.run is not None and not self._copies.is_busy:
            ask, first = self._copies.ask, self._controller.run_id
            ask(self.run.id, lambda of_second: ask(first, lambda of_first: self._swap(of_first, of_second)))

    def _swap(self, of_first: Document, of_second: Document) -> None:
        if not self.is_open:
            return
        state, old = self._state, self._state.experiment
        new = swapped(old)
        leader, follower = self._new_run(new, of_second), self._new_run(second_of(new), of_first)
        self._lab.add(leader)
        self._keep_aside(leader.id, follower)
        command = ExchangeSecondCommand(self, state, old, new, self.tr("swap A and B"), self.run_id, follower.id)
        command.after_id = leader.id
        state.push(command)

    def make_like_first(self) -> None:
        """Let the second network be what the first one is, with all that it has learnt: an undo step."""
        if not self._copies.is_busy:
            self._copies.ask(self._controller.run_id, self._become_like)

    def _become_like(self, document: Document) -> None:
        if not self.is_open:
            return
        state, old = self._state, self._state.experiment
        new = with_second(old, old)
        follower = self._new_run(second_of(new), document)
        self._keep_aside(self._controller.run_id, follower)
        state.push(ExchangeSecondCommand(self, state, old, new, self.tr("make B like A"), self.run_id, follower.id))

    def _begin(self, document: Document) -> None:
        experiment = self._state.experiment
        if experiment.second is None and self.is_open:
            follower = self._new_run(experiment, document)
            self._keep_aside(self._controller.run_id, follower)
            self.expect(follower.id)
            self._state.set_second(SecondSpec(network=experiment.network, training=experiment.training))

    def expect(self, run_id: int) -> None:
        """Let that run be the second one from now on, where it is still there."""
        self._expected, self._brings_back = run_id, True
        if self.is_open:
            self._matching.start(0)

    @Slot()
    def _on_copy_failed(self) -> None:
        is_late = self._copies.shown_id != self._controller.run_id
        if self.is_open and is_late and self._state.experiment.second is None:
            self._copies.ask(self._controller.run_id, self._begin)
        elif self.is_open:
            self._matching.start(0)

    # -- which run it is ----------------------------------------------------------------------------------------

    def _new_run(self, experiment: Experiment, document: Document | None = None) -> Run:
        folder = self._state.path.parent if self._state.path is not None else None
        own = replace(document, experiment=experiment, path=None, note="") if document is not None else None
        run = Run(experiment, NOTHING, SPEEDS["full"], base_path=folder, document=own)
        run.touch()
        return run

    def _keep_aside(self, leader_id: int, run: Run) -> None:
        """Let a run rest until it is wanted beside that leader."""
        self._lab.add(run, rests=True)
        self._note_aside(leader_id, run.id)

    def _note_aside(self, leader_id: int, run_id: int) -> None:
        waiting = self._aside.setdefault(leader_id, [])
        waiting.append(run_id)
        for old in waiting[:-MOST_ASIDE]:
            self._lab.remove(old)

    @Slot()
    def _match(self) -> None:
        """Let the second run be one of the present set-up, beside the run that is in front."""
        if self._copies.is_busy and not self._expected:
            return
        leader_id, wanted, run = self._controller.run_id, self.experiment, self.run
        expected, self._expected = self._expected, 0
        may_come_back, self._brings_back = self._brings_back or leader_id != self._leader_id, False
        is_right = run is not None and leader_id == self._leader_id and expected in (0, run.id)
        if is_right and run is not None and effect_of(run.wanted, wanted) is not Effect.RESTART:
            self._adopt(run, wanted)
            return
        self._set_aside()
        leader = self._lab.find(leader_id)
        if leader is None:
            return
        waiting = [expected] if expected else self._aside.get(leader_id, [])[::-1] if may_come_back else []
        found = (self._lab.find(run_id) for run_id in waiting)
        run = next((each for each in found if each and effect_of(each.wanted, wanted) is not Effect.RESTART), None)
        if run is None:
            run = self._new_run(wanted, self._kept.take(leader_id, wanted))
            self._lab.add(run)
        else:
            self._forget_aside(run.id)
        self._tie(leader, run)
        self._adopt(run, wanted)

    def _tie(self, leader: Run, run: Run) -> None:
        self.run, self._leader_id = run, leader.id
        self._frames.clear()
        self._step = InStep(leader, run)
        self._lab.set_needs(run.id, self._board.merged)
        self._lab.watch(run.id)
        LOAD.take_turns(self._lab.observer(leader.id), self._lab.observer(run.id))
        self._lab.open(run.id)
        leader.mailbox.post(Redraw())  # One half of the first pair.
        self.run_changed.emit()

    def _adopt(self, run: Run, wanted: Experiment) -> None:
        """Let a run follow a set-up that it need not begin again for; other rows at the moment when the first does."""
        effect, step = effect_of(run.wanted, wanted), self._step
        run.wanted = wanted
        if effect is Effect.DATA and step is not None:
            self._lab.ask(self._leader_id, lambda _run: step.entrust(Adopt(wanted)))
        elif effect is not Effect.NONE:
            run.mailbox.post(Adopt(wanted))

    def _set_aside(self) -> None:
        step, run = self._step, self.run
        self._step = self.run = self._prepared = self.pair = None
        self._frames.clear()
        if step is not None:
            step.end()
        if run is not None and run.id in self._lab:
            self._lab.rest(run.id)
            self._note_aside(self._leader_id, run.id)

    def _present_id(self) -> int:
        """Return the id of the second run, or of the one that rests since nobody compares; 0: there is none."""
        return self.run_id or ([0, *self._aside.get(self._controller.run_id, [])][-1])

    def _forget_aside(self, run_id: int) -> None:
        for waiting in self._aside.values():
            if run_id in waiting:
                waiting.remove(run_id)

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        self._brings_back |= change.kind in ("undo", "redo")
        run, wanted = self.run, self.experiment
        is_right = run is not None and self._leader_id == self._controller.run_id and not self._expected
        if change.kind == "replace" and self._state.experiment.second is None:
            self._set_aside()
            self._copies.ask(self._controller.run_id, self._begin)
        elif is_right and run is not None and effect_of(run.wanted, wanted) is not Effect.RESTART:
            self._adopt(run, wanted)
        else:
            self._matching.start(0)
        self.edited.emit()

    @Slot(object)
    def _on_foreground_changed(self, run_id: int) -> None:
        if run_id:
            self._matching.start(0)

    @Slot(object)
    def _on_removed(self, run_id: int) -> None:
        self._forget_aside(run_id)
        for aside in self._aside.pop(run_id, []):
            if aside in self._lab:
                self._lab.remove(aside)
        if run_id in (self.run_id, self._leader_id):
            self._set_aside()
            self._matching.start(0)

    @Slot(object, object)
    def _on_given_up(self, run_id: int, document: Document) -> None:
        """Go on with another run from what the second one had reached."""
        if run_id == self.run_id:
            self._keep_aside(self._leader_id, self._new_run(self.experiment, document))
            self.expect(self._aside[self._leader_id][-1])

    @Slot()
    def _on_data_reloaded(self) -> None:
        step = self._step
        if step is not None:
            self._lab.ask(self._leader_id, lambda _run: step.entrust(Reload()))

    @Slot()
    def _on_status_changed(self) -> None:
        run = self.run
        if run is not None and self._controller.is_training and run.ended == "finished":
            self._lab.ask(run.id, Run.lift_stops)
        self.run_changed.emit()

    @Slot(object)
    def _on_run_changed(self, run_id: int) -> None:
        if run_id == self.run_id:
            self.run_changed.emit()

    # -- frames -------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_first_frame(self, frame: Frame) -> None:
        # While the past is shown, those of the present have neither maps nor points.
        if frame.run_id == self._leader_id and self.run is not None and not self._controller.looks_back:
            self._frames.size_up(self._controller.prepared, self._state.experiment, self.run)
            self._show(self._frames.add_first(frame))

    @Slot(object, object)
    def _on_frame(self, run_id: int, frame: Frame) -> None:
        if run_id != self.run_id:
            return
        prepared = self._lab.observer(run_id).prepared
        if prepared is not None and prepared is not self._prepared:
            self._prepared = prepared
            self.prepared_changed.emit(prepared)
        self._frames.size_up(self._controller.prepared, self._state.experiment, self.run)
        self.frame_ready.emit(frame)
        self._show(self._frames.add_second(frame))

    def _show(self, pair: FramePair | None) -> None:
        # Until there is a second run beside the one that has come to the front, frames are of those from before.
        if pair is not None and pair.first.run_id == self._controller.run_id:
            self.pair = pair
            self.paired.emit(pair)
