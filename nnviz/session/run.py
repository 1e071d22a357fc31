"""A run: one trainer with its data, its history and its post, which can change threads.

Any training thread may work on it, one at a time. Set aside by an edit that needs a new one, it keeps weights,
optimiser and history, and an undo goes on with it. Nothing here knows Qt.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from msgspec.structs import replace

from nnviz.core.errors import SettingError
from nnviz.core.moment import Moment
from nnviz.core.settings import SettingChanges
from nnviz.core.surgery import Operation
from nnviz.core.trainer import Trainer
from nnviz.experiment.builders import Builders
from nnviz.experiment.carried import carried_note, carried_trainer, continued_trainer
from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.frame import Needs
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.prepare import Prepared, prepare
from nnviz.experiment.schema import TrainingSpec
from nnviz.experiment.trainer_settings import trainer_settings
from nnviz.session.in_step import ALONE, Bond
from nnviz.session.kept_past import Former, former_of, kept_past, take_back
from nnviz.session.link import TURN_S
from nnviz.session.mailbox import Mailbox
from nnviz.session.report import MisfitError
from nnviz.session.speeds import Speed

if TYPE_CHECKING:
    from nnviz.core.checkpoint import Checkpoint

Ended: TypeAlias = Literal["", "finished", "diverged", "failed"]

#: What a trainer's past takes where nobody says otherwise.
PAST_BYTES = 64 * 2**20

_ids = itertools.count(1)


class Run:
    """One training run.

    Parameters
    ----------
    experiment : Experiment
    needs : Needs
    speed : Speed
    base_path : Path or None
        Folder that relative paths of tables start from.
    document : Document or None
        Weights, or a checkpoint and a history, to start from.
    prepared : Prepared or None
        Where the experiment has been prepared before, as for a reset.
    source : Run or None
        From which what has been learnt is carried over when this one is prepared.
    operation : Operation or None
        That led from its network to this one's.
    carries : bool
        Whether what the document has learnt is carried into a network with other activations.

    Attributes
    ----------
    id : int
        Unique in the process; every frame carries it.
    mailbox : Mailbox
    hosting : threading.Lock
        Held by the one thread that may touch `trainer`, as long as its turn lasts.
    touched : bool
        Whether the run is more than what its experiment would give again: trained, edited, loaded or carried over.
    wanted : Experiment
        What it is to be: `experiment`, once what has been posted is done. Belongs to the window's thread.
    past_bytes : int
        What its past may take, snapshots and keyframes; belongs to the window's thread.
    marked : tuple of int
        Epochs near which its past stays when it is thinned; belongs to the window's thread.
    origin : Run or None
        The `source`, as long as nothing has been learnt since.
    bond : Bond, what ties it to another run that trains in step with it
    trainer, builders : Trainer, Builders or None
        None until prepared.
    ended : "finished", "diverged", "failed" or ""
        Why the run does not train on; `message` says it in a sentence.
    """

    def __init__(
        self,
        experiment: Experiment,
        needs: Needs,
        speed: Speed,
        *,
        base_path: Path | None = None,
        document: Document | None = None,
        prepared: Prepared | None = None,
        source: Run | None = None,
        operation: Operation | None = None,
        carries: bool = False,
    ) -> None:
        self.id = next(_ids)
        self.experiment = self.wanted = experiment
        self.past_bytes = PAST_BYTES
        self.marked: tuple[int, ...] = ()
        self.base_path = base_path
        self.mailbox = Mailbox(needs, speed)
        self.hosting = threading.Lock()
        self.prepared = prepared
        self.trainer: Trainer | None = None
        self.builders: Builders | None = None
        self.bond: Bond = ALONE
        self.ended: Ended = ""
        self.message = ""
        self._settings: dict[str, Any] = {}
        self._limit_lifted = self._conditions_lifted = False
        self.origin = self._source = source
        self._document, self._operation, self._carries = document, operation, carries
        # What was in force until the end of an epoch, by that epoch, before an edit.
        self._former: Former = []
        self.touched = source is not None or (document is not None and _has_weights(document))
        self._notes = [] if document is None else [carried_note(document.history), document.note]

    def prepare(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Load the data and make the trainer, unless that has been done.

        Parameters
        ----------
        cancelled : callable
            Looked at between the parts; where it returns True the run stays unprepared.

        Raises
        ------
        NnvizError
            Where the experiment cannot be trained.
        """
        if self.trainer is not None:
            return
        if self.prepared is None:
            self.prepared = prepare(self.experiment, self.base_path, may_be_empty=True)
        elif self.prepared.experiment != self.experiment:
            # Prepared before live edits: the data are the same, the settings are not.
            self.prepared = replace(self.prepared, experiment=self.experiment)
        learnt = self._source.learnt(cancelled) if self._source is not None else None
        if cancelled():
            return
        if learnt is not None:
            trainer = carried_trainer(self.prepared, learnt, self._operation)
        else:
            trainer = self._make_trainer(self.prepared)
        self._settings = self._settings_of(self.experiment.training)
        self.builders = Builders(self.prepared, trainer.problem.version)
        if self._document is not None and (past := self._document.past) is not None:
            self._former = former_of(past, self.experiment, trainer.epoch)
            if trainer.data_versions != {trainer.problem.version}:
                take_back(past, self.builders, self.experiment, self.base_path)
        self.trainer = trainer
        self.limit_past()
        self._source = None

    def learnt(self, cancelled: Callable[[], bool]) -> Checkpoint | None:
        """Return what the run has learnt, once no thread is at it; None where it was never prepared."""
        while not self.hosting.acquire(timeout=TURN_S):
            if cancelled():
                return None
        try:
            return self.trainer.checkpoint() if self.trainer is not None else None
        finally:
            self.hosting.release()

    def moment(self) -> Moment:
        """Return where the run stands, to be shown; it has been prepared."""
        assert self.trainer is not None
        return self.trainer.moment(self.id)

    def prepared_of(self, moment: Moment) -> Prepared:
        """Return the data that were in force at a moment of it; raises `SettingError` where they are not known."""
        assert self.builders is not None
        return self.builders.prepared_of(moment)

    def limit_past(self) -> None:
        """Keep to `past_bytes` and near what is `marked`; called in a training thread, between two slices."""
        if self.trainer is not None:
            self.trainer.mark_epochs(self.marked)
            self.trainer.limit_past(self.past_bytes)

    @property
    def past_nbytes(self) -> int:
        """What its past takes now."""
        return int(self.trainer.past_nbytes) if self.trainer is not None else 0

    def forget(self) -> None:
        """Let go of what preparing gives again, unless it is being prepared; for a run that is not `touched`."""
        if self.hosting.acquire(blocking=False):
            self.trainer = self.builders = self.prepared = None
            self.ended, self.message = "", ""
            self.hosting.release()

    @property
    def builder(self) -> FrameBuilder | None:
        """Builds the frames of its present; None until it is prepared."""
        return self.builders.present if self.builders is not None else None

    def take_note(self) -> str:
        """Return what is to be said once of a run from a file."""
        note = " ".join(filter(None, self._notes))
        self._notes = []
        return note

    def touch(self) -> None:
        """Note that it trains, or is written to: it is something of its own from now on."""
        self.touched, self.origin = True, None

    @property
    def has_learnt(self) -> bool:
        """Whether there is anything in it that another network could be given."""
        return self.touched and self.ended not in ("diverged", "failed")

    @property
    def is_to_be_carried(self) -> bool:
        """Whether what it is to begin with is still in another run."""
        return self._source is not None

    def replace_data(self, experiment: Experiment) -> Prepared:
        """Go on with the data of `experiment`, keeping weights, optimiser and history.

        A run that has not begun begins on the new data: its figures at epoch 0 are theirs.

        Raises
        ------
        NnvizError
            Where the data cannot be had or do not fit the network; the run keeps what it has.
        """
        assert self.trainer is not None
        assert self.prepared is not None
        assert self.builders is not None
        prepared = prepare(experiment, self.base_path, may_be_empty=True)
        if (prepared.layer_sizes, prepared.loss) != (self.prepared.layer_sizes, self.prepared.loss):
            raise MisfitError("The new data do not fit this network: a new run begins with them.")
        if prepared.is_empty:
            # The weights go on meaning what they meant, and what they had learnt from waits for new points.
            prepared = replace(prepared, inputs=self.prepared.inputs, targets=self.prepared.targets)
            self.builders.show(prepared)
        elif not _has_trained(self.trainer):
            self._settings = trainer_settings(experiment.training, prepared.train.n_samples)
            self.trainer = prepared.trainer(self.trainer.network)
            self.builders = Builders(prepared, self.trainer.problem.version)
            self.limit_past()
        else:
            self.trainer.replace_data(prepared.X_train, prepared.Y_train, **prepared.held_back)
            self.builders.renew(prepared, self.trainer.problem.version, self.trainer.data_versions)
        self.prepared = prepared
        return prepared

    def follow(self, experiment: Experiment) -> None:
        """Give the trainer the settings in which `experiment` differs, and only those.

        Raises
        ------
        SettingError
            Where the trainer refuses them; the run keeps its settings.
        """
        old, new = self.experiment.training, experiment.training
        limit, conditions = self._limit_lifted, self._conditions_lifted
        if _stop_conditions(old) != _stop_conditions(new):
            self._limit_lifted = self._conditions_lifted = False
        try:
            self._apply(new)
        except SettingError:
            self._limit_lifted, self._conditions_lifted = limit, conditions
            raise
        if experiment.network.masks != self.experiment.network.masks:
            assert self.prepared is not None
            assert self.trainer is not None
            self.prepared = replace(self.prepared, experiment=experiment)
            self.trainer.network.masks = self.prepared.masks
        self._note_former()
        self.experiment = experiment

    def _note_former(self) -> None:
        """Remember the settings before an edit, as far back as the past goes."""
        assert self.trainer is not None
        now, first = self.trainer.epoch, self.trainer.first_epoch
        kept = [entry for entry in self._former if entry[0] >= first]
        # Of several edits at one moment the first one tells what was in force before.
        self._former = kept if kept and kept[-1][0] == now else [*kept, (now, self.experiment)]

    def experiment_at(self, epoch: int) -> Experiment:
        """Return the settings in force when a past epoch had ended; may be asked from any thread."""
        return next((former for until, former in self._former if until >= epoch), self.experiment)

    @property
    def lacks_data(self) -> bool:
        """Whether all points have been erased, or none has been painted yet."""
        return self.prepared is not None and self.prepared.is_empty

    @property
    def epoch_limit(self) -> int | None:
        """Epoch at which the run stops, where the user set one and has not gone past it since."""
        training = self.experiment.training
        return training.epochs if training.stop_at_epochs and not self._limit_lifted else None

    def lift_stops(self) -> None:
        """Go past the stop condition that has been met, until the user sets another."""
        assert self.trainer is not None
        if self.trainer.stop_reason:
            self._conditions_lifted = True
            self._apply(self.experiment.training)
        else:
            self._limit_lifted = True
        self.ended, self.message = "", ""

    def resume_after_edit(self) -> None:
        """Take a run that ended by itself for a paused one: an edit has changed what ended it."""
        if self.ended in ("finished", "diverged") and self.trainer is not None and not self.trainer.stop_reason:
            self.ended, self.message = "", ""

    def unprepared(self, path: Path | None) -> Document:
        """Return what the run will start from, before it has been prepared."""
        if self._document is None:
            return Document(self.experiment, path=path)
        return replace(self._document, experiment=self.experiment, path=path)

    def saved(self, path: Path | None, past_bytes: int = 0) -> Document:
        """Return the run as a document to be written: a copy that goes on bit-equal, with so much of its past.

        Call it in a training thread, between two slices.
        """
        if self.trainer is None:
            return self.unprepared(path)
        assert self.builders is not None
        # It notes edits, which the checkpoint then has, too.
        past = kept_past(self.trainer, self.builders, self.experiment, self._former, past_bytes)
        checkpoint = self.trainer.checkpoint()
        return Document(self.experiment, checkpoint.parameters.copy(), checkpoint, checkpoint.history, path, past)

    @property
    def nbytes(self) -> int:
        """Memory that history, with its room to grow, its past and weights take."""
        if self.trainer is None:
            return 0
        history = self.trainer.history
        figures = history.nbytes - history.snapshots.nbytes
        return figures + self.past_nbytes + 8 * int(self.trainer.network.parameters.nbytes)

    def _settings_of(self, training: TrainingSpec) -> dict[str, Any]:
        assert self.prepared is not None
        settings = trainer_settings(training, self.prepared.train.n_samples)
        if self._conditions_lifted:
            settings |= {"target_loss": None, "patience": None}
        return settings

    def _apply(self, training: TrainingSpec) -> None:
        """Give the trainer the settings that are other than those it has been given."""
        assert self.trainer is not None
        settings, missing = self._settings_of(training), object()
        changes = {name: value for name, value in settings.items() if self._settings.get(name, missing) != value}
        if "optimizer" in changes:
            # A new optimiser starts from its defaults: it is told all its parameters.
            changes = settings
        if changes:
            self.trainer.set(**cast("SettingChanges", changes))
        self._settings = settings

    def _make_trainer(self, prepared: Prepared) -> Trainer:
        document = self._document
        if document is not None and document.checkpoint is not None:
            if self._carries:
                return carried_trainer(prepared, document.checkpoint)
            settings = cast("SettingChanges", self._settings_of(self.experiment.training))
            trainer, note = continued_trainer(prepared, document.checkpoint, settings, document.past)
            self._notes.append(note)
            return trainer
        if document is None or document.parameters is None:
            return prepared.trainer()
        network = prepared.network()
        if document.parameters.shape != network.parameters.shape:
            raise SettingError("The saved weights do not fit the experiment's network; press Reset to start afresh.")
        network.parameters[:] = document.parameters
        return prepared.trainer(network)


def _has_trained(trainer: Trainer) -> bool:
    """Whether a trainer has made any update."""
    if len(trainer.history) > 1:
        return True
    checkpoint = trainer.checkpoint()
    return checkpoint.state.update + checkpoint.former_updates > 0


def _has_weights(document: Document) -> bool:
    return document.checkpoint is not None or document.parameters is not None


def _stop_conditions(training: TrainingSpec) -> tuple[object, ...]:
    return (training.stop_at_epochs, training.epochs, training.target_loss, training.patience)
