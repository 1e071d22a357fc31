"""``nnviz lesson``: lists the lessons, opens one in the window, or rehearses it where there is no screen."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from nnviz.cli_arguments import between
from nnviz.core.numbers import percent_text

if TYPE_CHECKING:
    from nnviz.lessons.schema import LessonSpec

MOST_SEEDS = 1000
EXIT_NOT_KEPT = 1


def add_lesson(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "lesson", metavar="LESSON", nargs="?", help="a lesson's name, or its beginning, or a .toml file; without: all"
    )
    parser.add_argument(
        "--step", type=between(1, 100), default=1, metavar="N", help="begin at this step; what lies before it is done"
    )
    parser.add_argument(
        "--rehearse", action="store_true", help="play it without a window and say whether it keeps its promises"
    )
    parser.add_argument(
        "--seeds",
        type=between(1, MOST_SEEDS),
        default=1,
        metavar="N",
        help="rehearse it with so many; default: 1",
    )


def run_lesson(options: argparse.Namespace) -> int:
    """Open a lesson in the window; without a name, list all of them. Without a screen, or with --rehearse, it is played
    by itself: the exit status is 1 where it does not keep its promises.
    """
    from nnviz.lessons.files import load_lesson, shipped_name
    from nnviz.qt_libraries import library_problem, screen_problem

    if options.lesson is None:
        _list()
        return 0
    lesson, name = load_lesson(options.lesson), shipped_name(options.lesson) or options.lesson
    no_screen = None if options.rehearse else screen_problem()
    if options.rehearse or no_screen is not None:
        if no_screen is not None:
            print(f"{no_screen} nnviz rehearses the lesson here in the terminal instead.", flush=True)
        return _rehearse(lesson, options.seeds)
    if (problem := library_problem()) is not None:
        from nnviz.core.errors import ExperimentError

        raise ExperimentError(problem)
    from nnviz.app import main as show

    return show(sys.argv[:1], lesson=(lesson, name, options.step - 1))


def _list() -> None:
    """Print all lessons, plan by plan."""
    from nnviz.lessons.files import LIBRARY
    from nnviz.lessons.plans import PLANS

    planned = {name for plan in PLANS.values() for name in plan.lessons}
    groups = [(f"{plan.label} ({plan.minutes} minutes)", plan.lessons) for plan in PLANS.values()]
    groups.append(("The sources, by themselves", tuple(name for name in LIBRARY if name not in planned)))
    width = max(map(len, LIBRARY))
    for title, names in groups:
        print(title)
        for name in names:
            print(f"  {name:<{width}}  {LIBRARY[name].minutes:2} min  {LIBRARY[name].title}")
        print()


def _rehearse(lesson: LessonSpec, seeds: int) -> int:
    """Play a lesson with one seed after the other; return the exit status."""
    from nnviz.lessons.rehearsal import rehearse
    from nnviz.lessons.wording import in_words

    print(f"{lesson.title}: {len(lesson.steps)} steps.", flush=True)
    kept = 0
    for seed in range(seeds):
        outcomes = rehearse(lesson, seed)
        kept += all(outcome.is_kept for outcome in outcomes)
        for outcome, step in zip(outcomes, lesson.steps, strict=True):
            if seeds > 1 and outcome.is_kept:
                continue
            words = in_words(step.promise) if step.promise else "nothing promised"
            word = "kept" if outcome.is_kept else "NOT KEPT" if outcome.is_reached else "NOT REACHED"
            where = f"seed {seed}, " if seeds > 1 else ""
            print(f"  {where}step {outcome.step}, epoch {outcome.epoch}: {word}: {words}.", flush=True)
    is_kept = kept >= lesson.share * seeds
    said = "" if lesson.share >= 0.9 else f" (the lesson says {percent_text(lesson.share, 0)})"
    print(f"Kept all its promises with {kept} of {seeds} {'seed' if seeds == 1 else 'seeds'}{said}.")
    return 0 if is_kept else EXIT_NOT_KEPT
