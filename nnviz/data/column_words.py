"""The words by which files say what a column is taken for; apart from what reads tables, which only a table needs."""

from __future__ import annotations

from typing import Literal

Role = Literal["feature", "target", "ignored"]
InputKind = Literal["numeric", "categorical"]
Missing = Literal["drop", "mean", "median", "most_frequent"]
Part = Literal["weekday", "month", "hour"]
Rules = Literal[1, 2]
"""By which rules tables are read: those of nnviz 0.1, which old experiments keep, or today's."""
