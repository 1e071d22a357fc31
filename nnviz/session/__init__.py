"""Runs by id, the thread that trains, the controller that owns it, and undo.

May import of nnviz: core, assets, data, experiment. Qt: QtCore and QtGui only, no widgets. Threads live here and
nowhere else.

Start with `controller.py`, the window's hand on a run; `loop.py` is what its thread does, `state.py` the document.

- The window writes to a run only through its `mailbox.py`; a run answers only with a `Report` (`run.py`), frozen.
- Nothing is stopped from outside: the loop looks at its events between slices of some 20 ms (`pacing.py`).
- Until the first frame is painted nothing imports Numba; the engine comes after it (`engine_start.py`).
- Every report carries the id of its hosting, so that what arrives late from an earlier run is dropped
  (`present_run.py`).
"""
