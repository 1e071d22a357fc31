"""Quiet sentences about settings that are allowed but make no sense together, each said at the control it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nnviz.experiment.document import Experiment
from nnviz.ui.setup_edits import Facts, resolved_loss, resolved_output


@dataclass(frozen=True)
class Hint:
    """One sentence and when it applies.

    Attributes
    ----------
    key : str
        The control that says it.
    applies : callable
        ``(experiment, facts) -> bool``
    sentence : str
    """

    key: str
    applies: Callable[[Experiment, Facts], bool]
    sentence: str


def _full_batch(experiment: Experiment, facts: Facts) -> bool:
    size = experiment.training.batch_size
    return size is None or size >= facts.n_train


def _all_linear(experiment: Experiment, _facts: Facts) -> bool:
    hidden = experiment.network.hidden
    return bool(hidden) and all(layer.activation == "linear" for layer in hidden)


def _out_of_reach(experiment: Experiment, facts: Facts) -> bool:
    bounded = ("sigmoid", "tanh", "sine")
    return facts.task == "regression" and resolved_output(experiment, facts) in bounded


def _slow_sigmoid(experiment: Experiment, facts: Facts) -> bool:
    squared = ("mean_squared_error", "half_squared_error", "sum_squared_error")
    return (
        facts.task == "classification"
        and resolved_output(experiment, facts) == "sigmoid"
        and resolved_loss(experiment, facts) in squared
    )


NETWORK_HINTS = (
    Hint("hidden", _all_linear, "Linear layers in a row are together only one linear layer."),
    Hint(
        "init",
        lambda experiment, _: experiment.network.explicit is not None,
        "This experiment brings its own first weights; a change of the network draws new ones.",
    ),
    Hint(
        "init",
        lambda experiment, _: (
            experiment.network.explicit is None
            and experiment.network.init in ("zeros", "constant")
            and bool(experiment.network.hidden)
        ),
        "Equal weights stay equal: the units of a layer never come to differ.",
    ),
    Hint("output", _out_of_reach, "This output is bounded: it cannot reach targets beyond its range."),
)
TRAINING_HINTS = (
    Hint("loss", _slow_sigmoid, "With a sigmoid output, squared errors learn slowly where it is badly wrong."),
    Hint(
        "learning_rate",
        lambda experiment, facts: (
            resolved_loss(experiment, facts) == "sum_squared_error"
            and experiment.training.learning_rate * min(experiment.training.batch_size or facts.n_train, facts.n_train)
            > 10
            and experiment.training.optimizer in ("sgd", "momentum", "nesterov")
        ),
        "A sum of errors has gradients that grow with the batch: this rate may be too large.",
    ),
    Hint(
        "shuffle",
        lambda experiment, facts: experiment.training.shuffle and _full_batch(experiment, facts),
        "One batch holds all rows, so their order makes no difference.",
    ),
    Hint(
        "dropout",
        lambda experiment, _: experiment.training.dropout > 0 and not experiment.network.hidden,
        "There is no hidden layer whose units could be dropped.",
    ),
    Hint(
        "l2",
        lambda experiment, _: experiment.training.l2 > 0 and experiment.training.optimizer == "adamw",
        "AdamW shrinks the weights already, by its weight decay.",
    ),
    Hint(
        "stop",
        lambda experiment, facts: experiment.training.patience is not None and not facts.n_test,
        "Without test rows, early stopping watches the training loss.",
    ),
)


def _sentences(hints: tuple[Hint, ...], experiment: Experiment, facts: Facts | None) -> Mapping[str, str]:
    if facts is None:
        return {}
    return {hint.key: hint.sentence for hint in hints if hint.applies(experiment, facts)}


def network_hints(experiment: Experiment, facts: Facts | None) -> Mapping[str, str]:
    """Return the sentences of the network's controls by key; none before the data is known."""
    return _sentences(NETWORK_HINTS, experiment, facts)


def training_hints(experiment: Experiment, facts: Facts | None) -> Mapping[str, str]:
    """Return the sentences of the training's controls by key; none before the data is known."""
    return _sentences(TRAINING_HINTS, experiment, facts)
