"""Every colour, width and font size, in one frozen theme per look.

The table itself needs no Qt, so that the command line can name the themes where Qt's system libraries are missing.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

#: Petroff's ten colours (arXiv:2107.02270): distinguishable for every form of colour vision, one shape each besides.
CLASS_COLOURS = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#832db6",
    "#94a4a2",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
#: The same, but for the two whose contrast to a dark canvas is below 3:1: as much lighter as that takes, and no more.
CLASS_COLOURS_ON_DARK = tuple({"#bd1f01": "#cc2101", "#832db6": "#8a41d0"}.get(name, name) for name in CLASS_COLOURS)
#: Height of the smallest type of a projector view, as a share of the screen's: a hair more than the 2.2 % that the last
#: row of a room can read.
PROJECTED_SHARE = 0.0222
#: Of Qt's type on a screen of 96 dots an inch, to which Qt scales every other one.
POINTS_PER_PIXEL = 0.75
_GROWING = ("font_size", "small_font_size", "figure_font_size", "line_width", "edge_width", "marker_size")
#: pyqtgraph's symbol names, which `drawing.markers` paints too.
CLASS_SHAPES = ("o", "s", "t1", "d", "p", "t", "h", "star", "t2", "t3")


@cache
def _colour_type() -> type[QColor]:
    from PySide6.QtGui import QColor

    return QColor


class Theme(Struct, frozen=True, kw_only=True):
    """One look of the whole application.

    Colours are ``#rrggbb``. Sizes are in device-independent pixels, font sizes in points.

    Attributes
    ----------
    positive, negative : str
        Signs of weights and of activations; `positive` is the accent as well.
    positive_text, negative_text : str
        The same, dark (or light) enough for text on `panel`.
    on_accent : str
        Text on `positive`.
    neutral : str
        Middle of the diverging map.
    projected : bool
        Whether it is made for walls: large type, strong contrast.
    enlarged : float
        How much larger than `THEMES` says its sizes are; see `for_height`.
    """

    name: str
    label: str
    dark: bool
    window: str
    panel: str
    canvas: str
    field: str
    line: str
    text: str
    quiet: str
    positive: str
    negative: str
    positive_text: str
    negative_text: str
    on_accent: str
    neutral: str
    train: str
    validation: str
    test: str
    warning: str
    classes: tuple[str, ...] = CLASS_COLOURS
    font_size: float = 10.0
    small_font_size: float = 9.0
    figure_font_size: float = 15.0
    line_width: float = 1.6
    edge_width: float = 7.0
    marker_size: float = 9.0
    projected: bool = False
    enlarged: float = 1.0

    def for_height(self, height: float, share: float = PROJECTED_SHARE, *, least: float = 1.0) -> Theme:
        """Return the look on a wall: type and lines grow with a screen's height in pixels. Others stay as they are.

        The smallest type is `share` of the height high, but never smaller than `least` times what it is on a desk.
        """
        if not self.projected:
            return self
        base = THEMES[self.name]
        factor = max(least, share * height * POINTS_PER_PIXEL / base.small_font_size)
        return replace(base, enlarged=factor, **{name: factor * getattr(base, name) for name in _GROWING})

    def colour(self, role: str, alpha: int = 255) -> QColor:
        """Return the colour of a role, such as ``"text"``."""
        colour = _colour_type()(getattr(self, role))
        colour.setAlpha(alpha)
        return colour

    def class_colour(self, index: int) -> QColor:
        """Return the colour of a class, which repeats after ten."""
        return _colour_type()(self.classes[index % len(self.classes)])


LIGHT = Theme(
    name="light",
    label="Light",
    dark=False,
    window="#f4f5f7",
    panel="#ffffff",
    canvas="#fbfcfd",
    field="#eef0f4",
    line="#d9dde3",
    text="#1c2430",
    quiet="#5a6573",
    positive="#1f6fb5",
    negative="#d9720b",
    positive_text="#1f6fb5",
    negative_text="#b45309",
    on_accent="#ffffff",
    neutral="#f3f4f6",
    train="#1c2430",
    validation="#0b7a75",
    test="#8e44ad",
    warning="#b3261e",
)
DARK = Theme(
    name="dark",
    label="Dark",
    dark=True,
    window="#15181d",
    panel="#1d2127",
    canvas="#171b21",
    field="#272d35",
    line="#323944",
    text="#e8ecf1",
    quiet="#a7b1bf",
    positive="#58a6e8",
    negative="#f0953a",
    positive_text="#58a6e8",
    negative_text="#f0953a",
    on_accent="#0c1116",
    neutral="#2a2f37",
    train="#e8ecf1",
    validation="#3cc9a0",
    test="#c58af9",
    warning="#ff8a80",
    classes=CLASS_COLOURS_ON_DARK,
)
PROJECTOR = replace(
    DARK,
    name="projector",
    label="Projector, dark",
    projected=True,
    window="#101317",
    panel="#15181d",
    canvas="#121519",
    field="#1f242b",
    line="#343c48",
    text="#f7f9fc",
    quiet="#c3ccd8",
    positive="#6fb6f2",
    negative="#f6a04a",
    positive_text="#86c3f6",
    negative_text="#ffb066",
    validation="#3cc9a0",
    test="#d8b0ff",
    train="#f7f9fc",
    warning="#ffb1aa",
    font_size=14.0,
    small_font_size=12.5,
    figure_font_size=26.0,
    line_width=2.8,
    edge_width=9.5,
    marker_size=13.0,
)
PROJECTOR_LIGHT = replace(
    PROJECTOR,
    name="projector_light",
    label="Projector, light",
    dark=False,
    window="#f1f3f6",
    panel="#ffffff",
    canvas="#ffffff",
    field="#e9edf2",
    line="#bcc4ce",
    text="#0a0f16",
    quiet="#36404c",
    positive="#0b5394",
    negative="#c25700",
    positive_text="#0b4c88",
    negative_text="#7a3603",
    on_accent="#ffffff",
    neutral="#eef0f3",
    train="#0a0f16",
    validation="#00604a",
    test="#6b2391",
    warning="#861510",
    classes=CLASS_COLOURS,
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK, PROJECTOR_LIGHT, PROJECTOR)}


def projector_theme(*, dark: bool) -> Theme:
    """Return the look of the projector view for somebody who prefers light or dark."""
    return PROJECTOR if dark else PROJECTOR_LIGHT
