"""Which race there is in the window: begun as an undoable step, stopped by Save and Undo, gone with its document."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot

from nnviz.core.layout import Array
from nnviz.core.numbers import count_text
from nnviz.experiment.document import Document
from nnviz.session.beside import Asked
from nnviz.session.controller import Controller
from nnviz.session.runs.kept_race import GROUP, KeptRace, ask_race, read_race
from nnviz.session.runs.race import Race
from nnviz.session.runs.runs_keeper import BeginCommand, RunsKeeper, StopWords
from nnviz.session.runs.wall_run import SharedRows
from nnviz.session.speeds import SPEEDS, Speed
from nnviz.session.state import ExperimentState
from nnviz.sweeps.race import Entrant, checked_entrants


class RaceKeeper(RunsKeeper):
    """Holds races, one at a time.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    parent : QObject

    Attributes
    ----------
    race : Race or None
    """

    group = GROUP

    def __init__(self, state: ExperimentState, controller: Controller, parent: QObject) -> None:
        tr = self.tr
        words = StopWords(
            left=tr("The race was stopped at epoch {0} of {1}; it is kept, and can go on."),
            saved=tr("Saved; the race was stopped at epoch {0} of {1}, and can go on."),
            undone=tr("The race was stopped at epoch {0} of {1}; it is kept as far as it came."),
            gone=tr("The race was ended: it belonged to the experiment before."),
        )
        super().__init__(state, controller, words, parent)
        self.race: Race | None = None
        self._judged: KeptRace | None = None

    def begin(self, entrants: Iterable[Entrant], epochs: int, *, from_now: bool = False) -> Race:
        """Begin a race in the present experiment, as an undo step; the one before goes.

        Parameters
        ----------
        entrants : iterable of Entrant
        epochs : int
            Length of each run.
        from_now : bool
            Whether all begin with the weights that the network has now, not with its first ones.

        Raises
        ------
        SettingError
            Where there are too few or too many, or one has a rate that there cannot be.
        """
        known = checked_entrants(entrants)
        start = self._present_weights() if from_now else None
        race = self._race_of(KeptRace(self._state.experiment, known, epochs, start, {}, {}))
        self._hold(race)
        self._state.push(BeginCommand(race, self.tr("race optimisers")))
        return race

    def _race_of(self, kept: KeptRace) -> Race:
        folder: Path | None = self._state.path.parent if self._state.path is not None else None
        lab, rows = self._controller.lab, SharedRows(folder)
        given = kept.experiment, kept.entrants, kept.goal
        race = Race(*given, lab, rows, kept.start, self._speed, self, kept.runs, kept.trails)
        race.taken.connect(self._on_taken, Qt.ConnectionType.QueuedConnection)
        return race

    def _present_weights(self) -> Array | None:
        frame = self._controller.frame
        return frame.parameters if frame is not None else None

    def _speed(self) -> Speed:
        return SPEEDS[self._controller.speed]

    def take_down(self) -> None:
        """Let the race go, and its runs."""
        self._hold(None)

    def _hold(self, race: Race | None) -> None:
        self.race = race
        self._keep(race)

    @Slot(object, object)
    def _on_taken(self, number: int, document: Document) -> None:
        race = self.sender()
        if race is self.race and self.race is not None:
            self.make_main(document, number, self.tr("show a run of the race"))

    # -- in the file of the document ----------------------------------------------------------------------------

    @property
    def has_any(self) -> bool:
        """Whether there is a race to save."""
        return self.race is not None

    def ask_written(self, n_bytes: int, path: Path | None) -> Asked:
        """Ask for what is to be saved of the race."""
        assert self.race is not None
        return ask_race(self.race, self._controller.lab, self._state.experiment, n_bytes, path)

    def _judge(self, document: Document) -> str:
        self._judged = None
        self._judged = kept = read_race(document)
        if kept is None:
            return ""
        words = self.tr("A race of {0} runs was saved with it: Run → Many runs → Show the race.")
        return words.format(count_text(len(kept.entrants)))

    def _take_back(self) -> None:
        kept, self._judged = self._judged, None
        if kept is not None:
            race = self._race_of(kept)
            race.is_restored = True
            self._hold(race)

    def close(self) -> None:
        """Stop everything: the window closes."""
        self.race = None
        super().close()
