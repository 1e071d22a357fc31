"""A script or notebook may end without closing what it opened."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
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


def test_a_script_that_ends_while_training_ends_quietly() -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
