"""Sentences for people from modules without Qt: whoever has a translation lends it, and without one they are English.

A sentence is one text with places for what differs ("{0} must be a number."), never put together from pieces, so that
a language may order them its own way.
"""

from __future__ import annotations

from collections.abc import Callable

from nnviz.core.numbers import filled

Translate = Callable[[str, int], str]
"""Takes a text and how many of something it speaks of, −1 where that does not matter."""


def _as_it_is(text: str, _n: int) -> str:
    return text


_translate: Translate = _as_it_is


def set_translation(translate: Translate) -> None:
    """Let all sentences pass through `translate` from now on; it may be called in any thread."""
    global _translate
    _translate = translate


def translated(text: str, *values: object) -> str:
    """Return `text` in the user's language, its places filled with `values`."""
    sentence = _translate(text, -1) if text else ""
    return filled(sentence, *values) if values else sentence


def counted(n: int, one: str, many: str, *values: object) -> str:
    """Return the sentence for one of something, or for another number, its places filled with `n` and `values`.

    Languages with more than two forms choose among those of `many` by `n`, as Qt's plural rules have it.
    """
    return filled(_translate(one if n == 1 else many, n), n, *values)
