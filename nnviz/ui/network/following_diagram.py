"""The network on a stage: it marks what is selected in the main window, and nobody points at anything there."""

from __future__ import annotations

from nnviz.drawing.diagram import DiagramState, EdgeId, has_part
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId
from nnviz.ui.network.diagram_canvas import DiagramCanvas


class FollowingDiagram(DiagramCanvas):
    """Shows the same unit or weight selected as another diagram, where its own network has it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._wanted: UnitId | EdgeId | None = None

    @property
    def marked(self) -> UnitId | EdgeId | None:
        """What stands out."""
        return self._pointed.selected

    def mark(self, part: UnitId | EdgeId | None) -> None:
        """Let a unit or a weight stand out, or nothing."""
        self._wanted = part
        if self.frame is not None:
            self._mark_in(self.frame)

    def show_frame(self, frame: Frame) -> None:
        """Show a frame; what its network does not have is not marked."""
        self._mark_in(frame)
        super().show_frame(frame)

    def _mark_in(self, frame: Frame) -> None:
        part = self._wanted if has_part(frame.layout.sizes, self._wanted) else None
        if part != self._pointed.selected:
            self._pointed = DiagramState(selected=part)
            self._invalidate()
