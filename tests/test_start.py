"""What a start does not import, so that it is quick; each in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import pytest

FIRST_FRAME = """
import json
import sys
from nnviz.app import create_application, create_window
from PySide6.QtCore import QEventLoop, QTimer

app = create_application(sys.argv)
loop, limit, seen = QEventLoop(), QTimer(singleShot=True), []
window = create_window()
def look(frame):
    seen.append(list(sys.modules))
    loop.quit()
window.controller.frame_ready.connect(look)
limit.timeout.connect(loop.quit)
limit.start(60_000)
loop.exec()
window.close()
print(json.dumps(seen[0]))
"""


def run(code: str) -> str:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip().splitlines()[-1]


def test_help_imports_nothing_heavy() -> None:
    heavy = {"numpy", "numba", "PySide6", "pyqtgraph", "pydantic", "dataclasses", "inspect"}
    code = f"""
import sys
from nnviz.cli import main
try:
    main(["--help"])
except SystemExit:
    print(sorted({heavy!r} & set(sys.modules)))
"""
    assert run(code) == "[]"


#: What is imported when somebody first asks for it: the engine that compiles, and most of what the menus offer.
NOT_YET = (
    *("numba", "llvmlite", "scipy", "numpy.ma"),
    *("nnviz.core.explain", "nnviz.core.kernels", "nnviz.data.opening", "nnviz.data.tables", "nnviz.doctor"),
    *("nnviz.export", "nnviz.lessons.actions", "nnviz.lessons.conditions", "nnviz.lessons.files"),
    *("nnviz.lessons.schema", "nnviz.session.runs.race", "nnviz.session.runs.wall", "nnviz.sweeps"),
    *("nnviz.ui.explain", "nnviz.ui.race", "nnviz.ui.walls"),
)
#: Of what a first window is not made of, what has its own place to be asked for: files, tables, the past, and pictures
#: that are saved. An import at the head of a module that is among the first brings it back.
NOT_AT_ONCE = (
    *(
        "tomli_w",
        "tomllib",
        "nnviz.core.archives",
        "nnviz.core.branching",
        "nnviz.core.checkpoint",
        "nnviz.core.csv_files",
    ),
    *("nnviz.core.diagnose", "nnviz.core.divergence", "nnviz.core.layer_statistics", "nnviz.core.lines"),
    *("nnviz.core.recall", "nnviz.core.restored_past", "nnviz.core.spreads", "nnviz.core.stored_past"),
    *("nnviz.data.cells", "nnviz.data.choices", "nnviz.data.column_data", "nnviz.data.columns", "nnviz.data.dates"),
    *("nnviz.data.plan", "nnviz.data.steps", "nnviz.data.summary", "nnviz.data.table", "nnviz.data.table_file"),
    *("nnviz.drawing.badges", "nnviz.drawing.figures", "nnviz.drawing.map_points", "nnviz.drawing.pictures"),
    *("nnviz.drawing.prediction", "nnviz.drawing.pushes", "nnviz.drawing.riding", "nnviz.experiment.beside"),
    *("nnviz.experiment.components", "nnviz.experiment.distribution", "nnviz.experiment.migrations"),
    *("nnviz.experiment.probe", "nnviz.experiment.recovering", "nnviz.experiment.refinement"),
    *("nnviz.experiment.remedies", "nnviz.experiment.short_text", "nnviz.session.beside", "nnviz.session.editing"),
    *(
        "nnviz.session.run_names",
        "nnviz.session.run_table",
        "nnviz.session.writing",
        "nnviz.ui.boundary.boundary_readout",
    ),
    *("nnviz.ui.documents.text_dialog", "nnviz.ui.documents.unsaved_question", "nnviz.ui.setup.activation_tiles"),
    *("nnviz.ui.network.unit_panel", "nnviz.ui.stage.sliding_console", "nnviz.ui.window.shortcut_sheet"),
    *("nnviz.ui.stage.tiles", "nnviz.ui.widgets.grabbing", "nnviz.ui.widgets.offer", "nnviz.ui.window.teacher_presets"),
)
#: Modules of nnviz that the first window and its first frame are made of; each costs them half a millisecond.
MOST_MODULES = 433


@pytest.fixture(scope="module")
def at_first_frame() -> list[str]:
    """Names of all modules when the first frame comes, in the order in which they were asked for."""
    return json.loads(run(FIRST_FRAME))


def test_a_first_frame_needs_neither_the_engine_nor_what_nobody_has_asked_for(at_first_frame) -> None:
    assert [name for name in NOT_YET if name in at_first_frame] == []


def test_a_first_frame_waits_for_no_module_that_it_does_not_use(at_first_frame) -> None:
    assert [name for name in NOT_AT_ONCE if name in at_first_frame] == []
    missing = [name for name in NOT_AT_ONCE if importlib.util.find_spec(name) is None]
    assert missing == [], "A module that was renamed is asked about no more."


def test_a_first_frame_is_made_of_few_modules(at_first_frame) -> None:
    assert sum(name.split(".")[0] == "nnviz" for name in at_first_frame) <= MOST_MODULES


def test_what_does_without_qt_comes_before_it(at_first_frame) -> None:
    # PySide reads the source of every module that is imported after it.
    early = ("pydantic", "nnviz.data", "nnviz.core.trainer", "nnviz.experiment.frame_builder")
    qt = at_first_frame.index("PySide6")
    assert [name for name in early if at_first_frame.index(name) > qt] == []
