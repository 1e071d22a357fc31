"""The public function: many runs of one experiment, over settings, seeds and folds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from nnviz.core.arguments import flag
from nnviz.core.storage import PathLike
from nnviz.experiment.document import Experiment
from nnviz.sweeps.crews import Crew, executor_crew, n_cores, threads
from nnviz.sweeps.folder import SweepFolder
from nnviz.sweeps.plan import Plan, Seeds, make_plan
from nnviz.sweeps.result import SweepResult
from nnviz.sweeps.running import carry_out
from nnviz.sweeps.task import Outcome


def sweep(
    experiment: Experiment,
    grid: Mapping[str, Sequence[Any]] | None = None,
    *,
    seeds: Seeds = None,
    folds: int | None = None,
    epochs: int | None = None,
    seed_data: bool = False,
    executor: Any = None,
    folder: PathLike | None = None,
    progress: bool = False,
) -> SweepResult:
    """Train an experiment with every combination of some settings, from several seeds, on several folds of its rows.

    Parameters
    ----------
    experiment : Experiment
    grid : mapping of str to sequence, optional
        Alternatives of each setting, by the path of its field: ``{"training.learning_rate": [0.01, 0.1]}``. Where a
        list is wanted, one alone stands for a list of it: ``{"network.hidden": [4, 8, [16, 8]]}``.
    seeds : int or sequence of int, optional
        How many, from 0 on, or which: of weights and order together. None: as the experiment has them.
    folds : int, optional
        Of cross-validation, stratified for classes: every row is tested in one of the folds.
    epochs : int, optional
        Of each run; None: as its experiment says.
    seed_data : bool
        Whether they are seeds of the data and their split as well, which otherwise stay.
    executor : executor of concurrent.futures or Dask client, optional
        Who trains. None: a thread for each core, which suits the compiled engine; a process pool suits NumPy's.
    folder : path-like, optional
        Where each finished run is kept at once. What is there already is not trained again.
    progress : bool
        Whether a progress bar is shown on stderr.

    Returns
    -------
    SweepResult

    Raises
    ------
    DataError, SettingError, ExperimentError
        In one sentence.

    Examples
    --------
    >>> import nnviz
    >>> iris = nnviz.Experiment(data={"name": "iris"})
    >>> result = nnviz.sweep(iris, {"network.hidden": [2, 8]}, folds=3, epochs=5)
    >>> [(run.settings["network.hidden"], run.fold) for run in result.runs]
    [(2, 0), (2, 1), (2, 2), (8, 0), (8, 1), (8, 2)]
    >>> [0.0 <= found.score <= 1.0 for found in result.settings]  # mean accuracy over the folds
    [True, True]
    """
    shown = flag(progress, "progress")
    with threads(n_cores()) if executor is None else executor_crew(executor) as crew:
        plan = make_plan(experiment, grid, seeds=seeds, folds=folds, epochs=epochs, seed_data=seed_data)
        place = None if folder is None else SweepFolder(folder, plan)
        return run_plan(plan, crew, place, is_shown=shown)


def run_plan(
    plan: Plan,
    crew: Crew,
    place: SweepFolder | None = None,
    *,
    is_interrupted: Callable[[], bool] = lambda: False,
    is_shown: bool = False,
) -> SweepResult:
    """Train what is missing of a plan, each run kept as it comes, with a progress bar if wanted."""
    outcomes = {} if place is None else place.finished()
    missing = [number for number in range(len(plan)) if number not in outcomes]
    done = sum(map(plan.epochs_of, outcomes))
    with _bar(plan, done, is_shown) as bar:

        def keep(outcome: Outcome) -> None:
            nonlocal done
            outcomes[outcome.number] = outcome
            done += plan.epochs_of(outcome.number)
            if place is not None:
                place.keep(outcome)

        def tell() -> None:
            if bar is not None and (n_new := min(done + crew.epochs_begun(), bar.total) - bar.n):
                bar.set_postfix(runs=f"{len(outcomes)}/{len(plan)}", refresh=False)
                bar.update(n_new)

        carry_out(plan, missing, crew, keep, is_interrupted=is_interrupted, each_turn=tell)
        tell()
    result = SweepResult(plan, outcomes)
    if place is not None:
        place.write_tables(result)
    return result


def _bar(plan: Plan, done: int, is_shown: bool) -> AbstractContextManager[Any]:
    """Return a bar over the epochs of all runs; of one that ends early, those that it does not need count as done."""
    if not is_shown:
        return nullcontext()
    # Imported for those who want one.
    from tqdm import tqdm

    total = sum(map(plan.epochs_of, range(len(plan))))
    bar: AbstractContextManager[Any] = tqdm(total=total, initial=done, unit="epoch", dynamic_ncols=True)
    return bar
