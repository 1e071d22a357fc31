"""Weight edits on their way to the worker: what a value was before, although no frame shows the last edit yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nnviz.experiment.frame import Frame


class ParameterEdits:
    """Remembers the values that have been written since the last frame that shows them."""

    def __init__(self) -> None:
        self._written: dict[int, float] = {}
        self._last_post = 0

    def before(self, frame: Frame, indices: Iterable[int]) -> dict[int, float]:
        """Return the present values of some parameters, those still under way included."""
        return {index: self._written.get(index, float(frame.parameters[index])) for index in indices}

    def written(self, values: Mapping[int, float], post: int) -> None:
        """Note that `values` went out as number `post` of the mailbox."""
        self._written |= values
        self._last_post = post

    def shown(self, served: int) -> None:
        """Note that a frame has come which all posts up to `served` are part of."""
        if served >= self._last_post:
            self._written.clear()

    def clear(self) -> None:
        """Forget everything: another run is shown."""
        self._written.clear()
        self._last_post = 0
