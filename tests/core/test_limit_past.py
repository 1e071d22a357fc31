"""A past that has to do with less memory is thinned at once, and what is computed again stays exact."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.core.errors import SettingError
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer
from nnviz.data import load_dataset

EDITED = 300


def trained(epochs: int = 600, gap_s: float | None = None) -> tuple[Trainer, dict[int, np.ndarray]]:
    """Return a run that was edited on its way, and the parameters of some of its epochs as they were.

    `gap_s` is the training between two keyframes: infinite, as if the computer were quick, or 0, as if it were slow.
    """
    data = load_dataset("xor", n_samples=40, seed=1)
    trainer = Trainer(Network([2, 8, 1], seed=3), data.X, data.y, engine="numpy", learning_rate=0.1, optimizer="adam")
    if gap_s is not None:
        trainer._past._gap_s = gap_s
    seen = {}
    for _ in range(epochs // 50):
        trainer.run(epochs=50)
        seen[trainer.epoch] = trainer.network.parameters.copy()
        if trainer.epoch == EDITED:
            trainer.set_parameter(0, 1.5)
    return trainer, seen


@pytest.mark.parametrize("gap_s", [None, np.inf, 0.0])
@pytest.mark.parametrize("n_bytes", [2**17, 2**14, 0])
def test_less_memory_leaves_every_epoch_exact(n_bytes: int, gap_s: float | None) -> None:
    trainer, seen = trained(gap_s=gap_s)
    before = trainer.past_nbytes
    trainer.limit_past(n_bytes)
    assert trainer.past_nbytes < before
    # The present and the best are kept on top, whatever the budget, and the last two keyframes.
    assert trainer.past_nbytes <= n_bytes + 2**14
    start = trainer.segments[0].epoch
    for epoch, parameters in seen.items():
        # The end of an epoch comes before an edit there, with which a past of little memory may begin.
        if epoch > start or (epoch == start and epoch != EDITED):
            assert np.array_equal(trainer.parameters_at(epoch), parameters)
    assert trainer._past.first_epoch <= trainer.epoch, "the present can always be computed"
    trainer.run(epochs=100)
    assert trainer.past_nbytes <= n_bytes + 2**14
    assert np.array_equal(trainer.parameters_at(trainer.epoch), trainer.network.parameters)


def test_a_run_is_not_disturbed_by_less_memory_and_takes_more_again() -> None:
    (one, _), (other, _) = trained(), trained()
    one.limit_past(2**14)
    thinned = one.past_nbytes
    one.limit_past(2**26)
    for trainer in (one, other):
        trainer.run(epochs=300)
    assert np.array_equal(one.network.parameters, other.network.parameters)
    assert one.past_nbytes > thinned


def test_thinning_keeps_the_young_epochs_densely() -> None:
    trainer, _ = trained(2000)
    trainer.limit_past(2**15)
    kept = trainer.history.snapshots.epochs
    assert {0, 2000} <= set(kept.tolist())
    assert np.count_nonzero(kept < 200) > np.count_nonzero(kept > 1800)


def test_nothing_else_is_a_number_of_bytes() -> None:
    trainer, _ = trained(50)
    with pytest.raises(SettingError):
        trainer.limit_past(-1)


def nearest_keyframe(trainer: Trainer, epoch: int) -> tuple[int, int]:
    """Return where computing an epoch again begins."""
    return trainer._past.route(epoch, "numpy").keyframe.position


def test_what_a_marked_epoch_is_computed_from_stays() -> None:
    (marked, seen), (plain, _) = trained(gap_s=0.0), trained(gap_s=0.0)
    epochs = [437, 461]
    before = [nearest_keyframe(marked, epoch) for epoch in epochs]
    marked.mark_epochs(epochs)
    assert marked.network.parameters.tolist() == plain.network.parameters.tolist()
    for trainer in (marked, plain):
        trainer.limit_past(2**16)
        # A file takes no more of it than there is room for, but what is marked comes first there, too.
        again = Trainer.from_checkpoint(trainer.checkpoint(), trainer._problem.X, trainer._problem.Y)
        again.mark_epochs(epochs if trainer is marked else [])
        again.remember(trainer.stored_past(2**16))
        kept = [
            nearest_keyframe(each, epoch) == at
            for each in (trainer, again)
            for epoch, at in zip(epochs, before, strict=True)
        ]
        assert all(kept) == (trainer is marked)
        stay = [epoch in each.history.snapshots.epochs for each in (trainer, again) for epoch in epochs]
        assert all(stay) == (trainer is marked)
    assert marked.past_nbytes < 2**16 + 2**14
    for epoch, parameters in seen.items():
        assert np.array_equal(marked.parameters_at(epoch), parameters)
    # No more once nothing is marked.
    marked.mark_epochs([])
    marked.limit_past(2**13)
    assert [nearest_keyframe(marked, epoch) for epoch in epochs] != before


def test_an_epoch_that_is_marked_while_the_run_stands_there_is_kept_itself() -> None:
    trainer, _ = trained(gap_s=np.inf)
    trainer.mark_epochs([5, trainer.epoch])
    here = trainer.epoch
    trainer.set_parameter(1, 0.25)
    trainer.run(epochs=200)
    assert nearest_keyframe(trainer, here) == (here, 0)
    # After an edit the run stands no longer at the end of its epoch.
    n_keyframes = trainer._past.n_keyframes
    trainer.set_parameter(1, 0.5)
    trainer.mark_epochs([here, trainer.epoch])
    trainer.mark_epochs([here, trainer.epoch])
    assert trainer._past.n_keyframes <= n_keyframes + 1
    assert nearest_keyframe(trainer, trainer.epoch) == (here, 0)


def test_thousands_of_marks_leave_the_memory_what_it_is() -> None:
    trainer, _ = trained(gap_s=0.0)
    trainer.mark_epochs(range(trainer.epoch))
    trainer.limit_past(2**14)
    assert trainer.past_nbytes <= 2**14 + 2**14
    for bad in ([-1], [0.5], "12", 3):
        with pytest.raises(SettingError, match="epochs"):
            trainer.mark_epochs(bad)  # type: ignore[arg-type]
