"""A pattern that is compiled late serves as one that is compiled at once."""

from __future__ import annotations

import re

from nnviz.core.patterns import late_pattern


def test_it_is_compiled_on_first_use_and_not_again(monkeypatch):
    compiled = []
    real = re.compile
    monkeypatch.setattr(re, "compile", lambda *arguments: compiled.append(arguments) or real(*arguments))
    pattern = late_pattern(r"(?P<first>[a-z]+)-\d", re.IGNORECASE)
    assert compiled == []

    found = [pattern.fullmatch(text) for text in ("AB-1", "ab-2", "ab")]

    assert [match and match["first"] for match in found] == ["AB", "ab", None]
    assert compiled == [(r"(?P<first>[a-z]+)-\d", re.IGNORECASE)]
    assert pattern.pattern == r"(?P<first>[a-z]+)-\d"
    assert pattern.sub("x", "ab-1, cd-2") == real(r"[a-z]+-\d").sub("x", "ab-1, cd-2")
    assert pattern.groupindex == {"first": 1}
