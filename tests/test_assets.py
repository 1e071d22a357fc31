"""Shipped files: they are found, unharmed, described, and nothing else can be read through their names."""

import hashlib

import pytest

from nnviz import assets
from nnviz.core.errors import NnvizError

PROVENANCE = assets.provenance()


@pytest.mark.parametrize("name", PROVENANCE)
def test_a_data_file_is_the_one_that_its_provenance_describes(name):
    entry = PROVENANCE[name]
    data = assets.data_file(entry["file"]).read_bytes()
    assert len(data) == entry["bytes"]
    assert hashlib.sha256(data).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("name", PROVENANCE)
def test_attribution_tells_the_same_as_provenance(name):
    entry, text = PROVENANCE[name], assets.attribution()
    assert entry["file"] in text
    assert entry["citation"] in text
    assert entry["licence"] in text
    assert entry["sha256"] in text


def test_the_licence_of_fashion_mnist_ships_with_it():
    assert "The above copyright notice and this permission notice shall be included" in assets.attribution()


def test_every_data_file_has_a_provenance():
    files = {
        path.name for path in (assets.resources_root() / "data").iterdir() if path.suffix in {".csv", ".gz", ".npz"}
    }
    assert files == {entry["file"] for entry in PROVENANCE.values()}


@pytest.mark.parametrize("find", [assets.data_file, assets.icon_file, assets.lesson_file, assets.font_file])
@pytest.mark.parametrize("name", ["nothing", "../../pyproject.toml", "/etc/passwd", "..", "", "data/iris.csv"])
def test_a_name_that_is_no_shipped_file_is_refused(find, name):
    with pytest.raises(NnvizError, match="check the name"):
        find(name)


def test_icons_are_found():
    assert assets.icon_file("play.svg").read_text(encoding="utf-8").lstrip().startswith("<")


def test_lessons_are_listed_by_name_and_found():
    for name in assets.lesson_names():
        assert assets.lesson_file(name).suffix == ".toml"


def test_a_missing_folder_is_one_sentence(monkeypatch, tmp_path):
    assets.resources_root.cache_clear()
    monkeypatch.setattr(assets, "__file__", str(tmp_path / "nnviz" / "assets.py"))
    with pytest.raises(NnvizError, match="install nnviz again"):
        assets.resources_root()
    assets.resources_root.cache_clear()


def test_the_installed_place_comes_first(monkeypatch, tmp_path):
    for root in (tmp_path / "nnviz" / "resources" / "data", tmp_path / "resources" / "data"):
        root.mkdir(parents=True)
    assets.resources_root.cache_clear()
    monkeypatch.setattr(assets, "__file__", str(tmp_path / "nnviz" / "assets.py"))
    assert assets.resources_root() == tmp_path / "nnviz" / "resources"
    assets.resources_root.cache_clear()
