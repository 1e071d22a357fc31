"""Draw one yourself: a picture is drawn, or loaded and changed, and the network answers to it live."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from nnviz.core.layout import Array
from nnviz.core.numbers import filled
from nnviz.drawing.pictures import fitted, grey_image, paint_framed
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.answers import class_shares
from nnviz.experiment.frame import Frame, RowId
from nnviz.experiment.handwriting import PictureStyle, picture_style
from nnviz.experiment.row_identity import same_features
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.ui.answers.answers_page import AnswersPage
from nnviz.ui.answers.drawing_pad import DrawingPad
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.calm import CalmSlider
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.prediction_bars import PredictionBars
from nnviz.ui.widgets.style import icon

FINEST_BRUSH, BROADEST_BRUSH = 0.03, 0.30
"""As shares of the pad's shorter side."""
BRUSH_STEPS = 100
OWNER = "drawing"
"""By what name frames answer the drawing."""
SEEN_SHARE = 0.6
"""Side of the small picture, as a share of the pad's."""
PAD_SHARE = 0.44
"""Share of the page's width that the pad takes at the most."""


class SeenPicture(QWidget):
    """The drawing as small as the network gets it, every pixel a square."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._style: PictureStyle | None = None
        self._inked: Array | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("What the network sees"))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.update()

    def show_picture(self, inked: Array, style: PictureStyle) -> None:
        """Show ``(height, width)`` of ink, 0 … 1."""
        self._inked, self._style = inked, style
        self.update()

    def sizeHint(self) -> QSize:
        """Return half of the pad's side."""
        return QSize(90, 90)

    def minimumSizeHint(self) -> QSize:
        """Return room for a picture that can be told."""
        return QSize(48, 48)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture."""
        if self._inked is None or self._style is None:
            return
        style, room = self._style, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        values = style.values(self._inked).reshape(style.shape)
        levels = (min(style.ground, style.ink), max(style.ground, style.ink))
        with QPainter(self) as painter:
            rect = fitted(room, style.shape, whole=True)
            rect.moveTopLeft(room.topLeft())
            paint_framed(painter, rect, grey_image(values, levels, self._theme), self._theme)


class DrawPage(AnswersPage):
    """A pad, what the network gets of it, and its answer.

    Attributes
    ----------
    pad : DrawingPad
    seen : SeenPicture
    answer : PredictionBars
    """

    name = "draw"

    def __init__(self, controller: Controller, marks: Marks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.content_label = self.tr("the pad and the answer to it")
        self.label = self.tr("Draw")
        self.help = self.tr("Draw a picture by hand and see what the network takes it for")
        self._controller, self._marks, self._theme = controller, marks, theme
        self._prepared: Prepared | None = None
        self._style: PictureStyle | None = None
        self._row: RowId | None = None
        self._loading = False
        self._is_seen = self._is_open = False
        self._asks = False
        self._random = np.random.default_rng()
        self._build()
        self._connect()
        self.set_theme(theme)
        self._on_marks_changed()

    def _build(self) -> None:
        # Its own widget, so that a teacher can hide it without touching the pages' stack.
        self.content = QWidget(self)
        self.pad = DrawingPad(self._theme, self.content)
        self.seen = SeenPicture(self._theme, self.content)
        self.answer = PredictionBars(self._theme, self.content)
        self.framed = QCheckBox(self.tr("centred"), self.content)
        button = partial(flat_button, self.content, focus=Qt.FocusPolicy.StrongFocus)
        self.eraser = button("", self.tr("Take ink off with the left button too"), checkable=True)
        self.clear_button = button(self.tr("clear"), self.tr("Take all ink off"))
        self.random_button = button("", self.tr("Lay a picture on the pad that is picked at random of the test rows"))
        self.marked_button = button(self.tr("marked one"), self.tr("Lay the marked picture on the pad"))
        self.slider = CalmSlider(self.content)
        self.slider.setRange(0, BRUSH_STEPS)
        self.slider.setMinimumWidth(40)
        self.slider.setMaximumWidth(130)
        self.slider.setAccessibleName(self.tr("Size of the brush"))
        self.slider.setToolTip(self.tr("Size of the brush: how wide the lines are that you draw"))
        self._seen_title = ElidedLabel(parent=self.content)
        self._seen_title.setText(self.tr("the network sees"), self.tr("it sees"))
        self.answer_title = ElidedLabel(parent=self.content)
        for label in (self._seen_title, self.answer_title):
            label.setProperty("role", "quiet")
        self._hint = QLabel(
            self.tr("Draw a picture, or lay one of the data on the pad and change it: the answer follows."),
            self.content,
        )
        self._hint.setProperty("role", "quiet")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._lay_out()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(4)
        for widget in (self.eraser, self.clear_button, self.slider):
            tools.addWidget(widget)
        tools.addStretch(1)
        tools.addWidget(self.random_button)
        tools.addWidget(self.marked_button)
        self._top, self._seen_column = QWidget(self.content), QWidget(self.content)
        seen, answer = QVBoxLayout(self._seen_column), QVBoxLayout()
        # One takes the place of the other: nothing moves under the pen when the first answer comes.
        self._stack = QStackedLayout()
        self._stack.addWidget(self._hint)
        self._stack.addWidget(self.answer)
        for column in (seen, answer):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(3)
        seen.addWidget(self._seen_title)
        seen.addWidget(self.seen, 1000)
        seen.addWidget(self.framed)
        seen.addStretch(1)
        answer.addWidget(self.answer_title)
        add_layout(answer, self._stack, 1)
        row = QHBoxLayout(self._top)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        # The pictures come first, as large as `_fit` lets them be; the answer has its least width and what is left.
        row.addWidget(self.pad, 1000)
        row.addWidget(self._seen_column, 600)
        add_layout(row, answer, 1)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._top, 1000)
        add_layout(column, tools)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.content)

    def _connect(self) -> None:
        self.pad.changed.connect(self._on_changed)
        self.framed.toggled.connect(self._on_framed_toggled)
        self.eraser.toggled.connect(self._on_eraser_toggled)
        self.clear_button.clicked.connect(self.pad.clear)
        # So that undo is about the drawing.
        self.clear_button.clicked.connect(self.pad.setFocus)
        self.random_button.clicked.connect(self._on_random_clicked)
        self.marked_button.clicked.connect(self._on_marked_clicked)
        self.slider.valueChanged.connect(self._on_slider)
        self._marks.changed.connect(self._on_marks_changed)

    # -- what is shown ------------------------------------------------------------------------------------------

    def suits(self, prepared: Prepared) -> bool:
        """Whether the rows are pictures."""
        return prepared.dataset.image_shape is not None

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        for part in (self.pad, self.seen, self.answer):
            part.set_theme(theme)
        self.eraser.setIcon(icon("eraser", theme, "quiet"))
        self.random_button.setIcon(icon("dice", theme, "quiet"))
        self._fit()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data; a drawing stays where they are the same pictures."""
        old, self._prepared = self._prepared, prepared
        self.answer.clear()
        if old is not None and same_features(old, prepared):
            self._tell()
            return
        self._style, self._row, self._asks = None, None, False
        if self._is_seen:
            self._take_over(prepared)
        else:
            self._tell()

    def _take_over(self, prepared: Prepared) -> None:
        """Look at the pictures once the page is seen: that takes a moment which nobody should wait for otherwise."""
        style = self._style = picture_style(prepared.train)
        self.pad.set_shape(style.shape, ink_is_light=style.ink > style.ground)
        self.slider.setValue(round(BRUSH_STEPS * (style.pen - FINEST_BRUSH) / (BROADEST_BRUSH - FINEST_BRUSH)))
        self.framed.setChecked(style.is_centred)
        self._fit()
        self._on_changed()

    def show_frame(self, frame: Frame) -> None:
        """Show the answer of a frame's network to the drawing."""
        prepared, probe = self._prepared, frame.probes.get(OWNER)
        if prepared is None or probe is None or not self._asks:
            self._show_answered(answered=False)
            return
        outputs = probe.answer
        if prepared.class_names:
            shares = class_shares(outputs, frame.activations[-1], len(prepared.class_names))
            if len(shares) == len(prepared.class_names):
                self.answer.show_classes(prepared.class_names, shares)
        elif len(prepared.dataset.target_names) == len(outputs):
            self.answer.show_values(prepared.dataset.target_names, outputs)
        self._show_answered(answered=True)

    def _show_answered(self, *, answered: bool) -> None:
        self._stack.setCurrentWidget(self.answer if answered else self._hint)
        title, short = self.tr("the network answers"), self.tr("it answers")
        if self._row is not None and self._prepared is not None:
            part = self._prepared.part(self._row[0])
            words = {
                "train": self.tr("training row {0}, truly {1}"),
                "validation": self.tr("validation row {0}, truly {1}"),
                "test": self.tr("test row {0}, truly {1}"),
            }[self._row[0]]
            truth = str(part.labels[self._row[1]]) if part.labels is not None else f"{part.y[self._row[1], 0]:g}"
            title, short = filled(words, self._row[1] + 1, truth), ""
        self.answer_title.setText(title, short)

    def set_open(self, is_open: bool) -> None:
        """Let the network go on answering to the drawing behind another tab, until the panel is closed."""
        if is_open != self._is_open:
            self._is_open = is_open
            self._tell()

    def set_seen(self, seen: bool) -> None:
        """Look at the data, and say again which example is meant, once the page is seen."""
        if seen == self._is_seen:
            return
        self._is_seen = seen
        if seen and self._style is None and self._prepared is not None:
            self._take_over(self._prepared)
        else:
            self._tell()

    # -- the example --------------------------------------------------------------------------------------------

    def load_row(self, row: RowId) -> None:
        """Lay a picture of the data on the pad."""
        if self._prepared is None or self._style is None:
            return
        part = self._prepared.part(row[0])
        if row[1] < part.n_samples:
            self._loading, self._row = True, row
            self.pad.load(self._style.inked(self._prepared.features(*row)))
            self._loading = False

    @property
    def example(self) -> tuple[float, ...] | None:
        """The drawing as a row of features, None where there is none."""
        prepared, style, ink = self._prepared, self._style, self.pad.ink
        if prepared is None or style is None or ink.is_empty:
            return None
        if self._row is not None:
            # Exactly the row: the canvas has 256 shades only.
            return tuple(prepared.features(*self._row).tolist())
        return tuple(style.values(ink.seen(style, framed=self.framed.isChecked())).tolist())

    @Slot()
    def _on_changed(self) -> None:
        if not self._loading:
            # What has been drawn on is no row of the data any more.
            self._row = None
        self.clear_button.setEnabled(not self.pad.ink.is_empty)
        self.framed.setEnabled(not self.pad.ink.has_picture)
        self.framed.setToolTip(
            self.tr("A picture of the data is centred and scaled already: the network gets it as it is")
            if self.pad.ink.has_picture
            else self.tr("Bring a drawing to the size, place and line width that the training pictures have")
        )
        self._tell()

    def _tell(self) -> None:
        """Show what the network gets, and ask for its answer."""
        style = self._style
        example = self.example if self._is_open else None
        if style is not None and self._is_seen:
            self.seen.show_picture(np.zeros(style.shape) if example is None else style.inked(np.array(example)), style)
        self._asks = example is not None
        if example is None:
            self._controller.set_needs(OWNER)
        else:
            self._controller.set_needs(OWNER, probe=example)
        if example is None:
            self._show_answered(answered=False)

    # -- controls -----------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_framed_toggled(self, _framed: bool) -> None:
        self._tell()

    @Slot(bool)
    def _on_eraser_toggled(self, erases: bool) -> None:
        self.pad.erases = erases

    @Slot(int)
    def _on_slider(self, position: int) -> None:
        self.pad.brush = FINEST_BRUSH + (BROADEST_BRUSH - FINEST_BRUSH) * position / BRUSH_STEPS

    @Slot()
    def _on_random_clicked(self) -> None:
        if self._prepared is None:
            return
        # Test rows where there are some, else validation rows, else training rows.
        name = self._prepared.shown_parts[-1]
        self.load_row((name, int(self._random.integers(self._prepared.part(name).n_samples))))

    @Slot()
    def _on_marked_clicked(self) -> None:
        row = self._marked
        if row is not None:
            self.load_row(row)

    @property
    def _marked(self) -> RowId | None:
        return self._marks.rows.first

    @Slot()
    def _on_marks_changed(self) -> None:
        self.marked_button.setVisible(self._marked is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the pad be as large as it can without leaving the answer too little."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        style = self._style
        if style is None:
            return
        high, wide = style.shape
        room = max(self.height() - self.eraser.sizeHint().height() - 6, 60)
        scale = min(room / high, PAD_SHARE * self.width() / wide)
        self.pad.setMaximumWidth(round(scale * wide))
        titles = self._seen_title.sizeHint().height() + self.framed.sizeHint().height() + 8
        small = min(SEEN_SHARE * scale, (room - titles) / high)
        self.seen.setMaximumSize(max(48, round(small * wide)), max(48, round(small * high)))
        self._seen_column.setMaximumWidth(max(self.seen.maximumWidth(), self.framed.sizeHint().width()))
        # No higher than the pad or all bars, so that the tools are below the pad.
        self._top.setMaximumHeight(max(round(scale * high) + 2, self.answer.sizeHint().height() + titles))
