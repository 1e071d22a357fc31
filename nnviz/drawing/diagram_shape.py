"""What the network diagram is made of: the network to lay out, a layer's column, and the gap that edges cross."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from nnviz.core.layout import Array


class DiagramShape(Struct, frozen=True):
    """What there is to lay out.

    Attributes
    ----------
    sizes : tuple of int
        Units per layer, inputs first.
    activations : tuple of str
        Labels as the headers show them, one per layer with weights.
    input_names, output_names : tuple of str
    output_notes : tuple of str
        A quiet second line per output ("101 points"), or empty.
    n_classes : int
        Classes that the outputs stand for; 0 for regression.
    editable : bool
        Whether the headers get − n + and the gaps +.
    image_shape : (height, width) or None
        Where the inputs are the pixels of a picture, row by row from the top.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    output_notes: tuple[str, ...] = ()
    n_classes: int = 0
    editable: bool = True
    image_shape: tuple[int, int] | None = None


class LayerColumn(Struct, frozen=True):
    """One layer: its header and the units that have room.

    Attributes
    ----------
    title, subtitle, count : str
        "hidden 1 · tanh", "" and "8", or the first split in two where columns are narrow.
    units : tuple of int
        Indices of the units shown, top to bottom.
    rects : tuple of QRectF
        Their boxes.
    ellipsis : QRectF or None
        Where "…" stands for `n_hidden` units without room.
    count_rect : QRectF
        Where the header says how many units there are.
    """

    layer: int
    x: float
    title: str
    subtitle: str
    count: str
    title_rect: QRectF
    subtitle_rect: QRectF
    count_rect: QRectF
    n_units: int
    units: tuple[int, ...]
    rects: tuple[QRectF, ...]
    ellipsis: QRectF | None
    n_hidden: int


class Gap(Struct, frozen=True):
    """The space in front of a layer, which its incoming edges cross.

    Attributes
    ----------
    layer : int
        Layer that the edges run into (1 … L).
    x0, x1 : float
        Where every edge starts and ends.
    sources, targets : ndarray of int
        Units shown on both sides.
    y0, y1 : ndarray
        Their heights.
    """

    layer: int
    x0: float
    x1: float
    sources: np.ndarray
    targets: np.ndarray
    y0: Array
    y1: Array


class Crossings(Struct, frozen=True):
    """All edges across some gaps, as arrays ``(n,)``: gap by gap, target by target.

    Attributes
    ----------
    layer, unit, source : ndarray of int
        Layer and unit that an edge runs into, and the unit of the layer before.
    x0, y0, x1, y1 : ndarray
        Its ends.
    """

    layer: NDArray[np.intp]
    unit: NDArray[np.intp]
    source: NDArray[np.intp]
    x0: Array
    y0: Array
    x1: Array
    y1: Array

    @staticmethod
    def of(gaps: tuple[Gap, ...]) -> Crossings:
        """Return the edges across `gaps`."""
        columns = [
            np.broadcast_arrays(gap.layer, gap.targets[:, None], gap.sources, gap.x0, gap.y0, gap.x1, gap.y1[:, None])
            for gap in gaps
        ]
        return Crossings(*(np.concatenate([part.ravel() for part in column]) for column in zip(*columns, strict=True)))
