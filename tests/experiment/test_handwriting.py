import numpy as np
import pytest

from nnviz.data import Dataset, load_dataset
from nnviz.experiment.handwriting import averaged, framed_picture, framing, picture_style


def _pictures(images: np.ndarray) -> Dataset:
    n, height, width = images.shape
    names = [f"p{k}" for k in range(height * width)]
    return Dataset.of_classes(images.reshape(n, -1), np.arange(n) % 2, ("a", "b"), names, image_shape=(height, width))


def _squares(places: list[int], side: int = 4) -> Dataset:
    images = np.zeros((len(places), 12, 12))
    for image, place in zip(images, places, strict=True):
        image[place : place + side, place : place + side] = 5.0
    return _pictures(images)


def _drawn(top: int, left: int, height: int, width: int) -> np.ndarray:
    fine = np.zeros((120, 120))
    fine[top : top + height, left : left + width] = 1.0
    return fine


def test_digits_are_light_as_high_as_the_picture_and_centred() -> None:
    style = picture_style(load_dataset("digits8x8"))
    assert (style.ground, style.ink, style.shape) == (0.0, 16.0, (8, 8))
    assert style.is_fixed == (True, False)
    assert style.size[0] == 8.0
    assert style.is_centred
    assert style.has_lines
    assert style.middle == pytest.approx((4.0, 4.0), abs=0.2)


def test_dark_ink_on_a_light_ground_is_told() -> None:
    light = load_dataset("digits8x8").X.reshape(-1, 8, 8)
    style, turned = picture_style(_pictures(light)), picture_style(_pictures(16.0 - light))
    assert (turned.ground, turned.ink) == (16.0, 0.0)
    assert (turned.size, turned.amount, turned.stroke) == (style.size, style.amount, style.stroke)
    row = (16.0 - light[0]).ravel()
    assert turned.values(turned.inked(row)) == pytest.approx(row)


def test_pictures_here_and_there_are_not_centred() -> None:
    assert not picture_style(_squares([0, 2, 5, 8])).is_centred
    assert picture_style(_squares([4, 4, 4, 4])).is_centred


def test_pictures_of_nothing_have_a_style_too() -> None:
    style = picture_style(_pictures(np.full((3, 4, 5), 2.0)))
    assert style.shape == (4, 5)
    assert np.isfinite(style.values(np.zeros((4, 5)))).all()


def test_averaging_is_exact() -> None:
    picture = np.random.default_rng(0).random((8, 6))
    assert averaged(picture.repeat(10, axis=0).repeat(10, axis=1), (8, 6)) == pytest.approx(picture)


def test_a_drawing_is_brought_to_the_size_and_place_of_the_pictures() -> None:
    style = picture_style(_squares([4, 4, 4]))
    for fine in (_drawn(5, 70, 20, 20), _drawn(40, 10, 75, 75)):
        picture = framed_picture(fine, style)
        assert picture == pytest.approx(_squares([4]).X.reshape(12, 12) / 5.0, abs=1e-9)
    assert averaged(_drawn(5, 70, 20, 20), (12, 12))[0:3, 7:9].sum() > 3.0


def test_ink_never_leaves_the_picture() -> None:
    style = picture_style(load_dataset("digits8x8"))
    # All the weight on top: centring it would push the thin foot out below.
    fine = _drawn(0, 20, 20, 60) + _drawn(20, 48, 100, 4)
    frame = framing(fine, style)
    assert frame.scales[0] * 120 + frame.shifts[0] == pytest.approx(8.0)
    assert framed_picture(fine, style)[7].sum() > 0.1


def test_a_flat_drawing_is_not_blown_up() -> None:
    style = picture_style(load_dataset("digits8x8"))
    frame = framing(_drawn(55, 10, 8, 100), style)
    assert frame.scales[0] <= 2.0 * frame.scales[1]
