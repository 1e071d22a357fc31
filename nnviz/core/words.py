"""Sentences for people from modules without Qt: whoever has a translation lends it, and without one they are English.

A sentence is one text with places for what differs ("{0} must be a number."), never put together from pieces, so that
a language may order them its own way.
"""

from __future__ import annotations

from collections.abc import Callable


def _as_it_is(text: str) -> str:
    return text


_translate: Callable[[str], str] = _as_it_is


def set_translation(translate: Callable[[str], str]) -> None:
    """Let all sentences pass through `translate` from now on; it may be called in any thread."""
    global _translate
    _translate = translate


def translated(text: str, *values: object) -> str:
    """Return `text` in the user's language, its places filled with `values`."""
    sentence = _translate(text) if text else ""
    return sentence.format(*values) if values else sentence
