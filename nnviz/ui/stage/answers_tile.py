"""The answers to all rows, on the stage: which classes are taken for which, or predicted beside true values."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from nnviz.data import input_label, shown
from nnviz.drawing.confusion import paint_confusion
from nnviz.drawing.confusion_layout import Words, geometry
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.predicted import Predictions, paint_predicted
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PartName
from nnviz.experiment.frame import Frame
from nnviz.ui.stage.tiles import PaintedTile


class AnswersTile(PaintedTile):
    """Paints the answers of a frame, which has them once they were asked for."""

    def paint(self, painter: QPainter, rect: QRectF, frame: Frame, prepared: Prepared) -> None:
        """Paint the matrix of the rows that were held back, or all predictions of a regression."""
        if not prepared.shown_parts:
            # An empty canvas: nobody has asked anything yet.
            return
        if prepared.task == "classification":
            self._paint_matrix(painter, rect, frame, prepared)
            return
        parts: dict[PartName, Predictions] = {}
        for name in prepared.shown_parts:
            answers, part = frame.answers_of(name), prepared.part(name)
            if answers is not None and len(answers.outputs) == part.n_samples:
                parts[name] = Predictions(part.y[:, 0], answers.outputs[:, 0])
        if parts:
            target = input_label(prepared.dataset.target_names[0])
            paint_predicted(painter, rect, parts, target, self._theme, residuals=False)

    def _paint_matrix(self, painter: QPainter, rect: QRectF, frame: Frame, prepared: Prepared) -> None:
        name = prepared.shown_parts[-1]
        answers = frame.answers_of(name)
        if answers is None or answers.confusion is None or len(answers.confusion) != len(prepared.class_names):
            return
        tr, theme = self.tr, self._theme
        title = {"train": tr("Answers: train"), "validation": tr("Answers: validation"), "test": tr("Answers: test")}
        painter.setFont(ui_font(theme.font_size + 1.0, bold=True))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(theme.colour("text"))
        painter.drawText(QPointF(rect.left() + metrics.height(), rect.top() + 1.3 * metrics.height()), title[name])
        font = ui_font(theme.font_size)
        room = rect.adjusted(0.5 * metrics.height(), 2.0 * metrics.height(), -0.5 * metrics.height(), 0.0)
        words = Words(tr("true"), tr("predicted"), tr("rows"), tr("recall"), tr("precision"), tr("F1"))
        names = tuple(shown(each) for each in prepared.class_names)
        where = geometry((room.width(), room.height()), answers.confusion, names, theme, font, words)
        painter.save()
        painter.translate(room.topLeft())
        painter.setFont(font)
        paint_confusion(painter, where, answers.confusion, names, theme, words)
        painter.restore()
