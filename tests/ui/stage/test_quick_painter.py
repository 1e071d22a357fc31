"""Texts from pictures look as Qt's own, lie where those lie, and give way where they cannot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from nnviz.drawing.curves import FEW, SMOOTH, curve_pen, draw_curve, thinned
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import LIGHT
from nnviz.experiment.figures import PartName
from nnviz.ui.stage.quick_painter import QuickPainter

SIZE = (240, 80)
Draw = Callable[[QPainter], object]
A = Qt.AlignmentFlag


def ink(kind: type[QPainter], draw: Draw, ratio: float = 1.0) -> NDArray[np.float64]:
    """Return how dark each pixel is."""
    image = QImage(round(SIZE[0] * ratio), round(SIZE[1] * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    painter = kind(image)
    painter.setFont(ui_font(12.0))
    painter.setPen(QColor("black"))
    draw(painter)
    painter.end()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return 255.0 - pixels[:, : 4 * image.width() : 4].astype(float)


def middle(darkness: NDArray[np.float64]) -> NDArray[np.float64]:
    rows, columns = np.indices(darkness.shape)
    return np.array([(rows * darkness).sum(), (columns * darkness).sum()]) / darkness.sum()


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize(
    "draw",
    [
        lambda painter: painter.drawText(QPointF(20.0, 40.0), "epoch 60"),
        lambda painter: painter.drawText(QRectF(10, 10, 200, 40), A.AlignCenter, "epoch 60"),
        lambda painter: painter.drawText(QRectF(10, 10, 200, 40), A.AlignRight | A.AlignVCenter, "train 0.44"),
        lambda painter: painter.drawText(QRectF(10, 10, 200, 40), A.AlignLeft | A.AlignTop, "x₁"),
        lambda painter: painter.drawText(QRectF(10, 10, 200, 40), A.AlignLeft | A.AlignBottom, "x₁"),
    ],
)
def test_texts_lie_where_qt_puts_them(qapp: QApplication, draw: Draw, ratio: float) -> None:
    qt, quick = ink(QPainter, draw, ratio), ink(QuickPainter, draw, ratio)
    assert quick.sum() == pytest.approx(qt.sum(), rel=0.03)
    assert np.abs(middle(quick) - middle(qt)).max() <= 1.5


def test_turned_wrapped_and_narrow_texts_are_left_to_qt(qapp: QApplication) -> None:
    def turned(painter: QPainter) -> None:
        painter.translate(40, 70)
        painter.rotate(-90.0)
        painter.drawText(QPointF(0.0, 0.0), "upright")

    flags = A.AlignLeft | A.AlignTop | Qt.TextFlag.TextWordWrap
    for draw in (
        turned,
        lambda painter: painter.drawText(QRectF(0, 0, 90, 80), flags, "more words than one line"),
        lambda painter: painter.drawText(QRectF(0, 0, 30, 20), A.AlignLeft | A.AlignTop, "too narrow for this"),
    ):
        assert np.array_equal(ink(QuickPainter, draw), ink(QPainter, draw))


@pytest.mark.parametrize("n_points", [40, 3 * FEW, 10 * FEW])
@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_curves_are_as_dark_as_stroked_ones(qapp: QApplication, part: PartName, n_points: int) -> None:
    x = np.linspace(5.0, 235.0, n_points)
    points = np.column_stack([x, 40.0 + 30.0 * np.sin(x / 30.0)])
    pen = curve_pen(LIGHT, part)

    def quickly(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_curve(painter, points, pen, quickly=True)

    def stroked(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.drawPolyline([QPointF(*point) for point in points.tolist()])

    ratio = ink(QPainter, quickly).sum() / ink(QPainter, stroked).sum()
    if part == "train":
        # The same line, of fewer points.
        assert ratio == pytest.approx(1.0, abs=0.005)
    else:
        # A dash of more than one piece is a little paler at each seam.
        assert 0.85 < ratio <= 1.0


def test_a_noisy_curve_keeps_all_that_sticks_out() -> None:
    x = np.linspace(0.0, 600.0, 4000)
    y = 200.0 - 0.2 * x
    y[[700, 2500, 3999]] = 20.0, 390.0, 30.0
    kept = thinned(np.column_stack([x, y]))
    assert len(kept) < FEW
    assert {(x[k], y[k]) for k in (0, 700, 2500, 3999)} <= set(map(tuple, kept.tolist()))
    # Nothing moves by more than a stretch.
    stretch = 600.0 / SMOOTH
    flat = np.abs(x[:, None] - x[[700, 2500, 3999]]).min(axis=1) > stretch
    assert np.interp(x, *kept.T)[flat] == pytest.approx(y[flat], abs=1.0)
