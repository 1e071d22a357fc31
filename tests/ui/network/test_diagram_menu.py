"""The network diagram is saved and copied as every plot is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from nnviz.ui.window.main_window import MainWindow


def test_the_network_becomes_a_picture_and_a_table(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports = window.diagram_menu.exports
    for action, name in ((exports.save_png[1], "network.png"), (exports.save_table, "weights.csv")):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        action.trigger()
    assert QImage(str(tmp_path / "network.png")).width() == window.diagram_menu.figure().size[0]
    rows = (tmp_path / "weights.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + window.controller.frame.layout.n_parameters
