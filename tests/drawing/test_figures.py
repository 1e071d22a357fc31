from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from nnviz.drawing.axes import Axes
from nnviz.drawing.courses import DrawnCourse, course_colour, paint_course_key
from nnviz.drawing.curve_key import key_place
from nnviz.drawing.figures import paint_boundary, paint_loss
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.map_words import axis_names
from nnviz.drawing.markers import legend_height
from nnviz.drawing.theme import DARK, LIGHT
from nnviz.experiment import DataSpec, Experiment, FrameBuilder, Needs, PlaneRequest, prepare
from nnviz.experiment.frame import Hold, HoldKind
from nnviz.experiment.grids import is_square
from nnviz.experiment.schema import ViewSpec
from nnviz.experiment.slice_words import slice_sentence
from nnviz.experiment.slices import NEAR, places

from .conftest import MakeFrame

Painted = Callable[..., QImage]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("name", ["moons", "spiral", "plane", "sine", "breast_cancer_wisconsin"])
def test_a_boundary_fills_its_axes(make_frame: MakeFrame, painted: Painted, name: str, theme: object) -> None:
    prepared, frame = make_frame(name)
    axes = []
    image = painted(lambda painter, rect: axes.append(paint_boundary(painter, rect, frame, prepared, theme)), theme)
    if is_square(prepared):
        # A circle is round on a stage and in a file, too.
        (x0, x1), (y0, y1) = axes[0].x_range, axes[0].y_range
        assert axes[0].area.width() / (x1 - x0) == pytest.approx(axes[0].area.height() / (y1 - y0))
    colours = {image.pixelColor(x, 240).name() for x in range(200, 440)}
    assert len(colours) > 10
    assert image.pixelColor(1, 1).name() == theme.canvas  # type: ignore[attr-defined]


def test_a_frame_without_a_plane_is_refused(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame()
    with pytest.raises(ValueError, match="plane"):
        painted(lambda p, rect: paint_boundary(p, rect, replace(frame, planes={}), prepared, LIGHT), LIGHT)


def test_the_loss_figure_draws_both_curves(make_frame: MakeFrame, painted: Painted) -> None:
    _, frame = make_frame(epochs=2)
    image = painted(lambda painter, rect: paint_loss(painter, rect, frame, LIGHT), LIGHT)
    colours = {image.pixelColor(x, y).name() for x in range(60, 620) for y in range(40, 430)}
    assert {LIGHT.train, LIGHT.test} <= colours


def test_other_runs_are_drawn_and_named_in_the_loss_figure(make_frame: MakeFrame, painted: Painted) -> None:
    _, frame = make_frame(epochs=2)
    _, longer = make_frame(epochs=6)
    courses = (DrawnCourse(2, "faster", longer.curves), DrawnCourse(3, "<b>slower", longer.curves))

    def figure(*others: DrawnCourse) -> set[str]:
        image = painted(lambda painter, rect: paint_loss(painter, rect, frame, LIGHT, courses=others), LIGHT)
        return {image.pixelColor(x, y).name() for x in range(60, 620) for y in range(40, 430)}

    alone, together = figure(), figure(*courses)
    for course in courses:
        colour = course_colour(LIGHT, course.number).name()
        assert colour not in alone
        assert colour in together
    # Each is named, and told from the others by its dashes.
    picture = QImage(400, 120, QImage.Format.Format_RGB32)
    picture.fill(0xFFFFFFFF)
    painter = QPainter(picture)
    paint_course_key(painter, courses, QRectF(10.0, 10.0, 380.0, 100.0), 20.0, LIGHT)
    painter.end()
    for course, y in zip(courses, (20, 45), strict=True):
        colour = course_colour(LIGHT, course.number).name()
        drawn = [picture.pixelColor(x, y).name() == colour for x in range(400)]
        first, last = drawn.index(True), 400 - drawn[::-1].index(True)
        assert not all(drawn[first:last])
        assert last - first > 30


@pytest.mark.parametrize("kind", ["means", "row", "average", "components"])
def test_a_slice_is_exported_as_it_is_shown(painted: Painted, qapp: object, kind: HoldKind) -> None:
    """Points lie where the plane has them, and only those far from a slice are fainter."""
    prepared = prepare(Experiment(data=DataSpec(name="iris")))
    hold = Hold(kind, ("train", 3) if kind == "row" else None)
    frame = FrameBuilder(prepared).build(prepared.trainer().moment(), Needs(planes={"": PlaneRequest(hold=hold)}))
    view = ViewSpec(show_test=False)

    def figure(painter: QPainter, rect: QRectF) -> None:
        paint_boundary(painter, rect, replace(frame, correct_train=None), prepared, LIGHT, view)

    shown = painted(figure, LIGHT)
    plane = frame.plane
    assert plane is not None
    where = places(prepared, (0, 1), hold)["train"]
    # Drawn last, and so on top of all others.
    nearest = int(np.flatnonzero(plane.away[0] <= NEAR)[-1]) if plane.away is not None else len(where) - 1
    line = QFontMetricsF(ui_font(LIGHT.font_size)).height()
    sentence = slice_sentence(prepared, plane)
    assert sentence
    room, flags = QRectF(line, 0, 640 - 2 * line, 480), Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    below = QFontMetricsF(ui_font(LIGHT.font_size)).boundingRect(room, flags, sentence).height() + 0.5 * line
    area = QRectF(0, 0, 640, 480).adjusted(4.6 * line, 2.6 * line, -1.2 * line, -2.9 * line - below)
    # What is held stands below the axes.
    written = [shown.pixelColor(x, y) for x in range(20, 300) for y in range(round(480 - below), 478)]
    assert sum(colour.lightness() < 160 for colour in written) > 100
    axes = Axes(area, plane.x_range, plane.y_range)
    spot = axes.point(*where[nearest].tolist())
    wanted = LIGHT.class_colour(int(prepared.train.class_index[nearest]))
    found = [shown.pixelColor(round(spot.x()) + dx, round(spot.y()) + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    assert any(colour.name() == wanted.name() for colour in found)
    assert axis_names(prepared, (0, 1), hold)[0].startswith("component" if kind == "components" else "sepal")


@pytest.mark.parametrize(
    ("ends", "at_top", "place"),
    [
        ([(0.9, 0.9)], True, 10.0),
        # A curve that stays high, one that ends low, and both: between them.
        ([(0.1, 0.1)], True, 350.0),
        ([(0.9, 0.9)], False, 10.0),
        ([(0.1, 0.1), (0.95, 0.95)], True, 50.0),
        # Nowhere is free.
        ([(1.0, 0.0)], True, 10.0),
    ],
)
def test_names_of_curves_stand_where_no_curve_runs(ends: list[tuple[float, float]], at_top: bool, place: float) -> None:
    area = QRectF(0.0, 0.0, 600.0, 400.0)
    curves = [np.array([[0.0, 200.0], [350.0, 400.0 * a], [600.0, 400.0 * b]]) for a, b in ends]
    assert key_place(area, [*curves, np.full((3, 2), np.nan)], (240.0, 40.0), 20.0, at_top) == place


@pytest.mark.parametrize(("width", "n_rows"), [(640, 1), (260, 2)])
def test_a_legend_covers_no_axis_on_a_small_stage(
    make_frame: MakeFrame, painted: Painted, width: int, n_rows: int
) -> None:
    prepared, frame = make_frame("spiral")
    drawn: list[Axes] = []

    def paint(painter: QPainter, rect: QRectF) -> None:
        drawn.append(paint_boundary(painter, rect, frame, prepared, LIGHT, on_screen=True))

    painted(paint, LIGHT, width, 280)
    (axes,), metrics = drawn, QFontMetricsF(ui_font(LIGHT.font_size))
    line = metrics.height()
    high = legend_height(metrics, width - 4.8 * line, prepared.class_names, prepared.dataset.class_counts)
    assert high == pytest.approx(1.85 * line * n_rows)
    # Numbers and the name of the axis are below the map.
    assert axes.area.bottom() + 2.4 * line <= 280.0 - high
