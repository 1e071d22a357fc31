"""Digits as a person would draw them with a mouse, in two hands.

Each line is its points "x,y", in hundredths of the pad's side from the top left.
"""

from __future__ import annotations

import numpy as np

STEPS = 5
"""Points from one corner to the next."""

Line = list[tuple[float, float]]

_ROUND = {
    0: ("50,17 39,22 30,35 28,52 32,69 41,80 53,83 64,76 71,61 72,43 66,27 56,18 50,17",),
    1: ("38,30 52,17 52,50 52,84",),
    2: ("30,31 32,26 36,21 41,18 46,16 52,16 58,18 63,21 67,25 69,30 70,35 69,41 55,58 30,82 72,82",),
    3: (
        "32,26 36,21 42,18 49,17 56,18 61,22 65,27 67,33 66,39 63,44 58,49 51,51 48,49 55,50 62,53 67,58 "
        "69,64 68,70 65,76 60,80 53,83 45,83 38,81 32,77 30,74",
    ),
    4: (
        "55,16 42,38 28,60 50,60 75,60",
        "60,38 60,60 60,86",
    ),
    5: ("70,18 34,18 32,46 42,43 49,42 57,44 63,49 67,56 68,64 66,71 61,77 54,81 46,82 39,80 33,75",),
    6: ("62,16 36,50 33,66 36,75 44,82 53,83 61,78 66,70 67,60 62,51 54,46 45,46 37,51 33,61",),
    7: ("28,18 50,18 72,18 60,42 50,62 42,85",),
    8: (
        "50,49 58,47 64,40 66,32 63,24 56,18 48,17 40,21 35,28 34,36 38,44 46,48 50,49 60,52 68,59 70,68 "
        "66,77 58,84 47,85 37,81 31,73 30,63 35,55 45,50 50,49",
    ),
    9: ("67,34 65,25 58,18 49,16 40,19 34,27 33,36 37,45 44,51 53,52 62,47 66,39 67,34 60,85",),
}
_QUICK = {
    0: ("55,15 40,16 28,28 22,46 25,65 35,80 49,86 64,81 74,68 78,49 73,30 62,18 55,15",),
    1: ("50,15 50,40 50,60 50,85",),
    2: ("30,25 40,17 55,15 68,22 70,33 62,47 48,62 34,78 28,84 45,84 60,84 74,83",),
    3: ("30,20 45,15 62,19 67,30 60,42 46,48 60,52 70,63 66,78 52,86 38,85 28,78",),
    4: (
        "38,15 34,30 31,45 45,48 66,47",
        "66,18 65,45 64,86",
    ),
    5: ("68,15 50,15 36,15 34,30 32,43 45,40 60,43 69,55 67,70 56,83 42,86 30,80",),
    6: ("60,13 48,25 37,42 32,60 36,77 48,86 62,82 67,70 62,58 50,54 38,60",),
    7: (
        "28,17 45,17 70,17 60,38 50,60 44,86",
        "36,50 50,49 68,48",
    ),
    8: ("64,24 52,15 38,20 37,32 50,45 63,58 66,74 52,86 37,78 36,65 50,50 62,36 64,24",),
    9: ("65,30 55,17 40,20 35,34 43,46 57,44 66,32 65,50 62,70 54,86",),
}


def _hand(digits: dict[int, tuple[str, ...]]) -> dict[int, list[Line]]:
    return {digit: [_line(each) for each in lines] for digit, lines in digits.items()}


def _line(text: str) -> Line:
    """Return a line, with as many points as a mouse reports."""
    corners = np.array([[int(number) / 100.0 for number in pair.split(",")] for pair in text.split()])
    corner, steps = np.arange(len(corners)), np.linspace(0, len(corners) - 1, STEPS * (len(corners) - 1) + 1)
    return [(float(np.interp(k, corner, corners[:, 0])), float(np.interp(k, corner, corners[:, 1]))) for k in steps]


ROUND_HAND, QUICK_HAND = _hand(_ROUND), _hand(_QUICK)


def placed(lines: list[Line], scale: float, x: float = 0.0, y: float = 0.0) -> list[Line]:
    """Return a drawing scaled about the middle and moved."""
    return [[(0.5 + scale * (u - 0.5) + x, 0.5 + scale * (v - 0.5) + y) for u, v in line] for line in lines]
