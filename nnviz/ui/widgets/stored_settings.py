"""Settings between runs, read with distrust: a file of another program, of another version, or a damaged one.

Each value is read by its type. One that is none of it is dropped and said in the log, and the default stands, so that
no setting can keep the window from opening.

Several windows share them: each writes what its user has changed, and a list is read again before it is added to.
"""

from __future__ import annotations

import logging
import stat
import sys
import time
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QByteArray, QCoreApplication, QSettings, QStandardPaths

_LOG = logging.getLogger(__name__)
_said: WeakKeyDictionary[QSettings, set[str]] = WeakKeyDictionary()
LONGEST_TEXT = 4096
MOST_BYTES = 2**20
#: Of the file; with all that is kept in it, it has some ten thousand.
MOST_FILE_BYTES = 8 * 2**20
#: Another window may be writing it at this moment.
_WRITTEN_WITHIN_S = 60.0
#: So long another window is waited for that is about to write.
LOCK_WITHIN_S = 1.0


def user_settings() -> QSettings:
    """Return this user's settings; what is in the place of their file and can be none is set aside before.

    Qt reads whatever is there: it would wait for somebody who writes into a pipe, and read a device without end.
    """
    if sys.platform not in ("win32", "darwin"):
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
        file = Path(folder) / QCoreApplication.organizationName() / f"{QCoreApplication.applicationName()}.conf"
        with suppress(OSError):
            status = file.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_FILE_BYTES:
                aside = file.with_name(f"{file.name}.set-aside")
                file.replace(aside)
                _LOG.warning("The settings were in no file, or in one that is too large: it is %s now.", aside.name)
        _forget_unfinished(file)
    return QSettings()


def _forget_unfinished(file: Path) -> None:
    """Delete what Qt has left beside `file` where it was killed while it wrote: six letters are behind the name."""
    for part in file.parent.glob(f"{file.name}.??????"):
        with suppress(OSError):
            if part.suffix[1:].isalpha() and time.time() - part.lstat().st_mtime > _WRITTEN_WITHIN_S:
                part.unlink()


@contextmanager
def alone_with(settings: QSettings) -> Iterator[None]:
    """Keep other windows of the user from writing between what is read in the block and what is written in it."""
    from nnviz.core.locks import locked

    # Qt's own lock, of which this one keeps clear, holds while it writes, and not from one call to the next.
    with locked(Path(f"{settings.fileName()}.merging"), LOCK_WITHIN_S):
        settings.sync()
        yield
        settings.sync()


def stored_text(settings: QSettings | None, key: str, default: str = "") -> str:
    """Return a text that can be shown and written again."""
    value = _stored(settings, key)
    if value is None:
        return default
    if isinstance(value, str) and _is_sound(value):
        return value
    return _dropped(settings, key, default)


def stored_texts(settings: QSettings | None, key: str) -> list[str]:
    """Return a list of texts; those that are none are left out."""
    value = _stored(settings, key)
    if value is None:
        return []
    # WORKAROUND: QSettings gives a list of one back as a string where it is kept in an ini file, an empty one as None.
    if isinstance(value, str):
        value = [value] if value else []
    if not isinstance(value, list):
        return _dropped(settings, key, [])
    sound = [text for text in value if isinstance(text, str) and text and _is_sound(text)]
    return sound if len(sound) == len(value) else _dropped(settings, key, sound)


def stored_bytes(settings: QSettings | None, key: str) -> QByteArray | None:
    """Return bytes that Qt has given; None where there are none."""
    value = _stored(settings, key)
    if value is None or (isinstance(value, QByteArray) and value.size() <= MOST_BYTES):
        return value
    return _dropped(settings, key, None)


def stored_flag(settings: QSettings | None, key: str, default: bool = False) -> bool:
    """Return yes or no."""
    value = _stored(settings, key)
    if value is None or isinstance(value, bool):
        return default if value is None else value
    words = {"true": True, "false": False}
    # An ini file knows words only.
    return words[value] if isinstance(value, str) and value in words else _dropped(settings, key, default)


def stored_choice(settings: QSettings | None, key: str, choices: Container[str], default: str = "") -> str:
    """Return one of `choices`; the default where it is another text, such as one of another version."""
    value = stored_text(settings, key, default)
    return value if value == default or value in choices else _dropped(settings, key, default)


def _stored(settings: QSettings | None, key: str) -> Any:
    if settings is None:
        return None
    try:
        return settings.value(key)
    except Exception:  # What PySide makes of a foreign type may fail in any way.
        return _dropped(settings, key, None)


def _is_sound(text: str) -> bool:
    return len(text) <= LONGEST_TEXT and "\0" not in text


def _dropped(settings: QSettings | None, key: str, default: Any) -> Any:
    if settings is not None:
        say_dropped(settings, key)
    return default


def say_dropped(settings: QSettings, key: str) -> None:
    """Say in the log, once for each key, that what is stored there cannot be used: not what it is, which is private."""
    said = _said.setdefault(settings, set())
    if key not in said:
        said.add(key)
        _LOG.warning("The setting %s holds what is none of its values; that is left out.", key)
