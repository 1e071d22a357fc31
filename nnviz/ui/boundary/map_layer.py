"""What the network answers, under the points: an image with contour lines, or curves over one feature."""

from __future__ import annotations

from collections.abc import Iterable

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtWidgets import QWidget

from nnviz.data import input_label
from nnviz.drawing.axes import Above
from nnviz.drawing.plane import plane_image
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.contrast import Contrast
from nnviz.experiment.contrast_words import contrast_title
from nnviz.experiment.frame import Frame, UnitId
from nnviz.experiment.schema import ViewSpec
from nnviz.ui.boundary.answer_curves import AnswerCurves
from nnviz.ui.boundary.contour_item import ContourItem
from nnviz.ui.plots.plot import ImageOnPlane
from nnviz.ui.widgets.giving_label import GivingLabel

_NOTHING = (None,) * 4


def _tr(text: str) -> str:
    return QCoreApplication.translate("MapLayer", text)


class MapLayer:
    """Three kinds of items on a plot.

    Attributes
    ----------
    curves : AnswerCurves
    contour : ContourItem
    above : tuple of two callables ``(painter, axes, theme)``, or nothing
        Paint, in a picture of the map, what lies below and above its points.
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self._image, self.contour = ImageOnPlane(), ContourItem()
        self.above: Above = ()
        plot.addItem(self._image)
        plot.addItem(self.contour)
        self.curves = AnswerCurves(plot)
        #: What the picture on show was made of: at rest frames keep coming, and their maps are the same one.
        self._drawn_parts: tuple[object, ...] = _NOTHING
        self._drawn_choices: tuple[object, ...] = ()

    def set_theme(self, theme: Theme) -> None:
        """Recolour the contour lines; the rest wants a frame."""
        self.contour.set_line(theme.colour("text"), theme.line_width)

    def clear(self) -> None:
        """Take the map away: it is of other data."""
        self._drawn_parts = _NOTHING
        self.contour.show_lines(None, QRectF())
        self._image.show_image(None, QRectF())

    def show(self, frame: Frame, prepared: Prepared, theme: Theme, view: ViewSpec, curve_unit: int | None) -> None:
        """Draw the plane of a frame, which has one; of the parts of a curve, that of `curve_unit` stands out."""
        plane = frame.plane
        if plane is None:
            return
        if len(prepared.train.feature_names) == 1:
            self._drawn_parts = _NOTHING
            self.curves.show_plane(plane, theme, curve_unit)
            return
        self.curves.clear()
        # Of a single unit the colours depend on its maps, too.
        of_unit = None if plane.unit is None else frame.unit_maps
        parts = (plane, of_unit, prepared, theme)
        choices = (frame.activations, view.discretise, view.shown_class)
        same_parts = all(part is drawn for part, drawn in zip(parts, self._drawn_parts, strict=True))
        if same_parts and choices == self._drawn_choices:
            return
        self._drawn_parts, self._drawn_choices = parts, choices
        image = plane_image(
            plane, prepared.train, theme, discretise=view.discretise, frame=frame, shown_class=view.shown_class
        )
        (x0, x1), (y0, y1) = plane.x_range, plane.y_range
        rect = QRectF(x0, y0, x1 - x0, y1 - y0)
        self._image.show_image(image, rect)
        self.contour.show_lines(plane.contour, rect)


def shown_class(prepared: Prepared | None, view: ViewSpec) -> int | None:
    """Return the only class whose probability the map shows, None where it shows all."""
    wanted = view.shown_class
    if prepared is None or wanted is None or prepared.train.n_features < 2:
        return None
    return wanted if len(prepared.class_names) > 2 and wanted < len(prepared.class_names) else None


def map_title(
    prepared: Prepared | None, view: ViewSpec, frame: Frame | None, unit: UnitId | None, contrast: Contrast | None
) -> tuple[str, str]:
    """Return what a map is called, and a short form of it (or nothing)."""
    n_layers = frame.layout.n_layers if frame is not None else 0
    if contrast is not None:
        return contrast_title(contrast)
    if unit is not None:
        if unit[0] == 0:
            return _tr("Input {0}").format(unit[1] + 1), ""
        if unit[0] == n_layers:
            return _tr("Output {0}").format(unit[1] + 1), ""
        return _tr("Hidden {0}, unit {1}").format(unit[0], unit[1] + 1), f"h{unit[0]}·{unit[1] + 1}"
    if prepared is not None and prepared.task != "classification":
        return _tr("Prediction"), ""
    index = shown_class(prepared, view)
    if prepared is not None and index is not None:
        name = input_label(prepared.class_names[index])
        return _tr("Probability of {0}").format(name), _tr("P({0})").format(name)
    return _tr("Decision boundary"), _tr("Boundary")


class MapNote(GivingLabel):
    """What is to be known about a map, below it.

    Attributes
    ----------
    first_sentences : (str, str)
        What is shown in the place of the answer, and what makes all answers the same; empty where there is none.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "quiet")
        self.first_sentences = "", ""

    def say(self, unit: UnitId | None, known: Iterable[str], *, is_thinned: bool) -> None:
        """Say of what the map is if not of the answer, what is `known` of it, and that points are missing."""
        sentences = [sentence for sentence in (*self.first_sentences, *known) if sentence]
        if unit is not None:
            sentences.insert(0, self.tr("Showing one unit; Esc or a click beside it shows the answer again."))
        if is_thinned:
            sentences.append(self.tr("Not every point is drawn; all of them are trained on."))
        self.setText(" ".join(sentences))
        self.setVisible(bool(sentences))
