"""The legend of a race: of each run its sign, its name and its loss; a click makes it the main network."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from nnviz.core.numbers import loss_text
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.theme import Theme
from nnviz.session.runs.race import Race
from nnviz.session.runs.racer import Racer
from nnviz.ui.race.race_texts import label_of, sentence_of
from nnviz.ui.widgets.help_text import inert_tooltip


class RacerRow(QAbstractButton):
    """One run.

    Signals
    -------
    pointed : object
        Its number, or None where the mouse or the focus has left it.
    """

    pointed = Signal(object)

    def __init__(self, racer: Racer, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.racer, self._theme = racer, theme
        self._loss, self._is_main, self._leads = math.nan, False, False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(label_of(racer.entrant))

    def show_epoch(self, epoch: int, *, leads: bool, is_main: bool) -> None:
        """Show the loss at an epoch."""
        self._loss, self._leads, self._is_main = self.racer.loss_at(epoch), leads, is_main
        sentence = sentence_of(self.racer, epoch)
        self.setToolTip(inert_tooltip(sentence))
        self.setAccessibleName(sentence)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    @property
    def figure(self) -> str:
        """What stands on the right."""
        if self.racer.fault:
            return self.tr("diverged") if self.racer.fault == "diverged" else self.tr("failed")
        return loss_text(self._loss)

    def sizeHint(self) -> QSize:
        """Return room for sign, name and loss."""
        metrics = QFontMetricsF(ui_font(self._theme.font_size, bold=True))
        words = metrics.horizontalAdvance(self.text()) + metrics.horizontalAdvance("0.0000000")
        return QSize(round(words + 4.2 * metrics.height()), round(1.6 * metrics.height()))

    def minimumSizeHint(self) -> QSize:
        """Return the same: names are not to be cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint sign, name and loss."""
        theme = self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(ui_font(theme.font_size, bold=self._leads or self._is_main))
            line, room = QFontMetricsF(painter.font()).height(), QRectF(self.rect())
            if self.underMouse() or self.hasFocus() or self._is_main:
                painter.setPen(QPen(theme.colour("positive"), 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("field"))
                painter.drawRoundedRect(room.adjusted(1.0, 1.0, -1.0, -1.0), 5.0, 5.0)
            paint_marker(
                painter, self.racer.number, QPointF(1.1 * line, room.center().y()), 1.35 * theme.marker_size, theme
            )
            painter.setPen(theme.colour("quiet" if self.racer.fault else "text"))
            box, middle = room.adjusted(2.2 * line, 0.0, -0.7 * line, 0.0), Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | middle, self.text())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, self.figure)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Let its trail stand out."""
        super().enterEvent(event)
        self.pointed.emit(self.racer.number)

    def leaveEvent(self, event: object) -> None:
        """Let it be as the others again."""
        super().leaveEvent(event)  # type: ignore[arg-type]
        self.pointed.emit(None)


class RacerList(QWidget):
    """All runs of a race.

    Attributes
    ----------
    rows : tuple of RacerRow

    Signals
    -------
    picked : int
        The run with this number is to be the main network.
    pointed : object
        Number of the run that the mouse is at, or None.
    """

    picked = Signal(int)
    pointed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: tuple[RacerRow, ...] = ()
        self._n_columns = 1
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_race(self, race: Race | None) -> None:
        """Show another race, or none."""
        for row in self.rows:
            self._grid.removeWidget(row)
            row.deleteLater()
        self.rows = tuple(RacerRow(racer, self._theme, self) for racer in race.racers) if race is not None else ()
        for row in self.rows:
            row.clicked.connect(self._on_clicked)
            row.pointed.connect(self.pointed)
        self._arrange()

    def _arrange(self) -> None:
        """Put the rows into as many columns as there is room for, one below the other in each."""
        widest = max((row.sizeHint().width() for row in self.rows), default=1)
        gap = self._grid.horizontalSpacing()
        most = max((self.width() + gap) // (widest + gap), 1)
        n_lines = -(-len(self.rows) // most)
        most = max(-(-len(self.rows) // max(n_lines, 1)), 1)
        for place, row in enumerate(self.rows):
            self._grid.addWidget(row, place % n_lines, place // n_lines)
            row.show()
        for column in range(max(self._n_columns, most)):
            self._grid.setColumnStretch(column, int(column < most))
        self._n_columns = most

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take more columns, or fewer."""
        super().resizeEvent(event)
        self._arrange()

    def show_epoch(self, epoch: int, main: int | None) -> None:
        """Show the losses at an epoch, that of the run that leads in bold, as is that in front."""
        losses = [row.racer.loss_at(epoch) if not row.racer.fault else math.nan for row in self.rows]
        known = [loss for loss in losses if not math.isnan(loss)]
        for row, loss in zip(self.rows, losses, strict=True):
            leads = bool(known) and loss == min(known)
            row.show_epoch(epoch, leads=leads, is_main=row.racer.number == main)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        for row in self.rows:
            row.set_theme(theme)
        self._arrange()

    @Slot()
    def _on_clicked(self) -> None:
        row = self.sender()
        if isinstance(row, RacerRow):
            self.picked.emit(row.racer.number)
