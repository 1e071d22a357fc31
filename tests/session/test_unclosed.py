"""A script or notebook may end without closing what it opened."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

BARE = """
from PySide6.QtWidgets import QApplication
from nnviz.experiment.document import Experiment
from nnviz.experiment.schema import DataSpec, TrainingSpec
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState

app = QApplication([])
state = ExperimentState(Experiment(data=DataSpec(name="xor"), training=TrainingSpec(engine="numpy")))
controller = Controller(state, state)
controller.wait_idle()
controller.play()
controller.wait_idle()
state.edit(state.experiment.edited(title="another"), "rename")
assert controller.is_training
"""

WINDOW = """
from nnviz.app import create_window
from nnviz.experiment.document import Experiment
from nnviz.experiment.schema import DataSpec, TrainingSpec

window = create_window(Experiment(data=DataSpec(name="xor"), training=TrainingSpec(engine="numpy")), theme="light")
window.resize(1280, 720)
window.controller.wait_idle()
for name in ("answers", "health", "warp"):
    window.docks[name].open()
window.play()
window.controller.wait_idle()
assert window.is_training
"""


@pytest.mark.parametrize("script", [BARE, WINDOW], ids=["controller", "window"])
def test_a_script_that_ends_while_training_ends_quietly(script: str) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    said = [line for line in done.stderr.splitlines() if not line.startswith("This plugin does not support")]
    assert (done.returncode, said) == (0, [])


#: The command's own way out, with something else in the place of a window.
OVER = """
import atexit, sys
from nnviz import __main__, cli
from nnviz.session import abandoned

class Kept:
    def __del__(self):
        print("taken apart")

def run(arguments):
    atexit.register(print, "told")
    abandoned.ends_with(5) if arguments == ["window"] else None
    return 5

cli.main, kept = run, Kept()
kept.itself = kept
sys.argv[1:] = [{argument!r}]
sys.exit(__main__.main())
"""


@pytest.mark.parametrize(("argument", "said"), [("window", ["told"]), ("list", ["told", "taken apart"])])
def test_a_window_that_has_closed_ends_at_once_but_for_who_waits_to_be_told(argument: str, said: list[str]) -> None:
    script = OVER.format(argument=argument)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (5, said, "")
