"""What "auto" stands for in an experiment: the output's activation, and the loss that goes with it.

The window, the files, the command line, the trainer and the exports all ask here. The engine and the initialiser, which
depend on the network's shape (an engine on the processor too), are resolved by `nnviz.core.engines.resolve_engine` and
`nnviz.core.initializers.resolve_initializer`.
"""

from __future__ import annotations

from msgspec import Struct

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.losses import default_loss
from nnviz.data.dataset import Task
from nnviz.experiment.schema import ExperimentSpec

AUTO = "auto"
#: Loss of a regression whose experiment names none.
VALUE_LOSS = "mean_squared_error"


class Resolved(Struct, frozen=True):
    """The choices of an experiment that depend on its data.

    Attributes
    ----------
    output_activation, loss : str
        Names as in the tables where the experiment leaves the choice to nnviz; else what it says, unchecked. To an
        activation that there is not, no loss can be fitted; it is the one for "auto".
    """

    output_activation: str
    loss: str


def resolve(experiment: ExperimentSpec, task: Task, n_classes: int) -> Resolved:
    """Return the output activation and the loss of `experiment`, each "auto" replaced by what it stands for.

    Parameters
    ----------
    experiment : ExperimentSpec
    task : "classification" or "regression"
    n_classes : int
        Of the data; does not matter for a regression.
    """
    output, loss = experiment.network.output_activation, experiment.training.loss
    usual = "linear" if task == "regression" else "sigmoid" if n_classes == 2 else "softmax"
    if output == AUTO:
        output = usual
    if loss == AUTO:
        loss = VALUE_LOSS if task == "regression" else default_loss(output if output in ACTIVATIONS else usual)
    return Resolved(output, loss)
