"""Who trains the runs of a sweep: threads, processes, an executor of the caller's, or a Dask cluster.

The compiled engine lets go of the interpreter, so that threads of one process fill all cores. NumPy's does not, and
wants processes.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from multiprocessing.synchronize import Event as ProcessEvent
from typing import Any

from nnviz.core.errors import SettingError
from nnviz.sweeps.task import Outcome, Task, train_task

#: Runs handed to a crew beyond those that it can train at once, so that nobody waits for the next.
_AHEAD = 2
#: Runs handed to an executor that does not say how many it trains at once.
_USUAL = 16
#: How long a scheduler may take to answer, and workers to come.
_PATIENCE_S = 20.0

Result = Outcome | None


def _nothing() -> None:
    """Nobody can be stopped."""


def _zero() -> int:
    return 0


@dataclass(frozen=True)
class Crew:
    """Trains runs, some at once.

    Attributes
    ----------
    submit : callable ``(task)``
        Returns a future of the outcome; None where it was stopped.
    n_at_once : callable
        How many runs are trained at once, now.
    stop : callable
        Lets what is being trained end early, as far as that is possible.
    epochs_begun : callable
        Finished epochs of the runs that are being trained, as far as that is known.
    """

    submit: Callable[[Task], Future[Result]]
    n_at_once: Callable[[], int]
    stop: Callable[[], None] = _nothing
    epochs_begun: Callable[[], int] = _zero

    @property
    def n_ahead(self) -> int:
        """Runs that are to be handed over before the first of them is finished."""
        return _AHEAD * self.n_at_once() + 1


class _Progress:
    """Epochs of the runs that threads are training; each writes into a place of its own."""

    def __init__(self) -> None:
        self.epochs: dict[int, int] = {}

    def begun(self) -> int:
        return sum(list(self.epochs.values()))

    def train(self, task: Task, is_stopped: Callable[[], bool]) -> Result:
        self.epochs[task.number] = 0

        def progress(n_epochs: int) -> None:
            self.epochs[task.number] += n_epochs

        try:
            return train_task(task, is_stopped, progress)
        finally:
            del self.epochs[task.number]


def _of_threads(pool: ThreadPoolExecutor, n: int) -> Crew:
    stopping, progress = threading.Event(), _Progress()
    return Crew(
        submit=lambda task: pool.submit(progress.train, task, stopping.is_set),
        n_at_once=lambda: n,
        stop=stopping.set,
        epochs_begun=progress.begun,
    )


@contextmanager
def threads(jobs: int) -> Iterator[Crew]:
    """Give a crew of threads of this process; it is stopped where the context ends early."""
    with ThreadPoolExecutor(jobs, thread_name_prefix="nnviz-sweep") as pool:
        crew = _of_threads(pool, jobs)
        try:
            yield crew
        finally:
            # Whoever leaves early need not wait for the end of every run.
            crew.stop()


@contextmanager
def processes(jobs: int, prepare: Callable[[], object] | None = None) -> Iterator[Crew]:
    """Give a crew of processes of this computer.

    Parameters
    ----------
    jobs : int
    prepare : callable, optional
        Called in each of them first; it has to be importable.
    """
    # Spawned: a fork would copy locks that other threads hold.
    context = multiprocessing.get_context("spawn")
    stopping = context.Event()
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin_process, initargs=(stopping, prepare))
    with pool:
        try:
            yield Crew(lambda task: pool.submit(_train_here, task), lambda: jobs, stopping.set)
        finally:
            stopping.set()
            pool.shutdown(cancel_futures=True)


_stopping: ProcessEvent | None = None


def _begin_process(stopping: ProcessEvent, prepare: Callable[[], object] | None) -> None:
    global _stopping
    _stopping = stopping
    if prepare is not None:
        prepare()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), name="nnviz-sweep-parent", daemon=True).start()


def _end_with(sentinel: int) -> None:
    """End this process once its parent has ended: where that was killed, nobody else would end it."""
    wait_for([sentinel])
    os._exit(1)


def _train_here(task: Task) -> Result:
    return train_task(task, _stopping.is_set if _stopping is not None else lambda: False)


@contextmanager
def cluster(address: str, jobs: int, prepare: Callable[[], object] | None = None) -> Iterator[Crew]:
    """Give the workers of a Dask cluster.

    Parameters
    ----------
    address : str
        Of its scheduler, such as ``tcp://10.0.0.1:8786``; "local" starts a cluster on this computer.
    jobs : int
        Worker processes of a local one.
    prepare : callable, optional
        Called in each process of a local cluster first, also of those that take the place of others.

    Raises
    ------
    SettingError
        Where Dask is not installed, the scheduler does not answer, or it has no workers.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise SettingError("A cluster needs Dask; install it with: pip install 'nnviz[cluster]'.") from None
    with ExitStack() as stack:
        if address == "local":
            # One thread each, and nobody looks at a dashboard.
            place = stack.enter_context(
                LocalCluster(
                    n_workers=jobs,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=None,
                    worker_dashboard_address=None,
                    silence_logs=logging.CRITICAL,
                )
            )
        else:
            place = address
        try:
            client = stack.enter_context(Client(place, timeout=_PATIENCE_S, set_as_default=False))
        except (OSError, TimeoutError, ValueError, TypeError) as error:
            words = "No Dask scheduler answers at {0} ({1}); check its address."
            raise SettingError(words, address, str(error).splitlines()[0] if str(error) else "timeout") from None
        if address == "local":
            with suppress(TimeoutError):
                client.wait_for_workers(jobs, timeout=_PATIENCE_S)
            if prepare is not None:
                client.register_worker_callbacks(prepare)
        yield stack.enter_context(executor_crew(client))


@contextmanager
def executor_crew(executor: Any) -> Iterator[Crew]:
    """Give the crew that an executor of concurrent.futures or a Dask client stands for; it is not shut down.

    Raises
    ------
    SettingError
        Where it is neither, or the cluster has no workers.
    """
    if isinstance(executor, ThreadPoolExecutor):
        crew = _of_threads(executor, executor._max_workers)
    elif isinstance(executor, Executor):
        n = getattr(executor, "_max_workers", None)
        at_once = n if isinstance(n, int) and n > 0 else _USUAL
        crew = Crew(lambda task: executor.submit(train_task, task), lambda: at_once)
    elif _is_dask_client(executor):
        # Not pure: two sweeps with the same run share nothing.
        dask = executor.get_executor(pure=False)
        if not _threads_of(executor):
            raise SettingError("The cluster has no workers; start some, as with `dask worker ADDRESS`.")
        crew = Crew(lambda task: dask.submit(train_task, task), lambda: max(_threads_of(executor), 1))
    else:
        words = "executor must be an executor of concurrent.futures or a Dask client, not {0!r}."
        raise SettingError(words, executor)
    try:
        yield crew
    finally:
        crew.stop()


def _is_dask_client(executor: Any) -> bool:
    # By its name: Dask may not be installed.
    return any(
        f"{kind.__module__}.{kind.__qualname__}" == "distributed.client.Client" for kind in type(executor).__mro__
    )


def _threads_of(client: Any) -> int:
    return sum(client.nthreads().values())


def n_cores() -> int:
    """Return on how many cores this process may run."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
