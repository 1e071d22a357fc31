"""The wall of a sweep: every map in its place, with its colours and its words."""

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

import nnviz
from nnviz.core.errors import ExperimentError
from nnviz.drawing.theme import DARK, LIGHT, THEMES
from nnviz.drawing.wall import WallPicture, WallTile, layout_wall, paint_wall
from nnviz.export.wall import SCALE, write_wall
from nnviz.sweeps.wall import frame_of, wall_of


def picture_of(result):
    wall = wall_of(result)
    tiles = [WallTile(tile.row, tile.column, tile.lines, lambda run=tile.run: frame_of(run)) for tile in wall.tiles]
    named = {name: getattr(wall, name) for name in WallPicture.__annotations__ if name != "tiles"}
    return WallPicture(**named, tiles=tiles)


def painted(wall, theme):
    layout = layout_wall(wall, theme)
    image = QImage(*map(round, layout.size), QImage.Format.Format_RGB32)
    image.fill(theme.colour("canvas"))
    painter = QPainter(image)
    paint_wall(painter, wall, theme)
    painter.end()
    return image, layout


def colours(image, rect):
    left, top, right, bottom = (round(x) for x in (rect.left(), rect.top(), rect.right(), rect.bottom()))
    return {image.pixel(x, y) for x in range(left, right, 2) for y in range(top, bottom, 2)}


@pytest.fixture(scope="module")
def result():
    base = nnviz.Experiment(
        data={"name": "blobs", "parameters": {"n_samples": 60}},
        network={"hidden": [3]},
        training={"engine": "numpy", "epochs": 4},
    )
    return nnviz.sweep(base, {"learning_rate": [1e-6, 0.1], "network.hidden": [2, 3, 4]})


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_every_map_is_in_its_place(qapp, result, theme):
    image, layout = painted(picture_of(result), theme)
    canvas = theme.colour("canvas").rgb()
    for row in range(2):
        for column in range(3):
            area = layout.map_at(row, column)
            assert len(colours(image, area)) > 30
            below = area.translated(0.0, area.height() + 1.0).adjusted(0.0, 0.0, 0.0, 2.0 * layout.line - area.height())
            assert len(colours(image, below)) > 1
            between = area.translated(-10.0, 0.0).adjusted(0.0, 0.0, 8.0 - area.width(), 0.0)
            assert column == 0 or colours(image, between) == {canvas}
    assert layout.map_at(1, 2).right() < image.width()
    assert layout.map_at(1, 2).bottom() + 2 * layout.line < image.height()


@pytest.mark.parametrize("name", ["sine", "iris", "plane", "digits8x8"])
def test_every_kind_of_data_has_a_small_map(qapp, name):
    base = nnviz.Experiment(data={"name": name}, network={"hidden": [3]}, training={"engine": "numpy"})
    image, layout = painted(picture_of(nnviz.sweep(base, seeds=1, epochs=1)), DARK)
    assert len(colours(image, layout.map_at(0, 0))) > 8


def test_maps_are_smaller_where_there_are_many(qapp, result):
    wall = picture_of(result)
    sides = [layout_wall(WallPicture("", "", wall.tiles, 1, n), LIGHT).side for n in (1, 6, 12, 24)]
    assert sides == sorted(sides, reverse=True)
    assert sides[0] == 240.0
    assert sides[-1] == 96.0


def test_long_words_are_shortened(qapp, result):
    wall = picture_of(result)
    tiles = [WallTile(tile.row, tile.column, ("a" * 300,), tile.build) for tile in wall.tiles[:1]]
    long = WallPicture("t" * 900, "n" * 900, tiles, 2, 3, ("r" * 300,) * 2, ("c" * 300,) * 3, "x" * 300, "y" * 300)
    image, layout = painted(long, LIGHT)
    assert image.width() < 1600
    right = layout.map_at(0, 0).right()
    assert {QColor(image.pixel(round(right + 5), y)).rgb() for y in range(round(layout.top), round(layout.top + 60))}


def test_it_is_written_as_a_png(qapp, result, tmp_path):
    wall = picture_of(result)
    write_wall(wall, tmp_path / "wall.png")
    image = QImage(str(tmp_path / "wall.png"))
    assert 0 <= image.width() / SCALE - layout_wall(wall, LIGHT).size[0] <= 2
    corner = image.pixel(0, 0)
    assert {image.pixel(x, image.height() - 1) for x in range(image.width())} == {corner}
    assert {image.pixel(image.width() - 1, y) for y in range(image.height())} == {corner}
    with pytest.raises(ExperimentError):
        write_wall(wall, tmp_path / "gone" / "wall.png")
