"""A wall: many runs of one experiment side by side, each a small picture with its figures.

Whoever fills it, the views see the same: `nnviz.session.runs.live_wall.LiveWall` trains its runs.
"""

from __future__ import annotations

from dataclasses import replace

from msgspec import Struct, field
from PySide6.QtCore import QObject, Signal

from nnviz.core.layout import Array
from nnviz.experiment.document import Experiment
from nnviz.experiment.figures import PartName
from nnviz.experiment.frame import Frame, Needs, Plane, PlaneRequest
from nnviz.experiment.prepare import Prepared
from nnviz.sweeps.plan import Plan, Point
from nnviz.sweeps.standing import Standing, Verdict, outcomes, ranked, usual_threshold
from nnviz.sweeps.task import judged_part
from nnviz.sweeps.wall import sides_of

#: Samples along each side of a small map, and the name by which it is asked for.
RESOLUTION, VIEWER = 64, "wall"


def needs_of(experiment: Experiment) -> Needs:
    """Return what a small map needs of a frame: the plane that the experiment shows, and nothing else."""
    view = experiment.view
    plane = PlaneRequest(
        x_range=view.x_range, y_range=view.y_range, axes=view.axes, hold=view.held, max_resolution=RESOLUTION
    )
    return Needs(planes={VIEWER: plane}, unit_maps=False, points=False)


class Tile(Struct, eq=False):
    """What is known of one run.

    Attributes
    ----------
    point : Point
        What sets it apart.
    experiment : Experiment
    run_id : int
    frame : Frame or None
        The last one; None before the first.
    prepared : Prepared or None
    standing : Standing
    message : str
        Why it trains no further, where that is a fault.
    """

    point: Point
    experiment: Experiment
    run_id: int = 0
    frame: Frame | None = None
    prepared: Prepared | None = None
    standing: Standing = field(default_factory=lambda: Standing(0))
    message: str = ""

    @property
    def number(self) -> int:
        """Of the run, from 0 on."""
        return self.point.number

    @property
    def plane(self) -> Plane | None:
        """Its map, where there is one."""
        return self.frame.planes.get(VIEWER) if self.frame is not None else None

    @property
    def part(self) -> PartName:
        """The rows that it is judged by."""
        return "train" if self.prepared is None else judged_part(self.prepared, self.point.fold)

    def curve(self) -> tuple[Array, Array] | None:
        """Return epochs and losses of the rows that it is judged by."""
        if self.frame is None:
            return None
        curves = self.frame.curves
        return curves.epoch, getattr(curves, f"{self.part}_loss")

    def take(self, frame: Frame, prepared: Prepared | None, goal: int) -> None:
        """Note a newer frame."""
        self.frame, self.prepared = frame, prepared or self.prepared
        fault = frame.status if frame.status in ("diverged", "failed") else ""
        self.message = frame.message if fault else ""
        self.standing = Standing(
            self.number,
            frame.epoch,
            float(getattr(frame.metrics, f"{self.part}_loss")),
            float(getattr(frame.metrics, f"{self.part}_score")),
            ended=frame.status in ("finished", "diverged", "failed") or frame.epoch >= goal,
            fault=fault,
        )

    def fail(self, message: str) -> None:
        """Note that it trains no further, wherever it was seen last."""
        self.message, self.standing = message, replace(self.standing, ended=True, fault="failed")


class Wall(QObject):
    """The runs of a plan, in training or as they were left.

    Parameters
    ----------
    plan : Plan
        Which runs there are.
    goal : int
        Epochs that each is to be trained.
    parent : QObject or None

    Attributes
    ----------
    tiles : tuple of Tile
        By their numbers.
    order : tuple of int
        Their numbers, that with the lowest loss first; changes slowly, so that the eye can follow.
    is_restored : bool
        Whether it was brought back from a file and not looked at since.
    sides : (Labels, Labels) or None
        What differs from row to row and from column to column; None where the maps hang by their loss.

    Signals
    -------
    changed : object
        Numbers (frozenset of int) of the tiles of which there is something new.
    order_changed : ()
    state_changed : ()
        It began to train, was stopped, or is done; or the threshold is another one.
    taken : object, object
        Number of a run, and a copy of it to be opened: its experiment with weights and history.
    """

    changed = Signal(object)
    order_changed = Signal()
    state_changed = Signal()
    taken = Signal(object, object)

    def __init__(self, plan: Plan, goal: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.plan, self.goal, self.is_restored = plan, goal, False
        self.tiles = tuple(Tile(point, plan.experiment_of(point)) for point in plan.points)
        for tile in self.tiles:
            tile.standing = Standing(tile.number)
        self.order = tuple(tile.number for tile in self.tiles)
        self.sides = sides_of(plan)
        self._threshold: float | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.plan.experiment.title)

    @property
    def task(self) -> str:
        """Of the experiment; a classification as long as nothing is prepared."""
        prepared = self.prepared
        return prepared.task if prepared is not None else "classification"

    @property
    def prepared(self) -> Prepared | None:
        """Data of the first run that has any."""
        return next((tile.prepared for tile in self.tiles if tile.prepared is not None), None)

    @property
    def threshold(self) -> float:
        """Score from which a run counts as solved."""
        return usual_threshold(self.task) if self._threshold is None else self._threshold

    def set_threshold(self, score: float) -> None:
        """Let runs count as solved from another score on."""
        self._threshold = score
        self.state_changed.emit()

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Where all runs stand, by their numbers."""
        return tuple(tile.standing for tile in self.tiles)

    def outcomes(self) -> dict[Verdict, int]:
        """Return how many runs have come to what."""
        return outcomes(self.standings, self.threshold)

    @property
    def epoch(self) -> int:
        """The epoch that all have reached that are not at fault; 0 while one has not begun."""
        return min((each.epoch for each in self.standings if not each.ended), default=self.reached)

    @property
    def reached(self) -> int:
        """The latest epoch that any has reached."""
        return max((each.epoch for each in self.standings), default=0)

    @property
    def is_training(self) -> bool:
        """Whether any of them trains."""
        return False

    @property
    def is_settled(self) -> bool:
        """Whether nothing more comes by itself."""
        return True

    @property
    def can_go_on(self) -> bool:
        """Whether there is one that has not come to its end."""
        return False

    def look(self) -> None:
        """Let what was brought back from a file be seen; called when the wall is shown."""

    def close(self) -> None:
        """Let the runs go."""

    def stop(self) -> bool:
        """Let all of them stay where they are; return whether any was training."""
        return False

    def worked(self, seconds: float) -> None:
        """Note that the GUI thread has spent so long on showing what is new."""

    def request(self, number: int) -> None:
        """Have a copy of a run, which `taken` brings: the run itself stays on the wall, and goes on."""

    def sort(self) -> None:
        """Bring the tiles in their order of now."""
        order = tuple(ranked(self.standings))
        if order != self.order:
            self.order = order
            self.order_changed.emit()
