"""When accuracy says little: a class so rare that never naming it looks like a success."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from nnviz.core.translation import translated
from nnviz.data import Dataset
from nnviz.data.wording import quoted

#: A class is rare where it has less than this share of the rows, and less than half of what it would have among equals.
RARE_SHARE = 0.1


class RareClass(Struct, frozen=True):
    """The rarest class of data in which accuracy says little.

    Attributes
    ----------
    name, usual : str
        Of the class, and of the most frequent one.
    share, usual_share : float
        What they have of all rows, 0 … 1.
    """

    name: str
    share: float
    usual: str
    usual_share: float

    @property
    def note(self) -> str:
        """Return what a user should know, in two sentences."""
        return translated(
            "Accuracy says little here: only {0} of the rows are {1}, and always answering {2} would be right for {3}. "
            "Look at the balanced accuracy; balanced class weights make rare classes count.",
            f"{100 * self.share:.1f} %",
            quoted(self.name),
            quoted(self.usual),
            f"{100 * self.usual_share:.1f} %",
        )


def rare_class(dataset: Dataset) -> RareClass | None:
    """Return the rarest class where it is rare; None for a regression, too. Classes without rows are not looked at."""
    if dataset.task != "classification" or not dataset.n_samples:
        return None
    counts = np.array(dataset.class_counts)
    present = np.flatnonzero(counts)
    rarest, usual = int(present[counts[present].argmin()]), int(counts.argmax())
    share = counts[rarest] / counts.sum()
    if len(present) < 2 or share >= min(RARE_SHARE, 0.5 / len(present)):
        return None
    names = dataset.class_names
    return RareClass(names[rarest], float(share), names[usual], float(counts[usual] / counts.sum()))


def lone_class_note(dataset: Dataset) -> str:
    """Return what is to be known of data of a single class, empty for others: whatever is answered is right then."""
    if dataset.task != "classification" or not dataset.n_samples:
        return ""
    present = [name for name, count in zip(dataset.class_names, dataset.class_counts, strict=True) if count]
    if len(present) != 1:
        return ""
    return translated("All points are of class {0}: there is nothing to tell apart.", quoted(present[0]))
