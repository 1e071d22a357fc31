"""*Health* in the window: one window, from the key that opens it to a step that mends and one that takes that back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from nnviz.core.diagnose import Finding, Fix, Kind
from nnviz.drawing.badges import badge_places
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.ui.explain.finding_card import FindingCard
from tests.ui.conftest import OpenWindow


def finding(kind: Kind, layer: int | None = None, measured: float = 0.0) -> Finding:
    return Finding(kind, layer, (), measured, 1.0, "A sentence.", "a book", Fix("Mend it", "new_weights"))


def test_a_button_asks_for_what_it_said_when_it_was_pressed(qtbot: QtBot) -> None:
    card, wanted = FindingCard(3), list[int]()
    qtbot.addWidget(card)
    card.mend_wanted.connect(wanted.append)
    for pressed, let_go, asked in (
        (finding("silent", 1), finding("silent", 1, 0.5), [3]),
        (finding("silent", 1), finding("silent", 2), []),
        (finding("rising"), finding("plateau"), []),
    ):
        wanted.clear()
        card.show_finding(pressed)
        qtbot.mousePress(card.button, Qt.MouseButton.LeftButton)
        card.show_finding(let_go)
        qtbot.mouseRelease(card.button, Qt.MouseButton.LeftButton)
        assert wanted == asked
    card.button.click()
    assert wanted == [3]


@pytest.mark.usefixtures("qapp")
def test_findings_badges_and_their_fixes(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(
        data=DataSpec(name="xor", parameters={"n_samples": 60}),
        network=NetworkSpec(hidden=(LayerSpec(units=3),), init="constant", init_scale=0.5),
        training=TrainingSpec(engine="numpy", optimizer="sgd", learning_rate=1e-8, batch_size=None),
    )
    model, panel = window.insights.health.model, window.insights.health.panel
    diagram, dock = window.diagram_area.diagram, window.docks["health"]
    window.show()
    assert not dock.isVisible()
    assert model.checkup is None
    assert diagram.badges == ()
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: bool(model.findings))
    kinds = [finding.kind for finding in model.findings]
    assert {"identical", "small_steps"} <= set(kinds)
    # Each card says what was measured, the threshold, its source, and has a button that says what it does.
    identical = panel.cards[kinds.index("identical")]
    assert [unit for badge in diagram.badges if badge.sign == "=" for unit in [badge.unit]] == [0, 1, 2]
    assert "told below" in identical.measured.text()
    assert "CS231n" in identical.source.text()
    assert identical.button.toolTip()
    assert panel.slopes.values == tuple(model.checkup.slope_sizes.tolist())  # type: ignore[union-attr]
    # What its pages say is read whole, and the keyboard moves those that hold no control below.
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is panel.tabs["findings"]
    QTest.keyClick(panel.tabs["findings"], Qt.Key.Key_Right)
    assert panel.slopes.isVisibleTo(panel)
    QTest.keyClick(panel.tabs["gradients"], Qt.Key.Key_Tab)
    page = QApplication.focusWidget()
    assert isinstance(page, QScrollArea)
    assert page.isAncestorOf(panel.slopes)
    assert all(label.wordWrap() for label in page.findChildren(QLabel))
    window.resizeDocks([dock], [140], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: page.verticalScrollBar().maximum() > 0)
    QTest.keyClick(page, Qt.Key.Key_Down)
    assert page.verticalScrollBar().value() > 0
    # A badge says what it means, and a click on it leads to its finding.
    place = next(box for badge, box in badge_places(diagram.geometry_, diagram.badges) if badge.sign == "=")
    assert "Identical units" in diagram.help_at(place.center())
    QTest.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=QPoint(*map(round, place.center().toTuple())))
    assert diagram.selected is None
    assert not identical.visibleRegion().isEmpty()
    # The keyboard does what it says, and Undo takes it back.
    before = window.controller.frame.parameters.copy()  # type: ignore[union-attr]
    QTest.keyClick(identical.button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: all(finding.kind != "identical" for finding in model.findings))
    assert not any(badge.sign == "=" for badge in diagram.badges)
    assert window.state.undo_stack.undoText() == "Draw new weights for these units"
    window.menus.undo.trigger()
    qtbot.waitUntil(lambda: any(finding.kind == "identical" for finding in model.findings))
    assert (window.controller.frame.parameters == before).all()  # type: ignore[union-attr]
    short = next(n for n, finding in enumerate(model.findings) if finding.kind == "small_steps")
    wanted = model.findings[short].fix.value
    panel.cards[short].button.click()
    assert window.state.experiment.training.learning_rate == wanted
    qtbot.waitUntil(lambda: all(finding.kind != "small_steps" for finding in model.findings))
    # Over time: asked for while its page is seen, of all layers or of the unit that is opened.
    page, spreads = panel.spread_page, window.insights.health.spreads
    assert spreads.spreads is None, "behind, it asks nothing"
    dock.raise_()
    panel.tabs["spreads"].click()
    qtbot.waitUntil(lambda: spreads.spreads is not None)
    assert page.bands.titles == ("layer 1", "layer 2")
    page.quantity.setCurrentIndex(page.quantity.findData("gradients"))
    page.quantity.activated.emit(page.quantity.currentIndex())
    assert "layer 2: median" in page.bands.accessibleDescription()
    assert not page.of_unit.isEnabled()
    diagram.select((1, 2))
    page.of_unit.click()
    qtbot.waitUntil(lambda: page.bands.titles == ("layer 1, unit 3",))
    page.grab()
    diagram.select(None)
    qtbot.waitUntil(lambda: len(page.bands.titles) == 2)
    panel.tabs["findings"].click()
    assert not spreads.question.is_open
    # Behind another tab it goes on; closed, it is off, and nothing is left on the network.
    window.docks["loss"].raise_()
    assert model.is_active
    # What was found in a network that has gone is mended in no other one.
    found = model.findings
    assert found
    smaller = window.state.experiment.edited(network=NetworkSpec(hidden=(LayerSpec(units=1),)))
    window.state.edit(smaller, "remove units")
    model.question.ask = lambda: None  # type: ignore[method-assign]
    window.controller.wait_idle()
    count = window.state.undo_stack.count()
    for finding in found:
        model.mend(finding)
    assert window.state.undo_stack.count() == count
    # Nor once something is known of that.
    del model.question.ask
    model.question.ask_now()
    qtbot.waitUntil(lambda: model.findings is not found)
    for finding in found:
        assert finding not in model.findings
        model.mend(finding)
    assert window.state.undo_stack.count() == count
    dock.close()
    assert not model.is_active
    assert diagram.badges == ()
    assert not window.actions_.health.isChecked()
    assert not model.question.is_open
