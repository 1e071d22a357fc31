"""What a lesson speaks of, and what is selected, shown and marked on the stage, too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QPoint, QRect, Slot

from nnviz.drawing.diagram import EdgeId
from nnviz.experiment.frame import UnitId
from nnviz.lessons.actions import Target
from nnviz.lessons.prediction import Ask
from nnviz.lessons.schema import StepSpec
from nnviz.ui.lessons.played_lesson import PlayedLesson
from nnviz.ui.lessons.ring import Ring, Spot
from nnviz.ui.network.diagram_view import DiagramView
from nnviz.ui.stage.presentation import Presentation
from nnviz.ui.stage.tiles import MapTile
from nnviz.ui.window.lesson_stage import POINT, part_of_network

if TYPE_CHECKING:
    from nnviz.ui.network.following_diagram import FollowingDiagram

#: The views of a stage.
STAGED = ("network", "boundary", "loss", "score", "answers")
#: The view in which a class draws what is asked for.
_ASKED = {"line": "boundary", "curve": "loss"}


class StagePointer(QObject):
    """Leads the stage's views by the step of a lesson, and puts a ring there round what the step points at.

    Parameters
    ----------
    presentation : Presentation
    played : PlayedLesson
    diagram : DiagramView
        Where units and weights are selected.

    Attributes
    ----------
    ring : Ring or None
        On the stage that is open.
    """

    def __init__(self, presentation: Presentation, played: PlayedLesson, diagram: DiagramView) -> None:
        super().__init__(presentation)
        self._led, self._played, self._diagram = presentation, played, diagram
        self._step: StepSpec | None = None
        self.ring: Ring | None = None
        presentation.toggled.connect(self._on_toggled)
        presentation.changed.connect(self._on_stage_changed)
        for changed in (played.opened, played.closed, played.changed):
            changed.connect(self._on_step)
        diagram.unit_selected.connect(self._on_selected)
        diagram.edge_selected.connect(self._on_selected)
        self._on_step()
        self._on_toggled(presentation.stage is not None)

    @Slot()
    def _on_step(self) -> None:
        step = None if self._played.is_catching_up else self._played.step
        if step is not self._step:
            self._step = step
            self._led.lead(view_of(step) if step is not None else "")
            self._point()

    @Slot(bool)
    def _on_toggled(self, there: bool) -> None:
        if self.ring is not None:
            self.ring.stop()
            self.ring = None
        stage = self._led.stage
        if there and stage is not None:
            self.ring = Ring(stage, stage.theme)
            self._mark()
            self._point()

    @Slot()
    def _on_stage_changed(self) -> None:
        stage = self._led.stage
        if stage is not None and self.ring is not None:
            self.ring.set_theme(stage.theme)
            self._mark()
            self._point()

    @Slot()
    def _on_selected(self) -> None:
        self._mark()

    def _mark(self) -> None:
        stage = self._led.stage
        if stage is not None and not self._led.is_frozen:
            cast("FollowingDiagram", stage.tile("network")).mark(self._selected)

    @property
    def _selected(self) -> UnitId | EdgeId | None:
        return self._diagram.selected

    def _point(self) -> None:
        if self.ring is not None and not self._led.is_frozen:
            target = self._step.target if self._step is not None else None
            self.ring.point_at(None if target is None else partial(self.spot_of, target))

    def spot_of(self, target: Target) -> Spot | None:
        """Return where a target is on the stage; None where an audience does not see it."""
        stage = self._led.stage
        if stage is None or stage.veil.is_black:
            return None
        if target.place == "figures":
            return Spot(stage.figures, stage.figures.rect())
        name = _view_of_target(target)
        if name not in stage.shown:
            return None
        tile = stage.tile(name)
        if target.point is not None:
            return _point_on(cast(MapTile, tile), target.point)
        if target.place:
            # What is alone there needs no ring.
            return Spot(tile, tile.rect()) if len(stage.shown) > 1 else None
        return part_of_network(cast("FollowingDiagram", tile), target)


def view_of(step: StepSpec) -> str:
    """Return the view of a stage that a step speaks of; empty: none.

    Examples
    --------
    >>> view_of(StepSpec(say="Look.", do=["show answers"])), view_of(StepSpec(say="Look.", point="unit 1.2"))
    ('answers', 'network')
    """
    pointed = _view_of_target(step.target) if step.target is not None else ""
    if pointed in STAGED:
        return pointed
    for action in reversed(step.actions):
        if action.verb == "show" and action.argument in STAGED:
            return str(action.argument)
        if isinstance(action.argument, Ask):
            return _ASKED.get(action.argument.kind, "")
    return ""


def _view_of_target(target: Target) -> str:
    if target.point is not None:
        return "boundary"
    return target.place or "network"


def _point_on(tile: MapTile, point: tuple[float, float]) -> Spot | None:
    axes = tile.axes
    if axes is None or not axes.area.contains(axes.point(*point)):
        return None
    at = axes.point(*point).toPoint()
    half = round(POINT * tile.height() / 500)
    return Spot(tile, QRect(at - QPoint(half, half), at + QPoint(half, half)), "round")
