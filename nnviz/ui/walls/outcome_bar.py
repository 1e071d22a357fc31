"""How the runs of a wall have come out: one bar of solved, stuck and what else there is, and the numbers in words."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.drawing.colormap import mix
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme
from nnviz.sweeps.standing import Verdict, outcome_words

LEAST_BAR = 90.0
#: Of each verdict, how its part of the bar is filled: patterns repeat what the colours say.
_PATTERNS: dict[Verdict, Qt.BrushStyle] = {
    "solved": Qt.BrushStyle.SolidPattern,
    "open": Qt.BrushStyle.NoBrush,
    "stuck": Qt.BrushStyle.BDiagPattern,
    "diverged": Qt.BrushStyle.DiagCrossPattern,
    "failed": Qt.BrushStyle.Dense6Pattern,
}
_ROLES: dict[Verdict, str] = {
    "solved": "positive",
    "open": "line",
    "stuck": "negative",
    "diverged": "warning",
    "failed": "warning",
}


class OutcomeBar(QWidget):
    """The bar, and beside it the numbers in words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._found: dict[Verdict, int] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Outcomes"))

    @property
    def text(self) -> str:
        """The numbers in words: "17 solved, 8 stuck"."""
        return ", ".join(words for _, words in outcome_words(self._found))

    def show_outcomes(self, found: dict[Verdict, int]) -> None:
        """Show how many have come to what."""
        if found != self._found:
            self._found = found
            self.setAccessibleDescription(self.text)
            self.setToolTip(
                self.tr("How the runs stand, by the score from which one counts as solved: {0}").format(self.text)
            )
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return a line of text and what is above and below it."""
        metrics = QFontMetricsF(ui_font(self._theme.font_size, bold=True))
        return QSize(round(LEAST_BAR + metrics.horizontalAdvance("00 solved, 00 stuck")), round(1.5 * metrics.height()))

    def minimumSizeHint(self) -> QSize:
        """Return room for the words."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint words and bar."""
        total = sum(self._found.values())
        if not total:
            return
        theme = self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(ui_font(theme.font_size, bold=True))
            metrics = QFontMetricsF(painter.font())
            width = min(metrics.horizontalAdvance(self.text) + 12.0, self.width())
            painter.setPen(theme.colour("text"))
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            words = metrics.elidedText(self.text, Qt.TextElideMode.ElideRight, width)
            painter.drawText(QRectF(0.0, 0.0, width, self.height()), left, words)
            bar = QRectF(width, 0.0, self.width() - width, 0.62 * self.height())
            bar.moveCenter(QRectF(self.rect()).center() + (bar.center() - QRectF(self.rect()).center()))
            bar.moveTop(0.19 * self.height())
            if bar.width() > 0.4 * LEAST_BAR:
                self._paint_bar(painter, bar, total)

    def _paint_bar(self, painter: QPainter, bar: QRectF, total: int) -> None:
        theme, x = self._theme, bar.left()
        for verdict, n in self._found.items():
            part = QRectF(x, bar.top(), bar.width() * n / total, bar.height())
            colour = theme.colour(_ROLES[verdict])
            pale = verdict != "solved"
            painter.fillRect(part, mix(theme.panel, colour, 0.3) if pale else colour)
            if _PATTERNS[verdict] not in (Qt.BrushStyle.SolidPattern, Qt.BrushStyle.NoBrush):
                painter.fillRect(part, QBrush(colour, _PATTERNS[verdict]))
            x = part.right()
        painter.setPen(QPen(theme.colour("quiet"), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
