"""The command line: the window, training without one, prediction, pictures, and what there is to choose from.

Whatever a user can get wrong ends in one sentence on stderr and exit status 2. A training that is asked to end (Ctrl-C,
SIGTERM, SIGHUP) writes what it has learnt and ends with 128 and the number of the signal. Heavy modules (the engine,
Qt) are imported only where they are used, so that help appears at once.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import math
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NoReturn

from nnviz._version import __version__
from nnviz.cli_arguments import add_file, new_file, path_argument, positive
from nnviz.core.errors import ExperimentError, NnvizError, SettingError
from nnviz.lesson_command import add_lesson, run_lesson
from nnviz.screenshot_command import add_screenshot, run_screenshot
from nnviz.sweep_command import add_sweep, open_sweep, run_sweep
from nnviz.terminal import Interrupted, Interruption, usable_streams

if TYPE_CHECKING:
    from nnviz.core.choices import Choice
    from nnviz.experiment import Document, Experiment

DEFAULT_FOLDER = Path("nnviz-run")
#: Without a screen, `nnviz` alone trains no longer than this: its promise is to be done within a minute.
NO_SCREEN_LIMIT_S = 40.0
EXIT_USER_ERROR = 2

DESCRIPTION = "See a neural network learn: without a command, nnviz opens its window."
EPILOG = """commands (nnviz COMMAND --help tells more):
  train       train an experiment without a window; write history, model, summary and pictures
  sweep       train it with many settings, seeds or folds; write a table and a wall of maps
  lesson      list the lessons, or play one in the window; without a screen, say whether it keeps its promises
  predict     apply a trained model to the rows of a table
  screenshot  train in the real window, offscreen, and write its picture
  list        name the lessons, the data sets and all choices
  doctor      say what nnviz finds on this computer, or compile its engine ahead

exit status: 0, or 2 where something could not be done as asked, or 128 and the number of the signal that ended it (130
after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP); a training then has written what it had learnt
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence, as all of nnviz's."""

    def error(self, message: str) -> NoReturn:
        """Raise what `main` tells the user."""
        raise SettingError("{0}{1}; see `{2} --help`.", message[:1].upper(), message[1:], self.prog)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Leave after `--help` and `--version`, whose text must have got through before."""
        sys.stdout.flush()
        super().exit(status, message)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name.

    Returns
    -------
    int
        0, 2 after a user error, 128 and the number of the signal that ended it (130 after Ctrl-C).
    """
    with usable_streams():
        return _run(list(sys.argv[1:] if argv is None else argv))


def _run(arguments: list[str]) -> int:
    try:
        status = _dispatch(arguments)
        sys.stdout.flush()
    except NnvizError as error:
        _say(str(error))
        return EXIT_USER_ERROR
    except KeyboardInterrupt as interrupt:
        return interrupt.status if isinstance(interrupt, Interrupted) else 128 + signal.SIGINT
    except OSError as error:
        _say(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
        return EXIT_USER_ERROR
    except MemoryError:
        _say("There is not enough memory for this; choose fewer samples or smaller layers.")
        return EXIT_USER_ERROR
    return status


def _dispatch(arguments: list[str]) -> int:
    if arguments and arguments[0] in COMMANDS:
        add_arguments, run = COMMANDS[arguments[0]]
        parser = _Parser(prog=f"nnviz {arguments[0]}", description=run.__doc__)
        add_arguments(parser)
        return run(parser.parse_args(arguments[1:]))
    if len(arguments) > 1 and not any(word.startswith("-") for word in arguments[:2]):
        close = difflib.get_close_matches(arguments[0], COMMANDS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else "see `nnviz --help`."
        raise SettingError("There is no command {0!r}; {1}", arguments[0], hint)
    parser = _Parser(
        prog="nnviz",
        description=DESCRIPTION,
        epilog=EPILOG,
        usage="nnviz [FILE]\n       nnviz COMMAND …",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"nnviz {__version__}")
    add_file(parser, optional=True)
    return _open_window(parser.parse_args(arguments).file)


def _open_window(file: str | None) -> int:
    from nnviz.qt_libraries import library_problem, screen_problem

    if (status := open_sweep(file)) is not None:
        return status
    no_screen = screen_problem()
    table = _table_to_show(file) if file is not None and no_screen is None else None
    document = _document(file if table is None else None)
    if no_screen is not None:
        print(f"{no_screen} nnviz trains here in the terminal instead and writes its pictures.", flush=True)
        return _train_and_write(document.experiment, DEFAULT_FOLDER, time_limit_s=NO_SCREEN_LIMIT_S)
    _demand(library_problem())
    from nnviz.app import main as show

    return show(sys.argv[:1], document if file is not None and table is None else None, table)


def _table_to_show(file: str) -> Path | None:
    """Return a table that the window shows before it is opened; None where `file` is something else.

    Raises
    ------
    DataError
        Where it is no table at all: there is nothing to show then.
    """
    from nnviz.core.errors import PartnerNeededError, ShortRowsError
    from nnviz.core.storage import expanded
    from nnviz.experiment.document import is_table
    from nnviz.experiment.schema import TableSource
    from nnviz.experiment.sources import open_source

    if not is_table(file):
        return None
    path = expanded(file).resolve()
    # What can be put right by an answer is asked in the window, which finds the table read already.
    with contextlib.suppress(ShortRowsError, PartnerNeededError):
        open_source(TableSource(path=str(path)))
    return path


def _train(options: argparse.Namespace) -> int:
    """Train an experiment without a window. Writes history.csv, model.npz, summary.json and, where Qt can draw,
    boundary.png, loss.png and network.png.
    """
    from nnviz.experiment.overrides import with_settings

    document = _document(options.experiment)
    experiment = with_settings(document.experiment, options.settings)
    if options.epochs is not None:
        experiment = with_settings(experiment, [f"training.epochs={options.epochs}"])
    return _train_and_write(experiment, options.out, document)


def _train_and_write(
    experiment: Experiment, folder: Path, document: Document | None = None, *, time_limit_s: float = math.inf
) -> int:
    from nnviz import headless
    from nnviz.export.run_folder import RUN_NAMES, make_folder, write_run

    make_folder(folder, RUN_NAMES)
    _offscreen()
    prepared = experiment.prepared()
    trainer, note = headless.trainer_of(prepared, document)
    notes = (*prepared.notes, note) if note else prepared.notes
    print(headless.describe_setting(prepared), *notes, sep="\n", flush=True)
    start = perf_counter()
    with Interruption(lambda: trainer.epoch > 0 or trainer.batch > 0) as interruption:
        ended_by = headless.train(
            trainer, experiment.training.epochs, time_limit_s=time_limit_s, is_interrupted=lambda: bool(interruption)
        )
        status = interruption.status
        written = write_run(trainer, prepared, folder, elapsed_s=perf_counter() - start)
        parts = (
            headless.prediction_table(trainer, prepared),
            headless.class_table(trainer, prepared),
            headless.describe_result(trainer, prepared),
            ended_by,
            trainer.judged_by,
            f"Wrote {', '.join(str(folder / name) for name in written.names)}.",
            written.left_out,
        )
        print(*filter(None, parts), sep="\n")
        if trainer.engine_note:
            _say(trainer.engine_note)
    return status


def _predict(options: argparse.Namespace) -> int:
    """Apply a trained model to a table and write its predictions; with answers in the table, how good they are too."""
    from nnviz.core.storage import write_atomically
    from nnviz.export.models import load_model

    model = load_model(options.model)
    predictions = model.predict(options.table)
    for note in predictions.notes:
        _say(note)
    told = "".join(f"{text}\n" for text in (predictions.verdict(), predictions.confusion_table()) if text)
    if options.out is None:
        # What can be redirected is the table alone.
        sys.stdout.write(predictions.text())
        sys.stderr.write(told)
        return 0
    predictions.to_csv(options.out)
    sys.stdout.write(f"Wrote {options.out}: {int(predictions.complete.sum())} predictions.\n{told}")
    if predictions.confusion is not None:
        path = options.out.with_name(f"{options.out.stem}-confusion.csv")
        write_atomically(path, lambda file: file.write(predictions.confusion_text().encode()))
        print(f"Wrote {path}: which class was taken for which.")
    return 0


def _list(_options: argparse.Namespace) -> int:
    """Name the lessons, the data sets and everything that can be chosen, as files and --set spell it."""
    from nnviz.core.activations import ACTIVATIONS
    from nnviz.core.initializers import INITIALIZERS
    from nnviz.core.losses import LOSSES
    from nnviz.core.optimizers import OPTIMIZERS
    from nnviz.core.schedules import SCHEDULES
    from nnviz.data import DATASETS, DERIVED
    from nnviz.experiment import LESSONS
    from nnviz.lessons.files import LIBRARY

    _print_table("Lessons", {name: lesson.title for name, lesson in LIBRARY.items()})
    _print_table("Experiments of the sources", {name: lesson.label for name, lesson in LESSONS.items()})
    _print_table("Data sets", {name: _described(entry) for name, entry in DATASETS.items()})
    _print_table("Derived inputs (of two features)", {name: entry.label for name, entry in DERIVED.items()})
    tables: dict[str, Mapping[str, Choice]] = {
        "Activations": ACTIVATIONS,
        "Losses": LOSSES,
        "Initialisers": INITIALIZERS,
        "Optimisers": OPTIMIZERS,
        "Learning-rate schedules": SCHEDULES,
    }
    for title, table in tables.items():
        _print_table(title, {name: _described(entry) for name, entry in table.items()})
    return 0


def _doctor(options: argparse.Namespace) -> int:
    """Say what nnviz finds on this computer, for a bug report: versions, engine, screen, speed; takes some seconds."""
    from nnviz import doctor

    print(doctor.compile_ahead() if options.compile else doctor.report())
    return 0


def _described(entry: Choice) -> str:
    parameters = getattr(entry, "parameters", ())
    names = ", ".join(f"{parameter.name}={parameter.default:g}" for parameter in parameters)
    return f"{entry.label} ({names})" if names else entry.label


def _print_table(title: str, rows: Mapping[str, str]) -> None:
    print(title)
    width = max((len(name) for name in rows), default=0)
    for name, text in rows.items():
        print(f"  {name:<{width}}  {text}")
    print()


def _add_train(parser: argparse.ArgumentParser) -> None:
    add_file(parser, optional=False)
    parser.add_argument(
        "--epochs", type=positive, metavar="N", help="how long to train; default: as the experiment says"
    )
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change a setting, such as training.learning_rate=0.1, network.hidden=[8,8] or data.parameters.noise=0.2; "
        "may be given several times",
    )
    parser.add_argument(
        "--out", type=path_argument, default=DEFAULT_FOLDER, metavar="DIR", help="folder; default: %(default)s"
    )


def _add_predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "model", type=path_argument, metavar="MODEL", help="model.npz or folder of `nnviz train`, or a .nnviz"
    )
    parser.add_argument(
        "table", type=path_argument, metavar="TABLE", help="table with the columns that the model was trained on"
    )
    parser.add_argument("--out", type=new_file, metavar="CSV", help="where to write; default: the terminal")


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--compile",
        action="store_true",
        help="compile the engine instead, so that the first training need not wait for it",
    )


def _add_nothing(_parser: argparse.ArgumentParser) -> None:
    """`nnviz list` takes no arguments."""


def _document(source: str | None) -> Document:
    from nnviz.experiment import Document, default_experiment, load_document

    return load_document(source) if source is not None else Document(default_experiment())


def _offscreen() -> None:
    """Have Qt draw without a screen, whatever the environment says. WORKAROUND: where none answers, Qt aborts."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


def _demand(problem: str | None) -> None:
    if problem is not None:
        raise ExperimentError(problem)


def _say(sentence: str) -> None:
    print(f"nnviz: {sentence}", file=sys.stderr)


Command = tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]
COMMANDS: dict[str, Command] = {
    "train": (_add_train, _train),
    "sweep": (add_sweep, run_sweep),
    "lesson": (add_lesson, run_lesson),
    "predict": (_add_predict, _predict),
    "screenshot": (add_screenshot, run_screenshot),
    "list": (_add_nothing, _list),
    "doctor": (_add_doctor, _doctor),
}
