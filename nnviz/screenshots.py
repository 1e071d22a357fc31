"""Pictures of the real window after real training: ``nnviz screenshot``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct
from PySide6.QtCore import QEventLoop, QTimer

from nnviz.app import create_application, create_window
from nnviz.core.errors import ExperimentError
from nnviz.experiment import Document, Experiment, default_experiment
from nnviz.sweeps.plan import Plan
from nnviz.sweeps.race import Entrant
from nnviz.sweeps.task import Outcome
from nnviz.ui.widgets.grabbing import grab_now, write_picture
from nnviz.ui.window.main_window import MainWindow

#: So long a picture of the window waits for its map to be drawn to the pixel.
PIXELS_WITHIN_MS = 2000


Sweep: TypeAlias = tuple[Plan, dict[int, Outcome]]


class Scene(Struct, frozen=True):
    """What a picture shows besides the present of a run; no more than one of it.

    Attributes
    ----------
    at : int or None
        An epoch of the past.
    seeds : int or None
        A wall of so many.
    entrants : tuple of Entrant or None
        A race of these.
    """

    at: int | None = None
    seeds: int | None = None
    entrants: tuple[Entrant, ...] | None = None


PRESENT = Scene()


def render_screenshot(
    experiment: Experiment | Document | Sweep | None,
    *,
    epochs: int,
    size: tuple[int, int],
    theme: str,
    out: Path,
    scene: Scene = PRESENT,
) -> None:
    """Train `epochs` epochs in the real window, then write its picture.

    Parameters
    ----------
    experiment : Experiment or Document or (Plan, dict of int to Outcome) or None
        None: the default experiment; a sweep: its wall, and nothing is trained.
    epochs : int
        Epochs to train before the picture is taken; 0 shows the untrained network.
    size : (int, int)
        Width and height of the window in pixels.
    theme : str
        Name in `THEMES`.
    out : Path
        A PNG file.
    scene : Scene
        What is shown; of a wall and a race, each run is trained so long instead.

    Raises
    ------
    ExperimentError
        The experiment cannot be run, or the picture cannot be written.
    """
    sweep = experiment if isinstance(experiment, tuple) else None
    shown = experiment[0].experiment if isinstance(experiment, tuple) else experiment
    is_alone = sweep is None and scene.seeds is None and scene.entrants is None
    with trained_window(shown, epochs=epochs, size=size, theme=theme, trains=is_alone) as window:
        if sweep is not None:
            wall = window.walls.keeper.show_sweep(*sweep)
            wait_until(lambda: wall.is_settled)
        else:
            set_scene(window, scene, max(epochs, 1))
        write_picture(grab_now(window), out)


def set_scene(window: MainWindow, scene: Scene, epochs: int) -> None:
    """Let a window show a scene, and wait until all of it is there."""
    line, races, walls = window.controller.timeline, window.races, window.walls
    if scene.at is not None:
        line.go_to(scene.at)
        wait_until(lambda: line.is_exact and (not line.is_past or line.shown_epoch == line.epoch))
        _wait_for_pixels(window)
    elif scene.seeds is not None:
        walls.run_seeds(scene.seeds, epochs)
        wait_until(
            lambda: walls.keeper.wall is None or (walls.keeper.wall.is_settled and walls.keeper.wall.reached > 0)
        )
    elif scene.entrants is not None:
        race = races.keeper.begin(scene.entrants, epochs)
        wait_until(lambda: not race.can_go_on and races.panel.is_settled and races.panel.maker.surface is not None)
    window.message_bar.hide()


@contextmanager
def trained_window(
    experiment: Experiment | Document | None, *, epochs: int, size: tuple[int, int], theme: str, trains: bool = True
) -> Iterator[MainWindow]:
    """Give a window of `size` that has trained `epochs` epochs, if it `trains`, and drawn them; close it afterwards.

    It is closed after a failure too: a run's thread that outlives its window takes the process with it.
    """
    app = create_application()
    start = experiment.experiment if isinstance(experiment, Document) else experiment or default_experiment()
    training = start.training.edited(epochs=max(1, epochs), stop_at_epochs=True)
    window = create_window(start.edited(training=training), theme=theme, show=False)
    try:
        window.resize(*size)
        window.show()
        window.show_proportioned()
        _wait_for(window, {"ready", "paused", "failed"})
        if trains and epochs > 0 and window.controller.status != "failed":
            window.run_bar.set_speed("full")
            window.play()
            _wait_for(window, {"finished", "diverged", "failed"})
        if window.controller.status == "failed":
            raise ExperimentError(window.message_bar.text.text())
        window.message_bar.hide()
        app.processEvents()
        window.controller.wait_idle()
        _wait_for_pixels(window)
        yield window
    finally:
        window.close()


def wait_until(is_there: Callable[[], bool]) -> None:
    """Run the event loop until something is there."""
    loop, ticker = QEventLoop(), QTimer()

    def look() -> None:
        if is_there():
            loop.quit()

    ticker.timeout.connect(look)
    ticker.start(20)
    loop.exec()
    ticker.stop()


def _wait_for_pixels(window: MainWindow) -> None:
    """Give the map the moment at rest in which it is refined; one that takes longer keeps its blocks."""
    frame = window.controller.frame
    plane = frame.plane if frame is not None else None
    if plane is None or len(plane.values) == 1 or plane.hold.kind == "average":
        return
    loop, ticker, limit = QEventLoop(), QTimer(), QTimer(singleShot=True)

    def look() -> None:
        now = window.controller.frame
        if now is not None and now.plane is not None and now.plane.values.size > plane.values.size:
            loop.quit()

    ticker.timeout.connect(look)
    limit.timeout.connect(loop.quit)
    ticker.start(20)
    limit.start(PIXELS_WITHIN_MS)
    loop.exec()
    ticker.stop()


def _wait_for(window: MainWindow, statuses: set[str]) -> None:
    """Run the event loop until the run has, and the views show, one of `statuses`."""
    loop = QEventLoop()

    def look() -> None:
        frame, status = window.controller.frame, window.controller.status
        if status in statuses and (status == "failed" or (frame is not None and frame.status == status)):
            loop.quit()

    ticker = QTimer()
    ticker.setInterval(10)
    ticker.timeout.connect(look)
    ticker.start()
    loop.exec()
    ticker.stop()
