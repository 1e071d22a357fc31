"""Asks for files: every dialog of a window begins in the folder that was used last, which is remembered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from nnviz.ui.widgets.stored_settings import stored_text

KEY = "last_folder"


class LastFolder(QObject):
    """The folder that was used last in a window, whose child it is.

    Parameters
    ----------
    settings : QSettings or None
        Where it is kept; None: for as long as the window is open.
    window : QWidget
    """

    def __init__(self, settings: QSettings | None, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._folder = stored_text(settings, KEY)

    @property
    def path(self) -> Path | None:
        """The folder; None where none was used yet, or it exists no more."""
        folder = Path(self._folder) if self._folder else None
        try:
            return folder if folder is not None and folder.is_dir() else None
        except (OSError, ValueError):
            return None

    def remember(self, file: Path) -> None:
        """Take note that `file` was opened or written."""
        try:
            self._folder = str(file.expanduser().resolve().parent)
        except (OSError, RuntimeError):
            return
        if self._settings is not None:
            self._settings.setValue(KEY, self._folder)
            # At once: what is written there next may be the last thing that this process does.
            self._settings.sync()


def file_to_open(parent: QWidget, title: str, kinds: str) -> Path | None:
    """Ask for a file that exists; None: the user went back.

    Parameters
    ----------
    parent : QWidget
        Anything in the window.
    title : str
    kinds : str
        Filters as Qt wants them: "CSV tables (*.csv);;All files (*)".
    """
    folder = _last_folder(parent)
    start = folder.path if folder is not None else None
    name, _ = QFileDialog.getOpenFileName(parent, title, str(start or ""), kinds)
    return _remembered(folder, name)


def folder_to_open(parent: QWidget, title: str, proposal: Path | None) -> Path | None:
    """Ask for a folder, beginning at `proposal` or, where there is none, at the last one; None: the user went back."""
    folder = _last_folder(parent)
    start = proposal or (folder.path if folder is not None else None)
    name = QFileDialog.getExistingDirectory(parent, title, str(start or ""))
    return Path(name) if name else None


def file_to_save(parent: QWidget, title: str, proposal: str, kinds: str, ending: str) -> Path | None:
    """Ask where a file is to be written; None: the user went back.

    Parameters
    ----------
    parent : QWidget
        Anything in the window.
    title : str
    proposal : str
        Name of the file, or its whole path where it has one already.
    kinds : str
        As for `file_to_open`.
    ending : str
        Put behind a name that has none, such as ".csv".
    """
    folder = _last_folder(parent)
    start = folder.path if folder is not None else None
    name, _ = QFileDialog.getSaveFileName(parent, title, str(start / proposal) if start else proposal, kinds)
    if name and not Path(name).suffix:
        name = str(Path(name).with_suffix(ending))
    return _remembered(folder, name)


def _remembered(folder: LastFolder | None, name: str) -> Path | None:
    if not name:
        return None
    if folder is not None:
        folder.remember(Path(name))
    return Path(name)


def _last_folder(widget: QWidget) -> LastFolder | None:
    # A floating dock is a window of its own, but still a child of the main one.
    top = widget
    while (above := top.parentWidget()) is not None:
        top = above
    return top.findChild(LastFolder, options=Qt.FindChildOption.FindDirectChildrenOnly)
