"""What is told of a run from its thread: reports, and the sentences in them."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from msgspec import Struct

from nnviz.core.errors import NnvizError, SettingError
from nnviz.core.numbers import count_text
from nnviz.core.trainer import Trainer
from nnviz.core.translation import translated
from nnviz.experiment.frame import Frame, Status
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.row_identity import same_values
from nnviz.session.engine_start import Preparation

Severity: TypeAlias = Literal["info", "warning", "error"]


class Report(Struct, frozen=True, eq=False):
    """What a loop tells the window: the only thing that crosses from its thread.

    Attributes
    ----------
    run_id : int
    host_id : int
        Of the hosting that sent it; reports of one that is over are dropped.
    served : int
        Number of the last command that had been taken from the mailbox.
    status : Status
    message, severity : str
        One sentence for the user, where there is news; else empty.
    prepared : Prepared or None
        Where the data or inputs are other than those of the report before.
    frame : Frame or None
    settled : int
        Token of a `Settle` that is answered, or 0.
    preparation : Preparation or None
        How far the engine is, where training waits for it.
    misfit : bool
        The data now have other inputs or outputs than the network: the run needs to begin again.
    """

    run_id: int
    host_id: int
    served: int
    status: Status
    message: str = ""
    severity: Severity = "info"
    prepared: Prepared | None = None
    frame: Frame | None = None
    settled: int = 0
    preparation: Preparation | None = None
    misfit: bool = False


class MisfitError(SettingError):
    """The data have other inputs or outputs than the network."""


#: What was said of the engines; once is enough.
_engine_notes: set[str] = set()


def fresh_engine_note(trainer: Trainer) -> str:
    """Return why a slower engine trains than was meant, the first time that this is so in a process; else nothing."""
    note = trainer.engine_note
    if note in _engine_notes:
        return ""
    _engine_notes.add(note)
    return note


def fault_sentence(error: Exception) -> str:
    """Return what the user is told of an error that nobody foresaw: the log has it all, the sentence its first line."""
    first_line = str(error).strip().partition("\n")[0][:120]
    fault = f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__
    return translated("Training stopped through a fault inside nnviz ({0}); press Reset.", fault)


def refusal(error: NnvizError, *, reloading: bool = False) -> dict[str, Any]:
    """Return what a `Report` says where data could not be taken over; the run keeps what it has."""
    if isinstance(error, MisfitError):
        return {"message": str(error), "severity": "info", "misfit": True}
    if reloading:
        return {"message": f"The last good data stay. {error}", "severity": "warning"}
    return {"message": str(error), "severity": "error"}


def news_of(before: Prepared | None, now: Prepared) -> str:
    """Say what reading a file again has brought; empty: nothing new."""
    if before is not None and same_values(before.dataset, now.dataset):
        return ""
    n_before = before.dataset.n_samples if before is not None else 0
    more = now.dataset.n_samples - n_before
    change = f"{count_text(abs(more))} {'more' if more > 0 else 'fewer'}" if more else "as many as before"
    return f"{now.dataset.title} was read again: {count_text(now.dataset.n_samples)} rows, {change}."
