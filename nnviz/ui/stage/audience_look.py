"""The look on a projector: type and lines by the height of the screen, light or dark as the room wants it."""

from __future__ import annotations

from collections.abc import Sequence

from nnviz.drawing.theme import PROJECTED_SHARE, Theme, projector_theme

#: Height of the smallest type with four views, as a share of the screen's: a hair more than 1.9 %.
SHARE_OF_FOUR = 0.0192
#: How many views a stage shows side by side.
COUNTS = (1, 2, 4)


def audience_theme(height: int, n_views: int, *, dark: bool) -> Theme:
    """Return the look of a stage of `height` pixels: on a small screen, too, type keeps its share of it."""
    share = SHARE_OF_FOUR if n_views > 2 else PROJECTED_SHARE
    return projector_theme(dark=dark).for_height(height, share, least=0.0)


def places_of(n_views: int) -> Sequence[tuple[int, int]]:
    """Return row and column of each of so many views: beside each other, four of them in two rows."""
    columns = 2 if n_views > 1 else 1
    return [divmod(index, columns) for index in range(n_views)]
