"""How far a long piece of work has come, and whether it is still wanted."""

from __future__ import annotations

from collections.abc import Callable

from nnviz.core.errors import Cancelled

Progress = Callable[[float], object]
IsCancelled = Callable[[], bool]


class Steps:
    """Reports progress and asks whether to go on, for code that reads in pieces.

    Parameters
    ----------
    progress : callable or None
        Called with 0 … 1, never with less than before.
    cancelled : callable or None
        Returns True once the work is not wanted any more.
    """

    def __init__(self, progress: Progress | None = None, cancelled: IsCancelled | None = None) -> None:
        self._progress = progress
        self._cancelled = cancelled
        self._done = 0.0

    def at(self, share: float) -> None:
        """Say how much is done; raise `Cancelled` where the work is not wanted any more."""
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("Reading was cancelled; nothing has changed.")
        if self._progress is not None and share > self._done:
            self._done = min(share, 1.0)
            self._progress(self._done)
