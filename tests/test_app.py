from __future__ import annotations

import pytest

from nnviz.core.errors import ExperimentError
from nnviz.experiment import DataSpec, Experiment, NetworkSpec, TrainingSpec
from nnviz.screenshots import render_screenshot

QUICK = TrainingSpec(engine="numpy")


def test_a_screenshot_shows_a_trained_window(qapp, tmp_path):
    experiment = Experiment(data=DataSpec(name="xor_table"), training=QUICK)
    render_screenshot(experiment, epochs=2, size=(900, 700), theme="dark", out=tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("activation", "words"), [("tanh", "cannot be written"), ("step", "cannot be trained")])
def test_a_screenshot_that_fails_leaves_no_run_behind(qapp, tmp_path, activation, words):
    # A thread that is left behind fails this test, and would abort the process at its end.
    network = NetworkSpec.model_validate({"hidden": [{"units": 3, "activation": activation}]})
    experiment = Experiment(data=DataSpec(name="xor_table"), network=network, training=QUICK)
    with pytest.raises(ExperimentError, match=words):
        render_screenshot(experiment, epochs=2, size=(900, 700), theme="light", out=tmp_path / "gone" / "x.png")
