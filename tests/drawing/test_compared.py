"""The maps of two networks and what differs between them: what stays is painted once, and nothing has no number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QPainter

from nnviz.drawing import compared as drawing
from nnviz.drawing.colormap import level_texts, sign_ramp, symmetric_levels
from nnviz.drawing.compared import Compared, ComparedPainter, largest_text
from nnviz.drawing.plane import paint_colour_bar
from nnviz.drawing.theme import LIGHT, THEMES
from nnviz.experiment.frame import Frame
from nnviz.experiment.painting import taken_over, with_nothing
from nnviz.experiment.prepare import prepare

SIZE = QSizeF(900.0, 300.0)


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All text that is painted."""
    found: list[str] = []
    draw = QPainter.drawText

    def spy(painter: QPainter, *arguments: object) -> object:
        found.extend(each for each in arguments if isinstance(each, str))
        return draw(painter, *arguments)  # type: ignore[call-overload]

    monkeypatch.setattr(QPainter, "drawText", spy)
    return found


@pytest.fixture
def compared(make_frame: Callable[..., tuple]) -> Callable[..., Compared]:
    """A function (data set, epochs of A, of B) -> what is compared."""

    def make(name: str, *epochs: int) -> Compared:
        (data, first), (_, second) = (make_frame(name, epochs=n) for n in epochs)
        return Compared((first, second), (data, data), is_same_moment=True)

    return make


def test_a_scale_of_nothing_has_no_other_number_than_zero(painted: Callable, texts: list[str]) -> None:
    assert level_texts(symmetric_levels(np.zeros(3))) == ("0",)
    assert level_texts((0.0, 1e-12)) == ("0",)
    assert level_texts((-0.5, 0.5)) == ("−0.50", "0", "0.50")
    assert level_texts((0.9, 0.9)) == ("0.90", "0.90", "0.90")
    bar = QRectF(10.0, 20.0, 12.0, 200.0)
    painted(lambda painter, _: paint_colour_bar(painter, bar, (-1e-12, 1e-12), sign_ramp(LIGHT), LIGHT), LIGHT)
    assert texts == ["0"]


@pytest.mark.parametrize("name", ["moons", "iris", "plane", "sine"])
def test_where_nothing_differs_no_number_says_how_much(
    compared: Callable[..., Compared], texts: list[str], name: str
) -> None:
    equal, apart = compared(name, 1, 1), compared(name, 1, 3)
    painter = ComparedPainter()
    painter.picture(equal, SIZE, 1.0, LIGHT)
    assert equal.difference is not None
    assert largest_text(equal.difference) == "No difference anywhere"
    assert "No difference anywhere" in texts
    assert not [text for text in texts if "e−" in text or "0.000" in text]
    assert apart.difference is not None
    assert largest_text(apart.difference).startswith("They differ by")


def test_planes_of_two_resolutions_are_compared_at_the_same_places(compared: Callable[..., Compared]) -> None:
    equal = compared("moons", 3, 3)
    (frame, _), (plane,) = equal.frames, equal.frames[0].planes.values()

    def sampled(n: int, edge: float) -> np.ndarray:
        """Return an answer that goes from 0 to 1 within less than a pixel, along a slanted edge."""
        middles = (np.arange(n, dtype=np.float32) + 0.5) / n
        shares = 0.5 + 0.5 * np.tanh(200.0 * (middles[:, None] + 0.3 * middles - edge))
        return np.repeat(shares[..., None], plane.values.shape[2], axis=2).astype(np.float32)

    def frame_of(n: int, edge: float = 0.7) -> Frame:
        return replace(frame, planes=dict.fromkeys(frame.planes, replace(plane, values=sampled(n, edge))))

    for n in (90, 72, 48):
        for pair in ((frame_of(120), frame_of(n)), (frame_of(n), frame_of(120))):
            difference = replace(equal, frames=pair).difference
            assert difference is not None
            assert difference.values.shape == (n, n)
            assert difference.largest < 0.02
    other = replace(equal, frames=(frame_of(120), frame_of(90, 0.8))).difference
    assert other is not None
    assert other.largest > 0.95
    assert np.mean(np.abs(other.values) > 0.5) == pytest.approx(0.1, abs=0.03)


def test_what_stays_from_moment_to_moment_is_painted_once(
    compared: Callable[..., Compared], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = compared("moons", 1, 3), compared("moons", 2, 4)
    moments = [first, replace(second, data=first.data)]
    fresh = {
        (name, n): ComparedPainter().picture(moments[n], SIZE, 2.0, theme)
        for name, theme in THEMES.items()
        for n in (0, 1)
    }
    n_points = []
    paint = drawing.paint_small_points
    monkeypatch.setattr(drawing, "paint_small_points", lambda *given: (n_points.append(1), paint(*given)))
    painter = ComparedPainter()
    for name, theme in THEMES.items():
        n_points.clear()
        for n in (0, 1, 0):
            assert painter.picture(moments[n], SIZE, 2.0, theme) == fresh[name, n]
        assert len(n_points) == 2
    # Another size, other data: painted anew.
    assert painter.picture(moments[0], SIZE * 1.5, 1.0, LIGHT).width() == 1350
    assert len(n_points) == 4
    painter.picture(compared("circles", 1, 2), SIZE * 1.5, 1.0, LIGHT)
    assert len(n_points) == 6


@pytest.mark.parametrize("size", [SIZE, QSizeF(600.0, 260.0)])
def test_what_is_said_of_the_difference_lies_over_no_name_of_a_class(
    compared: Callable[..., Compared], monkeypatch: pytest.MonkeyPatch, size: QSizeF
) -> None:
    places: dict[str, QRectF] = {}
    draw = QPainter.drawText

    def spy(painter: QPainter, *arguments: object) -> object:
        words = next((each for each in arguments if isinstance(each, str)), "")
        if isinstance(arguments[0], QRectF):
            flags = next(each for each in arguments[1:] if not isinstance(each, str))
            places[words] = painter.boundingRect(arguments[0], int(flags), words)  # type: ignore[call-overload]
        return draw(painter, *arguments)  # type: ignore[call-overload]

    monkeypatch.setattr(QPainter, "drawText", spy)
    moment = compared("iris", 1, 3)
    for theme in THEMES.values():
        places.clear()
        ComparedPainter().picture(moment, size, 1.0, theme)
        assert moment.difference is not None
        said = places[largest_text(moment.difference)]
        names = [place for text, place in places.items() if text in moment.data[0].class_names]
        assert len(names) == 3
        assert not [name for name in names if name.intersects(said)]


def test_the_canvas_alone_is_shown_where_there_is_nothing_to_compare(qapp: object) -> None:
    picture = ComparedPainter().picture(None, SIZE, 1.0, LIGHT)
    assert picture.pixelColor(450, 150) == LIGHT.colour("canvas")


@pytest.mark.parametrize("name", ["moons", "sine"])
def test_maps_over_an_empty_canvas_are_compared(compared: Callable[..., Compared], name: str) -> None:
    some = compared(name, 1, 3)
    prepared = some.data[0].experiment
    empty = prepare(with_nothing(prepared, taken_over(some.data[0])), may_be_empty=True)
    assert empty.train.n_samples == 0
    picture = ComparedPainter().picture(replace(some, data=(empty, empty)), SIZE, 1.0, LIGHT)
    assert not picture.isNull()
