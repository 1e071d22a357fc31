"""All maps of a wall in one widget: painted, pointed at, walked by keyboard, and picked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.drawing.fonts import ui_font
from nnviz.drawing.small_map import paint_small_edge, paint_small_ground, paint_small_points
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Plane
from nnviz.session.runs.wall import VIEWER, Tile, Wall
from nnviz.sweeps.wall import Labels
from nnviz.ui.walls.wall_grid import GAP, ONE_LINE_BELOW, WallGrid, labelled_grid, sorted_grid
from nnviz.ui.walls.wall_texts import (
    SIGNS,
    bare_name_of,
    bare_score_of,
    figures_of,
    loss_of,
    name_of,
    round_score_of,
    score_of,
    sentence_of,
    side_name,
)
from nnviz.ui.widgets.help_text import inert_tooltip
from nnviz.ui.widgets.keyboard import BY_KEYBOARD, ENTER_KEYS

MARGIN = 2.0


class WallView(QWidget):
    """The maps.

    Attributes
    ----------
    current : int or None
        Number of the run at which the keyboard is.
    grid : WallGrid

    Signals
    -------
    picked : int
        The run with this number was clicked, or Enter was pressed on it.
    came_to : object
        Where (a QRectF) the keyboard is now, so that it can be scrolled to.
    """

    picked = Signal(int)
    came_to = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wall: Wall | None = None
        self.main_number: Callable[[], int | None] = lambda: None
        self.current: int | None = None
        self._has_ring = False
        self._hovered: int | None = None
        self._room = QSize(400, 400)
        self.grid = WallGrid(1, 0, 100.0, 0.0, 0.0, 0.0)
        self._places: list[int] = []
        self._pictures: dict[int, QPixmap] = {}
        self._points: dict[object, QPixmap] = {}
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)

    # -- what is shown ------------------------------------------------------------------------------------------

    def show_wall(self, wall: Wall | None) -> None:
        """Show another wall, or none."""
        self._wall, self.current, self._hovered = wall, None, None
        self._pictures.clear()
        self._points.clear()
        n = 0 if wall is None else len(wall.tiles)
        self.setAccessibleName(self.tr("Wall of %n run(s)", "", n))
        self.fit()

    def show_changed(self, numbers: Iterable[int]) -> None:
        """Paint some maps anew."""
        for number in numbers:
            self._pictures.pop(number, None)
            self._update(number)

    def show_order(self) -> None:
        """Let the maps change places."""
        self._arrange()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.fit()

    def set_room(self, room: QSize) -> None:
        """Fill this much, or more height where the maps would become too small."""
        if room != self._room:
            self._room = room
            self.fit()

    # -- geometry -----------------------------------------------------------------------------------------------

    @property
    def _line(self) -> float:
        return QFontMetricsF(ui_font(self._theme.small_font_size, bold=True)).height()

    def fit(self) -> None:
        """Lay the maps out anew, with pictures of their new size."""
        self._pictures.clear()
        self._points.clear()
        wall = self._wall
        if wall is not None:
            width, height = self._room.width() - 2 * MARGIN, self._room.height() - 2 * MARGIN
            if wall.sides is None:
                self.grid = sorted_grid(len(wall.tiles), width, height, self._line)
            else:
                rows, columns = (len(side.texts) for side in wall.sides)
                self.grid = labelled_grid(rows, columns, width, height, self._line, self._label_room(wall.sides[0]))
            self.setMinimumHeight(round(self.grid.height + 2 * MARGIN))
        self._arrange()
        self.update()

    def _label_room(self, down: Labels) -> tuple[float, float]:
        """Return the room that labels take left of the rows and above the columns."""
        metrics = QFontMetricsF(ui_font(self._theme.small_font_size, bold=True))
        widest = max(metrics.horizontalAdvance(text) for text in (f"{side_name(down.key)} ↓", *down.texts))
        return min(widest, 0.22 * self._room.width()) + 0.8 * self._line, 2.6 * self._line

    def _arrange(self) -> None:
        wall = self._wall
        if wall is None:
            self._places = []
        elif wall.sides is None:
            self._places = list(wall.order)
        else:
            self._places = [tile.number for tile in wall.tiles]

    def cell_of(self, number: int) -> QRectF:
        """Return where a run hangs, its figures included; empty where it does not."""
        if number not in self._places:
            return QRectF()
        return self.grid.cell_at(self._places.index(number)).translated(MARGIN, MARGIN)

    def number_at(self, position: QPointF) -> int | None:
        """Return the run at a place of the widget."""
        for place, number in enumerate(self._places):
            if self.grid.cell_at(place).translated(MARGIN, MARGIN).contains(position):
                return number
        return None

    def _update(self, number: int | None) -> None:
        if number is not None:
            self.update(self.cell_of(number).adjusted(-6, -6, 6, 6).toAlignedRect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep to the new width."""
        super().resizeEvent(event)
        if event.size().width() != self._room.width():
            self.set_room(QSize(event.size().width(), self._room.height()))

    # -- mouse and keyboard -------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the run under the pointer."""
        number = self.number_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or number is None:
            super().mousePressEvent(event)
            return
        self._go(number, ring=False)
        self.picked.emit(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would pick."""
        self._hover(self.number_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Show nothing any more."""
        self._hover(None)
        super().leaveEvent(event)

    def _hover(self, number: int | None) -> None:
        if number != self._hovered:
            self._update(self._hovered)
            self._hovered = number
            self._update(number)
            self.setCursor(Qt.CursorShape.ArrowCursor if number is None else Qt.CursorShape.PointingHandCursor)

    def event(self, event: QEvent) -> bool:
        """Explain the run under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self.number_at(QPointF(event.pos()))
            text = self.tr("{0}. A click makes a copy of it the main network.").format(self.sentence(number))
            QToolTip.showText(event.globalPos(), "" if number is None else inert_tooltip(text), self)
            return True
        return super().event(event)

    def sentence(self, number: int | None) -> str:
        """Return what is said of a run; empty of none."""
        if number is None or self._wall is None:
            return ""
        tile = self._wall.tiles[number]
        return sentence_of(tile, tile.standing.verdict(self._wall.threshold))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move, Enter picks."""
        columns, last = self.grid.columns, len(self._places) - 1
        place = self._places.index(self.current) if self.current in self._places else -1
        targets = {
            Qt.Key.Key_Left: place - 1,
            Qt.Key.Key_Right: place + 1,
            Qt.Key.Key_Up: place - columns,
            Qt.Key.Key_Down: place + columns,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in targets and last >= 0:
            self._go_to(0 if place < 0 else targets[key], place)
        elif key in ENTER_KEYS and self.current is not None:
            self.picked.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _go_to(self, place: int, before: int) -> None:
        """Walk to a place; where there is none, stay."""
        self._go(self._places[place if 0 <= place < len(self._places) else before], ring=True)

    def _go(self, number: int | None, *, ring: bool) -> None:
        self._update(self.current)
        self.current, self._has_ring = number, ring
        self._update(number)
        self.setAccessibleDescription(self.sentence(number))
        if number is not None:
            self.came_to.emit(self.cell_of(number))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        if event.reason() in BY_KEYBOARD:
            first = self._places[0] if self._places else None
            self._go(first if self.current is None else self.current, ring=True)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide it."""
        self._update(self.current)
        super().focusOutEvent(event)

    # -- look ---------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the maps that are in view."""
        wall = self._wall
        if wall is None:
            return
        begun_s = time.perf_counter()
        with QPainter(self) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            area = QRectF(event.rect())
            if wall.sides is not None:
                self._paint_labels(painter, *wall.sides)
            for place, number in enumerate(self._places):
                cell = self.grid.cell_at(place).translated(MARGIN, MARGIN)
                if cell.adjusted(-4, -4, 4, 4).intersects(area):
                    self._paint_tile(painter, self.grid.map_at(place).translated(MARGIN, MARGIN), wall.tiles[number])
        wall.worked(time.perf_counter() - begun_s)

    def _paint_tile(self, painter: QPainter, area: QRectF, tile: Tile) -> None:
        theme, wall = self._theme, self._wall
        assert wall is not None
        painter.drawPixmap(area.topLeft(), self._picture(tile))
        verdict = tile.standing.verdict(wall.threshold)
        if tile.number == self.main_number():
            painter.setPen(QPen(theme.colour("positive"), 3.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(-1.0, -1.0, 1.0, 1.0))
        elif tile.number == self._hovered:
            painter.setPen(QPen(theme.colour("quiet"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area)
        if tile.number == self.current and self._has_ring and self.hasFocus():
            painter.setPen(QPen(theme.colour("text"), 1.4, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(-3.5, -3.5, 3.5, 3.5))
        sign, is_small = SIGNS[verdict], self.grid.side < ONE_LINE_BELOW
        has_score = tile.frame is not None and not tile.standing.fault
        if wall.sides is None:
            lines = [name_of(tile.point), figures_of(tile)]
        else:
            lines = [score_of(tile), loss_of(tile)] if has_score else [figures_of(tile)]
        bare = bare_name_of(tile.point) if wall.sides is None else lines[0]
        shorts: list[tuple[str, ...]] = [(bare,), (score_of(tile),) if has_score and wall.sides is None else ()]
        if is_small and has_score:
            lines = [score_of(tile)]
            shorts = [(round_score_of(tile), bare_score_of(tile))]
        before = f"{sign} " if sign else ""
        for row, text in enumerate(lines[:1] if is_small else lines):
            start = "" if row else before
            self._write(painter, area, row, *(f"{start}{each}" for each in (text, *shorts[row])))

    def _write(self, painter: QPainter, area: QRectF, row: int, *texts: str) -> None:
        """Write a line below a map: the first that there is room for, from long to short."""
        painter.setFont(ui_font(self._theme.small_font_size, bold=row == 0))
        painter.setPen(self._theme.colour("quiet" if row else "text"))
        line = self._line
        box = QRectF(area.left(), area.bottom() + (0.12 + row) * line, area.width() + 6.0, line)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        metrics = QFontMetricsF(painter.font())
        fitting = next((text for text in texts if metrics.horizontalAdvance(text) <= box.width()), texts[-1])
        painter.drawText(box, left, _elided(painter, fitting, box.width()))

    def _paint_labels(self, painter: QPainter, down: Labels, across: Labels) -> None:
        """Name what differs from row to row and from column to column."""
        grid, line = self.grid, self._line
        first = grid.map_at(0).translated(MARGIN, MARGIN)
        above = first.top() - 1.3 * line
        left = QRectF(0.0, above, first.left() - 0.5 * line, line)
        bold, plain = ui_font(self._theme.small_font_size, bold=True), ui_font(self._theme.small_font_size)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self._theme.colour("quiet"))
        painter.setFont(bold)
        painter.drawText(left, right, _elided(painter, f"{side_name(down.key)} ↓", left.width()))
        width = grid.columns * (grid.side + GAP)
        whole = QRectF(first.left(), above - 1.1 * line, width, line)
        painter.drawText(whole, Qt.AlignmentFlag.AlignLeft, _elided(painter, f"{side_name(across.key)} →", width))
        painter.setPen(self._theme.colour("text"))
        painter.setFont(plain)
        for column, text in enumerate(across.texts):
            box = QRectF(grid.map_at(column).left() + MARGIN, above, grid.side, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _elided(painter, text, box.width()))
        for row, text in enumerate(down.texts):
            middle = grid.map_at(row * grid.columns).center().y() + MARGIN
            box = QRectF(0.0, middle - 0.5 * line, left.width(), line)
            painter.drawText(box, right, _elided(painter, text, box.width()))

    def _picture(self, tile: Tile) -> QPixmap:
        """Return the map of a run, made once for each frame."""
        picture = self._pictures.get(tile.number)
        if picture is None:
            picture = self._pictures[tile.number] = self._blank()
            with QPainter(picture) as painter:
                painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
                self._paint_map(painter, QRectF(0.0, 0.0, self.grid.side, self.grid.side), tile)
        return picture

    def _blank(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixels = max(round(self.grid.side * ratio), 1)
        picture = QPixmap(pixels, pixels)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        return picture

    def _paint_map(self, painter: QPainter, area: QRectF, tile: Tile) -> None:
        theme, frame, prepared = self._theme, tile.frame, tile.prepared
        plane = tile.plane
        if frame is None or prepared is None or plane is None:
            painter.fillRect(area, theme.colour("field"))
        else:
            seen = frame.seen_by(VIEWER)
            paint_small_ground(painter, area, seen, prepared, theme)
            if plane.values.shape[0] == 1:
                paint_small_points(painter, area, plane, prepared, theme)
            else:
                painter.drawPixmap(0, 0, self._points_of(tile, plane))
        paint_small_edge(painter, area.adjusted(0.5, 0.5, -0.5, -0.5), theme)

    def _points_of(self, tile: Tile, plane: Plane) -> QPixmap:
        """Return the points over a map: the same ones for all runs on the same rows."""
        assert tile.prepared is not None
        key = (id(tile.prepared.dataset), tile.point.fold, plane.x_range, plane.y_range, plane.axes)
        picture = self._points.get(key)
        if picture is None:
            picture = self._points[key] = self._blank()
            with QPainter(picture) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                area = QRectF(0.0, 0.0, self.grid.side, self.grid.side)
                paint_small_points(painter, area, plane, tile.prepared, self._theme)
        return picture


def _elided(painter: QPainter, text: str, width: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, width)
