"""The notes of a lesson or file, to be read above the network while trying out what they say."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment import Experiment
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.help_text import table_text
from nnviz.ui.widgets.hideable import TeacherHideable
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.style import icon

#: The network stays in sight: longer notes scroll.
MAX_SHARE_OF_WINDOW = 0.22


class NotesBar(TeacherHideable, QFrame):
    """A title, the notes below it, *less* to fold them into one line, × to put them away.

    Notes come from files: inert text, never markup.
    """

    def __init__(self, state: ExperimentState, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._state = state
        self._unfolded = True
        # Whether it went because there were no notes any more: undo brings it back with them.
        self._waits = False
        self.title = QLabel(self)
        self.title.setProperty("role", "heading")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.beginning = ElidedLabel("", self)
        self.fold = flat_button(self, "", "")
        self.fold.clicked.connect(self._on_fold)
        words = self.tr("Put the notes away; Lessons → Show notes brings them back")
        self.close_button = flat_button(self, "", words, name=self.tr("Put the notes away"))
        self.close_button.clicked.connect(self.hide)
        self.text = QLabel(self)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.scroll_area = QScrollArea(self)
        self.scroll_area.setProperty("role", "panel")
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setWidget(self.text)
        self.scroll_area.viewport().installEventFilter(self)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title)
        head.addWidget(self.beginning, 1)
        head.addWidget(self.fold)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 7, 10, 7)
        column.setSpacing(4)
        add_layout(column, head)
        column.addWidget(self.scroll_area)
        self._action = actions.show_notes
        self._action.setEnabled(bool(state.experiment.notes))
        self._action.triggered.connect(self.show_notes)
        state.experiment_changed.connect(self._on_experiment_changed)
        self.set_theme(theme)
        self._show_fold()
        self.hide()

    @Slot()
    def show_notes(self) -> None:
        """Show the notes of the present experiment in full; without any the bar goes away."""
        self._unfolded = True
        self._fill()

    def _fill(self) -> None:
        experiment = self._state.experiment
        self.title.setText(table_text(experiment.title))
        # A lesson's are entries of a table; what somebody wrote in a file has no translation and stays.
        notes = table_text(experiment.notes)
        self.text.setText(notes)
        self.beginning.setText(" ".join(notes.split()))
        self.text.setAccessibleName(self.tr("Notes"))
        self._show_fold()
        self.setVisible(bool(experiment.notes))

    @Slot(object, object)
    def _on_experiment_changed(self, old: Experiment, new: Experiment) -> None:
        if (old.title, old.notes) != (new.title, new.notes):
            was_waiting = self._waits
            self._action.setEnabled(bool(new.notes))
            self._waits = not new.notes and (self._waits or self.is_wanted)
            if self.is_wanted or self._waits or was_waiting:
                self._fill()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.close_button.setIcon(icon("close", theme, "quiet"))

    def sizeHint(self) -> QSize:
        """Return no width of its own: the network's decides."""
        return QSize(200, super().sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the height that the notes need at the width they have got."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        width = self.scroll_area.viewport().width()
        most = round(MAX_SHARE_OF_WINDOW * self.window().height())
        self.scroll_area.setFixedHeight(min(most, self.text.heightForWidth(width) + 2))

    @Slot()
    def _on_fold(self) -> None:
        self._unfolded = not self._unfolded
        self._show_fold()

    def _show_fold(self) -> None:
        unfolded = self._unfolded
        self.scroll_area.setVisible(unfolded)
        self.beginning.setVisible(not unfolded)
        self.fold.setText(self.tr("less") if unfolded else self.tr("more"))
        self.fold.setToolTip(
            self.tr("Fold the notes into one line") if unfolded else self.tr("Show the notes in full length")
        )
        self.fold.setAccessibleName(self.fold.toolTip())
        if unfolded:
            self._fit()
