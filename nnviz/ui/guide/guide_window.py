"""The guide: pages on the left, searched as one types; words for pupils, students or experts; pictures beside them."""

from __future__ import annotations

import re

from PySide6.QtCore import QSettings, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPixmap, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnviz.drawing.theme import Theme
from nnviz.ui.guide.choice_pages import choice_picture
from nnviz.ui.guide.concept_pictures import concept_picture
from nnviz.ui.guide.controls import VIEW_SIZE, picture_of
from nnviz.ui.guide.pages import START, Guide
from nnviz.ui.guide.term import DEFAULT_WORDS, WORDS, WORDS_KEY, Words
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.opening_size import opening_size
from nnviz.ui.widgets.segments import Segments
from nnviz.ui.widgets.stored_settings import stored_choice

PAGE_ROLE = Qt.ItemDataRole.UserRole
_IMAGE = QTextDocument.ResourceType.ImageResource
_VIEWS = re.compile(r'<img src="(view:[^"]+)"')


class PageBrowser(QTextBrowser):
    """Shows a page with pictures of concepts, and of the window as it is.

    To draw the window lays out all that belongs to it, this page too. That must not happen while the page is laid out
    or painted, which is when it asks for its pictures: Qt crashes then. So those of views are drawn before, and those
    of controls, which say how large they will be, once they have come into sight.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.guide: Guide | None = None
        self.theme: Theme | None = None
        self._wanted: list[str] = []
        self._drawing = QTimer(self, singleShot=True, interval=0)
        self._drawing.setObjectName("pictures of a page")
        self._drawing.timeout.connect(self._draw_wanted)
        self.setOpenLinks(False)

    def show_page(self, html: str) -> None:
        """Show another page, with pictures of now."""
        self._wanted.clear()
        self.clear()
        self.document().clear()
        for source in dict.fromkeys(_VIEWS.findall(html)):
            self._add(source)
        self.setHtml(html)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Return the picture of a concept; that of a control follows."""
        if kind != _IMAGE.value or self.theme is None:
            return None
        source = name.toString() if isinstance(name, QUrl) else name
        what, _, rest = source.partition(":")
        if what == "concept":
            return concept_picture(rest, self.theme, self.devicePixelRatioF())
        if what not in ("view", "control"):
            return choice_picture(what, rest, self.theme, self.devicePixelRatioF())
        if what == "control":
            self._wanted.append(source)
            self._drawing.start()
        nothing = QPixmap(1, 1)
        nothing.fill(Qt.GlobalColor.transparent)
        return nothing

    @Slot()
    def _draw_wanted(self) -> None:
        wanted, self._wanted = self._wanted, []
        for source in dict.fromkeys(wanted):
            self._add(source)
        self.viewport().update()

    def _add(self, source: str) -> None:
        """Draw a picture of the window for the page."""
        if self.guide is None:
            return
        what, _, rest = source.partition(":")
        picture = QPixmap()
        if what == "view":
            place = self.guide.place(rest)
            picture = picture_of(place.widgets[0], VIEW_SIZE) if place is not None else picture
        else:
            page, _, number = rest.rpartition(":")
            entry = self.guide.control(page, int(number))
            picture = entry.picture() if entry is not None else picture
        self.document().addResource(_IMAGE.value, QUrl(source), picture)


class GuideWindow(QDialog):
    """Never blocks the window: one reads here and looks there.

    Parameters
    ----------
    theme : Theme
    settings : QSettings or None
        Where it is kept whose words are used.
    parent : QWidget

    Attributes
    ----------
    words_of : Segments
        Whose words are used: this is the one place where that is switched.

    Signals
    -------
    wanted : str
        Something that a link does, by its name in `nnviz.ui.guide.pages.DOINGS`.
    words_changed : str
        Other words are used from now on.
    """

    wanted = Signal(str)
    words_changed = Signal(str)

    def __init__(self, theme: Theme, settings: QSettings | None, parent: QWidget) -> None:
        super().__init__(parent)
        tr = self.tr
        self.setWindowTitle(tr("Guide"))
        self._settings = settings
        self._guide: Guide | None = None
        self._past: list[str] = []
        self.link = START
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search: learning rate, boundary, zoom …"))
        self.search.setAccessibleName(tr("Search the guide"))
        self.search.setToolTip(tr("Show the pages on which all of these words are"))
        self.search.setClearButtonEnabled(True)
        levels = (
            ("pupil", tr("pupil"), tr("Everyday words, in the guide and in tooltips")),
            ("student", tr("student"), tr("The words of a first course, in the guide and in tooltips")),
            ("expert", tr("expert"), tr("Exact words and formulas, in the guide and in tooltips")),
        )
        self.words_of = Segments(levels, tr("Words for a"), self)
        self.words_of.choose(stored_choice(settings, WORDS_KEY, WORDS, DEFAULT_WORDS))
        self.back_button = QPushButton(tr("‹ Back"), self)
        self.back_button.setToolTip(tr("Go to the page before (Alt+Left)"))
        self.back_button.setAccessibleName(tr("Back"))
        self.back_button.setAutoDefault(False)
        self.tree = QTreeWidget(self)
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName(tr("Pages of the guide"))
        self.browser = PageBrowser(self)
        self.browser.setAccessibleName(tr("Page"))
        self.browser.document().setDocumentMargin(14)
        head = QHBoxLayout()
        head.addWidget(self.back_button)
        head.addWidget(self.search, 1)
        head.addWidget(self.words_of)
        split = QSplitter(self)
        split.addWidget(self.tree)
        split.addWidget(self.browser)
        split.setStretchFactor(1, 1)
        split.setSizes([250, 690])
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        add_layout(column, head)
        column.addWidget(split, 1)
        self.search.textChanged.connect(self.fill)
        self.words_of.chosen.connect(self._on_words)
        self.back_button.clicked.connect(self.go_back)
        self.tree.currentItemChanged.connect(self._on_current)
        self.browser.anchorClicked.connect(self._on_link)
        self.set_theme(theme)
        self.resize(opening_size(self, 980, 660))

    @property
    def words(self) -> Words:
        """Whose words are used."""
        return next(words for words in WORDS if words == self.words_of.choice)

    def set_theme(self, theme: Theme) -> None:
        """Draw the pictures anew."""
        self.browser.theme = theme
        sheet = f"a {{ color: {theme.positive_text}; }} h1, h2, h3 {{ color: {theme.text}; }}"
        self.browser.document().setDefaultStyleSheet(sheet)
        if self._guide is not None and self.isVisible():
            self._show(self.link)

    def open_on(self, guide: Guide, link: str = "") -> None:
        """Show the pages of the window as it is now, at `link`."""
        self._guide = self.browser.guide = guide
        self.show()
        self.raise_()
        self.activateWindow()
        self.search.clear()
        self.go_to(link if link and guide.resolves(link) else START)
        self.fill()

    def go_to(self, link: str) -> None:
        """Show a page, or a place in it; *Back* leads to the present one."""
        if self._guide is None:
            return
        if link.startswith("do:"):
            self.wanted.emit(link.removeprefix("do:"))
            return
        if self.browser.toPlainText() and link != self.link:
            self._past.append(self.link)
        self._show(link)

    @Slot()
    def go_back(self) -> None:
        """Show the page before."""
        if self._past:
            self._show(self._past.pop())

    def _show(self, link: str) -> None:
        if self._guide is None:
            return
        self.link = link
        page, _, place = link.partition("#")
        self.browser.show_page(self._guide.html(page, self.words))
        if place:
            self.browser.scrollToAnchor(place)
        self.back_button.setEnabled(bool(self._past))
        self._choose(page)

    @Slot()
    def fill(self) -> None:
        """List the pages that suit what is searched."""
        if self._guide is None:
            return
        guide, wanted = self._guide, self._guide.found(self.search.text(), self.words)
        self.tree.blockSignals(True)
        self.tree.clear()
        # What is searched is listed by how well it suits.
        is_searched = bool(self.search.text().strip())
        chapters = {self.tr("Found"): guide.titles} if is_searched else guide.chapters
        for chapter, pages in chapters.items():
            listed = wanted if is_searched else list(pages)
            if not listed:
                continue
            group = QTreeWidgetItem(self.tree, [chapter])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            for name in listed:
                item = QTreeWidgetItem(group, [pages[name]])
                item.setData(0, PAGE_ROLE, name)
            group.setExpanded(True)
        self.tree.blockSignals(False)
        self._choose(self.link.partition("#")[0])

    def _choose(self, page: str) -> None:
        """Let the list say which page is shown."""
        self.tree.blockSignals(True)
        for item in self.items():
            if item.data(0, PAGE_ROLE) == page:
                self.tree.setCurrentItem(item)
        self.tree.blockSignals(False)

    def items(self) -> list[QTreeWidgetItem]:
        """Return the lines of the list that lead to pages."""
        chapters = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        lines = [chapter.child(row) for chapter in chapters if chapter for row in range(chapter.childCount())]
        return [line for line in lines if line is not None]

    @Slot()
    def _on_current(self) -> None:
        item = self.tree.currentItem()
        page = str(item.data(0, PAGE_ROLE) or "") if item is not None else ""
        if page:
            self.go_to(page)

    @Slot(QUrl)
    def _on_link(self, url: QUrl) -> None:
        self.go_to(url.toString())

    @Slot(str)
    def _on_words(self, words: str) -> None:
        if self._settings is not None:
            self._settings.setValue(WORDS_KEY, words)
        self._show(self.link)
        self.words_changed.emit(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back with Alt and the left arrow; Enter in the search opens the first page that was found."""
        is_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if is_alt and event.key() == Qt.Key.Key_Left:
            self.go_back()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            items = self.items()
            if items:
                self.go_to(str(items[0].data(0, PAGE_ROLE)))
        else:
            super().keyPressEvent(event)
