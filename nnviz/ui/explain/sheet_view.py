"""The sheet itself: formulas to be read, selected and copied, whose terms know their wires."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QTextBrowser, QWidget

from nnviz.core.explain.page import Wire
from nnviz.drawing.theme import Theme

#: Keys that walk: by how many steps.
WALKING_KEYS = {
    Qt.Key.Key_Space: 1,
    Qt.Key.Key_PageDown: 1,
    Qt.Key.Key_Backspace: -1,
    Qt.Key.Key_PageUp: -1,
}


def wire_of(link: str) -> Wire | None:
    """Return the wire that a link such as "wire:2.0.1" names; None where it names none."""
    kind, _, numbers = link.partition(":")
    parts = numbers.split(".")
    if kind != "wire" or len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    layer, unit, source = map(int, parts)
    return layer, unit, source


class SheetView(QTextBrowser):
    """Shows HTML, and says which wire the term under the mouse is about.

    Signals
    -------
    wire_hovered : object
        (layer, unit, source), or None.
    wire_clicked : object
        The same.
    walked : int
        Steps that a key asks for: 1 or −1.
    """

    wire_hovered = Signal(object)
    wire_clicked = Signal(object)
    walked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setAccessibleName(self.tr("Worked arithmetic"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
        )
        self._current = ""
        self._lines: tuple[str, ...] = ()
        self._from_top = False
        self._lit: Wire | None = None
        self._theme = theme
        self.highlighted.connect(self._on_highlighted)
        self.anchorClicked.connect(self._on_clicked)
        self.set_theme(theme)

    def show_page(self, current: str, lines: tuple[str, ...], *, from_top: bool = False) -> None:
        """Show what has just been worked out below what came before it; `from_top`: it is to be read as a whole."""
        self._current, self._lines, self._from_top = current, lines, from_top
        self._write()

    def light(self, wire: Wire | None) -> None:
        """Mark the terms that are about a wire, or none."""
        if wire != self._lit:
            self._lit = wire
            self._write()

    def set_theme(self, theme: Theme) -> None:
        """Write again in another look."""
        self._theme = theme
        self._write()

    def _write(self) -> None:
        theme, size = self._theme, self._theme.font_size
        body = "".join(f"<p>{line}</p>" for line in self._lines)
        if self._lit is not None:
            link = f'href="wire:{self._lit[0]}.{self._lit[1]}.{self._lit[2]}"'
            body = body.replace(link, f'{link} style="background-color: {theme.line}"')
        self.setHtml(
            f"<style>a {{ color: {theme.positive_text}; text-decoration: none }} a.line {{ color: {theme.text} }} "
            f"p {{ margin: 3px 0 }}</style>"
            f'<div style="color: {theme.text}; font-size: {size:.1f}pt">{body}'
            f'<p style="font-size: {1.2 * size:.1f}pt"><b>{self._current}</b></p></div>'
        )
        bar = self.verticalScrollBar()
        bar.setValue(0 if self._from_top else bar.maximum())

    @Slot(QUrl)
    def _on_highlighted(self, url: QUrl) -> None:
        self.wire_hovered.emit(wire_of(url.toString()))

    @Slot(QUrl)
    def _on_clicked(self, url: QUrl) -> None:
        self.wire_clicked.emit(wire_of(url.toString()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which term is under the mouse."""
        super().mouseMoveEvent(event)
        if not self.anchorAt(event.position().toPoint()):
            self.wire_hovered.emit(None)

    def leaveEvent(self, event: QEvent) -> None:
        """Let go of the term."""
        super().leaveEvent(event)
        self.wire_hovered.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk; single keys that the text has no use for are the window's."""
        steps = WALKING_KEYS.get(Qt.Key(event.key()))
        if steps is not None and not event.modifiers():
            self.walked.emit(steps)
        elif event.text().isprintable() and event.text() and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)
