"""Every colour, width and font size, in one frozen theme per look."""

from __future__ import annotations

from dataclasses import dataclass

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
#: pyqtgraph's symbol names, which `drawing.markers` paints too.
CLASS_SHAPES = ("o", "s", "t1", "d", "p", "t", "h", "star", "t2", "t3")


@dataclass(frozen=True, kw_only=True)
class Theme:
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
    test: str
    warning: str
    classes: tuple[str, ...] = CLASS_COLOURS
    font_size: float = 10.0
    small_font_size: float = 9.0
    figure_font_size: float = 15.0
    line_width: float = 1.6
    edge_width: float = 7.0
    marker_size: float = 9.0

    def colour(self, role: str, alpha: int = 255) -> QColor:
        """Return the colour of a role, such as ``"text"``."""
        colour = QColor(getattr(self, role))
        colour.setAlpha(alpha)
        return colour

    def class_colour(self, index: int) -> QColor:
        """Return the colour of a class, which repeats after ten."""
        return QColor(self.classes[index % len(self.classes)])


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
    test="#c58af9",
    warning="#ff8a80",
    classes=(
        "#58a6e8",
        "#ffb733",
        "#f0604a",
        "#b06fdc",
        "#a9b8b6",
        "#c98b78",
        "#f58a3c",
        "#cfc285",
        "#9a9fac",
        "#92dadd",
    ),
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}
