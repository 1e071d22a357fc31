"""Presets of the teacher's view: what is shown to a pupil, to a beginner of two lessons, and to everybody else.

They say what is shown, so that what comes to the window later is not in a beginner's way until somebody wants it there.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from msgspec import Struct

from nnviz.core.choices import Choice, ChoiceTable

_PUPIL = (
    *("panel.setup", "panel.boundary", "panel.loss", "panel.lesson", "panel.network", "panel.run_bar"),
    *("panel.notes", "panel.messages", "bar.play", "bar.step_epoch", "bar.reset", "bar.new_weights", "bar.speed"),
    *("bar.epoch", "bar.train_loss", "bar.train_score", "setup.data", "data.gallery", "setup.network"),
    *("network.hidden", "network.layer *", "setup.training", "training.learning_rate", "network.header"),
    *("network.diagram", "network.inspector", "boundary.train", "boundary.plot", "boundary.legend", "loss.plot"),
    *("loss.legend", "loss.loss_button", "lesson.*", "menu.file", "menu.edit", "menu.lessons", "menu.help"),
)
_BEGINNER = (
    *_PUPIL,
    *("panel.answers", "panel.challenge", "bar.test_*", "data.dataset", "data.test_fraction", "data.data *"),
    *("data.inputs", "network.output", "network.init", "training.loss", "training.optimizer", "training.batch_size"),
    *("training.l2", "network.try_input", "network.probe", "network.fit", "boundary.test", "boundary.fit"),
    *("loss.score_button", "loss.log_button", "answers.rows*", "answers.confusion*"),
    *("challenge.*", "menu.run"),
)


class Preset(Choice, Struct, frozen=True, kw_only=True):
    """What is shown to whom.

    Attributes
    ----------
    shows : tuple of str
        Names of parts, with ``*`` for any end; every other one is hidden.
    """

    shows: tuple[str, ...]

    def hidden(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of `names` that are hidden."""
        return tuple(name for name in names if not any(fnmatchcase(name, shown) for shown in self.shows))


PRESETS: ChoiceTable[Preset] = ChoiceTable(
    "preset",
    (
        Preset(
            name="pupil",
            label="Pupil",
            help="Data, layers, the learning rate and Play; the network, the map and one curve.",
            shows=_PUPIL,
        ),
        Preset(
            name="beginner",
            label="Two-lesson beginner",
            help="Test rows and answers besides, noise, inputs, optimiser, batch size and L2.",
            shows=_BEGINNER,
        ),
        Preset(name="full", label="Full", help="Everything there is.", shows=("*",)),
    ),
)
"""Every preset by its name, from few controls to all."""
