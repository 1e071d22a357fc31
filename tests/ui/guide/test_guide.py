"""The guide without a window: the glossary is whole, and every picture of it is drawn in every theme."""

from __future__ import annotations

import re
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import THEMES
from nnviz.ui.guide import controls, guide_window
from nnviz.ui.guide.choice_pages import CHOICE_PAGES, choice_picture
from nnviz.ui.guide.concept_pictures import PICTURES, concept_picture
from nnviz.ui.guide.controls import ControlEntry, Place
from nnviz.ui.guide.gestures import GESTURES
from nnviz.ui.guide.guide_window import PageBrowser
from nnviz.ui.guide.pages import Guide
from nnviz.ui.guide.term import WORDS
from nnviz.ui.guide.terms import TERMS, groups, term_called
from nnviz.ui.guide.view_texts import VIEW_TEXTS

#: Longest explanation that is read in a tooltip.
LONGEST = 150


@pytest.mark.parametrize("name", TERMS)
def test_a_term_is_explained_in_three_ways_and_leads_on(name: str) -> None:
    term = TERMS[name]
    texts = [term.text(words) for words in WORDS]
    assert len(set(texts)) == len(WORDS)
    for text in texts:
        assert 20 <= len(text) <= LONGEST
        assert text.endswith((".", "…", "?"))
    assert term.picture in PICTURES
    assert not term.choices or term.choices in CHOICE_PAGES
    for other in term.see:
        assert other in TERMS
        assert other != name


def test_no_two_terms_go_by_one_name_unless_one_is_called_so_itself() -> None:
    labels = {term.label.casefold() for term in TERMS.values()}
    assert len(labels) == len(TERMS)
    for term in TERMS.values():
        assert term_called(f" {term.label} ") is term
    assert sum(map(len, groups().values())) == len(TERMS)
    assert term_called("nothing of the kind") is None


def test_pupils_are_spared_formulas() -> None:
    assert not [name for name, term in TERMS.items() if re.search("[=∂Σ√‖∇·²]", term.pupil)]


def test_views_gestures_and_choices_lead_to_terms_that_there_are() -> None:
    assert {name for text in VIEW_TEXTS.values() for name in text.terms} <= set(TERMS)
    assert {page.term for page in CHOICE_PAGES.values()} <= set(TERMS)
    assert len(set(GESTURES)) == len(GESTURES)
    # What a clicker sends is among them.
    assert {"Space", "PgDn (a clicker's next)", "PgUp (a clicker's back)"} <= {each.how for each in GESTURES}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", THEMES)
def test_every_concept_is_drawn_in_every_theme(theme: str) -> None:
    used = {term.picture for term in TERMS.values()}
    assert used == set(PICTURES)
    drawn = [_pixels(concept_picture(name, THEMES[theme])) for name in PICTURES]
    for pixels in drawn:
        # More than the canvas: at least half a per cent of it is covered.
        assert (pixels != pixels[0, 0]).any(axis=-1).mean() > 0.005
    assert len({pixels.tobytes() for pixels in drawn}) == len(PICTURES)


def test_choices_have_pictures_of_their_own(qapp: QApplication) -> None:
    theme = THEMES["light"]
    for page in CHOICE_PAGES.values():
        names = [name for name in page.table if name not in ("digits8x8", "fashion_mnist")]
        for name in names[:4] if page.picture == "dataset" else names if page.picture else ():
            assert not choice_picture(page.picture, name, theme, qapp.devicePixelRatio()).isNull()
    assert choice_picture("dataset", "digits8x8", theme, 1.0).isNull()


def _pixels(image: QImage) -> np.ndarray:
    buffer = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return buffer[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()


def test_the_window_is_never_drawn_while_a_page_is_laid_out_or_painted(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    browser, drawn, asked = PageBrowser(window), list[QWidget](), list[str]()
    browser.resize(400, 300)
    place = Place("others", "", (window,))
    browser.theme, browser.guide = THEMES["light"], Guide([place], list)
    is_asking, load = False, PageBrowser.loadResource

    def watched(self: PageBrowser, kind: int, name: QUrl) -> object:
        nonlocal is_asking
        asked.append(name.toString())
        is_asking = True
        try:
            return load(self, kind, name)
        finally:
            is_asking = False

    def picture(widget: QWidget, _most: QSize) -> QPixmap:
        assert not is_asking
        drawn.append(widget)
        # What belongs to the window is laid out where that is grabbed: its dialogs, too.
        browser.resize(browser.width() + 1, browser.height())
        made = QPixmap(30, 20)
        made.fill(Qt.GlobalColor.red)
        return made

    monkeypatch.setattr(PageBrowser, "loadResource", watched)
    monkeypatch.setattr(guide_window, "picture_of", picture)
    entry = ControlEntry("", "", None, (weakref.ref(window),))
    monkeypatch.setattr(Guide, "control", lambda _self, _page, _number: entry)
    monkeypatch.setattr(controls, "picture_of", picture)
    window.show()
    qtbot.waitExposed(window)
    for _ in range(2):
        # That of a view is there when the page is; that of a control follows where it is in sight.
        browser.show_page('<p><img src="view:others"></p><p><img src="control:a:0" width="30" height="20"></p>')
        assert drawn == [window]
        assert browser.document().size().height() > 40
        qtbot.waitUntil(lambda: len(drawn) == 2)
        qtbot.waitUntil(lambda: _reds(browser.viewport().grab().toImage()) >= 2 * 30 * 20)
        drawn.clear()
    assert set(asked) == {"control:a:0"}


def _reds(image: QImage) -> int:
    return int((_pixels(image.convertToFormat(QImage.Format.Format_RGB32))[:, :, :3] == (0, 0, 255)).all(axis=2).sum())
