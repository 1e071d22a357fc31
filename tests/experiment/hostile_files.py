"""Files of strangers: of every kind that nnviz opens, damaged or made to harm.

The suite opens a few hundred of them, ``tests/benchmarks/fuzz_files.py`` as many as one likes.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import random
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from nnviz import assets, sweep
from nnviz.core.checkpoint import Checkpoint
from nnviz.core.errors import LONGEST_SENTENCE, NnvizError
from nnviz.core.network import Network
from nnviz.experiment.beside import described
from nnviz.experiment.document import Document, Experiment, load_document, save_document
from nnviz.experiment.kept_experiments import differing_parts
from nnviz.experiment.schema import DataSpec
from nnviz.experiment.short_text import from_short_text, to_short_text
from nnviz.lessons.files import is_lesson, lessons_in, load_lesson, read_lesson
from nnviz.lessons.writing import lesson_text
from nnviz.session.kept_courses import KeptCourse, read_courses, written_courses
from nnviz.session.run_tree import Course
from nnviz.session.runs.kept_race import read_race
from nnviz.session.runs.kept_wall import read_wall
from nnviz.sweeps.folder import load_sweep
from nnviz.sweeps.plan import make_plan
from nnviz.sweeps.result import SweepResult

SWEEP = "sweep"
#: Of its folder, by what stands in the place of the separator.
SWEEP_FILES = ("sweep.json", "runs-00000.npz")
#: What stands in the place of a value of JSON or TOML.
STRANGE: tuple[Any, ...] = (
    *(None, True, -1, 0, 10**30, -(10**30), 2**31, 2**53, 2**63, 1e308, 0.5, float("inf"), float("nan")),
    *("", "x", "\ud800", "\0", "<b>x</b>", "../../x", "x" * 5000, "=1+1", "\u202e", "%1 {0}", "1e999"),
    *([], [[]], [None], ["x"], [-1, -9], [1] * 5000, {}, {"x": 1}, {"": None}),
)
#: The same for arrays.
ARRAYS: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
    lambda array: array.astype(array.dtype.newbyteorder(">")),
    lambda array: array.astype(np.float32) if array.dtype.kind in "fi" else array,
    lambda array: array[:0] if array.ndim else array.reshape(1),
    lambda array: array * np.inf if array.dtype.kind == "f" else array,
    lambda array: array * 0 + 1e308 if array.dtype.kind == "f" else array,
    lambda array: array * np.nan if array.dtype.kind == "f" else array,
    lambda array: -array if array.dtype.kind in "fi" else array,
    lambda array: array + 2**62 if array.dtype.kind == "i" else array,
    lambda array: array.T,
    lambda array: array[..., ::-1] if array.ndim else array,
    lambda array: np.array("strange"),
    lambda array: np.zeros((0, 0)),
    lambda array: np.zeros(array.shape, dtype=[("a", "f8")]),
)


@cache
def originals(folder: Path) -> dict[str, bytes]:
    """Return sound files by name, made in `folder`."""
    moons = Experiment(data=DataSpec(name="moons", parameters={"n_samples": 30}), title="moons")
    trainer = moons.trainer()
    trainer.run(epochs=3)
    checkpoint = trainer.checkpoint()
    files = {}
    for name, document in {
        "run.nnviz": Document(moons, checkpoint=checkpoint, past=trainer.stored_past(2**20)),
        "curves.nnviz": Document(moons, history=checkpoint.history, parameters=checkpoint.parameters),
        "settings.toml": Document(moons),
        "beside.nnviz": Document(moons, checkpoint=checkpoint, beside=_beside(moons, checkpoint)),
        "swept.nnviz": Document(moons, checkpoint=checkpoint, beside={"wall": _swept(moons)}),
    }.items():
        save_document(document, folder / name)
        files[name] = (folder / name).read_bytes()
    checkpoint.save(folder / "checkpoint.npz")
    checkpoint.network.save(folder / "network.npz")
    np.save(folder / "table.npy", np.arange(40.0).reshape(20, 2))
    np.savez(folder / "table.npz", X=np.arange(40.0).reshape(20, 2), y=np.arange(20) % 2)
    for name in ("checkpoint.npz", "network.npz", "table.npy", "table.npz"):
        files[name] = (folder / name).read_bytes()
    rows = "".join(f"{x},{x * x},{'ab'[x % 2]}\n" for x in range(20))
    files["table.csv"] = f"x,y,label\n{rows}".encode()
    # A lesson that ships, and one as a recording writes it.
    shipped = assets.course_file(assets.course_names()[0])
    files["lesson.toml"] = shipped.read_bytes()
    files["recorded.toml"] = lesson_text(load_lesson(shipped)).encode()
    sweep(moons, {"training.learning_rate": [0.1, 0.3]}, epochs=2, folder=folder / SWEEP)
    for name in SWEEP_FILES:
        files[name] = (folder / SWEEP / name.replace("-", "/", 1)).read_bytes()
    files["line"] = to_short_text(moons.edited(notes="some notes")).encode()
    return files


def _beside(moons: Experiment, checkpoint: Checkpoint) -> dict[str, dict[str, np.ndarray]]:
    """Return a tree of runs, a wall and a race, as they stand beside a run in its file."""
    run, own = Document(moons, checkpoint=checkpoint), checkpoint.to_arrays()
    courses = [
        KeptCourse(Course(1, 0, "the first", 0, 0), moons, None),
        KeptCourse(Course(2, 0, "another", 1, 2, moons), moons.edited(title="other"), run),
    ]
    wall = {
        **make_plan(moons, {"training.learning_rate": [0.1, 0.3]}, seeds=2).content(),
        "experiment": differing_parts(moons, moons, None),
        "goal": 20,
        "threshold": 0.9,
    }
    race = {
        "experiment": differing_parts(moons, moons, None),
        "goal": 20,
        "entrants": [["sgd", 0.1], ["adam", 0.01]],
    }
    trail = {"epochs": np.arange(3), "points": np.zeros((3, len(checkpoint.parameters))), "losses": np.ones(3)}
    runs = {f"0.{name}": array for name, array in own.items()}
    trails = {f"trail0.{name}": array for name, array in trail.items()}
    return {
        "courses": written_courses(courses, 2, moons, None, 2**22)[0],
        "wall": described(wall, runs),
        "race": described(race, {"start": checkpoint.parameters, **runs, **trails}),
    }


def _swept(moons: Experiment) -> dict[str, np.ndarray]:
    """Return the wall of a sweep, as it stands beside a run in its file."""
    result = sweep(moons, {"training.learning_rate": [0.1, 0.3]}, epochs=2)
    content = {
        **make_plan(moons, {"training.learning_rate": [0.1, 0.3]}, epochs=2).content(),
        "experiment": differing_parts(moons, moons, None),
        "goal": 2,
        "threshold": 0.9,
        "is_found": True,
    }
    runs = ((run.number, run.outcome.to_arrays()) for run in result.runs)
    return described(content, {f"{number}.{name}": array for number, own in runs for name, array in own.items()})


def hostile(folder: Path, rng: random.Random) -> tuple[str, bytes]:
    """Return a name and the content of a file that somebody has damaged."""
    name, content = rng.choice(list(originals(folder).items()))
    if content.startswith(b"PK") and rng.random() < 0.7:
        return name, _repacked(content, rng)
    if name.endswith((".toml", ".json")) and rng.random() < 0.7:
        return name, _rewritten(name, content, rng)
    if name == "line" and rng.random() < 0.7:
        return name, _line(content.decode(), rng).encode("utf-8", "surrogatepass")
    return name, _damaged(content, rng)


def opened(name: str, content: bytes, folder: Path) -> str:
    """Open a file as the window does; return "opened", or what was said instead.

    Raises
    ------
    Exception
        Whatever else than a sentence comes out.
    """
    try:
        if name == "line":
            document = Document(from_short_text(content.decode("utf-8", "replace")))
        else:
            if name in SWEEP_FILES:
                return _sweep_opened(name, content, folder)
            path = folder / f"hostile-{name}"
            path.write_bytes(content)
            if name in ("lesson.toml", "recorded.toml"):
                return _lesson_opened(path)
            if name == "network.npz":
                Network.load(path)
                return "opened"
            if name == "checkpoint.npz":
                Checkpoint.load(path)
                return "opened"
            document = load_document(path)
    except NnvizError as error:
        return _checked(str(error))
    try:
        _used(document, folder)
    except NnvizError as error:
        return _checked(str(error))
    return "opened"


def _lesson_opened(path: Path) -> str:
    """Do with a lesson what the window does: tell what it is, list it, write it again and read that."""
    is_lesson(path)
    listed = lessons_in(path.parent)
    for complaint in listed.complaints:
        _checked(complaint)
    lesson = load_lesson(path)
    assert listed.lessons[str(path)] == lesson
    assert read_lesson(lesson_text(lesson), "again") == lesson
    return "opened"


def _sweep_opened(name: str, content: bytes, folder: Path) -> str:
    """Do with the folder of a sweep what its wall does; a run that is damaged counts as not finished."""
    place = folder / SWEEP / name.replace("-", "/", 1)
    sound = place.read_bytes()
    place.write_bytes(content)
    try:
        result = SweepResult(*load_sweep(folder / SWEEP))
        for run in result.runs:
            run.prepared().trainer(run.network()).moment()
            assert run.history.last_epoch == run.epochs
        result.table()
        result.settings_table()
    finally:
        place.write_bytes(sound)
    return "opened"


def _checked(sentence: str) -> str:
    assert 0 < len(sentence) <= LONGEST_SENTENCE, sentence
    assert "\n" not in sentence
    sentence.encode()
    return sentence


def _used(document: Document, folder: Path) -> None:
    """Do with a document what the window does: draw its curves, prepare its data, save it again and open that."""
    from nnviz.core.trainer import Trainer

    if document.history is not None:
        points = document.history.curve_points()
        assert all(not np.isinf(values).any() for values in points.values())
        assert document.history.figures_of(document.history.last_epoch)["epoch"] < 2**53
    save_document(document, folder / "again.nnviz")
    assert load_document(folder / "again.nnviz").experiment == document.experiment
    for read in (read_courses, read_wall, read_race):
        try:
            read(document)
        except NnvizError as error:
            _checked(str(error))
    prepared = document.experiment.prepared()
    if document.checkpoint is not None:
        trainer = Trainer.from_checkpoint(document.checkpoint, prepared.X_train, prepared.Y_train, **prepared.held_back)
        if document.past is not None:
            with contextlib.suppress(NnvizError):
                trainer.remember(document.past)
                trainer.parameters_at(2, lambda: True)
        trainer.advance(1)


def _damaged(content: bytes, rng: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 5))):
        at, length = rng.randrange(len(data) + 1), rng.choice((1, 1, 4, 40, 400))
        match rng.randrange(6):
            case 0:
                data[at : at + length] = rng.randbytes(length)
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length] * rng.choice((1, 3, 50))
            case 3 if at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            case 4:
                value = rng.choice(STRANGE)
                data[at:at] = json.dumps(value).encode()
            case 5 if rng.random() < 0.3:
                del data[at:]
    return bytes(data)


def _repacked(content: bytes, rng: random.Random) -> bytes:
    """Return an archive that is sound, with something strange in one of its members."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    name = rng.choice(list(members))
    if name.endswith(".json"):
        members[name] = json.dumps(_strange(json.loads(members[name]), rng)).encode()
    elif rng.random() < 0.4:
        members[name] = _damaged(members[name], rng)
    else:
        array = np.load(io.BytesIO(members[name]))
        if array.dtype.kind == "U" and array.ndim == 0 and str(array).startswith("{"):
            array = np.array(json.dumps(_strange(json.loads(str(array)), rng)))
        else:
            with np.errstate(all="ignore"):
                array = rng.choice(ARRAYS)(array)
        stream = io.BytesIO()
        np.save(stream, array)
        members[name] = stream.getvalue()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for each, data in members.items():
            archive.writestr(each, data)
    return stream.getvalue()


def _rewritten(name: str, content: bytes, rng: random.Random) -> bytes:
    """Return settings, a lesson or the description of a sweep with something strange somewhere in it."""
    if name.endswith(".json"):
        return json.dumps(_strange(json.loads(content), rng)).encode()
    while True:
        try:
            text = tomli_w.dumps(_strange(tomllib.loads(content.decode()), rng))
        except (TypeError, AttributeError):
            # There is no nothing in TOML, and what is no table is no file.
            continue
        return text.encode("utf-8", "surrogatepass")


def _line(text: str, rng: random.Random) -> str:
    """Return a line of text with a setting that says something strange."""
    value = rng.choice(STRANGE)
    packed = base64.urlsafe_b64encode(zlib.compress(json.dumps(value).encode())).decode().rstrip("=")
    keys = ("axes", "hidden", "data", "schedule", "schedule.period", "x_range", "explicit", "rows", "table", "title")
    written = rng.choice((f"~{packed}", str(value).replace(" ", ""), "-1,-9", "0", "relu", "1:relu,2:nothing"))
    return text[:-1] + f" {rng.choice(keys)}={written}}}"


def _strange(value: Any, rng: random.Random) -> Any:
    """Return a value of JSON with something strange somewhere in it."""
    places = list(_places(value, ()))
    place = rng.choice(places)
    return _with(value, place, rng.choice(STRANGE))


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, (*path, key))


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = _with(changed[path[0]], path[1:], new)
    return changed
