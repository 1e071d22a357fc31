from __future__ import annotations

import contextlib
import io
import json
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.core.errors import ExperimentError
from nnviz.core.trainer import Trainer
from nnviz.experiment import (
    LESSONS,
    DataSpec,
    Document,
    Experiment,
    TableSource,
    default_experiment,
    load_document,
    save_document,
)
from nnviz.experiment.document import validate_experiment
from nnviz.experiment.toml_text import experiment_to_toml, parse_toml

ODD = Experiment.model_validate(
    {
        "title": 'quotes " and \\ backslashes',
        "notes": "two\nlines and ŷ − y\n",
        "data": {
            "rows": {"feature_names": ["p"], "features": [[0.1], [1e-300]], "labels": ["", 'a"b']},
            "test_fraction": 0.0,
        },
        "network": {
            "hidden": [{"units": 2, "activation": "gelu"}],
            "explicit": {"weights": [[[0.1], [0.2]], [[1 / 3, -5e-324]]], "biases": [[0, 1], [2]]},
        },
        "training": {"batch_size": "all", "schedule": {"name": "step", "parameters": {"factor": 0.1 + 0.2}}},
        "view": {"x_range": [-1.5, 2], "log_loss": True},
    }
)


@pytest.mark.parametrize("suffix", [".toml", ".nnviz"])
@pytest.mark.parametrize(
    "experiment", [Experiment(), default_experiment(), ODD, *(x.experiment for x in LESSONS.values())]
)
def test_experiments_read_back_equal(experiment, suffix, tmp_path):
    path = tmp_path / f"work{suffix}"
    save_document(Document(experiment), path)
    document = load_document(path)
    assert document.experiment == experiment
    assert document.path == path
    assert document.checkpoint is document.history is document.parameters is None


@settings(max_examples=60, deadline=None)
@given(
    title=st.text(),
    notes=st.text(),
    rate=st.floats(1e-300, 1000.0),
    noise=st.floats(allow_nan=False, allow_infinity=False),
)
def test_toml_keeps_any_text_and_number(title, notes, rate, noise):
    experiment = Experiment(title=title, notes=notes, data=DataSpec(parameters={"noise": noise}))
    experiment = experiment.edited(training=experiment.training.edited(learning_rate=rate))
    assert validate_experiment(parse_toml(experiment_to_toml(experiment), "x.toml"), "x.toml") == experiment


def test_toml_is_pleasant_to_read():
    text = experiment_to_toml(default_experiment())
    assert "n_samples = 300\n" in text
    assert "None" not in text
    assert text.startswith("format = 4\n")


def trained(experiment: Experiment, batches: int = 13) -> Trainer:
    trainer = experiment.trainer()
    trainer.advance(batches)
    return trainer


def test_a_run_goes_on_bit_equal_after_a_round_trip(moons, tmp_path):
    experiment = moons.edited(training=moons.training.edited(dropout=0.2, optimizer="adam"))
    trainer = trained(experiment)
    assert trainer.batch > 0
    path = tmp_path / "run.nnviz"
    save_document(Document(experiment, checkpoint=trainer.checkpoint()), path)
    document = load_document(path)
    prepared = document.experiment.prepared()
    again = Trainer.from_checkpoint(
        document.checkpoint, prepared.X_train, prepared.Y_train, prepared.X_test, prepared.Y_test
    )
    assert np.array_equal(document.parameters, trainer.network.parameters)
    trainer.run(4)
    again.run(4)
    assert np.array_equal(trainer.network.parameters, again.network.parameters)
    assert np.array_equal(trainer.history.train_loss, again.history.train_loss)
    assert np.array_equal(trainer.history.test_loss, again.history.test_loss)


def test_weights_and_history_without_a_checkpoint(moons, tmp_path):
    trainer = trained(moons)
    path = tmp_path / "run.nnviz"
    save_document(Document(moons, trainer.network.parameters, None, trainer.history), path)
    document = load_document(path)
    assert document.checkpoint is None
    assert np.array_equal(document.parameters, trainer.network.parameters)
    assert np.array_equal(document.history.train_loss, trainer.history.train_loss)


def test_the_same_work_gives_the_same_bytes(moons, tmp_path):
    checkpoint = trained(moons).checkpoint()
    for name in ("a", "b"):
        save_document(Document(moons, checkpoint=checkpoint), tmp_path / f"{name}.nnviz")
    assert (tmp_path / "a.nnviz").read_bytes() == (tmp_path / "b.nnviz").read_bytes()


def test_numpy_reads_the_arrays_without_pickle(moons, tmp_path):
    save_document(Document(moons, checkpoint=trained(moons).checkpoint()), tmp_path / "a.nnviz")
    with np.load(tmp_path / "a.nnviz", allow_pickle=False) as arrays:
        assert "checkpoint/parameters" in arrays


def test_names_of_lessons_data_sets_and_tables(tmp_path):
    assert load_document("source-c").experiment.network.bias is False
    assert load_document("iris").experiment.data.name == "iris"
    (tmp_path / "own.csv").write_text("a,b\n1,2\n3,4\n")
    document = load_document(tmp_path / "own.csv")
    assert (document.experiment.title, document.path) == ("own", None)
    assert Path(document.experiment.data.table.path).is_absolute()


def test_tables_are_named_relative_to_the_file_and_found_again(tmp_path):
    folder = tmp_path / "here"
    (folder / "data").mkdir(parents=True)
    table = folder / "data" / "t.csv"
    table.write_text("a,b\n1,2\n3,4\n")
    experiment = Experiment(data=DataSpec(name=None, table=TableSource(path=str(table))))
    save_document(Document(experiment), folder / "e.toml")
    assert 'path = "data/t.csv"' in (folder / "e.toml").read_text()
    folder.rename(tmp_path / "there")
    loaded = load_document(tmp_path / "there" / "e.toml").experiment
    assert Path(loaded.data.table.path) == (tmp_path / "there" / "data" / "t.csv").resolve()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("source-z", "did you mean 'source-"),
        ("qqqq", "nnviz list"),
        ("nowhere.nnviz", "no file nowhere.nnviz"),
        ("nowhere.csv", "no file nowhere.csv"),
        (".", "neither an experiment nor a table"),
    ],
)
def test_what_cannot_be_opened_is_named(source, sentence):
    with pytest.raises(ExperimentError, match=sentence):
        load_document(source)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("title = ", "not valid TOML"),
        ("[training]\nlearning_rate = -1", r"training.learning_rate must be at least 0, not -1\."),
        ("[training]\nlearning_rat = 1", "did you mean 'learning_rate'"),
        ("[training]\nzzzz = 1", "it has loss, class_weights, optimizer"),
        ("[network]\nhidden = [8, {units = 0}]", r"network.hidden.1.units must be at least 1, not 0\."),
        ("[network]\nhidden = [{}]", r"network.hidden.0.units is missing\."),
        ("[network]\nhidden = [{units = 4, activaton = 'relu'}]", "network.hidden.0 has no field called 'activaton'"),
        ("title = 3", r"title must be text, not 3\."),
        ("data = 'iris'", "data must be a table of names and values"),
        ("[data]\ntest_fraction = 0.01", r"data.test_fraction must be 0 \(no test data\) or"),
        ("[data]\nname = 'iris'\n[data.table]\npath = 'x.csv'", "data needs exactly one of"),
        ("[training]\nengine = 'gpu'", "training.engine must be 'auto', 'compiled' or 'numpy', not 'gpu'"),
        ("[training]\nepochs = 1.5", "training.epochs must be a whole number, not 1.5"),
        ("[training]\nlearning_rate = nan", "training.learning_rate"),
        ("format = 5", "newer nnviz \\(format 5, this one reads up to 4\\)"),
        ("format = 5\nfuture = true", "newer nnviz"),
        ("[view]\naxes = [1]", "view.axes"),
    ],
)
def test_a_faulty_toml_is_told_in_one_sentence(text, sentence, tmp_path):
    path = tmp_path / "faulty.toml"
    path.write_text(text)
    with pytest.raises(ExperimentError, match=sentence) as caught:
        load_document(path)
    assert str(caught.value).startswith("faulty.toml")
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith((".", "?"))


def test_a_toml_that_is_no_text(tmp_path):
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ExperimentError, match="UTF-8"):
        load_document(tmp_path / "x.toml")


# -- damaged and hostile archives ------------------------------------------------------------------------------------


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def archive_with(path: Path, *members: tuple[str, bytes], experiment: object = None) -> Path:
    content = Experiment().model_dump(mode="json") if experiment is None else experiment
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("experiment.json", json.dumps(content))
        for name, data in members:
            archive.writestr(name, data)
    return path


HEADER_OF_A_TERABYTE = npy(np.zeros(1)).replace(b"(1,), ", b"(10**11,), ").replace(b"(10**11,)", b"(99999999999,)")


@pytest.mark.parametrize(
    "members",
    [
        [("../evil.npy", npy(np.zeros(2)))],
        [("/etc/passwd", b"x")],
        [("checkpoint/../../x.npy", npy(np.zeros(2)))],
        [("notes.txt", b"hello")],
        [("parameters.npy", b"not an array")],
        [("parameters.npy", npy(np.zeros(4))[:-8])],
        [("parameters.npy", npy(np.zeros(4)) + b"more")],
        [("parameters.npy", HEADER_OF_A_TERABYTE)],
        [("parameters.npy", npy(np.array([{"a": 1}], dtype=object)))],
        [("parameters.npy", npy(np.zeros((2, 2))))],
        [("parameters.npy", npy(np.zeros(2, dtype=np.float32)))],
        [("checkpoint/slots.npy", npy(np.zeros((2, 2))))],
        [("checkpoint/order.npy", npy(np.zeros(2)))],
        [("history/history_figures.npy", npy(np.zeros(2)))],
    ],
)
def test_nothing_of_a_strange_archive_is_opened(members, tmp_path):
    path = archive_with(tmp_path / "bad.nnviz", *members)
    with pytest.raises(ExperimentError, match=r"bad\.nnviz") as caught:
        load_document(path)
    assert "\n" not in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.nnviz"]


def test_pickles_are_never_loaded(tmp_path):
    path = archive_with(tmp_path / "x.nnviz", ("parameters.npy", npy(np.array([print], dtype=object))))
    with pytest.raises(ExperimentError, match=r"x\.nnviz is no \.nnviz file, or damaged"):
        load_document(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 but no more", b"\x00" * 100])
def test_files_that_are_no_archives(content, tmp_path):
    (tmp_path / "x.nnviz").write_bytes(content)
    with pytest.raises(ExperimentError, match=r"no \.nnviz file, or damaged"):
        load_document(tmp_path / "x.nnviz")


def test_an_archive_without_an_experiment(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.nnviz", "w") as archive:
        archive.writestr("parameters.npy", npy(np.zeros(3)))
    with pytest.raises(ExperimentError, match=r"no experiment\.json"):
        load_document(tmp_path / "x.nnviz")


def test_an_archive_with_a_faulty_experiment(tmp_path):
    path = archive_with(tmp_path / "x.nnviz", experiment={"training": {"epochs": 0}})
    with pytest.raises(ExperimentError, match=r"x\.nnviz: training\.epochs must be at least 1"):
        load_document(path)


def test_json_nested_without_end(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.nnviz", "w") as archive:
        archive.writestr("experiment.json", "[" * 200_000)
    with pytest.raises(ExperimentError):
        load_document(tmp_path / "x.nnviz")


def test_zip_bombs_are_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("nnviz.core.archives.MOST_BYTES", 10_000)
    path = archive_with(tmp_path / "bomb.nnviz", ("parameters.npy", npy(np.zeros(10_000))))
    with pytest.raises(ExperimentError, match="would unpack to more than"):
        load_document(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_repeated_members_are_refused(tmp_path):
    path = archive_with(tmp_path / "x.nnviz", *[("parameters.npy", npy(np.zeros(2)))] * 2)
    with pytest.raises(ExperimentError, match="repeated"):
        load_document(path)


def test_every_single_damaged_byte_is_noticed_or_harmless(moons, tmp_path):
    path = tmp_path / "x.nnviz"
    save_document(Document(moons, checkpoint=trained(moons).checkpoint()), path)
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for position in random.integers(0, len(whole), 150):
        damaged = bytearray(whole)
        damaged[position] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        with contextlib.suppress(ExperimentError):
            assert load_document(path).experiment == moons
    for length in range(0, len(whole), 211):
        path.write_bytes(whole[:length])
        with pytest.raises(ExperimentError):
            load_document(path)


# -- writing ---------------------------------------------------------------------------------------------------------


def test_a_failed_save_leaves_the_old_file(moons, tmp_path, monkeypatch):
    path = tmp_path / "x.nnviz"
    save_document(Document(moons), path)
    before = path.read_bytes()

    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nnviz.experiment.document.write_archive", fail)
    with pytest.raises(ExperimentError, match="No space left"):
        save_document(Document(default_experiment()), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["x.nnviz"]


def test_permissions_and_links_survive_saving(moons, tmp_path):
    target = tmp_path / "target.toml"
    save_document(Document(moons), target)
    target.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(target)
    save_document(Document(default_experiment()), link)
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert load_document(target).experiment == default_experiment()


@pytest.mark.parametrize(("name", "sentence"), [("x.txt", "must end in"), ("no/where/x.toml", "cannot be written")])
def test_places_that_cannot_be_written(moons, tmp_path, name, sentence):
    with pytest.raises(ExperimentError, match=sentence):
        save_document(Document(moons), tmp_path / name)
