"""Which plane the worker is to evaluate for what is on the screen, and the same as a picture to be saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnviz.drawing.axes import Above
from nnviz.drawing.theme import Theme
from nnviz.experiment.contrast import Contrast
from nnviz.experiment.frame import USUAL_RESOLUTION, Frame, Hold, PlaneRequest, UnitId
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.schema import ViewSpec
from nnviz.ui.boundary.boundary_axes import pixels_of
from nnviz.ui.plots.plot import Plot

if TYPE_CHECKING:
    from nnviz.export.plots import Figure


#: Samples along each side of a map whose slice is being moved: of hundreds of features, finer ones come too late.
MOVING_RESOLUTION = 60


def map_request(
    plot: Plot,
    view: ViewSpec,
    axes: tuple[int, int],
    shown: tuple[UnitId | None, Contrast | None],
    hold: Hold,
    *,
    moving: bool,
    fitted: bool,
) -> PlaneRequest:
    """Return the plane of what a plot shows.

    Parameters
    ----------
    plot : Plot
    view : ViewSpec
    axes : (int, int)
    shown : (unit, contrast), each or None
        What is shown instead of the answer.
    hold : Hold
        What is wanted of the other features.
    moving : bool
        Whether that is changing under the user's hand.
    fitted : bool
        Whether the worker chooses the range: the axes are about to mean something else.
    """
    x_range, y_range = plot.plotItem.getViewBox().viewRange()
    return PlaneRequest(
        x_range=None if fitted else (float(x_range[0]), float(x_range[1])),
        y_range=None if fitted else (float(y_range[0]), float(y_range[1])),
        axes=axes,
        unit=shown[0],
        contrast=shown[1],
        contour=view.contour,
        hold=hold,
        parts=view.parts,
        max_resolution=MOVING_RESOLUTION if moving else USUAL_RESOLUTION,
        pixels=(0, 0) if moving else pixels_of(plot),
    )


def map_figure(frame: Frame, prepared: Prepared, theme: Theme, view: ViewSpec, plot: Plot, above: Above = ()) -> Figure:
    """Return what a plot shows as a picture to be saved; the frame has a plane, `above` is painted over it."""
    from nnviz.export.plots import boundary_figure

    return boundary_figure(frame, prepared, theme, view, (max(480, plot.width()), max(400, plot.height())), above)
