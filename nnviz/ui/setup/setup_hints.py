"""Quiet sentences about settings that are allowed but make no sense together, each said at the control it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import asdict
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from nnviz.core.activations import ACTIVATIONS, Activation
from nnviz.core.initializers import INITIALIZERS
from nnviz.core.losses import LOSSES, Loss
from nnviz.core.numbers import filled
from nnviz.core.optimizers import OPTIMIZERS, Optimizer
from nnviz.core.schedules import SCHEDULES
from nnviz.drawing.diagram_names import activation_name
from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import Facts
from nnviz.ui.widgets.help_text import table_text

#: Rates beyond which steps usually jump about: where the optimiser sets the length of a step itself, and where the
#: gradient does.
LARGEST_RATE_ADAPTIVE = 0.3
LARGEST_RATE = 3.0
#: Inputs beyond this saturate units whose weights have the usual size.
LARGEST_INPUT = 20.0
#: Layers of sigmoids or tanh through which a gradient hardly comes.
DEEP = 5


class Hint(Struct, frozen=True):
    """One sentence and when it applies.

    Attributes
    ----------
    key : str
        The control that says it. Of several that apply it says the first.
    applies : callable
        ``(experiment, facts) -> bool``
    sentence : str
        With what `_words` knows in braces (`QT_TRANSLATE_NOOP` is annotated to return an object).
    """

    key: str
    applies: Callable[[Experiment, Facts], bool]
    sentence: object


def _hidden_entries(experiment: Experiment) -> list[Activation]:
    """Return the table entries of the hidden layers; names that a file has wrong are passed over, here and below."""
    names = [layer.activation for layer in experiment.network.hidden]
    return [ACTIVATIONS[name] for name in names if name in ACTIVATIONS]


def _output_entry(experiment: Experiment, facts: Facts) -> Activation | None:
    entry: Activation | None = ACTIVATIONS.get(facts.resolved(experiment).output_activation)
    return entry


def _loss_entry(experiment: Experiment, facts: Facts) -> Loss | None:
    entry: Loss | None = LOSSES.get(facts.resolved(experiment).loss)
    return entry


def _optimizer_entry(experiment: Experiment) -> Optimizer | None:
    entry: Optimizer | None = OPTIMIZERS.get(experiment.training.optimizer)
    return entry


def _is_adaptive(experiment: Experiment) -> bool:
    optimizer = _optimizer_entry(experiment)
    return optimizer is not None and optimizer.adaptive


def _has_equal_weights(experiment: Experiment, _facts: Facts) -> bool:
    init = INITIALIZERS.get(experiment.network.init)
    return init is not None and init.equal and bool(experiment.network.hidden)


def _shrinks_twice(experiment: Experiment, _facts: Facts) -> bool:
    optimizer = _optimizer_entry(experiment)
    return experiment.training.l2 > 0 and optimizer is not None and optimizer.shrinks_weights


def _full_batch(experiment: Experiment, facts: Facts) -> bool:
    size = experiment.training.batch_size
    return size is None or size >= facts.n_train


def _all_linear(experiment: Experiment, _facts: Facts) -> bool:
    n_hidden = len(experiment.network.hidden)
    return 0 < n_hidden == sum(entry.linear for entry in _hidden_entries(experiment))


def _without_slope(experiment: Experiment, _facts: Facts) -> bool:
    return not all(entry.trainable for entry in _hidden_entries(experiment))


def _vanishing(experiment: Experiment, _facts: Facts) -> bool:
    return sum(entry.saturating for entry in _hidden_entries(experiment)) >= DEEP


def _output_without_slope(experiment: Experiment, facts: Facts) -> bool:
    output = _output_entry(experiment, facts)
    return output is not None and not output.trainable


def _softmax_of_numbers(experiment: Experiment, facts: Facts) -> bool:
    output = _output_entry(experiment, facts)
    return facts.task == "regression" and output is not None and not output.elementwise


def _out_of_reach(experiment: Experiment, facts: Facts) -> bool:
    output = _output_entry(experiment, facts)
    return facts.task == "regression" and output is not None and output.bounds is not None


def _unpaired(experiment: Experiment, facts: Facts) -> bool:
    loss = _loss_entry(experiment, facts)
    return loss is not None and facts.resolved(experiment).output_activation not in loss.pairs_with


def _slow_sigmoid(experiment: Experiment, facts: Facts) -> bool:
    output, loss = _output_entry(experiment, facts), _loss_entry(experiment, facts)
    if facts.task != "classification" or output is None or loss is None:
        return False
    return output.saturating and LOSSES[output.usual_loss].for_classes and loss.squared


def _growing_sum(experiment: Experiment, facts: Facts) -> bool:
    training = experiment.training
    rows = min(training.batch_size or facts.n_train, facts.n_train)
    loss = _loss_entry(experiment, facts)
    return loss is not None and not loss.mean and training.learning_rate * rows > 10 and not _is_adaptive(experiment)


def _large_adaptive_rate(experiment: Experiment, _facts: Facts) -> bool:
    return _is_adaptive(experiment) and experiment.training.learning_rate > LARGEST_RATE_ADAPTIVE


def _large_momentum_rate(experiment: Experiment, _facts: Facts) -> bool:
    optimizer, training = _optimizer_entry(experiment), experiment.training
    if optimizer is None:
        return False
    given = training.optimizer_parameters
    own = tuple(given.get(parameter.name, parameter.default) for parameter in optimizer.parameters)
    return training.learning_rate <= LARGEST_RATE < training.learning_rate * optimizer.gain(own)


def _large_rate(experiment: Experiment, _facts: Facts) -> bool:
    return not _is_adaptive(experiment) and experiment.training.learning_rate > LARGEST_RATE


def _cut_schedule(experiment: Experiment, _facts: Facts) -> bool:
    """Whether training stops before a schedule that has an end, or repeats, has come to it once."""
    training = experiment.training
    schedule = SCHEDULES.get(training.schedule.name)
    if schedule is None or not training.stop_at_epochs:
        return False
    periods = [parameter for parameter in schedule.parameters if parameter.name == schedule.period]
    return any(training.epochs < training.schedule.parameters.get(period.name, period.default) for period in periods)


DATA_HINTS = (
    Hint(
        "test_share",
        lambda experiment, facts: experiment.training.patience is not None and not facts.n_test + facts.n_validation,
        QT_TRANSLATE_NOOP("hints", "Early stopping, chosen below, needs validation rows."),
    ),
    Hint(
        "standardise",
        lambda _, facts: not facts.standardised and facts.largest_input > LARGEST_INPUT,
        QT_TRANSLATE_NOOP("hints", "Inputs reach {largest_input:.0f}: not standardised, they saturate the units."),
    ),
    Hint(
        "standardise_targets",
        lambda _, facts: not facts.targets_standardised and facts.hard_target > 0.0,
        QT_TRANSLATE_NOOP(
            "hints",
            "Targets (up to {hard_target:.3g}) are far from mean 0, SD 1: so they are learnt slowly.",
        ),
    ),
)
NETWORK_HINTS = (
    Hint(
        "hidden",
        _without_slope,
        QT_TRANSLATE_NOOP("hints", "A {slopeless} has no slope: it and the layers before it never learn."),
    ),
    Hint(
        "hidden",
        _all_linear,
        QT_TRANSLATE_NOOP("hints", "Linear layers in a row are together only one linear layer."),
    ),
    Hint(
        "hidden",
        _vanishing,
        QT_TRANSLATE_NOOP("hints", "Gradients shrink on their way through so many sigmoid or tanh layers."),
    ),
    Hint(
        "init",
        lambda experiment, _: experiment.network.explicit is not None,
        QT_TRANSLATE_NOOP(
            "hints", "This experiment brings its own first weights; a change of the network draws new ones."
        ),
    ),
    Hint(
        "init",
        _has_equal_weights,
        QT_TRANSLATE_NOOP("hints", "Equal weights stay equal: the units of a layer never come to differ."),
    ),
    Hint(
        "output",
        _output_without_slope,
        QT_TRANSLATE_NOOP("hints", "A {output} has no slope: with it as output, nothing learns."),
    ),
    Hint(
        "output",
        _softmax_of_numbers,
        QT_TRANSLATE_NOOP("hints", "{output_label} compares classes, but this data asks for numbers."),
    ),
    Hint(
        "output",
        _out_of_reach,
        QT_TRANSLATE_NOOP("hints", "This output is bounded: it cannot reach targets beyond its range."),
    ),
)
TRAINING_HINTS = (
    Hint(
        "loss",
        _unpaired,
        QT_TRANSLATE_NOOP("hints", "This loss does not go with the output's activation: “Automatic” chooses one."),
    ),
    Hint(
        "loss",
        _slow_sigmoid,
        QT_TRANSLATE_NOOP("hints", "With a {output} output, squared errors learn slowly where it is badly wrong."),
    ),
    Hint(
        "learning_rate",
        _growing_sum,
        QT_TRANSLATE_NOOP(
            "hints", "A sum of errors has gradients that grow with the batch: this rate may be too large."
        ),
    ),
    Hint(
        "learning_rate",
        _large_adaptive_rate,
        QT_TRANSLATE_NOOP("hints", "This optimiser steps about as far as the rate says: this is too far."),
    ),
    Hint(
        "learning_rate",
        _large_rate,
        QT_TRANSLATE_NOOP("hints", "With a rate this large, steps usually jump about or explode."),
    ),
    Hint(
        "learning_rate",
        _large_momentum_rate,
        QT_TRANSLATE_NOOP("hints", "With this momentum, steps of such a rate jump about."),
    ),
    Hint(
        "batch_size",
        lambda experiment, facts: (experiment.training.batch_size or 0) > facts.n_train > 0,
        QT_TRANSLATE_NOOP("hints", "All {n_train} training rows fit into one batch."),
    ),
    Hint(
        "schedule",
        _cut_schedule,
        QT_TRANSLATE_NOOP("hints", "Training stops before the schedule has run its period."),
    ),
    Hint(
        "shuffle",
        lambda experiment, facts: experiment.training.shuffle and _full_batch(experiment, facts),
        QT_TRANSLATE_NOOP("hints", "One batch holds all rows, so their order makes no difference."),
    ),
    Hint(
        "dropout",
        lambda experiment, _: experiment.training.dropout > 0 and not experiment.network.hidden,
        QT_TRANSLATE_NOOP("hints", "There is no hidden layer whose units could be dropped."),
    ),
    Hint(
        "dropout",
        lambda experiment, _: experiment.training.dropout > 0.8,
        QT_TRANSLATE_NOOP("hints", "So few units are left in every step that they hardly learn anything."),
    ),
    Hint(
        "l2",
        _shrinks_twice,
        QT_TRANSLATE_NOOP("hints", "{optimizer} shrinks the weights already, by its weight decay."),
    ),
    Hint(
        "l2",
        lambda experiment, _: experiment.training.l2 > 0.3,
        QT_TRANSLATE_NOOP("hints", "A penalty this strong pulls all weights to zero: every answer becomes the same."),
    ),
    Hint(
        "l1",
        lambda experiment, _: experiment.training.l1 > 0.1,
        QT_TRANSLATE_NOOP("hints", "A penalty this strong pulls all weights to zero: every answer becomes the same."),
    ),
    Hint(
        "stop",
        lambda experiment, facts: experiment.training.patience is not None and not facts.n_test + facts.n_validation,
        QT_TRANSLATE_NOOP("hints", "Without other rows, early stopping judges by the training loss."),
    ),
    Hint(
        "stop",
        lambda experiment, facts: experiment.training.patience is not None and not facts.n_validation,
        QT_TRANSLATE_NOOP(
            "hints",
            "Early stopping judges by the test rows, so their figures are no honest estimate any more; a validation "
            "share keeps them honest.",
        ),
    ),
    Hint(
        "stop",
        lambda experiment, _: experiment.training.target_loss == 0,
        QT_TRANSLATE_NOOP("hints", "A loss of exactly 0 is hardly ever reached."),
    ),
)


def _sentences(hints: tuple[Hint, ...], experiment: Experiment, facts: Facts | None) -> Mapping[str, str]:
    sentences: dict[str, str] = {}
    for hint in hints:
        if facts is not None and hint.key not in sentences and hint.applies(experiment, facts):
            text = QCoreApplication.translate("hints", str(hint.sentence))
            sentences[hint.key] = filled(text, **_words(experiment, facts))
    return sentences


def _words(experiment: Experiment, facts: Facts) -> Mapping[str, object]:
    """Return what sentences may name: facts of the data, and the choices as running text or as their labels."""
    output, optimizer = _output_entry(experiment, facts), _optimizer_entry(experiment)
    slopeless = next((entry.name for entry in _hidden_entries(experiment) if not entry.trainable), "")
    return {
        **asdict(facts),
        "slopeless": activation_name(slopeless),
        "output": activation_name(output.name if output is not None else ""),
        "output_label": table_text(output.label if output is not None else ""),
        "optimizer": table_text(optimizer.label if optimizer is not None else ""),
    }


def data_hints(experiment: Experiment, facts: Facts | None) -> Mapping[str, str]:
    """Return the sentences of the data's controls by key; none before the data is known."""
    return _sentences(DATA_HINTS, experiment, facts)


def network_hints(experiment: Experiment, facts: Facts | None) -> Mapping[str, str]:
    """Return the sentences of the network's controls by key; none before the data is known."""
    return _sentences(NETWORK_HINTS, experiment, facts)


def training_hints(experiment: Experiment, facts: Facts | None) -> Mapping[str, str]:
    """Return the sentences of the training's controls by key; none before the data is known."""
    return _sentences(TRAINING_HINTS, experiment, facts)
