"""Experiments, and the files they are kept in: `.toml` by hand, `.nnviz` with the weights and the history of a run too.

Reading either gives a whole `Document` or one sentence; writing replaces a file only once the new one is complete.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct, field
from pydantic import ValidationError

from nnviz.assets import lesson_file, lesson_names
from nnviz.core.arguments import path as path_text
from nnviz.core.choices import closest
from nnviz.core.description import Described, Description, short, sizes_text
from nnviz.core.errors import ExperimentError, SettingError
from nnviz.core.history.history import History
from nnviz.core.inert import shown
from nnviz.core.layout import Array
from nnviz.core.numbers import count_text, exact_text
from nnviz.core.reading import LONGEST_NAME, MOST_BYTES, MOST_TOML_BYTES, gate, name_of, read_bytes
from nnviz.core.storage import expanded, forget_unfinished, write_atomically
from nnviz.core.trainer import Trainer
from nnviz.core.translation import translated
from nnviz.data import DATASETS
from nnviz.data.wording import quoted
from nnviz.experiment.archive import BESIDE, Arrays, Told, read_archive, untold, write_archive
from nnviz.experiment.prepare import Prepared, prepare
from nnviz.experiment.schema import DataSpec, ExperimentSpec, ScheduleSpec, TableSource, TrainingSpec
from nnviz.experiment.schema_errors import describe
from nnviz.experiment.sources import TABLE_SUFFIXES, open_source
from nnviz.experiment.table_paths import absolute_tables, relative_tables
from nnviz.experiment.toml_text import experiment_to_toml, parse_toml

if TYPE_CHECKING:
    from nnviz.core.checkpoint import Checkpoint
    from nnviz.core.stored_past import StoredPast
if not TYPE_CHECKING:  # `help` and `inspect.signature` look up what the fields of a record are.
    Checkpoint = StoredPast = Any

#: How measured data are learnt unless the user wants it otherwise. They are few and noisy, and the usual settings,
#: meant for toy planes, learn them by heart: 0.92 instead of 0.95 on handwritten digits, 0.946 instead of 0.956 on
#: the Wisconsin grades (`tests/benchmarks/bench_real_data.py`). The rate falls to a tenth within 200 epochs: at an even
#: one the noise of small batches stays, which costs 0.01 of accuracy or R² on tables.
REAL_TRAINING = TrainingSpec(
    learning_rate=0.01,
    l2=0.003,
    schedule=ScheduleSpec(name="cosine", parameters={"period": 200.0, "minimum": 0.1}),
)


class Experiment(Described, ExperimentSpec):
    """Everything that a run depends on: data, network, training, and what the window shows of them. Frozen.

    Attributes
    ----------
    title, notes : str
        For people.
    data : DataSpec
        Where the rows come from, which inputs the network sees, how they are split and scaled.
    network : NetworkSpec
        Hidden layers, output and initial weights.
    training : TrainingSpec
        Loss, optimiser, regularisation and stop conditions.
    view : ViewSpec
        What the window shows; it never changes a result.
    second : SecondSpec or None
        Network and training that it is compared with, side by side; they change none of its results.

    Raises
    ------
    ExperimentError
        In one sentence that names the field, where one is given a value that it cannot have.

    Examples
    --------
    >>> import nnviz
    >>> experiment = nnviz.Experiment.load("source-a")  # a lesson, a .toml, a .nnviz or a table
    >>> experiment.data.name, experiment.training.epochs
    ('breast_cancer_wisconsin', 100)
    >>> experiment.trainer().network.layer_sizes
    (9, 8, 1)
    >>> experiment.save("mine.toml")
    >>> nnviz.Experiment.load("mine.toml") == experiment
    True
    """

    @classmethod
    def load(cls, source: str | Path) -> Experiment:
        """Return the experiment that a lesson's name, a `.toml`, a `.nnviz` or a table stands for.

        Raises
        ------
        ExperimentError
            In one sentence, where there is no such file or it cannot be read.
        """
        return load_document(source).experiment

    def save(self, path: str | Path) -> None:
        """Write the experiment to a `.toml` or a `.nnviz`, atomically.

        Raises
        ------
        ExperimentError
            Where the file cannot be written.
        """
        save_document(Document(self), path)

    def description(self) -> Description:
        """Return what is shown of it in a terminal and a notebook."""
        hidden = sizes_text(layer.units for layer in self.network.hidden) or translated("none")
        training, data = self.training, _data_words(self.data)
        facts = (
            ("Data", data),
            ("Hidden layers", hidden),
            ("Optimiser", training.optimizer),
            ("Learning rate", exact_text(training.learning_rate)),
            ("Batch size", translated("all rows") if training.batch_size is None else count_text(training.batch_size)),
            ("Epochs", count_text(training.epochs)),
            *((("Notes", self.notes),) if self.notes else ()),
        )
        title = short(self.title)
        line = f"Experiment {title!r}: {data}; hidden layers {hidden}; {training.optimizer}, {training.epochs} epochs"
        return Description(line, title, facts)

    def prepared(self) -> Prepared:
        """Return the data, split and standardised, with every "auto" resolved.

        Raises
        ------
        DataError, SettingError
            Where the data cannot be had or settings do not go together.
        """
        return prepare(self)

    def trainer(self) -> Trainer:
        """Return a trainer of a new network, ready to `run`."""
        return self.prepared().trainer()


def _data_words(data: DataSpec) -> str:
    if data.name is not None:
        return data.name
    if data.table is None:
        return translated("rows of its own")
    return translated("a pasted table") if data.table.path is None else short(Path(data.table.path).name)


class Document(Struct, frozen=True, eq=False):
    """An experiment and what was saved beside it.

    Attributes
    ----------
    experiment : Experiment
        Paths of tables are absolute.
    parameters : ndarray ``(n_parameters,)`` or None
        Weights at the time of saving.
    checkpoint : Checkpoint or None
        From where the run goes on, bit for bit. It holds parameters and history too.
    history : History or None
    path : Path or None
        The file; None for a lesson, a data set or a table, which are not saved over.
    past : StoredPast or None
        From which any epoch of the run can be computed again.
    note : str
        A sentence for the user about what was left out; empty where nothing was.
    beside : mapping of str to dict of arrays
        What stood beside the run, by "courses", "wall", "race", "second" and "marks": as it was read.
    """

    experiment: Experiment
    parameters: Array | None = None
    checkpoint: Checkpoint | None = None
    history: History | None = None
    path: Path | None = None
    past: StoredPast | None = None
    note: str = ""
    beside: Mapping[str, Arrays] = field(default_factory=dict)


def validate_experiment(value: Any, where: str) -> Experiment:
    """Return the experiment that `value`, as read from a file, describes.

    Parameters
    ----------
    value : object
        Nested dictionaries, lists, strings and numbers.
    where : str
        What the sentence begins with: the file's name.

    Raises
    ------
    ExperimentError
        In one sentence, where it is no experiment.
    """
    from nnviz.experiment.migrations import migrated
    from nnviz.experiment.parameter_bounds import check_all_bounds

    try:
        experiment = Experiment.model_validate(migrated(value, where))
        check_all_bounds(experiment)
    except ValidationError as error:
        raise ExperimentError("{0}: {1}", where, describe(error, Experiment)) from None
    except SettingError as error:
        raise ExperimentError("{0}: {1}", where, str(error)) from None
    return experiment


def load_document(source: str | Path) -> Document:
    """Open a lesson by name, a `.toml` or `.nnviz` file, a table, or a data set by name.

    Raises
    ------
    ExperimentError
        In one sentence, where there is no such thing or it cannot be read. Nothing is half loaded.
    """
    with gate(path_text(source), "experiment"):
        return _load(path_text(source))


def _load(name: str) -> Document:
    if name in lesson_names():
        return Document(_read_lesson(name))
    path = expanded(name)
    reader = _READERS.get(path.suffix.lower())
    if reader is not None:
        # It says where there is none, or a link that leads nowhere; what else is wrong, the reader says.
        path.stat()
        return reader(path)
    if name in DATASETS:
        training = REAL_TRAINING if DATASETS[name].kind.measured else TrainingSpec()
        return Document(Experiment(title=DATASETS[name].label, data=DataSpec(name=name), training=training))
    if path.is_dir():
        words = "{0} is neither an experiment nor a table, but a folder; choose a file in it."
        raise ExperimentError(words, quoted(name, LONGEST_NAME))
    if path.exists() or path.is_symlink():
        # Tables are known by their content, whatever their names end in.
        path.stat()
        return _read_table_file(path)
    name = shown(name, LONGEST_NAME)
    close = closest(name, [*lesson_names(), *DATASETS])
    if close:
        raise ExperimentError("There is no lesson, data set or file called {0!r}; did you mean {1!r}?", name, close[0])
    raise ExperimentError(
        "There is no lesson, data set or file called {0!r}; `nnviz list` names the lessons and data sets.", name
    )


def is_table(source: str | Path) -> bool:
    """Return whether `source` is a file that is opened as a table: neither an experiment nor the name of a lesson."""
    if str(source) in lesson_names() or str(source) in DATASETS:
        return False
    try:
        path = expanded(source)
        return path.is_file() and path.suffix.lower() not in EXPERIMENT_SUFFIXES
    except (OSError, ValueError):
        return False


def save_document(document: Document, path: str | Path, told: Told = untold, *, keep_old: bool = False) -> None:
    """Write `document` to a `.nnviz`, or its experiment alone to a `.toml`; atomically.

    Parameters
    ----------
    document : Document
    path : str or Path
    told : callable
        Takes the share that is done, 0 … 1; what it raises ends the writing, and the file stays as it was.
    keep_old : bool
        Whether a file that is replaced stays, with a ``~`` behind its name.

    Raises
    ------
    ExperimentError, SettingError
        Where the name ends otherwise, the file cannot be written, or could not be opened again.
    """
    from nnviz.experiment.parameter_bounds import check_all_bounds

    path = expanded(path)
    experiment = relative_tables(document.experiment, path)
    # What would not open again is not written.
    check_all_bounds(experiment)
    forget_unfinished(path.parent)
    match path.suffix.lower():
        case ".toml":
            text = experiment_to_toml(experiment).encode()
            write_atomically(path, lambda file: file.write(text), keep_old=keep_old)
        case ".nnviz":
            content, arrays = experiment.model_dump(mode="json"), _arrays(document)
            write_atomically(path, lambda file: write_archive(file, content, arrays, told), keep_old=keep_old)
        case _:
            raise ExperimentError("{0} must end in .nnviz or .toml to be saved as an experiment.", path.name)


def document_bytes(document: Document) -> int:
    """Return how many bytes of arrays `save_document` packs into a `.nnviz`."""
    return sum(array.nbytes for array in _arrays(document).values())


def _read_lesson(name: str) -> Experiment:
    path = lesson_file(name)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ExperimentError("The lesson {0} cannot be read: {1}.", name, error.strerror) from None
    return validate_experiment(parse_toml(text, path.name), path.name)


def _read_toml(path: Path) -> Document:
    name = name_of(path)
    try:
        # Its reader knows no end of line but these.
        text = read_bytes(path, MOST_TOML_BYTES).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise ExperimentError("{0} is not UTF-8 text; save it as UTF-8.", name) from None
    experiment = validate_experiment(parse_toml(text, name), name)
    return Document(absolute_tables(experiment, path), path=path)


def _read_nnviz(path: Path) -> Document:
    from nnviz.core.checkpoint import Checkpoint
    from nnviz.core.stored_past import StoredPast
    from nnviz.experiment.beside import LEFT_OUT
    from nnviz.experiment.migrations import check_format

    content, arrays, damaged = read_archive(path, partial(check_format, where=name_of(path)))
    experiment = absolute_tables(validate_experiment(content, name_of(path)), path)
    groups: defaultdict[str, Arrays] = defaultdict(dict)
    for name, array in arrays.items():
        group, _, short = name.rpartition("/")
        groups[group][short] = array
    try:
        checkpoint = Checkpoint.from_arrays(groups["checkpoint"]) if groups["checkpoint"] else None
        history = History.from_arrays(groups["history"]) if groups["history"] else None
        parameters = _parameters(groups[""])
    except Exception as error:
        words = "{0} is damaged, and nothing of it was opened ({1})."
        raise ExperimentError(words, name_of(path), shown(str(error).rstrip("."), 150)) from error
    if checkpoint is not None:
        history, parameters = checkpoint.history, checkpoint.network.parameters
    past = StoredPast(groups["past"]) if groups["past"] and checkpoint is not None else None
    beside = {group: groups[group] for group in BESIDE if group in groups}
    note = " ".join(translated(LEFT_OUT[group]) for group in sorted(damaged))
    return Document(experiment, parameters, checkpoint, history, path, past, note, beside)


def _read_table_file(path: Path) -> Document:
    # Read here for its errors: a session must not be given up for a table that cannot be used.
    from nnviz.data import make_dataset

    table = TableSource(path=str(path.resolve()))
    opened = open_source(table)
    make_dataset(opened, table.choices(opened))
    if len(opened.sheets) > 1:
        # Which sheet is proposed changes with the one that is in front when the workbook is saved again.
        table = table.edited(sheet=opened.sheet)
    return Document(Experiment(title=path.stem, data=DataSpec(name=None, table=table), training=REAL_TRAINING))


_EXPERIMENTS = {".nnviz": _read_nnviz, ".toml": _read_toml}
EXPERIMENT_SUFFIXES = tuple(_EXPERIMENTS)
#: A run of which there is no room for more is saved without its past and what stands beside it.
_MOST_WITH_PAST = MOST_BYTES - 2**20
_READERS = {**_EXPERIMENTS, **dict.fromkeys(TABLE_SUFFIXES, _read_table_file)}
#: Endings of the files that can be opened.
OPENED_SUFFIXES = tuple(_READERS)


def _parameters(arrays: Mapping[str, np.ndarray]) -> Array | None:
    parameters = arrays.get("parameters")
    if parameters is not None and (parameters.ndim != 1 or parameters.dtype != np.float64):
        raise ValueError(translated("the parameters are no vector of float64"))
    return parameters


def _arrays(document: Document) -> Arrays:
    arrays: Arrays = {}
    if document.checkpoint is not None:
        arrays |= {f"checkpoint/{name}": array for name, array in document.checkpoint.to_arrays().items()}
        if document.past is not None:
            _add(arrays, "past", document.past.arrays)
    elif document.parameters is not None:
        arrays["parameters"] = document.parameters
    if document.history is not None and document.checkpoint is None:
        arrays |= {f"history/{name}": array for name, array in document.history.to_arrays().items()}
    for group, content in document.beside.items():
        _add(arrays, group, content)
    return arrays


def _add(arrays: Arrays, group: str, content: Mapping[str, np.ndarray]) -> None:
    """Take in a group of arrays that can be done without, where there is room."""
    if sum(array.nbytes for array in (*arrays.values(), *content.values())) < _MOST_WITH_PAST:
        arrays |= {f"{group}/{name}": array for name, array in content.items()}
