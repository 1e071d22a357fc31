"""Training in slices until a number of epochs is done: interruptible, with a progress bar and a callback if wanted."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, TypeVar

from nnviz.core.arguments import flag, function, whole
from nnviz.core.history.history import History
from nnviz.core.slice_length import SliceLength


class Trains(Protocol):
    """What is trained; `nnviz.Trainer` is one."""

    history: History

    @property
    def epoch(self) -> int:
        """Finished epochs."""

    @property
    def is_stopped(self) -> bool:
        """Whether a stop condition or divergence has ended training."""

    def advance(self, max_batches: int, max_epochs: int) -> int:
        """Make at most so many updates, finishing at most so many epochs, and return how many."""


T = TypeVar("T", bound=Trains)
Callback = Callable[[T], bool | None]


class RunLoop:
    """Trains in slices whose length it has learnt from the slices before."""

    def __init__(self) -> None:
        self._length = SliceLength()

    def run(self, trainer: T, epochs: int, callback: Callback[T] | None, progress: bool) -> None:
        """Finish so many more epochs; see `nnviz.Trainer.run`."""
        goal = trainer.epoch + whole(epochs, "epochs")
        callback = function(callback, "callback")
        with _bar(trainer, goal, flag(progress, "progress")) as bar:
            while trainer.epoch < goal and not trainer.is_stopped:
                before = trainer.epoch
                self._slice(trainer, goal - before if callback is None else 1)
                if bar is not None:
                    bar.set_postfix(loss=f"{float(trainer.history.last_record[0]):.4g}", refresh=False)
                    bar.update(trainer.epoch - bar.n)
                if callback is not None and trainer.epoch > before:
                    answer = callback(trainer)
                    if answer is not None and flag(answer, "What the callback returns"):
                        break

    def _slice(self, trainer: Trains, max_epochs: int) -> None:
        started = time.perf_counter()
        n_batches = trainer.advance(self._length.batches, max_epochs)
        self._length.took(n_batches, time.perf_counter() - started)


def _bar(trainer: Trains, goal: int, is_shown: bool) -> AbstractContextManager[Any]:
    if not is_shown:
        return nullcontext()
    # Imported for those who want one.
    from tqdm import tqdm

    bar: AbstractContextManager[Any] = tqdm(total=goal, initial=trainer.epoch, unit="epoch", dynamic_ncols=True)
    return bar
