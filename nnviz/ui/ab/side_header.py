"""What is written above each of two compared networks: which one it is, how it is set up, and its figures."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.core.numbers import count_text, exact_text, loss_text, number_text
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.ui.widgets.help_text import table_text

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class SideHeader(QWidget):
    """Painted, for a label that is written with every frame would lay out the whole window.

    Parameters
    ----------
    theme : Theme
    letter : "A" or "B"
    """

    def __init__(self, theme: Theme, letter: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._letter = theme, letter
        self._set_up = self._state = self.figures = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            self.tr("Layers, optimiser, rate, batch size; below, the loss of training and test rows, and the score")
        )

    def show_set_up(self, frame: Frame, experiment: Experiment) -> None:
        """Say how the network is built and trained."""
        training = experiment.training
        sizes = "-".join(str(size) for size in frame.layout.sizes)
        optimizer = OPTIMIZERS[training.optimizer].label if training.optimizer in OPTIMIZERS else training.optimizer
        batch = self.tr("all") if training.batch_size is None else count_text(training.batch_size)
        words = self.tr("{0} · {1} {2} · batch {3}").format(
            sizes, table_text(optimizer), exact_text(training.learning_rate), batch
        )
        self._say(set_up=words)

    def show_frame(self, frame: Frame, state: str, *, r2: bool) -> None:
        """Say its figures, and what it does where that is worth a word; `r2`: the score is R², no accuracy."""
        metrics = frame.metrics
        parts = [self.tr("loss {0}").format(loss_text(metrics.train_loss))]
        if not math.isnan(metrics.test_loss):
            parts.append(self.tr("test {0}").format(loss_text(metrics.test_loss)))
        score = metrics.test_score if not math.isnan(metrics.test_score) else metrics.train_score
        if not math.isnan(score):
            # What cannot be rounded down, such as the R² of a run that has left all numbers behind, is no share.
            share = "" if r2 else f"{math.floor(1000.0 * score) / 10.0:.1f}"
            parts.append(self.tr("R² {0}").format(number_text(score)) if r2 else self.tr("{0} %").format(share))
        # That it has come to its end by itself is no fault, and what it has reached is wanted then above all.
        if state and frame.status == "finished":
            self._say(figures=" · ".join((*parts, state)), state="")
        else:
            self._say(figures=" · ".join(parts), state=state)

    def _say(self, *, set_up: str | None = None, figures: str | None = None, state: str | None = None) -> None:
        before = self._set_up, self.figures, self._state
        self._set_up = self._set_up if set_up is None else set_up
        self.figures = self.figures if figures is None else figures
        self._state = self._state if state is None else state
        if before != (self._set_up, self.figures, self._state):
            self.update()

    @property
    def words(self) -> str:
        """All that is written."""
        return self.tr("{0}: {1}; {2}").format(self._letter, self._set_up, self._state or self.figures)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for two lines."""
        theme = self._theme
        high = QFontMetricsF(ui_font(theme.font_size, bold=True)).height()
        low = QFontMetricsF(ui_font(theme.small_font_size)).height()
        return QSize(320, math.ceil(high + low + 6.0))

    def minimumSizeHint(self) -> QSize:
        """Return the same in less width: what does not fit is cut at its end."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write the letter, and two lines beside it."""
        theme = self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            side = self.height() - 4.0
            badge = QRectF(2.0, 2.0, side, side)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("text"))
            painter.drawRoundedRect(badge, 5.0, 5.0)
            painter.setPen(theme.colour("panel"))
            painter.setFont(ui_font(1.3 * theme.font_size, bold=True))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, self._letter)
            left = badge.right() + 8.0
            for text, bold, size, role, top, share in (
                (self._set_up, True, theme.font_size, "text", 2.0, 0.54),
                (self._state or self.figures, False, theme.small_font_size, "quiet", 2.0 + 0.54 * side, 0.46),
            ):
                painter.setFont(ui_font(size, bold=bold))
                painter.setPen(theme.colour("warning" if self._state and not bold else role))
                room = QRectF(left, top, self.width() - left - 4.0, share * side)
                metrics = QFontMetricsF(painter.font())
                painter.drawText(room, _LEFT, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width()))


class MomentLabel(QWidget):
    """Where both are, at the right end of a row; painted, as it changes with every frame.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self.text = theme, ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_frame(self, frame: Frame, *, looks_back: bool = False) -> None:
        """Say at which epoch, and within it at which mini-batch; `looks_back`: the main window shows another one."""
        epoch = self.tr("epoch {0}").format(count_text(frame.epoch))
        batch = self.tr("{0} · batch {1}").format(epoch, count_text(frame.batch))
        text = batch if frame.batch and not frame.is_moving else epoch
        if looks_back:
            text = self.tr("the present, {0}; the main window shows the past").format(text)
        if text != self.text:
            self.text = text
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write it."""
        with QPainter(self) as painter:
            painter.setFont(ui_font(1.2 * self._theme.font_size, bold=True))
            painter.setPen(self._theme.colour("text"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(self.rect()).adjusted(0.0, 0.0, -6.0, 0.0), right, self.text)
