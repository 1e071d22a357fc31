"""The bar on top: what starts, stops and steps a run, how fast it goes, and the figures that everybody looks at."""

from __future__ import annotations

import math
from collections.abc import Iterator

from msgspec import Struct
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.core.numbers import count_text, number_text
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.experiment.rare_classes import RareClass
from nnviz.session.controller import Controller
from nnviz.session.glance import NUMBERS_S, Glance
from nnviz.session.speeds import SPEEDS
from nnviz.ui.commands.actions import Actions
from nnviz.ui.widgets.calm import FreedSlider
from nnviz.ui.widgets.help_text import inert_tooltip, table_text
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.window.run_figure import RunFigure


class _Form(Struct, frozen=True):
    """What the bar gives up as it gets narrow: words, the slider's length, air, then the figures needed least."""

    with_text: bool
    slider_width: int
    gap: int
    dropped: tuple[str, ...] = ()


_FORMS = (
    _Form(True, 190, 10),
    _Form(False, 170, 6),
    _Form(False, 120, 0),
    _Form(False, 120, 0, ("bar.rate",)),
    _Form(False, 120, 0, ("bar.rate", "bar.train_score")),
    _Form(False, 100, 0, ("bar.rate", "bar.train_score", "bar.train_loss")),
    _Form(False, 100, 0, ("bar.rate", "bar.train_score", "bar.train_loss", "bar.validation_loss")),
    _Form(False, 100, 0, ("bar.rate", "bar.train_score", "bar.train_loss", "bar.validation_loss", "bar.test_loss")),
)
#: From left to right.
_FIGURES = (
    "epoch",
    "train_loss",
    "validation_loss",
    "test_loss",
    "train_score",
    "validation_score",
    "test_score",
    "rate",
)
_OF_VALIDATION = ("bar.validation_loss", "bar.validation_score")
_BARE_FORMS = (
    _Form(False, 120, 56),
    _Form(False, 120, 24),
    _Form(False, 120, 6, ("bar.rate",)),
)


class RunBar(QFrame):
    """Play, step, reset, new weights, speed, and the figures of the frame that is on the screen."""

    def __init__(
        self, actions: Actions, controller: Controller, theme: Theme, speed: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._controller = controller
        self._theme = theme
        self._rare: RareClass | None = None
        self._glance = Glance(NUMBERS_S)
        self._classification, self._has_validation = True, False
        self.play_button = self._button(actions.play, primary=True)
        self.epoch_button = self._button(actions.step_epoch, text=False)
        self.batch_button = self._button(actions.step_batch, text=False)
        self.reset_button = self._button(actions.reset)
        self.weights_button = self._button(actions.new_weights)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(8)
        for button in (
            self.play_button,
            self.epoch_button,
            self.batch_button,
            self.reset_button,
            self.weights_button,
        ):
            row.addWidget(button)
        self._actions = actions
        self._hidden_parts: frozenset[str] = frozenset()
        self._is_bare = False
        self._is_hint_wanted = False
        self._rules = (self._rule(), self._rule())
        row.addWidget(self._rules[0])
        row.addWidget(self._speed_control(speed))
        row.addWidget(self._rules[1])
        self._add_figures(row)
        row.addStretch(1)
        self._add_hint(row)
        self.set_theme(theme)

    def _add_figures(self, row: QHBoxLayout) -> None:
        def figure(caption: str, widest: str, tooltip: str, role: str = "text") -> RunFigure:
            made = RunFigure(caption, widest, tooltip, self._theme, role)
            row.addWidget(made)
            return made

        thousands, percent = count_text(1_000_000), "100.0 %"
        self.epoch = figure(
            self.tr("epoch"), thousands, self.tr("How often the training has gone through all training rows.")
        )
        self.train_loss = figure(
            self.tr("train loss"),
            "0.0e−00",
            self.tr("How wrong the network is on the rows it learns from; training makes this smaller."),
            "train",
        )
        self.validation_loss = figure(
            self.tr("validation loss"),
            "0.0e−00",
            self.tr("How wrong it is on the rows by which you choose settings, and by which patience judges."),
            "validation",
        )
        self.test_loss = figure(
            self.tr("test loss"),
            "0.0e−00",
            self.tr("How wrong it is on rows it has never learned from: the honest figure."),
            "test",
        )
        self.train_score = figure(
            self.tr("train accuracy"), percent, self.tr("Share of the training rows whose class it predicts.")
        )
        self.validation_score = figure(
            self.tr("validation accuracy"), percent, self.tr("Share of the validation rows whose class it predicts.")
        )
        self.test_score = figure(
            self.tr("test accuracy"), percent, self.tr("Share of the test rows whose class it predicts.")
        )
        self.rate = figure(self.tr("epochs a second"), thousands, self.tr("How fast the training runs at the moment."))

    def _add_hint(self, row: QHBoxLayout) -> None:
        """Say in the projector view which keys there are, until one is pressed."""
        self.hint = QLabel(self.tr("Space plays · PgDn one epoch · Esc leaves"), self)
        self.hint.setProperty("role", "quiet")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.hint.hide()
        row.addWidget(self.hint, 1000)

    def _controls(self) -> dict[str, QWidget]:
        return {
            "bar.play": self.play_button,
            "bar.step_epoch": self.epoch_button,
            "bar.step_batch": self.batch_button,
            "bar.reset": self.reset_button,
            "bar.new_weights": self.weights_button,
            "bar.speed": self._speed_box,
        }

    def _named_figures(self) -> dict[str, RunFigure]:
        return {f"bar.{name}": getattr(self, name) for name in _FIGURES}

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Run bar")
        for name, control in self._controls().items():
            label = self.speed_caption.text() if control is self._speed_box else control.accessibleName()
            yield Hideable(name, group, label, (control,))
        for name, figure in self._named_figures().items():
            yield Hideable(name, group, figure.caption, (figure,))

    @Slot(object)
    def hide_parts(self, names: frozenset[str]) -> None:
        """Hide the parts of these names, which a teacher hides, and show the others."""
        self._hidden_parts = names
        self._fit_width()

    @Slot(bool)
    def set_bare(self, bare: bool) -> None:
        """Show only the figures, far apart, or everything again."""
        self._is_bare = bare
        self._is_hint_wanted = bare
        self._row.setContentsMargins(*((28, 12, 20, 12) if bare else (14, 8, 14, 8)))
        self._fit_width()

    @Slot()
    def dismiss_hint(self) -> None:
        """The keys are known: leave the room empty."""
        self._is_hint_wanted = False
        self.hint.hide()

    def figures(self) -> tuple[RunFigure, ...]:
        """Return all figures, left to right."""
        return tuple(self._named_figures().values())

    def _button(self, action: QAction, *, primary: bool = False, text: bool = True) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setProperty("role", "primary" if primary else "button")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if text else Qt.ToolButtonStyle.ToolButtonIconOnly
        button.setToolButtonStyle(style)
        button.setIconSize(QSize(18, 18))
        button.setMinimumHeight(36)
        button.setAccessibleName(action.text().replace("&", ""))
        return button

    def _rule(self) -> QFrame:
        rule = QFrame(self)
        rule.setProperty("role", "rule")
        rule.setFixedSize(1, 36)
        return rule

    def _speed_control(self, speed: str) -> QWidget:
        box = QWidget(self)
        self.speed_caption = QLabel(self.tr("speed"), box)
        self.speed_caption.setProperty("role", "quiet")
        self.speed_text = QLabel(box)
        self.speed_text.setProperty("role", "quiet")
        self.speed_text.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.speed_slider = FreedSlider(Qt.Orientation.Horizontal, box)
        self.speed_slider.setRange(0, len(SPEEDS) - 1)
        self.speed_slider.setPageStep(1)
        self.speed_slider.setAccessibleName(self.tr("speed"))
        self.speed_caption.setBuddy(self.speed_slider)
        self.speed_slider.setToolTip(
            self.tr(
                "How many epochs are trained a second. At full speed the picture shows as many as it can; none is lost."
            )
        )
        head = QHBoxLayout()
        head.addWidget(self.speed_caption)
        head.addStretch(1)
        head.addWidget(self.speed_text)
        column = QVBoxLayout(box)
        column.setContentsMargins(4, 0, 4, 0)
        column.setSpacing(0)
        add_layout(column, head)
        column.addWidget(self.speed_slider)
        self._speed_box = box
        self.speed_slider.valueChanged.connect(self._on_speed_moved)
        self.speed_slider.setValue(tuple(SPEEDS).index(speed))
        self._on_speed_moved(self.speed_slider.value())
        return box

    @Slot(int)
    def _on_speed_moved(self, position: int) -> None:
        name = tuple(SPEEDS)[position]
        self.speed_text.setText(table_text(SPEEDS[name].label))
        self._actions.speeds[name].setChecked(True)
        self._controller.set_speed(name)

    @property
    def speed(self) -> str:
        """Name of the present speed."""
        return tuple(SPEEDS)[self.speed_slider.value()]

    def set_speed(self, name: str) -> None:
        """Move the slider to a speed of the table; where there is none of that name, it stays."""
        if name in SPEEDS:
            self.speed_slider.setValue(tuple(SPEEDS).index(name))

    def set_theme(self, theme: Theme) -> None:
        """Make room for the numbers in the theme's font."""
        self._theme = theme
        for figure in self.figures():
            figure.set_theme(theme)
        small = QFont(self.font())
        small.setPointSizeF(theme.small_font_size)
        width = QFontMetrics(small).horizontalAdvance
        self._speed_width = max(width(table_text(speed.label)) for speed in SPEEDS.values())
        self._caption_width = width(self.speed_caption.text()) + 16
        # WORKAROUND: before a widget is polished Qt measures without the style sheet's larger type, and the bar would
        # shift with every Play.
        self.play_button.ensurePolished()
        width = self.play_button.fontMetrics().horizontalAdvance
        around = self.play_button.sizeHint().width() - width(self._actions.play.text())
        self.play_button.setMinimumWidth(around + max(width(self.tr("Play")), width(self.tr("Pause"))) + 1)
        self._fit_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up words, then the slider's length, where the bar is narrow."""
        super().resizeEvent(event)
        self._fit_width()

    def _fit_width(self) -> None:
        """Choose the widest form that fits."""
        for form in _BARE_FORMS if self._is_bare else _FORMS:
            style = (
                Qt.ToolButtonStyle.ToolButtonTextBesideIcon if form.with_text else Qt.ToolButtonStyle.ToolButtonIconOnly
            )
            for button in (self.reset_button, self.weights_button):
                button.setToolButtonStyle(style)
            self._speed_box.setFixedWidth(max(form.slider_width, self._speed_width + 8))
            self.speed_caption.setVisible(form.slider_width >= self._speed_width + self._caption_width)
            for name, control in self._controls().items():
                control.setVisible(not self._is_bare and name not in self._hidden_parts)
            for name, figure in self._named_figures().items():
                figure.set_gap(form.gap)
                is_there = self._has_validation or name not in _OF_VALIDATION
                figure.setVisible(is_there and name not in self._hidden_parts and name not in form.dropped)
            for rule in self._rules:
                rule.setVisible(not self._is_bare and "bar.speed" not in self._hidden_parts)
            if self._row.minimumSize().width() <= self.width():
                break
        room = self.width() - self._row.minimumSize().width()
        self.hint.setVisible(self._is_hint_wanted and room >= self.hint.sizeHint().width())

    def show_prepared(self, prepared: Prepared) -> None:
        """Name the scores after the task of other data: accuracy, or R² for regression."""
        self._glance.forget()
        self._classification = classification = prepared.task == "classification"
        if self._has_validation != (prepared.validation.n_samples > 0):
            self._has_validation = not self._has_validation
            self._fit_width()
        self.train_score.set_caption(self.tr("train accuracy") if classification else self.tr("train R²"))
        self.validation_score.set_caption(
            self.tr("validation accuracy") if classification else self.tr("validation R²")
        )
        self.test_score.set_caption(self.tr("test accuracy") if classification else self.tr("test R²"))
        self._rare = prepared.rare
        room = "" if prepared.rare is None else self._balanced_text(1.0)
        explained = self.tr("Share of the targets' variance that the predictions explain: 1 is perfect, 0 is the mean.")
        shares = (
            self.tr("Share of the training rows whose class it predicts."),
            self.tr("Share of the validation rows whose class it predicts."),
            self.tr("Share of the test rows whose class it predicts."),
        )
        scores = (self.train_score, self.validation_score, self.test_score)
        for figure, share in zip(scores, shares, strict=True):
            figure.make_room_beside(room)
            tooltip = share if classification else explained
            figure.setToolTip(inert_tooltip(tooltip if prepared.rare is None else f"{tooltip} {prepared.rare.note}"))
        self._fit_width()

    def show_frame(self, frame: Frame) -> None:
        """Show the figures of `frame`, or of a later one where nobody could read them."""
        if not self._glance.is_worth(frame):
            return
        metrics = frame.metrics
        self.epoch.set_value(count_text(frame.epoch))
        self.train_loss.set_value(number_text(metrics.train_loss))
        self.validation_loss.set_value(number_text(metrics.validation_loss))
        self.test_loss.set_value(number_text(metrics.test_loss))
        self.train_score.set_value(
            self._score_text(metrics.train_score), self._balanced_text(metrics.train_balanced_accuracy)
        )
        self.validation_score.set_value(
            self._score_text(metrics.validation_score), self._balanced_text(metrics.validation_balanced_accuracy)
        )
        self.test_score.set_value(
            self._score_text(metrics.test_score), self._balanced_text(metrics.test_balanced_accuracy)
        )
        rate = frame.epochs_per_second
        self.rate.set_value("–" if rate <= 0 else count_text(rate) if rate >= 10 else f"{rate:.1f}")

    def _balanced_text(self, share: float) -> str:
        """Return what stands beside an accuracy that says little; empty where it says enough."""
        if self._rare is None or math.isnan(share):
            return ""
        return self.tr("balanced {0}").format(f"{100 * share:.1f} %")

    def _score_text(self, score: float) -> str:
        if math.isnan(score):
            return "–"
        # R² has no lower bound: an untrained network may well be at −1 000 000.
        return f"{100 * score:.1f} %" if self._classification else number_text(score)


def tool_bar_of(bar: RunBar, window: QMainWindow) -> QToolBar:
    """Return `bar` as a tool bar that stays where it is."""
    tool_bar = QToolBar(window.tr("Run bar"), window)
    tool_bar.setObjectName("run_bar")
    tool_bar.setMovable(False)
    tool_bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    tool_bar.addWidget(bar)
    return tool_bar
