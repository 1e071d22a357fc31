import numpy as np
import pytest

from nnviz.data import Dataset, load_dataset
from nnviz.drawing.ink import Ink
from nnviz.experiment.handwriting import PictureStyle, averaged, picture_style
from tests.ui.answers.drawn_digits import QUICK_HAND, ROUND_HAND, Line, placed

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def style() -> PictureStyle:
    return picture_style(load_dataset("digits8x8"))


def _inked(lines: list[Line], width: float = 0.14, side: int = 8) -> Ink:
    ink = Ink((side, side))
    for line in lines:
        ink.stroke(line, width)
    return ink


def test_a_loaded_picture_comes_back_as_it_was(style: PictureStyle) -> None:
    rows = load_dataset("digits8x8").X
    for row in (rows[0], rows[7]):
        ink = Ink((8, 8))
        ink.load(style.inked(row))
        assert style.values(ink.seen(style, framed=True)) == pytest.approx(row, abs=16.0 / 255.0)


def test_strokes_lay_ink_on_and_take_it_off() -> None:
    ink = _inked([[(0.1, 0.5), (0.5, 0.5), (0.9, 0.5)]], 0.2)
    picture = averaged(ink.fine, (8, 8))
    assert picture[3, 4] == pytest.approx(0.8, abs=0.05)
    assert picture[0].sum() == 0.0
    ink.stroke([(0.5, 0.2), (0.5, 0.8)], 0.3, erases=True)
    assert averaged(ink.fine, (8, 8))[3, 4] < 0.1
    assert not ink.is_empty
    ink.stroke([(0.0, 0.5), (1.0, 0.5)], 0.5, erases=True)
    assert ink.is_empty


def test_a_line_passes_smoothly_near_its_points() -> None:
    ink = _inked([[(0.2, 0.8), (0.5, 0.2), (0.8, 0.8)]], 0.05)
    fine = ink.fine
    assert fine[round(0.8 * 256), round(0.2 * 256)] == 1.0
    assert fine[round(0.8 * 256), round(0.8 * 256)] == 1.0
    # The corner is rounded off: halfway between the point and the chord.
    assert fine[round(0.35 * 256), 128] == 1.0


@pytest.mark.parametrize("digit", range(10))
def test_size_and_place_make_no_difference(style: PictureStyle, digit: int) -> None:
    large = _inked(placed(ROUND_HAND[digit], 1.1)).seen(style, framed=True)
    small = _inked(placed(ROUND_HAND[digit], 0.5, -0.2, 0.15)).seen(style, framed=True)
    assert np.abs(large - small).max() < 0.25
    assert large.sum() == pytest.approx(style.amount, rel=0.1)


def test_a_broader_brush_makes_more_ink(style: PictureStyle) -> None:
    amounts = [_inked(ROUND_HAND[5], width).seen(style, framed=True).sum() for width in (0.08, 0.14, 0.2)]
    assert amounts == sorted(amounts)
    assert amounts[2] > 1.3 * amounts[0]


@pytest.mark.parametrize("side", [8, 28])
@pytest.mark.parametrize("share", [0.09, 0.13, 0.17])
def test_the_width_of_lines_is_measured(side: int, share: float) -> None:
    inks = [_inked(lines, share, side) for hand in (ROUND_HAND, QUICK_HAND) for lines in hand.values()]
    rows = np.array([averaged(ink.fine, (side, side)).ravel() for ink in inks])
    names = [f"p{k}" for k in range(side * side)]
    data = Dataset.of_classes(rows, np.arange(20) % 10, list("0123456789"), names, image_shape=(side, side))
    assert picture_style(data).stroke == pytest.approx(share * side, rel=0.15)


def test_as_drawn_is_as_drawn(style: PictureStyle) -> None:
    ink = _inked(placed(ROUND_HAND[3], 0.5, 0.2, 0.2))
    assert np.array_equal(ink.seen(style, framed=False), averaged(ink.fine, (8, 8)))


def test_crumbs_and_nothing_are_no_trouble(style: PictureStyle) -> None:
    ink = _inked([[(0.5, 0.2), (0.5, 0.8)]], 0.2)
    ink.stroke([(0.5, 0.1), (0.5, 0.9)], 0.19, erases=True)
    assert not ink.is_empty
    assert np.isfinite(ink.seen(style, framed=True)).all()
    ink.stroke([(0.5, 0.0), (0.5, 1.0)], 0.5, erases=True)
    assert ink.seen(style, framed=True).sum() == 0.0


def test_a_dot_is_no_trouble(style: PictureStyle) -> None:
    picture = _inked([[(0.9, 0.1)]]).seen(style, framed=True)
    assert np.isfinite(picture).all()
    assert picture.sum() > 1.0
