"""Pages that list what there is of something: all activations, losses, optimisers, schedules, first weights, data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.choices import Choice
from nnviz.core.errors import NnvizError
from nnviz.core.initializers import INITIALIZERS
from nnviz.core.losses import LOSSES
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.data import DATASETS, Dataset
from nnviz.drawing.dataset_picture import few_rows, picture
from nnviz.drawing.function_plot import paint_activation
from nnviz.drawing.theme import Theme
from nnviz.experiment import Experiment
from nnviz.experiment.prepare import prepare
from nnviz.ui.guide.concept_pictures import concept_picture

SIDE = 96
N_POINTS = 150


class ChoicePage(NamedTuple):
    """One of the pages.

    Attributes
    ----------
    title : str
    table : mapping of str to Choice
    term : str
        What they are choices of.
    picture : str
        "activation" or "dataset" where each has a picture of its own; empty: that of the term stands above all.
    """

    title: str
    table: Mapping[str, Choice]
    term: str
    picture: str = ""


CHOICE_PAGES: Mapping[str, ChoicePage] = {
    "activations": ChoicePage("All activations", ACTIVATIONS, "activation", "activation"),
    "losses": ChoicePage("All losses", LOSSES, "loss"),
    "optimizers": ChoicePage("All optimisers", OPTIMIZERS, "optimiser"),
    "schedules": ChoicePage("All schedules", SCHEDULES, "schedule"),
    "initializers": ChoicePage("All first weights", INITIALIZERS, "first_weights"),
    "datasets": ChoicePage("All data sets", DATASETS, "target", "dataset"),
}
"""Each page by its name."""


def choice_picture(kind: str, name: str, theme: Theme, ratio: float) -> QImage | QPixmap:
    """Return the picture of one choice; an empty one where its data have no shape on a plane."""
    if kind == "dataset":
        rows = _points(name)
        return QPixmap() if rows is None else picture(rows, theme, SIDE, ratio)
    if kind != "activation":
        return concept_picture(kind, theme, ratio)
    image = QImage(round(SIDE * 1.5 * ratio), round(SIDE * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        paint_activation(painter, QRectF(0, 0, SIDE * 1.5, SIDE), theme, name)
    return image


@cache
def _points(name: str) -> Dataset | None:
    """Return some of the rows of a data set; None where it cannot be had, or its rows are pictures."""
    try:
        experiment = Experiment.model_validate({"data": {"name": name, "standardise": False}})
        rows = prepare(experiment).dataset
    except NnvizError:
        return None
    return None if rows.image_shape is not None else few_rows(rows, N_POINTS)
