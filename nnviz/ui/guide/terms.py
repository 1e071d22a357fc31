"""The glossary: every concept of the window by its name, and which of them a text speaks of."""

from __future__ import annotations

from functools import cache

from nnviz.core.choices import ChoiceTable
from nnviz.ui.guide.network_terms import NETWORK_TERMS
from nnviz.ui.guide.term import Term
from nnviz.ui.guide.training_terms import TRAINING_TERMS

TERMS: ChoiceTable[Term] = ChoiceTable("term", (*NETWORK_TERMS, *TRAINING_TERMS))
"""All terms, in the order of the guide."""


def groups() -> dict[str, tuple[Term, ...]]:
    """Return all terms under their headings."""
    names = dict.fromkeys(term.group for term in TERMS.values())
    return {name: tuple(term for term in TERMS.values() if term.group == name) for name in names}


def term_called(name: str) -> Term | None:
    """Return the term that a control of that name is about; None: it is about none.

    Examples
    --------
    >>> term_called("batch size").name
    'mini_batch'
    """
    return _by_name().get(name.strip().casefold())


@cache
def _by_name() -> dict[str, Term]:
    named = {word.casefold(): term for term in TERMS.values() for word in term.also}
    return named | {term.label.casefold(): term for term in TERMS.values()}
