"""Whatever a stranger sends opens, or ends in one short sentence; nothing else comes out."""

from __future__ import annotations

import json
import random
import time
import warnings
import zipfile
from pathlib import Path

import pytest

from nnviz.core.errors import ExperimentError
from nnviz.experiment.document import Document, Experiment, load_document, save_document
from nnviz.experiment.short_text import from_short_text
from tests.experiment.hostile_files import hostile, opened, originals

N_FILES = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


def test_sound_files_open(folder: Path) -> None:
    assert {opened(name, content, folder) for name, content in originals(folder).items()} == {"opened"}


def test_300_files_of_every_kind_open_or_end_in_a_sentence(folder: Path) -> None:
    rng = random.Random(7)
    said = set()
    for number in range(N_FILES):
        name, content = hostile(folder, rng)
        begin = time.thread_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                said.add(opened(name, content, folder))
            except Exception as error:
                raise AssertionError(f"file {number}, {name}") from error
        assert time.thread_time() - begin < 10.0
    assert len(said) > 30


def archive_of(path: Path, content: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("experiment.json", content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"k" * 1_000_000: 1}),
        json.dumps({f"k{number}": 1 for number in range(100_000)}),
        json.dumps({"network": {"seed": "x" * 1_000_000}}),
        '{"network": {"seed": ' + "9" * 4000 + "}}",
        json.dumps({"network": {"hidden": [None] * 100_000}}),
        json.dumps({"network": {"explicit": {"weights": [[[None] * 100_000]]}}}),
        json.dumps({"data": {"parameters": {str(number): None for number in range(100_000)}}}),
        json.dumps({"training": {"schedule": {"name": "step", "parameters": {"period": 0}}}}),
        json.dumps({"view": {"axes": [-1, -9]}}),
        "[" * 100_000,
    ],
)
def test_large_and_deep_descriptions_end_soon_in_a_short_sentence(content: str, tmp_path: Path) -> None:
    begin = time.thread_time()
    with pytest.raises(ExperimentError, match=r"^x\.nnviz") as caught:
        load_document(archive_of(tmp_path / "x.nnviz", content))
    assert len(str(caught.value)) <= 300
    # Of the processor: other programs may have it, too.
    assert time.thread_time() - begin < 3.0


@pytest.mark.parametrize("suffix", [".nnviz", ".toml"])
def test_a_title_with_half_a_character_can_be_saved(suffix: str, tmp_path: Path) -> None:
    path = archive_of(tmp_path / "x.nnviz", json.dumps({"title": "a\ud800b", "notes": "\udfff"}))
    document = load_document(path)
    assert document.experiment.title == "a�b"
    save_document(document, tmp_path / f"y{suffix}")
    assert load_document(tmp_path / f"y{suffix}").experiment == document.experiment
    assert Experiment(title="\ud83d\ude00").title == "😀"


def test_names_that_are_not_utf_8_and_links_that_lead_nowhere(tmp_path: Path) -> None:
    name = tmp_path / b"\xff\xfe.nnviz".decode("utf-8", "surrogateescape")
    save_document(Document(Experiment()), name)
    assert load_document(name).experiment == Experiment()
    (tmp_path / "loop.nnviz").symlink_to(tmp_path / "loop.nnviz")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    (tmp_path / "folder.toml").mkdir()
    for strange, words in {"loop.nnviz": "leads back", "loop.csv": "leads back", "folder.toml": "is a folder"}.items():
        with pytest.raises(ValueError, match=words):
            load_document(tmp_path / strange)


def test_pasted_lines_are_judged_as_typed_ones() -> None:
    for setting in ("axes=-1,-9", "schedule=step schedule.period=0", "axes=99999999999,0", "optimizer.beta1=7"):
        with pytest.raises(ExperimentError, match="The text"):
            from_short_text(f"nnviz:2{{data=xor {setting}}}")


def test_what_would_not_open_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnviz.core.reading.MOST_TOML_VALUES", 20)
    with pytest.raises(ExperimentError, match=r"too large for a \.toml"):
        save_document(Document(Experiment()), tmp_path / "x.toml")
    monkeypatch.setattr("nnviz.core.reading.MOST_JSON_VALUES", 20)
    with pytest.raises(ExperimentError, match="too large for a file"):
        save_document(Document(Experiment()), tmp_path / "x.nnviz")
    assert list(tmp_path.iterdir()) == []
