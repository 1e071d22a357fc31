"""Small pictures of the toy data sets, drawn from the real generators, that choose one at a click.

The pictures are drawn one at a time while the event loop is idle, so that neither the first window nor a drag of the
noise slider waits for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from nnviz.core.errors import NnvizError
from nnviz.data import DATASETS, load_dataset
from nnviz.drawing.dataset_picture import picture
from nnviz.drawing.theme import Theme
from nnviz.ui.widgets.help_text import choice_tooltip, table_text

#: Enough points to recognise a shape in a picture of some 45 pixels.
N_POINTS = 90
SHOW_DELAY_MS = 40
COLUMNS = 6
GAP = 4
#: Side at which pictures are drawn; tiles scale them down by device pixels.
PICTURE_SIDE = 56
#: Side below which nothing can be told apart.
SMALLEST = 30
KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Look(Struct, frozen=True):
    """What a picture depends on besides its data set.

    Attributes
    ----------
    theme : Theme
    noise : float or None
        What the user has set; None: each generator's own.
    task : str
        Task of the present data: noise means the same for all data sets of one task, and only for those.
    name : str
        The present data set, in the look of its own picture; empty in all others.
    parameters : tuple of (str, float)
        Of that data set, as the user has set them.
    """

    theme: Theme
    noise: float | None = None
    task: str = ""
    name: str = ""
    parameters: tuple[tuple[str, float], ...] = ()


class DatasetTile(QAbstractButton):
    """One data set: a picture in a frame, which is thick and in the accent colour where it is the present one."""

    def __init__(self, name: str, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        entry = DATASETS[name]
        self.name = name
        self._look = look
        self._drawn: Look | None = None
        self._picture: QPixmap | None = None
        self._by_keyboard = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(choice_tooltip(entry))
        self.setAccessibleName(table_text(entry.label))
        self.setAccessibleDescription(table_text(entry.help))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_look(self, look: Look) -> None:
        """Ask for another picture; the old one stays until it is drawn."""
        self._look = look
        self.update()

    @property
    def is_current(self) -> bool:
        """Whether the picture shows what it should."""
        return self._drawn == self._look

    def draw_picture(self) -> None:
        """Draw the picture from the generator, with the present noise where that is within its bounds."""
        entry = DATASETS[self.name]
        curve = entry.task == "regression" and entry.n_features == 1
        parameters = dict(self._look.parameters)
        rows, noise, wanted = entry.parameter_of("rows"), entry.parameter_of("noise"), self._look.noise
        if rows is not None:
            parameters[rows.name] = N_POINTS * (3 if curve else 1)
        if noise is not None and wanted is not None and not self._look.name and entry.task == self._look.task:
            parameters[noise.name] = wanted if noise.minimum <= wanted <= noise.maximum else noise.default
        try:
            dataset = load_dataset(self.name, seed=1, **parameters)
        except NnvizError:
            self._picture = None
        else:
            self._picture = picture(dataset, self._look.theme, PICTURE_SIDE, max(2.0, self.devicePixelRatioF()))
        self._drawn = self._look
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Note whether the keyboard brought the focus: only then is it drawn."""
        self._by_keyboard = event.reason() in KEYBOARD_REASONS
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move on through the gallery."""
        self._by_keyboard = True
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Return the size at which pictures are drawn; the gallery fixes another."""
        return QSize(PICTURE_SIDE, PICTURE_SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw frame and picture."""
        theme = self._look.theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            active = self.isChecked()
            width = 2.0 if active else 1.0
            role = "positive" if active else "quiet" if self.underMouse() else "line"
            painter.setPen(QPen(theme.colour(role), width))
            painter.setBrush(theme.colour("canvas"))
            frame = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
            painter.drawRoundedRect(frame, 5, 5)
            if self._picture is not None:
                painter.drawPixmap(frame.adjusted(1, 1, -1, -1), self._picture, QRectF(self._picture.rect()))
            if self.hasFocus() and self._by_keyboard:
                painter.setPen(QPen(theme.colour("text"), 1.0, Qt.PenStyle.DotLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(frame.adjusted(2, 2, -2, -2), 4, 4)


class DatasetGallery(QWidget):
    """A grid of pictures of data sets.

    Parameters
    ----------
    names : sequence of str
        Entries of `nnviz.data.DATASETS` with one or two features.
    theme : Theme

    Signals
    -------
    chosen(str)
        The user picked the data set of that name.
    """

    chosen = Signal(str)

    def __init__(self, names: Sequence[str], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = Look(theme)
        self._look = look
        self._group = QButtonGroup(self)
        self.tiles = [DatasetTile(name, look, self) for name in names]
        for index, tile in enumerate(self.tiles):
            self._group.addButton(tile, index)
        self._group.idClicked.connect(self._on_clicked)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self._draw_next)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("Data sets"))

    def set_present(self, name: str | None, parameters: Mapping[str, float], task: str) -> None:
        """Mark the present data set, and draw the pictures of its task with its noise.

        Parameters
        ----------
        name : str or None
            One that has no picture marks none.
        parameters : mapping
            That the user has set.
        task : str
            Of the present data.
        """
        self._group.setExclusive(False)
        for tile in self.tiles:
            tile.setChecked(tile.name == name)
        self._group.setExclusive(True)
        present = DATASETS.get(name or "")
        roles = {} if present is None else {entry.name: entry.role for entry in present.parameters}
        own = tuple(sorted((key, value) for key, value in parameters.items() if roles.get(key) != "rows"))
        noise = next((value for key, value in parameters.items() if roles.get(key) == "noise"), None)
        self._set_look(Look(self._look.theme, noise, task, name or "", own))

    def set_theme(self, theme: Theme) -> None:
        """Draw the pictures in other colours."""
        self._set_look(replace(self._look, theme=theme))

    def _set_look(self, look: Look) -> None:
        if look == self._look:
            return
        self._look = look
        for tile in self.tiles:
            tile.set_look(look if look.name == tile.name else replace(look, name="", parameters=()))
        if self.isVisible():
            self._clock.start(0)

    @Slot()
    def _draw_next(self) -> None:
        """Draw one picture that is out of date, and come back for the next."""
        stale = next((tile for tile in self.tiles if not tile.is_current), None)
        if stale is not None:
            stale.draw_picture()
            self._clock.start(0)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to draw what is out of date."""
        super().showEvent(event)
        # The window first: its first picture should not wait for these.
        self._clock.start(SHOW_DELAY_MS)

    def hideEvent(self, event: QHideEvent) -> None:
        """Draw nothing that nobody sees."""
        self._clock.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the tiles into the width; until the height follows, into the height, so that no row covers another."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        high = (self.height() - GAP * (self._n_rows - 1)) // self._n_rows
        side = max(SMALLEST, min(self._side, high))
        for index, tile in enumerate(self.tiles):
            row, column = divmod(index, COLUMNS)
            tile.setGeometry(column * (side + GAP), row * (side + GAP), side, side)

    @property
    def _n_rows(self) -> int:
        return -(-len(self.tiles) // COLUMNS)

    @property
    def _side(self) -> int:
        """Of a tile, as the width has it."""
        return max(SMALLEST, (self.width() - GAP * (COLUMNS - 1)) // COLUMNS)

    def _grid_size(self, side: int) -> QSize:
        return QSize(COLUMNS * side + GAP * (COLUMNS - 1), self._n_rows * side + GAP * (self._n_rows - 1))

    def sizeHint(self) -> QSize:
        """Return the size of all tiles in the present width."""
        return self._grid_size(self._side)

    def minimumSizeHint(self) -> QSize:
        """Return a width that gives way, and the height that belongs to the present one."""
        return QSize(self._grid_size(SMALLEST).width(), self._grid_size(self._side).height())

    @Slot(int)
    def _on_clicked(self, index: int) -> None:
        self.chosen.emit(self.tiles[index].name)
