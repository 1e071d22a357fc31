"""The set-up of one of two compared networks: the sections of the main window's set-up, bound to that network."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import Facts
from nnviz.experiment.prepare import Prepared
from nnviz.session.editing import EditedExperiment, ShownNetwork
from nnviz.ui.form.focus_chain import focus_chain
from nnviz.ui.form.form import set_role
from nnviz.ui.setup.network_section import NetworkSection
from nnviz.ui.setup.training_section import TrainingSection


class SideSetup(QScrollArea):
    """Network and training in one column that scrolls; the data belong to both networks.

    Parameters
    ----------
    state : EditedExperiment
    shown : ShownNetwork
    theme : Theme
    name : str
        What those hear who hear the window.
    """

    def __init__(
        self, state: EditedExperiment, shown: ShownNetwork, theme: Theme, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.setAccessibleName(name)
        self._state = state
        self._prepared: Prepared | None = None
        self._content = QFrame(self.viewport())
        set_role(self._content, "panel")
        self.network = NetworkSection(state, shown, theme, self._content)
        self.training = TrainingSection(state, theme, self._content)
        # Both learn from the same mini-batches.
        self.training.shuffle_row.hide()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(14, 12, 4, 16)
        column.setSpacing(16)
        column.addWidget(self.network)
        column.addWidget(self.training)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._content)
        self._version = -1

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the set-up of the network."""
        self.network.show_experiment(experiment)
        self.training.show_experiment(experiment)
        self._order_tabs()

    def show_prepared(self, prepared: Prepared | None) -> None:
        """Fill in what is known only once the data is there."""
        if prepared is None or prepared is self._prepared:
            return
        self._prepared = prepared
        facts = Facts.of(prepared)
        self.network.show_facts(facts)
        self.training.show_facts(facts)
        self._order_tabs()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.network.set_theme(theme)
        self.training.set_theme(theme)

    def _order_tabs(self) -> None:
        """Bring rows that were made later into the tab order where they are seen."""
        version = self.network.version + self.training.version
        if version != self._version:
            self._version = version
            for before, after in pairwise(focus_chain(self._content)):
                QWidget.setTabOrder(before, after)

    def sizeHint(self) -> QSize:
        """Return the width of a set-up."""
        return QSize(310, 600)

    def minimumSizeHint(self) -> QSize:
        """Return a width at which little is cut off; the rest is reached by scrolling."""
        needed = self._content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(min(needed, 360), 160)
