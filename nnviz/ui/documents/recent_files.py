"""The files that were opened or saved last, kept between runs, and the menu that opens them again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from nnviz.core.reading import LONGEST_NAME
from nnviz.ui.widgets.help_text import inert_tooltip, menu_text
from nnviz.ui.widgets.stored_settings import alone_with, say_dropped, stored_texts

KEY = "recent_files"
MAX_FILES = 10


class RecentFiles:
    """A list of paths, the latest first.

    Parameters
    ----------
    settings : QSettings or None
        Where it is kept; None: for as long as the window is open.
    """

    def __init__(self, settings: QSettings | None) -> None:
        self._settings = settings
        self._names: list[str] = []

    @property
    def paths(self) -> list[Path]:
        """Those that still exist."""
        return [path for path in map(Path, self._stored()) if self._is_file(path)]

    def add(self, path: Path) -> None:
        """Put `path` first."""
        name = str(path.expanduser().resolve())
        if self._settings is None:
            self._names = self._with(name)
        else:
            with alone_with(self._settings):
                self._settings.setValue(KEY, self._with(name))

    def clear(self) -> None:
        """Forget all."""
        self._names = []
        if self._settings is not None:
            self._settings.setValue(KEY, [])

    def _with(self, name: str) -> list[str]:
        return [name, *(other for other in self._stored() if other != name)][:MAX_FILES]

    def _stored(self) -> list[str]:
        if self._settings is None:
            return self._names
        return stored_texts(self._settings, KEY)

    def _is_file(self, path: Path) -> bool:
        try:
            return path.is_file()
        except (OSError, ValueError):
            # In a folder that may not be read, or with a name that no file can have.
            if self._settings is not None:
                say_dropped(self._settings, KEY)
            return False


class RecentMenu(QMenu):
    """*Open recent*: filled when it is about to be seen.

    Signals
    -------
    chosen : str
        A path.
    """

    chosen = Signal(str)

    def __init__(self, recent: RecentFiles, parent: QWidget) -> None:
        super().__init__(parent)
        self._recent = recent
        self.setTitle(self.tr("Open &recent"))
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)
        self.fill()

    @Slot()
    def fill(self) -> None:
        """Show the files that exist now."""
        self.clear()
        paths = self._recent.paths
        for number, path in enumerate(paths, start=1):
            name = menu_text(path.name, LONGEST_NAME)
            label = self.tr("&{0}  {1}").format(number, name) if number < 10 else name
            action = self.addAction(label)
            action.setData(str(path))
            action.setToolTip(inert_tooltip(str(path)))
            action.triggered.connect(self._on_file)
        if paths:
            self.addSeparator()
        clear = self.addAction(self.tr("Clear this list") if paths else self.tr("No files yet"))
        clear.setToolTip(self.tr("Forget which files were opened; the files stay"))
        clear.setEnabled(bool(paths))
        clear.triggered.connect(self._on_clear)

    @Slot()
    def _on_file(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.chosen.emit(str(action.data()))

    @Slot()
    def _on_clear(self) -> None:
        self._recent.clear()
