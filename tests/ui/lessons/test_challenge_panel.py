"""A challenge in the window: begun, judged live, remembered, shared, and not to be had with other data."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.app import create_window
from nnviz.experiment.overrides import with_settings


def test_a_challenge_is_judged_remembered_and_shared(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = create_window(theme="light", settings=settings)
    qtbot.addWidget(window)
    panel = window.lessons.challenge
    assert not window.docks["challenge"].isVisible()
    window.actions_.challenge.trigger()
    assert panel.isVisible()
    panel.choice.setCurrentIndex(panel.choice.findData("inputs"))
    assert "Press Begin" in panel.meter.text()
    assert not panel.copy.isEnabled()
    panel.begin.click()
    window.controller.wait_idle()
    assert "○ training accuracy ≥ 0.98" in panel.meter.text()
    assert "✓ hidden layers = 0" in panel.meter.text()
    # Which inputs are made of the data is free; a solution has its stars, and they stay.
    window.state.edit(with_settings(window.state.experiment, ['data.inputs=["x1^2", "x2^2"]']), "inputs")
    window.run_bar.set_speed("full")
    window.play()
    qtbot.waitUntil(lambda: panel.standing.stars == 3, timeout=60_000)
    window.pause()
    window.controller.wait_idle()
    assert panel.record("inputs") == (3, 2.0)
    assert settings.value("challenges") == ["inputs 3 2"]
    panel.copy.click()
    assert QGuiApplication.clipboard().text() == 'nnviz challenge "No hidden units": ★★★, 2 inputs'
    # Other data are another matter.
    window.state.edit(with_settings(window.state.experiment, ["data.name=blobs"]), "data")
    window.controller.wait_idle()
    assert panel.standing.stars == 0
    assert "other data" in panel.meter.text()
