"""How the GUI thread's time for frames is divided among the runs that are looked at, in all windows together."""

from __future__ import annotations

import weakref
from typing import Final

from nnviz.session.observer import RunObserver
from nnviz.session.pacing import GUI_LOAD, GUI_LOAD_AT_REST

#: What the run in front gets for each part of another one that is looked at.
FOREGROUND_PARTS: Final = 2.0


class LoadBudget:
    """Gives every clock that asks for frames its share of one budget."""

    def __init__(self) -> None:
        self._parts: weakref.WeakKeyDictionary[RunObserver, float] = weakref.WeakKeyDictionary()
        self._partners: weakref.WeakKeyDictionary[RunObserver, weakref.ref[RunObserver]] = weakref.WeakKeyDictionary()

    def watch(self, observer: RunObserver, *, is_first: bool) -> None:
        """Let a run have frames."""
        self._parts[observer] = FOREGROUND_PARTS if is_first else 1.0
        self.divide()

    def leave(self, observer: RunObserver) -> None:
        """Let a run have no more frames; the others get its share."""
        if self._parts.pop(observer, None) is not None:
            self.divide()

    def take_turns(self, first: RunObserver, second: RunObserver) -> None:
        """Let two runs of which each waits for the other's frame have the share of both: they never work at once."""
        self._partners[first], self._partners[second] = weakref.ref(second), weakref.ref(first)
        self.divide()

    def divide(self) -> None:
        """Tell the clocks what they may spend now; call it when a run begins to train or rests."""
        observers = dict(self._parts)
        total = sum(observers.values())
        load = GUI_LOAD if any(observer.is_training for observer in observers) else GUI_LOAD_AT_REST
        for observer, parts in observers.items():
            partner = self._partners[observer]() if observer in self._partners else None
            both = parts + (observers.get(partner, 0.0) if partner is not None else 0.0)
            observer.display.share = both / total
            observer.display.set_load(load)


LOAD = LoadBudget()
"""The one of this process: there is one GUI thread."""
