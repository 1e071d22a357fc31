"""A translator that marks what passes through it, and what of a window's text it does not reach."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import Qt, QTranslator
from PySide6.QtGui import QAction, QTextDocumentFragment
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMenu,
    QTreeWidget,
    QWidget,
)


class Marking(QTranslator):
    """Translates every text into itself between « and »."""

    def translate(self, _context: str, source: str, _disambiguation: str | None = None, _n: int = -1) -> str:  # type: ignore[override]
        return f"«{source}»"

    def isEmpty(self) -> bool:
        return False


def left_over(text: str) -> str:
    """Return the words of `text` outside all marks: what no translation would reach."""
    if "<" in text and ">" in text:
        text = QTextDocumentFragment.fromHtml(re.sub(r"<code>.*?</code>", "", text, flags=re.DOTALL)).toPlainText()
    # A painted text may end early.
    text = re.sub(r"«[^«»]*…$", "", text)
    before = None
    while before != text:
        before, text = text, re.sub(r"«[^«»]*»", "", text)
    words = re.findall(r"[^\W\d_₀-₉⁰-⁹¹²³]{3,}", DATA.sub("", text))
    return text if words else ""


#: Not ours to translate: names of the data and of the experiment, and what a formula or key is made of.
DATA = re.compile(
    r"(petal|sepal)_(length|width)_cm|(pet|sep)[a-z_]*…|petal l|class [AB]|setosa|versicolor|virginica|small"
    r"|sin\(?|target|Ctrl|Shift|Alt|Esc|Space|Return|PgDown|PgUp|Page Down|Page Up|Home|Del|Tab|nnviz"
)


def texts_of(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.statusTip())
    yield widget.whatsThis()
    if isinstance(widget, QAbstractButton | QLabel):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield from (widget.placeholderText(), widget.text())
    if isinstance(widget, QComboBox):
        yield widget.placeholderText()
        yield from (widget.itemText(row) for row in range(widget.count()))
    if isinstance(widget, QDockWidget) or (widget.isWindow() and not isinstance(widget, QMenu)):
        yield widget.windowTitle()
    if isinstance(widget, QMenu):
        yield widget.title()
    if isinstance(widget, QTreeWidget):
        for row in range(widget.topLevelItemCount()):
            item = widget.topLevelItem(row)
            yield item.text(0)
            yield from (item.child(inner).text(0) for inner in range(item.childCount()))


def unmarked(window: QWidget) -> set[str]:
    found = set()
    for widget in (window, *window.findChildren(QWidget)):
        for text in texts_of(widget):
            if left_over(text):
                found.add(f"{type(widget).__name__}: {text}")
    for action in window.findChildren(QAction):
        for text in (action.text(), action.toolTip(), action.statusTip(), action.iconText()):
            if left_over(text):
                found.add(f"action: {text}")
    return found


def items_of_models(window: QWidget) -> Iterator[str]:
    for widget in window.findChildren(QAbstractItemView):
        model = widget.model()
        for row in range(model.rowCount() if model is not None else 0):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield str(model.index(row, 0).data(role) or "")
