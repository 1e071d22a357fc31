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
