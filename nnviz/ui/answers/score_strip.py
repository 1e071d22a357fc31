"""How good the predictions are, as a table of two or three lines that is the key to the points as well."""

from __future__ import annotations

import math

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.core.numbers import number_text
from nnviz.drawing.predicted import paint_point
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PartName

_GAP = 8.0
#: Figures keep this much room, so that what follows stands still.
_WIDEST = "−000.00"


class Scores(Struct, frozen=True):
    """RMSE and R² of one part of the data.

    Attributes
    ----------
    part : PartName
    rmse, r2 : float
    """

    part: PartName
    rmse: float
    r2: float


class ScoreStrip(QWidget):
    """A line for each part of the data: how its points look, RMSE and R².

    Where there is little room, the words and then R² (which the run bar has too) step back; the tooltip says all.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._scores: tuple[Scores, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def sentence(self) -> str:
        """All that is said, in words."""
        texts = {
            "train": self.tr("training RMSE {0}, R² {1}"),
            "validation": self.tr("validation RMSE {0}, R² {1}"),
            "test": self.tr("test RMSE {0}, R² {1}"),
        }
        return "; ".join(texts[each.part].format(*_figures(each)) for each in self._scores)

    def set_theme(self, theme: Theme) -> None:
        """Recolour, in the small type of the theme."""
        self._theme = theme
        font = self.font()
        font.setPointSizeF(theme.small_font_size)
        self.setFont(font)
        self.updateGeometry()
        self.update()

    def show_scores(self, scores: tuple[Scores, ...]) -> None:
        """Show the scores of one or more parts; none: nothing is known yet."""
        before = self.sentence
        has_changed_lines = len(scores) != len(self._scores)
        self._scores = scores
        sentence = self.sentence
        if sentence == before:
            return
        explained = self.tr(
            "RMSE is the typical distance from the true value, R² the share of the variation that is explained"
        )
        self.setAccessibleName(sentence)
        self.setToolTip(self.tr("{0}. {1}").format(explained, sentence))
        if has_changed_lines:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room that everything takes."""
        return QSize(math.ceil(self._width(words=True, with_r2=True)), self._height())

    def minimumSizeHint(self) -> QSize:
        """Return room for the RMSE alone."""
        return QSize(math.ceil(self._width(words=False, with_r2=False)), self._height())

    def _height(self) -> int:
        return math.ceil(max(2, len(self._scores)) * QFontMetricsF(self.font()).height())

    def _width(self, *, words: bool, with_r2: bool) -> float:
        return sum(self._columns(words=words, with_r2=with_r2))

    def _columns(self, *, words: bool, with_r2: bool) -> list[float]:
        """Return the widths of marker, word, "RMSE", its figure, "R²" and its figure, each with a gap after it."""
        metrics = QFontMetricsF(self.font())
        texts = [_figures(each) for each in self._scores] or [("", "")]

        def width_of(*candidates: str, least: str = "") -> float:
            return max(metrics.horizontalAdvance(text) for text in (*candidates, least)) + _GAP

        columns = [0.8 * metrics.height() + 0.5 * _GAP, width_of(*self._words().values()) if words else 0.0]
        columns += [width_of(self.tr("RMSE")), width_of(*(text[0] for text in texts), least=_WIDEST)]
        if with_r2:
            columns += [width_of(self.tr("R²")), width_of(*(text[1] for text in texts), least=_WIDEST)]
        return columns

    def _words(self) -> dict[str, str]:
        words = {"train": self.tr("train"), "validation": self.tr("validation"), "test": self.tr("test")}
        return {name: word for name, word in words.items() if name != "validation" or self._has_validation}

    @property
    def _has_validation(self) -> bool:
        return any(each.part == "validation" for each in self._scores)

    def shown_columns(self) -> tuple[bool, bool]:
        """Return whether there is room for the words, and for R²."""
        return next(
            (
                (words, with_r2)
                for words, with_r2 in ((True, True), (False, True))
                if self._width(words=words, with_r2=with_r2) <= self.width() + 1
            ),
            (False, False),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the table, at the right."""
        if self._theme is None or not self._scores:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            words, with_r2 = self.shown_columns()
            columns = self._columns(words=words, with_r2=with_r2)
            line = self.height() / max(2, len(self._scores))
            y = 0.5 * (self.height() - line * len(self._scores))
            for each in self._scores:
                self._paint_line(painter, self._theme, each, columns, QRectF(0.0, y, float(self.width()), line))
                y += line

    def _paint_line(self, painter: QPainter, theme: Theme, each: Scores, columns: list[float], box: QRectF) -> None:
        radius = 0.36 * theme.marker_size
        x = max(0.0, box.width() - sum(columns))
        paint_point(painter, QPointF(x + radius + 1.0, box.center().y()), radius, theme, each.part)
        rmse, r2 = _figures(each)
        texts = ["", self._words()[each.part] if columns[1] else "", self.tr("RMSE"), rmse, self.tr("R²"), r2]
        for index, (text, width) in enumerate(zip(texts, columns, strict=False)):
            painter.setPen(theme.colour("text" if index in (3, 5) else "quiet"))
            painter.drawText(
                QRectF(x, box.top(), width, box.height()),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                text,
            )
            x += width


def _figures(scores: Scores) -> tuple[str, str]:
    return number_text(scores.rmse, 3), number_text(scores.r2, 3)
