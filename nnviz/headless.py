"""Training in the terminal: a progress bar, and at its end sentences and tables instead of pictures."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter

from tqdm import tqdm

from nnviz.core.trainer import Trainer
from nnviz.experiment.prepare import Prepared

#: How long one call of the engine should last: short enough for Ctrl-C, long enough to cost nothing.
SLICE_S = 0.05
#: Up to so many rows, the predictions are shown beside the targets.
MAX_ROWS_SHOWN = 16


def train(
    trainer: Trainer,
    epochs: int,
    *,
    time_limit_s: float = math.inf,
    is_interrupted: Callable[[], bool] = lambda: False,
) -> str:
    """Train until `trainer` has made `epochs` epochs, with a progress bar on stderr.

    Parameters
    ----------
    trainer : Trainer
    epochs : int
        Number of the last epoch.
    time_limit_s : float
        After this long training ends early.
    is_interrupted : callable
        Asked between the slices; training ends once it says yes.

    Returns
    -------
    str
        One sentence that says why training ended before `epochs`; empty where it did not.
    """
    begin = perf_counter()
    batches = 1
    with tqdm(total=epochs, initial=trainer.epoch, unit="epoch", dynamic_ncols=True) as bar:
        while trainer.epoch < epochs and not trainer.stop_reason:
            start = perf_counter()
            trainer.advance(batches, max_epochs=epochs - trainer.epoch)
            now = perf_counter()
            # At most four times longer than the last slice: one lucky measurement must not make the next a long one.
            batches = max(1, round(batches * min(4.0, SLICE_S / max(now - start, 1e-6))))
            bar.set_postfix(loss=f"{float(trainer.history.train_loss[-1]):.4g}", refresh=False)
            bar.update(trainer.epoch - bar.n)
            if is_interrupted():
                return f"It was interrupted at epoch {trainer.epoch} of {epochs}."
            if now - begin > time_limit_s:
                return f"It stopped at epoch {trainer.epoch} of {epochs}, after {time_limit_s:.0f} seconds."
    return trainer.stop_reason


def describe_setting(prepared: Prepared) -> str:
    """Return one line that says what is trained on what."""
    rows = f"{prepared.train.n_samples} training rows"
    if prepared.test.n_samples:
        rows += f", {prepared.test.n_samples} test rows"
    sizes = "-".join(str(size) for size in prepared.layer_sizes)
    return f"{prepared.experiment.title}: {prepared.dataset.title}, {rows}; network {sizes}"


def describe_result(trainer: Trainer, prepared: Prepared) -> str:
    """Return one sentence with the losses and scores at the end of training."""
    history = trainer.history
    parts = [_scores("training", history.train_loss[-1], history.train_score[-1], prepared)]
    if prepared.test.n_samples:
        parts.append(_scores("test", history.test_loss[-1], history.test_score[-1], prepared))
    where = " (losses of standardised targets)" if prepared.targets.is_scaled else ""
    return f"After {trainer.epoch} epochs: {'; '.join(parts)}{where}."


def prediction_table(trainer: Trainer, prepared: Prepared) -> str:
    """Return inputs, targets and predictions of every training row as a text table; empty where there are many."""
    train = prepared.train
    if train.n_samples > MAX_ROWS_SHOWN or train.n_features > MAX_ROWS_SHOWN:
        return ""
    predictions = prepared.targets.restore(trainer.network.predict(prepared.X_train))
    targets = prepared.targets.restore(prepared.Y_train)
    n_outputs = predictions.shape[1]
    header = [*train.feature_names, *["target"] * n_outputs, *["prediction"] * n_outputs]
    rows = [
        [*(f"{x:g}" for x in raw), *(f"{y:g}" for y in target), *(f"{y:.5f}" for y in predicted)]
        for raw, target, predicted in zip(train.X, targets, predictions, strict=True)
    ]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in [header, *rows]
    )


def _scores(what: str, loss: float, score: float, prepared: Prepared) -> str:
    if math.isnan(score):
        return f"{what} loss {loss:.4g}"
    shown = f"accuracy {score:.1%}" if prepared.task == "classification" else f"R² {score:.4f}"
    return f"{what} loss {loss:.4g}, {shown}"
