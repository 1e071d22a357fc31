"""How much a lesson may say."""

from __future__ import annotations

MOST_STEPS = 100
LONGEST_SAID = 240
"""Characters of a step's text and of its hint: what is read from the back of a room in one look."""
