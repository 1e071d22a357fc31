"""How much each hidden unit matters, as bars below the units: by how much the loss rises without it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPainter, QPen

from nnviz.core.layout import Array
from nnviz.core.numbers import number_text
from nnviz.drawing.colormap import mix
from nnviz.drawing.diagram_edges import EdgeId
from nnviz.drawing.diagram_header import HeaderControl
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import UnitId


def paint_importance(painter: QPainter, geometry: DiagramGeometry, rises: Sequence[Array], theme: Theme) -> None:
    """Paint a bar below every hidden unit that is shown, as long as its unit is wide for the largest rise.

    A bar is filled where the loss would rise, and hollow where it would fall: the network does better without it.
    """
    finite = [np.nan_to_num(part, nan=0.0, posinf=0.0, neginf=0.0) for part in rises]
    largest = max((float(np.max(np.abs(part), initial=0.0)) for part in finite), default=0.0)
    if largest <= 0.0:
        return
    height = max(4.0, 0.11 * geometry.unit_size)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for column in geometry.columns[1:-1]:
        if column.layer > len(finite):
            continue
        values = finite[column.layer - 1]
        for unit, rect in zip(column.units, column.rects, strict=True):
            if unit >= len(values):
                continue
            share = abs(float(values[unit])) / largest
            track = QRectF(rect.left(), rect.bottom() + 2.0, rect.width(), height)
            painter.fillRect(track.adjusted(-1.0, -1.0, 1.0, 1.0), theme.colour("canvas"))
            painter.fillRect(track, mix(theme.canvas, theme.text, 0.16))
            bar = QRectF(track.left(), track.top(), max(share * track.width(), 1.0), height)
            if values[unit] >= 0.0:
                painter.fillRect(bar, theme.colour("text"))
            else:
                painter.setPen(QPen(theme.colour("text"), 1.0))
                painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()


def importance_words(rises: Sequence[Array], part: UnitId | EdgeId | HeaderControl | None) -> tuple[str, ...]:
    """Return what the bar of a unit says, in a sentence; nothing of anything else."""
    if not isinstance(part, tuple) or not 1 <= part[0] <= len(rises) or part[1] >= len(rises[part[0] - 1]):
        return ()
    rise = float(rises[part[0] - 1][part[1]])
    if rise >= 0.0:
        words = QCoreApplication.translate("diagram", "without it the loss would rise by {0}")
    else:
        words = QCoreApplication.translate("diagram", "without it the loss would fall by {0}")
    return (words.format(number_text(abs(rise), 3)),)
