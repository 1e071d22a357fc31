"""*Health*: what is amiss with the run, with evidence and a way out; how large gradients are; histograms over time."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from nnviz.core.diagnose import Finding
from nnviz.core.health_measures import HEALTHY_RATIO
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.session.health import HealthWatch
from nnviz.session.spread_watch import SpreadWatch
from nnviz.ui.explain.finding_card import FindingCard
from nnviz.ui.explain.size_bars import SizeBars
from nnviz.ui.explain.spread_page import SpreadPage
from nnviz.ui.widgets.focus_ring import FocusRing
from nnviz.ui.widgets.hideable import Hideable, hideable_button
from nnviz.ui.widgets.view_header import ViewHeader


class HealthPanel(QFrame):
    """Shows what the model has found.

    Parameters
    ----------
    model : HealthWatch
    spreads : SpreadWatch
    theme : Theme
    parent : QWidget or None
    """

    def __init__(self, model: HealthWatch, spreads: SpreadWatch, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._model, self._spreads = model, spreads
        tr = self.tr
        self.header = ViewHeader(tr("Health"), self)
        self.tabs = {
            "findings": self.header.add_tab(tr("Health"), tr("What is amiss with the run, and what would mend it")),
            "gradients": self.header.add_tab(
                tr("Gradients"), tr("How large the gradient is in every layer, and how far the next step goes")
            ),
            "spreads": self.header.add_tab(
                tr("Over time"), tr("How weights, biases, activations, gradients and updates spread, epoch by epoch")
            ),
        }
        self.tabs["findings"].setChecked(True)
        self._all_well, self._held = self._words(), self._words()
        self.cards: list[FindingCard] = []
        about = (
            tr("size of the loss's slope ∂ℓ/∂z (root mean square), each line a factor of 10"),
            tr("size of the next update over that of the weights; the mark is the usual 0.001"),
        )
        self.slopes, self.ratios = SizeBars(about[0], theme), SizeBars(about[1], theme, HEALTHY_RATIO)
        self._list, listed = self._scrolled(self._all_well, self._held)
        _, measured = self._scrolled(self._words(about[0]), self.slopes, self._words(about[1]), self.ratios)
        self.spread_page = SpreadPage(spreads, theme)
        _, over_time = self._scrolled(self.spread_page)
        names = tr("Gradients and updates of the layers"), tr("Histograms over time")
        self._rings = [self._read_by_keys(page, name) for page, name in zip((measured, over_time), names, strict=True)]
        self._pages = QStackedWidget(self)
        for page in (listed, measured, over_time):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(4)
        column.addWidget(self.header)
        column.addWidget(self._pages, 1)
        for tab in self.tabs.values():
            tab.clicked.connect(self._on_tab)
        model.changed.connect(self._on_changed)
        self.set_theme(theme)
        self._on_changed()

    def _words(self, text: str = "") -> QLabel:
        """Return a line of quiet words that is broken where it is too long."""
        label = QLabel(text, self)
        label.setWordWrap(True)
        label.setProperty("role", "quiet")
        return label

    def _read_by_keys(self, page: QScrollArea, name: str) -> FocusRing:
        """Let arrow keys move a page in which nothing else takes them: there may be more layers than room."""
        page.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        page.setAccessibleName(name)
        return FocusRing(page)

    def _scrolled(self, *parts: QWidget) -> tuple[QVBoxLayout, QScrollArea]:
        """Put widgets into a page that scrolls."""
        area, content = QScrollArea(self), QWidget(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(content)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(8)
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        area.setWidget(content)
        # After setWidget, which switches it on: the panel's own colour shall shine through.
        for part in (area.viewport(), content):
            part.setAutoFillBackground(False)
        return column, area

    # What is shown

    def show_prepared(self, _prepared: Prepared) -> None:
        """Frames say all."""

    def show_frame(self, frame: Frame) -> None:
        """Follow the run."""
        self._model.show_frame(frame)
        self._spreads.show_frame(frame)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.slopes.set_theme(theme)
        self.ratios.set_theme(theme)
        self.spread_page.set_theme(theme)
        for ring in self._rings:
            ring.set_theme(theme)

    def reveal(self, number: int) -> None:
        """Show the finding of a badge."""
        self.tabs["findings"].click()
        if number < len(self.cards):
            self._area().ensureWidgetVisible(self.cards[number])

    def _area(self) -> QScrollArea:
        area = self._pages.widget(0)
        assert isinstance(area, QScrollArea)
        return area

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Health")
        for name, tab in self.tabs.items():
            yield hideable_button(f"health.{name}", group, tab)

    @Slot()
    def _on_tab(self) -> None:
        self._pages.setCurrentIndex([tab.isChecked() for tab in self.tabs.values()].index(True))

    @Slot()
    def _on_changed(self) -> None:
        checkup = self._model.checkup
        findings = self._model.findings
        self.slopes.show_values(() if checkup is None else checkup.slope_sizes.tolist())
        self.ratios.show_values(() if checkup is None else checkup.update_ratios.tolist())
        if checkup is None:
            self._all_well.setText(self.tr("Nothing has been looked at yet."))
        else:
            self._all_well.setText(self.tr("Nothing is amiss at epoch {0}.").format(self._model.epoch))
        self._all_well.setHidden(bool(findings))
        n_held = 0 if checkup is None else checkup.n_held
        self._held.setText(
            self.tr(
                "Weights and biases that are frozen, pinned, cut or muted: {0}. They are not expected to learn, and "
                "are passed over."
            ).format(n_held)
        )
        self._held.setHidden(not n_held)
        self._list_findings(findings)

    def _list_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show findings; cards stay where they are, so that the keyboard does, too."""
        while len(self.cards) < len(findings):
            card = FindingCard(len(self.cards), self)
            card.mend_wanted.connect(self._on_mend_wanted)
            self._list.insertWidget(self._list.count() - 1, card)
            self.cards.append(card)
        for card, finding in zip(self.cards, findings, strict=False):
            card.show_finding(finding)
            card.show()
        for card in self.cards[len(findings) :]:
            card.hide()

    @Slot(int)
    def _on_mend_wanted(self, number: int) -> None:
        if number < len(self._model.findings):
            self._model.mend(self._model.findings[number])
