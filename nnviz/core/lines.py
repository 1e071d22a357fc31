"""Straight lines on a plane as what they part: z = a·x + b·y + c, zero on the line, positive on its active side.

The line of a unit is one of them: its pre-activation over a plane of two features.
"""

from __future__ import annotations

import math
from typing import Literal

from msgspec import Struct

Place = tuple[float, float]
Segment = tuple[float, float, float, float]
"""x1, y1, x2, y2."""


class Line(Struct, frozen=True):
    """A function that is linear over a plane, and the line on which it is zero.

    Attributes
    ----------
    a, b, c : float
        Of z = a·x + b·y + c. Where a and b are both 0 there is no line.
    """

    a: float
    b: float
    c: float

    def at(self, x: float, y: float) -> float:
        """Return z at a place."""
        return self.a * x + self.b * y + self.c

    @property
    def steepness(self) -> float:
        """By how much z rises per unit of distance from the line."""
        return math.hypot(self.a, self.b)

    def distance(self, x: float, y: float) -> float:
        """Return how far a place is from the line, negative on its silent side; infinite where there is none."""
        return self.at(x, y) / self.steepness if self.steepness > 0.0 else math.copysign(math.inf, self.c)

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """Return the place on the line that is nearest to a place."""
        away = self.at(x, y) / (self.a * self.a + self.b * self.b)
        return x - away * self.a, y - away * self.b

    def shifted(self, dx: float, dy: float) -> Line:
        """Return the line moved along, parallel to itself."""
        return Line(self.a, self.b, self.c - self.a * dx - self.b * dy)

    def turned(self, x: float, y: float, angle: float) -> Line:
        """Return the line turned about a place, where z stays what it is; `angle` in radians, from x towards y."""
        sine, cosine = math.sin(angle), math.cos(angle)
        a, b = cosine * self.a - sine * self.b, sine * self.a + cosine * self.b
        return Line(a, b, self.at(x, y) - a * x - b * y)

    def scaled(self, factor: float) -> Line:
        """Return the same line, `factor` times as steep."""
        return Line(factor * self.a, factor * self.b, factor * self.c)

    def stretched(self, across: float, up: float, right: float = 0.0, above: float = 0.0) -> Line:
        """Return z over a plane whose places are ``(across·x + right, up·y + above)``, such as pixels."""
        a, b = self.a / across, self.b / up
        return Line(a, b, self.c - a * right - b * above)

    def within(self, left: float, bottom: float, right: float, top: float) -> Segment | None:
        """Return the part of the line that lies in a rectangle, None where there is none.

        Seen from its beginning, the active side is on the left where y points up.
        """
        length = self.a * self.a + self.b * self.b
        if not (0.0 < length < math.inf and math.isfinite(self.c)):
            return None
        # Liang and Barsky's way: the line is a point and a direction, and each edge of the rectangle bounds how far it
        # goes.
        x, y = self.nearest((left + right) / 2.0, (bottom + top) / 2.0)
        dx, dy = self.b / math.sqrt(length), -self.a / math.sqrt(length)
        begin, end = -math.inf, math.inf
        for place, step, low, high in ((x, dx, left, right), (y, dy, bottom, top)):
            if abs(step) < 1e-12:
                if not low <= place <= high:
                    return None
                continue
            first, last = sorted(((low - place) / step, (high - place) / step))
            begin, end = max(begin, first), min(end, last)
        if begin >= end:
            return None
        return x + begin * dx, y + begin * dy, x + end * dx, y + end * dy


Grip = Literal["move", "turn", "scale"]
"""What a hand on a line does: it moves the line, turns it about a place on it, or makes it steeper where it is."""
#: Pixels away from the line, towards its active side, by which it becomes twice as steep.
DOUBLING = 80.0


def dragged(line: Line, grip: Grip, pivot: Place, start: Place, now: Place) -> Line:
    """Return where a drag brings a line.

    Parameters
    ----------
    line : Line
        Before the drag, over pixels of the screen.
    grip : "move", "turn" or "scale"
    pivot : (float, float)
        About which it turns.
    start, now : (float, float)
        Where the pointer was pressed, and where it is.
    """
    if grip == "move":
        return line.shifted(now[0] - start[0], now[1] - start[1])
    if grip == "turn":
        before, after = (math.atan2(place[1] - pivot[1], place[0] - pivot[0]) for place in (start, now))
        return line.turned(*pivot, after - before)
    return line.scaled(2.0 ** ((line.distance(*now) - line.distance(*start)) / DOUBLING))
