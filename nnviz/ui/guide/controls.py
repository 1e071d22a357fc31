"""The controls of the window in their own words: every widget with a tooltip, once in each view."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from msgspec import Struct
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap, QTextDocumentFragment
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from nnviz.ui.guide.term import Term
from nnviz.ui.guide.terms import term_called

#: Largest picture of a control, and of a view.
CONTROL_SIZE = QSize(360, 140)
VIEW_SIZE = QSize(620, 380)


class Place(Struct, frozen=True, eq=False):
    """A part of the window that has a page.

    Attributes
    ----------
    name : str
        In `VIEW_TEXTS`, where that tells of it.
    title : str
    widgets : tuple of QWidget
        What belongs to it; the first one is its picture.
    """

    name: str
    title: str
    widgets: tuple[QWidget, ...]


class ControlEntry(Struct, frozen=True, eq=False):
    """A paragraph about a control.

    Attributes
    ----------
    title : str
    text : str
        Its tooltip, without markup.
    term : Term or None
        The concept that it is about.
    """

    title: str
    text: str
    term: Term | None
    _widgets: tuple[weakref.ref[QWidget], ...]

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """All widgets that say so, those that are still there."""
        return tuple(widget for ref in self._widgets if (widget := ref()) is not None)

    def picture(self) -> QPixmap:
        """Return the control as it looks now."""
        widget = self._shown
        return picture_of(widget, CONTROL_SIZE) if widget is not None else QPixmap()

    def picture_size(self) -> QSize:
        """Return how large its picture will be: to know that takes much less time than to draw it."""
        widget = self._shown
        return _fitted(_size_of(widget, CONTROL_SIZE), CONTROL_SIZE) if widget is not None else QSize()

    @property
    def _shown(self) -> QWidget | None:
        widgets = sorted(self.widgets, key=lambda widget: (not widget.isVisible(), isinstance(widget, QLabel)))
        return widgets[0] if widgets else None


def plain(tooltip: str) -> str:
    """Return a tooltip without its markup, on lines of their own where it has any."""
    is_rich = tooltip.lstrip().startswith("<")
    text = QTextDocumentFragment.fromHtml(tooltip).toPlainText() if is_rich else tooltip
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def name_of(widget: QWidget) -> str:
    """Return what a control is called: by those who hear the window, or by its own words; empty: nothing."""
    if widget.accessibleName():
        return widget.accessibleName()
    text = getattr(widget, "text", None)
    words = str(text()) if callable(text) and isinstance(text(), str) else ""
    return words.replace("&", "").strip() if any(map(str.isalpha, words)) else ""


def term_of(widget: QWidget) -> Term | None:
    """Return the concept that a control is about, by its name; None: it is about none of the glossary."""
    return term_called(plain(name_of(widget)))


def controls_in(place: Place, seen: set[int]) -> tuple[ControlEntry, ...]:
    """Return what explains itself in a place; `seen` are the ids of widgets that belong to another one, or to this."""
    told: dict[str, list[QWidget]] = {}
    for widget in _explained(place):
        if id(widget) not in seen:
            seen.add(id(widget))
            told.setdefault(plain(widget.toolTip()), []).append(widget)
    entries = []
    for text, widgets in told.items():
        names = [name for name in map(name_of, widgets) if name]
        title = plain(min(names, key=len)) if names else text.split("\n")[0].split(".")[0]
        term = next((found for found in map(term_called, map(plain, names)) if found is not None), None)
        entries.append(ControlEntry(title, text, term, tuple(map(weakref.ref, widgets))))
    return tuple(entries)


def _explained(place: Place) -> Iterator[QWidget]:
    for owner in place.widgets:
        for widget in (owner, *owner.findChildren(QWidget, options=Qt.FindChildOption.FindChildrenRecursively)):
            if widget.toolTip() and not isinstance(widget, QMenu) and not _is_in_other_window(widget, owner):
                yield widget


def _is_in_other_window(widget: QWidget, owner: QWidget) -> bool:
    """Whether it is in a dialog or a menu that only belongs to the owner."""
    above: QWidget | None = widget
    while above is not None and above is not owner:
        if above.isWindow():
            return True
        above = above.parentWidget()
    return False


def _size_of(widget: QWidget, most: QSize) -> QSize:
    """Return the size in which a widget is drawn: its own, or while it is hidden the one that it would like."""
    if widget.isVisible():
        return widget.size()
    widget.ensurePolished()
    wanted = widget.sizeHint().expandedTo(widget.minimumSize()).boundedTo(widget.maximumSize())
    return wanted.boundedTo(most * 2)


def _fitted(size: QSize, most: QSize) -> QSize:
    """Return a size made smaller until it fits into `most`."""
    if size.width() <= most.width() and size.height() <= most.height():
        return size
    return size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio)


def picture_of(widget: QWidget, most: QSize) -> QPixmap:
    """Return a widget as it looks now, no larger than `most`; one that is hidden in the size that it would like."""
    from nnviz.ui.widgets.grabbing import grab_now

    size = widget.size()
    if not widget.isVisible():
        wanted = _size_of(widget, most)
        # What is hidden is laid out when it is first painted, and keeps its size from then on.
        widget.grab()
        widget.resize(wanted)
    picture = grab_now(widget)
    if widget.size() != size:
        widget.resize(size)
    ratio = picture.devicePixelRatio()
    room = most * ratio
    if picture.width() > room.width() or picture.height() > room.height():
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        picture = picture.scaled(room, keep, smooth)
        picture.setDevicePixelRatio(ratio)
    return picture
