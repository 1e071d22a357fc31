"""The sheet itself: formulas to be read, selected and copied, whose terms know their wires."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QTextBrowser, QWidget

from nnviz.core.explain.matrices import N_TINTS, column_class, row_class
from nnviz.core.explain.page import Wire
from nnviz.drawing.colormap import mix
from nnviz.drawing.theme import Theme

#: Keys that walk: by how many steps.
WALKING_KEYS = {
    Qt.Key.Key_Space: 1,
    Qt.Key.Key_PageDown: 1,
    Qt.Key.Key_Backspace: -1,
    Qt.Key.Key_PageUp: -1,
}


#: Width below which a sheet is narrow, in lines of its type.
NARROW_EMS = 34.0


def wire_of(link: str) -> Wire | None:
    """Return the wire that a link such as "wire:2.0.1" names; None where it names none."""
    kind, _, numbers = link.partition(":")
    parts = numbers.split(".")
    if kind != "wire" or len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    layer, unit, source = map(int, parts)
    return layer, unit, source


def layer_of(link: str) -> int | None:
    """Return the layer that a link such as "layer:2" names; None where it names none."""
    kind, _, number = link.partition(":")
    return int(number) if kind == "layer" and number.isdigit() else None


def sheet_style(theme: Theme) -> str:
    """Return the look of formulas, links and matrices: a colour for each row, a line in another for each column."""
    rules = [
        f"a {{ color: {theme.positive_text}; text-decoration: none }} a.line {{ color: {theme.text} }}",
        f"p {{ margin: 3px 0 }} .head, .quiet {{ color: {theme.quiet} }} td.entry {{ white-space: pre }}",
    ]
    for number in range(N_TINTS):
        tint = mix(theme.panel, theme.class_colour(number), 0.42 if theme.dark else 0.30).name()
        line = theme.class_colour(len(theme.classes) - 1 - number).name()
        under = f"border-bottom-width: 3px; border-bottom-style: solid; border-bottom-color: {line}"
        rules.append(f".{row_class(number)} {{ background-color: {tint} }} td.{column_class(number)} {{ {under} }}")
    rules.append(f"span.{column_class(0)} {{ text-decoration: underline }}")
    return f"<style>{' '.join(rules)}</style>"


class SheetView(QTextBrowser):
    """Shows HTML, and says which wire the term under the mouse is about.

    Signals
    -------
    wire_hovered : object
        (layer, unit, source), or None.
    layer_hovered : object
        The layer (int) of the part of a formula under the mouse or the keyboard, or None.
    wire_clicked : object
        As `wire_hovered`.
    walked : int
        Steps that a key asks for: 1 or −1.
    """

    wire_hovered = Signal(object)
    layer_hovered = Signal(object)
    wire_clicked = Signal(object)
    walked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setProperty("role", "sheet")
        self.setAccessibleName(self.tr("Worked arithmetic"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
        )
        self._current = ""
        self._beside = ""
        self._style = ""
        self._lit_layer: int | None = None
        self._lines: tuple[str, ...] = ()
        self._from_top = False
        self._lit: Wire | None = None
        self._theme = theme
        self.highlighted.connect(self._on_highlighted)
        self.anchorClicked.connect(self._on_clicked)
        self.set_theme(theme)

    def show_page(
        self, current: str, lines: tuple[str, ...], *, beside: str = "", from_top: bool = False, keys: bool = False
    ) -> None:
        """Show what has just been worked out below what came before it.

        Parameters
        ----------
        current : str
        lines : tuple of str
        beside : str
            What it uses, above it.
        from_top : bool
            Whether it is to be read as a whole.
        keys : bool
            Whether the tab key goes through its links.
        """
        self._current, self._lines, self._beside, self._from_top = current, lines, beside, from_top
        by_keys = Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        flags = self.textInteractionFlags()
        if bool(flags & by_keys) != keys:
            self.setTextInteractionFlags(flags | by_keys if keys else flags & ~by_keys)
        self._write()

    @property
    def is_narrow(self) -> bool:
        """Whether there is no room for a product of matrices beside what it comes to."""
        return self.viewport().width() < NARROW_EMS * self.fontMetrics().height()

    def light(self, wire: Wire | None) -> None:
        """Mark the terms that are about a wire, or none."""
        if wire != self._lit:
            self._lit = wire
            self._write(stays=True)

    def light_layer(self, layer: int | None) -> None:
        """Mark what is about a layer, or nothing."""
        if layer != self._lit_layer:
            self._lit_layer = layer
            self._write(stays=True)

    def set_theme(self, theme: Theme) -> None:
        """Write again in another look."""
        self._theme, self._style = theme, sheet_style(theme)
        self._write()

    def _write(self, *, stays: bool = False) -> None:
        theme, size = self._theme, self._theme.font_size
        body = "".join(f"<p>{line}</p>" for line in self._lines)
        links = [] if self._lit is None else [f'href="wire:{self._lit[0]}.{self._lit[1]}.{self._lit[2]}"']
        links += [] if self._lit_layer is None else [f'href="layer:{self._lit_layer}"']
        for link in links:
            body = body.replace(link, f'{link} style="background-color: {theme.line}"')
        bar = self.verticalScrollBar()
        place = bar.value()
        # Empty paragraphs would be as high as others.
        if self._beside:
            body += f"<p>{self._beside}</p>"
        if self._current:
            body += f'<p style="font-size: {1.2 * size:.1f}pt"><b>{self._current}</b></p>'
        self.setHtml(f'{self._style}<div style="color: {theme.text}; font-size: {size:.1f}pt">{body}</div>')
        if stays:
            bar.setValue(place)
        else:
            bar.setValue(0 if self._from_top else bar.maximum())

    @Slot(QUrl)
    def _on_highlighted(self, url: QUrl) -> None:
        link = url.toString()
        self.wire_hovered.emit(wire_of(link))
        self.layer_hovered.emit(layer_of(link))

    @Slot(QUrl)
    def _on_clicked(self, url: QUrl) -> None:
        self.wire_clicked.emit(wire_of(url.toString()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which term is under the mouse."""
        super().mouseMoveEvent(event)
        if not self.anchorAt(event.position().toPoint()):
            self._let_go()

    def _let_go(self) -> None:
        self.wire_hovered.emit(None)
        self.layer_hovered.emit(None)

    def leaveEvent(self, event: QEvent) -> None:
        """Let go of the term."""
        super().leaveEvent(event)
        self._let_go()

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Go through the links, and say which of them the keyboard is on: Qt tells that of the mouse alone."""
        went = super().focusNextPrevChild(forwards)
        if went and self.window().focusWidget() is self:
            cursor = self.textCursor()
            cursor.setPosition(cursor.selectionEnd())
            self._on_highlighted(QUrl(cursor.charFormat().anchorHref()))
        return went

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of the part that the keyboard was on."""
        super().focusOutEvent(event)
        self._let_go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk; single keys that the text has no use for are the window's."""
        steps = WALKING_KEYS.get(Qt.Key(event.key()))
        if steps is not None and not event.modifiers():
            self.walked.emit(steps)
        elif event.text().isprintable() and event.text() and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)
