"""Which race there is in the window: begun as an undoable step, stopped by Save and Undo, gone with its document."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from nnviz.core.layout import Array
from nnviz.experiment.document import Document
from nnviz.session.controller import Controller
from nnviz.session.runs.runs_keeper import RACE_GROUP, BeginCommand, KeeperWords, RunsKeeper
from nnviz.session.speeds import SPEEDS, Speed
from nnviz.session.state import ExperimentState

if TYPE_CHECKING:
    from nnviz.session.beside import Asked
    from nnviz.session.runs.kept_race import KeptRace
    from nnviz.session.runs.race import Race
    from nnviz.sweeps.race import Entrant


class RaceKeeper(RunsKeeper):
    """Holds races, one at a time.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    parent : QObject
    """

    group = RACE_GROUP

    def __init__(self, state: ExperimentState, controller: Controller, parent: QObject) -> None:
        tr = self.tr
        words = KeeperWords(
            left=tr("The race was stopped at epoch {0} of {1}; it is kept, and can go on."),
            saved=tr("Saved; the race was stopped at epoch {0} of {1}, and can go on."),
            undone=tr("The race was stopped at epoch {0} of {1}; it is kept as far as it came."),
            gone=tr("The race was ended: it belonged to the experiment before."),
            found=tr("A race of {0} runs was saved with it: Run → Many runs → Show the race."),
            taken=tr("show a run of the race"),
        )
        super().__init__(state, controller, words, parent)

    @property
    def race(self) -> Race | None:
        """The race that there is."""
        return cast("Race | None", self._kept)

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
        from nnviz.session.runs.kept_race import KeptRace
        from nnviz.sweeps.race import checked_entrants

        known = checked_entrants(entrants)
        start = self._present_weights() if from_now else None
        race = self._made_of(KeptRace(self._state.experiment, known, epochs, start, {}, {}))
        self._keep(race)
        self._state.push(BeginCommand(race, self.tr("race optimisers")))
        return race

    def _made_of(self, kept: KeptRace) -> Race:
        from nnviz.session.runs.race import Race
        from nnviz.session.runs.wall_run import SharedRows

        lab, rows = self._controller.lab, SharedRows(self._folder)
        given = kept.experiment, kept.entrants, kept.goal
        return Race(*given, lab, rows, kept.start, self._speed, self, kept.runs, kept.trails)

    def _present_weights(self) -> Array | None:
        frame = self._controller.frame
        return frame.parameters if frame is not None else None

    def _speed(self) -> Speed:
        return SPEEDS[self._controller.speed]

    # -- in the file of the document ----------------------------------------------------------------------------

    def ask_written(self, n_bytes: int, path: Path | None) -> Asked:
        """Ask for what is to be saved of the race."""
        from nnviz.session.runs.kept_race import ask_race

        assert self.race is not None
        return ask_race(self.race, self._controller.lab, self._state.experiment, n_bytes, path)

    def _read(self, document: Document) -> KeptRace | None:
        from nnviz.session.runs.kept_race import read_race

        return read_race(document)
