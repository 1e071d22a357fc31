"""Which plane the worker is to evaluate for what is on the screen."""

from __future__ import annotations

from nnviz.experiment.frame import Hold, PlaneRequest, UnitId
from nnviz.experiment.schema import ViewSpec
from nnviz.ui.boundary.boundary_axes import pixels_of
from nnviz.ui.plots.plot import Plot

#: Samples along each side of a map whose slice is being moved: of hundreds of features, finer ones come too late.
MOVING_RESOLUTION = 60


def map_request(
    plot: Plot, view: ViewSpec, axes: tuple[int, int], unit: UnitId | None, hold: Hold, *, moving: bool, fitted: bool
) -> PlaneRequest:
    """Return the plane of what a plot shows.

    Parameters
    ----------
    plot : Plot
    view : ViewSpec
    axes : (int, int)
    unit : (layer, unit) or None
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
        unit=unit,
        contour=view.contour,
        hold=hold,
        parts=view.parts,
        max_resolution=MOVING_RESOLUTION if moving else PlaneRequest.max_resolution,
        pixels=(0, 0) if moving else pixels_of(plot),
    )
