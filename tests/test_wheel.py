"""The list of packages in pyproject.toml, written by hand because `find` looks below one root, is that of the tree."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
#: The README's pictures are for people who read it, not for the program.
LEFT_OUT = {"nnviz.resources.pictures"}


def test_every_folder_with_code_is_in_the_wheel():
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "nnviz").rglob("*.py")}
    listed = [name for name in SETUPTOOLS["packages"] if not name.startswith("nnviz.resources")]
    assert listed == sorted(".".join(folder.parts) for folder in folders)
    assert [folder for folder in folders if not (ROOT / folder / "__init__.py").is_file()] == []


def test_every_folder_of_resources_is_in_the_wheel_with_all_its_files():
    folders = {f"nnviz.resources.{path.name}" for path in (ROOT / "resources").iterdir() if path.is_dir()} - LEFT_OUT
    assert {name for name in SETUPTOOLS["packages"] if name.startswith("nnviz.resources.")} == folders
    assert {name for name, files in SETUPTOOLS["package-data"].items() if files == ["*"]} == folders
