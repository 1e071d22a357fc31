"""Training in the terminal: a progress bar, and at its end sentences and tables instead of pictures."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import Literal, cast

from tqdm import tqdm

from nnviz.core.history.history import History
from nnviz.core.numbers import percent_text
from nnviz.core.settings import SettingChanges
from nnviz.core.trainer import Trainer
from nnviz.data import shown
from nnviz.experiment.answers import class_figures
from nnviz.experiment.carried import carried_note, continued_trainer
from nnviz.experiment.document import Document
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.trainer_settings import trainer_settings

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
            bar.set_postfix(loss=f"{float(trainer.history.last_record[0]):.4g}", refresh=False)
            bar.update(trainer.epoch - bar.n)
            if is_interrupted():
                return f"It was interrupted at epoch {trainer.epoch} of {epochs}."
            if now - begin > time_limit_s:
                return f"It stopped at epoch {trainer.epoch} of {epochs}, after {time_limit_s:.0f} seconds."
    return trainer.stop_reason


def trainer_of(prepared: Prepared, document: Document | None) -> tuple[Trainer, str]:
    """Return the trainer of an experiment, and a sentence about where it begins; empty: from its seeds, as usual.

    What was carried over from another network is in no seed: such a run goes on from the weights in its file.

    Parameters
    ----------
    prepared : Prepared
    document : Document or None
        What was read from the file that `prepared` was made of, perhaps with other settings.
    """
    if document is None or document.checkpoint is None or not document.checkpoint.history.marks:
        return prepared.trainer(), ""
    before, now, checkpoint = document.experiment, prepared.experiment, document.checkpoint
    if (before.data, before.network, before.training.loss) != (now.data, now.network, now.training.loss):
        return prepared.trainer(), (
            "The settings given change the data, the network or the loss: what was carried over is left out, "
            "and training begins from the seeds."
        )
    settings = trainer_settings(now.training, prepared.train.n_samples)
    trainer, _ = continued_trainer(prepared, checkpoint, cast("SettingChanges", settings))
    goes_on = f"It goes on from epoch {trainer.epoch} of the file."
    if trainer.epoch >= now.training.epochs:
        goes_on = f"The file is at epoch {trainer.epoch} already; --epochs sets a later end."
    return trainer, f"{carried_note(checkpoint.history)} {goes_on}"


def describe_setting(prepared: Prepared) -> str:
    """Return one line that says what is trained on what."""
    rows = f"{prepared.train.n_samples} training rows"
    if prepared.validation.n_samples:
        rows += f", {prepared.validation.n_samples} validation rows"
    if prepared.test.n_samples:
        rows += f", {prepared.test.n_samples} test rows"
    sizes = "-".join(str(size) for size in prepared.layer_sizes)
    return f"{prepared.experiment.title}: {prepared.dataset.title}, {rows}; network {sizes}"


def describe_result(trainer: Trainer, prepared: Prepared) -> str:
    """Return one sentence with the losses and scores at the end of training."""
    history = trainer.history
    parts = [_scores(history, "train", "training", prepared)]
    if prepared.validation.n_samples:
        parts.append(_scores(history, "validation", "validation", prepared))
    if prepared.test.n_samples:
        parts.append(_scores(history, "test", "test", prepared))
    kinds = ("weighted", prepared.is_weighted), ("of standardised targets", prepared.targets.is_scaled)
    where = ", ".join(kind for kind, applies in kinds if applies)
    return f"After {trainer.epoch} epochs: {'; '.join(parts)}{f' (losses {where})' if where else ''}."


def class_table(trainer: Trainer, prepared: Prepared) -> str:
    """Return precision, recall and F1 of every class as a text table; empty where accuracy says enough.

    It counts the test rows, which the network has never learnt from, or the training rows where there are none.
    """
    if prepared.rare is None and trainer.class_weights is None:
        return ""
    part: Literal["train", "test"] = "test" if prepared.test.n_samples else "train"
    figures = class_figures(trainer, prepared, part)
    header = [f"{part} rows", "rows", "precision", "recall", "F1"]
    rows = [
        [shown(name), str(n), *(percent_text(float(value)) for value in values)]
        for name, n, *values in zip(
            prepared.class_names, figures.counts, figures.precision, figures.recall, figures.f1, strict=True
        )
    ]
    means = [percent_text(figures.mean(name)) for name in ("precision", "recall", "f1")]
    return _table([header, *rows, ["mean", str(figures.counts.sum()), *means]], left=1)


def prediction_table(trainer: Trainer, prepared: Prepared) -> str:
    """Return inputs, targets and predictions of every training row as a text table; empty where there are many."""
    train = prepared.train
    if train.n_samples > MAX_ROWS_SHOWN or train.n_features > MAX_ROWS_SHOWN:
        return ""
    predictions = prepared.targets.restore(trainer.network.predict(prepared.X_train))
    targets = prepared.targets.restore(prepared.Y_train)
    n_outputs = predictions.shape[1]
    names = [f" {shown(name)}" for name in prepared.class_names] if n_outputs == len(prepared.class_names) else []
    names = names or ([""] if n_outputs == 1 else [f" {shown(name)}" for name in prepared.dataset.target_names])
    header = [*train.feature_names, *(f"target{name}" for name in names), *(f"prediction{name}" for name in names)]
    rows = [
        [*(f"{x:g}" for x in raw), *(f"{y:g}" for y in target), *(f"{y:.5f}" for y in predicted)]
        for raw, target, predicted in zip(train.X, targets, predictions, strict=True)
    ]
    return _table([header, *rows])


def _table(rows: list[list[str]], left: int = 0) -> str:
    """Return rows as columns of text, the first `left` of them flush left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if number < left else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _scores(history: History, part: str, what: str, prepared: Prepared) -> str:
    loss, score = float(history.column(f"{part}_loss")[-1]), float(history.column(f"{part}_score")[-1])
    if math.isnan(score):
        return f"{what} loss {loss:.4g}"
    figure = f"accuracy {percent_text(score)}" if prepared.task == "classification" else f"R² {score:.4f}"
    if prepared.rare is not None:
        figure += f" (balanced {percent_text(float(history.column(f'{part}_balanced_accuracy')[-1]))})"
    return f"{what} loss {loss:.4g}, {figure}"
