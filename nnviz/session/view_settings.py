"""What a view is set to: axes, slice, range, marks. They belong to what it looks at, not to the experiment.

The first view of a window has the settings that the document saves with its run; every further one has its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.experiment.schema import ViewSpec
from nnviz.session.commands import Change
from nnviz.session.state import ExperimentState


class ViewSettings(QObject):
    """Settings of one view, which several views may share: they are then set alike.

    Parameters
    ----------
    spec : ViewSpec
        To begin with.
    parent : QObject or None

    Signals
    -------
    changed : ()
        `spec` is another one.
    replaced : ()
        Another document was opened, or has come back: what is set now comes from there.
    """

    changed = Signal()
    replaced = Signal()

    def __init__(self, spec: ViewSpec, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spec = spec

    @property
    def spec(self) -> ViewSpec:
        """What is set now, frozen."""
        return self._spec

    @Slot(object)
    def edit(self, changes: Mapping[str, Any]) -> None:
        """Set some fields of `ViewSpec` anew: no undo step, and no reason to ask for saving."""
        spec = self.spec.edited(**changes)
        if spec != self.spec:
            self._take(spec)

    def _take(self, spec: ViewSpec) -> None:
        self._spec = spec
        self.changed.emit()


class DocumentViewSettings(ViewSettings):
    """The settings that are saved with the document.

    Parameters
    ----------
    state : ExperimentState
    parent : QObject or None
    """

    def __init__(self, state: ExperimentState, parent: QObject | None = None) -> None:
        super().__init__(state.experiment.view, parent)
        self._state = state
        state.view_changed.connect(self.changed)
        state.applied.connect(self._on_applied)

    @property
    def spec(self) -> ViewSpec:
        """What the document says now."""
        return self._state.experiment.view

    def _take(self, spec: ViewSpec) -> None:
        self._state.set_view(spec)

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        if change.kind == "replace" or (change.begins and change.kind == "undo"):
            self.replaced.emit()
