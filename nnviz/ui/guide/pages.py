"""The pages of the guide as rich text: of the glossary, of the tables, and of what the window says of itself.

Links are ``page`` or ``page#place``, or ``do:`` and the name of something the guide does; `Guide.resolves` knows all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from html import escape

from msgspec import Struct
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from nnviz.core.choices import Choice
from nnviz.ui.guide.choice_pages import CHOICE_PAGES
from nnviz.ui.guide.controls import ControlEntry, Place, controls_in, plain
from nnviz.ui.guide.gestures import GESTURES
from nnviz.ui.guide.term import Term, Words
from nnviz.ui.guide.terms import TERMS, groups
from nnviz.ui.guide.view_texts import VIEW_TEXTS
from nnviz.ui.widgets.help_text import table_text

#: What links can do besides leading to a page.
DOINGS = ("introduction", "lessons", "shortcuts", "whats_this")
START = "start"
_TAG = re.compile("<[^>]*>")


def tr(text: str) -> str:
    """Return a sentence of the guide in the user's language."""
    return QCoreApplication.translate("Guide", text)


class Commands(Struct, frozen=True):
    """What a menu offers: a heading, and actions with their keys."""

    title: str
    actions: tuple[QAction, ...]


class Guide:
    """All pages, as the window is now.

    Parameters
    ----------
    places : sequence of Place
        The parts of the window, in the order of the guide.
    commands : callable
        Returns what the menus offer.
    """

    def __init__(self, places: Sequence[Place], commands: Callable[[], Sequence[Commands]]) -> None:
        self._commands = commands
        seen: set[int] = set()
        # A control that is in two places belongs to the first one.
        self._places = {place.name: (place, controls_in(place, seen)) for place in places}

    # -- what there is ------------------------------------------------------------------------------------------

    @cached_property
    def chapters(self) -> Mapping[str, Mapping[str, str]]:
        """Titles of pages by their names, by chapter."""
        chapters: dict[str, dict[str, str]] = {tr("Begin here"): {START: tr("What this is, and where to begin")}}
        chapters[tr("What you see")] = {f"view:{name}": self._title(place) for name, (place, _) in self._places.items()}
        for group, terms in groups().items():
            chapters[table_text(group)] = {f"term:{term.name}": table_text(term.label) for term in terms}
        chapters[tr("What there is to choose")] = {
            f"choices:{name}": table_text(page.title) for name, page in CHOICE_PAGES.items()
        }
        chapters[tr("Look up")] = {
            "glossary": tr("Glossary from A to Z"),
            "commands": tr("All commands"),
            "keys": tr("Keys and mouse"),
        }
        return chapters

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Titles of all pages by their names."""
        return {name: title for pages in self.chapters.values() for name, title in pages.items()}

    def resolves(self, link: str) -> bool:
        """Return whether a link leads anywhere."""
        page, _, place = link.partition("#")
        if page.startswith("do:"):
            return page.removeprefix("do:") in DOINGS
        if page not in self.titles:
            return False
        return not place or f'name="{place}"' in self.html(page, "student")

    def found(self, query: str, words: Words) -> tuple[str, ...]:
        """Return the pages on which all words of `query` are, those with them in their title first; all for none."""
        wanted = query.casefold().split()
        named = [name for name, title in self.titles.items() if all(word in title.casefold() for word in wanted)]
        told = [
            name
            for name in self.titles
            if name not in named
            and wanted
            and all(word in _TAG.sub(" ", self.html(name, words)).casefold() for word in wanted)
        ]
        return (*named, *told)

    def control(self, page: str, number: int) -> ControlEntry | None:
        """Return control `number` of a view's page."""
        entries = self._places[page][1] if page in self._places else ()
        return entries[number] if 0 <= number < len(entries) else None

    def place(self, page: str) -> Place | None:
        """Return the part of the window that a view's page is about."""
        return self._places[page][0] if page in self._places else None

    def link_to(self, widget: QWidget) -> str:
        """Return where a control is explained, or the nearest thing round it; empty: nowhere."""
        above: QWidget | None = widget
        while above is not None:
            for name, (place, entries) in self._places.items():
                for number, entry in enumerate(entries):
                    if any(each is above for each in entry.widgets):
                        return f"view:{name}#c{number}"
                if above in place.widgets:
                    return f"view:{name}"
            above = above.parentWidget()
        return ""

    # -- pages --------------------------------------------------------------------------------------------------

    def html(self, page: str, words: Words) -> str:
        """Return a page by its name."""
        kind, _, name = page.partition(":")
        match kind:
            case "view":
                body = self._view(name, words)
            case "term":
                body = _term(TERMS[name], words)
            case "choices":
                body = _choices(name, words)
            case "glossary":
                body = _glossary(words)
            case "commands":
                body = self._all_commands()
            case "keys":
                body = self._keys()
            case _:
                body = _start()
        return f"<h1>{escape(self.titles[page])}</h1>{body}"

    @staticmethod
    def _title(place: Place) -> str:
        text = VIEW_TEXTS.get(place.name)
        return table_text(text.label) if text is not None else place.title

    def _view(self, name: str, words: Words) -> str:
        _, entries = self._places[name]
        text = VIEW_TEXTS.get(name)
        parts = [f'<p><img src="view:{name}"></p>']
        if text is not None:
            parts.append(f"<p>{escape(table_text(text.help))}</p>")
            parts.append(f"<p><b>{escape(tr('What to look for'))}</b>. {escape(table_text(text.look))}</p>")
            parts.append(_links(tr("Concepts"), text.terms))
        if entries:
            parts.append(f"<h2>{escape(tr('Its controls'))}</h2>")
        for number, entry in enumerate(entries):
            parts.append(_control(name, number, entry, words))
        return "".join(parts)

    def _all_commands(self) -> str:
        parts = []
        for group in self._commands():
            rows = [(_keys_of(action), action.text().replace("&", ""), _about(action)) for action in group.actions]
            parts.append(f"<h2>{escape(group.title)}</h2>{_table(rows)}")
        return "".join(parts)

    def _keys(self) -> str:
        rows = [
            (_keys_of(action), action.text().replace("&", ""))
            for group in self._commands()
            for action in group.actions
            if not action.shortcut().isEmpty()
        ]
        note = tr("Single keys rest while something is typed, or while the network has the keyboard; Esc frees them.")
        parts = [f"<p>{escape(note)}</p>", _table(rows)]
        for where in dict.fromkeys(gesture.where for gesture in GESTURES):
            told = [(table_text(each.how), table_text(each.does)) for each in GESTURES if each.where == where]
            parts.append(f"<h2>{escape(table_text(where))}</h2>{_table(told)}")
        return "".join(parts)


def _start() -> str:
    points = (
        ("do:introduction", tr("Show the introduction again: data, network, play")),
        ("do:lessons", tr("Choose a lesson: each takes some minutes and does everything by itself")),
        ("view:network", tr("What you see in the network, the map and the curves")),
        ("term:network", tr("What a neural network is")),
        ("keys", tr("Keys and mouse, those of a projector's clicker among them")),
        ("do:whats_this", tr("Click anything in the window to have it explained")),
    )
    intro = tr(
        "nnviz shows a neural network while it learns: its weights, what each unit sees, what it answers everywhere, "
        "and "
        "how wrong it is. Everything can be changed while it runs, and everything can be undone."
    )
    levels = tr(
        "Above, choose whose words are used: a pupil's, a student's or an expert's. The tooltips of the window follow."
    )
    rows = "".join(f'<li><a href="{link}">{escape(text)}</a></li>' for link, text in points)
    return f'<p><img src="view:network"></p><p>{escape(intro)}</p><ul>{rows}</ul><p>{escape(levels)}</p>'


def _term(term: Term, words: Words) -> str:
    parts = [f'<p><img src="concept:{term.picture}"></p>', f"<p>{escape(table_text(term.text(words)))}</p>"]
    if term.also:
        also = ", ".join(table_text(word) for word in term.also)
        parts.append(f"<p>{escape(tr('Also called, or seen as: {0}.').format(also))}</p>")
    if term.choices:
        title = table_text(CHOICE_PAGES[term.choices].title)
        parts.append(f'<p><a href="choices:{term.choices}">{escape(title)}</a></p>')
    parts.append(_links(tr("See also"), term.see))
    return "".join(parts)


def _choices(name: str, words: Words) -> str:
    page = CHOICE_PAGES[name]
    term = TERMS[page.term]
    parts = [f'<p>{escape(table_text(term.text(words)))} <a href="term:{term.name}">{escape(_label(term))}</a></p>']
    if not page.picture:
        parts.append(f'<p><img src="concept:{term.picture}"></p>')
    for entry in page.table.values():
        parts.append(f'<h3><a name="{escape(entry.name)}"></a>{escape(table_text(entry.label))}</h3>')
        image = f'<img src="{page.picture}:{escape(entry.name)}"><br>' if page.picture else ""
        parts.append(f"<p>{image}{escape(table_text(entry.help))}{_extras(entry)}</p>")
    return "".join(parts)


def _extras(entry: Choice) -> str:
    told = []
    if entry.formula:
        told.append("<code>" + "<br>".join(map(escape, entry.formula.splitlines())) + "</code>")
    failure = getattr(entry, "failure", "")
    if failure:
        told.append(escape(tr("Beware: {0}").format(table_text(str(failure)))))
    return "".join(f"<br>{text}" for text in told)


def _glossary(words: Words) -> str:
    ordered = sorted(TERMS.values(), key=lambda term: table_text(term.label).casefold())
    rows = (
        f'<p><a name="{term.name}"></a><a href="term:{term.name}"><b>{escape(_label(term))}</b></a><br>'
        f"{escape(table_text(term.text(words)))}</p>"
        for term in ordered
    )
    return "".join(rows)


def _control(page: str, number: int, entry: ControlEntry, words: Words) -> str:
    title, term = escape(entry.title), entry.term
    text = "<br>".join(map(escape, entry.text.splitlines()))
    more = ""
    if term is not None:
        said = escape(table_text(term.text(words)))
        more = f'<br><a href="term:{term.name}">{escape(_label(term))}</a>: {said}'
    return (
        f'<h3><a name="c{number}"></a>{title[:1].upper()}{title[1:]}</h3>'
        f'<p><img src="control:{page}:{number}"{_size(entry)}><br>{text}{more}</p>'
    )


def _size(entry: ControlEntry) -> str:
    """Return the size of a control's picture, which the browser then draws only once it comes into view."""
    size = entry.picture_size()
    return f' width="{size.width()}" height="{size.height()}"' if not size.isEmpty() else ""


def _label(term: Term) -> str:
    return table_text(term.label)


def _links(title: str, names: Iterable[str]) -> str:
    links = ", ".join(f'<a href="term:{name}">{escape(_label(TERMS[name]))}</a>' for name in names)
    return f"<p><b>{escape(title)}</b>: {links}</p>" if links else ""


def _table(rows: Iterable[Sequence[str]]) -> str:
    lines = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows if any(cell for cell in row)
    )
    return f'<table cellspacing="0" cellpadding="4">{lines}</table>'


def _keys_of(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def _about(action: QAction) -> str:
    """Return what an action's tooltip says more than its text, without its key."""
    keys = _keys_of(action)
    said = plain(action.toolTip()).removesuffix(f"({keys})").strip() if keys else plain(action.toolTip())
    return "" if said == action.text().replace("&", "") else said


def links_in(html: str) -> Iterator[str]:
    """Yield the targets of all links in a page."""
    return (match[1] for match in re.finditer('href="([^"]*)"', html))
