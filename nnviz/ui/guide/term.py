"""One concept of the glossary, in three levels of words."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

from nnviz.core.choices import Choice

Words = Literal["pupil", "student", "expert"]
WORDS: tuple[Words, ...] = get_args(Words)
DEFAULT_WORDS: Words = "student"
#: The setting: whose words are used.
WORDS_KEY = "words"


class Term(Choice, Struct, frozen=True, kw_only=True):
    """A concept; `help` explains it to students.

    Attributes
    ----------
    group : str
        Under which heading it stands.
    pupil, expert : str
        The same in everyday words, and exactly.
    also : tuple of str
        What others call it; a control that is called so is about it.
    see : tuple of str
        Names of other terms.
    picture : str
        A name of `nnviz.ui.guide.concept_pictures.PICTURES`.
    choices : str
        Name of the page that lists what there is of it, such as all activations.
    """

    group: str
    pupil: str
    expert: str
    also: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    picture: str
    choices: str = ""

    def text(self, words: Words) -> str:
        """Return what it is, in that level of words."""
        return {"pupil": self.pupil, "student": self.help, "expert": self.expert}[words]
