"""Predicted against true values of a regression: on the diagonal the network is right, residuals tell how far off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from nnviz.core.csv_files import write_csv
from nnviz.core.numbers import filled, number_text
from nnviz.data import input_label
from nnviz.drawing.predicted import Predictions, paint_predicted
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.frame import Answers, Frame
from nnviz.export.plots import Figure
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.ui.answers.answers_page import AnswersPage
from nnviz.ui.answers.predicted_plot import PredictedPlot
from nnviz.ui.answers.score_strip import Scores, ScoreStrip
from nnviz.ui.plots.plot_menu import PlotMenu
from nnviz.ui.plots.row_marks import BandSelect, rows_in
from nnviz.ui.widgets.buttons import menu_button
from nnviz.ui.widgets.calm import CalmComboBox
from nnviz.ui.widgets.elided_label import FittingLabel
from nnviz.ui.widgets.fitting import Fitting
from nnviz.ui.widgets.readout_card import ReadoutCard, ReadoutLine
from nnviz.ui.widgets.segments import ChoiceButton, Segments

#: Width of the list of targets: between these, in characters.
TARGET_LENGTHS = (4, 10)


class PredictedLine(Fitting, QWidget):
    """The line above the plot: what is plotted, of which target, how good it is, and a menu.

    Attributes
    ----------
    kinds : Segments
        "predicted" or "residuals".
    kind_button : ChoiceButton
        The same where there is less room.
    target_box : CalmComboBox
        Where there are several targets.
    scores : ScoreStrip
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        entries = (
            ("predicted", self.tr("predicted"), self.tr("Plot the predictions over the true values")),
            (
                "residuals",
                self.tr("residuals"),
                self.tr("Plot how far each prediction is off, predicted − true, over the prediction"),
            ),
        )
        self.kinds = Segments(entries, self.tr("What is plotted"), self)
        self.kind_button = ChoiceButton(entries, self.tr("What is plotted"), self)
        self.target_box = CalmComboBox(self)
        self.target_box.setToolTip(self.tr("Which of the targets is plotted"))
        self.target_box.setAccessibleName(self.tr("Target that is plotted"))
        self.target_box.setMinimumContentsLength(TARGET_LENGTHS[0])
        self.scores = ScoreStrip(self)
        self.menu_button = menu_button(self, self.tr("Save or copy this plot and its numbers"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self.kinds, self.kind_button, self.target_box):
            row.addWidget(widget)
        row.addWidget(self.scores, 1)
        row.addWidget(self.menu_button)

    def show_targets(self, names: list[str]) -> None:
        """Offer targets, where there are several."""
        present = [self.target_box.itemText(index) for index in range(self.target_box.count())]
        if names != present:
            self.target_box.clear()
            self.target_box.addItems(names)
            least, most = TARGET_LENGTHS
            self.target_box.setMinimumContentsLength(max(least, min(most, max(map(len, names)))))
        self.target_box.setVisible(len(names) > 1)
        self.fit()

    def choose_kind(self, name: str) -> None:
        """Check what is plotted, on both controls; no signal."""
        self.kinds.choose(name)
        self.kind_button.choose(name)

    def minimumSizeHint(self) -> QSize:
        """Return room for the smallest form of everything."""
        widgets = [self.kind_button, *self._others()]
        least = sum(min(widget.sizeHint().width(), widget.minimumSizeHint().width()) + 6 for widget in widgets)
        return QSize(least + self.scores.minimumSizeHint().width(), super().minimumSizeHint().height())

    def fit(self) -> None:
        """Put the kinds side by side where that leaves room for all scores, else in a small menu."""
        is_wide = self._taken(self.kinds) + self.scores.sizeHint().width() <= self.width()
        self.kinds.setVisible(is_wide)
        self.kind_button.setVisible(not is_wide)

    def _taken(self, kinds: QWidget) -> int:
        """Return the room that all but the scores take."""
        return sum(widget.sizeHint().width() + 6 for widget in (kinds, *self._others()))

    def _others(self) -> tuple[QWidget, ...]:
        return (self.menu_button,) if self.target_box.isHidden() else (self.target_box, self.menu_button)


class PredictedPage(AnswersPage):
    """A plot below a line with the choice of what is plotted and how good the predictions are.

    Attributes
    ----------
    line : PredictedLine
    plot : PredictedPlot
    note : FittingLabel
        Where not every point is drawn.
    card : ReadoutCard
        All four once there were data that suit the page.
    """

    name = "predicted"

    def __init__(self, controller: Controller, marks: Marks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.content_label = self.tr("the plot of predicted and true values")
        self.label = self.tr("Predicted")
        self.help = self.tr("Compare the predictions with the true values: on the dashed line they are right")
        self._marks = marks
        self._theme = theme
        self._prepared: Prepared | None = None
        self._answers: tuple[Answers, ...] | None = None
        self._parts: dict[PartName, Predictions] = {}
        self._place: QPointF | None = None
        self._controller = controller
        self._is_built = False
        self.content = QWidget(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.content)

    def _ensure_built(self) -> None:
        """Make what is on the page once it has something to show: a plot takes longer than all other pages together."""
        if self._is_built:
            return
        self._is_built = True
        self._build(self._controller)
        for kinds in (self.line.kinds, self.line.kind_button):
            kinds.chosen.connect(self._on_chosen)
        self.line.target_box.activated.connect(self._on_target)
        self.plot.hovered.connect(self._on_hovered)
        self.plot.scene().sigMouseClicked.connect(self._on_clicked)
        self.band.selected.connect(self._on_band_selected)
        self._marks.changed.connect(self._on_marks_changed)
        self.set_theme(self._theme)

    def _build(self, controller: Controller) -> None:
        self.line = PredictedLine(self.content)
        self.plot = PredictedPlot(self._theme, self.content)
        self.plot.setAccessibleName(self.tr("Predicted over true values"))
        self.note = FittingLabel(self.content)
        self.note.setProperty("role", "quiet")
        self.note.show_texts(
            self.tr("Not every point is drawn; RMSE and R² count all of them."), self.tr("Not every point is drawn.")
        )
        self.note.hide()
        self.band = BandSelect(self.plot)
        self.card = ReadoutCard(self.plot)
        self.menu = QMenu(self.content)
        self.line.menu_button.setMenu(self.menu)
        self.exports = PlotMenu(self.menu, self.plot, self.figure, controller.message.emit)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self.plot, 1)
        column.addWidget(self.note)

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def residuals(self) -> bool:
        """Whether the residuals are plotted."""
        return self.line.kinds.choice == "residuals"

    @property
    def target(self) -> int:
        """The target that is plotted."""
        return max(self.line.target_box.currentIndex(), 0)

    def suits(self, prepared: Prepared) -> bool:
        """Whether values are predicted."""
        return prepared.task == "regression"

    def set_theme(self, theme: Theme) -> None:
        """Recolour points, line and axes."""
        self._theme = theme
        if not self._is_built:
            return
        self.line.scores.set_theme(theme)
        self.line.fit()
        self.plot.show_theme(theme)
        self.plot.show_marks(self._marks.rows)
        self.card.set_theme(theme)

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data: their targets, and no points before there are answers."""
        self._ensure_built()
        self._prepared, self._answers = prepared, None
        self.line.show_targets([input_label(name) for name in prepared.dataset.target_names])
        self._start()

    def _start(self) -> None:
        """Plot something else than before: of what there are answers, at once."""
        prepared = self._prepared
        if prepared is None:
            return
        self._parts = {}
        self.card.hide()
        n_rows = {name: prepared.part(name).n_samples for name in PARTS}
        self.plot.start(n_rows, prepared.dataset.target_names[self.target], residuals=self.residuals)
        self.line.scores.show_scores(())
        self._redraw()
        self.note.setVisible(any(len(self.plot.drawn[name]) < n for name, n in n_rows.items()))

    def show_frame(self, frame: Frame) -> None:
        """Plot the answers of a frame; the same ones once more cost nothing."""
        answers = tuple(told for name in PARTS if (told := frame.answers_of(name)) is not None)
        if len(answers) < len(PARTS):
            return
        before = self._answers
        if before is None or any(told is not old for told, old in zip(answers, before, strict=True)):
            self._answers = answers
            self._redraw()

    def _redraw(self) -> None:
        prepared, answers = self._prepared, self._answers
        if prepared is None or answers is None:
            return
        target = self.target
        data = {name: prepared.part(name) for name in PARTS}
        if any(len(part.outputs) != data[name].n_samples for name, part in zip(PARTS, answers, strict=True)):
            return
        self._parts = {
            name: Predictions(data[name].y[:, target], part.outputs[:, target])
            for name, part in zip(PARTS, answers, strict=True)
        }
        self.plot.show_parts(self._parts)
        # Of the very answers that are plotted: at rest they are the run bar's figures, where there is one target.
        scores = (Scores(name, *part.scores()) for name, part in self._parts.items() if len(part.true))
        self.line.scores.show_scores(tuple(scores))
        self.plot.show_marks(self._marks.rows)
        if self._place is not None:
            self._read_out()

    # -- what is done -------------------------------------------------------------------------------------------

    @Slot()
    def _on_marks_changed(self) -> None:
        self.plot.show_marks(self._marks.rows)

    @Slot(str)
    def _on_chosen(self, name: str) -> None:
        self.line.choose_kind(name)
        self._start()

    @Slot()
    def _on_target(self) -> None:
        self._start()

    @Slot(object)
    def _on_clicked(self, event: MouseClickEvent) -> None:
        where = self.plot.data_at(event.scenePos())
        if where is None or event.double() or event.button() != Qt.MouseButton.LeftButton:
            return
        row = self.plot.nearest(where)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if row is not None:
                self._marks.toggle(row)
        elif row is None:
            self._marks.clear()
        else:
            self._marks.set_one(row)

    @Slot(object, bool)
    def _on_band_selected(self, area: QRectF, more: bool) -> None:
        found = {name: rows_in(area, places) for name, places in self.plot.places().items()}
        if more:
            found = {name: np.union1d(rows, self._marks.rows.part(name)) for name, rows in found.items()}
        self._marks.set(**found)

    @Slot(object)
    def _on_hovered(self, position: QPointF | None) -> None:
        inside = position is not None and self.plot.data_at(position) is not None
        self._place = position if inside else None
        if self._place is None:
            self.card.hide()
        else:
            self._read_out()

    def _read_out(self) -> None:
        where = self.plot.data_at(self._place) if self._place is not None else None
        row = self.plot.nearest(where) if where is not None else None
        if row is None or self._place is None:
            self.card.hide()
            return
        part, index = self._parts[row[0]], row[1]
        title = {
            "train": self.tr("training row {0}"),
            "validation": self.tr("validation row {0}"),
            "test": self.tr("test row {0}"),
        }[row[0]]
        true, predicted = float(part.true[index]), float(part.predicted[index])
        lines = (
            ReadoutLine(filled(title, index + 1)),
            ReadoutLine(self.tr("true"), number_text(true, 3)),
            ReadoutLine(self.tr("predicted"), number_text(predicted, 3)),
            ReadoutLine(self.tr("residual"), number_text(predicted - true, 3)),
        )
        self.card.show_lines(lines, self.plot.mapFromScene(self._place))

    # -- export -------------------------------------------------------------------------------------------------

    def figure(self) -> Figure | None:
        """Return what is plotted as a picture to be saved, None before there are answers."""
        prepared = self._prepared
        if prepared is None or self._answers is None or not self._parts:
            return None
        parts, answers, residuals, theme = dict(self._parts), self._answers, self.residuals, self._theme
        target = input_label(prepared.dataset.target_names[self.target])
        size = (max(480, self.plot.width()), max(400, self.plot.height()))
        return Figure(
            "residuals" if residuals else "predicted",
            size,
            lambda painter, rect: paint_predicted(painter, rect, parts, target, theme, residuals=residuals),
            theme,
            lambda path: write_csv(path, _table(parts, answers)),
        )


def _table(parts: Mapping[PartName, Predictions], answers: tuple[Answers, ...]) -> Iterator[tuple[object, ...]]:
    """Yield a header and every row, drawn or not, counted from 1 as the card does."""
    yield "part", "row", "true", "predicted", "residual", "loss"
    for (name, part), told in zip(parts.items(), answers, strict=True):
        for row, (true, predicted, loss) in enumerate(
            zip(part.true.tolist(), part.predicted.tolist(), told.losses.tolist(), strict=True), start=1
        ):
            yield name, row, true, predicted, predicted - true, loss
