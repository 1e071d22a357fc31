"""A race with what belongs to it: its surface with the trails, the legend, and the epochs that it has been through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.core.csv_files import write_csv
from nnviz.drawing.landscape import DrawnTrail
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.session.runs.race import Race
from nnviz.session.runs.race_keeper import RaceKeeper
from nnviz.session.runs.surface_maker import SurfaceMaker
from nnviz.ui.race.plane_chooser import PlaneChooser
from nnviz.ui.race.race_texts import plane_sentences, title_of
from nnviz.ui.race.racer_list import RacerList
from nnviz.ui.race.scrub_bar import ScrubBar
from nnviz.ui.race.surface_view import SurfaceView
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.guest_panel import GuestPanel, PanelWords
from nnviz.ui.widgets.hideable import Hideable


class RacePanel(GuestPanel):
    """Shows the race that its keeper holds.

    Parameters
    ----------
    keeper : RaceKeeper
    theme : Theme
    parent : QWidget or None

    Attributes
    ----------
    maker : SurfaceMaker
    surface : SurfaceView
    list : RacerList
    scrub : ScrubBar
    planes : PlaneChooser
    """

    def __init__(self, keeper: RaceKeeper, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(_words(), theme, parent)
        self._keeper = keeper
        self._shown_main: int | None = None
        self._pointed: int | None = None
        self.maker = SurfaceMaker(self)
        self.planes, self.sentence = PlaneChooser(self), ElidedLabel(parent=self)
        self.sentence.setProperty("role", "quiet")
        self.surface, self.list, self.scrub = SurfaceView(theme, self), RacerList(theme, self), ScrubBar(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(6)
        column.addWidget(self.header)
        column.addWidget(self.planes)
        column.addWidget(self.sentence)
        column.addWidget(self.surface, 1)
        column.addWidget(self.list)
        column.addWidget(self.scrub)
        self._connect()
        self.set_theme(theme)
        if self.race is not None:
            self._on_hung()

    def _connect(self) -> None:
        self._keeper.hung.connect(self._on_hung)
        self.said.connect(self._keeper.said)
        self.take_down.triggered.connect(self._keeper.take_down)
        self.list.picked.connect(self._on_picked)
        self.list.pointed.connect(self._on_pointed)
        self.scrub.toggled.connect(self._on_toggled)
        self.scrub.moved.connect(self._show_trails)
        self.planes.chosen.connect(self._on_plane_chosen)
        self.maker.made.connect(self._on_made)

    # -- the race -----------------------------------------------------------------------------------------------

    @property
    def race(self) -> Race | None:
        """The race on show."""
        return self._keeper.race

    @Slot()
    def _on_hung(self) -> None:
        race = self.race
        self.scrub.stop_replay()
        self.list.show_race(race)
        self.planes.show_race(race)
        if race is not None:
            race.changed.connect(self._on_changed)
            race.state_changed.connect(self._on_state_changed)
        self.maker.follow(race)
        self.scrub.show_reached(0)
        self.scrub.follow()
        self._on_made()
        self._on_state_changed()
        if race is None:
            self.left.emit()

    @Slot()
    def _on_changed(self) -> None:
        race = self.race
        if race is None:
            return
        self.planes.show_ready()
        self.maker.choose(self.planes.weights)
        self.scrub.show_reached(race.epoch)
        self._show_trails()
        self._say()

    @Slot()
    def _on_state_changed(self) -> None:
        race = self.race
        if race is None:
            return
        self.scrub.show_state(is_training=race.is_training, can_go_on=race.can_go_on, theme=self._theme)
        self.train_on.setEnabled(race.is_settled)
        self._say()

    def _say(self) -> None:
        race = self.race
        if race is not None:
            self._say_reached(title_of(race), race.epoch, race.goal)

    @Slot()
    def _on_made(self) -> None:
        surface = self.maker.surface
        if surface is None:
            self.surface.show_surface(None, "", "")
            self.sentence.setText("")
            return
        weights = surface.slice.weights
        labels = (
            [self.planes.name_of(place) for place in weights]
            if weights
            else [
                self.tr("component 1"),
                self.tr("component 2"),
            ]
        )
        self.surface.show_surface(surface, *labels)
        self.sentence.setText(*plane_sentences(surface))
        self._show_trails()

    @Slot()
    def _show_trails(self) -> None:
        race, surface, epoch = self.race, self.maker.surface, self.scrub.epoch
        if race is None:
            return
        self._shown_main = self._keeper.main_number
        self.list.show_epoch(epoch, self._shown_main)
        if surface is None:
            return
        self.surface.show_trails(
            [
                DrawnTrail(
                    racer.number,
                    surface.slice.coordinates(np.array(racer.trail.points)),
                    racer.trail.until(epoch),
                    racer.number == self._pointed,
                )
                for racer in race.racers
                if racer.trail.points
            ]
        )

    @Slot()
    def _on_plane_chosen(self) -> None:
        self.maker.choose(self.planes.weights)

    @Slot(object)
    def _on_pointed(self, number: int | None) -> None:
        self._pointed = number
        self._show_trails()

    @Slot(int)
    def _on_picked(self, number: int) -> None:
        if self.race is not None:
            self.race.request(number)

    @Slot()
    def _on_toggled(self) -> None:
        race = self.race
        if race is not None and not race.stop():
            self.scrub.follow()
            race.go_on()

    @Slot()
    def _on_train_on(self) -> None:
        if self.race is not None:
            self.scrub.follow()
            self.race.train_on(self.race.goal)

    def _write_table(self, path: Path) -> None:
        if self.race is not None:
            write_csv(path, race_table(self.race))

    @Slot()
    def _on_tab(self) -> None:
        self.surface.set_relief(self.tabs[1].isChecked())

    @property
    def is_settled(self) -> bool:
        """Whether all that has come of the race is shown."""
        return (self.race is None or self.race.is_settled) and self.maker.is_settled

    def focus_picture(self) -> None:
        """Give the keyboard to the surface."""
        self.surface.setFocus()

    @Slot()
    def leave(self) -> None:
        """Give the place back to the network."""
        self.scrub.stop_replay()
        self._keeper.stop_for_leaving()
        super().leave()

    def stop(self) -> None:
        """Compute nothing any more: the window closes."""
        self.scrub.stop_replay()
        self.maker.follow(None)

    # -- as a view ----------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        super().set_theme(theme)
        for part in (self.surface, self.list):
            part.set_theme(theme)
        self._on_state_changed()

    def show_prepared(self, prepared: Prepared) -> None:
        """A race keeps the data that it was begun with."""

    def show_frame(self, frame: Frame) -> None:  # noqa: ARG002 - which run is in front is what matters
        """Mark the run that the one in front is a copy of."""
        if self._shown_main != self._keeper.main_number:
            self._show_trails()

    def set_bare(self, bare: bool) -> None:
        """Hide the switches, for an audience."""
        super().set_bare(bare)
        self.scrub.set_bare(bare)
        self.planes.setHidden(bare)

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        yield Hideable("race.plane", self.tr("Race"), self.tr("choice of the plane"), (self.planes,))


def _words() -> PanelWords:
    return PanelWords(
        title=_tr("Race"),
        tabs=(
            (_tr("Contour lines"), _tr("The loss from above: on each line it is the same")),
            (_tr("Relief"), _tr("The loss as hills and valleys; drag to look from another side")),
        ),
        train_on=(_tr("Train on"), _tr("Train every run as many epochs again")),
        save_table=(
            _tr("Save losses as CSV…"),
            _tr("Write the training loss of every run at every point of its trail"),
        ),
        take_down=(_tr("End the race"), _tr("Let its runs go, so that they take no memory any more")),
        save_title=_tr("Save losses as CSV"),
        file_name="race.csv",
        menu=_tr("Train on, save the losses, or end the race"),
        close=_tr("Show the network again (Esc); a race that goes on is stopped and kept"),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("RacePanel", text)


def race_table(race: Race) -> list[list[object]]:
    """Return a header and one row an epoch: the training loss of each run, empty where it has none."""
    epochs = sorted({epoch for racer in race.racers for epoch in racer.trail.epochs})
    losses = [dict(zip(racer.trail.epochs, racer.trail.losses, strict=True)) for racer in race.racers]
    rows: list[list[object]] = [["epoch", *(f"{each.entrant.optimizer} {each.entrant.rate!r}" for each in race.racers)]]
    rows += [[epoch, *(repr(known[epoch]) if epoch in known else "" for known in losses)] for epoch in epochs]
    return rows
