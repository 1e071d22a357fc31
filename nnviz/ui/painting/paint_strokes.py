"""Between the brush and the document: the points that are being painted on, and when they become an edit.

A stroke is one undo step. While it lasts the document follows some fifteen times a second, so that a run that trains
chases the brush; the mailbox of the run keeps only the latest.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.experiment import Prepared
from nnviz.experiment.document import Experiment
from nnviz.experiment.painting import Canvas, canvas_of, parts_on, rows_of, taken_over, why_not, with_rows
from nnviz.experiment.schema import DataSpec, RowsSource
from nnviz.session.commands import next_gesture
from nnviz.session.state import ExperimentState

#: The document follows the brush this often.
COMMIT_MS = 75


class Strokes(QObject):
    """The canvas, and the present stroke on it.

    Parameters
    ----------
    state : ExperimentState
    parent : QObject

    Attributes
    ----------
    rows : RowsSource or None
        Names and classes of the canvas; None: nothing that can be painted on is known yet.
    canvas : Canvas or None
        The points as they are at this moment of the stroke.

    Signals
    -------
    reloaded : ()
        Something other than the brush has changed the canvas: undo, another data set.
    """

    reloaded = Signal()

    def __init__(self, state: ExperimentState, parent: QObject) -> None:
        super().__init__(parent)
        self._state = state
        self.rows: RowsSource | None = None
        self.canvas: Canvas | None = None
        self._shown: DataSpec | None = None
        self._prepared: Prepared | None = None
        self._key = self._text = ""
        self._is_committing = False
        self._timer = QTimer(self)
        self._timer.setObjectName("strokes of the brush")
        self._timer.setSingleShot(True)
        self._timer.setInterval(COMMIT_MS)
        self._timer.timeout.connect(self.commit)

    @property
    def is_drawing(self) -> bool:
        """Whether a stroke lasts."""
        return bool(self._key)

    def load(self, prepared: Prepared | None) -> None:
        """Take over the points of the document, or those of its prepared data where it has none of its own."""
        data = self._state.experiment.data
        is_painted = data.rows is not None and data.rows.painted is not None
        # A file that is followed brings other rows to the same document.
        if data == self._shown and self.canvas is not None and (is_painted or prepared is self._prepared):
            return
        self._abandon()
        self._shown, self._prepared = data, prepared
        if data.rows is not None and data.rows.painted is not None:
            self.rows = data.rows
        elif prepared is not None and prepared.experiment.data == data and not why_not(prepared.dataset)[0]:
            self.rows = taken_over(prepared)
        else:
            self.rows = None
        self.canvas = canvas_of(self.rows) if self.rows is not None else None
        self.reloaded.emit()

    def forget(self) -> None:
        """End the stroke and let the points go."""
        self.end()
        self.rows = self.canvas = self._shown = None

    def parts(self) -> np.ndarray:
        """Return what each point of the canvas is for, as places in `PARTS`."""
        if self.canvas is None or self.rows is None:
            return np.empty(0, dtype=np.int8)
        return parts_on(self.canvas, self._state.experiment, self.rows)

    def begin(self) -> np.random.Generator:
        """Begin a stroke; return the random numbers that it may use, the same for the same number of points."""
        self.end()
        self._key = next_gesture()
        return np.random.default_rng([self._state.experiment.data.seed, len(self.canvas) if self.canvas else 0])

    def show(self, canvas: Canvas, text: str) -> None:
        """Note how far the stroke has come, and what its undo step is called by now."""
        self.canvas, self._text = canvas, text
        if not self._timer.isActive():
            self._timer.start()

    def end(self) -> None:
        """End the stroke: what is left of it goes into the document."""
        if self._timer.isActive():
            self._timer.stop()
            self.commit()
        self._key = ""

    def change(self, canvas: Canvas, text: str, merge_key: str = "") -> None:
        """Change the canvas at once, as an undo step of its own; steps with one key that follow closely are one."""
        self.end()
        self.canvas, self._text, self._key = canvas, text, merge_key
        self.commit()
        self._key = ""

    def edit(self, experiment: Experiment, text: str) -> None:
        """Put another edit of the painted data into the document, such as one more class."""
        self.end()
        self._state.edit(experiment, text)

    @Slot()
    def commit(self) -> None:
        """Let the document have the canvas as it is."""
        if self.canvas is None or self.rows is None:
            return
        self._is_committing = True
        experiment = with_rows(self._state.experiment, rows_of(self.canvas, self.rows))
        self._shown = experiment.data
        self._state.edit(experiment, self._text, self._key)
        self._is_committing = False

    def document_changed(self, prepared: Prepared | None) -> None:
        """Follow the document where something else has changed it."""
        if not self._is_committing:
            self.load(prepared)

    def _abandon(self) -> None:
        """Let go of a stroke in the middle of which the document has changed under it."""
        self._timer.stop()
        self._key = ""
