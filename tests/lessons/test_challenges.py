"""Challenges: none is solved where it begins, each can be, and a result is one line."""

from __future__ import annotations

import pytest

from nnviz.core.trainer import Trainer
from nnviz.experiment.overrides import with_settings
from nnviz.lessons.challenges import CHALLENGES, Standing, judged, result_line
from nnviz.lessons.run_facts import facts_of

#: A way to do each: settings, epochs, and how many stars that is worth at least.
SOLVED = {
    "spiral": (["network.hidden=[6]"], 1500, 2),
    "inputs": (['data.inputs=["x1^2", "x2^2"]'], 200, 3),
    "overfit": (["l2=0.01"], 400, 1),
    "diverge": (["learning_rate=2"], 50, 2),
    "xor": ([], 0, 3),
}


def solved(name: str) -> Trainer:
    settings, epochs, _ = SOLVED[name]
    trainer = with_settings(CHALLENGES[name].begin(), settings).trainer()
    if name == "xor":
        # A stripe between two lines; the rows are standardised to -1 and 1.
        W, b = trainer.network.weights, trainer.network.biases
        W[0][:], b[0][:], W[1][:], b[1][:] = [[5, 5], [-5, -5]], [5, 5], [[10, 10]], [-10]
        trainer = with_settings(CHALLENGES[name].begin(), settings).prepared().trainer(trainer.network)
    trainer.run(epochs=epochs)
    return trainer


@pytest.mark.parametrize("name", CHALLENGES)
def test_it_begins_unsolved_and_can_be_solved(name: str) -> None:
    challenge = CHALLENGES[name]
    assert judged(challenge, facts_of(challenge.begin().trainer())).stars == 0
    assert judged(challenge, facts_of(solved(name))).stars >= SOLVED[name][2]


def test_a_limit_that_is_not_kept_takes_all_stars_and_says_so() -> None:
    trainer = with_settings(CHALLENGES["spiral"].begin(), ["network.hidden=[9, 4]"]).trainer()
    trainer.run(epochs=600)
    standing = judged(CHALLENGES["spiral"], facts_of(trainer))
    assert [part.holds for part in standing.goal] == [True]
    assert [part.holds for part in standing.limits] == [False]
    assert standing.stars == 0


def test_a_result_is_one_line() -> None:
    for challenge in CHALLENGES.values():
        line = result_line(challenge, Standing(stars=3, figure=1))
        assert challenge.label in line
        assert "★★★" in line
        assert "\n" not in line
