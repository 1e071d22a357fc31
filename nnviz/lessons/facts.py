"""What a condition can speak of: the figures of a run, of its network, and what the pupil has done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct, field

from nnviz.core.choices import Choice, ChoiceTable
from nnviz.core.layout import Array


class Figure(Choice, Struct, frozen=True, kw_only=True):
    """A number that conditions know by `name`.

    Attributes
    ----------
    has_past : bool
        Whether it has a value for every epoch, so that functions of its curve can be taken.
    """

    has_past: bool = False


class Event(Choice, Struct, frozen=True, kw_only=True):
    """Something that a pupil does, or that happens to a run, since the step began.

    Attributes
    ----------
    is_of_run : bool
        Whether it happens by itself.
    """

    is_of_run: bool = False


FIGURES: ChoiceTable[Figure] = ChoiceTable(
    "figure",
    (
        Figure(name="epoch", label="Epoch", help="Epochs that have been trained.", has_past=True),
        Figure(name="updates", label="Updates", help="Updates of the parameters so far.", has_past=True),
        Figure(name="train_loss", label="Training loss", help="Loss of the training rows.", has_past=True),
        Figure(name="validation_loss", label="Validation loss", help="Loss of the validation rows.", has_past=True),
        Figure(name="test_loss", label="Test loss", help="Loss of the test rows.", has_past=True),
        Figure(
            name="train_accuracy",
            label="Training accuracy",
            help="Share of training rows that are right, 0 to 1.",
            has_past=True,
        ),
        Figure(
            name="validation_accuracy",
            label="Validation accuracy",
            help="Share of validation rows that are right, 0 to 1.",
            has_past=True,
        ),
        Figure(
            name="test_accuracy",
            label="Test accuracy",
            help="Share of test rows that are right, 0 to 1.",
            has_past=True,
        ),
        Figure(name="train_r2", label="Training R²", help="R² of the training rows of a regression.", has_past=True),
        Figure(
            name="validation_r2",
            label="Validation R²",
            help="R² of the validation rows of a regression.",
            has_past=True,
        ),
        Figure(name="test_r2", label="Test R²", help="R² of the test rows of a regression.", has_past=True),
        Figure(
            name="learning_rate",
            label="Learning rate",
            help="Learning rate in force, schedule included.",
            has_past=True,
        ),
        Figure(name="layers", label="Layers", help="Layers with weights, the output layer included."),
        Figure(name="hidden_layers", label="Hidden layers", help="Layers between inputs and outputs."),
        Figure(name="units", label="Hidden units", help="Hidden units, all layers together."),
        Figure(name="weights", label="Weights", help="Weights and biases of the network."),
        Figure(name="inputs", label="Inputs", help="Numbers that the network is given for each row."),
        Figure(name="rows", label="Rows", help="Training rows."),
    ),
)
"""Every figure by its name."""

EVENTS: ChoiceTable[Event] = ChoiceTable(
    "event",
    (
        Event(
            name="diverged",
            label="Diverged",
            help="The loss exploded, or left the numbers that can be computed with.",
            is_of_run=True,
        ),
        Event(name="stopped", label="Stopped", help="The run met its stop condition.", is_of_run=True),
        Event(name="played", label="Played", help="Play was pressed."),
        Event(name="paused", label="Paused", help="Training was paused."),
        Event(name="reset", label="Reset", help="The run was set back to epoch 0."),
        Event(name="unit_selected", label="Unit clicked", help="A unit of the network was clicked."),
        Event(name="layer_added", label="Layer added", help="A layer was added."),
        Event(name="layer_removed", label="Layer removed", help="A layer was taken out."),
        Event(name="units_changed", label="Units changed", help="A layer was given another number of units."),
        Event(name="activation_changed", label="Activation changed", help="A layer was given another activation."),
        Event(name="setting_changed", label="Setting changed", help="A setting of the training was changed."),
        Event(name="data_changed", label="Data changed", help="Other data were chosen, or their settings changed."),
        Event(name="points_painted", label="Points painted", help="Points were painted or erased on the map."),
        Event(name="weight_changed", label="Weight changed", help="A weight or bias was changed by hand."),
        Event(name="input_tried", label="Input tried", help="An input was tried."),
        Event(name="row_selected", label="Row clicked", help="A row or a point was clicked."),
        Event(name="line_drawn", label="Line drawn", help="The expected boundary or loss curve was drawn."),
        Event(name="vote_in", label="Votes in", help="The votes of the class have been entered."),
        Event(name="curtain_lifted", label="Curtain lifted", help="The curtain over the map was lifted."),
    ),
)
"""Everything that can have happened, by its name."""


class Facts(Struct, frozen=True, kw_only=True):
    """What is the case: the present figures, the curves of those that have a past, and what has happened.

    Attributes
    ----------
    figures : mapping of str to float
        By the names of `FIGURES`; one that does not apply is absent or NaN.
    curves : mapping of str to ndarray ``(n_epochs + 1,)``
        Value after each recorded epoch, oldest first, epoch 0 included; of figures that have a past.
    events : frozenset of str
        Names of `EVENTS` that have happened since the step began.
    """

    figures: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, Array] = field(default_factory=dict)
    events: frozenset[str] = frozenset()

    def value(self, name: str) -> float:
        """Return the present value of the figure `name`; NaN where it does not apply."""
        return float(self.figures.get(name, np.nan))

    def curve(self, name: str) -> Array:
        """Return the values of the figure `name` after each recorded epoch; empty where there are none."""
        return self.curves.get(name, np.empty(0))


def size_figures(sizes: Sequence[int], n_parameters: int, n_rows: int) -> dict[str, float]:
    """Return the figures of `FIGURES` that say how large a network and its training data are.

    Parameters
    ----------
    sizes : sequence of int
        Units of each layer, the inputs first.
    n_parameters, n_rows : int
    """
    return {
        "layers": len(sizes) - 1,
        "hidden_layers": len(sizes) - 2,
        "units": sum(sizes[1:-1]),
        "weights": n_parameters,
        "inputs": sizes[0],
        "rows": n_rows,
    }
