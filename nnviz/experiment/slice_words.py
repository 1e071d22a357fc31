"""What a map of two of many features holds where, and how many points lie near it, in words for screen and files.

It stands with every such map, because the colour below a point says nothing about it where it lies far from the slice.
"""

from __future__ import annotations

import numpy as np

from nnviz.core.translation import translated
from nnviz.data import input_label
from nnviz.experiment.first_map import NEAR, SOME
from nnviz.experiment.frame import Plane
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.typical import are_categories

#: Longest name of a feature in a sentence.
_LONGEST_NAME = 28


def slice_sentence(prepared: Prepared, plane: Plane) -> str:
    """Return the sentence on a map, empty where nothing is held.

    Parameters
    ----------
    prepared : Prepared
    plane : Plane
        Of these data.
    """
    if prepared.train.n_features <= 2:
        return ""
    if plane.hold.kind == "average":
        return translated(
            "Partial dependence: at every place the answer is averaged over {0} training rows, of which only these "
            "two features are changed.",
            plane.n_averaged,
        )
    away = plane.away if plane.away is not None else (np.zeros(0), np.zeros(0))
    near, total = sum(int((part <= NEAR).sum()) for part in away), sum(len(part) for part in away)
    what = _components(prepared) if plane.hold.kind == "components" else _slice(prepared, plane)
    if near < SOME * total or near == 0:
        # A count would sound as if these were what the map shows.
        if prepared.task == "regression":
            words = "{0} Hardly any of the {1} points lie near it: the colour below a point is not its answer."
        else:
            words = "{0} Hardly any of the {1} points lie near it: go by the crosses, not by the colour below a point."
        return translated(words, what, total)
    if near == total:
        return translated("{0} All {1} points lie near it.", what, total)
    return translated("{0} {1} of {2} points lie near it, others are fainter.", what, near, total)


def _components(prepared: Prepared) -> str:
    explained = 100.0 * sum(prepared.components.explained)
    if _has_categories(prepared) and prepared.components.is_of_numbers:
        words = (
            "The plane of the first two principal components of the numbers, which explain {0:.1f} % of their "
            "variance; categories are held at the most frequent one."
        )
        return translated(words, explained)
    words = "The plane of the first two principal components, which explain {0:.1f} % of the variance."
    return translated(words, explained)


def _slice(prepared: Prepared, plane: Plane) -> str:
    hold = plane.hold
    if hold.kind == "row" and hold.row is not None:
        words = {
            "train": "A slice through training point {0}.",
            "validation": "A slice through validation point {0}.",
            "test": "A slice through test point {0}.",
        }[hold.row[0]]
        return translated(words, hold.row[1] + 1)
    names = [input_label(prepared.train.feature_names[feature]) for feature, _ in plane.held]
    categories = are_categories(prepared.train)
    n_categories = sum(bool(categories[feature]) for feature, _ in plane.held)
    if hold.kind == "values":
        if len(names) == 1:
            return translated("A slice: {0} is held at a chosen value.", _short(names[0]))
        return translated("A slice: {0} features are held at chosen values.", len(names))
    if not names:
        return translated("A slice: the other categories are 0 where this one is 1.")
    if len(names) == 1:
        words = (
            "A slice: {0} is held at its most frequent value."
            if n_categories
            else "A slice: {0} is held at its training mean."
        )
        return translated(words, _short(names[0]))
    if n_categories == len(names):
        return translated("A slice: {0} categories are held at the most frequent one.", len(names))
    if n_categories:
        words = "A slice: {0} features are held, numbers at their means, categories at the most frequent one."
        return translated(words, len(names))
    return translated("A slice: {0} features are held at their training means.", len(names))


def _has_categories(prepared: Prepared) -> bool:
    return bool(are_categories(prepared.train).any())


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
