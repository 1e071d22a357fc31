"""Settings of the wrong type are dropped, and said in the log."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings, QStandardPaths
from pytestqt.qtbot import QtBot

from nnviz.app import create_window
from nnviz.session.fault_log import FaultLog
from nnviz.ui.documents.recent_files import RecentFiles
from nnviz.ui.form.chips import ChipRow
from nnviz.ui.form.choice_box import Item
from nnviz.ui.widgets import stored_settings
from nnviz.ui.widgets.help_text import menu_text
from nnviz.ui.widgets.stored_settings import (
    MOST_FILE_BYTES,
    stored_bytes,
    stored_flag,
    stored_text,
    stored_texts,
    user_settings,
)
from nnviz.ui.window.choices import DEFAULT_SPEED
from tests.ui.conftest import small_experiment

STRANGE = (3, 1.5, True, ["a", 3], {"a": 1}, QByteArray(b"x"), "x" * 5000, "a\0b")


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "nnviz.ini"), QSettings.Format.IniFormat)


@pytest.mark.parametrize("value", STRANGE)
def test_what_is_of_another_type_is_dropped(settings: QSettings, value: object) -> None:
    settings.setValue("key", value)
    assert isinstance(stored_text(settings, "key", "usual"), str)
    assert len(stored_text(settings, "key", "usual")) < 100
    assert all(isinstance(text, str) for text in stored_texts(settings, "key"))
    assert stored_flag(settings, "key") is (value is True)
    assert stored_bytes(settings, "key") == (value if isinstance(value, QByteArray) else None)


def test_what_is_dropped_is_said_once_and_in_the_file_of_the_log(settings: QSettings, tmp_path: Path) -> None:
    settings.setValue("speed", ["not", "a", "speed"])
    log = FaultLog(tmp_path / "log")
    log.install()
    for _ in range(3):
        assert stored_text(settings, "speed", "60") == "60"
    log.remove()
    assert log.text().count("The setting speed holds") == 1
    assert stored_text(None, "speed", "60") == stored_text(settings, "nothing", "60") == "60"


def test_what_is_no_choice_is_dropped_and_said(
    settings: QSettings, caplog: pytest.LogCaptureFixture, qtbot: QtBot
) -> None:
    """All of the right type, and of no use: as another version may write them, or who edits the file."""
    strange = {
        "theme": "pink", "speed": "fast", "words": "poet", "keep_learnt": "maybe", "stage_views": ["sky"],
        "past_megabytes": "-1", "past_saved_megabytes": "9" * 4000, "recent_files": ["/" + "x" * 300],
        "geometry": QByteArray(b"x"), "docks": QByteArray(b"x"),
    }  # fmt: skip
    for key, value in strange.items():
        settings.setValue(key, value)
    window = create_window(small_experiment(), settings=settings)
    assert window.run_bar.speed == DEFAULT_SPEED
    assert window.document_actions.recent.paths == []
    window.document_actions.recent_menu.fill()
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert sorted(said) == [
        f"The setting {key} holds what is none of its values; that is left out." for key in sorted(strange)
    ]
    window.controller.wait_idle()
    window.close()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="settings are in no file of ours")
def test_what_can_be_no_file_of_settings_is_set_aside_before_it_is_read(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _where: str(tmp_path))
    # What Qt reads by itself is the file of the user who runs the tests.
    monkeypatch.setattr(stored_settings, "QSettings", lambda: None)
    monkeypatch.setattr(stored_settings.QCoreApplication, "organizationName", lambda: "o")
    monkeypatch.setattr(stored_settings.QCoreApplication, "applicationName", lambda: "a")
    file = tmp_path / "o" / "a.conf"
    file.parent.mkdir()
    user_settings()
    file.write_text("[General]")
    # A kill has left two of Qt's own, one a moment ago.
    names = ["a.conf", "a.conf.lock", "a.conf.merging", "a.conf.oMQmzQ"]
    for name in (*names[1:], "a.conf.AbCdEf"):
        (file.parent / name).touch()
    for name in ("a.conf.AbCdEf", "a.conf.merging"):
        os.utime(file.parent / name, (0, 0))
    user_settings()
    assert sorted(path.name for path in file.parent.iterdir()) == names
    for name in names[1:]:
        (file.parent / name).unlink()
    assert not caplog.records
    for spoil in (
        lambda: os.truncate(file, MOST_FILE_BYTES + 1),
        lambda: os.mkfifo(file),
        lambda: file.symlink_to("/dev/zero"),
    ):
        spoil()
        user_settings()
        assert [path.name for path in file.parent.iterdir()] == ["a.conf.set-aside"]
        assert "a.conf.set-aside" in caplog.messages[-1]
    file.mkdir()
    # It cannot take the place of the link; Qt leaves it alone, too.
    user_settings()
    assert file.is_dir()


def test_recent_files_that_cannot_be_are_left_out(settings: QSettings, tmp_path: Path) -> None:
    (tmp_path / "a.toml").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    names = [str(tmp_path / "a.toml"), 3, "x" * 300, str(tmp_path / "loop"), "a\0b", "", "\udcff"]
    settings.setValue("recent_files", names)
    recent = RecentFiles(settings)
    assert recent.paths == [tmp_path / "a.toml"]
    recent.add(tmp_path / "b")
    assert str(tmp_path / "b") in stored_texts(settings, "recent_files")


def test_an_ampersand_of_a_name_marks_no_key(qapp: object) -> None:
    assert menu_text("R&D <b>\u202e\n") == "R&&D ‹b>\\u202e\\n"
    chips = ChipRow()
    chips.set_items([Item("R&D", "R&D", "")])
    assert chips.chips[0].text() == "R&&D"
    chips.deleteLater()


def test_two_windows_add_to_one_list(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    # Two names of one folder: Qt shares nothing between them, as between two processes.
    (tmp_path / "there").symlink_to(tmp_path / "here")
    windows = [QSettings(str(tmp_path / name / "n.ini"), QSettings.Format.IniFormat) for name in ("here", "there")]
    lists = [RecentFiles(settings) for settings in windows]
    for number, name in enumerate(("a", "b", "c", "d")):
        (tmp_path / name).touch()
        lists[number % 2].add(tmp_path / name)
    for settings, recent in zip(windows, lists, strict=True):
        settings.sync()
        assert sorted(path.name for path in recent.paths) == ["a", "b", "c", "d"]
