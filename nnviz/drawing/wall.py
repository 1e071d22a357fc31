"""The wall of a sweep: small maps of many networks beside each other, each with its figures below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from nnviz.drawing.fonts import ui_font
from nnviz.drawing.small_map import paint_small_map
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame
from nnviz.experiment.prepare import Prepared

GAP = 12.0


class WallTile(Struct, frozen=True):
    """One map.

    Attributes
    ----------
    row, column : int
    lines : sequence of str
        Written below it, the first one in bold.
    build : callable
        Gives the frame, with its plane, and the data; called once it is painted, for a wall may have hundreds.
    """

    row: int
    column: int
    lines: Sequence[str]
    build: Callable[[], tuple[Frame, Prepared]]


class WallPicture(Struct, frozen=True):
    """What is painted.

    Attributes
    ----------
    title, note : str
    tiles : sequence of WallTile
    n_rows, n_columns : int
    rows, columns : sequence of str
        Labels of rows and columns; none where the maps are sorted.
    row_name, column_name : str
    """

    title: str
    note: str
    tiles: Sequence[WallTile]
    n_rows: int
    n_columns: int
    rows: Sequence[str] = ()
    columns: Sequence[str] = ()
    row_name: str = ""
    column_name: str = ""


class WallLayout(Struct, frozen=True):
    """Sizes in device-independent pixels.

    Attributes
    ----------
    size : (float, float)
        Of the whole picture.
    side : float
        Of a map.
    left, top : float
        Of the first map.
    pitch : float
        From one row to the next.
    line : float
        Height of a line of text.
    """

    size: tuple[float, float]
    side: float
    left: float
    top: float
    pitch: float
    line: float

    def map_at(self, row: int, column: int) -> QRectF:
        """Return where a map is."""
        return QRectF(self.left + column * (self.side + GAP), self.top + row * self.pitch, self.side, self.side)


def layout_wall(wall: WallPicture, theme: Theme) -> WallLayout:
    """Return the sizes of a wall: the maps are smaller where there are many."""
    metrics = QFontMetricsF(ui_font(theme.small_font_size, bold=True))
    line = metrics.height()
    side = min(max(1500.0 / max(wall.n_columns, 1) - GAP, 96.0), 240.0)
    n_lines = max((len(tile.lines) for tile in wall.tiles), default=0)
    labels = max((metrics.horizontalAdvance(label) for label in (*wall.rows, f"{wall.row_name} ↓")), default=0.0)
    left = 2.0 * line + (min(labels, 240.0) + 0.5 * line if wall.rows else 0.0)
    top = 4.0 * line + (3.0 * line if wall.columns else 0.0)
    pitch = side + (n_lines + 0.4) * line + GAP
    width = max(left + wall.n_columns * (side + GAP) - GAP + 2.0 * line, 560.0)
    return WallLayout((width, top + wall.n_rows * pitch + line), side, left, top, pitch, line)


def paint_wall(painter: QPainter, wall: WallPicture, theme: Theme) -> None:
    """Paint a wall from the top left corner on; its size is that of `layout_wall`."""
    layout = layout_wall(wall, theme)
    line, width = layout.line, layout.size[0]
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.setFont(ui_font(theme.font_size + 1.0, bold=True))
    painter.setPen(theme.colour("text"))
    heading = QRectF(2.0 * line, 0.8 * line, width - 4.0 * line, 1.5 * line)
    painter.drawText(heading, _LEFT, _elided(painter, wall.title, heading.width()))
    painter.setFont(ui_font(theme.small_font_size))
    painter.setPen(theme.colour("quiet"))
    painter.drawText(heading.translated(0.0, 1.4 * line), _LEFT, _elided(painter, wall.note, heading.width()))
    _paint_labels(painter, wall, layout, theme)
    for tile in wall.tiles:
        area = layout.map_at(tile.row, tile.column)
        frame, data = tile.build()
        paint_small_map(painter, area, frame, data, theme)
        _paint_lines(painter, area, tile.lines, theme, line)
    painter.restore()


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _paint_labels(painter: QPainter, wall: WallPicture, layout: WallLayout, theme: Theme) -> None:
    """Name what differs from row to row and from column to column."""
    line = layout.line
    above = layout.top - 1.6 * line
    painter.setPen(theme.colour("text"))
    for column, label in enumerate(wall.columns):
        area = layout.map_at(0, column)
        box = QRectF(area.left(), above, area.width(), line)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _elided(painter, label, box.width()))
    for row, label in enumerate(wall.rows):
        area = layout.map_at(row, 0)
        box = QRectF(line, area.center().y() - line / 2, layout.left - 1.6 * line, line)
        painter.drawText(box, _RIGHT, _elided(painter, label, box.width()))
    painter.setFont(ui_font(theme.small_font_size, bold=True))
    if wall.columns:
        whole = QRectF(layout.left, above - 1.2 * line, layout.size[0] - layout.left - 2.0 * line, line)
        painter.drawText(whole, _LEFT, _elided(painter, f"{wall.column_name} →", whole.width()))
    if wall.rows:
        box = QRectF(line, above, layout.left - 1.6 * line, line)
        painter.drawText(box, _RIGHT, _elided(painter, f"{wall.row_name} ↓", box.width()))
    painter.setFont(ui_font(theme.small_font_size))


def _paint_lines(painter: QPainter, area: QRectF, lines: Sequence[str], theme: Theme, line: float) -> None:
    for number, text in enumerate(lines):
        painter.setFont(ui_font(theme.small_font_size, bold=number == 0))
        painter.setPen(theme.colour("quiet" if number else "text"))
        box = QRectF(area.left(), area.bottom() + (number + 0.2) * line, area.width(), line)
        painter.drawText(box, _LEFT, _elided(painter, text, box.width()))
    painter.setFont(ui_font(theme.small_font_size))


def _elided(painter: QPainter, text: str, width: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, width)
