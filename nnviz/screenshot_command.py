"""`nnviz screenshot`: a picture of the real window after real training, of an epoch of its past, a wall or a race."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from nnviz.cli_arguments import add_file, between, count, new_picture, path_argument, size
from nnviz.core.errors import ExperimentError, SettingError
from nnviz.sweep_command import found_sweep
from nnviz.terminal import ended_at_once

if TYPE_CHECKING:
    from nnviz.experiment import Document
    from nnviz.sweeps.race import Entrant


def add_screenshot(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    from nnviz.drawing.theme import THEMES

    add_file(parser, optional=True)
    parser.add_argument("--epochs", type=count, default=100, metavar="N", help="default: %(default)s")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--at", type=count, metavar="EPOCH", help="show the window as it was at the end of that epoch")
    shown.add_argument("--wall", type=between(2, 225), metavar="SEEDS", help="show a wall of so many seeds")
    shown.add_argument(
        "--race",
        metavar="OPTIMISER=RATE,…",
        help="show a race of optimisers, such as sgd=0.1,momentum,adam=0.01; without a rate, a usual one",
    )
    parser.add_argument("--size", type=size, default=(1600, 1000), metavar="WxH", help="in pixels; default: 1600x1000")
    parser.add_argument("--theme", choices=tuple(THEMES), default="light", help="default: %(default)s")
    parser.add_argument("--out", type=new_picture, default="nnviz.png", metavar="F.png", help="default: %(default)s")
    parser.add_argument(
        "--pictures", type=path_argument, metavar="DIR", help="write every picture of the README to DIR instead"
    )


def run_screenshot(options: argparse.Namespace) -> int:
    """Train in the real window, without showing it, and write its picture."""
    from nnviz.experiment import Document, default_experiment, load_document
    from nnviz.qt_libraries import library_problem

    sweep = found_sweep(options.file)
    document = load_document(options.file) if options.file and sweep is None else Document(default_experiment())
    if sweep is not None and (options.at is not None or options.wall is not None or options.race is not None):
        raise SettingError("--at, --wall and --race are for an experiment; {0} holds a sweep.", options.file)
    if options.at is not None and options.at > options.epochs:
        raise SettingError("--at {0} lies beyond the training; ask for more --epochs.", options.at)
    entrants = None if options.race is None else _entrants(options.race, document)
    # WORKAROUND: where no screen answers, Qt aborts.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    problem = library_problem()
    if problem is not None:
        raise ExperimentError(problem)
    from nnviz.export.run_folder import make_folder
    from nnviz.readme_pictures import render_readme_pictures
    from nnviz.screenshots import Scene, render_screenshot

    with ended_at_once():
        if options.pictures is not None:
            make_folder(options.pictures)
            written = render_readme_pictures(options.pictures)
        else:
            written = [options.out]
            render_screenshot(
                sweep or document,
                epochs=options.epochs,
                size=options.size,
                theme=options.theme,
                out=options.out,
                scene=Scene(options.at, options.wall, entrants),
            )
    print(*(f"Wrote {path}." for path in written), sep="\n")
    return 0


def _entrants(text: str, document: Document) -> tuple[Entrant, ...]:
    """Return who takes part in a race, as they are typed."""
    from nnviz.core.bounds import LEARNING_RATE
    from nnviz.core.number_entry import parse_number
    from nnviz.sweeps.race import Entrant, checked_entrants, usual_rate

    entrants = []
    for part in text.split(","):
        name, equals, rate = (each.strip() for each in part.partition("="))
        own = float(LEARNING_RATE.check(parse_number(rate))) if equals else None
        entrants.append((name, own))
    checked = [Entrant(name, usual_rate(document.experiment, name) if own is None else own) for name, own in entrants]
    return checked_entrants(checked)
