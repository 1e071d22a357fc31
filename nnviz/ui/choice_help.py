"""What a tooltip says about a choice or a parameter: derived from the tables, so that help is written once."""

from __future__ import annotations

from html import escape

from nnviz.core.choices import Choice, Parameter

#: Further attributes of table entries that a reader wants, in this order, and how they are introduced.
_EXTRAS = (
    ("range_label", "Range: "),
    ("failure", "Beware: "),
    ("citation", "Source: "),
    ("licence", "Licence: "),
)


def choice_tooltip(choice: Choice, reason: str = "") -> str:
    """Return the tooltip of a table entry: name, sentence, formula, range, failure mode, source.

    Parameters
    ----------
    choice : Choice
    reason : str
        Why it cannot be chosen at present; empty where it can.
    """
    parts = [f"<b>{escape(choice.label)}</b>", escape(choice.help)]
    if choice.formula:
        lines = "<br>".join(escape(line) for line in choice.formula.splitlines())
        parts.append(f"<code>{lines}</code>")
    for attribute, lead in _EXTRAS:
        text = getattr(choice, attribute, None)
        if text:
            parts.append(f"{lead}{escape(str(text))}")
    if reason:
        parts.append(f"<i>{escape(reason)}</i>")
    return "<qt>" + "<br>".join(parts) + "</qt>"


def parameter_tooltip(parameter: Parameter) -> str:
    """Return the tooltip of a number: what it does, its bounds and its unit."""
    unit = f" {parameter.unit}" if parameter.unit else ""
    bounds = f"{parameter.minimum:g} … {parameter.maximum:g}{unit}"
    return f"<qt>{escape(parameter.help)}<br>{escape(bounds)}</qt>"


def plain_tooltip(text: str) -> str:
    """Return `text` as a tooltip that wraps (Qt wraps rich text only)."""
    return f"<qt>{escape(text)}</qt>" if text else ""
