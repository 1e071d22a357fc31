"""Conditions as people read them: ``train_accuracy >= 0.95`` is "training accuracy ≥ 0.95"."""

from __future__ import annotations

import math
import re
from typing import Final

from nnviz.core.translation import translated
from nnviz.lessons.conditions import Part
from nnviz.lessons.facts import EVENTS, FIGURES

_CALL = re.compile(r"(\w+)\((\w+)(?:,\s*([^()]*))?\)")
_NAME = re.compile(r"[A-Za-z_]\w*")
_SIGNS: Final = {">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}
#: Figures that are whole numbers.
_COUNTS: Final = frozenset({"epoch", "updates", "layers", "hidden_layers", "units", "weights", "inputs", "rows"})
#: What a function of a figure is called; {0}: the figure, {1}: the second argument.
_CALLED: Final = {
    "first": "{0} at first",
    "best": "best {0}",
    "since_best": "epochs since the best {0}",
    "at": "{0} at epoch {1}",
    "change": "change of {0} in {1} epochs",
    "mean": "mean {0} of {1} epochs",
    "rising": "share of rises of {0} in {1} epochs",
}


def in_words(text: str) -> str:
    """Return a condition in words and signs.

    Examples
    --------
    >>> in_words("train_accuracy >= 0.95 or since_best(test_loss) >= 10")
    'training accuracy ≥ 0.95 or epochs since the best test loss ≥ 10'
    """
    spoken = _CALL.sub(_call, text)
    spoken = _NAME.sub(lambda match: _name(match[0]), spoken)
    for sign, written in _SIGNS.items():
        spoken = spoken.replace(sign, written)
    return " ".join(spoken.split())


def _call(match: re.Match[str]) -> str:
    function, figure, extra = match[1], match[2], match[3]
    if function not in _CALLED:
        return match[0]
    return translated(_CALLED[function], _name(figure), (extra or "").strip())


def _name(word: str) -> str:
    """Return the label of a figure or an event within a sentence; any other word as it is."""
    entry = FIGURES.get(word) or EVENTS.get(word)
    if entry is None:
        return word
    label = translated(entry.label)
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def figure_in_digits(name: str, value: float, decimals: int) -> str:
    """Return a figure with its digits, as a lesson tells it; a dash where it does not apply.

    Examples
    --------
    >>> figure_in_digits("train_loss", 0.0027976523, 9)
    'training loss 0.002797652'
    """
    number = "–" if math.isnan(value) else f"{value:.{0 if name in _COUNTS else decimals}f}"
    return translated("{0} {1}", _name(name), number)


def progress_of(part: Part) -> str:
    """Return how far a part of a condition has come, in words; an event is either there or not."""
    words = in_words(part.text)
    if math.isnan(part.value) or part.holds:
        return words
    return translated("{0} (now {1})", words, f"{part.value:.3g}" if part.value % 1 else f"{part.value:.0f}")
