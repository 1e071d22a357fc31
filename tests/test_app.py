from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.app import apply_theme, start_size
from nnviz.core.errors import ExperimentError
from nnviz.drawing.theme import THEMES
from nnviz.experiment import DataSpec, Experiment, NetworkSpec, TrainingSpec
from nnviz.screenshots import Scene, render_screenshot
from nnviz.sweeps.race import Entrant

QUICK = TrainingSpec(engine="numpy")


def test_a_screenshot_shows_a_trained_window(qapp, tmp_path):
    experiment = Experiment(data=DataSpec(name="xor_table"), training=QUICK)
    render_screenshot(experiment, epochs=2, size=(900, 700), theme="dark", out=tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_a_screenshot_shows_an_epoch_a_wall_or_a_race(qapp, tmp_path):
    experiment = Experiment(data=DataSpec(name="xor_table"), training=QUICK)
    entrants = (Entrant("sgd", 0.1), Entrant("adam", 0.01))
    pictures = []
    for number, scene in enumerate((Scene(), Scene(at=1), Scene(seeds=3), Scene(entrants=entrants))):
        out = tmp_path / f"{number}.png"
        render_screenshot(experiment, epochs=4, size=(900, 700), theme="light", out=out, scene=scene)
        pictures.append(out.read_bytes())
    assert len(set(pictures)) == 4


@pytest.mark.parametrize(("activation", "words"), [("tanh", "cannot be written"), ("step", "cannot be trained")])
def test_a_screenshot_that_fails_leaves_no_run_behind(qapp, tmp_path, activation, words):
    # A thread that is left behind fails this test, and would abort the process at its end.
    network = NetworkSpec.model_validate({"hidden": [{"units": 3, "activation": activation}]})
    experiment = Experiment(data=DataSpec(name="xor_table"), network=network, training=QUICK)
    with pytest.raises(ExperimentError, match=words):
        render_screenshot(experiment, epochs=2, size=(900, 700), theme="light", out=tmp_path / "gone" / "x.png")


@pytest.mark.parametrize(
    ("screen", "size"),
    [
        ((1280, 720), (1280, 676)),
        ((1366, 740), (1280, 695)),
        ((1920, 1053), (1766, 969)),
        ((3840, 2130), (3533, 1960)),
    ],
)
def test_the_first_window_and_its_frame_fit_the_screen(screen, size):
    assert start_size(QSize(*screen)) == QSize(*size)


def test_a_further_window_of_the_same_look_polishes_no_widget_again(qapp: QApplication) -> None:
    """It took longer the more windows there had been."""

    class Polished(QWidget):
        count = 0

        def changeEvent(self, event: QEvent) -> None:
            self.count += event.type() == QEvent.Type.StyleChange
            super().changeEvent(event)

    widget = Polished()
    apply_theme(qapp, THEMES["light"])
    widget.show()
    before = widget.count
    apply_theme(qapp, THEMES["light"])
    assert widget.count == before
    apply_theme(qapp, THEMES["dark"])
    assert widget.count > before
    apply_theme(qapp, THEMES["light"])
    widget.close()
