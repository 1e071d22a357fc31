"""The words of a map: what its axes are called, and of a saved one title, sentences below, and colours of its bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from nnviz.data import input_label
from nnviz.drawing.colormap import Levels, Ramp
from nnviz.drawing.plane import difference_look, difference_output, is_difference, plane_look, shows_class
from nnviz.drawing.theme import Theme
from nnviz.experiment.contrast_words import colours_sentence, contrast_sentence, contrast_title, difference_name
from nnviz.experiment.frame import Frame, Hold, Plane
from nnviz.experiment.rare_classes import lone_class_note
from nnviz.experiment.schema import ViewSpec
from nnviz.experiment.slice_words import slice_sentence

if TYPE_CHECKING:
    from nnviz.experiment.prepare import Prepared


def _tr(text: str) -> str:
    return QCoreApplication.translate("figures", text)


def axis_names(prepared: Prepared, axes: tuple[int, int], hold: Hold) -> tuple[str, str]:
    """Return what runs along x and y of a map: two features, or two principal components."""
    if hold.kind == "components":
        words = _tr("component {0} ({1:.1f} %)")
        first, second = (100.0 * share for share in prepared.components.explained)
        return words.format(1, first), words.format(2, second)
    names = prepared.train.feature_names
    return input_label(names[axes[0]]), input_label(names[axes[1]])


def boundary_title(plane: Plane, points: Prepared, view: ViewSpec) -> str:
    """Return what a saved map is called."""
    unit = plane.unit
    if plane.contrast is not None:
        return contrast_title(plane.contrast)[0]
    if shows_class(plane, points.train, view.shown_class) and view.shown_class is not None:
        return _tr("Probability of {0}").format(input_label(points.class_names[view.shown_class]))
    if unit is not None:
        if unit[0] == 0:
            return _tr("Input {0}").format(unit[1] + 1)
        return _tr("Unit {0} of layer {1}").format(unit[1] + 1, unit[0])
    return _tr("Decision boundary") if points.class_names else _tr("Prediction")


def map_sentences(frame: Frame, plane: Plane, points: Prepared, view: ViewSpec) -> str:
    """Return what is to be known of a map: what it contrasts, what its colours then are, what it holds where."""
    colours = ""
    if is_difference(plane):
        output = difference_output(plane, points.train, view.shown_class)
        colours = colours_sentence(difference_name(frame, points, output))
    sentences = lone_class_note(points.dataset), contrast_sentence(plane), colours, slice_sentence(points, plane)
    return " ".join(filter(None, sentences))


def bar_look(frame: Frame, plane: Plane, points: Prepared, theme: Theme, view: ViewSpec) -> tuple[Levels, Ramp]:
    """Return range and colours of the bar beside a saved map."""
    if is_difference(plane):
        output = difference_output(plane, points.train, view.shown_class)
        return difference_look(plane, points.train, theme, output)
    return plane_look(plane, points.train, theme, frame)
