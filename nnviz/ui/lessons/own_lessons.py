"""Lessons that nnviz does not ship: those one has saved, and those of a folder, such as a school's share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from nnviz.core.errors import NnvizError
from nnviz.ui.widgets.stored_settings import alone_with, stored_text, stored_texts

if TYPE_CHECKING:
    from nnviz.lessons.files import Shelf
    from nnviz.lessons.schema import LessonSpec


#: Settings: the folder, and the paths of what was saved elsewhere.
FOLDER = "lessons_folder"
SAVED = "own_lessons"
MOST_SAVED = 50


class OwnLessons:
    """Knows where lessons are, and reads them when they are asked for.

    Parameters
    ----------
    settings : QSettings or None
        Where it is kept; None: for as long as the window is open.
    """

    def __init__(self, settings: QSettings | None) -> None:
        self._settings = settings
        self._folder = stored_text(settings, FOLDER)
        self._saved = stored_texts(settings, SAVED)[:MOST_SAVED]

    @property
    def folder(self) -> str:
        """The folder whose lessons are listed; empty: none."""
        return self._folder

    def set_folder(self, folder: str) -> None:
        """List the lessons of a folder from now on; empty: of none."""
        self._folder = folder
        if self._settings is not None:
            self._settings.setValue(FOLDER, folder)

    def add(self, path: str) -> None:
        """List a lesson that was saved."""
        settings = self._settings
        if settings is None:
            self._saved = _with(self._saved, path)
            return
        with alone_with(settings):
            self._saved = _with(stored_texts(settings, SAVED), path)
            settings.setValue(SAVED, self._saved)

    def shelf(self) -> Shelf:
        """Return all lessons by their paths, and a sentence for each that is damaged.

        One that was saved and has gone since is nobody's loss, and not spoken of.
        """
        from nnviz.lessons.files import Shelf, lessons_in, load_lesson

        shelf = lessons_in(Path(self._folder)) if self._folder else Shelf()
        lessons: dict[str, LessonSpec] = {}
        complaints = list(shelf.complaints)
        for path in self._saved:
            if path in shelf.lessons or (self._folder and Path(path).parent == Path(self._folder)):
                continue
            try:
                if Path(path).is_file():
                    lessons[path] = load_lesson(path)
            except NnvizError as error:
                complaints.append(str(error))
            except (OSError, ValueError):
                continue
        return Shelf({**lessons, **shelf.lessons}, tuple(complaints))


def _with(saved: list[str], path: str) -> list[str]:
    return [path, *(other for other in saved if other != path)][:MOST_SAVED]
