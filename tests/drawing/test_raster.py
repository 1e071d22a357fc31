"""Edges drawn by compiled code: what Qt draws within a small tolerance, without seams, cut off at the picture's rim."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from nnviz.drawing.diagram import DiagramState, choose_edges, layout_diagram, paint_diagram
from nnviz.drawing.diagram_edges import EdgeSet, paint_edges
from nnviz.drawing.diagram_names import diagram_shape
from nnviz.drawing.pixel_picture import PixelPicture
from nnviz.drawing.raster import Raster, curve_table
from nnviz.drawing.theme import DARK, LIGHT, Theme

from .conftest import MakeFrame

Painted = Callable[..., QImage]


@pytest.fixture(scope="module")
def raster() -> Raster:
    raster = Raster()
    assert raster.prepare()
    return raster


def drawn(
    raster: Raster, *edges: tuple[float, float, float, float, float], size: tuple[int, int] = (120, 160)
) -> object:
    """Return how far each pixel is covered, 0 … 1 ``(height, width)``, by white edges (x0, y0, x1, y1, width)."""
    pixels = np.full(size, 0xFF000000, dtype=np.uint32)
    x0, y0, x1, y1, width = np.array(edges, dtype=np.float64).T.copy()
    raster.draw(pixels, x0, y0, x1, y1, width, np.full(len(edges), 0xFFFFFFFF, dtype=np.uint32))
    return (pixels & 0xFF) / 255.0


def as_array(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width(), :3].astype(np.float64)


@pytest.mark.parametrize("width", [0.3, 0.7, 1.0, 2.5, 9.0])
@pytest.mark.parametrize("rise", [0.0, 3.0, 40.0, -90.0])
def test_an_edge_covers_as_much_as_its_length_times_its_width(raster: Raster, rise: float, width: float) -> None:
    x0, y0, x1 = 20.25, 100.0 if rise < 0 else 15.0, 140.5
    covered = drawn(raster, (x0, y0, x1, y0 + rise, width))
    t = np.linspace(0.0, 1.0, 4001)
    x = x0 + (x1 - x0) * (1.5 * t * (1.0 - t) + t**3)
    y = y0 + rise * (3.0 * t**2 - 2.0 * t**3)
    length = float(np.hypot(np.diff(x), np.diff(y)).sum())
    assert covered.sum() == pytest.approx(length * width, rel=0.02)
    columns = covered.sum(axis=0)
    assert (columns[21:140] > 0.9 * width).all(), "a seam"
    assert not columns[:20].any()
    assert not columns[141:].any()
    assert columns[20] == pytest.approx(0.75 * columns[21], rel=0.1)


def test_the_middle_of_every_column_lies_on_the_curve(raster: Raster) -> None:
    covered = drawn(raster, (10.0, 20.0, 150.0, 100.0, 2.0))
    rows = np.arange(len(covered)) + 0.5
    fine = np.linspace(0.0, 1.0, 999)
    t = np.interp(np.arange(10, 150) + 0.5, 10.0 + 140.0 * (1.5 * fine * (1.0 - fine) + fine**3), fine)
    middle = (covered * rows[:, None]).sum(axis=0)[10:150] / covered.sum(axis=0)[10:150]
    assert np.abs(middle - (20.0 + 80.0 * (3 * t**2 - 2 * t**3))).max() < 0.05


@pytest.mark.parametrize(
    "edge",
    [
        (-300.0, -500.0, 400.0, 700.0, 3.0),
        (-50.0, 60.0, -1.0, 60.0, 3.0),
        (10.0, -1e7, 30.0, 1e7, 1.0),
        (10.0, 60.0, 10.0, 90.0, 3.0),
        (200.0, 60.0, 300.0, 60.0, 3.0),
        (10.0, np.nan, 100.0, 3.0, 1.0),
        (10.0, 5.0, 100.0, np.inf, 1.0),
    ],
)
def test_what_lies_outside_the_picture_is_cut_off(raster: Raster, edge: tuple[float, ...]) -> None:
    covered = drawn(raster, edge)
    assert np.isfinite(covered).all()


def test_later_edges_lie_above_earlier_ones_and_colours_are_kept(raster: Raster) -> None:
    pixels = np.full((20, 20), 0xFF171B21, dtype=np.uint32)
    two = np.zeros(2), np.full(2, 10.0), np.full(2, 20.0), np.full(2, 10.0), np.full(2, 4.0)
    raster.draw(pixels, *two, np.array([0xFF58A6E8, 0xFFF0953A], dtype=np.uint32))
    assert pixels[10, 10] == 0xFFF0953A
    assert pixels[2, 2] == 0xFF171B21


def test_the_table_begins_and_ends_level() -> None:
    height, slope = curve_table()
    assert (height[0], height[-1]) == (0.0, 1.0)
    assert (slope[0], slope[-1]) == pytest.approx((0.0, 0.0))
    assert np.allclose(np.gradient(height, 1.0 / (len(height) - 1))[2:-2], slope[2:-2], atol=0.02)


def both(
    raster: Raster, painted: Painted, geometry: object, edges: EdgeSet, theme: Theme, ratio: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the edges as compiled code and as Qt draws them."""
    size = QSize(640 * ratio, 480 * ratio)
    picture = PixelPicture(raster)
    picture.place(size, float(ratio), (0.0, 0.0))
    picture.fill(theme)
    picture.draw_edges(geometry, edges, theme)  # type: ignore[arg-type]

    def by_qt(painter: QPainter, _rect: QRectF) -> None:
        painter.scale(ratio, ratio)
        paint_edges(painter, geometry, edges, theme)  # type: ignore[arg-type]

    return as_array(picture.image), as_array(painted(by_qt, theme, size.width(), size.height()))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize("selected", [None, (1, 2)])
def test_the_picture_is_that_of_qt(
    raster: Raster, make_frame: MakeFrame, painted: Painted, theme: Theme, ratio: int, selected: tuple[int, int] | None
) -> None:
    prepared, frame = make_frame(hidden=(6, 5))
    # Weights from hair-thin to thick.
    frame = replace(frame, parameters=frame.parameters * np.geomspace(0.01, 3.0, len(frame.parameters)))
    geometry = layout_diagram(640, 480, diagram_shape(frame, prepared), theme)
    compiled, by_qt = both(raster, painted, geometry, choose_edges(geometry, frame, selected), theme, ratio)
    difference = np.abs(compiled - by_qt).max(axis=2)
    drawn_on = np.abs(by_qt - by_qt[-1, 0]).max(axis=2) > 8.0
    assert drawn_on.sum() > 2_000 * ratio
    # Qt's lines have 1 / 16 of a pixel's steps and blunt joints: single pixels at steep rims differ, no area does.
    assert difference[drawn_on].mean() < 9.0
    blocks = (compiled - by_qt)[: 480 * ratio // 8 * 8, :, :].reshape(60 * ratio, 8, 80 * ratio, 8, 3).mean(axis=(1, 3))
    assert np.abs(blocks).max() < 8.0


def test_where_compiling_is_switched_off_qt_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)
    assert not Raster().prepare()


def test_where_nothing_can_be_compiled_it_says_so_and_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    raster = Raster()
    monkeypatch.setattr("nnviz.core.kernels.cache.entry_point", lambda _function: 1 / 0)
    assert not raster.prepare()
    assert not raster.can_become_ready
    with pytest.raises(RuntimeError, match="not ready"):
        raster.draw(*[np.zeros((1, 1), np.uint32)] * 1, *[np.zeros(1)] * 5, np.zeros(1, np.uint32))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ratio", [1, 2])
def test_units_are_those_of_qt_and_what_stands_still_is_painted_once(
    raster: Raster, make_frame: MakeFrame, theme: Theme, ratio: int
) -> None:
    prepared, frame = make_frame(hidden=(6, 5))
    geometry = layout_diagram(640, 480, diagram_shape(frame, prepared), theme)
    state = DiagramState(selected=(1, 2), focus=(2, 1))
    picture = PixelPicture(raster)
    picture.place(QSize(640 * ratio, 480 * ratio), float(ratio), (0.0, 0.0))

    def compiled() -> np.ndarray:
        painter = picture.painter()
        paint_diagram(painter, geometry, frame, theme, state, picture=picture)
        painter.end()
        return as_array(picture.image)

    image = QImage(QSize(640 * ratio, 480 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(theme.colour("canvas"))
    painter = QPainter(image)
    paint_diagram(painter, geometry, frame, theme, state, moving=False)
    painter.end()
    first, expected = compiled(), as_array(image)
    assert np.array_equal(compiled(), first)
    difference = np.abs(first - expected).max(axis=2)
    for column in geometry.columns:
        for rect in column.rects:
            # Half a pixel of the frame is the edges'.
            left, top = round(rect.left() * ratio) + 2, round(rect.top() * ratio) + 2
            side = round(rect.width() * ratio) - 4
            inside = difference[top : top + side, left : left + side]
            assert inside.mean() < 2.5
            assert inside.max() < 40.0
    headers = difference[: round(geometry.columns[1].rects[0].top() * ratio) - 2]
    assert headers.max() < 1.0
    dots = np.zeros(difference.shape, dtype=bool)
    for x, y in zip(*geometry.bias_places, strict=True):
        dots[round(y * ratio) - 2 * ratio : round(y * ratio) + 2 * ratio, round(x * ratio)] = True
    assert difference[dots].mean() < 12.0
    # What is compiled ahead is what is called: compiling anything here would keep the window waiting.
    kernels = (raster._edges, raster._maps, raster._dabs)
    assert [len(kernel._kernel.signatures) for kernel in kernels] == [1, 1, 1]  # type: ignore[union-attr]


def test_maps_are_cut_at_the_rims_and_faded(raster: Raster) -> None:
    pixels = np.full((20, 20), 0xFF000000, dtype=np.uint32)
    maps = np.full((3, 4, 4), np.nan, dtype=np.float32)
    maps[1:] = 1.0
    tables = np.array([[0xFF0000FF, 0xFFFFFFFF]], dtype=np.uint32)
    corners = np.array([(-5.0, -5.0), (15.0, 15.0), (5.0, 5.0)])
    levels = np.tile([0.0, 1.0], (3, 1))
    clear = np.zeros((10, 10), dtype=np.uint32)
    raster.stamp(pixels, corners, np.array([1.0, 1.0, 0.5]), maps, levels, tables, np.zeros(3, np.int64), clear)
    assert pixels[0, 0] == 0xFF0000FF
    assert pixels[19, 19] == 0xFFFFFFFF
    assert pixels[10, 10] == 0xFF808080
    assert pixels[4, 19] == 0xFF000000


def test_dots_are_cut_at_the_rims_and_blended(raster: Raster) -> None:
    pixels = np.full((20, 30), 0xFF0000FF, dtype=np.uint32)
    sheet = np.zeros((4, 8), dtype=np.uint32)
    sheet[:, 4:] = 0xFFFFFFFF
    sheet[1:3, 5:7] = 0x80800000
    index = np.ones(4, dtype=np.int64)
    raster.dab(pixels, np.array([0.0, 30.0, 10.2, 500.0]), np.array([0.0, 20.0, 9.9, 5.0]), index, 0 * index, sheet, 4)
    assert pixels[0, 0] == 0xFF80007E
    assert (pixels[:2, 1] == 0xFFFFFFFF).all()
    assert (pixels[8:12, 8] == 0xFFFFFFFF).all()
    assert (pixels[9:11, 9:11] == 0xFF80007E).all()
    assert pixels[18, 29] == 0xFFFFFFFF
    assert (pixels == 0xFF0000FF).sum() == 600 - 16 - 4 - 4
    before = pixels.copy()
    raster.dab(pixels, np.array([10.0]), np.array([10.0]), index[:1] * 0, index[:1] * 0, sheet, 4)
    assert np.array_equal(pixels, before), "nothing is drawn of what is transparent"
