"""What a tooltip says about a choice or a parameter: derived from the tables, so that help is written once."""

from __future__ import annotations

import re
from html import escape

from PySide6.QtCore import QCoreApplication

from nnviz.core.choices import NO_BOUND, Choice, Parameter
from nnviz.core.inert import shown
from nnviz.core.translation import set_translation

#: Control characters but the ends of lines, and marks that turn the reading direction.
_TURNING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: Further attributes of table entries that a reader wants, in this order, and the sentence they stand in.
_EXTRAS = (
    ("range_label", "Range: {0}"),
    ("failure", "Beware: {0}"),
    ("citation", "Source: {0}"),
    ("licence", "Licence: {0}"),
)


def install_translation() -> None:
    """Let the sentences of modules without Qt (errors, why a run ended) pass through Qt's translation."""
    set_translation(lambda text, n: QCoreApplication.translate("sentences", text, None, n))


def table_text(text: str) -> str:
    """Return a sentence or label of a table in the user's language."""
    return QCoreApplication.translate("tables", text) if text else ""


def choice_tooltip(choice: Choice, reason: str = "") -> str:
    """Return the tooltip of a table entry: name, sentence, formula, range, failure mode, source.

    Parameters
    ----------
    choice : Choice
    reason : str
        Why it cannot be chosen at present; empty where it can.
    """
    parts = [f"<b>{escape(table_text(choice.label))}</b>", escape(table_text(choice.help))]
    if choice.formula:
        lines = "<br>".join(escape(line) for line in choice.formula.splitlines())
        parts.append(f"<code>{lines}</code>")
    for attribute, lead in _EXTRAS:
        text = getattr(choice, attribute, None)
        if text:
            parts.append(escape(QCoreApplication.translate("tables", lead).format(table_text(str(text)))))
    if reason:
        parts.append(f"<i>{escape(reason)}</i>")
    return "<qt>" + "<br>".join(parts) + "</qt>"


def parameter_tooltip(parameter: Parameter) -> str:
    """Return the tooltip of a number: what it does, its bounds and its unit."""
    unit = f" {table_text(parameter.unit)}" if parameter.unit else ""
    lines = (table_text(parameter.help), *([f"{bounds}{unit}"] if (bounds := _bounds(parameter)) else ()))
    return f"<qt>{'<br>'.join(map(escape, lines))}</qt>"


def _bounds(parameter: Parameter) -> str:
    """Return the bounds of a number; empty where there is none that matters to anyone."""
    low, high = f"{parameter.minimum:g}", f"{parameter.maximum:g}"
    above = f"> {low}" if parameter.above_minimum else f"≥ {low}"
    if not parameter.is_bounded_above:
        return above if parameter.minimum > -NO_BOUND else ""
    if parameter.above_minimum or parameter.below_maximum:
        return f"{above}, {'<' if parameter.below_maximum else '≤'} {high}"
    return f"{low} … {high}"


def menu_text(text: str, limit: int = 80) -> str:
    """Return text from a file as that of an action or a button: inert, and no "&" of it marks a key."""
    return shown(text, limit).replace("&", "&&")


def inert_tooltip(text: str) -> str:
    """Return `text` as a tooltip on one line, which stays as it is where Qt would not take it for rich text."""
    return plain_tooltip(text) if "<" in text else _TURNING.sub("", text)


def plain_tooltip(text: str) -> str:
    """Return `text` as a tooltip that wraps (Qt wraps rich text only)."""
    # Marks that turn the reading direction are names' own, but would turn the sentence round them too.
    return f"<qt>{escape(_TURNING.sub('', text))}</qt>" if text else ""
