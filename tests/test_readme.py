"""What the README says is true: its numbers, its links, its examples, and its commands."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest

import nnviz
from nnviz import cli
from nnviz.core.activations import ACTIVATIONS
from nnviz.core.initializers import INITIALIZERS
from nnviz.core.losses import LOSSES
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.data import DATASETS
from nnviz.qt_libraries import COMMON, PLATFORMS

DATASET_GROUPS = ("toy", "regression", "truth table", "real")
ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
#: Packages that others of the README's list bring along on Debian and Ubuntu.
BROUGHT_ALONG = {"zlib1g", "libzstd1", "libfreetype6", "libx11-6", "libxkbcommon0", "libx11-xcb1", "libxcb1"} | {
    f"libxcb-{name}"
    for name in "image0 randr0 render0 render-util0 shm0 sync1 util1 xfixes0 xkb1".split()  # noqa: SIM905
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Return the fenced bash blocks of *Quick start*."""
    section = TEXT.split("\n## Quick start\n")[1].split("\n## ")[0]
    return re.findall(r"^```bash\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("activations", len(ACTIVATIONS)),
        ("losses", len(LOSSES)),
        ("initialisers", len(INITIALIZERS) - 1),  # "auto" is a choice between the others
        ("optimisers", len(OPTIMIZERS)),
        ("learning-rate schedules", len(SCHEDULES)),
        ("data sets", len(DATASETS)),
        *zip(
            ("toy planes", "regressions", "truth tables", "real tables"),
            (Counter(entry.group for entry in DATASETS.values())[group] for group in DATASET_GROUPS),
            strict=True,
        ),
    ],
)
def test_numbers_are_those_of_the_tables(words, number):
    assert re.findall(rf"(\d+) {words}\b", TEXT) == [str(number)]


def test_nothing_is_left_to_fill_in():
    prose = re.sub(r"^```.*?^```", "", TEXT, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"\{\w*\}|TODO", prose)


def test_links_and_pictures_lead_somewhere():
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT)
    assert len(targets) > 6
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_quick_start_has_two_commands_of_one_line_each():
    first, second = commands()
    for command in (first, second):
        assert command.count("\n") == 1
        assert not command.startswith(("$", "#"))
    assert first.rstrip().endswith("nnviz")
    assert second.rstrip().endswith("pytest")


@pytest.mark.skipif(shutil.which("awk") is None, reason="the script of the checks needs awk")
def test_the_checks_run_the_second_command():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    program = re.search(r"\$\(awk '(.*?)' README\.md\)", script, re.DOTALL)
    assert program is not None
    found = subprocess.run(
        ["awk", program[1], "README.md"], cwd=ROOT, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert found.stdout == commands()[1]


def test_the_python_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    example = blocks("python")[0]
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    epoch, train_loss, test_accuracy = map(float, capsys.readouterr().out.split())
    assert (epoch, train_loss < 0.5, 0.5 < test_accuracy <= 1.0) == (50, True, True)
    assert nnviz.Network.load("net.npz").layer_sizes == names["net"].layer_sizes
    exec(compile(blocks("python")[1], "README.md", "exec"), names)
    assert capsys.readouterr().out.endswith("(2, 2)\n")


def test_the_experiment_file_loads_and_trains(tmp_path):
    text = blocks("toml")[0]
    (tmp_path / "e.toml").write_text(text, encoding="utf-8")
    experiment = nnviz.Experiment.load(tmp_path / "e.toml")
    written = tomllib.loads(text)
    assert experiment.title == written["title"]
    assert experiment.training.schedule.parameters == written["training"]["schedule"]["parameters"]
    assert experiment.data.inputs == tuple(written["data"]["inputs"])
    history = experiment.trainer().run(epochs=1)
    assert len(history) == 2


def test_every_command_is_described():
    for name in cli.COMMANDS:
        assert f"\nnnviz {name}" in TEXT


def test_every_library_that_qt_needs_comes_with_the_packages():
    line = re.search(r"^sudo apt-get install (.*)$", TEXT, re.MULTILINE)
    assert line is not None
    needed = {*COMMON.values(), *PLATFORMS["xcb"].values()}
    assert needed - BROUGHT_ALONG <= set(line[1].split())


def test_every_picture_is_one_that_the_command_makes():
    source = (ROOT / "nnviz" / "readme_pictures.py").read_text(encoding="utf-8")
    named = set(re.findall(r"resources/pictures/([\w-]+\.png)", TEXT))
    assert named == set(re.findall(r'"([\w-]+\.png)"', source))
    assert named == {path.name for path in (ROOT / "resources" / "pictures").glob("*.png")}
