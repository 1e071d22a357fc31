"""Handing the runs of a sweep out and taking their results in: none is lost, and none counted twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait

from nnviz._version import __version__
from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.sweeps.crews import Crew, Result
from nnviz.sweeps.plan import Plan
from nnviz.sweeps.task import Outcome

#: How often progress is told and an interruption noticed.
TURN_S = 0.2


def carry_out(
    plan: Plan,
    numbers: Iterable[int],
    crew: Crew,
    keep: Callable[[Outcome], object],
    *,
    is_interrupted: Callable[[], bool] = lambda: False,
    each_turn: Callable[[], object] = lambda: None,
) -> None:
    """Train some runs of a plan.

    Parameters
    ----------
    plan : Plan
    numbers : iterable of int
        Of the runs.
    crew : Crew
    keep : callable ``(outcome)``
        Called in this thread with each result, in the order in which they come.
    is_interrupted : callable
        Asked now and then; once it says yes, what is being trained is stopped, and nothing else begun.
    each_turn : callable
        Called now and then.

    Raises
    ------
    ExperimentError, SettingError, DataError
        Where a run cannot be trained, or who trained it is gone. What was kept before stays.
    """
    left, pending = iter(numbers), dict[Future[Result], int]()
    is_stopped = False
    try:
        while True:
            while not is_stopped and len(pending) < crew.n_ahead and (number := next(left, None)) is not None:
                pending[crew.submit(plan.task(number))] = number
            if not pending:
                return
            done, _ = wait(pending, timeout=TURN_S, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=pending.__getitem__):
                number = pending.pop(future)
                outcome = None if future.cancelled() and is_stopped else _result_of(future, plan, number)
                if outcome is not None:
                    keep(outcome)
            each_turn()
            if is_interrupted() and not is_stopped:
                is_stopped = True
                _stop(crew, pending)
    except BaseException:
        _stop(crew, pending)
        raise


def _stop(crew: Crew, pending: Iterable[Future[Result]]) -> None:
    crew.stop()
    for future in pending:
        future.cancel()


def _result_of(future: Future[Result], plan: Plan, number: int) -> Result:
    words = plan.points[number].words or f"run {number}"
    try:
        outcome = future.result()
    except NnvizError as error:
        raise type(error)("{0}: {1}", words, error) from error
    except ImportError as error:
        sentence = "What trains the runs cannot import nnviz ({0}); install the same version there."
        raise ExperimentError(sentence, error) from error
    except (Exception, CancelledError) as error:
        # A process that was killed, a worker that ran out of memory, a connection that broke: libraries raise anything.
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        sentence = "The run with {0} was lost ({1}); sweep again, and what is finished is not trained again."
        raise ExperimentError(sentence, words, reason.rstrip(".")) from error
    if outcome is not None and outcome.version != __version__:
        sentence = "What trains the runs has nnviz {0}, but this is {1}; install the same version there."
        raise ExperimentError(sentence, outcome.version, __version__)
    return outcome
