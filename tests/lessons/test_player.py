"""Playing a lesson: what is done, waited for, and how one comes back."""

from __future__ import annotations

import pytest

from nnviz.core.errors import SettingError
from nnviz.lessons.actions import Action, Target, Unit
from nnviz.lessons.facts import Facts
from nnviz.lessons.files import read_lesson
from nnviz.lessons.player import HINT_EPOCHS, Player
from nnviz.lessons.schema import LessonSpec, StepSpec

LESSON = read_lesson(
    """
title = "A lesson"
summary = "Three steps."
[[steps]]
say = "Look."
point = "boundary"
[[steps]]
say = "Train."
do = ["set learning_rate=0.1", "play"]
point = "loss"
wait = "epoch >= 10"
hint = "It takes a while."
[[steps]]
say = "Click."
do = ["pause"]
point = "unit 1.2"
wait = "unit_selected"
hint = "Click a square."
[[steps]]
say = "The end."
""",
    "lesson.toml",
)


class PretendedStage:
    """A stage that writes down what is done on it; what it keeps is how much that was."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.epoch = 0
        self.target: Target | None = None
        self.rests = False
        self.begun_with = ""
        self.cannot = ""
        self.anew: list[str] = []

    def open(self, lesson: LessonSpec) -> None:
        self.done = [f"open {lesson.title}"]
        self.epoch = 0
        self.cannot = ""

    def begin(self, step: StepSpec) -> None:
        self.rests = False

    def do(self, action: Action) -> None:
        if action.verb == self.cannot:
            raise SettingError("there is no field {0!r}.", "0")
        self.done.append(action.verb)

    def opened_again(self) -> None:
        self.anew.append(self.begun_with)

    def begun(self, step: StepSpec) -> None:
        self.begun_with = step.say

    def rest(self) -> None:
        self.rests = True

    def point_at(self, target: Target | None) -> None:
        self.target = target

    def facts(self, events: frozenset[str]) -> Facts:
        return Facts(figures={"epoch": self.epoch}, events=events)

    def keep(self) -> tuple[int, int]:
        return len(self.done), self.epoch

    def bring_back(self, kept: tuple[int, int]) -> None:
        del self.done[kept[0] :]
        self.epoch = kept[1]


def _started(position: int = 0) -> tuple[Player[tuple[int, int]], PretendedStage, list[int]]:
    stage, changes = PretendedStage(), []
    player = Player(LESSON, stage, lambda: changes.append(player.position))
    player.start(position)
    return player, stage, changes


def test_a_step_is_done_and_waits_for_the_run() -> None:
    player, stage, changes = _started()
    assert (player.position, player.is_met, stage.target) == (0, True, Target(place="boundary"))
    player.go_on()
    assert stage.done == ["open A lesson", "set", "play"]
    assert (player.position, player.is_met) == (1, False)
    stage.epoch = 9
    player.look()
    assert not player.is_met
    assert [(part.text, part.holds, part.value) for part in player.progress()] == [("epoch >= 10", False, 9)]
    stage.epoch = 10
    seen = len(changes)
    assert (stage.rests, stage.begun_with) == (False, "Train.")
    player.look()
    assert player.is_met
    assert stage.rests
    assert len(changes) > seen
    # It is over once and for all, and the teacher says when it goes on.
    stage.epoch = 0
    player.look()
    assert (player.is_met, player.position) == (True, 1)


def test_a_step_that_cannot_be_done_on_what_the_pupil_has_made_begins_on_the_lessons_own_experiment() -> None:
    player, stage, _ = _started()
    stage.done.append("removed")
    stage.cannot = "set"
    player.go_on()
    assert (player.position, player.is_met, stage.anew) == (1, False, ["Train."])
    assert stage.done == ["open A lesson", "set", "play"]
    player.restore()
    assert stage.done == ["open A lesson", "set", "play"]


def test_a_later_step_is_gone_to_though_the_pupil_has_changed_something_on_the_way() -> None:
    stage = PretendedStage()
    player = Player(LESSON, stage, lambda: None)
    player.start(2)
    assert (player.position, player.is_catching_up, player.is_own) == (1, True, True)
    player.notice("layer_removed")
    stage.cannot, stage.epoch = "pause", 10
    player.look()
    # From the lesson's own experiment on, as it was asked for.
    assert (player.position, player.is_catching_up, player.is_own, stage.anew) == (1, True, True, ["Train."])
    stage.epoch = 10
    player.look()
    assert (player.position, player.is_catching_up) == (2, False)


def test_a_lesson_whose_own_step_cannot_be_done_says_so() -> None:
    class Narrow(PretendedStage):
        def open(self, lesson: LessonSpec) -> None:
            super().open(lesson)
            self.cannot = "set"

    player = Player(LESSON, Narrow(), lambda: None)
    with pytest.raises(SettingError, match="there is no field '0'"):
        player.start(2)


def test_going_on_too_early_shows_the_hint_first() -> None:
    player, stage, _ = _started()
    player.go_on()
    player.go_on()
    assert (player.position, player.shows_hint) == (1, True)
    player.go_on()
    assert (player.position, player.shows_hint) == (2, False)
    assert stage.target == Target(unit=Unit(1, 2))


def test_a_hint_comes_by_itself_after_many_epochs_and_goes() -> None:
    player, stage, _ = _started()
    stage.epoch = -HINT_EPOCHS
    player.go_on()
    stage.epoch = 0
    player.look()
    assert player.shows_hint
    stage.epoch = 10
    player.look()
    assert (player.is_met, player.shows_hint) == (True, False)


def test_what_the_pupil_does_ends_the_wait_and_what_was_done_before_does_not() -> None:
    player, stage, _ = _started()
    player.notice("unit_selected")
    player.go_on()
    stage.epoch = 10
    player.look()
    player.go_on()
    assert (player.position, player.is_met) == (2, False)
    player.notice("paused")
    assert not player.is_met
    player.notice("unit_selected")
    assert player.is_met
    player.go_on()
    assert (player.position, player.is_last) == (3, True)
    player.go_on()
    assert player.position == 3


def test_back_and_restore_bring_the_beginning_of_a_step() -> None:
    player, stage, _ = _started()
    player.go_on()
    stage.epoch = 10
    player.look()
    player.go_on()
    stage.done.append("wandered")
    player.restore()
    assert stage.done == ["open A lesson", "set", "play", "pause"]
    assert (player.position, stage.epoch) == (2, 10)
    player.go_back()
    assert stage.done == ["open A lesson", "set", "play"]
    assert (player.position, stage.epoch, player.is_met) == (1, 0, False)
    player.go_back()
    player.go_back()
    assert (player.position, stage.done) == (0, ["open A lesson"])
    # And on again: what is kept of the steps is still right.
    player.go_on()
    stage.done.append("wandered")
    player.restore()
    assert stage.done == ["open A lesson", "set", "play"]


def test_any_step_can_be_entered_and_runs_before_it_are_waited_for() -> None:
    player, stage, _ = _started(3)
    # The first step waits for nobody; the second one for its run.
    assert (player.position, player.is_met) == (1, False)
    stage.epoch = 10
    player.look()
    # The click of the third one is not waited for.
    assert (player.position, player.is_last, player.is_met) == (3, True, True)
    assert stage.done == ["open A lesson", "set", "play", "pause"]
    # From here it is an ordinary lesson.
    player.go_back()
    assert (player.position, player.is_met) == (2, False)


def test_a_step_whose_parts_have_been_read_can_still_be_edited() -> None:
    step = StepSpec(say="Train.", do=("play",), wait="epoch >= 6")
    assert step.actions
    assert step.until is not None
    edited = step.edited(wait="epoch >= 7")
    assert (edited.say, edited.do, edited.until.text) == ("Train.", ("play",), "epoch >= 7")
