"""Pictures of a run on disk: boundary, loss and network, drawn as the window draws them, without a window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication

from nnviz.core.trainer import Trainer
from nnviz.drawing.fonts import ensure_font
from nnviz.drawing.theme import LIGHT, Theme
from nnviz.experiment.frame import Needs, PlaneRequest
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.prepare import Prepared
from nnviz.export.plots import boundary_figure, loss_figure, network_figure, save_png

#: Device-independent pixels, and pixels of the file per each of them.
FIGURE_SIZE = (900, 700)
DIAGRAM_SIZE = (1300, 860)
SCALE = 2.0
#: Samples along each side of the exported plane.
PLANE_RESOLUTION = 300


def write_figures(trainer: Trainer, prepared: Prepared, folder: Path, theme: Theme = LIGHT) -> tuple[str, ...]:
    """Write ``boundary.png``, ``loss.png`` and ``network.png``.

    Parameters
    ----------
    trainer : Trainer
        Its present moment is shown.
    prepared : Prepared
    folder : Path
        Must exist.
    theme : Theme

    Returns
    -------
    tuple of str
        Names of the files.

    Raises
    ------
    ExperimentError
        Where a file cannot be written.
    """
    application = drawing_application()  # noqa: F841 - fonts need it for as long as this function draws
    view = prepared.experiment.view
    plane = PlaneRequest(
        x_range=view.x_range,
        y_range=view.y_range,
        axes=view.axes,
        max_resolution=PLANE_RESOLUTION,
        contour=view.contour,
        hold=view.held,
        parts=view.parts,
    )
    frame = FrameBuilder(prepared).build(trainer.moment(), Needs(planes={"": plane}), status="paused")
    figures = (
        boundary_figure(frame, prepared, theme, view, FIGURE_SIZE),
        loss_figure(frame, theme, trainer.history.to_csv, size=FIGURE_SIZE),
        network_figure(frame, prepared, theme, DIAGRAM_SIZE),
    )
    for figure in figures:
        save_png(figure, folder / f"{figure.name}.png", SCALE)
    return tuple(f"{figure.name}.png" for figure in figures)


def drawing_application() -> QGuiApplication:
    """Return the application that fonts need: the one there is, or one without a screen."""
    existing = QGuiApplication.instance()
    if isinstance(existing, QGuiApplication):
        return existing
    application = QGuiApplication(["nnviz"])
    ensure_font()
    return application
