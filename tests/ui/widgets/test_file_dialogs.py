"""Every file dialog begins in the folder that was used last."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QDockWidget, QFileDialog, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from nnviz.ui.widgets.file_dialogs import LastFolder, file_to_open, file_to_save, folder_to_open
from tests.sources import PACKAGE, files, nodes_of


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_the_last_folder_is_remembered_beyond_the_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    answers = [str(tmp_path / "a" / "rows"), "", str(tmp_path / "b" / "t.csv")]

    def answer(_parent: QWidget, _title: str, start: str, _kinds: str) -> tuple[str, str]:
        started.append(start)
        return answers[len(started) - 1], ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    for name in "ab":
        (tmp_path / name).mkdir()
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = QMainWindow()
    qtbot.addWidget(window)
    LastFolder(settings, window)
    dock = QDockWidget(window)
    view = QWidget(dock)
    dock.setFloating(True)
    assert file_to_save(view, "", "rows.csv", "", ".csv") == tmp_path / "a" / "rows.csv"
    # Going back changes nothing.
    assert file_to_open(window, "", "") is None
    assert file_to_open(window, "", "") == tmp_path / "b" / "t.csv"
    assert started == ["rows.csv", str(tmp_path / "a"), str(tmp_path / "a")]
    folders: list[str] = []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda _parent, _title, start: folders.append(start) or "")
    assert folder_to_open(view, "", None) is folder_to_open(view, "", tmp_path / "a") is None
    assert folders == [str(tmp_path / "b"), str(tmp_path / "a")]
    # At once: a process that is killed while it writes there has said where to look.
    assert str(tmp_path / "b") in (tmp_path / "settings.ini").read_text()
    later = LastFolder(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat), QMainWindow(window))
    assert later.path == tmp_path / "b"
    (tmp_path / "b").rmdir()
    assert later.path is None


def test_no_other_module_asks_for_files_by_itself() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in files()}
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path, text in texts.items()
        for node in (nodes_of(text) if "QFileDialog" in text else ())
        if isinstance(node, ast.alias) and node.name == "QFileDialog"
    }
    assert users == {"ui/widgets/file_dialogs.py"}
