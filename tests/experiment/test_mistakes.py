import numpy as np
import pytest
from msgspec.structs import replace

from nnviz.experiment import DataSpec, Experiment, FrameBuilder, Needs, Prepared, TrainingSpec, prepare
from nnviz.experiment.frame import Frame
from nnviz.experiment.mistakes import worst_mistakes


@pytest.fixture(scope="module")
def digits() -> tuple[Prepared, Frame]:
    """Digits and a network that has hardly learnt."""
    prepared = prepare(Experiment(data=DataSpec(name="digits8x8"), training=TrainingSpec(engine="numpy")))
    trainer = prepared.trainer()
    trainer.run(1)
    return prepared, FrameBuilder(prepared).build(trainer.moment(), Needs(answers=True))


@pytest.mark.parametrize("parts", [("test",), ("train",), ("train", "test")])
def test_the_surest_come_first(digits: tuple[Prepared, Frame], parts: tuple[str, ...]) -> None:
    prepared, frame = digits
    found = worst_mistakes(prepared, frame, parts, 20)
    wrong = []
    for name in parts:
        data, answers = (
            (prepared.train, frame.answers_train) if name == "train" else (prepared.test, frame.answers_test)
        )
        assert answers is not None
        assert answers.predicted is not None
        assert answers.shares is not None
        for row in np.flatnonzero(answers.predicted != data.class_index):
            wrong.append((-answers.shares[row], -answers.losses[row], (name, int(row))))
    assert [each.row for each in found.shown] == [row for *_, row in sorted(wrong)[:20]]
    assert found.n_wrong == len(wrong)
    assert found.n_rows == sum(len(prepared.train.X if name == "train" else prepared.test.X) for name in parts)
    assert all(each.truth != each.answer for each in found.shown)


def test_equally_sure_ones_are_ordered_by_loss(digits: tuple[Prepared, Frame]) -> None:
    prepared, frame = digits
    answers = frame.answers_test
    assert answers is not None
    alike = replace(answers, shares=np.full(len(answers.losses), 0.5))
    found = worst_mistakes(prepared, replace(frame, answers_test=alike), ("test",), 60)
    losses = [each.loss for each in found.shown]
    assert losses == sorted(losses, reverse=True)


def test_answers_of_other_rows_are_passed_over(digits: tuple[Prepared, Frame]) -> None:
    prepared, frame = digits
    found = worst_mistakes(prepared, replace(frame, answers_test=frame.answers_train), ("test",), 60)
    assert (found.shown, found.n_rows) == ((), 0)
