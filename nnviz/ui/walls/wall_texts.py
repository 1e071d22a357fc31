"""What is said of a run on a wall: its name, its figures, and all of that in a sentence."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from nnviz.core.numbers import count_text, loss_text, number_text
from nnviz.core.translation import counted, translated
from nnviz.session.run_table import setting_label
from nnviz.session.runs.wall import Tile, Wall
from nnviz.sweeps.grid import value_text
from nnviz.sweeps.plan import Point
from nnviz.sweeps.records import score_text
from nnviz.sweeps.standing import Verdict, mean_and_sd

_CONTEXT = "Wall"
#: Of each verdict, the sign in front of a run's name: nothing is said by colour alone.
SIGNS: dict[Verdict, str] = {"solved": "✓", "open": "", "stuck": "", "diverged": "✕", "failed": "✕"}


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def name_of(point: Point) -> str:
    """Return what a run is called on the wall: what sets it apart, in a few words."""
    parts = [value_text(value) for _, value in point.combination]
    if point.seed is not None:
        parts.append(_tr("seed {0}").format(point.seed))
    if point.fold is not None:
        parts.append(_tr("fold {0}").format(point.fold.number + 1))
    return " · ".join(parts) or _tr("run {0}").format(point.number + 1)


def bare_name_of(point: Point) -> str:
    """Return the number by which a run of many seeds, or a fold, is known where there is no room for its name."""
    if point.combination or (point.seed is None) == (point.fold is None):
        return name_of(point)
    return str(point.seed if point.fold is None else point.fold.number + 1)


def score_name(tile: Tile) -> str:
    """Return "accuracy" or "r2"."""
    return "r2" if tile.prepared is not None and tile.prepared.task == "regression" else "accuracy"


def score_of(tile: Tile) -> str:
    """Return its score as people read it."""
    return _score_text(tile.standing.score, score_name(tile))


def round_score_of(tile: Tile) -> str:
    """Return its score for where there is little room: an accuracy in whole per cent."""
    score = tile.standing.score
    if score_name(tile) != "accuracy" or math.isnan(score):
        return score_of(tile)
    # Not everything that is nearly right is right.
    return _tr("{0} %").format(math.floor(100.0 * score))


def bare_score_of(tile: Tile) -> str:
    """Return its score for where there is hardly any room: an accuracy in whole per cent, without saying so."""
    score = tile.standing.score
    if score_name(tile) != "accuracy" or math.isnan(score):
        return score_of(tile)
    return str(math.floor(100.0 * score))


def _score_text(score: float, name: str) -> str:
    if name == "accuracy" and not math.isnan(score):
        return _tr("{0} %").format(f"{100.0 * score:.1f}")
    return score_text(score, name)


def figures_of(tile: Tile) -> str:
    """Return score and loss, or that there are none."""
    if tile.standing.fault:
        return _tr("diverged") if tile.standing.fault == "diverged" else _tr("failed")
    if tile.frame is None:
        return _tr("waiting")
    return f"{score_of(tile)} · {loss_text(tile.standing.loss)}"


def loss_of(tile: Tile) -> str:
    """Return its loss as people read it."""
    return _tr("loss {0}").format(loss_text(tile.standing.loss))


def verdict_word(verdict: Verdict) -> str:
    """Return a verdict as a word."""
    return {
        "solved": _tr("solved"),
        "open": _tr("not solved yet"),
        "stuck": _tr("stuck"),
        "diverged": _tr("diverged"),
        "failed": _tr("failed"),
    }[verdict]


def sentence_of(tile: Tile, verdict: Verdict) -> str:
    """Return all that is known of a run."""
    if tile.frame is None:
        return tile.message or _tr("{0}: waiting to be prepared").format(name_of(tile.point))
    rows = {"train": _tr("training"), "validation": _tr("validation"), "test": _tr("test")}[tile.part]
    facts = _tr("{0}: {1} at epoch {2}; of the {3} rows, loss {4} and {5}").format(
        name_of(tile.point),
        verdict_word(verdict),
        count_text(tile.standing.epoch),
        rows,
        loss_text(tile.standing.loss),
        _tr("accuracy {0}").format(score_of(tile)) if score_name(tile) == "accuracy" else score_of(tile),
    )
    return translated("{0}. {1}", facts, tile.message) if tile.message else facts


def side_name(key: str) -> str:
    """Return what a setting is called in the window, or the seed or the fold."""
    return {"seed": _tr("seed"), "fold": _tr("fold")}.get(key) or setting_label(key)


def title_of(wall: Wall) -> str:
    """Return what a wall shows: "25 seeds", "5 folds", "learning rate × activation"."""
    plan = wall.plan
    names = [side_name(axis.key) for axis in plan.axes if len(axis.values) > 1]
    if plan.seeds is not None and len(plan.seeds) > 1:
        names.append(counted(len(plan.seeds), "1 seed", "{0} seeds"))
    if plan.folds is not None:
        names.append(counted(plan.folds, "1 fold", "{0} folds"))
    return " × ".join(names) or counted(len(wall.tiles), "1 run", "{0} runs")


def summaries_of(wall: Wall) -> tuple[str, ...]:
    """Return mean and standard deviation of score and loss over all runs that have any, from long to short."""
    known = [tile for tile in wall.tiles if tile.frame is not None and not tile.standing.fault]
    if not known:
        return (_tr("preparing {0} runs").format(len(wall.tiles)),)
    score, score_sd, n = mean_and_sd(tile.standing.score for tile in known)
    loss, loss_sd, _ = mean_and_sd(tile.standing.loss for tile in known)
    name = score_name(known[0])
    spread = f"{100.0 * score_sd:.1f} %" if name == "accuracy" else number_text(score_sd)
    rows = {"train": _tr("training"), "validation": _tr("validation"), "test": _tr("test")}[known[0].part]
    scores = _tr("{0} ± {1}").format(_score_text(score, name), spread)
    losses = _tr("{0} ± {1}").format(number_text(loss, 4), number_text(loss_sd, 4))
    return (
        _tr("{0} rows, mean ± SD of {1} runs: {2}, loss {3}").format(rows, n, scores, losses),
        _tr("{0} rows, mean ± SD: {1}, loss {2}").format(rows, scores, losses),
        _tr("{0} rows, mean ± SD: {1}").format(rows, scores),
        _tr("{0} rows: {1}").format(rows, scores),
        scores,
    )
