"""Who keeps runs beside the one in front: stopped by Save and Undo and by leaving them, gone with their document."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from msgspec import Struct
from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from nnviz.core.errors import ExperimentError
from nnviz.core.numbers import count_text
from nnviz.experiment.document import Document
from nnviz.experiment.second import kept_of
from nnviz.session.commands import Change, EditCommand, MergingCommand
from nnviz.session.controller import Controller
from nnviz.session.needs import NOTHING
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState

if TYPE_CHECKING:
    from nnviz.session.beside import Asked

#: By what names races and walls are kept in a file, beside the run in front.
RACE_GROUP: Final = "race"
WALL_GROUP: Final = "wall"


class Kept(Protocol):
    """Runs that train together, such as those of a wall or a race.

    Its signal `taken` brings the number of a run and a document with a copy of it.
    """

    goal: int
    is_restored: bool
    taken: SignalInstance

    @property
    def epoch(self) -> int:
        """The epoch that all have reached."""

    def stop(self) -> bool:
        """Let all of them stay where they are; return whether any was training."""

    def look(self) -> None:
        """Prepare what a file has brought back: somebody wants to see it."""

    def close(self) -> None:
        """Let the runs go."""


class Startable(Protocol):
    """Runs that can be let go on."""

    def go_on(self) -> None:
        """Train."""


class KeptInFile(Protocol):
    """Such runs as they are in a file."""

    def __len__(self) -> int:
        """Return how many there are."""


class KeeperWords(Struct, frozen=True):
    """What is said of runs.

    Attributes
    ----------
    left, saved, undone : str
        They were stopped, {0} is the epoch that they have reached, {1} the one that they were to: nobody looks at them
        any more; the document is saved; a step was taken back.
    gone : str
        Another document is there.
    found : str
        A document that is opened has {0} of them.
    taken : str
        What the undo step is called that shows one of them as the run in front.
    """

    left: str
    saved: str
    undone: str
    gone: str
    found: str
    taken: str


class BeginCommand(MergingCommand):
    """Begins runs; the way back stops them where they are, and redoing lets them go on."""

    edits = False

    def __init__(self, begun: Startable, text: str) -> None:
        super().__init__(text, "")
        self._go_on: Callable[[], Callable[[], None] | None] = weakref.WeakMethod(begun.go_on)

    def redo(self) -> None:
        """Train."""
        if (go_on := self._go_on()) is not None:
            go_on()

    def undo(self) -> None:
        """Stop: whoever keeps the runs does that at every step back."""


class RunsKeeper(QObject):
    """Keeps one set of runs at a time; what they are is for those who derive from it.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    words : KeeperWords
    parent : QObject

    Attributes
    ----------
    group : str
        What they are called in a file.

    Signals
    -------
    hung : ()
        There are other runs, or none any more.
    said : str, str
        Severity and one sentence.
    """

    group = ""
    needs_room = True

    hung = Signal()
    said = Signal(str, str)

    def __init__(self, state: ExperimentState, controller: Controller, words: KeeperWords, parent: QObject) -> None:
        super().__init__(parent)
        self._state, self._controller, self._words = state, controller, words
        self._kept: Kept | None = None
        self._judged: KeptInFile | None = None
        self._taken: dict[int, int] = {}
        self._index = state.undo_stack.index()
        controller.beside.append(self)
        state.applied.connect(self._on_applied)
        state.saved.connect(self._on_saved)
        state.undo_stack.indexChanged.connect(self._on_index_changed)

    @property
    def kept(self) -> Kept | None:
        """The runs that there are."""
        return self._kept

    @property
    def main_number(self) -> int | None:
        """Of which of the runs the one in front is a copy; None: of none of them."""
        return self._taken.get(self._controller.run_id)

    def take_down(self) -> None:
        """Let the runs go."""
        self._keep(None)

    def _keep(self, kept: Kept | None) -> None:
        former, self._kept = self._kept, kept
        self._taken.clear()
        if kept is not None:
            kept.taken.connect(self._on_taken)
        if former is not None:
            former.close()
        self.hung.emit()

    @property
    def _folder(self) -> Path | None:
        """Where relative paths of tables start from."""
        return self._state.path.parent if self._state.path is not None else None

    @Slot(object, object)
    def _on_taken(self, number: int, document: Document) -> None:
        """Show one of the runs as the run in front, as an undo step; the one before is set aside."""
        sender: object = self.sender()
        if sender is not self._kept or sender is None:
            return
        state, controller = self._state, self._controller
        experiment = kept_of(state.experiment, document.experiment)
        run = Run(
            experiment,
            NOTHING,
            SPEEDS[controller.speed],
            base_path=self._folder,
            document=document,
        )
        controller.lab.add(run)
        self._taken[run.id] = number
        command = EditCommand(state, state.experiment, experiment, self._words.taken)
        command.after_id = run.id
        state.push(command)

    # -- what ends it -------------------------------------------------------------------------------------------

    def _stop(self, words: str) -> None:
        kept = self._kept
        if kept is not None and kept.stop():
            self.said.emit("info", words.format(count_text(kept.epoch), count_text(kept.goal)))

    def stop_for_leaving(self) -> None:
        """Stop what trains, and say so: nobody looks at it any more."""
        self._stop(self._words.left)

    @Slot()
    def _on_saved(self) -> None:
        self._stop(self._words.saved)

    @Slot(int)
    def _on_index_changed(self, index: int) -> None:
        before, self._index = self._index, index
        # A stack that is cleared is no step back.
        if index < before and self._state.undo_stack.count():
            self._stop(self._words.undone)

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        if change.kind == "replace":
            if self._kept is not None:
                self.take_down()
            self._take_back()

    # -- in the file of the document ----------------------------------------------------------------------------

    def read(self, document: Document) -> str:
        """Judge what another document has of such runs; return what is to be said of them, or nothing."""
        notes = [self._words.gone] if self._kept is not None else []
        try:
            notes.append(self._judge(document))
        except ExperimentError as error:
            notes.append(str(error))
        return " ".join(filter(None, notes))

    @property
    def has_any(self) -> bool:
        """Whether there is anything to save."""
        return self._kept is not None

    def ask_written(self, n_bytes: int, path: Path | None) -> Asked:
        """Ask for what is to be saved."""
        raise NotImplementedError

    def _judge(self, document: Document) -> str:
        """Take in what a document has of such runs, which is shown next; return what is to be said of them."""
        self._judged = None
        self._judged = kept = self._read(document)
        return "" if kept is None else self._words.found.format(count_text(len(kept)))

    def _read(self, document: Document) -> KeptInFile | None:
        """Return what a document has of such runs; raises `ExperimentError` where that is damaged."""
        raise NotImplementedError

    def _take_back(self) -> None:
        """Keep the runs that were judged; they rest until somebody looks at them."""
        kept, self._judged = self._judged, None
        if kept is not None:
            restored = self._made_of(kept)
            restored.is_restored = True
            self._keep(restored)

    def _made_of(self, kept: Any) -> Kept:
        """Return the runs of a file."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop everything: the window closes."""
        self._state.undo_stack.indexChanged.disconnect(self._on_index_changed)
        self._controller.beside.remove(self)
        self._keep(None)
