"""Runs that go on from what was learnt before: from a checkpoint as it is, or carried into a changed network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnviz.core.errors import ExperimentError, SettingError
from nnviz.core.history.history import History
from nnviz.core.numbers import count_text
from nnviz.core.settings import SettingChanges
from nnviz.core.surgery import Operation
from nnviz.core.trainer import Trainer
from nnviz.core.translation import translated
from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.prepare import Prepared, prepare

if TYPE_CHECKING:
    from nnviz.core.checkpoint import Checkpoint
    from nnviz.core.stored_past import StoredPast

#: Fields whose change leaves weights that still say something.
_NETWORK = frozenset({"hidden", "output_activation", "bias", "explicit", "masks"})
_TRAINING = frozenset({"loss", "class_weights", "engine"})


def is_carriable(old: Experiment, new: Experiment) -> bool:
    """Whether an edit leaves something of what was learnt: other layers, units, activations or another loss.

    Other data have other inputs, and who draws new weights wants new ones.
    """
    if old.data != new.data or (old.network, old.training) == (new.network, new.training):
        return False
    fields = type(old.network).model_fields, type(old.training).model_fields
    network = {name for name in fields[0] if getattr(old.network, name) != getattr(new.network, name)}
    training = {name for name in fields[1] if getattr(old.training, name) != getattr(new.training, name)}
    is_drawn = new.network.explicit is None or new.network.explicit == old.network.explicit
    return is_drawn and network <= _NETWORK and training <= _TRAINING


def carried_trainer(prepared: Prepared, checkpoint: Checkpoint, operation: Operation | None = None) -> Trainer:
    """Return a trainer of the network of `prepared` with what the run of `checkpoint` has learnt, and its history.

    Where an operation has led from one network to the other, it says what becomes of what.

    Raises
    ------
    SettingError
        Where nothing can be carried over.
    """
    from nnviz.core.carrying import carry

    source, network = checkpoint.network.copy(), prepared.network()
    # What muted units have to say is carried over too.
    source.release()
    network.release()
    (carry if operation is None else operation.carry)(source, network)
    network.masks = prepared.masks
    trainer = prepared.trainer(network)
    trainer.take_over(checkpoint)
    return trainer


def continued_trainer(
    prepared: Prepared, checkpoint: Checkpoint, settings: SettingChanges, past: StoredPast | None = None
) -> tuple[Trainer, str]:
    """Return the trainer of a saved run on the data of `prepared`, with `settings`; it goes on bit for bit.

    It remembers its past as it was saved. Where that cannot be used, the second value says so in a sentence.

    Raises
    ------
    SettingError
        Where the run had another network.
    """
    if tuple(checkpoint.network.layer_sizes) != prepared.layer_sizes:
        raise SettingError("The saved run does not fit the experiment's network; press Reset to start afresh.")
    X, Y = prepared.X_train, prepared.Y_train
    if prepared.is_empty:
        # What it had learnt from has been erased; as many rows stand in for it until there are points again.
        X, Y = prepared.stand_in(len(checkpoint.state.order))
    trainer, note = Trainer.from_checkpoint(checkpoint, X, Y, **prepared.held_back), ""
    if past is not None:
        try:
            trainer.remember(past)
        except ExperimentError as error:
            note = str(error)
    if trainer.settings.changed(**settings) != trainer.settings:
        trainer.set(**settings)
    return trainer, note


def reopened_trainer(document: Document) -> Trainer:
    """Return the run of a document as it was saved, with what the file has kept of its past; it goes on bit for bit.

    Raises
    ------
    NnvizError
        Where the document has no run, or the data cannot be had or do not fit it.

    Examples
    --------
    >>> from nnviz.experiment import Document, Experiment, load_document, reopened_trainer, save_document
    >>> experiment = Experiment()
    >>> trainer = experiment.trainer()
    >>> _ = trainer.run(epochs=30)
    >>> saved = Document(experiment, checkpoint=trainer.checkpoint(), past=trainer.stored_past(2**24))
    >>> save_document(saved, "run.nnviz")
    >>> again = reopened_trainer(load_document("run.nnviz"))
    >>> again.epoch, bool((again.parameters_at(12) == trainer.parameters_at(12)).all())
    (30, True)
    """
    if document.checkpoint is None:
        raise ExperimentError("There is no run in this document to go on with; make a trainer of its experiment.")
    return continued_trainer(prepare(document.experiment), document.checkpoint, {}, document.past)[0]


def carried_note(history: History | None) -> str:
    """Return the sentence that a run with carried weights comes with; empty for others."""
    if history is None or not history.marks:
        return ""
    epochs = ", ".join(count_text(epoch) for epoch in history.marks)
    return translated(
        "What this network knows was carried over from another (at epoch {0}): its seeds alone do not give it again.",
        epochs,
    )
