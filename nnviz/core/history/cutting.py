"""A history up to one of its epochs: what a run inherits that takes another course from there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnviz.core.storage import Arrays


def cut(arrays: Mapping[str, np.ndarray], epoch: int) -> Arrays:
    """Return the arrays of `History.to_arrays` without what came after `epoch`, one of its epochs.

    Of a block of epochs that is cut, what was put aside for it ends with `epoch`; where the block had been made, its
    means stand for that epoch.
    """
    figures, counts = arrays["history_figures"], arrays["history_counts"]
    pending, pending_counts = arrays["history_pending"], arrays["history_pending_counts"]
    n = int(np.searchsorted(counts[0], epoch, side="right"))
    n_pending = int(np.searchsorted(pending_counts[0], epoch, side="right"))
    n_blocks = max(0, arrays["history_low"].shape[1] - (counts.shape[1] - n))
    rest, rest_counts = pending[:, :n_pending], pending_counts[:, :n_pending]
    if not n_pending and counts[0, n - 1] < epoch:
        rest, rest_counts = figures[:, n : n + 1], counts[:, n : n + 1].copy()
        share = (epoch - counts[0, n - 1]) / (counts[0, n] - counts[0, n - 1])
        rest_counts[:, 0] = epoch, counts[1, n - 1] + round(share * (counts[1, n] - counts[1, n - 1]))
    last = rest[:-1, -1] if rest.shape[1] else figures[:-1, n - 1]
    return {
        **arrays,
        "history_figures": figures[:, :n],
        "history_counts": counts[:, :n],
        "history_low": arrays["history_low"][:, :n_blocks],
        "history_high": arrays["history_high"][:, :n_blocks],
        "history_pending": rest,
        "history_pending_counts": rest_counts,
        "history_last": last,
        "history_marks": arrays["history_marks"][arrays["history_marks"] <= epoch],
    }
