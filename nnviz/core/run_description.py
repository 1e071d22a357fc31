"""What a run says of itself, in progress as a `Trainer` and kept as a `Checkpoint`."""

from __future__ import annotations

from collections.abc import Sequence

from nnviz.core.bounds import RUN_SETTINGS
from nnviz.core.description import Description, sizes_text
from nnviz.core.history.history import History
from nnviz.core.history.words import in_a_line
from nnviz.core.losses import LOSSES
from nnviz.core.numbers import count_text, exact_text
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.core.settings import Settings
from nnviz.core.translation import translated
from nnviz.core.weighting import ClassWeights


def run_description(
    sentence: str,
    sizes: Sequence[int],
    settings: Settings,
    loss: str,
    class_weights: ClassWeights | None,
    history: History,
    stop_reason: str = "",
) -> Description:
    """Return what there is to say of a run; `sentence` names it, with places for sizes and epoch."""
    title = translated(sentence, sizes_text(sizes), count_text(max(history.last_epoch, 0)))
    told = history.description()
    stopped = (("Stopped", stop_reason),) if stop_reason else ()
    weights = () if class_weights is None else (("Class weights", _weights_text(class_weights)),)
    facts = (*_setting_facts(settings, loss), *weights, *told.facts, *stopped)
    return Description(f"{title}{in_a_line(told.facts)}", title, facts, told.curves)


def _weights_text(weights: ClassWeights) -> str:
    return translated("balanced") if isinstance(weights, str) else ", ".join(map(exact_text, weights))


def _setting_facts(settings: Settings, loss: str) -> tuple[tuple[str, str], ...]:
    """Return names and values of what a run is trained with, for its description."""
    batch = translated("all rows") if settings.batch_size is None else count_text(settings.batch_size)
    extras = ", ".join(
        f"{RUN_SETTINGS[name].label} {exact_text(value)}"
        for name in ("l1", "l2", "dropout", "clip_norm", "target_loss", "patience")
        if (value := getattr(settings, name))
    )
    rate = exact_text(settings.learning_rate)
    facts = [
        ("Loss", LOSSES[loss].label),
        ("Optimiser", OPTIMIZERS[settings.optimizer].label),
        ("Learning rate", rate if settings.schedule == "constant" else f"{rate}, {SCHEDULES[settings.schedule].label}"),
        ("Batch size", batch),
    ]
    return (*facts, ("Also", extras)) if extras else tuple(facts)
