"""`nnviz lesson` as a user gives it: the list, a lesson in the window, and rehearsed where there is no screen."""

from __future__ import annotations

import re

import pytest

from nnviz import cli
from nnviz.lessons.files import LIBRARY
from nnviz.lessons.plans import PLANS

Shown = list[tuple[str, str, int]]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Title, name and position of the lessons that were handed to the window, on a machine that has a screen."""
    opened: Shown = []

    def show(_argv: list[str], *, lesson: tuple[object, str, int]) -> int:
        spec, name, position = lesson
        opened.append((spec.title, name, position))  # type: ignore[attr-defined]
        return 0

    monkeypatch.setattr("nnviz.app.main", show)
    for problem in ("library_problem", "screen_problem"):
        monkeypatch.setattr(f"nnviz.qt_libraries.{problem}", lambda **_: None)
    return opened


def test_without_a_name_it_lists_each_lesson_once_under_its_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lesson"]) == 0
    text = capsys.readouterr().out
    listed = re.findall(r"^  (\S+) +(\d+) min  (.+)$", text, re.MULTILINE)
    assert sorted(listed) == sorted((name, str(each.minutes), each.title) for name, each in LIBRARY.items())
    for plan in PLANS.values():
        heading = f"{plan.label} ({plan.minutes} minutes)\n  {plan.lessons[0]} "
        assert heading in text


def test_a_name_or_its_beginning_or_a_file_opens_in_the_window_at_the_step(shown: Shown, tmp_path) -> None:
    assert cli.main(["lesson", "source-c", "--step", "3"]) == 0
    path = tmp_path / "mine.toml"
    path.write_text('title = "Mine"\nsummary = "One step."\n[[steps]]\nsay = "Look."\n')
    assert cli.main(["lesson", str(path)]) == 0
    source = "source-c-by-the-digit"
    assert shown == [(LIBRARY[source].title, source, 2), ("Mine", str(path), 0)]


def test_what_is_no_lesson_is_said_in_one_sentence(shown: Shown, capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('title = "Bad"\nsummary = "Bad."\n[[steps]]\nsay = "x"\ndo = ["rm -rf"]\n')
    for name, word in (("momentun", "nnviz lesson"), ("spirals", "nnviz lesson"), (str(bad), "bad.toml")):
        assert cli.main(["lesson", name]) == 2
        error = capsys.readouterr().err
        assert word in error
        assert error.count("\n") == 1
    assert shown == []


def test_without_a_screen_it_is_rehearsed_and_its_share_is_told(
    shown: Shown, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnviz.qt_libraries.screen_problem", lambda **_: "There is no screen.")
    assert cli.main(["lesson", "what-the-bias-is-for"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("There is no screen. nnviz rehearses the lesson")
    assert "Kept all its promises with 1 of 1 seed." in text
    assert cli.main(["lesson", "one-run-is-an-anecdote", "--rehearse", "--seeds", "5"]) == 0
    assert re.search(r"with [1-4] of 5 seeds \(the lesson says 40 %\)\.", capsys.readouterr().out)
    assert shown == []
