"""A picture for every concept of the glossary, drawn by the program in the colours of the theme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from nnviz.drawing.theme import Theme
from nnviz.ui.guide.sketch import Sketch

SIZE = QSize(280, 150)
"""Of a picture, in device-independent pixels."""

_T = np.linspace(0.0, 1.0, 121)
_RNG = np.random.default_rng(4)
_CLOUD = _RNG.normal(size=(40, 2))


def concept_picture(name: str, theme: Theme, ratio: float = 1.0) -> QImage:
    """Return the picture of a concept by its name in `PICTURES`."""
    image = QImage(SIZE * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(theme.colour("canvas"))
    with QPainter(image) as painter:
        PICTURES[name](Sketch(painter, QRectF(0, 0, SIZE.width(), SIZE.height()), theme))
    return image


def _network(s: Sketch) -> None:
    columns = ((0.1, 2), (0.4, 4), (0.65, 4), (0.92, 1))
    places = [[(x, (n + 0.5) / count) for n in range(count)] for x, count in columns]
    for before, after in pairwise(places):
        for i, start in enumerate(before):
            for j, end in enumerate(after):
                weight = np.sin(3.1 * i + 1.7 * j + len(after))
                s.line([start, end], "positive" if weight > 0 else "negative", 0.6 + 2.6 * abs(weight), strength=0.75)
    for column in places:
        for x, y in column:
            s.unit(x, y)


def _unit(s: Sketch) -> None:
    for number, (weight, role) in enumerate(((3.2, "positive"), (1.4, "negative"), (2.2, "positive"))):
        y = 0.85 - 0.35 * number
        s.line([(0.08, y), (0.5, 0.5)], role, weight)
        s.unit(0.08, y, f"a{'₁₂₃'[number]}")
        s.text(0.27, y * 0.55 + 0.29, f"w{'₁₂₃'[number]}", role="text")
    s.arrow((0.56, 0.5), (0.72, 0.5))
    s.unit(0.5, 0.5, "Σ")
    s.text(0.5, 0.26, "+ b", role="text")
    s.unit(0.77, 0.5, "f")
    s.arrow((0.82, 0.5), (0.98, 0.5))


def _activation(s: Sketch) -> None:
    s.line([(0, 0.5), (1, 0.5)], "line", 1.0)
    s.line([(0.5, 0), (0.5, 1)], "line", 1.0)
    z = 6 * _T - 3
    s.curve(_T, 0.5 + 0.42 * np.tanh(z))
    s.curve(_T, 0.5 + 0.42 * np.maximum(z, 0) / 3, "negative", dashed=True)
    s.text(0.16, 0.2, "tanh", role="positive_text")
    s.text(0.85, 0.62, "ReLU", role="negative_text")


def _sigmoid(s: Sketch) -> None:
    s.axes("z", "")
    s.box(0, 0, 0.22, 1, "negative", 0.14)
    s.box(0.78, 0, 0.22, 1, "negative", 0.14)
    s.curve(_T, 0.04 + 0.9 / (1 + np.exp(-12 * (_T - 0.5))))


def _relu(s: Sketch) -> None:
    s.axes("z", "")
    s.box(0, 0, 0.5, 1, "negative", 0.14)
    s.line([(0, 0.03), (0.5, 0.03), (1, 0.95)])
    for x in (0.08, 0.17, 0.25, 0.33, 0.41):
        s.dot(x, 0.03, "negative")


def _points(s: Sketch) -> None:
    for x, y in _CLOUD[:20]:
        s.dot(0.3 + 0.09 * x, 0.5 + 0.18 * y, "positive")
    for x, y in _CLOUD[20:]:
        s.dot(0.7 + 0.09 * x, 0.5 + 0.18 * y, "negative", hollow=True)


def _curve(s: Sketch) -> None:
    s.axes("x", "y")
    y = 0.5 + 0.35 * np.sin(6.5 * _T)
    for index in range(4, 120, 9):
        s.dot(_T[index], y[index] + 0.05 * _CLOUD[index % 40, 0], "quiet", 3)
    s.curve(_T, y)


def _split(s: Sketch) -> None:
    for row in range(3):
        for part, (role, strength) in enumerate((("positive", 0.7),) * 3 + (("negative", 0.8),)):
            place = (part + row) % 4
            s.box(0.02 + 0.24 * place, 0.72 - 0.33 * row, 0.22, 0.22, role, strength)


def _valley(s: Sketch) -> None:
    for size in (0.95, 0.7, 0.45, 0.2):
        angle = np.linspace(0, 2 * np.pi, 90)
        s.line(np.column_stack([0.5 + 0.5 * size * np.cos(angle), 0.5 + 0.36 * size * np.sin(angle)]), "line", 1.2)
    x = np.linspace(0.06, 0.46, 9)
    y = 0.5 + 0.3 * np.power(-0.8, np.arange(9.0))
    s.curve(x, y, "negative", 1.6, dashed=True)
    s.line([(0.06, 0.8), (0.22, 0.57), (0.36, 0.5), (0.5, 0.5)])
    s.dot(0.5, 0.5, "text", 3)


def _boundary(s: Sketch) -> None:
    x = 0.5 + 0.16 * np.sin(5 * _T)
    for (low, high), left in zip(pairwise(_T), x, strict=False):
        s.box(0, low, left, high - low, "positive", 0.25)
        s.box(left, low, 1 - left, high - low, "negative", 0.25)
    s.curve(x, _T, "text")
    for px, py in _CLOUD[:14]:
        edge = float(np.interp(0.5 + 0.2 * py, _T, x))
        s.dot(edge - 0.1 - 0.08 * abs(px), 0.5 + 0.2 * py, "positive")
        s.dot(edge + 0.1 + 0.08 * abs(px), 0.5 - 0.2 * py * 0.7, "negative", hollow=True)


def _loss(s: Sketch) -> None:
    s.axes("epochs", "loss")
    s.curve(_T, 0.06 + 0.85 * np.exp(-4 * _T))


def _cross_entropy(s: Sketch) -> None:
    s.axes("probability of the right class", "loss")
    s.curve(_T[3:], np.minimum(-np.log(_T[3:]) / 3.6, 1))


def _squared(s: Sketch) -> None:
    s.axes("prediction − target", "loss")
    s.curve(_T, (2 * _T - 1) ** 2)


def _confusion(s: Sketch) -> None:
    shares = ((0.95, 0.1, 0.05), (0.12, 0.8, 0.3), (0.05, 0.2, 0.9))
    for row, line in enumerate(shares):
        for column, share in enumerate(line):
            role = "positive" if row == column else "negative"
            s.box(0.26 + 0.17 * column, 0.68 - 0.33 * row, 0.16, 0.3, role, 0.1 + 0.8 * share)


def _batches(s: Sketch) -> None:
    for index in range(30):
        batch = index // 10
        s.dot(0.05 + 0.031 * index + 0.03 * batch, 0.62, "positive" if batch == 0 else "quiet", 3.5, hollow=batch > 0)
    for batch in range(3):
        left = 0.03 + 0.34 * batch
        s.arrow((left + 0.14, 0.5), (left + 0.14, 0.22), "text" if batch == 0 else "line")
    s.text(0.17, 0.1, "Δw", role="text")


def _descent(s: Sketch) -> None:
    s.axes("weight", "loss")
    s.curve(_T[9:], 0.08 + 3.2 * (_T[9:] - 0.6) ** 2)
    x = [0.1, 0.3, 0.43, 0.51, 0.56]
    for start, end in pairwise(x):
        s.arrow((start, 0.1 + 3.2 * (start - 0.6) ** 2), (end, 0.1 + 3.2 * (end - 0.6) ** 2), "negative")


def _rates(s: Sketch) -> None:
    s.axes("epochs", "loss")
    s.curve(_T, 0.75 - 0.2 * _T, "quiet")
    s.curve(_T, 0.08 + 0.72 * np.exp(-6 * _T))
    big = np.minimum(0.3 + 0.2 * np.sin(40 * _T) * (0.4 + _T) + 0.5 * _T**2, 1)
    s.curve(_T, big, "negative", 1.4, dashed=True)


def _chain(s: Sketch) -> None:
    names = ("w", "z", "a", "L")
    for number, name in enumerate(names):
        x = 0.08 + 0.28 * number
        s.unit(x, 0.55, name)
        if number < 3:
            s.arrow((x + 0.05, 0.62), (x + 0.23, 0.62), "positive")
            s.arrow((x + 0.23, 0.48), (x + 0.05, 0.48), "negative")
            s.text(x + 0.14, 0.28, f"∂{names[number + 1]}/∂{name}", role="negative_text")


def _schedule(s: Sketch) -> None:
    s.axes("epochs", "rate")
    s.curve(_T, 0.5 + 0.42 * np.cos(np.pi * _T))
    s.curve(_T, 0.12 + 0.5 * np.abs(np.mod(6 * _T, 2) - 1), "negative", 1.6, dashed=True)


def _histogram(s: Sketch) -> None:
    s.axes("weight", "")
    for index, height in enumerate(np.exp(-(((np.arange(15) - 7) / 3.2) ** 2))):
        s.box(0.04 + 0.062 * index, 0, 0.055, 0.9 * float(height), "positive", 0.8)


def _runs(s: Sketch) -> None:
    s.axes("epochs", "loss")
    for index in range(8):
        stuck = index in (2, 5)
        floor = 0.55 if stuck else 0.07
        y = floor + (0.9 - floor) * np.exp(-(3 + 0.8 * index) * _T)
        s.curve(_T, y, "negative" if stuck else "positive", 1.4, dashed=stuck)


def _overfit(s: Sketch) -> None:
    s.axes("epochs", "loss")
    s.curve(_T, 0.04 + 0.85 * np.exp(-4.5 * _T))
    test = 0.3 + 0.6 * np.exp(-6 * _T) + 0.5 * np.maximum(_T - 0.3, 0) ** 1.3
    s.curve(_T, test, "negative", dashed=True)
    best = int(np.argmin(test))
    s.dot(float(_T[best]), float(test[best]), "text", 4)


def _vanishing(s: Sketch) -> None:
    s.axes("layers", "gradient")
    for index in range(7):
        s.box(0.06 + 0.135 * index, 0, 0.1, 0.9 * 0.52 ** (6 - index), "negative", 0.8)


def _plateau(s: Sketch) -> None:
    s.axes("weight", "loss")
    s.curve(_T, 0.45 + 0.35 * np.exp(-12 * _T) + 0.08 * np.cos(9 * _T) - 0.42 / (1 + np.exp(-26 * (_T - 0.72))))
    s.dot(0.37, 0.45, "negative", 5)


def _fits(s: Sketch) -> None:
    x = np.linspace(0.05, 0.95, 8)
    y = 0.5 + 0.3 * np.sin(4.2 * x) + 0.1 * _CLOUD[:8, 1]
    wild = np.polynomial.Polynomial.fit(x, y, 7)(_T)
    s.curve(_T[4:-4], np.clip(wild[4:-4], 0, 1), "negative", 1.5, dashed=True)
    s.curve(_T, 0.5 + 0.3 * np.sin(4.2 * _T))
    for at in zip(x, y, strict=True):
        s.dot(float(at[0]), float(at[1]), "text", 3.5)


def _dropout(s: Sketch) -> None:
    columns = ((0.1, 3), (0.5, 4), (0.9, 2))
    asleep = {(1, 1), (1, 3)}
    places = [[(x, (n + 0.5) / count) for n in range(count)] for x, count in columns]
    for number, (before, after) in enumerate(pairwise(places)):
        for i, start in enumerate(before):
            for j, end in enumerate(after):
                if (number, i) not in asleep and (number + 1, j) not in asleep:
                    s.line([start, end], "positive", 1.6, strength=0.75)
    for number, column in enumerate(places):
        for index, (x, y) in enumerate(column):
            is_asleep = (number, index) in asleep
            s.unit(x, y, "×" if is_asleep else "", faded=is_asleep)


PICTURES: Mapping[str, Callable[[Sketch], None]] = {
    function.__name__[1:]: function
    for function in (
        *(_network, _unit, _activation, _sigmoid, _relu, _points, _curve, _split, _valley, _boundary, _loss),
        *(_cross_entropy, _squared, _confusion, _batches, _descent, _rates, _chain, _schedule, _histogram, _runs),
        *(_overfit, _vanishing, _plateau, _fits, _dropout),
    )
}
"""Every picture by its name."""
